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

static const char *const sorts[] = {"age", "loss", "heldout", "parameters", "name"};

static const struct option_row models_options[] = {
    {"sort", OPTION_WORD, 0, 0, "age|loss|heldout|parameters|name", "age",
     "by this column, from the least; age: as they were made"},
    {"row", OPTION_MODEL, 0, 0, NULL, NULL, "the row that keys of the tile act on"},
    {0},
};

enum {
    MODEL_NAME,
    MODEL_USE,
    MODEL_RULE,
    MODEL_POLICY,
    MODEL_SIZE,
    MODEL_STATE,
    MODEL_EPOCHS,
    MODEL_LOSS,
    MODEL_HELDOUT,
    MODEL_R2,
    MODEL_COHORT,
    MODEL_COLUMNS
};

static const struct list_column columns[MODEL_COLUMNS] = {
    {"name", false, 0, false},    {"use", false, 1, false},       {"rule", false, 3, false},
    {"policy", false, 10, false}, {"parameters", true, 7, false}, {"state", false, 6, false},
    {"epochs", true, 8, false},   {"loss", true, 2, false},       {"held out", true, 4, false},
    {"R² true", true, 5, false},  {"trials", false, 9, false},
};

struct models_state {
    struct list list;
    const struct model **row; /* [list.n_rows] only compared */
    struct table table;
    size_t sort;   /* index of sorts */
    size_t in_use; /* row */
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

static char *cohort_cell(const struct model *model)
{
    const char *name = model->cohort_name ? model->cohort_name : "";
    return utf8_clean(name, strlen(name));
}

/* Columns of view_models_table; -1 are left out. */
struct model_columns {
    int use, name, rule, policy, parameters, state, loss, heldout, cohort;
};

static int add_column(struct table *out, bool wanted, const char *name, enum column_type type)
{
    if (!wanted)
        return -1;
    table_column(out, name, type, type == COLUMN_NUMBER ? 4 : 0);
    return (int)out->n_columns - 1;
}

static struct model_columns add_columns(const struct scene *scene, int width, struct table *out)
{
    bool text = width > 0, heldout = !text;
    for (size_t i = 0; i < scene->n_models; i++)
        heldout = heldout || isfinite(scene->models[i].status.heldout);
    bool roomy = !text || width >= 60;
    struct model_columns c;
    c.use = add_column(out, true, text ? "" : "use", COLUMN_TEXT);
    c.name = add_column(out, true, "name", COLUMN_TEXT);
    c.rule = add_column(out, roomy, "rule", COLUMN_TEXT);
    c.policy = add_column(out, roomy, "policy", COLUMN_TEXT);
    c.parameters = add_column(out, roomy, text ? "params" : "parameters", COLUMN_COUNT);
    c.state = add_column(out, true, "state", COLUMN_TEXT);
    c.loss = add_column(out, true, "loss", COLUMN_NUMBER);
    c.heldout = add_column(out, heldout, "held out", COLUMN_NUMBER);
    c.cohort = add_column(out, !text || !one_cohort(scene), "cohort", COLUMN_TEXT);
    return c;
}

static void put_text(struct table *out, int column, const char *text)
{
    if (column >= 0)
        table_text(out, (size_t)column, text);
}

static void put_number(struct table *out, int column, double value)
{
    if (column >= 0)
        table_number(out, (size_t)column, value);
}

static void sort_models(struct table *out, const struct model_columns *c, const char *sort)
{
    const int by[] = {-1, c->loss, c->heldout, c->parameters, c->name}; /* as sorts */
    for (size_t i = 1; i < sizeof by / sizeof by[0]; i++)
        if (strcmp(sort, sorts[i]) == 0 && by[i] >= 0)
            table_sort(out, (size_t)by[i], false);
}

void view_models_table(const struct scene *scene, int width, const char *sort, struct table *out)
{
    struct model_columns c = add_columns(scene, width, out);
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct scene_model *m = &scene->models[i];
        const struct model *model = m->model;
        char *cohort = cohort_cell(model);
        table_row(out);
        put_text(out, c.use, (long)i == scene->current ? "*" : "");
        put_text(out, c.name, model->name);
        put_text(out, c.rule, model->rule->name);
        put_text(out, c.policy, model->rule->no_weights ? "" : model->settings.policy.text);
        put_number(out, c.parameters, (double)model_parameters(model));
        put_text(out, c.state, fit_state_name(m->status.state));
        put_number(out, c.loss, m->status.train);
        put_number(out, c.heldout, m->status.heldout);
        put_text(out, c.cohort, cohort);
        free(cohort);
    }
    sort_models(out, &c, sort);
}

/* Index of the model in a row of the table. */
static size_t model_of_row(const struct scene *scene, const struct table *table, size_t row)
{
    const char *name = table->cells[row * table->n_columns + 1].text;
    size_t i = 0;
    while (i + 1 < scene->n_models && strcmp(scene->models[i].model->name, name) != 0)
        i++;
    return i;
}

/* NaN: not known, or not yet. */
static double r2_of(struct models_state *s, const struct scene_model *m, const struct scene *scene)
{
    const struct cohort *cohort = m->cohort ? m->cohort : scene->cohort;
    if (source_running(m) || !cohort || !cohort->truth)
        return NAN;
    return r2_look(&s->book, m->model, cohort);
}

static char *number_cell(double value, int places)
{
    char buf[NUMBER_SIZE];
    return mem_text(isnan(value) ? "" : number_fixed(buf, value, places, false));
}

static void add_model(struct models_state *s, const struct scene_model *m, bool in_use, int colour,
                      bool cohorts, double r2)
{
    const struct model *model = m->model;
    size_t row = list_row(&s->list, colour);
    struct list *list = &s->list;
    char buf[NUMBER_SIZE];
    list_set(list, row, MODEL_NAME, mem_text(model->name));
    list_set(list, row, MODEL_USE, mem_text(in_use ? "*" : ""));
    list_set(list, row, MODEL_RULE, mem_text(model->rule->name));
    list_set(list, row, MODEL_POLICY,
             mem_text(model->rule->no_weights ? "" : model->settings.policy.text));
    list_set(list, row, MODEL_SIZE,
             mem_text(number_grouped(buf, (long long)model_parameters(model))));
    list_set(list, row, MODEL_STATE, mem_text(fit_state_name(m->status.state)));
    if (m->status.state != FIT_OPENED && model->rule->network && !model->rule->mean)
        list_set(list, row, MODEL_EPOCHS, mem_printf("%d", m->status.epoch));
    list_set(list, row, MODEL_LOSS, number_cell(m->status.train, 4));
    list_set(list, row, MODEL_HELDOUT, number_cell(m->status.heldout, 4));
    list_set(list, row, MODEL_R2, number_cell(r2, 2));
    if (cohorts)
        list_set(list, row, MODEL_COHORT, cohort_cell(model));
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
    list_clear(&s->list, columns, MODEL_COLUMNS);
    table_free(&s->table);
    memset(&s->table, 0, sizeof s->table);
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
    bool heldout = true;
    size_t n = 0;
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct scene_model *m = &scene->models[i];
        bool same = used && used->cohort && m->cohort == used->cohort;
        n += same;
        heldout = heldout && (!same || isfinite(m->status.heldout));
    }
    for (size_t i = 0; i < scene->n_models && n > 1; i++) {
        const struct scene_model *m = &scene->models[i];
        double loss = heldout ? m->status.heldout : m->status.train;
        if (m->cohort == used->cohort && isfinite(loss) &&
            (!best || loss < (heldout ? best->status.heldout : best->status.train)))
            best = m;
    }
    if (best) {
        char buf[NUMBER_SIZE];
        double loss = heldout ? best->status.heldout : best->status.train;
        strbuf_printf(&s->best, "least %s loss: %s, %s", heldout ? "held-out" : "training",
                      best->model->name, number_fixed(buf, loss, 4, false));
    }
}

static bool list_models(struct models_state *s, const struct scene *scene, struct err *err)
{
    bool cohorts = !one_cohort(scene);
    models_clear(s);
    view_models_table(scene, 0, sorts[s->sort], &s->table);
    s->row = mem_new(scene->n_models, sizeof *s->row);
    for (size_t row = 0; row < scene->n_models; row++)
        s->row[row] = scene->models[model_of_row(scene, &s->table, row)].model;
    r2_forget(&s->book, scene->n_models, s->row);
    s->in_use = 0;
    for (size_t row = 0; row < scene->n_models; row++) {
        size_t i = model_of_row(scene, &s->table, row);
        const struct scene_model *m = &scene->models[i];
        bool in_use = (long)i == scene->current;
        s->in_use = in_use ? row : s->in_use;
        add_model(s, m, in_use, (int)i, cohorts, r2_of(s, m, scene));
    }
    if (scene->n_models == 0) {
        return err_set(
            err, ERR_FAILED,
            scene->cohort
                ? "no models yet; `fit dnn` fits one, `open FILE.npz` reads one"
                : "nothing loaded yet; `load FILE` or `simulate reinforce`, then `fit dnn`, "
                  "or `open FILE.npz`");
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
    for (size_t row = 0; row < s->list.n_rows; row++)
        list_set(&s->list, row, MODEL_R2, number_cell(r2_known(&s->book, s->row[row]), 2));
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
                      strcmp(sorts[s->sort], "heldout") == 0 ? "held-out loss" : sorts[s->sort]);
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
    size_t n = s->list.n_rows;
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
    table_copy(&s->table, out);
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
    args_word(s->list.cell[row * MODEL_COLUMNS], command);
    return true;
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
    .release = models_release,
};
