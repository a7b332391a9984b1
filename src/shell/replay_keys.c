/* Keys of a tile while a fit is replayed, each a command. */
#include <string.h>

#include "replay.h"

const char *session_replay_keys(void)
{
    return ", . step  space play/pause  Home,End ends  q end replay";
}

bool session_replays(const struct session *session, const char *view)
{
    const struct view_ops *ops = view_find(view);
    return session->replay && ops && option_find(ops->options, "model");
}

/* The epoch a key goes to; -1: it is not such a key. */
static int key_epoch(struct fit *fit, const char *key, const struct replay_now *now)
{
    if (strcmp(key, "right") == 0 || strcmp(key, ".") == 0)
        return replay_near(fit, now->target, 1);
    if (strcmp(key, "left") == 0 || strcmp(key, ",") == 0)
        return replay_near(fit, now->target, -1);
    if (strcmp(key, "space") == 0 && now->playing) /* so that a log tells where it stood */
        return now->epoch;
    if (strcmp(key, "home") == 0)
        return replay_near(fit, 0, 0);
    return strcmp(key, "end") == 0 ? now->newest : -1;
}

bool session_replay_key(const struct session *session, const char *view, const char *key,
                        struct strbuf *command)
{
    struct replay_now now;
    if (!session_replays(session, view) || !replay_now(session, &now))
        return false;
    struct fit *fit = replay_fit(session);
    int epoch = key_epoch(fit, key, &now);
    if (epoch >= 0)
        strbuf_printf(command, "replay epoch=%d", epoch);
    else if (strcmp(key, "space") == 0)
        strbuf_puts(command, "replay play=yes");
    else if (strcmp(key, "q") == 0 || strcmp(key, "esc") == 0)
        strbuf_puts(command, "replay off");
    else
        return false;
    return true;
}
