/* gains: how fast each animal learns beside the typical one, of a model with gain=. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/draw/plot.h"
#include "deltaw/learn/gains.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "source.h"

static const struct option_row gains_options[] = {
    {"model", OPTION_MODEL, 0, 0, "auto", "auto", "whose; auto: the model in use"},
    {0},
};

struct gains_state {
    char *asked;
    char *model; /* that is shown, NULL: none */
    struct table table;
    double spread, low, high;
    size_t n;
    double *x, *gain, *from, *to; /* [n] */
};

static bool gains_configure(void *state, const struct args *args, struct err *err)
{
    struct gains_state *s = state;
    const char *asked = choose_text(args, gains_options, "model");
    (void)err;
    free(s->asked);
    s->asked = asked ? mem_text(asked) : NULL;
    return true;
}

static bool gains_check(const void *state, const struct scene *scene, struct err *err)
{
    const struct gains_state *s = state;
    return !s->asked || view_source_pick(scene, s->asked, err);
}

static void gains_clear(struct gains_state *s)
{
    table_free(&s->table);
    s->table = (struct table){0};
    free(s->model), free(s->x), free(s->gain), free(s->from), free(s->to);
    s->model = NULL;
    s->x = s->gain = s->from = s->to = NULL;
    s->n = 0;
}

static void gains_take(struct gains_state *s, const struct model *model)
{
    gains_table(model, &s->table);
    s->model = mem_text(model->name);
    s->spread = model->gains->spread;
    s->low = model->gains->low, s->high = model->gains->high;
    size_t n = s->n = s->table.n_rows;
    s->x = mem_new(n, sizeof *s->x), s->gain = mem_new(n, sizeof *s->gain);
    s->from = mem_new(n, sizeof *s->from), s->to = mem_new(n, sizeof *s->to);
    for (size_t i = 0; i < n; i++) {
        const struct table_cell *row = s->table.cells + i * s->table.n_columns;
        s->x[i] = (double)i + 1;
        s->gain[i] = row[1].number;
        s->from[i] = row[2].number;
        s->to[i] = row[3].number;
    }
}

static bool gains_update(void *state, const struct scene *scene, bool pending,
                         struct view_job **job, struct err *err)
{
    struct gains_state *s = state;
    const struct scene_model *picked = view_source_pick(scene, s->asked, err);
    (void)pending, (void)job;
    gains_clear(s);
    if (!picked)
        return false;
    if (!picked->model->gains)
        return err_set(err, ERR_FAILED,
                       "%s has no gains of animals; `fit reinforce-base gain=animal` has",
                       picked->model->name);
    gains_take(s, picked->model);
    return true;
}

static void gains_title(const void *state, struct strbuf *out)
{
    const struct gains_state *s = state;
    strbuf_puts(out, "gains");
    if (s->model)
        strbuf_printf(out, " · %s (factors on updates, 90 %% intervals)", s->model);
}

static void gains_draw(void *state, struct canvas *canvas, struct rect area,
                       const struct style *style)
{
    struct gains_state *s = state;
    static const double typical = 1;
    const struct curve curve = {
        .n = s->n, .x = s->x, .y = s->gain, .lo = s->from, .hi = s->to, .stroke = STROKE_POINTS};
    struct line_plot plot = {
        .x_label = "animals, sorted",
        .x_title = "animals, in the order of their gains",
        .y_title = "factor on the updates",
        .x_lo = .5,
        .x_hi = (double)s->n + .5,
        .y_lo = NAN,
        .y_hi = NAN,
        .n_curves = 1,
        .curves = &curve,
        .n_levels = 1,
        .levels = &typical,
        .empty = "no animals",
    };
    line_plot_draw(&plot, canvas, area, style);
}

static void gains_describe(const void *state, struct strbuf *out)
{
    const struct gains_state *s = state;
    char buf[3][NUMBER_SIZE];
    strbuf_printf(out, "Factors of %zu animals on the updates of %s", s->n, s->model);
    if (s->n > 0)
        strbuf_printf(out, ": from %s (%s) to %s (%s)", number_fixed(buf[0], s->gain[0], 2, false),
                      s->table.cells[0].text, number_fixed(buf[1], s->gain[s->n - 1], 2, false),
                      s->table.cells[(s->n - 1) * s->table.n_columns].text);
    strbuf_printf(out, "; spread of their logarithms %s",
                  number_fixed(buf[0], s->spread, 3, false));
    if (isfinite(s->low))
        strbuf_printf(out, " (90 %% interval %s to %s)", number_fixed(buf[1], s->low, 3, false),
                      number_fixed(buf[2], s->high, 3, false));
    strbuf_putc(out, '.');
}

static void gains_data(const void *state, struct table *out)
{
    const struct gains_state *s = state;
    if (s->model)
        table_copy(&s->table, out);
}

static void gains_fields(const void *state, struct strbuf *object)
{
    const struct gains_state *s = state;
    answer_text(object, "model", s->model);
    answer_number(object, "gain_spread", s->spread);
    answer_number(object, "gain_spread_low", s->low);
    answer_number(object, "gain_spread_high", s->high);
}

static void gains_release(void *state)
{
    struct gains_state *s = state;
    gains_clear(s);
    free(s->asked);
}

static const struct answer_row gains_answer[] = {
    {"model", .type = ANSWER_TEXT},
    {"gain_spread", ANSWER_NUMBER, .meaning = "standard deviation of the logarithms of gains"},
    {"gain_spread_low", ANSWER_NUMBER, .meaning = "90 % interval; null: it was given"},
    {"gain_spread_high", .type = ANSWER_NUMBER},
    {"gains", ANSWER_TABLE, .columns = gains_columns},
    {0},
};

const struct view_ops gains_view = {
    .name = "gains",
    .summary = "how fast each animal learns (fit gain=animal)",
    .keys = "e export  y copy  z zoom",
    .options = gains_options,
    .state_size = sizeof(struct gains_state),
    .configure = gains_configure,
    .check = gains_check,
    .update = gains_update,
    .title = gains_title,
    .draw = gains_draw,
    .describe = gains_describe,
    .table = gains_data,
    .fields = gains_fields,
    .answer = gains_answer,
    .release = gains_release,
};
