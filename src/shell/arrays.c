#include "export.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

static const struct table_cell *cell(const struct table *t, size_t row, size_t column)
{
    return &t->cells[row * t->n_columns + column];
}

/* n items of a column, from row `first` at a stride, in this shape. */
static void add_column(const struct table *t, size_t column, const char *name, size_t stride,
                       size_t n_dimensions, const size_t *shape, struct npz *out)
{
    size_t n = 1;
    for (size_t i = 0; i < n_dimensions; i++)
        n *= shape[i];
    if (npz_find(out, name)) /* a log may have a column with one of our names */
        return;
    if (t->columns[column].type == COLUMN_TEXT) {
        const char **texts = mem_new(n, sizeof *texts);
        for (size_t i = 0; i < n; i++)
            texts[i] = cell(t, i * stride, column)->text;
        npz_add_texts(out, name, n, texts);
        free(texts);
        return;
    }
    double *values = mem_new(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = cell(t, i * stride, column)->number;
    npz_add(out, name, NPZ_FLOAT64, n_dimensions, shape, values);
    free(values);
}

/* Rows from the first on that have its y, and its panel. */
static void grid_sizes(const struct table *t, size_t *nx, size_t *ny, size_t *panels)
{
    size_t x = 0, block = 0;
    while (x < t->n_rows && cell(t, x, 2)->number == cell(t, 0, 2)->number &&
           (x == 0 || cell(t, x, 1)->number > cell(t, x - 1, 1)->number))
        x++;
    const char *first = t->n_rows ? cell(t, 0, 0)->text : NULL;
    while (block < t->n_rows &&
           strcmp(cell(t, block, 0)->text ? cell(t, block, 0)->text : "", first ? first : "") == 0)
        block++;
    *nx = x;
    *ny = x ? block / x : 0;
    *panels = block ? t->n_rows / block : 0;
}

void arrays_of_table(const struct table *t, bool grid, struct npz *out)
{
    size_t nx = 0, ny = 0, panels = 0;
    if (grid)
        grid_sizes(t, &nx, &ny, &panels);
    if (!grid || nx * ny * panels != t->n_rows) {
        for (size_t c = 0; c < t->n_columns; c++)
            add_column(t, c, t->columns[c].name, 1, 1, &t->n_rows, out);
        return;
    }
    add_column(t, 0, t->columns[0].name, nx * ny, 1, &panels, out);
    add_column(t, 1, "x", 1, 1, &nx, out);
    add_column(t, 2, "y", nx, 1, &ny, out);
    npz_add_text(out, "x_name", t->columns[1].name);
    npz_add_text(out, "y_name", t->columns[2].name);
    for (size_t c = 3; c < t->n_columns; c++) {
        const char *name = t->columns[c].name;
        if (t->columns[c].type != COLUMN_TEXT)
            add_column(t, c, name, 1, 3, (size_t[]){panels, ny, nx}, out);
        else if (!npz_find(out, name) && t->n_rows) /* of the whole map */
            npz_add_text(out, name, cell(t, 0, c)->text ? cell(t, 0, c)->text : "");
    }
}

/* --- what repeats it ------------------------------------------------------------ */

static void model_told(const struct scene_model *shown, struct strbuf *out)
{
    char *settings = model_settings_json(shown->model);
    char digest[32];
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)shown->model->cohort_digest);
    strbuf_puts(out, "{\"name\":");
    strbuf_json_text(out, shown->model->name);
    answer_text(out, "cohort", shown->model->cohort_name ? shown->model->cohort_name : "");
    answer_text(out, "cohort_digest", digest);
    if (shown->model->cohort_chain)
        answer_text(out, "cohort_filters", shown->model->cohort_chain);
    strbuf_printf(out, ",\"epochs_done\":%d,\"settings\":%s}", shown->status.epoch, settings);
    free(settings);
}

void arrays_tell(struct session *session, struct view *view, struct strbuf *out)
{
    const struct scene *scene = session_scene(session);
    const struct scene_model *first = view_scene_model(view, scene, 0), *shown;
    struct strbuf text = {0};
    strbuf_puts(out, "{\"deltaw\":");
    strbuf_json_text(out, PACKAGE_VERSION);
    view_command(view, &text);
    answer_text(out, "command", strbuf_text(&text));
    strbuf_reset(&text);
    view_title(view, &text);
    answer_text(out, "title", strbuf_text(&text));
    strbuf_reset(&text);
    view_describe(view, &text);
    answer_text(out, "says", strbuf_text(&text));
    strbuf_free(&text);
    if (scene->cohort) {
        answer_text(out, "cohort", scene->cohort->name);
        answer_text(out, "filters", scene->cohort->chain);
        strbuf_printf(out, ",\"animals\":%zu,\"trials\":%zu", scene->cohort->n_animals,
                      scene->cohort->n_trials);
    }
    if (first) {
        strbuf_puts(out, ",\"model\":");
        model_told(first, out);
    }
    for (size_t i = 1; (shown = view_scene_model(view, scene, i)); i++) {
        strbuf_puts(out, i == 1 ? ",\"others\":[" : ",");
        model_told(shown, out);
    }
    strbuf_puts(out, view_model(view, 1) ? "]}" : "}");
}
