/* loop: what agents of a fitted model do on the animals' own stimuli, beside what the animals
 * did. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/draw/plot.h"
#include "deltaw/study/loop.h"
#include "deltaw/view/view.h"

static const struct option_row loop_options[] = {
    {"figure", OPTION_WORD, 0, 0, "learning|early|late|after_correct|after_error|history",
     "learning", "what is compared"},
    {0},
};

static const char *const figures[] = {"learning",      "early",       "late",
                                      "after_correct", "after_error", "history"};
_Static_assert(sizeof figures / sizeof *figures == LOOP_PARTS, "a name for each");

struct loop_state {
    size_t part;    /* of enum loop_part */
    size_t changes; /* of what is shown; 0: nothing */
    char *model;
    size_t n_runs, n_animals;
    struct loop_figure figure; /* of names that are constant; its numbers are own */
    struct table table;
};

static bool loop_configure(void *state, const struct args *args, struct err *err)
{
    struct loop_state *s = state;
    (void)err;
    const char *name = args_text(args, loop_options, "figure");
    for (s->part = 0; s->part + 1 < LOOP_PARTS && strcmp(figures[s->part], name) != 0;)
        s->part++;
    s->changes = 0;
    return true;
}

static void clear(struct loop_state *s)
{
    free(s->model), free(s->figure.x), free(s->figure.observed), free(s->figure.mean);
    free(s->figure.low), free(s->figure.high);
    table_free(&s->table);
    *s = (struct loop_state){.part = s->part};
}

static void take(struct loop_state *s, const struct loop *loop)
{
    clear(s);
    const struct loop_figure *f = &loop->figure[s->part];
    s->model = mem_text(loop->model);
    s->n_runs = loop->n_runs, s->n_animals = loop->n_animals;
    s->figure = *f;
    s->figure.x = mem_copy(f->x, f->n, sizeof *f->x);
    s->figure.observed = mem_copy(f->observed, f->n, sizeof *f->x);
    s->figure.mean = mem_copy(f->mean, f->n, sizeof *f->x);
    s->figure.low = mem_copy(f->low, f->n, sizeof *f->x);
    s->figure.high = mem_copy(f->high, f->n, sizeof *f->x);
    loop_table(loop, &s->table);
}

static bool loop_update(void *state, const struct scene *scene, bool pending, struct view_job **job,
                        struct err *err)
{
    struct loop_state *s = state;
    (void)pending, (void)job;
    if (!scene->loop) {
        clear(s);
        return err_set(err, ERR_FAILED, "no closed loop yet; `diagnose MODEL loop=200` makes one");
    }
    if (s->changes != scene->loop_changes) {
        take(s, scene->loop);
        s->changes = scene->loop_changes;
    }
    return true;
}

static void loop_title(const void *state, struct strbuf *out)
{
    const struct loop_state *s = state;
    strbuf_puts(out, "closed loop");
    if (s->changes)
        strbuf_printf(out, " · %s · %s", s->figure.title, s->model);
}

static void loop_draw(void *state, struct canvas *canvas, struct rect area,
                      const struct style *style)
{
    const struct loop_state *s = state;
    const struct loop_figure *f = &s->figure;
    char label[80];
    snprintf(label, sizeof label, "%s, alone", s->model);
    const struct curve curves[] = {
        {.label = "95 %",
         .n = f->n,
         .x = f->x,
         .y = f->mean,
         .lo = f->low,
         .hi = f->high,
         .stroke = STROKE_BAND,
         .colour = 1},
        {.label = label, .n = f->n, .x = f->x, .y = f->mean, .stroke = STROKE_DASHED, .colour = 1},
        {.label = "animals",
         .n = f->n,
         .x = f->x,
         .y = f->observed,
         .stroke = STROKE_SOLID,
         .colour = 0,
         .attributes = CELL_BOLD},
    };
    const struct line_plot plot = {.x_label = f->x_name,
                                   .y_title = f->y_name,
                                   .x_lo = NAN,
                                   .x_hi = NAN,
                                   .y_lo = NAN,
                                   .y_hi = NAN,
                                   .y_zero = s->part == LOOP_HISTORY,
                                   .n_curves = sizeof curves / sizeof *curves,
                                   .curves = curves,
                                   .empty = "too few trials"};
    line_plot_draw(&plot, canvas, area, style);
}

static void loop_describe(const void *state, struct strbuf *out)
{
    const struct loop_state *s = state;
    const struct loop_figure *f = &s->figure;
    size_t j = f->worst, outside = 0, n = 0;
    char buf[5][NUMBER_SIZE];
    for (size_t i = 0; i < f->n; i++) {
        n += !isnan(f->observed[i]);
        outside += f->observed[i] < f->low[i] || f->observed[i] > f->high[i];
    }
    strbuf_printf(
        out,
        "%s of %zu animals beside %zu runs of %s on their stimuli: %zu of %zu points lie "
        "outside of 95 %% of the runs; the furthest is %s at %s %s, where runs have %s to "
        "%s; p %.2g of the whole.",
        f->title, s->n_animals, s->n_runs, s->model, outside, n,
        number_fixed(buf[0], f->observed[j], 3, false), f->x_name,
        number_format(buf[1], f->x[j], 3), number_fixed(buf[2], f->low[j], 3, false),
        number_fixed(buf[3], f->high[j], 3, false), f->p);
}

static void loop_data(const void *state, struct table *out)
{
    table_copy(&((const struct loop_state *)state)->table, out);
}

static void loop_fields(const void *state, struct strbuf *object)
{
    const struct loop_state *s = state;
    answer_text(object, "model", s->model);
    answer_text(object, "figure", s->figure.name);
    answer_number(object, "runs", (double)s->n_runs);
    answer_number(object, "p", s->figure.p);
}

static bool loop_key(void *state, const char *key, struct strbuf *command)
{
    const struct loop_state *s = state;
    bool on = strcmp(key, "]") == 0;
    if (!on && strcmp(key, "[") != 0)
        return false;
    strbuf_printf(command, "loop figure=%s",
                  figures[(s->part + (on ? 1 : LOOP_PARTS - 1)) % LOOP_PARTS]);
    return true;
}

static void loop_release(void *state)
{
    clear(state);
}

static const struct answer_row loop_answer[] = {
    {"model", ANSWER_TEXT, .meaning = "whose agents they are"},
    {"figure", ANSWER_TEXT, .meaning = "that is shown"},
    {"runs", ANSWER_COUNT, .meaning = "of each animal"},
    {"p", ANSWER_NUMBER, .meaning = "share of runs as far from their mean as the animals are"},
    {"loop", ANSWER_TABLE, .columns = loop_columns, .meaning = "all figures"},
    {0},
};

const struct view_ops loop_view = {
    .name = "loop",
    .summary = "closed loop: agents of a model beside the animals",
    .keys = "[ ] figure  e export  y copy  z zoom",
    .options = loop_options,
    .state_size = sizeof(struct loop_state),
    .configure = loop_configure,
    .update = loop_update,
    .title = loop_title,
    .draw = loop_draw,
    .describe = loop_describe,
    .table = loop_data,
    .fields = loop_fields,
    .answer = loop_answer,
    .key = loop_key,
    .release = loop_release,
};
