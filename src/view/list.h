/* Lists with a cursor, as the views jobs, models and animals show them: columns are left
 * out where there is no room, rows scroll. */
#ifndef DELTAW_VIEW_LIST_H
#define DELTAW_VIEW_LIST_H

#include "deltaw/view/view.h"
#include "choose.h"

enum { LIST_COLUMNS = 32 }; /* those after them are not seen */

struct list {
    struct table table; /* the first column is the name */
    size_t names;       /* the first so many columns are; 0: as 1 */
    int *colour;        /* [n_rows] of the name: index of a curve, -1: plain */
    char *at;           /* name of the row the cursor is on, NULL: the first */
    size_t top;         /* first row that is seen */
};

/* No rows any more; the cursor stays where it was, by name. */
void list_clear(struct list *list);
/* The colour of the row that was added to the table last. */
void list_colour(struct list *list, int colour);
void list_free(struct list *list);
const char *list_name(const struct list *list, size_t row); /* of the first column */
/* Index of the row the cursor is on; `fallback` until it is moved. */
size_t list_cursor(const struct list *list, size_t fallback);
/* Keys up, down, home, end, as "models row=dnn2". */
bool list_key(const struct list *list, size_t fallback, const char *view, const char *key,
              struct strbuf *command);
/* The row of a picture in this area that a click in line y is on, -1: none. */
long list_row_at(const struct list *list, struct rect area, int y);
/* The command that moves the cursor to that row. */
void list_move(const struct list *list, size_t row, const char *view, struct strbuf *command);
/* Moves the cursor to the row of this name; NULL: to the best one. */
void list_go(struct list *list, const char *name);
void list_draw(struct list *list, size_t cursor, struct canvas *canvas, struct rect area,
               const struct style *style);

#endif
