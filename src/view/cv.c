/* cv: rules by how well they predict what they were not fitted to, as a list; of a sweep,
 * against the size of the data. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/draw/plot.h"
#include "deltaw/view/view.h"
#include "list.h"

static const struct option_row cv_view_options[] = {
    {"row", OPTION_RULE, 0, 0, NULL, NULL, "the row that the cursor is on"},
    {0},
};

struct cv_state {
    struct list list;
    size_t changes; /* of what is shown; 0: nothing */
    bool sweep;
    size_t n_rules, n_sizes, n_done, n_runs, n_animals;
    size_t best; /* row; SIZE_MAX: none */
    char *first; /* rule */
    struct strbuf failures;
};

static bool cv_configure(void *state, const struct args *args, struct err *err)
{
    struct cv_state *s = state;
    (void)err;
    list_go(&s->list, args_text(args, cv_view_options, "row"));
    return true;
}

/* --- rows --------------------------------------------------------------------- */

static double number_at(const struct table *t, size_t row, const char *name)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return t->cells[row * t->n_columns + i].number;
    return NAN;
}

static void cv_clear(struct cv_state *s)
{
    list_clear(&s->list);
    strbuf_reset(&s->failures);
    free(s->first);
    s->first = NULL;
    s->changes = 0;
}

static void cv_take(struct cv_state *s, const struct cv *cv)
{
    cv_clear(s);
    cv_table(cv, &s->list.table);
    s->n_rules = cv->plan.n_rules, s->n_sizes = cv->plan.n_sizes;
    s->n_done = cv->study.n_done, s->n_runs = cv->study.n_runs, s->n_animals = cv->n_animals;
    s->sweep = s->n_sizes > 1;
    s->first = mem_text(cv->plan.rules[0].words);
    s->list.colour = mem_resize(s->list.colour, s->list.table.n_rows, sizeof *s->list.colour);
    for (size_t row = 0; row < s->list.table.n_rows; row++)
        s->list.colour[row] = (int)(row / s->n_sizes);
    size_t rule, size;
    s->best = cv_best(cv, &rule, &size) ? rule * s->n_sizes + size : SIZE_MAX;
    cv_say_failures(cv, &s->failures);
}

static bool cv_update(void *state, const struct scene *scene, bool pending, struct view_job **job,
                      struct err *err)
{
    struct cv_state *s = state;
    (void)pending, (void)job;
    if (!scene->cv) {
        cv_clear(s);
        return err_set(err, ERR_FAILED,
                       "no cross-validation yet; `cv static reinforce-base dnn` makes one");
    }
    if (s->changes != scene->cv_changes) {
        cv_take(s, scene->cv);
        s->changes = scene->cv_changes;
    }
    return true;
}

/* --- the picture --------------------------------------------------------------- */

/* Rows of a rule are those of its sizes, trials of each animal first.  A curve is of a rule
 * and, where the trials are the axis, of one number of animals. */
struct sweep {
    bool by_trials;
    size_t n_curves, n_points; /* points of a curve */
    struct curve *curves;
    double *x, *y; /* [n_curves][n_points] */
    char (*labels)[96];
};

static double size_of(const struct cv_state *s, size_t row, bool trials)
{
    return number_at(&s->list.table, row, trials ? "train_trials" : "train_animals");
}

static bool same_size(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static struct sweep sweep_new(const struct cv_state *s)
{
    struct sweep w = {0};
    size_t n = s->list.table.n_rows, inner = 0;
    while (inner < s->n_sizes && same_size(size_of(s, inner, false), size_of(s, 0, false)))
        inner++;
    w.by_trials = inner > 1;
    w.n_points = w.by_trials ? inner : s->n_sizes;
    w.n_curves = n / w.n_points;
    w.curves = mem_new(w.n_curves, sizeof *w.curves);
    w.x = mem_new(n, sizeof *w.x), w.y = mem_new(n, sizeof *w.y);
    w.labels = mem_new(w.n_curves, sizeof *w.labels);
    for (size_t i = 0; i < n; i++) {
        w.x[i] = log10(size_of(s, i, w.by_trials));
        w.y[i] = number_at(&s->list.table, i, "nats_per_trial");
    }
    return w;
}

static void sweep_free(struct sweep *w)
{
    free(w->curves), free(w->x), free(w->y), free(w->labels);
}

static void sweep_curves(const struct cv_state *s, struct sweep *w)
{
    static const enum curve_stroke strokes[] = {STROKE_SOLID, STROKE_DASHED, STROKE_DOTS};
    size_t each = w->n_curves / s->n_rules;
    for (size_t i = 0; i < w->n_curves; i++) {
        size_t from = i * w->n_points;
        double animals = size_of(s, from, false);
        int n = snprintf(w->labels[i], sizeof *w->labels, "%s", list_name(&s->list, from));
        if (each > 1 && n > 0 && (size_t)n < sizeof *w->labels)
            snprintf(w->labels[i] + n, sizeof *w->labels - (size_t)n, ", %.0f animals", animals);
        w->curves[i] = (struct curve){.label = w->labels[i],
                                      .n = w->n_points,
                                      .x = w->x + from,
                                      .y = w->y + from,
                                      .stroke = strokes[i % each % 3],
                                      .colour = (int)(i / each)};
    }
}

static void draw_sweep(const struct cv_state *s, struct canvas *canvas, struct rect area,
                       const struct style *style)
{
    struct sweep w = sweep_new(s);
    sweep_curves(s, &w);
    const char *x = w.by_trials ? "log10 trials of each animal" : "log10 animals";
    struct line_plot plot = {.x_label = x,
                             .y_title = "held-out log-likelihood (nats per trial)",
                             .x_lo = NAN,
                             .x_hi = NAN,
                             .y_lo = NAN,
                             .y_hi = NAN,
                             .n_curves = w.n_curves,
                             .curves = w.curves,
                             .empty = "no result yet"};
    line_plot_draw(&plot, canvas, area, style);
    sweep_free(&w);
}

static void cv_draw(void *state, struct canvas *canvas, struct rect area, const struct style *style)
{
    struct cv_state *s = state;
    if (s->sweep)
        draw_sweep(s, canvas, area, style);
    else
        list_draw(&s->list, list_cursor(&s->list, 0), canvas, area, style);
}

static void cv_title(const void *state, struct strbuf *out)
{
    const struct cv_state *s = state;
    strbuf_puts(out, "cv (held out, nats/trial)");
    if (s->changes && s->n_done < s->n_runs)
        strbuf_printf(out, " · %zu of %zu fits done", s->n_done, s->n_runs);
}

/* "dnn, -.4872 nats per trial, +.0052 to static" of the best of those that have all animals. */
static void say_best(const struct cv_state *s, struct strbuf *out)
{
    char buf[3][NUMBER_SIZE];
    size_t best = s->best;
    if (best == SIZE_MAX) {
        strbuf_puts(out, s->n_done ? "; no rule has a score on all animals yet" : "");
        return;
    }
    double nats = number_at(&s->list.table, best, "nats_per_trial");
    double d = number_at(&s->list.table, best, "difference");
    strbuf_printf(out, "; best is %s, %s nats per trial", list_name(&s->list, best),
                  number_fixed(buf[0], nats, 4, false));
    if (!isnan(d))
        strbuf_printf(out, ", %s to %s (95 %% interval %s to %s)", number_fixed(buf[0], d, 4, true),
                      s->first,
                      number_fixed(buf[1], number_at(&s->list.table, best, "low"), 4, true),
                      number_fixed(buf[2], number_at(&s->list.table, best, "high"), 4, true));
}

static void cv_describe(const void *state, struct strbuf *out)
{
    const struct cv_state *s = state;
    strbuf_printf(out,
                  "held-out log-likelihood, mean over %zu animals, %zu of %zu fits done; chance is "
                  "-.6931",
                  s->n_animals, s->n_done, s->n_runs);
    say_best(s, out);
    if (s->failures.len)
        strbuf_printf(out, "; %s", strbuf_text(&s->failures));
    strbuf_putc(out, '.');
}

static void cv_data(const void *state, struct table *out)
{
    const struct cv_state *s = state;
    table_copy(&s->list.table, out);
}

static bool cv_key(void *state, const char *key, struct strbuf *command)
{
    (void)command;
    const struct cv_state *s = state;
    return !s->sweep && list_key(&s->list, 0, "cv", key, command);
}

static void cv_release(void *state)
{
    struct cv_state *s = state;
    cv_clear(s);
    list_free(&s->list);
    strbuf_free(&s->failures);
}

static const struct answer_row cv_answer[] = {
    {"cv", ANSWER_TABLE, .columns = cv_columns},
    {0},
};

const struct view_ops cv_view = {
    .name = "cv",
    .summary = "cross-validation: rules by what they predict of data left out",
    .keys = "arrows row  e export  y copy  z zoom",
    .options = cv_view_options,
    .state_size = sizeof(struct cv_state),
    .configure = cv_configure,
    .update = cv_update,
    .title = cv_title,
    .draw = cv_draw,
    .describe = cv_describe,
    .table = cv_data,
    .answer = cv_answer,
    .key = cv_key,
    .release = cv_release,
};
