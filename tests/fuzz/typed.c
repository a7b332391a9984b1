/* A session that is typed at, and one that opens a stranger's model. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../desk.h"
#include "deltaw/base/strbuf.h"
#include "fuzz.h"

static void feed(struct desk *d, const char *text)
{
    session_feed(d->session, text, "fuzz");
    fuzz_steps(d->session, &d->out);
}

static struct desk *open_desk(void)
{
    struct desk *d = desk_new(&(struct session_setup){.threads = 1, .keep_going = true});
    feed(d, "simulate reinforce animals=2 trials=20 seed=1");
    return d;
}

/* Nothing that a terminal would obey. */
static void check_clean(const struct strbuf *said)
{
    for (size_t i = 0; i < said->len; i++) {
        unsigned char c = (unsigned char)said->text[i];
        fuzz_claim((c >= ' ' && c != 127) || c == '\n', "a control is put out", said->text);
    }
}

static void close_desk(struct desk *d)
{
    check_clean(&d->result);
    check_clean(&d->complaint);
    desk_free(d);
}

static void look_ahead(struct session *session, const char *line)
{
    struct completion found = {0};
    struct strbuf rest = {0}, words = {0};
    session_complete(session, line, strlen(line), &found);
    completion_free(&found);
    session_hint(session, line, &rest, &words);
    strbuf_free(&rest);
    strbuf_free(&words);
}

void fuzz_command(const uint8_t *bytes, size_t n)
{
    struct desk *d = open_desk();
    char *text = fuzz_tame(bytes, n), *line = text;
    for (char *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        look_ahead(d->session, line);
        *end = '\n';
    }
    look_ahead(d->session, line);
    feed(d, text);
    free(text);
    close_desk(d);
}

void fuzz_session(const uint8_t *bytes, size_t n)
{
    struct desk *d = open_desk();
    fuzz_put("session.npz", bytes, n);
    feed(d, "session restore session.npz");
    if (session_exit_code(d->session) == 0)
        feed(d, "models; data; map; weights; undo; session save session.npz");
    close_desk(d);
}

void fuzz_model(const uint8_t *bytes, size_t n)
{
    struct desk *d = open_desk();
    fuzz_put("model.npz", bytes, n);
    feed(d, "open model.npz name=m");
    if (session_exit_code(d->session) == 0)
        feed(d, "models; show m; loss; map; slice; weights; accuracy; compare; save model m.npz");
    close_desk(d);
}
