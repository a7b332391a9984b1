/* Where things are on the screen: a header line, tiles in rows, the transcript
 * with the prompt, a footer, with shared borders.  Knows cells and names of
 * views, nothing else.
 *
 *   loss|map     side by side      loss/map     one above the other
 *   loss|map/weights               two rows */
#ifndef SCREEN_LAYOUT_H
#define SCREEN_LAYOUT_H

#include <stdbool.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/draw/canvas.h"

enum {
    LAYOUT_ROWS = 3,
    LAYOUT_TILES = 6,
    LAYOUT_NAME = 24,
    LAYOUT_MIN_WIDTH = 30, /* of the screen */
    LAYOUT_MIN_HEIGHT = 8,
};

struct layout {
    int n_rows, columns[LAYOUT_ROWS]; /* tiles in each row */
    int n_tiles;
    char view[LAYOUT_TILES][LAYOUT_NAME]; /* in reading order */
    int current;   /* the tile with the focus, or that had it last */
    bool zoom;     /* the current tile alone, with the prompt */
    bool no_tiles; /* the transcript alone */
};

struct placement {
    bool too_small;
    struct rect header, footer, transcript; /* the prompt is the transcript's last row */
    struct rect tile[LAYOUT_TILES];         /* within the borders; width 0: not shown */
    struct rect box;                        /* the outer border */
    int n_bars;                             /* borders within the box */
    struct rect bar[2 * LAYOUT_TILES];      /* ends included; width or height is 1 */
};

/* False and why; the layout is then as before. */
bool layout_parse(struct layout *layout, const char *text, struct err *err);
/* The same as text. */
void layout_text(const struct layout *layout, struct strbuf *out);
void layout_place(const struct layout *layout, int width, int height, struct placement *out);
/* The tile that shows this view, -1: none. */
int layout_find(const struct layout *layout, const char *view);
/* The next or previous tile gets to be the current one. */
void layout_step(struct layout *layout, int by);
/* Side by side -> above each other -> one -> none -> ... */
void layout_next(struct layout *layout);
/* All borders, with the corners and tees where they meet. */
void layout_draw_borders(const struct placement *placement, struct canvas *canvas,
                         const struct style *style);

#endif
