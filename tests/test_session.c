/* The session: cohorts, fits, waiting, logs, and what it puts out. */
#include <jansson.h>
#include <unistd.h>

#include "deltaw/base/outfile.h"
#include "deltaw/base/utf8.h"
#include "desk.h"

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
    tap_ok(open_cohort(d)->digest == digest && open_cohort(d)->truth,
           "a saved log loads as it was");
    tap_is_text(open_cohort(d)->name, "again", "under the name as=");
    say(d, "x", "undo");
    tap_ok(open_cohort(d)->n_animals == 2 && has(&d->result, "2 animals, 20 trials"),
           "undo takes the last one back");
    say(d, "x", "undo; undo");
    tap_ok(!open_cohort(d) && has(&d->result, "no trials loaded"), "to the first");
    tap_ok(say(d, "x", "undo") == STEP_FAILED, "and no further");
    desk_free(d);
}

/* Of many loads the last 100 can be taken back, the newest first; filters without end, and
 * those that were let go of are made again as they were. */
static void test_undo_depth(void)
{
    enum { MADE = 107, KEPT = 100, FILTERS = 150 };
    struct desk *d = desk_new(NULL);
    uint64_t digest[FILTERS];
    bool right = true;
    for (int i = 0; i < MADE; i++) {
        char *command = mem_printf("simulate reinforce animals=1 trials=%d", i + 2);
        say(d, "x", command);
        digest[i] = open_cohort(d)->digest;
        free(command);
    }
    for (int i = MADE; i-- > MADE - KEPT;) {
        right = right && open_cohort(d) && open_cohort(d)->digest == digest[i];
        right = right && open_cohort(d)->n_trials == (size_t)i + 2;
        say(d, "x", "undo");
    }
    tap_ok(right, "the last %d of %d cohorts come back in their order", KEPT, MADE);
    tap_ok(!open_cohort(d) && has(&d->result, "no trials loaded"), "and no more");
    desk_free(d);

    d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=1 trials=200");
    digest[0] = open_cohort(d)->digest;
    for (int i = 1; i < FILTERS; i++) {
        char *command =
            i % 2 ? mem_printf("trials 1..%d", 200 - i) : mem_printf("drop trial=%d", 201 - i);
        say(d, "x", command);
        digest[i] = open_cohort(d)->digest;
        free(command);
    }
    tap_ok(open_cohort(d)->n_trials == 201 - FILTERS, "parts of parts");
    right = true;
    for (int i = FILTERS - 1; i-- > 0;) {
        say(d, "x", "undo");
        right = right && open_cohort(d)->digest == digest[i];
    }
    tap_ok(right && open_cohort(d)->n_trials == 200, "each of %d is taken back", FILTERS - 1);
    say(d, "x", "redo 70");
    right = open_cohort(d)->digest == digest[70];
    say(d, "x", "redo 999");
    tap_ok(right && open_cohort(d)->digest == digest[FILTERS - 1], "and brought back, by many");
    say(d, "x", "undo 99");
    tap_ok(open_cohort(d)->digest == digest[FILTERS - 100], "and taken back, by many");
    say(d, "x", "reset");
    tap_ok(open_cohort(d)->digest == digest[0] && open_cohort(d)->n_trials == 200,
           "reset goes back to what was made");
    say(d, "x", "trials 1..5; undo");
    tap_ok(open_cohort(d)->n_trials == 200, "of which parts are taken and undone");
    desk_free(d);
}

static void test_hostile_words(void)
{
    static const char *const lines[] = {
        "use \"\x1b[2J\"",
        "\x1b[2J",
        "load \"\x1b[2J.csv\"",
        "fit \x1b[2J",
        "help \x1b[2J",
        "set a\x1b=2",
        "map x=\x1b[2J",
        "fit dnn name=\x1b[2J",
        "fit dnn holdout=\x1b[2J",
        "export map \x1b[2J",
        "save dnn1 \x1b[2J.csv",
        "source \x1b[2J",
        "open \x1b[2J",
        "\"\x9b",
        "check \x1b[2J",
    };
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=2 trials=20; fit dnn epochs=1 hidden=2; wait");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        enum step step = say(d, i % 2 ? "prompt" : "\x1b[2J", lines[i]);
        bool clean =
            !strchr(strbuf_text(&d->complaint), 27) && !strchr(strbuf_text(&d->complaint), '\x9b');
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
               has(&d->result, "held out"),
           "wait says how fits ended");
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
    tap_ok(has(&d->result, "m_2") && has(&d->result, "dnn.4.bias") && has(&d->result, " -.6"),
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
    tap_ok(session_step(d->session, &d->out) == STEP_IDLE &&
               !strstr(strbuf_text(&d->result), "never"),
           "and what was queued");
    tap_ok(session_busy(d->session) && session_exit_code(d->session) == 130, "the fit trains on");
    say(d, "x", "pause");
    tap_ok(say(d, "x", "wait") == STEP_FAILED && has(&d->complaint, "paused and would never end"),
           "a paused fit is not waited for");
    say(d, "x", "resume; stop; wait");
    tap_ok(has(&d->result, "dnn1 stopped: ") && !session_busy(d->session),
           "stop keeps what it has");
    session_feed(d->session, "simulate reinforce animals=50 trials=100000; say never", "x");
    tap_ok(session_step(d->session, &d->out) == STEP_WAITING, "simulate runs in the background");
    session_cancel(d->session);
    tap_ok(session_step(d->session, &d->out) == STEP_FAILED &&
               session_scene(d->session)->cohort->n_animals == 4,
           "^C gives it up; the open cohort stays");
    session_feed(d->session, "simulate reinforce animals=50 trials=100000", "x");
    tap_ok(session_step(d->session, &d->out) == STEP_WAITING, "another is waited for");
    session_feed(d->session, "quit", "prompt");
    tap_ok(session_step(d->session, &d->out) == STEP_FAILED &&
               session_step(d->session, &d->out) == STEP_QUIT,
           "quit at the prompt gives it up and leaves");
    desk_free(d);
}

static void test_free_while_training(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x",
        "simulate reinforce animals=4 trials=2000; fit dnn epochs=100000; forget dnn1; "
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
    struct session_setup setup = {.seed = 7, .seeded = true};
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
    tap_is_text(strstr(text, "set"),
                "set seed=7\nsimulate reinforce animals=3 trials=100\n"
                "fit dnn epochs=4 hidden=4\nwait\nscore\n",
                "only what went well, with its wait");
    say(d, "x", "set seed=11; fit dnn epochs=1; wait; fit dnn epochs=1 seed=12; wait");
    const struct scene *scene = session_scene(d->session);
    tap_ok(scene->models[1].model->settings.seed == 11 &&
               scene->models[2].model->settings.seed == 12,
           "set seed, and seed= over it");
    tap_ok(say(d, "x", "log on /dev/full; say x") == STEP_FAILED ||
               has(&d->complaint, "No space left"),
           "a log that cannot be written says so");
    desk_free(d);
}

/* --- output ---------------------------------------------------------------------------- */

static void test_json(void)
{
    struct session_setup setup = {.keep_going = true};
    struct desk *d = desk_new(&setup);
    d->out.mode = OUTPUT_JSON;
    session_feed(
        d->session,
        "simulate reinforce animals=2 trials=60\nhead 2\nnope\nfit dnn epochs=2 "
        "hidden=2\nwait\nscore\nmap\nloss\nmodels\njobs\nshow\nhelp fit\nhelp\nrules\n"
        "set\ndata\nanimals\nsay \"q\\\"\xff\"\ncheck gradient hidden=2\nexport loss l.csv\n"
        "layout\nwait",
        "s.dw");
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
    tap_ok(lines == 22 && objects == 22 && failed == 1, "%d lines, %d objects of 22 commands",
           lines, objects);
    tap_is_text(strstr(strbuf_text(&d->complaint), "nope"), NULL, "said once");
    desk_free(d);
}

static void test_csv(void)
{
    struct desk *d = desk_new(NULL);
    d->out.mode = OUTPUT_CSV;
    say(d, "x", "simulate reinforce animals=2 trials=20 seed=1; head 1; say hello");
    tap_ok(strncmp(strbuf_text(&d->result), "subject,session,trial,stimulus,choice,reward,answer\n",
                   52) == 0 &&
               !strstr(strbuf_text(&d->result), "hello"),
           "csv has tables only");
    desk_free(d);
}

static void test_export(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=2 trials=60; fit dnn epochs=2 hidden=2; wait");
    outfile_write("kept.csv", "old\n", 4, NULL);
    tap_ok(say(d, "x",
               "export loss loss.csv; export map map.json; export map map.txt; export "
               "weights w.csv; export accuracy a.csv; export slice s.csv") == STEP_IDLE,
           "all views are exported");
    char text[64] = "";
    FILE *file = fopen("loss.csv", "r");
    tap_ok(file && fgets(text, sizeof text, file), "loss.csv is there");
    tap_is_text(text, "epoch,seconds,train,held_out,model\n", "with its columns");
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

static bool show_any(void *data, const char *view, struct err *err)
{
    (void)data, (void)view, (void)err;
    return true;
}

/* What keys stand for runs at once, even while something is waited for. */
static void test_keys(void)
{
    struct session_setup setup = {.host.show = show_any};
    struct desk *d = desk_new(&setup);
    say(d, "x",
        "simulate reinforce animals=3 trials=200; fit dnn epochs=3 hidden=4; wait; "
        "log on keys.dw; fit dnn epochs=1000000 hidden=4");
    session_feed(d->session, "wait; say after", "x");
    tap_ok(session_step(d->session, &d->out) == STEP_WAITING, "a fit is waited for");
    strbuf_reset(&d->result);
    struct view *view = session_view(d->session, "map", NULL);
    struct strbuf title = {0};
    session_key(d->session, "map w_bias=.5", &d->out);
    view_title(view, &title);
    tap_ok(strstr(title.text, "w_bias .5"), "a view's key works meanwhile: %s", title.text);
    session_key(d->session, "map w_bias=1", &d->out);
    session_key(d->session, "map w_bias=1.5", &d->out);
    session_key(d->session, "zoom", &d->out);
    session_key(d->session, "zoom", &d->out);
    session_key(d->session, "map w_bias=2", &d->out);
    tap_ok(d->result.len == 0 && session_step(d->session, &d->out) == STEP_WAITING,
           "says nothing, and the wait goes on");
    session_key(d->session, "map w_bias=no", &d->out);
    tap_ok(has(&d->complaint, "w_bias=no"), "but what is wrong is said");
    session_key(d->session, "say queued", &d->out);
    tap_ok(!strstr(strbuf_text(&d->result), "queued"), "another command waits its turn");
    session_cancel(d->session);
    session_step(d->session, &d->out);
    session_key(d->session, "say queued", &d->out);
    desk_run(d);
    tap_ok(has(&d->result, "queued"), "which comes");
    say(d, "x", "stop; log off");
    char *log = NULL;
    size_t size = 0;
    FILE *file = fopen("keys.dw", "r");
    if (!file || getdelim(&log, &size, '\0', file) < 0)
        err_die("keys.dw cannot be read");
    fclose(file);
    tap_ok(strstr(log, "hidden=4\nmap w_bias=1.5\nzoom\nzoom\nmap w_bias=2\nsay queued\n"),
           "in the log the last step of several like it stands for all");
    free(log);
    strbuf_free(&title);
    desk_free(d);
}

static void test_key_shapes(void)
{
    static const char *const shapes[][2] = {
        {"map w_bias=1 past=any", "map w_bias= past="},
        {"layout loss:2|map:3", "layout "},
        {"layout next", ""},
        {"zoom", ""},
        {"zoom map", ""},
        {"slice w=1,2", "slice w="},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct strbuf shape = {0};
        session_key_shape(shapes[i][0], &shape);
        tap_is_text(strbuf_text(&shape), shapes[i][1], "the shape of %s", shapes[i][0]);
        strbuf_free(&shape);
    }
}

int main(void)
{
    test_cohorts();
    test_undo_depth();
    test_hostile_words();
    test_fits();
    test_cancel();
    test_free_while_training();
    test_seeds_and_log();
    test_json();
    test_csv();
    test_export();
    test_header();
    test_keys();
    test_key_shapes();
    return tap_done();
}
