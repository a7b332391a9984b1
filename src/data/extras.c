#include "reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/decimal.h"
#include "deltaw/base/mem.h"

/* A kept column must not look like one of the parts when the cohort is saved
 * and loaded again, nor appear twice. */
static char *extra_name(const struct reader *r, size_t column, struct names *taken)
{
    const char *own = r->source.columns[column].name;
    bool again = schema_same_name(own, schema_gap_name);
    for (int role = 0; role <= ROLE_DATE; role++)
        again = again || schema_same_name(own, schema_role_name((enum role)role));
    char *name = again ? mem_printf("%s_log", own) : mem_text(own);
    while (names_find(taken, name, strlen(name)) != NAMES_NONE) {
        char *longer = mem_printf("%s_%zu", name, column + 1);
        free(name);
        name = longer;
    }
    names_add(taken, name, strlen(name));
    return name;
}

void log_reader_plan_extras(struct reader *r)
{
    struct rows *rows = r->rows;
    struct names taken = {0}; /* by columns of this file */
    r->extra = mem_new(r->source.n_columns, sizeof *r->extra);
    for (size_t i = 0; i < r->source.n_columns; i++) {
        r->extra[i] = -1;
        r->source.wanted[i] = r->schema.used[i] || r->source.columns[i].name[0] != '\0';
        if (r->schema.used[i] || r->source.columns[i].name[0] == '\0')
            continue;
        char *name = extra_name(r, i, &taken);
        r->extra[i] = (long)names_add(&rows->extra_names, name, strlen(name));
        if ((size_t)r->extra[i] < rows->n_extras) {
            free(name);
            continue;
        }
        rows->extras = mem_reserve(rows->extras, &rows->extra_capacity, rows->n_extras + 1,
                                   sizeof *rows->extras);
        rows->extras[rows->n_extras++] = (struct extra){.name = name};
    }
    names_free(&taken);
}

/* False: it is not a number. */
static bool extra_value(const struct log_source *source, size_t column, float *out)
{
    const struct log_cell *cell = &source->cells[column];
    *out = NAN;
    if (source->columns[column].type == LOG_NUMBER) {
        *out = (float)cell->number;
        return true;
    }
    if (decimal_float(cell->text, cell->n, out) || source_text_missing(cell->text, cell->n))
        return true;
    *out = strcasecmp(cell->text, "true") == 0;
    return *out == 1 || strcasecmp(cell->text, "false") == 0;
}

/* False: there is no room. */
static bool keep_extra(struct extra *e, size_t row, const struct log_source *source, size_t column,
                       struct err *err)
{
    float v;
    if (!extra_value(source, column, &v)) {
        e->text = true;
        free(e->values);
        e->values = NULL;
        return true;
    }
    e->any = e->any || !isnan(v);
    if (row >= e->capacity && !mem_room((double)(row * sizeof *e->values), source->path, err))
        return false;
    if (row >= e->capacity)
        e->values = mem_reserve(e->values, &e->capacity, row + 1, sizeof *e->values);
    while (e->n < row)
        e->values[e->n++] = NAN;
    e->values[e->n++] = v;
    return true;
}

bool log_reader_keep_extras(struct reader *r, size_t row, struct err *err)
{
    for (size_t i = 0; i < r->source.n_columns; i++) {
        struct extra *e = r->extra[i] >= 0 ? &r->rows->extras[r->extra[i]] : NULL;
        if (e && !e->text && !keep_extra(e, row, &r->source, i, err))
            return false;
    }
    return true;
}
