/* The command language, the session and what it says: without a terminal. */
#include <jansson.h>
#include <poll.h>
#include <unistd.h>

#include "../src/shell/line.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/thread.h"
#include "deltaw/base/utf8.h"
#include "deltaw/shell/command.h"
#include "deltaw/shell/help.h"
#include "deltaw/shell/session.h"
#include "tap.h"

/* --- a session with its output caught ------------------------------------------ */

struct desk {
    struct session *session;
    struct output out;
    struct strbuf result, complaint;
};

static void on_result(void *host, const char *bytes, size_t n)
{
    strbuf_add(&((struct desk *)host)->result, bytes, n);
}

static void on_complaint(void *host, const char *bytes, size_t n)
{
    strbuf_add(&((struct desk *)host)->complaint, bytes, n);
}

static struct desk *desk_new(const struct session_setup *setup)
{
    static const struct session_setup plain;
    struct err err = {0};
    struct desk *d = mem_new(1, sizeof *d);
    d->session = session_new(setup ? setup : &plain, &err);
    if (!d->session)
        die("%s", err.message);
    d->out = (struct output){.width = 80, .host = d, .result = on_result,
                             .complaint = on_complaint};
    return d;
}

static void desk_free(struct desk *d)
{
    session_free(d->session);
    output_free(&d->out);
    strbuf_free(&d->result);
    strbuf_free(&d->complaint);
    free(d);
}

static void pause_for_news(struct desk *d)
{
    struct pollfd p = {session_wake(d->session)->fd, POLLIN, 0};
    poll(&p, 1, 60000);
}

/* Run what is queued to its end, pressing Enter; the last step that was no RAN. */
static enum step desk_run(struct desk *d)
{
    enum step step;
    while ((step = session_step(d->session, &d->out)) != STEP_IDLE && step != STEP_QUIT) {
        if (step == STEP_WAITING)
            pause_for_news(d);
        else if (step == STEP_PAUSED)
            session_enter(d->session);
        else if (step == STEP_FAILED)
            return step;
    }
    return step;
}

static enum step say(struct desk *d, const char *source, const char *text)
{
    strbuf_reset(&d->result);
    strbuf_reset(&d->complaint);
    session_feed(d->session, text, source);
    return desk_run(d);
}

static bool has(const struct strbuf *b, const char *text)
{
    bool found = strstr(strbuf_text(b), text) != NULL;
    if (!found)
        tap_show("not in", strbuf_text(b));
    return found;
}

/* --- words -------------------------------------------------------------------- */

static void test_words(void)
{
    static const struct {
        const char *text, *want; /* words as <word>, = after an option's name as := */
    } cases[] = {
        {"fit dnn epochs=100", "<fit><dnn><epochs:=100>"},
        {"  a\tb  # c 'd", "<a><b>"},
        {"a#b", "<a#b>"},
        {"say \"a  b\" 'c;d'", "<say><a  b><c;d>"},
        {"say a\\ b \\# \\\"", "<say><a b><#><\">"},
        {"say \"a\\\"b\\\\c\\d\"", "<say><a\"b\\c\\d>"},
        {"say '\\'", "<say><\\>"},
        {"load x as=\"my mice\"", "<load><x><as:=my mice>"},
        {"say \"a=b\" c\\=d", "<say><a=b><c=d>"},
        {"map at=1=2", "<map><at:=1=2>"},
        {"keep stimulus>=0", "<keep><stimulus>=0>"},
        {"set a=", "<set><a:=>"},
        {"say ''", "<say><>"},
        {"a;b", "<a>|<b>"},
        {";;a ; ;b;", "<a>|<b>"},
        {"a\r\n\n# x\nb", "<a>|<b>"},
        {"a \\\n b\nc", "<a><b>|<c>"},
        {"w0=2^-6 x", "<w0:=2^-6><x>"},
        {"m\xc3\xa4use \xf0\x9f\x90\xad", "<m\xc3\xa4use><\xf0\x9f\x90\xad>"},
        {"", ""},
        {"\\", "<\\>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf got = {0};
        struct words words;
        struct err err = {0};
        size_t at = 0;
        int line = 1;
        while (line_next(cases[i].text, &at, &line, &words, &err) && words.n > 0) {
            strbuf_puts(&got, got.len ? "|" : "");
            for (size_t w = 0; w < words.n; w++) {
                const struct word *word = &words.items[w];
                strbuf_putc(&got, '<');
                strbuf_add(&got, word->text, word->equals);
                strbuf_puts(&got, word->equals ? ":" : "");
                strbuf_printf(&got, "%s>", word->text + word->equals);
            }
            words_free(&words);
        }
        words_free(&words);
        tap_is_text(strbuf_text(&got), cases[i].want, "words of %s", cases[i].text);
        strbuf_free(&got);
    }
}

static void test_quoting(void)
{
    static const char *const words[] = {"plain", "a b", "it's", "\"q\"", "a;b", "#x", "x#y",
                                        "back\\slash", "a=b", "~x"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct words back;
        size_t at = 0;
        int line = 1;
        char *quoted = line_quoted(words[i]);
        tap_ok(line_next(quoted, &at, &line, &back, NULL) && back.n == 1 &&
                   strcmp(back.items[0].text, words[i]) == 0,
               "%s is written %s and reads back", words[i], quoted);
        words_free(&back);
        free(quoted);
    }
}

/* --- errors --------------------------------------------------------------------- */

static void test_errors(void)
{
    static const struct {
        const char *line, *message;
        int code, caret; /* blanks before the caret, -1: none */
    } cases[] = {
        {"lod x", "unknown verb 'lod'; did you mean 'load'?", 2, 2},
        {"say a; fiit dnn", "did you mean 'fit'?", 2, 9},
        {"qqqqqq", "`help` lists the verbs", 2, 2},
        {"fit dnnn", "no rule 'dnnn'; did you mean 'dnn'?", 2, 6},
        {"fit dnn epoch=3", "did you mean 'epochs'?", 2, 10},
        {"fit dnn epochs=x", "epochs=x", 2, 10},
        {"fit dnn epochs=1 epochs=2", "epochs= is given twice", 2, 19},
        {"fit dnn w0=1,2,3", "w0=1,2,3", 2, 10},
        {"fit dnn policy=stim+bas", "bas", 2, 10},
        {"fit dnn name=1x", "name=1x", 2, 10},
        {"fit dnn holdout=sim001,sim009", "did you mean 'sim00", 1, 10},
        {"fit", "fit needs more: fit RULE", 2, 2},
        {"say \"abc", "quote opened here is not closed", 2, 6},
        {"say m\xc3\xa4use; qqqqqq", "unknown verb", 2, 13},
        {"map x=foo", "x=foo", 2, 6},
        {"use nobody", "no model yet", 1, 6},
        {"export map m.npz", "must end in .csv, .json or .txt", 2, 13},
        {"export mop m.csv", "no view 'mop'", 2, 9},
        {"save data x.txt", "must end in .csv or .csv.gz", 2, 12},
        {"load x.csv format=alf", "format=alf is not read by this version", 2, -1},
        {"set seed=-1", "seed=-1", 2, 6},
        {"head 0", "head: '0'", 2, 7},
        {"stop", "no fit is training", 1, -1},
        {"help zzzzz", "occurs nowhere", 1, -1},
        {"check foo", "nothing to check", 2, -1},
        {"quit now", "now", 2, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desk *d = desk_new(NULL);
        say(d, "x", "simulate reinforce animals=3 trials=20");
        enum step step = say(d, "prompt", cases[i].line);
        const char *at = strstr(strbuf_text(&d->complaint), "^\n");
        while (at && at > d->complaint.text && at[-1] != '\n')
            at--;
        int caret = at ? (int)strspn(at, " ") : -1;
        if (!tap_ok(step == STEP_FAILED && session_exit_code(d->session) == cases[i].code &&
                        caret == cases[i].caret && has(&d->complaint, cases[i].message),
                    "%s is refused with a reason", cases[i].line))
            tap_note("step %d, exit %d, caret %d", (int)step, session_exit_code(d->session), caret);
        desk_free(d);
    }
}

static void test_long_line(void)
{
    struct desk *d = desk_new(NULL);
    struct strbuf line = {0};
    strbuf_puts(&line, "say ");
    strbuf_fill(&line, 'x', 500);
    strbuf_puts(&line, "; qqq");
    say(d, "prompt", line.text);
    size_t widest = 0;
    for (const char *at = strbuf_text(&d->complaint); *at; at += strcspn(at, "\n"), at += !!*at)
        widest = strcspn(at, "\n") > widest ? strcspn(at, "\n") : widest;
    tap_ok(widest <= 80 && has(&d->complaint, "qqq\n"), "a long line is shown around the caret");
    strbuf_free(&line);
    desk_free(d);
}

static void test_places(void)
{
    struct desk *d = desk_new(NULL);
    outfile_write("inner.dw", "say in\n\nsay \\\n two\nnope; say never\n", 35, NULL);
    outfile_write("outer.dw", "# first\nsource inner.dw\nsay never\n", 34, NULL);
    say(d, "-c", "source outer.dw");
    tap_is_text(strbuf_text(&d->result), "in\ntwo\n", "a script runs up to its error");
    tap_ok(has(&d->complaint, "inner.dw:5: unknown verb 'nope'"), "which names script and line");
    say(d, "-c", "nope");
    tap_ok(strncmp(strbuf_text(&d->complaint), "-c: unknown", 11) == 0, "-c stands for itself");
    outfile_write("self.dw", "source self.dw\n", 15, NULL);
    tap_ok(say(d, "-c", "source self.dw") == STEP_FAILED && has(&d->complaint, "25 deep"),
           "a script that sources itself ends");
    outfile_write("bom.dw", "\xef\xbb\xbfsay hello\r\nsay last", 22, NULL);
    say(d, "-c", "source bom.dw");
    tap_is_text(strbuf_text(&d->result), "hello\nlast\n", "BOM, CRLF and no last newline");
    outfile_write("zero.dw", "say a\0b\n", 8, NULL);
    tap_ok(say(d, "-c", "source zero.dw") == STEP_FAILED && has(&d->complaint, "zero bytes"),
           "zero bytes are refused");
    tap_ok(say(d, "-c", "source .") == STEP_FAILED && has(&d->complaint, "folder"),
           "so is a folder");
    struct err err = {0};
    tap_ok(!session_feed_file(d->session, "absent.dw", &err) && strstr(err.message, "absent.dw"),
           "an absent file is an error: %s", err.message);
    desk_free(d);
}

static void test_order(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "a", "say 1; nope; say 2");
    tap_is_text(strbuf_text(&d->result), "1\n", "after an error the rest is gone");
    tap_ok(say(d, "a", "say 3") == STEP_IDLE && has(&d->result, "3"), "what comes later runs");
    desk_free(d);
    struct session_setup going = {.keep_going = true};
    d = desk_new(&going);
    session_feed(d->session, "say 1; nope; say 2", "a");
    enum step step = desk_run(d);
    tap_ok(step == STEP_FAILED && desk_run(d) == STEP_IDLE, "keep-going goes on");
    tap_is_text(strbuf_text(&d->result), "1\n2\n", "with all that follows");
    tap_ok(session_exit_code(d->session) == 2, "and keeps the first exit code");
    outfile_write("q.dw", "say in script\nquit\nsay never\n", 29, NULL);
    strbuf_reset(&d->result);
    session_feed_file(d->session, "q.dw", NULL);
    session_feed(d->session, "say never", "b");
    tap_ok(desk_run(d) == STEP_QUIT && session_step(d->session, &d->out) == STEP_QUIT,
           "quit ends it for good");
    tap_is_text(strbuf_text(&d->result), "in script\n", "at once");
    desk_free(d);
    d = desk_new(NULL);
    session_feed(d->session, "say a; pause-for-enter; say b", "a");
    while (session_step(d->session, &d->out) == STEP_RAN)
        ;
    tap_ok(session_step(d->session, &d->out) == STEP_PAUSED, "a lesson waits for Enter");
    session_enter(d->session);
    desk_run(d);
    tap_is_text(strbuf_text(&d->result), "a\nb\n", "and goes on");
    desk_free(d);
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

/* --- cohorts ---------------------------------------------------------------------- */

static const struct cohort *open_cohort(struct desk *d)
{
    return session_scene(d->session)->cohort;
}

static void test_cohorts(void)
{
    struct desk *d = desk_new(NULL);
    tap_ok(say(d, "x", "animals") == STEP_FAILED && has(&d->complaint, "no trials are loaded"),
           "without trials that is said");
    say(d, "x", "simulate reinforce animals=3 trials=40 seed=5; save data a.csv.gz");
    uint64_t digest = open_cohort(d)->digest;
    tap_ok(has(&d->result, "3 animals, 120 trials"), "simulate says what it made");
    tap_ok(say(d, "x", "load absent.csv") == STEP_FAILED &&
               session_exit_code(d->session) == ERR_FAILED && open_cohort(d)->digest == digest,
           "a failed load keeps the open cohort");
    say(d, "x", "simulate reinforce animals=2 trials=10; load a.csv.gz as=again");
    tap_ok(open_cohort(d)->digest == digest && open_cohort(d)->truth, "a saved log loads as it was");
    tap_is_text(open_cohort(d)->name, "again", "under the name as=");
    say(d, "x", "undo");
    tap_ok(open_cohort(d)->n_animals == 2 && has(&d->result, "2 animals, 20 trials"),
           "undo takes the last one back");
    say(d, "x", "undo; undo");
    tap_ok(!open_cohort(d) && has(&d->result, "no trials loaded"), "to the first");
    tap_ok(say(d, "x", "undo") == STEP_FAILED, "and no further");
    desk_free(d);
}

static void test_hostile_words(void)
{
    static const char *const lines[] = {
        "use \"\x1b[2J\"", "\x1b[2J", "load \"\x1b[2J.csv\"", "fit \x1b[2J", "help \x1b[2J", "set a\x1b=2",
        "map x=\x1b[2J", "fit dnn name=\x1b[2J", "fit dnn holdout=\x1b[2J", "export map \x1b[2J",
        "save dnn1 \x1b[2J.csv", "source \x1b[2J", "open \x1b[2J", "\"\x9b", "check \x1b[2J",
    };
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=2 trials=20; fit dnn epochs=1 hidden=2; wait");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        enum step step = say(d, i % 2 ? "prompt" : "\x1b[2J", lines[i]);
        bool clean = !strchr(strbuf_text(&d->complaint), 27) &&
                     !strchr(strbuf_text(&d->complaint), '\x9b');
        tap_ok(step == STEP_FAILED && clean && d->complaint.len > 0,
               "control characters are not passed on (%zu)", i);
    }
    desk_free(d);
}

/* --- fits --------------------------------------------------------------------------- */

static void test_fits(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=4 trials=200");
    say(d, "x", "fit dnn epochs=3 hidden=4 holdout=sim002; fit dnn epochs=3 hidden=4; wait");
    tap_ok(has(&d->result, "dnn1 done: 3 epochs") && has(&d->result, "dnn2 done") &&
               has(&d->result, "held out"), "wait says how fits ended");
    strbuf_reset(&d->complaint);
    session_news(d->session, &d->out);
    tap_is_text(strbuf_text(&d->complaint), "", "and it is no news any more");
    const struct scene *scene = session_scene(d->session);
    tap_ok(scene->n_models == 2 && scene->current == 1, "the newest fit is in use");
    say(d, "x", "use dnn1; forget dnn2; fit dnn name=mine epochs=1 hidden=4; wait; models");
    scene = session_scene(d->session);
    tap_ok(scene->n_models == 2 && scene->current == 1 && has(&d->result, "mine"),
           "use, forget and names");
    tap_ok(say(d, "x", "fit dnn name=mine") == STEP_FAILED && has(&d->complaint, "there already"),
           "a name is taken once");
    tap_ok(say(d, "x", "use mime") == STEP_FAILED && has(&d->complaint, "did you mean 'mine'"),
           "a model's name nearly right");
    say(d, "x", "fit dnn name=tiny epochs=2 hidden=4");
    while (session_busy(d->session))
        pause_for_news(d), session_step(d->session, &d->out);
    strbuf_reset(&d->complaint);
    session_news(d->session, &d->out);
    tap_ok(has(&d->complaint, "deltaw: tiny done: 2 epochs, loss "), "an end unwaited for is news");
    strbuf_reset(&d->complaint);
    session_news(d->session, &d->out);
    tap_is_text(strbuf_text(&d->complaint), "", "once");
    say(d, "x", "save mine m.npz; open m.npz; open m.npz; show m; score");
    tap_ok(has(&d->result, "m_2") && has(&d->result, "dnn.4.bias") && has(&d->result, "-0.6"),
           "save, open, show, score");
    desk_free(d);
}

static void test_cancel(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=4 trials=2000; fit dnn epochs=100000");
    strbuf_reset(&d->result);
    session_feed(d->session, "wait; say never", "x");
    tap_ok(session_step(d->session, &d->out) == STEP_WAITING, "wait waits");
    struct strbuf waiting = {0};
    session_waiting(d->session, &waiting);
    tap_ok(has(&waiting, "dnn1 training"), "and says for what");
    strbuf_free(&waiting);
    session_cancel(d->session);
    tap_ok(session_step(d->session, &d->out) == STEP_FAILED && has(&d->complaint, "interrupted"),
           "^C ends the waiting");
    tap_ok(session_step(d->session, &d->out) == STEP_IDLE && !strstr(strbuf_text(&d->result), "never"),
           "and what was queued");
    tap_ok(session_busy(d->session) && session_exit_code(d->session) == 130, "the fit trains on");
    say(d, "x", "pause");
    tap_ok(say(d, "x", "wait") == STEP_FAILED && has(&d->complaint, "paused and would never end"),
           "a paused fit is not waited for");
    say(d, "x", "resume; stop; wait");
    tap_ok(has(&d->result, "dnn1 stopped: ") && !session_busy(d->session), "stop keeps what it has");
    session_feed(d->session, "simulate reinforce animals=50 trials=100000; say never", "x");
    tap_ok(session_step(d->session, &d->out) == STEP_WAITING, "simulate runs in the background");
    session_cancel(d->session);
    tap_ok(session_step(d->session, &d->out) == STEP_FAILED &&
               session_scene(d->session)->cohort->n_animals == 4,
           "^C gives it up; the open cohort stays");
    desk_free(d);
}

static void test_free_while_training(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=4 trials=2000; fit dnn epochs=100000; forget dnn1; "
                "fit dnn epochs=100000; pause; fit dnn epochs=100000");
    session_feed(d->session, "simulate reinforce animals=20 trials=50000", "x");
    session_step(d->session, &d->out);
    desk_free(d);
    tap_ok(true, "a session ends while fits and a task run");
}

static double final_loss(struct desk *d)
{
    const struct scene *scene = session_scene(d->session);
    return scene->models[scene->n_models - 1].status.train;
}

static void test_seeds_and_log(void)
{
    struct session_setup setup = {.seed = 7};
    struct desk *d = desk_new(&setup);
    unlink("log.dw");
    say(d, "x", "log on log.dw; simulate reinforce animals=3 trials=100; help; nope");
    say(d, "x", "fit dnn epochs=4 hidden=4");
    while (session_busy(d->session)) /* as at a prompt: looked at when it had ended */
        pause_for_news(d), session_step(d->session, &d->out);
    say(d, "x", "score; log off; say unlogged");
    double loss = final_loss(d);
    uint64_t digest = open_cohort(d)->digest;
    tap_ok(session_scene(d->session)->models[0].model->settings.seed == 7, "--seed is the default");
    desk_free(d);
    d = desk_new(NULL);
    tap_ok(say(d, "x", "source log.dw") == STEP_IDLE, "a log replays");
    tap_ok(open_cohort(d)->digest == digest && final_loss(d) == loss, "to the same bits");
    char text[512] = "";
    FILE *file = fopen("log.dw", "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[n] = '\0';
    if (file)
        fclose(file);
    tap_is_text(strstr(text, "set"), "set seed=7\nsimulate reinforce animals=3 trials=100\n"
                "fit dnn epochs=4 hidden=4\nwait\nscore\n", "only what went well, with its wait");
    say(d, "x", "set seed=11; fit dnn epochs=1; wait; fit dnn epochs=1 seed=12; wait");
    const struct scene *scene = session_scene(d->session);
    tap_ok(scene->models[1].model->settings.seed == 11 && scene->models[2].model->settings.seed == 12,
           "set seed, and seed= over it");
    tap_ok(say(d, "x", "log on /dev/full; say x") == STEP_FAILED ||
               has(&d->complaint, "No space left"), "a log that cannot be written says so");
    desk_free(d);
}

/* --- output ---------------------------------------------------------------------------- */

static void test_json(void)
{
    struct session_setup setup = {.keep_going = true};
    struct desk *d = desk_new(&setup);
    d->out.mode = OUTPUT_JSON;
    session_feed(d->session, "simulate reinforce animals=2 trials=60\nhead 2\nnope\nfit dnn epochs=2 "
                 "hidden=2\nwait\nscore\nmap\nloss\nmodels\njobs\nshow\nhelp fit\nhelp\nrules\n"
                 "set\ndata\nanimals\nsay \"q\\\"\xff\"\ncheck gradient hidden=2\nexport loss l.csv\n"
                 "layout\nwait", "s.dw");
    int lines = 0, objects = 0, failed = 0;
    while (desk_run(d) == STEP_FAILED)
        ;
    for (char *at = d->result.text, *end; at && *at && (end = strchr(at, '\n')); at = end + 1) {
        json_error_t error;
        *end = '\0';
        json_t *object = json_loads(at, 0, &error);
        lines++;
        if (!object) {
            tap_note("%s: %s", error.text, at);
            continue;
        }
        objects += json_is_string(json_object_get(object, "command")) &&
                   json_is_boolean(json_object_get(object, "ok"));
        if (json_is_false(json_object_get(object, "ok"))) {
            failed++;
            tap_ok(json_integer_value(json_object_get(object, "code")) == 2 &&
                       json_number_value(json_object_get(object, "line")) == 3 &&
                       json_integer_value(json_object_get(object, "column")) == 1,
                   "an error is an object with code, line and column");
        }
        json_decref(object);
    }
    tap_ok(lines == 22 && objects == 22 && failed == 1, "%d lines, %d objects of 22 commands", lines,
           objects);
    tap_is_text(strstr(strbuf_text(&d->complaint), "nope"), NULL, "said once");
    desk_free(d);
}

static void test_csv(void)
{
    struct desk *d = desk_new(NULL);
    d->out.mode = OUTPUT_CSV;
    say(d, "x", "simulate reinforce animals=2 trials=20 seed=1; head 1; say hello");
    tap_ok(strncmp(strbuf_text(&d->result), "subject,session,trial,stimulus,choice,reward,answer\n",
                   52) == 0 && !strstr(strbuf_text(&d->result), "hello"), "csv has tables only");
    desk_free(d);
}

static void test_export(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=2 trials=60; fit dnn epochs=2 hidden=2; wait");
    outfile_write("kept.csv", "old\n", 4, NULL);
    tap_ok(say(d, "x", "export loss loss.csv; export map map.json; export map map.txt; export "
                       "weights w.csv; export accuracy a.csv; export slice s.csv") == STEP_IDLE,
           "all views are exported");
    char text[64] = "";
    FILE *file = fopen("loss.csv", "r");
    tap_ok(file && fgets(text, sizeof text, file), "loss.csv is there");
    tap_is_text(text, "epoch,seconds,train,heldout\n", "with its columns");
    if (file)
        fclose(file);
    tap_ok(symlink("/dev/full", "full.csv") == 0 &&
               say(d, "x", "export loss full.csv") == STEP_FAILED && has(&d->complaint, "No space"),
           "a full disk is an error");
    tap_ok(say(d, "x", "export loss absent/x.csv") == STEP_FAILED && has(&d->complaint, "absent/x"),
           "and so is a folder that is not there");
    desk_free(d);
}

static void test_header(void)
{
    struct desk *d = desk_new(NULL);
    bool narrow = true, plain = true;
    say(d, "x", "simulate reinforce animals=3 trials=400; fit dnn epochs=100000 holdout=sim001");
    for (int width = 0; width < 140; width++) {
        struct strbuf line = {0};
        session_header(d->session, width, &line);
        narrow = narrow && utf8_width(strbuf_text(&line)) <= width;
        strbuf_free(&line);
    }
    tap_ok(narrow, "the header fits any width");
    struct style ascii = {.ascii = true};
    session_style(d->session, &ascii);
    struct strbuf line = {0};
    session_header(d->session, 120, &line);
    for (const char *c = strbuf_text(&line); *c; c++)
        plain = plain && (unsigned char)*c < 128;
    tap_ok(plain && has(&line, "3 animals  1,200 trials | dnn1 training") && has(&line, "/100000"),
           "and is 7 bits in ASCII style");
    strbuf_reset(&line);
    session_header(d->session, 30, &line);
    tap_ok(has(&line, "dnn1 training"), "the job is kept longest");
    strbuf_free(&line);
    desk_free(d);
}

/* --- help and completion ------------------------------------------------------------------ */

static void test_help(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "help");
    for (size_t i = 0; command_at(i); i++)
        if (!strstr(strbuf_text(&d->result), command_at(i)->name))
            tap_ok(false, "help lists %s", command_at(i)->name);
    size_t lines = 0, n = 0;
    for (const char *at = strbuf_text(&d->result); (at = strchr(at, '\n')); at++)
        lines++;
    while (command_at(n))
        n++;
    tap_ok(has(&d->result, "Judge\n") && lines == n + 7, "help lists verbs in groups, a line each");
    size_t widest = 0;
    for (size_t i = 0; command_at(i); i++) {
        char *line = mem_printf("help %s", command_at(i)->name);
        bool ok = say(d, "x", line) == STEP_IDLE && strstr(strbuf_text(&d->result), "Examples\n") &&
                  command_at(i)->detail[0] && command_at(i)->examples[0];
        const struct option *o = command_options(command_at(i));
        for (; ok && o && o->name; o++)
            ok = has(&d->result, o->name) && o->text && o->text[strlen(o->text) - 1] != '.';
        for (const char *at = strbuf_text(&d->result); *at; at += strcspn(at, "\n"), at += !!*at)
            widest = strcspn(at, "\n") > widest ? strcspn(at, "\n") : widest;
        if (!ok)
            tap_ok(false, "%s tells options and examples", line);
        free(line);
    }
    tap_ok(widest <= 80, "no line of help is wider than the page (%zu)", widest);
    say(d, "x", "help truncat");
    tap_ok(has(&d->result, "fit") && has(&d->result, "truncation="), "help WORD searches options");
    struct strbuf page = {0};
    tap_ok(help_mdoc(&page) && strncmp(page.text, ".Sh COMMANDS\n", 13) == 0, "and makes mdoc");
    strbuf_free(&page);
    desk_free(d);
}

/* Candidates as "word word= ", with the part of the line they replace. */
static char *completed(struct desk *d, const char *line)
{
    struct completion c;
    struct strbuf out = {0};
    session_complete(d->session, line, strlen(line), &c);
    strbuf_printf(&out, "%zu:", c.from);
    for (size_t i = 0; i < c.n; i++)
        strbuf_printf(&out, " %s%s", c.items[i].word, c.items[i].open ? "~" : "");
    completion_free(&c);
    return strbuf_take(&out);
}

static void test_completion(void)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"he", "0: head help"},
        {"say x; und", "7: undo"},
        {"fit d", "4: dnn decay=~"},
        {"fit dnn ep", "8: epochs=~"},
        {"fit dnn epochs=3 ep", "17:"},
        {"fit dnn w0=p", "11: psychometric"},
        {"fit dnn optimizer=", "18: adam"},
        {"fit dnn holdout=sim001,sim0", "23: sim002 sim003"},
        {"use ", "4: dnn1"},
        {"save d", "5: data dnn1"},
        {"save data comp/f", "10: comp/folder/~"},
        {"load comp/", "5: comp/a\\ b.csv comp/folder/~"},
        {"load comp/.h", "5: comp/.hidden"},
        {"export ma", "7: map"},
        {"export map comp/a", "11: comp/a\\ b.csv"},
        {"check ", "6: data gradient rule=~ hidden=~ layers=~ seed=~"},
        {"map x=r", "6: reward"},
        {"set back", "4: background=~"},
        {"set background=", "15: auto light dark"},
        {"log o", "4: on off"},
        {"help und", "5: undo"},
        {"say # x", "7:"},
        {"nope x", "5:"},
        {"fit dnn policy=", "15: stim+bias"},
    };
    struct desk *d = desk_new(NULL);
    if (system("mkdir -p comp/folder && touch 'comp/a b.csv' comp/.hidden") != 0)
        tap_note("no folder to complete in");
    say(d, "x", "simulate reinforce animals=3 trials=20; fit dnn epochs=1; wait");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = completed(d, cases[i].line);
        tap_is_text(got, cases[i].want, "completion of '%s'", cases[i].line);
        free(got);
    }
    struct completion c;
    session_complete(d->session, "fit dnn epochs=3", 5, &c);
    tap_ok(c.from == 4 && c.n == 2, "the cursor may stand within the line");
    bool meanings = true;
    for (size_t i = 0; i < c.n; i++)
        meanings = meanings && c.items[i].meaning[0];
    tap_ok(meanings, "candidates say what they mean");
    completion_free(&c);
    desk_free(d);
}

int main(void)
{
    test_words();
    test_quoting();
    test_errors();
    test_long_line();
    test_places();
    test_order();
    test_prefixes();
    test_cohorts();
    test_hostile_words();
    test_fits();
    test_cancel();
    test_free_while_training();
    test_seeds_and_log();
    test_json();
    test_csv();
    test_export();
    test_header();
    test_help();
    test_completion();
    return tap_done();
}
