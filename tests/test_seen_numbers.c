/* What is on the screen is so: fits that train, the epoch of a replay, causes that are told,
 * and names that a view keeps when other trials come. */
#include "desk.h"

static void test_header(void)
{
    struct desk *d = desk_new(NULL);
    struct strbuf line = {0};
    say(d, "x", "simulate reinforce animals=3 trials=400; fit dnn epochs=100000");
    say(d, "x", "fit dnn epochs=100000");
    session_header(d->session, 80, &line);
    tap_ok(has(&line, "dnn2 training") && has(&line, "+ dnn1 ") && has(&line, "/100000"),
           "two fits that train are both told of at 80 columns: %s", strbuf_text(&line));
    bool told = true;
    for (int width = 40; width < 140; width++) {
        strbuf_reset(&line);
        session_header(d->session, width, &line);
        told = told && (strstr(strbuf_text(&line), "+ dnn1") ||
                        !strstr(strbuf_text(&line), "1,200 trials"));
    }
    tap_ok(told, "and outlast the number of trials");
    say(d, "x", "fit dnn epochs=100000 hidden=2");
    strbuf_reset(&line);
    session_header(d->session, 80, &line);
    tap_ok(has(&line, "dnn3 training") && has(&line, "+ dnn1  dnn2"), "and three: %s",
           strbuf_text(&line));
    strbuf_free(&line);
    desk_free(d);
}

static void test_replay_titles(const char *rule)
{
    static const char *const names[] = {"map", "slice", "weights", "loss", "accuracy"};
    struct desk *d = desk_new(NULL);
    struct strbuf line = {0};
    strbuf_printf(&line, "simulate reinforce animals=3 trials=200 seed=2; fit %s; wait", rule);
    say(d, "x", strbuf_text(&line));
    tap_ok(say(d, "x", "replay epoch=2") == STEP_IDLE, "%s: %s", rule, strbuf_text(&d->complaint));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct view *view = session_view(d->session, names[i], NULL);
        say(d, "x", names[i]);
        strbuf_reset(&line);
        view_title(view, &line);
        tap_ok(strncmp(strbuf_text(&line), "replay ", 7) == 0 && has(&line, " 2/"),
               "%s: the epoch of %s: %s", rule, names[i], strbuf_text(&line));
    }
    strbuf_reset(&line);
    session_header(d->session, 120, &line);
    tap_ok(has(&line, "1 replay") && has(&line, " 2/"), "and of the header: %s",
           strbuf_text(&line));
    strbuf_free(&line);
    desk_free(d);
}

static void test_causes(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=8 trials=10000 seed=1; fit dnn hidden=200; stop; wait");
    tap_ok(say(d, "x", "replay") == STEP_FAILED &&
               has(&d->complaint, "dnn1 was stopped before its first epoch ended"),
           "a replay of a fit stopped at once: %s", strbuf_text(&d->complaint));
    say(d, "x", "simulate reinforce animals=3 trials=200; fit reinforce-base baseline=-20; wait");
    say(d, "x", "show");
    tap_ok(has(&d->result, "the same choice more likely, an error more, .95 times"),
           "what a baseline of -20 means is said");
    desk_free(d);
}

static void test_without_learning(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=3 trials=200 seed=2; fit static; wait; show");
    tap_ok(!strstr(strbuf_text(&d->result), "R^2"), "a rule that does not learn has no R^2");
    static const char *const names[] = {"map", "slice"};
    for (size_t i = 0; i < 2; i++) {
        say(d, "x", names[i]);
        tap_ok(has(&d->result, "(does not learn)") &&
                   !strstr(strbuf_text(&d->result), "R\xc2\xb2") &&
                   !strstr(strbuf_text(&d->result), "R2"),
               "%s says so in its place: %s", names[i], strbuf_text(&d->result));
    }
    desk_free(d);
}

/* What a verb remarks while its answer goes to a file or a page is told as without that. */
static void test_remarks_of_exports(void)
{
    static const char *const lines[] = {"score", "export score s.csv", "report page.html"};
    struct desk *d = desk_new(NULL);
    say(d, "x",
        "simulate reinforce animals=2 trials=60; fit reinforce; wait; "
        "simulate reinforce animals=2 trials=80 seed=2");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        tap_ok(say(d, "x", lines[i]) == STEP_IDLE &&
                   has(&d->complaint, "reinforce1 was fitted to other trials than those loaded"),
               "%s: %s", lines[i], strbuf_text(&d->complaint));
    desk_free(d);
}

/* --- names of animals ------------------------------------------------------------- */

static const struct {
    const char *asked, *gone, *then;
} kept[] = {
    {"weights animal=sim004", "weights: let go of animal=sim004, as few has no such animal",
     "weights model=auto"},
    {"weights sim004", "let go of animal=sim004,", "weights"},
    {"accuracy animal=sim003 bin=20", "let go of animal=sim003,", "accuracy bin=10"},
    {"psychometric sim001 sim004", "let go of animal=sim004,", "psychometric sessions=1"},
    {"psychometric animal=sim001,sim003", "let go of animal=sim001,sim003,", "psychometric"},
};

static void test_kept_animal(size_t i, const char *other)
{
    struct desk *d = desk_new(NULL);
    struct strbuf line = {0};
    strbuf_printf(&line, "%.*s", (int)strcspn(kept[i].asked, " "), kept[i].asked);
    say(d, "x", "simulate reinforce animals=2 trials=60 seed=1; save data few.csv");
    say(d, "x", "simulate reinforce animals=4 trials=60 seed=1; fit reinforce; wait");
    bool fine = say(d, "x", kept[i].asked) == STEP_IDLE;
    say(d, "x", "load few.csv as=few");
    say(d, "x", other);
    tap_ok(fine && say(d, "x", strbuf_text(&line)) == STEP_IDLE, "%s, other trials, %s: %s",
           kept[i].asked, strbuf_text(&line), strbuf_text(&d->complaint));
    tap_ok(has(&d->complaint, kept[i].gone), "what is let go is told: %s",
           strbuf_text(&d->complaint));
    tap_ok(say(d, "x", kept[i].then) == STEP_IDLE && !d->complaint.len, "once: %s: %s",
           kept[i].then, strbuf_text(&d->complaint));
    strbuf_puts(&line, " sim004");
    if (strncmp(kept[i].asked, "accuracy", 8) != 0)
        tap_ok(say(d, "x", strbuf_text(&line)) == STEP_FAILED, "%s: refused where it is asked for",
               strbuf_text(&line));
    strbuf_free(&line);
    desk_free(d);
}

/* A model's own trials, which it is still shown on, have theirs. */
static void test_own_animals(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x",
        "simulate reinforce animals=4 trials=60; fit reinforce; wait; weights sim004; "
        "simulate reinforce animals=2 trials=60");
    tap_ok(say(d, "x", "weights") == STEP_IDLE && !d->complaint.len && has(&d->result, "sim004"),
           "an animal of the model's own trials stays: %s", strbuf_text(&d->complaint));
    say(d, "x", "psychometric sim002; animals row=sim002; keep animal=sim001");
    tap_ok(say(d, "x", "animals sort=trials") == STEP_IDLE && !d->complaint.len,
           "a row is no wish: %s", strbuf_text(&d->complaint));
    desk_free(d);
}

int main(void)
{
    test_remarks_of_exports();
    test_header();
    test_replay_titles("dnn epochs=4 hidden=3");
    test_replay_titles("gp");
    test_causes();
    test_without_learning();
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        test_kept_animal(i, "fit reinforce; wait");
    test_own_animals();
    return tap_done();
}
