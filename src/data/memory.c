#include "memory.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "mat.h"
#include "nwb.h"
#include "schema.h"

struct memory {
    size_t n_rows, capacity, name_capacity;
    struct memory_column *columns; /* [source->n_columns] */
};

void memory_new(struct log_source *source)
{
    source->state = mem_new(1, sizeof(struct memory));
}

static struct memory_column *add(struct log_source *source, const char *name, enum log_type type)
{
    struct memory *m = source->state;
    size_t n = source->n_columns + 1;
    source->columns = mem_reserve(source->columns, &m->name_capacity, n, sizeof *source->columns);
    m->columns = mem_reserve(m->columns, &m->capacity, n, sizeof *m->columns);
    source->columns[n - 1] =
        (struct log_column){.name = utf8_visible(name, strlen(name), ""), .type = type};
    source->n_columns = n;
    return &m->columns[n - 1];
}

void memory_numbers(struct log_source *source, const char *name, size_t n, double *values)
{
    *add(source, name, LOG_NUMBER) = (struct memory_column){.values = values, .n = n};
}

void memory_texts(struct log_source *source, const char *name, size_t n, char **texts)
{
    *add(source, name, LOG_TEXT) = (struct memory_column){.texts = texts, .n = n};
}

static void free_column(struct memory_column *c)
{
    for (size_t i = 0; c->texts && i < c->n; i++)
        free(c->texts[i]);
    free(c->texts);
    free(c->values);
}

static int shorter(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t most_common(const struct log_source *source, const struct memory *m)
{
    size_t best = 0, most = 0, count = 0;
    size_t *lengths = mem_new(source->n_columns, sizeof *lengths);
    for (size_t i = 0; i < source->n_columns; i++)
        lengths[i] = m->columns[i].n;
    qsort(lengths, source->n_columns, sizeof *lengths, shorter);
    for (size_t i = 0; i < source->n_columns; i++) {
        count = i && lengths[i] == lengths[i - 1] ? count + 1 : 1;
        if (count >= most) { /* of equals the longest */
            most = count;
            best = lengths[i];
        }
    }
    free(lengths);
    return best;
}

bool memory_finish(struct log_source *source, const char *key, struct err *err)
{
    struct memory *m = source->state;
    struct strbuf out = {0};
    size_t kept = 0, left = 0;
    m->n_rows = most_common(source, m);
    for (size_t i = 0; key && i < source->n_columns; i++)
        if (schema_same_name(source->columns[i].name, key))
            m->n_rows = m->columns[i].n;
    for (size_t i = 0; i < source->n_columns; i++) {
        if (m->columns[i].n == m->n_rows) {
            source->columns[kept] = source->columns[i];
            m->columns[kept++] = m->columns[i];
            continue;
        }
        if (left++ < 6)
            strbuf_printf(&out, "%s%.60s (%zu)", left > 1 ? ", " : "", source->columns[i].name,
                          m->columns[i].n);
        free(source->columns[i].name);
        free_column(&m->columns[i]);
    }
    source->n_columns = kept;
    if (left)
        strbuf_printf(&source->odd, "%s: left out, not of %zu trials: %s%s\n", source->path,
                      m->n_rows, out.text, left > 6 ? " ..." : "");
    strbuf_free(&out);
    return kept > 0 ||
           err_set(err, ERR_DATA, "%s: there is no column of trials in it", source->path);
}

const struct memory_column *memory_columns(const struct log_source *source)
{
    const struct memory *m = source->state;
    return m->columns;
}

size_t memory_rows(const struct log_source *source)
{
    const struct memory *m = source->state;
    return m->n_rows;
}

enum log_got memory_next(struct log_source *source, struct err *err)
{
    const struct memory *m = source->state;
    size_t row = source->row;
    (void)err;
    if (row == m->n_rows)
        return LOG_END;
    for (size_t i = 0; i < source->n_columns; i++) {
        struct log_cell *cell = &source->cells[i];
        if (source->columns[i].type == LOG_NUMBER) {
            cell->number = m->columns[i].values[row];
            continue;
        }
        cell->text = m->columns[i].texts[row];
        cell->n = strlen(cell->text);
    }
    source->row++;
    return LOG_ROW;
}

void memory_close(struct log_source *source)
{
    struct memory *m = source->state;
    if (!m)
        return;
    for (size_t i = 0; i < source->n_columns; i++)
        free_column(&m->columns[i]);
    free(m->columns);
    free(m);
}

/* Told apart here, so that builds without their libraries know them too. */
bool mat_sniff(const unsigned char *head, size_t n)
{
    return n >= 128 && memcmp(head, "MATLAB ", 7) == 0;
}

bool nwb_sniff(const unsigned char *head, size_t n)
{
    return n >= 8 && memcmp(head, "\x89HDF\r\n\x1a\n", 8) == 0;
}
