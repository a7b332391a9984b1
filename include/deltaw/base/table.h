/* Plain tables: what a study returns, what a view exports.  Columns are typed;
 * text, CSV and JSON come from the same rows. */
#ifndef DELTAW_BASE_TABLE_H
#define DELTAW_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/strbuf.h"

enum column_type { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_COUNT };

struct table_column {
    char *name;
    enum column_type type;
    int digits; /* NUMBER, in text only: significant digits; CSV has 9, JSON 17 */
};

struct table_cell {
    char *text; /* TEXT */
    double number;
};

struct table {
    size_t n_columns, n_rows, capacity;
    struct table_column *columns;
    struct table_cell *cells; /* [row][column] */
};

/* A new column; only before the first row. */
void table_column(struct table *t, const char *name, enum column_type type, int digits);
/* Several of one type, their names parted by '|'. */
void table_columns(struct table *t, const char *names, enum column_type type, int digits);
/* A new row of empty text and NaN; fill it with the setters. */
void table_row(struct table *t);
void table_text(struct table *t, size_t column, const char *text); /* of the last row */
void table_number(struct table *t, size_t column, double value);   /* of the last row */
/* A new row with these in its first columns of text and in its first other columns. */
void table_add(struct table *t, size_t n_texts, const char *const *texts, size_t n_numbers,
               const double *numbers);
void table_free(struct table *t);
/* By this column; texts from a, numbers from the least, or with `most_first` from the
 * greatest.  Rows without a number come last; equal ones stay in order. */
void table_sort(struct table *t, size_t column, bool most_first);

/* Columns aligned with two blanks between, at most `width` cells wide (0: any);
 * names and text may hold any UTF-8. */
void table_print(const struct table *t, int width, struct strbuf *out);
void table_csv(const struct table *t, struct strbuf *out);
/* [{"column": value, ...}, ...]; NaN as null. */
void table_json(const struct table *t, struct strbuf *out);

/* Columns and rows of a table at the end of an empty one. */
void table_copy(const struct table *from, struct table *out);

#endif
