/* models: those fitted and opened, one a row, and which one is in use. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/utf8.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "list.h"
#include "models_r2.h"
#include "source.h"
#include "watch.h"
#include "wording.h"

static const char *const sorts[] = {"age", "loss", "held_out", "parameters", "name"};

static const struct option_row models_options[] = {
    {"sort", OPTION_WORD, 0, 0, "age|loss|held_out|parameters|name", "age",
     "by this column, from the least; age: as they were made"},
    {"row", OPTION_MODEL, 0, 0, NULL, NULL, "the row that keys of the tile act on"},
    {0},
};

enum { MODEL_R2 = 9, MODEL_COHORT };
const struct column view_models_columns[] = {
    {"name", .type = COLUMN_TEXT},
    {"use", COLUMN_FLAG, .heading = "", .rank = 1, .meaning = "views show it"},
    {"rule", COLUMN_TEXT, .rank = 3},
    {"policy", COLUMN_TEXT, .rank = 10},
    {"parameters", COLUMN_COUNT, .heading = "params", .rank = 7},
    {"state", COLUMN_TEXT, .rank = 6},
    {"epochs", COLUMN_COUNT, .seen = SEEN_DATA | SEEN_TILE, .rank = 8, .meaning = "of a network"},
    {"loss", COLUMN_FIXED, 4, .rank = 2, .meaning = "nats per scored trial of training"},
    {"held_out", COLUMN_FIXED, 4, .optional = true, .rank = 4,
     .meaning = "the same of animals held out"},
    [MODEL_R2] = {"r2", COLUMN_FIXED, 2, "R² true", SEEN_TILE, .rank = 5},
    [MODEL_COHORT] = {"cohort", COLUMN_TEXT, .rank = 9, .meaning = "that it was fitted to"},
    {0},
};

struct models_state {
    struct list list;
    const struct model **row; /* [list.table.n_rows] only compared */
    size_t sort;              /* index of sorts */
    size_t in_use;            /* row */
    struct r2_book book;
    char *name;         /* in use */
    struct strbuf best; /* "dnn2 .5012" */
};

/* All fitted to trials of one name? */
static bool one_cohort(const struct scene *scene)
{
    const char *first = NULL;
    bool one = true;
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct model *model = scene->models[i].model;
        const char *name = model->cohort_name ? model->cohort_name : "";
        one = one && (!first || strcmp(first, name) == 0);
        first = first ? first : name;
    }
    return one;
}

static const char *state_words(const struct scene_model *m)
{
    bool over = m->status.state == FIT_DONE || m->status.state == FIT_OPENED;
    return over && model_on_plateau(m->model) ? "on plateau" : fit_state_name(m->status.state);
}

void view_models_table(const struct scene *scene, const char *sort, struct table *out)
{
    table_declare(out, view_models_columns);
    out->columns[MODEL_COHORT].seen = one_cohort(scene) ? SEEN_DATA : 0;
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct scene_model *m = &scene->models[i];
        const struct model *model = m->model;
        const char *cohort = model->cohort_name ? model->cohort_name : "";
        const char *policy = model->rule->no_weights ? "" : model->settings.policy.text;
        bool epochs = m->status.state != FIT_OPENED && model->rule->network && !model->rule->mean;
        table_add(out, 5,
                  (const char *[]){model->name, model->rule->name, policy, state_words(m), cohort},
                  5,
                  (double[]){(long)i == scene->current, (double)model_parameters(model),
                             epochs ? m->status.epoch : NAN, m->status.train, m->status.held_out});
    }
    for (size_t j = 0; j < out->n_columns; j++)
        if (strcmp(out->columns[j].name, sort) == 0)
            table_sort(out, j, false);
}

/* Index of the model in a row of the table. */
static size_t model_of_row(const struct scene *scene, const struct table *table, size_t row)
{
    const char *name = table->cells[row * table->n_columns].text;
    size_t i = 0;
    while (i + 1 < scene->n_models && strcmp(scene->models[i].model->name, name) != 0)
        i++;
    return i;
}

/* NaN: not known, or not yet. */
static double r2_of(struct models_state *s, const struct scene_model *m, const struct scene *scene)
{
    const struct cohort *cohort = m->cohort ? m->cohort : scene->cohort;
    if (view_source_running(m) || !cohort || !cohort->truth)
        return NAN;
    return r2_look(&s->book, m->model, cohort);
}

static void set_r2(struct models_state *s, size_t row, double r2)
{
    struct table *table = &s->list.table;
    table->cells[row * table->n_columns + MODEL_R2].number = r2;
}

static bool models_configure(void *state, const struct args *args, struct err *err)
{
    struct models_state *s = state;
    const char *sort = args_text(args, models_options, "sort");
    (void)err;
    for (s->sort = 0; strcmp(sorts[s->sort], sort) != 0;)
        s->sort++;
    list_go(&s->list, args_text(args, models_options, "row"));
    return true;
}

static void models_clear(struct models_state *s)
{
    list_clear(&s->list);
    free(s->name);
    s->name = NULL;
    strbuf_reset(&s->best);
    free(s->row);
    s->row = NULL;
}

/* The best of those fitted to the trials in use, by held-out loss where all have
 * one: losses of different trials do not compare. */
static void find_best(struct models_state *s, const struct scene *scene)
{
    const struct scene_model *used = scene->current >= 0 ? &scene->models[scene->current] : NULL;
    const struct scene_model *best = NULL;
    bool held_out = true;
    size_t n = 0;
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct scene_model *m = &scene->models[i];
        bool same = used && used->cohort && m->cohort == used->cohort;
        n += same;
        held_out = held_out && (!same || isfinite(m->status.held_out));
    }
    for (size_t i = 0; i < scene->n_models && n > 1; i++) {
        const struct scene_model *m = &scene->models[i];
        double loss = held_out ? m->status.held_out : m->status.train;
        if (m->cohort == used->cohort && isfinite(loss) &&
            (!best || loss < (held_out ? best->status.held_out : best->status.train)))
            best = m;
    }
    if (best) {
        char buf[NUMBER_SIZE];
        double loss = held_out ? best->status.held_out : best->status.train;
        strbuf_printf(&s->best, "least %s loss: %s, %s", held_out ? "held-out" : "training",
                      best->model->name, number_fixed(buf, loss, 4, false));
    }
}

static bool list_models(struct models_state *s, const struct scene *scene, struct err *err)
{
    struct table *table = &s->list.table;
    models_clear(s);
    view_models_table(scene, sorts[s->sort], table);
    s->row = mem_new(scene->n_models, sizeof *s->row);
    for (size_t row = 0; row < scene->n_models; row++)
        s->row[row] = scene->models[model_of_row(scene, table, row)].model;
    r2_forget(&s->book, scene->n_models, s->row);
    s->in_use = 0;
    s->list.colour = mem_new(scene->n_models, sizeof *s->list.colour);
    for (size_t row = 0; row < scene->n_models; row++) {
        size_t i = model_of_row(scene, table, row);
        s->in_use = (long)i == scene->current ? row : s->in_use;
        s->list.colour[row] = (int)i;
        set_r2(s, row, r2_of(s, &scene->models[i], scene));
    }
    if (scene->n_models == 0) {
        return err_set(err, ERR_FAILED,
                       scene->cohort
                           ? "no models yet; `fit dnn` fits one, `open FILE.npz` reads one"
                           : WORDING_NO_TRIALS ", then `fit gp`; or `open FILE.npz`");
    }
    s->name = scene->current >= 0 ? mem_text(scene->models[scene->current].model->name) : NULL;
    find_best(s, scene);
    return true;
}

static bool models_update(void *state, const struct scene *scene, bool pending,
                          struct view_job **job, struct err *err)
{
    struct models_state *s = state;
    bool listed = !scene || list_models(s, scene, err);
    if (!pending) { /* what is not known yet of those listed */
        *job = s->book.wanted;
        s->book.wanted = NULL;
    }
    return listed;
}

static bool models_adopt(void *state, struct view_job *job, struct err *err)
{
    struct models_state *s = state;
    (void)err;
    r2_adopt(&s->book, job);
    for (size_t row = 0; row < s->list.table.n_rows; row++)
        set_r2(s, row, r2_known(&s->book, s->row[row]));
    return true;
}

static void models_title(const void *state, struct strbuf *out)
{
    const struct models_state *s = state;
    strbuf_puts(out, "models (loss in nats/trial)");
    if (s->name)
        strbuf_printf(out, " · %s in use", s->name);
    if (s->sort > 0) {
        strbuf_printf(out, " · by %s",
                      strcmp(sorts[s->sort], "held_out") == 0 ? "held-out loss" : sorts[s->sort]);
    }
}

static void models_draw(void *state, struct canvas *canvas, struct rect area,
                        const struct style *style)
{
    struct models_state *s = state;
    list_draw(&s->list, list_cursor(&s->list, s->in_use), canvas, area, style);
}

static void models_describe(const void *state, struct strbuf *out)
{
    const struct models_state *s = state;
    size_t n = s->list.table.n_rows;
    strbuf_printf(out, "%zu model%s", n, n == 1 ? "" : "s");
    if (s->name)
        strbuf_printf(out, ", %s in use", s->name);
    if (s->best.len)
        strbuf_printf(out, "; %s nats/trial", strbuf_text(&s->best));
    strbuf_putc(out, '.');
}

static void models_data(const void *state, struct table *out)
{
    const struct models_state *s = state;
    table_copy(&s->list.table, out);
}

static bool models_key(void *state, const char *key, struct strbuf *command)
{
    struct models_state *s = state;
    size_t row = list_cursor(&s->list, s->in_use);
    const char *verb = strcmp(key, "enter") == 0 ? "use" : strcmp(key, "s") == 0 ? "show" : NULL;
    if (strcmp(key, "o") == 0) {
        size_t next = (s->sort + 1) % (sizeof sorts / sizeof sorts[0]);
        strbuf_printf(command, "models sort=%s", sorts[next]);
        return true;
    }
    if (!verb)
        return list_key(&s->list, s->in_use, "models", key, command);
    strbuf_printf(command, "%s ", verb);
    args_word(list_name(&s->list, row), command);
    return true;
}

static bool models_click(void *state, struct rect area, const struct style *style, int x, int y,
                         struct strbuf *command)
{
    struct models_state *s = state;
    (void)style, (void)x;
    long row = list_row_at(&s->list, area, y);
    if (row >= 0 && (size_t)row != list_cursor(&s->list, s->in_use))
        list_move(&s->list, (size_t)row, "models", command);
    return row >= 0;
}

static void models_release(void *state)
{
    struct models_state *s = state;
    models_clear(s);
    list_free(&s->list);
    strbuf_free(&s->best);
    r2_free(&s->book);
}

const struct view_work models_work = {
    .size = sizeof(struct r2_job),
    .beside = true,
    .compute = r2_compute,
    .adopt = models_adopt,
    .release = r2_release,
};

const struct view_ops models_view = {
    .name = "models",
    .summary = "the models: rule, parameters, losses, R² where the truth is known",
    .keys = "arrows row  o order  Enter use  s show  e export  y copy  z zoom",
    .options = models_options,
    .state_size = sizeof(struct models_state),
    .configure = models_configure,
    .update = models_update,
    .work = &models_work,
    .title = models_title,
    .draw = models_draw,
    .describe = models_describe,
    .table = models_data,
    .key = models_key,
    .click = models_click,
    .release = models_release,
};
