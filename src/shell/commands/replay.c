#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../replay.h"

static const struct option_row replay_table[] = {
    {"epoch", OPTION_INTEGER, 0, 1e9, NULL, NULL,
     "stand at this epoch, or the nearest that is kept"},
    {"play", OPTION_WORD, 0, 0, "auto|yes|no", "auto",
     "run through the epochs; auto: without epoch=, and when the screen may move"},
    {"speed", OPTION_NUMBER, 1e-3, 1e9, "auto", "auto",
     "epochs a second; auto: ten seconds in all, as long for each that is kept"},
    {"from", OPTION_INTEGER, 0, 1e9, NULL, "0", "the first epoch that is played"},
    {"to", OPTION_INTEGER, 0, 1e9, NULL, NULL, "the last one; default: the newest"},
    {0},
};

/* --- what it says ------------------------------------------------------------- */

static void add_loss(const struct epoch_loss *loss, struct strbuf *out)
{
    char number[NUMBER_SIZE];
    if (!isnan(loss->train))
        strbuf_printf(out, ": train %s", fit_loss_text(number, loss->train));
    if (!isnan(loss->held_out))
        strbuf_printf(out, ", held out %s", fit_loss_text(number, loss->held_out));
    if (!isnan(loss->train))
        strbuf_puts(out, " nats/trial");
}

/* The view's sentence, when it has one and the full screen does not show it. */
static void say_view(struct session *session, const char *name, struct output *out)
{
    struct err ignored = {0};
    struct view *view = session->setup.host.show ? NULL : session_view(session, name, &ignored);
    struct strbuf text = {0};
    if (!view || !view_update(view, session_scene(session), &ignored))
        return;
    view_describe(view, &text);
    output_say(out, "%s: %s", name, strbuf_text(&text));
    strbuf_reset(&text);
    view_fields(view, &text);
    char *json = mem_printf("{%s}", text.len ? text.text + 1 : "");
    answer_json(&out->object, name, json);
    free(json);
    strbuf_free(&text);
}

static bool from_key(const struct session *session)
{
    return session->now.key;
}

static void say_standing(struct session *session, int asked, struct output *out)
{
    struct replay_now now;
    struct strbuf text = {0};
    if (!replay_now(session, &now))
        return;
    struct fit *fit = replay_fit(session);
    replay_words(fit, &now, &text);
    add_loss(&now.loss, &text);
    if (asked >= 0 && asked != now.epoch)
        strbuf_printf(&text, " (%d was not kept; this is the nearest)", asked);
    output_say(out, "%s replays %s", fit_name(fit), strbuf_text(&text));
    output_field_text(out, "model", fit_name(fit));
    output_field_number(out, "epoch", now.epoch);
    output_field_number(out, "newest", now.newest);
    output_field_number(out, "asked", asked >= 0 ? asked : NAN);
    output_field_number(out, "loss", now.loss.train);
    output_field_number(out, "held_out", now.loss.held_out);
    strbuf_free(&text);
    say_view(session, "map", out);
}

static void say_playing(struct session *session, struct output *out)
{
    struct replay_now now;
    int kept[SNAPSHOTS_MOST];
    char number[NUMBER_SIZE];
    if (!replay_now(session, &now))
        return;
    struct fit *fit = replay_fit(session);
    size_t n = fit_epochs_kept(fit, kept);
    bool even = isnan(now.speed);
    output_say(out, "%s plays %zu kept %s of %d, %s%s (Esc, then Space pauses and q ends)",
               fit_name(fit), n, fit_trained(fit) ? "epochs" : "evaluations", now.newest,
               even ? "all in 10 s" : number_format(number, now.speed, 3), even ? "" : " a second");
}

/* --- standing at an epoch: a task, so that what comes next sees it ------------- */

struct standing {
    struct replay *replay;   /* held */
    int asked, epoch, found; /* asked -1: none was asked for */
    struct model *model;
};

static void standing_release(void *data)
{
    struct standing *s = data;
    model_drop(s->model);
    replay_let_go(s->replay);
    free(s);
}

static bool standing_work(void *data, struct task *task, struct err *err)
{
    struct standing *s = data;
    (void)task;
    s->model = replay_prepare(s->replay, s->epoch, &s->found);
    return s->model || err_set(err, ERR_FAILED, "replay: there is nothing to replay");
}

static bool standing_finish(struct session *session, void *data, struct output *out,
                            struct err *err)
{
    struct standing *s = data;
    (void)err;
    if (session->replay != s->replay) /* a key has ended it */
        return true;
    replay_show(session, s->model, s->found);
    s->model = NULL;
    say_standing(session, s->asked, out);
    return true;
}

static bool stand(struct session *session, const struct args *args, struct err *err)
{
    bool given = args_given(args, "epoch");
    struct replay_now now;
    replay_now(session, &now);
    int asked = given ? (int)args_integer(args, replay_table, "epoch") : -1;
    int epoch = replay_near(replay_fit(session), given ? asked : now.target, 0);
    if (from_key(session))
        return replay_seek(session, epoch, err);
    struct standing *s = mem_new(1, sizeof *s);
    *s = (struct standing){.replay = replay_hold(session), .asked = asked, .epoch = epoch};
    return task_start(session, mem_printf("preparing epoch %d", epoch), s, standing_work,
                      standing_finish, standing_release, err);
}

/* --- the verb -------------------------------------------------------------------- */

static long range_end(const struct args *args)
{
    return args_given(args, "to") ? args_integer(args, replay_table, "to") : REPLAY_NEWEST;
}

static bool check_range(const struct args *args, struct err *err)
{
    long from = args_integer(args, replay_table, "from"), to = range_end(args);
    return to > from || err_set(err, ERR_USAGE, "replay: to=%ld must be after from=%ld", to, from);
}

static void take_range(struct session *session, const struct args *args)
{
    if (args_given(args, "from") || args_given(args, "to") || args_given(args, "speed"))
        replay_range(session, (int)args_integer(args, replay_table, "from"), (int)range_end(args),
                     args_number(args, replay_table, "speed"));
}

static bool play(struct session *session, const struct args *args, struct output *out,
                 struct err *err)
{
    if (!session->setup.host.show) { /* a log from the full screen runs here too */
        output_note(out, "replay: only the full screen plays; epoch=N shows one epoch here, and "
                         "`export map FILE.cast` writes them all");
        return stand(session, args, err);
    }
    if (args_given(args, "epoch")) {
        int epoch = (int)args_integer(args, replay_table, "epoch");
        if (!replay_seek(session, replay_near(replay_fit(session), epoch, 0), err))
            return false;
    }
    if (!replay_play(session, err))
        return false;
    if (!from_key(session))
        say_playing(session, out);
    return true;
}

static bool replay_off(struct session *session, struct output *out)
{
    struct fit *fit = replay_fit(session);
    if (!fit)
        output_note(out, "replay: none is on");
    else if (!from_key(session))
        output_say(out, "%s: the newest is shown again", fit_name(fit));
    output_field_text(out, "model", fit ? fit_name(fit) : NULL);
    replay_end(session);
    return true;
}

/* Without a name: the one replayed, else the current model. */
static bool replay_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    const char *name = args_at(args, 0), *wish = args_text(args, replay_table, "play");
    const char *motion = session_setting(session, "motion");
    bool still = !session->setup.host.show || (motion && strcmp(motion, "reduced") == 0);
    if (name && strcmp(name, "off") == 0)
        return replay_off(session, out);
    struct fit *fit = !name && replay_fit(session) ? replay_fit(session)
                                                   : session_need_fit(session, name, 0, err);
    if (!fit || !check_range(args, err))
        return false;
    bool fresh = fit != replay_fit(session);
    if (fresh && !replay_begin(session, fit, err))
        return false;
    session_use(session, fit);
    take_range(session, args);
    if (strcmp(wish, "no") == 0 && !args_given(args, "epoch") && !fresh)
        replay_pause(session);
    bool moves = strcmp(wish, "yes") == 0 ||
                 (strcmp(wish, "auto") == 0 && !still && !args_given(args, "epoch"));
    return moves ? play(session, args, out, err) : stand(session, args, err);
}

static const struct answer_row replay_answer[] = {
    {"model", .type = ANSWER_TEXT},
    {"epoch", .type = ANSWER_COUNT, .sometimes = true},
    {"newest", .type = ANSWER_COUNT, .sometimes = true},
    {"asked", .type = ANSWER_COUNT, .sometimes = true},
    {"loss", .type = ANSWER_NUMBER, .sometimes = true,
     .meaning = "nats per scored trial of training"},
    {"held_out", .type = ANSWER_NUMBER, .sometimes = true},
    {"map", ANSWER_OBJECT, .sometimes = true, .meaning = "its fields, without rows"},
    {0},
};

const struct command command_replay = {
    .name = "replay",
    .group = GROUP_LOOK,
    .arguments = "[MODEL] [OPTION]... | off",
    .summary = "show a fit as it was at earlier epochs, or play them",
    .detail = "All views and exports show the model at that epoch until `replay off`; `score` "
              "and `show` keep to the newest.  Up to 200 epochs of a fit are kept, the early "
              "ones densely and then ever fewer (fewer in all of models so large that they "
              "would take more than 64 MiB), and of a textbook rule the evaluations of its "
              "search that were better than all before.  An opened model has them when it was "
              "saved with snapshots=yes.\n"
              "In the full screen it plays; keys in a tile: , and . or left and right step, "
              "Space plays and pauses, Home and End go to the ends, q or Esc ends it.  Pictures "
              "that would come late are skipped.  Axes and the colours of a map are those of "
              "the newest epoch, but for epochs that would use less than a fifth of these "
              "colours.  With `set motion=reduced` it stands still until told to play.",
    .examples = "replay dnn1 epoch=3\nreplay dnn1 epoch=0; map; replay off",
    .options = replay_table,
    .positional_type = OPTION_MODEL,
    .positional_max = 1,
    .first_words = "off",
    .at_once = true,
    .answer = replay_answer,
    .run = replay_run,
};
