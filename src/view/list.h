/* Lists of models with a cursor, as the views jobs and models show them: columns are left
 * out where there is no room, rows scroll. */
#ifndef DELTAW_VIEW_LIST_H
#define DELTAW_VIEW_LIST_H

#include "deltaw/view/view.h"
#include "choose.h"

struct list_column {
    const char *name;
    bool right; /* aligned, for numbers */
    int rank;   /* left out where there is no room: the highest first; 0: never */
    bool bar;   /* its cells are shares, "0.41", drawn as bars with the room left */
};

enum { LIST_COLUMNS = 12 };

struct list {
    const struct list_column *columns;
    size_t n_columns; /* at most LIST_COLUMNS; the first is the name */
    size_t n_rows;
    char **cell; /* [n_rows][n_columns] owned; never NULL */
    int *colour; /* [n_rows] of the name: index of a curve, -1: plain */
    char *at;    /* name of the row the cursor is on, NULL: the first */
    size_t top;  /* first row that is seen */
};

/* No rows any more; the cursor stays where it was, by name. */
void list_clear(struct list *list, const struct list_column *columns, size_t n_columns);
/* A row, to be filled by list_set, which takes the text over. */
size_t list_row(struct list *list, int colour);
void list_set(struct list *list, size_t row, size_t column, char *text);
void list_free(struct list *list);
/* Index of the row the cursor is on; `fallback` until it is moved. */
size_t list_cursor(const struct list *list, size_t fallback);
/* Keys up, down, home, end, as "models row=dnn2". */
bool list_key(const struct list *list, size_t fallback, const char *view, const char *key,
              struct strbuf *command);
/* Moves the cursor to the row of this name; NULL: to the best one. */
void list_go(struct list *list, const char *name);
void list_draw(struct list *list, size_t cursor, struct canvas *canvas, struct rect area,
               const struct style *style);

#endif
