/* What a session answers, to see that a refused command changes nothing of it. */
#ifndef TESTS_REFUSING_H
#define TESTS_REFUSING_H

#include "deltaw/base/outfile.h"
#include "deltaw/base/rng.h"
#include "deltaw/shell/command.h"
#include "desk.h"

/* Mice whose rule nobody knows, with and without a column of the log. */
TAP_USED static void write_mice(const char *path, bool column)
{
    static const float levels[] = {-1, -.5f, 0, .5f, 1};
    struct rng rng = rng_stream(3, RNG_TEST, 0, 0);
    struct strbuf text = {0};
    struct err err = {0};
    strbuf_printf(&text, "subject,session,trial,stimulus,choice,reward%s\n",
                  column ? ",block" : "");
    for (int animal = 0; animal < 3; animal++)
        for (int t = 1; t <= 90; t++) {
            float s = levels[rng_below(&rng, 5)];
            bool right = rng_uniform(&rng) < (s > 0 ? .7 : s < 0 ? .3 : .5);
            bool paid = s == 0 ? rng_below(&rng, 2) : right == (s > 0);
            strbuf_printf(&text, "mouse%d,%d,%d,%g,%d,%d%s\n", animal, 1 + t / 40, t, (double)s,
                          right, paid,
                          !column ? ""
                          : t % 3 ? ",1"
                                  : ",-1");
        }
    tap_ok(outfile_write(path, text.text, text.len, &err), "mice are written%s", err.message);
    strbuf_free(&text);
}

TAP_USED static struct desk *desk_of_mice(const struct session_setup *setup)
{
    struct desk *d = desk_new(setup);
    say(d, "x",
        "load mice.csv; fit reinforce; fit dnn epochs=2 hidden=2; wait; save dnn1 dnn.npz; "
        "map nx=4 ny=3");
    return d;
}

/* What the verb puts out as JSON, but for what counts time. */
TAP_USED static void add_answer(struct desk *d, const char *line, struct strbuf *out)
{
    enum output_mode mode = d->out.mode;
    d->out.mode = OUTPUT_JSON;
    say(d, "x", line);
    strbuf_add(out, strbuf_text(&d->result), d->result.len);
    d->out.mode = mode;
}

/* All that a person could tell the session by. */
TAP_USED static char *state_of(struct desk *d)
{
    struct strbuf text = {0};
    const struct scene *scene = session_scene(d->session);
    strbuf_printf(&text, "%s %llx current %ld\n", scene->cohort ? scene->cohort->name : "-",
                  scene->cohort ? (unsigned long long)scene->cohort->digest : 0, scene->current);
    for (size_t i = 0; i < scene->n_models; i++)
        strbuf_printf(&text, "%s%s ", scene->models[i].model->name,
                      scene->models[i].replayed ? " replayed" : "");
    for (size_t i = 0; view_at(i); i++) {
        strbuf_putc(&text, '\n');
        view_command(session_view(d->session, view_at(i)->name, NULL), &text);
    }
    add_answer(d, "set; log", &text);
    return strbuf_take(&text);
}

TAP_USED static char *answers_of(struct desk *d)
{
    struct strbuf text = {0};
    for (size_t i = 0; view_at(i); i++)
        if (strcmp(view_at(i)->name, "help") != 0 && strcmp(view_at(i)->name, "compare") != 0)
            add_answer(d, view_at(i)->name, &text);
    return strbuf_take(&text);
}

/* Is the line refused, and does it leave all as it was? */
TAP_USED static bool refused(struct desk *d, const char *line)
{
    char *before = state_of(d), *shown = answers_of(d);
    bool is = say(d, "x", line) == STEP_FAILED;
    if (is) {
        char *after = state_of(d), *shown_after = answers_of(d);
        tap_is_text(after, before, "refused: %s", line);
        tap_is_text(shown_after, shown, "and what is shown is the same: %s", line);
        free(after), free(shown_after);
    }
    free(before), free(shown);
    return is;
}

/* --- every option -------------------------------------------------------------------- */

TAP_USED static bool on_show(void *data, const char *view, struct err *err)
{
    (void)data, (void)view, (void)err;
    return true;
}

#endif
