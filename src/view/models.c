/* models: what was fitted and opened, one a row, and which of them is in use. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "list.h"
#include "models_r2.h"

static const struct option models_options[] = {{0}};

enum { MODEL_NAME, MODEL_USE, MODEL_RULE, MODEL_POLICY, MODEL_SIZE, MODEL_STATE, MODEL_EPOCHS,
       MODEL_LOSS, MODEL_HELDOUT, MODEL_R2, MODEL_COHORT, MODEL_COLUMNS };

static const struct list_column columns[MODEL_COLUMNS] = {
    {"name", false, 0, false},   {"use", false, 1, false},       {"rule", false, 3, false},
    {"policy", false, 10, false}, {"parameters", true, 7, false}, {"state", false, 6, false},
    {"epochs", true, 8, false},  {"loss", true, 2, false},       {"held out", true, 4, false},
    {"R² true", true, 5, false}, {"trials", false, 9, false},
};

struct models_state {
    struct list list;
    const struct model **row; /* [list.n_rows] only compared */
    struct table table;
    size_t in_use;
    struct r2_book book;
    char *name; /* in use */
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

void view_models_table(const struct scene *scene, bool text, struct table *out)
{
    bool cohorts = !text || !one_cohort(scene);
    table_column(out, text ? "" : "use", COLUMN_TEXT, 0);
    table_column(out, "name", COLUMN_TEXT, 0);
    table_column(out, "rule", COLUMN_TEXT, 0);
    table_column(out, "policy", COLUMN_TEXT, 0);
    table_column(out, text ? "params" : "parameters", COLUMN_COUNT, 0);
    table_column(out, "state", COLUMN_TEXT, 0);
    table_column(out, "loss", COLUMN_NUMBER, 4);
    table_column(out, "held out", COLUMN_NUMBER, 4);
    if (cohorts) {
        table_column(out, "cohort", COLUMN_TEXT, 0);
    }
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct scene_model *m = &scene->models[i];
        const struct model *model = m->model;
        char *cohort = cohort_cell(model);
        table_row(out);
        table_text(out, 0, (long)i == scene->current ? "*" : "");
        table_text(out, 1, model->name);
        table_text(out, 2, model->rule->name);
        table_text(out, 3, model->rule->no_weights ? "" : model->settings.policy.text);
        table_number(out, 4, (double)model->tensors.size);
        table_text(out, 5, fit_state_name(m->status.state));
        table_number(out, 6, m->status.train);
        table_number(out, 7, m->status.heldout);
        if (cohorts) {
            table_text(out, 8, cohort);
        }
        free(cohort);
    }
}

/* NaN: not known, or not yet. */
static double r2_of(struct models_state *s, const struct scene_model *m, const struct scene *scene)
{
    const struct cohort *cohort = m->cohort ? m->cohort : scene->cohort;
    if (parts_running(m) || !cohort || !cohort->truth) {
        return NAN;
    }
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
             mem_text(number_grouped(buf, (long long)model->tensors.size)));
    list_set(list, row, MODEL_STATE, mem_text(fit_state_name(m->status.state)));
    if (m->status.state != FIT_OPENED && model->rule->network) {
        list_set(list, row, MODEL_EPOCHS, mem_printf("%d", m->status.epoch));
    }
    list_set(list, row, MODEL_LOSS, number_cell(m->status.train, 4));
    list_set(list, row, MODEL_HELDOUT, number_cell(m->status.heldout, 4));
    list_set(list, row, MODEL_R2, number_cell(r2, 2));
    if (cohorts) {
        list_set(list, row, MODEL_COHORT, cohort_cell(model));
    }
}

static bool models_configure(void *state, const struct args *args, struct err *err)
{
    (void)state, (void)args, (void)err;
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
            (!best || loss < (heldout ? best->status.heldout : best->status.train))) {
            best = m;
        }
    }
    if (best) {
        char buf[NUMBER_SIZE];
        double loss = heldout ? best->status.heldout : best->status.train;
        strbuf_printf(&s->best, "least %s loss: %s, %s", heldout ? "held-out" : "training",
                      best->model->name, number_fixed(buf, loss, 4, false));
    }
}

static bool models_update(void *state, const struct scene *scene, struct err *err)
{
    struct models_state *s = state;
    bool cohorts = !one_cohort(scene);
    models_clear(s);
    view_models_table(scene, false, &s->table);
    s->row = mem_new(scene->n_models, sizeof *s->row);
    for (size_t i = 0; i < scene->n_models; i++) {
        s->row[i] = scene->models[i].model;
    }
    r2_forget(&s->book, scene->n_models, s->row);
    s->in_use = scene->current > 0 ? (size_t)scene->current : 0;
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct scene_model *m = &scene->models[i];
        add_model(s, m, (long)i == scene->current, (int)i, cohorts, r2_of(s, m, scene));
    }
    if (scene->n_models == 0) {
        return err_set(err, ERR_FAILED, scene->cohort
                       ? "no models yet; `fit dnn` fits one, `open FILE.npz` reads one"
                       : "nothing loaded yet; `load FILE` or `simulate reinforce`, then `fit dnn`, "
                         "or `open FILE.npz`");
    }
    s->name = scene->current >= 0 ? mem_text(scene->models[scene->current].model->name) : NULL;
    find_best(s, scene);
    return true;
}

static bool models_prepare(void *state, const struct scene *scene, bool pending, void **job,
                           struct err *err)
{
    struct models_state *s = state;
    (void)scene, (void)err;
    if (!pending) {
        *job = s->book.wanted;
        s->book.wanted = NULL;
    }
    return true;
}

static bool models_adopt(void *state, void *job, struct err *err)
{
    struct models_state *s = state;
    (void)err;
    r2_adopt(&s->book, job);
    for (size_t row = 0; row < s->list.n_rows; row++) {
        list_set(&s->list, row, MODEL_R2, number_cell(r2_known(&s->book, s->row[row]), 2));
    }
    return true;
}

static void models_discard(void *state, void *job)
{
    (void)state; /* the next update wants it again */
    r2_discard(job);
}

static void models_title(const void *state, struct strbuf *out)
{
    const struct models_state *s = state;
    strbuf_puts(out, "models (loss in nats/trial)");
    if (s->name) {
        strbuf_printf(out, " · %s in use", s->name);
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
    if (s->name) {
        strbuf_printf(out, ", %s in use", s->name);
    }
    if (s->best.len) {
        strbuf_printf(out, "; %s nats/trial", strbuf_text(&s->best));
    }
    strbuf_putc(out, '.');
}

static void models_data(const void *state, struct table *out)
{
    const struct models_state *s = state;
    parts_table_copy(&s->table, out);
}

static bool models_key(void *state, const char *key, struct strbuf *command)
{
    struct models_state *s = state;
    size_t row = list_cursor(&s->list, s->in_use);
    const char *verb = strcmp(key, "enter") == 0 ? "use" : strcmp(key, "s") == 0 ? "show" : NULL;
    if (!verb) {
        return list_key(&s->list, s->in_use, key);
    }
    strbuf_printf(command, "%s %s", verb, s->list.cell[row * MODEL_COLUMNS]);
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

const struct view_ops models_view = {
    .name = "models",
    .summary = "the models: rule, parameters, losses, R² where the truth is known",
    .keys = "arrows row  Enter use  s show  e export  y copy  z zoom",
    .options = models_options,
    .state_size = sizeof(struct models_state),
    .configure = models_configure,
    .update = models_update,
    .prepare = models_prepare,
    .compute = r2_work,
    .adopt = models_adopt,
    .discard = models_discard,
    .title = models_title,
    .draw = models_draw,
    .describe = models_describe,
    .table = models_data,
    .key = models_key,
    .release = models_release,
};
