#include "reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "decimal.h"
#include "deltaw/base/mem.h"

/* A kept column must not look like one of the parts when the cohort is saved
 * and loaded again, nor come twice. */
static char *extra_name(const struct reader *r, size_t column)
{
    char *name = mem_text(r->csv.columns[column]);
    for (int role = 0; role <= ROLE_DATE; role++)
        if (schema_same_name(name, schema_role_name((enum role)role))) {
            char *longer = mem_printf("%s_log", name);
            free(name);
            name = longer;
            break;
        }
    for (size_t i = 0; i < column; i++)
        if (r->extra[i] >= 0 && strcmp(r->rows->extras[r->extra[i]].name, name) == 0) {
            char *longer = mem_printf("%s_%zu", name, column + 1);
            free(name);
            name = longer;
        }
    return name;
}

void reader_plan_extras(struct reader *r)
{
    struct rows *rows = r->rows;
    r->extra = mem_new(r->csv.n_columns, sizeof *r->extra);
    for (size_t i = 0; i < r->csv.n_columns; i++) {
        r->extra[i] = -1;
        if (r->schema.used[i] || r->csv.columns[i][0] == '\0')
            continue;
        char *name = extra_name(r, i);
        for (size_t k = 0; k < rows->n_extras && r->extra[i] < 0; k++)
            if (strcmp(rows->extras[k].name, name) == 0)
                r->extra[i] = (long)k;
        if (r->extra[i] >= 0) {
            free(name);
            continue;
        }
        rows->extras = mem_reserve(rows->extras, &rows->extra_capacity, rows->n_extras + 1,
                                   sizeof *rows->extras);
        rows->extras[rows->n_extras] = (struct extra){.name = name};
        r->extra[i] = (long)rows->n_extras++;
    }
}

static void keep_extra(struct extra *e, size_t row, const struct field *f)
{
    float v = NAN;
    if (e->text)
        return;
    if (decimal_float(f->text, f->n, &v))
        e->any = true;
    else if (strcasecmp(f->text, "true") == 0 || strcasecmp(f->text, "false") == 0)
        v = f->n == 4, e->any = true;
    else if (!decimal_missing(f->text, f->n)) {
        e->text = true;
        free(e->values);
        e->values = NULL;
        return;
    }
    if (row >= e->capacity)
        e->values = mem_reserve(e->values, &e->capacity, row + 1, sizeof *e->values);
    while (e->n < row)
        e->values[e->n++] = NAN;
    e->values[e->n++] = v;
}

void reader_keep_extras(struct reader *r, size_t row)
{
    for (size_t i = 0; i < r->csv.n_columns; i++)
        if (r->extra[i] >= 0)
            keep_extra(&r->rows->extras[r->extra[i]], row, &r->csv.fields[i]);
}
