/* compare: what one model predicts better than another, animal by animal, as the verb found
 * it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/draw/plot.h"
#include "deltaw/study/comparison.h"
#include "deltaw/view/view.h"
#include "wording.h"

static const struct option_row compare_view_options[] = {
    {"pair", OPTION_INTEGER, 1, 1e6, NULL, "1", "which pair of the comparison is drawn"},
    {0},
};

struct compare_state {
    size_t pair;    /* from 0 */
    size_t changes; /* of what is shown */
    size_t n_pairs;
    bool there;
    struct table table; /* of the pair */
    char *a, *b;
    struct paired paired;
    size_t n;
    double *x, *d, *low, *high; /* [n] */
};

static bool compare_configure(void *state, const struct args *args, struct err *err)
{
    struct compare_state *s = state;
    (void)err;
    s->pair = (size_t)args_integer(args, compare_view_options, "pair") - 1;
    s->changes = 0;
    return true;
}

static bool compare_check(const void *state, const struct scene *scene, struct err *err)
{
    const struct compare_state *s = state;
    const struct comparison *c = scene->comparison;
    return !c || s->pair < c->n ||
           err_set(err, ERR_USAGE, "compare: pair=%zu: there %s %zu", s->pair + 1,
                   c->n == 1 ? "is" : "are", c->n);
}

static void compare_clear(struct compare_state *s)
{
    table_free(&s->table);
    s->table = (struct table){0};
    free(s->a), free(s->b), free(s->x), free(s->d), free(s->low), free(s->high);
    s->a = s->b = NULL;
    s->x = s->d = s->low = s->high = NULL;
    s->n = 0;
    s->there = false;
    s->changes = 0;
}

static void compare_take(struct compare_state *s, const struct comparison_pair *p)
{
    comparison_table(p, &s->table);
    s->a = mem_text(p->a), s->b = mem_text(p->b);
    s->paired = p->paired;
    s->n = p->n;
    s->x = mem_new(p->n, sizeof *s->x), s->d = mem_new(p->n, sizeof *s->d);
    s->low = mem_new(p->n, sizeof *s->low), s->high = mem_new(p->n, sizeof *s->high);
    for (size_t i = 0; i < p->n; i++) {
        s->x[i] = (double)i + 1;
        s->d[i] = p->animals[i].difference;
        s->low[i] = p->animals[i].low;
        s->high[i] = p->animals[i].high;
    }
    s->there = true;
}

static bool compare_update(void *state, const struct scene *scene, bool pending,
                           struct view_job **job, struct err *err)
{
    struct compare_state *s = state;
    const struct comparison *c = scene->comparison;
    (void)pending, (void)job;
    if (!c) {
        compare_clear(s);
        return err_set(err, ERR_FAILED,
                       "no comparison yet; `compare MODEL MODEL` makes one of two models");
    }
    if (s->changes == scene->comparison_changes && s->there)
        return true;
    compare_clear(s);
    s->pair = s->pair < c->n ? s->pair : 0; /* a newer comparison may have fewer */
    s->n_pairs = c->n;
    compare_take(s, &c->pairs[s->pair]);
    s->changes = scene->comparison_changes;
    return true;
}

static void compare_title(const void *state, struct strbuf *out)
{
    const struct compare_state *s = state;
    strbuf_puts(out, "compare");
    if (s->there)
        strbuf_printf(out, " · %s minus %s (nats/trial)", s->a, s->b);
}

static void compare_draw(void *state, struct canvas *canvas, struct rect area,
                         const struct style *style)
{
    struct compare_state *s = state;
    char label[64], buf[NUMBER_SIZE];
    const struct paired *p = &s->paired;
    double ends[] = {.5, (double)s->n + .5}, mean[] = {p->difference, p->difference};
    double low[] = {p->low, p->low}, high[] = {p->high, p->high};
    snprintf(label, sizeof label, "mean %s", number_fixed(buf, p->difference, 4, true));
    const struct curve curves[] = {
        {.n = 2, .x = ends, .y = mean, .lo = low, .hi = high, .stroke = STROKE_BAND, .colour = 1},
        {.label = label, .n = 2, .x = ends, .y = mean, .stroke = STROKE_SOLID, .colour = 1},
        {.label = "animals",
         .n = s->n,
         .x = s->x,
         .y = s->d,
         .lo = s->low,
         .hi = s->high,
         .stroke = STROKE_POINTS},
    };
    bool band = isfinite(p->low);
    struct line_plot plot = {
        .x_label = "animals, sorted",
        .x_title = "animals, in the order of their differences",
        .y_title = "difference in log-likelihood (nats per trial)",
        .x_lo = ends[0],
        .x_hi = ends[1],
        .y_lo = NAN,
        .y_hi = NAN,
        .y_zero = true,
        .n_curves = band ? 3 : 2,
        .curves = band ? curves : curves + 1,
        .empty = "no animal has a difference",
    };
    line_plot_draw(&plot, canvas, area, style);
}

static void compare_describe(const void *state, struct strbuf *out)
{
    const struct compare_state *s = state;
    const struct paired *p = &s->paired;
    char buf[3][NUMBER_SIZE];
    strbuf_printf(out, "%s minus %s, nats per scored trial, of %zu animal%s, sorted: mean %s", s->a,
                  s->b, s->n, s->n == 1 ? "" : "s", number_fixed(buf[0], p->difference, 5, true));
    if (isfinite(p->low))
        strbuf_printf(out, " (95 %% interval over animals %s to %s)",
                      number_fixed(buf[1], p->low, 5, true),
                      number_fixed(buf[2], p->high, 5, true));
    strbuf_printf(out, "; %s is better in %zu", s->a, p->wins);
    if (s->n > 0)
        strbuf_printf(out, "; least %s (%s), most %s (%s)", s->table.cells[2].text,
                      number_fixed(buf[0], s->d[0], 4, true),
                      s->table.cells[(s->n - 1) * s->table.n_columns + 2].text,
                      number_fixed(buf[1], s->d[s->n - 1], 4, true));
    if (s->n_pairs > 1)
        strbuf_printf(out, "; pair %zu of %zu", s->pair + 1, s->n_pairs);
    strbuf_putc(out, '.');
}

static void compare_data(const void *state, struct table *out)
{
    const struct compare_state *s = state;
    if (s->there)
        table_copy(&s->table, out);
}

static bool compare_key(void *state, const char *key, struct strbuf *command)
{
    const struct compare_state *s = state;
    bool on = strcmp(key, "right") == 0, back = strcmp(key, "left") == 0;
    if ((!on && !back) || s->n_pairs < 2)
        return false;
    strbuf_printf(command, "compare pair=%zu",
                  (s->pair + (on ? 1 : s->n_pairs - 1)) % s->n_pairs + 1);
    return true;
}

static void compare_release(void *state)
{
    compare_clear(state);
}

static const struct answer_row compare_view_answer[] = {
    {"compare", ANSWER_TABLE, .columns = comparison_columns},
    {0},
};

const struct view_ops compare_view = {
    .name = "compare",
    .summary = "the difference of two models in each animal",
    .keys = "left right pair  e export  y copy  z zoom",
    .options = compare_view_options,
    .state_size = sizeof(struct compare_state),
    .configure = compare_configure,
    .check = compare_check,
    .update = compare_update,
    .title = compare_title,
    .draw = compare_draw,
    .describe = compare_describe,
    .table = compare_data,
    .answer = compare_view_answer,
    .key = compare_key,
    .release = compare_release,
};
