#include "deltaw/base/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/err.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"

void table_column(struct table *t, const char *name, enum column_type type, int digits)
{
    if (t->n_rows)
        err_die("table: column \"%s\" after the first row", name);
    t->columns = mem_resize(t->columns, t->n_columns + 1, sizeof *t->columns);
    t->columns[t->n_columns++] =
        (struct column){mem_text(name), type, digits, .heading = mem_text(name)};
}

void table_each(struct table *t, const char *key, const char *name, enum column_type type,
                int digits)
{
    table_column(t, name, type, digits);
    t->columns[t->n_columns - 1].each = key;
}

void table_declare(struct table *t, const struct column *columns)
{
    for (; columns->name; columns++) {
        table_column(t, columns->name, columns->type, columns->digits);
        struct column *mine = &t->columns[t->n_columns - 1];
        const char *name = mine->name;
        free((char *)mine->heading);
        *mine = *columns;
        mine->name = name;
        mine->heading = columns->heading ? mem_text(columns->heading) : NULL;
    }
}

void table_columns(struct table *t, const char *names, enum column_type type, int digits)
{
    char *copy = mem_text(names), *rest = copy;
    while (rest)
        table_column(t, strsep(&rest, "|"), type, digits);
    free(copy);
}

void table_row(struct table *t)
{
    size_t from = t->n_rows * t->n_columns;
    t->cells = mem_reserve(t->cells, &t->capacity, from + t->n_columns, sizeof *t->cells);
    for (size_t j = 0; j < t->n_columns; j++)
        t->cells[from + j] = (struct table_cell){NULL, NAN};
    t->n_rows++;
}

static struct table_cell *last(struct table *t, size_t column, bool text)
{
    if (!t->n_rows || column >= t->n_columns || text != (t->columns[column].type == COLUMN_TEXT))
        err_die("table: no row, no column %zu, or one of the other type", column);
    return &t->cells[(t->n_rows - 1) * t->n_columns + column];
}

void table_text(struct table *t, size_t column, const char *text)
{
    struct table_cell *cell = last(t, column, true);
    char *copy = text ? mem_text(text) : NULL;
    free(cell->text);
    cell->text = copy;
}

void table_number(struct table *t, size_t column, double value)
{
    last(t, column, false)->number = value;
}

void table_add(struct table *t, size_t n_texts, const char *const *texts, size_t n_numbers,
               const double *numbers)
{
    size_t text = 0, number = 0;
    table_row(t);
    for (size_t j = 0; j < t->n_columns; j++)
        if (t->columns[j].type == COLUMN_TEXT && text < n_texts)
            table_text(t, j, texts[text++]);
        else if (t->columns[j].type != COLUMN_TEXT && number < n_numbers)
            table_number(t, j, numbers[number++]);
    if (text < n_texts || number < n_numbers)
        err_die("table: more for a row than it has columns");
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->n_rows * t->n_columns; i++)
        free(t->cells[i].text);
    for (size_t j = 0; j < t->n_columns; j++)
        free((char *)t->columns[j].name), free((char *)t->columns[j].heading);
    free(t->cells);
    free(t->columns);
    *t = (struct table){0};
}

struct row_key {
    const char *text; /* NULL: by number */
    double number;
    size_t row;
};

static int by_key(const void *left, const void *right)
{
    const struct row_key *a = left, *b = right;
    int order = a->text ? strcmp(a->text, b->text)
                : isnan(a->number) || isnan(b->number)
                    ? isnan(a->number) - isnan(b->number)
                    : (a->number > b->number) - (a->number < b->number);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

void table_sort(struct table *t, size_t column, bool most_first)
{
    size_t n = t->n_columns;
    struct row_key *keys = mem_new(t->n_rows + 1, sizeof *keys);
    struct table_cell *cells = mem_new(t->n_rows * n + 1, sizeof *cells);
    for (size_t i = 0; i < t->n_rows; i++) {
        const struct table_cell *cell = &t->cells[i * n + column];
        bool text = t->columns[column].type == COLUMN_TEXT;
        keys[i] = (struct row_key){.number = most_first ? -cell->number : cell->number, .row = i};
        keys[i].text = !text ? NULL : cell->text ? cell->text : "";
    }
    qsort(keys, t->n_rows, sizeof *keys, by_key);
    for (size_t i = 0; i < t->n_rows; i++)
        memcpy(&cells[i * n], &t->cells[keys[i].row * n], n * sizeof *cells);
    if (t->n_rows > 0)
        memcpy(t->cells, cells, t->n_rows * n * sizeof *cells);
    free(cells);
    free(keys);
}

/* Is it in what programs read? */
static bool is_data(const struct column *column)
{
    return !column->seen || column->seen & SEEN_DATA;
}

static void csv_cell(const struct column *column, const struct table_cell *cell, struct strbuf *out)
{
    char buf[NUMBER_SIZE];
    if (column->type == COLUMN_TEXT)
        strbuf_csv_text(out, cell->text ? cell->text : "");
    else if (!isnan(cell->number))
        strbuf_puts(out, number_format(buf, cell->number, column->type == COLUMN_COUNT ? 16 : 9));
}

static void json_cell(const struct column *column, const struct table_cell *cell,
                      struct strbuf *out)
{
    if (column->type == COLUMN_TEXT)
        strbuf_json_text(out, cell->text ? cell->text : "");
    else if (column->type == COLUMN_FLAG && !isnan(cell->number))
        strbuf_puts(out, cell->number != 0 ? "true" : "false");
    else
        strbuf_json_number(out, cell->number);
}

/* The name; of one that is data, with what it is of before it where another column has the same. */
static void csv_name(const struct table *t, size_t j, struct strbuf *out)
{
    const struct column *column = &t->columns[j];
    struct strbuf name = {0};
    for (size_t i = 0; column->each && i < t->n_columns && name.len == 0; i++)
        if (i != j && t->columns[i].each != column->each &&
            strcmp(t->columns[i].name, column->name) == 0)
            strbuf_printf(&name, "%s:", column->each);
    strbuf_puts(&name, column->name);
    strbuf_csv_text(out, name.text);
    strbuf_free(&name);
}

void table_csv(const struct table *t, struct strbuf *out)
{
    const char *comma = "";
    for (size_t j = 0; j < t->n_columns; j++)
        if (is_data(&t->columns[j])) {
            strbuf_puts(out, comma);
            csv_name(t, j, out);
            comma = ",";
        }
    strbuf_putc(out, '\n');
    for (size_t i = 0; i < t->n_rows; i++) {
        size_t begin = out->len;
        comma = "";
        for (size_t j = 0; j < t->n_columns; j++)
            if (is_data(&t->columns[j])) {
                strbuf_puts(out, comma);
                csv_cell(&t->columns[j], &t->cells[i * t->n_columns + j], out);
                comma = ",";
            }
        if (out->len == begin)
            strbuf_puts(out, "\"\""); /* an empty line would be no row at all */
        strbuf_putc(out, '\n');
    }
}

/* "key": cell, or its part of an array whose first and last are the columns that it is side by
 * side with. */
static void json_item(const struct table *t, size_t j, const struct table_cell *cell,
                      struct strbuf *out)
{
    const struct column *c = &t->columns[j];
    if (!c->each) {
        strbuf_json_text(out, c->name);
        strbuf_puts(out, ": ");
        json_cell(c, cell, out);
        return;
    }
    if (j == 0 || c[-1].each != c->each)
        strbuf_printf(out, "\"%s\": [", c->each);
    strbuf_puts(out, "{\"name\": ");
    strbuf_json_text(out, c->name);
    strbuf_puts(out, ", \"value\": ");
    json_cell(c, cell, out);
    strbuf_putc(out, '}');
    if (j + 1 == t->n_columns || c[1].each != c->each)
        strbuf_putc(out, ']');
}

void table_json(const struct table *t, struct strbuf *out)
{
    strbuf_putc(out, '[');
    for (size_t i = 0; i < t->n_rows; i++) {
        const char *comma = "";
        strbuf_puts(out, i ? ", {" : "{");
        for (size_t j = 0; j < t->n_columns; j++)
            if (is_data(&t->columns[j])) {
                strbuf_puts(out, comma);
                json_item(t, j, &t->cells[i * t->n_columns + j], out);
                comma = ", ";
            }
        strbuf_putc(out, '}');
    }
    strbuf_putc(out, ']');
}

void table_copy(const struct table *from, struct table *out)
{
    for (size_t j = 0; j < from->n_columns; j++) {
        const struct column one[] = {from->columns[j], {0}};
        table_declare(out, one);
    }
    for (size_t i = 0; i < from->n_rows; i++) {
        table_row(out);
        for (size_t j = 0; j < from->n_columns; j++) {
            const struct table_cell *cell = &from->cells[i * from->n_columns + j];
            out->cells[i * from->n_columns + j] =
                (struct table_cell){cell->text ? mem_text(cell->text) : NULL, cell->number};
        }
    }
}
