/* Plain tables: what a study returns, what a view exports.  Columns are typed;
 * text, CSV and JSON come from the same rows. */
#ifndef DELTAW_BASE_TABLE_H
#define DELTAW_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/strbuf.h"

enum column_type {
    COLUMN_TEXT,
    COLUMN_NUMBER, /* people see `digits` significant ones; CSV has 9, JSON 17 */
    COLUMN_COUNT,
    COLUMN_FIXED,    /* people see `digits` after the point */
    COLUMN_SIGNED,   /* the same with a sign */
    COLUMN_MEASURED, /* people see ".0313 +- .0004": the error is the next column */
    COLUMN_SECONDS,  /* people see "2 min" */
    COLUMN_FLAG,     /* 0 or 1; people see a star, JSON has true and false */
    COLUMN_SHARE,    /* 0 to 1; a bar in tiles of the screen */
};
enum column_seen { SEEN_DATA = 1, SEEN_TEXT = 2, SEEN_TILE = 4, SEEN_PEOPLE = 6 };

/* Verbs and views declare theirs as constants; the last has no name. */
struct column {
    const char *name; /* key of JSON and CSV: lower case, underscores, unit as suffix */
    enum column_type type;
    int digits;
    const char *heading; /* for people; NULL: the name, its underscores blanks */
    unsigned seen;       /* where, of enum column_seen; 0: everywhere */
    bool optional;       /* people see it when some row has it */
    bool bracketed;      /* people see "(10)" */
    bool once;           /* people see a text only where it is not that of the row above */
    int rank;            /* in tiles the highest goes first where there is no room; 0: never */
    const char *meaning; /* one line, for the schema; NULL: the name says it */
    const char *each;    /* not NULL: see table_each */
};

struct table_cell {
    char *text; /* TEXT */
    double number;
};

struct table {
    size_t n_columns, n_rows, capacity;
    struct column *columns;   /* their names and headings are owned */
    struct table_cell *cells; /* [row][column] */
};

/* The columns of a constant declaration; only before the first row, as those below. */
void table_declare(struct table *t, const struct column *columns);
void table_column(struct table *t, const char *name, enum column_type type, int digits);
/* Several of one type, their names parted by '|'. */
void table_columns(struct table *t, const char *names, enum column_type type, int digits);
/* One of several side by side whose names are data, such as those of animals.  In CSV each is a
 * column; in JSON they are together in an array of {"name": NAME, "value": VALUE} under the
 * key, a constant. */
void table_each(struct table *t, const char *key, const char *name, enum column_type type,
                int digits);
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

/* What people see of a column's head and of a cell, safe to print; the caller frees. */
char *table_heading(const struct column *column);
char *table_cell_words(const struct column *column, const struct table_cell *cell);
/* Is the column seen there (one of enum column_seen), by what its rows have? */
bool table_seen(const struct table *t, size_t column, enum column_seen where);
/* Columns aligned with two blanks between, at most `width` cells wide (0: any);
 * names and text may hold any UTF-8. */
void table_print(const struct table *t, int width, struct strbuf *out);
void table_csv(const struct table *t, struct strbuf *out);
/* [{"column": value, ...}, ...]; NaN as null. */
void table_json(const struct table *t, struct strbuf *out);

/* Columns and rows of a table at the end of an empty one. */
void table_copy(const struct table *from, struct table *out);

#endif
