/* Asides of a session: what comes between the lines of a script; what is echoed. */
#include "deltaw/base/outfile.h"
#include "deltaw/shell/command.h"
#include "desk.h"
#include "folder.h"

/* Step until nothing runs any more, failures passed over. */
static enum step settle(struct desk *d)
{
    enum step step;
    while ((step = session_step(d->session, &d->out)) == STEP_RAN || step == STEP_FAILED)
        ;
    return step;
}

/* ^C while the command of an aside is at work: the rest of the aside goes, the script
 * below it still waits, and what was queued comes after it. */
static void test_asides_at_work(void)
{
    static const char *const works[] = {"simulate reinforce animals=50 trials=100000", "wait dnn1"};
    for (size_t i = 0; i < 2; i++) {
        struct desk *d = desk_new(NULL);
        say(d, "x", "simulate reinforce animals=2 trials=200; fit dnn epochs=1000000 hidden=4");
        strbuf_reset(&d->result);
        session_feed(d->session, "say a; pause-for-enter; say b", "script");
        session_feed(d->session, "say behind", "prompt");
        settle(d);
        char *aside = mem_printf("say c; %s; say never", works[i]);
        session_feed_aside(d->session, aside, "prompt");
        free(aside);
        tap_ok(settle(d) == STEP_WAITING, "%s: an aside is at work", works[i]);
        session_cancel(d->session);
        tap_ok(session_step(d->session, &d->out) == STEP_FAILED &&
                   has(&d->complaint, "interrupted"),
               "^C ends it");
        tap_ok(settle(d) == STEP_PAUSED, "the script waits as before");
        session_enter(d->session);
        tap_ok(settle(d) == STEP_IDLE, "and goes on at Enter");
        tap_ok(!strstr(strbuf_text(&d->result), "never") && has(&d->result, "b\nbehind\n"),
               "with all that was to come");
        say(d, "x", "stop");
        desk_free(d);
    }
}

static void test_asides(void)
{
    struct desk *d = desk_new(NULL);
    session_feed(d->session, "say a; pause-for-enter; say b", "script");
    session_feed(d->session, "say behind", "prompt");
    settle(d);
    session_feed_aside(d->session, "say c", "prompt");
    tap_ok(settle(d) == STEP_PAUSED, "after an aside a script still waits");
    tap_is_text(strbuf_text(&d->result), "a\nc\n", "it ran at once");
    session_feed_aside(d->session, "nonsense; say never", "prompt");
    tap_ok(settle(d) == STEP_PAUSED && has(&d->complaint, "nonsense"),
           "one that fails ends only itself");
    session_feed_aside(d->session, "say d; pause-for-enter; say e", "prompt");
    tap_ok(settle(d) == STEP_PAUSED, "an aside may pause");
    session_enter(d->session);
    tap_ok(settle(d) == STEP_PAUSED, "and the script below it does");
    session_feed_aside(d->session, "# nothing", "prompt");
    tap_ok(settle(d) == STEP_PAUSED, "an empty one is no Enter");
    session_feed_aside(d->session, "say f; pause-for-enter; say never", "prompt");
    settle(d);
    session_cancel(d->session);
    tap_ok(settle(d) == STEP_PAUSED, "^C in an aside leaves the script waiting");
    session_enter(d->session);
    tap_ok(settle(d) == STEP_IDLE, "Enter goes on");
    tap_is_text(strbuf_text(&d->result), "a\nc\nd\ne\nf\nb\nbehind\n", "in this order");
    session_feed_aside(d->session, "say late", "prompt");
    settle(d);
    tap_ok(has(&d->result, "late"), "where nothing waits it is a line like others");
    session_feed(d->session, "pause-for-enter; say never", "script");
    settle(d);
    session_cancel(d->session);
    tap_ok(settle(d) == STEP_IDLE && !strstr(strbuf_text(&d->result), "never"),
           "^C ends what waits");
    desk_free(d);
}

static void on_echo(void *data, const char *command)
{
    strbuf_printf(data, "> %s\n", command);
}

static void on_narrate(void *data, const char *text)
{
    strbuf_printf(data, "| %s\n", text);
}

static void write_file(const char *path, const char *text)
{
    struct err err = {0};
    if (!outfile_write(path, text, strlen(text), &err))
        err_die("%s", err.message);
}

static void test_echo(void)
{
    struct strbuf seen = {0};
    struct session_setup setup = {
        .host = {.data = &seen, .echo = on_echo, .narrate = on_narrate},
    };
    struct err err = {0};
    struct desk *d = desk_new(&setup);
    write_file("inner.dw", "history\n");
    write_file("outer.dw", "say it's \\\n   so\n# a comment\ndata \\\n\nsource inner.dw; models\n");
    write_file("quiet.dw", "models\nsource inner.dw\n");
    session_feed(d->session, "models; say typed", "prompt");
    settle(d);
    tap_is_text(strbuf_text(&seen), "", "what is typed is not echoed");
    tap_ok(session_feed_rc(d->session, "quiet.dw", &err), "the rc file is read");
    settle(d);
    tap_is_text(strbuf_text(&seen), "", "nor is the rc file, nor what it sources");
    session_feed(d->session, "simulate static animals=2 trials=5; source outer.dw", "prompt");
    while (desk_run(d) == STEP_FAILED)
        ;
    tap_is_text(strbuf_text(&seen), "| it's so\n> data\n> source inner.dw\n> history\n> models\n",
                "a script is, and its narration is told apart");
    desk_free(d);
    strbuf_free(&seen);
}

static void test_prefixes(void)
{
    struct session_setup setup = {.prefixes = true};
    struct desk *d = desk_new(&setup);
    tap_ok(say(d, "prompt", "mod") == STEP_IDLE, "a unique prefix works at the prompt");
    tap_ok(say(d, "prompt", "pau") == STEP_FAILED && has(&d->complaint, "pause: no fit"),
           "pau is pause, not pause-for-enter");
    tap_ok(say(d, "prompt", "s") == STEP_FAILED && has(&d->complaint, "'s' could be"),
           "an ambiguous one is refused");
    tap_ok(say(d, "script", "mod") == STEP_FAILED, "a script writes verbs in full");
    desk_free(d);
    d = desk_new(NULL);
    tap_ok(say(d, "prompt", "mod") == STEP_FAILED, "prefixes are off unless asked for");
    desk_free(d);
}

/* A file that is being written keeps one from leaving; who says so again leaves, and the file
 * is as it was. */
static void test_leave_writing(void)
{
    static const char *const lines[] = {"save data much.csv.gz", "save data much.npz"};
    for (int i = 0; i < 2; i++) {
        struct desk *d = desk_new(NULL);
        const char *name = strrchr(lines[i], ' ') + 1;
        say(d, "x", "simulate reinforce animals=20 trials=50000");
        spit(name, "as it was", 9);
        session_feed(d->session, lines[i], "prompt");
        tap_ok(session_step(d->session, &d->out) == STEP_WAITING, "%s takes a while", lines[i]);
        session_feed(d->session, "quit", "prompt");
        tap_ok(session_step(d->session, &d->out) == STEP_WAITING &&
                   has(&d->complaint, "`quit` again leaves now"),
               "quit waits for it, and says so");
        session_feed(d->session, "quit", "prompt");
        tap_ok(session_step(d->session, &d->out) == STEP_FAILED &&
                   session_step(d->session, &d->out) == STEP_QUIT,
               "quit once more leaves");
        tap_ok(session_settle(d->session, 60), "what wrote it gives up");
        desk_free(d);
        char *bytes;
        tap_ok(slurp(name, &bytes) == 9 && strcmp(bytes, "as it was") == 0,
               "the file is as it was");
        free(bytes);
    }
}

int main(void)
{
    test_asides_at_work();
    test_asides();
    test_echo();
    test_prefixes();
    test_leave_writing();
    return tap_done();
}
