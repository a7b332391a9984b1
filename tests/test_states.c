/* Every verb in every state that a session can be in: without data, without models, with
 * models of other data, while a fit runs, with next to nothing in it.  A verb works, or it is
 * refused with words; nothing else may happen, and what is asked afterwards is answered. */
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/outfile.h"
#include "deltaw/shell/command.h"
#include "desk.h"

/* Epochs of a fit that is not through before the words after it are tried. */
#ifdef __SANITIZE_THREAD__ /* some wait for it, all the same */
#define LONG "2000"
#else
#define LONG "100000"
#endif

static const struct {
    const char *name, *words;
} states[] = {
    {"nothing", "say empty"},
    {"data without a model", "load mice.csv"},
    {"a model without data", "open dnn.npz"},
    {"a model of another policy", "load few.csv; open column.npz"},
    {"a model that does not learn", "load mice.csv; open static.npz"},
    {"one trial an animal", "load one.csv"},
    {"one animal", "load few.csv; fit reinforce; wait"},
    {"data replaced under a fit",
     "load mice.csv; fit dnn epochs=" LONG " hidden=4; load few.csv; use dnn1"},
    {"data cut under a fit", "load mice.csv; fit dnn epochs=" LONG " hidden=4; trials 3"},
    {"a fit that was stopped at once", "load mice.csv; fit dnn hidden=4; stop all; wait"},
    {"a cohort without the animals of the model", "load other.csv; open dnn.npz"},
    {"a replay", "load mice.csv; open dnn.npz; fit dnn hidden=2 epochs=2; wait; replay dnn2"},
};

/* Lines for verbs that want words; all verbs are also tried bare. */
static const char *const lines[] = {
    "fit reinforce; wait all",
    "fit predict; wait all",
    "fit gp; stop all; wait all",
    "fit static; wait all",
    "fit tinyrnn epochs=1 hidden=1; wait tinyrnn1",
    "fit dnn epochs=1 hidden=2 optimizer=fast; wait all",
    "simulate dnn1 animals=1 trials=2; undo",
    "simulate reinforce animals=1 trials=2; undo",
    "map",
    "map w_bias=1",
    "slice",
    "weights",
    "weights nobody",
    "accuracy bin=1",
    "psychometric",
    "loss",
    "models",
    "score",
    "score by=animal",
    "compare all",
    "show",
    "show all",
    "check data",
    "head 1",
    "trials 1; undo",
    "keep stimulus>1000; undo",
    "drop stimulus<1000; undo",
    "keep nobody",
    "save data out.csv",
    "save all out.npz",
    "save dnn1 out.npz",
    "export map out.csv",
    "export weights out.svg",
    "export loss out.json",
    "copy map",
    "replay dnn1",
    "replay dnn1 epoch=1",
    "use dnn1",
    "rename dnn1 other",
    "forget dnn1",
    "pause all; resume all",
    "stop nobody",
    "undo; redo",
    "reset",
    "reset all",
    "schema save none-such",
    "data",
};

static void write_log(const char *path, int animals, int trials, const char *stem, bool column)
{
    struct strbuf text = {0};
    strbuf_printf(&text, "subject,session,trial,stimulus,choice,reward%s\n", column ? ",odd" : "");
    for (int a = 1; a <= animals; a++)
        for (int t = 1; t <= trials; t++)
            strbuf_printf(&text, "%s%d,%d,%d,%g,%d,%d%s\n", stem, a, 1 + t / 20, t,
                          (t * 7 % 5 - 2) / 2., t * 3 % 7 < 4, t * 5 % 3 > 0,
                          !column ? ""
                          : t % 2 ? ",1"
                                  : ",-1");
    outfile_write(path, text.text, text.len, NULL);
    strbuf_free(&text);
}

static void write_files(void)
{
    write_log("mice.csv", 3, 45, "mouse", true);
    write_log("few.csv", 1, 12, "mouse", false);
    write_log("one.csv", 2, 1, "mouse", false);
    write_log("other.csv", 2, 30, "rat", true);
    struct desk *d = desk_new(NULL);
    tap_ok(say(d, "x",
               "load mice.csv; fit dnn epochs=1 hidden=2; fit static; "
               "fit dnn name=column policy=stim+odd+bias epochs=1 hidden=2; wait; "
               "save dnn1 dnn.npz; save static1 static.npz; save column column.npz") == STEP_IDLE,
           "the files are made%s", strbuf_text(&d->complaint));
    desk_free(d);
}

/* Refused with words, or done; in JSON one object for each command, with the reason. */
static void try_line(struct desk *d, const char *state, const char *line, bool json)
{
    d->out.mode = json ? OUTPUT_JSON : OUTPUT_TEXT;
    enum step step = say(d, "x", line);
    if (!json && step == STEP_FAILED)
        tap_ok(d->complaint.len > 0, "%s: %s is refused with words", state, line);
    bool objects = true;
    char *copy = mem_text(strbuf_text(&d->result)), *rest = copy;
    for (char *one; json && (one = strsep(&rest, "\n"));) {
        json_t *object = *one ? json_loads(one, 0, NULL) : NULL;
        const json_t *ok = json_object_get(object, "ok");
        objects = objects && (!*one || json_is_true(ok) ||
                              json_string_length(json_object_get(object, "error")) > 0);
        json_decref(object);
    }
    free(copy);
    tap_ok(objects, "%s: %s%s", state, line, json ? ", in JSON" : "");
    d->out.mode = OUTPUT_TEXT;
}

/* Those that end the session, want a person, or a terminal; a wait for a long fit. */
static bool is_left_out(const char *verb)
{
    static const char *const those[] = {"quit", "lesson", "lessons", "wait", "check", "source"};
    for (size_t i = 0; i < sizeof those / sizeof *those; i++)
        if (strcmp(those[i], verb) == 0)
            return true;
    return false;
}

/* A few lines in each session: what one leaves behind is a state as well. */
static void try_all(const char *state, const char *words, bool json)
{
    enum { TOGETHER = 9 };
    struct session_setup setup = {.threads = 1, .keep_going = true};
    struct desk *d = NULL;
    size_t n_lines = sizeof lines / sizeof *lines, verbs = 0;
    while (command_at(verbs))
        verbs++;
    for (size_t i = 0; i < n_lines + verbs; i++) {
        const char *line = i < n_lines ? lines[i] : command_at(i - n_lines)->name;
        if (i % TOGETHER == 0) {
            if (d)
                desk_free(d);
            d = desk_new(&setup);
            say(d, "x", words);
        }
        if (!is_left_out(line))
            try_line(d, state, line, json != (i < n_lines));
    }
    say(d, "x", "stop all; wait; models");
    desk_free(d);
}

/* A file given to the wrong verb. */
static void test_mistaken(void)
{
    static const char *const wrong[][2] = {
        {"open log.npz", "that is a log of trials: `load log.npz` reads it"},
        {"open mice.csv", "that is a log of trials: `load mice.csv` reads it"},
        {"load mice.csv dnn1.npz", "that is a model: `open dnn1.npz` reads it"},
        {"fit dnn init=log.npz", "that is a log of trials: `load log.npz` reads it"},
    };
    struct desk *d = desk_new(NULL);
    say(d, "x", "load mice.csv; open dnn.npz name=dnn1; save dnn1 dnn1.npz; save data log.npz");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool fails = say(d, "x", wrong[i][0]) == STEP_FAILED;
        tap_ok(fails && has(&d->complaint, wrong[i][1]), "%s", strbuf_text(&d->complaint));
    }
    desk_free(d);
}

int main(void)
{
    char folder[] = "states.XXXXXX";
    if (!mkdtemp(folder) || chdir(folder) != 0) {
        printf("Bail out! no scratch folder\n");
        return 1;
    }
    setenv("XDG_CONFIG_HOME", "/nowhere", 1);
    write_files();
    for (size_t s = 0; s < sizeof states / sizeof *states; s++)
        try_all(states[s].name, states[s].words, s % 2);
    test_mistaken();
    return tap_done();
}
