/* Where things are on the screen: a header line, tiles in rows, the transcript
 * with the prompt, a footer, with shared borders.  Knows cells and names of
 * views, nothing else.
 *
 *   loss|map     side by side, as loss,map      loss/map     one above the other
 *   loss|map/weights               two rows
 *   loss:2|map:3                   shares of the width of their row
 *   loss:1x3|map/slice             a row three times as high as the other */
#ifndef SCREEN_LAYOUT_H
#define SCREEN_LAYOUT_H

#include <stdbool.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/draw/canvas.h"
#include "deltaw/shell/layouts.h"

enum {
    LAYOUT_ROWS = 4,
    LAYOUT_TILES = 8,
    LAYOUT_MIN_WIDTH = 30, /* of the screen */
    LAYOUT_MIN_HEIGHT = 8,
};

struct layout {
    int n_rows, columns[LAYOUT_ROWS]; /* tiles in each row */
    int high[LAYOUT_ROWS];            /* share of the height; 0: not given, counts as 1 */
    int n_tiles;
    char view[LAYOUT_TILES][LAYOUT_NAME]; /* in reading order */
    int wide[LAYOUT_TILES];               /* share of the width of the row; 0 as in high */
    int current;                          /* the tile that has the focus or had it last */
    int text;                             /* rows of the transcript, prompt included; 0: as suits */
    int zoom_text;                        /* the same while a tile is zoomed */
    bool zoom;                            /* the current tile alone, with the prompt */
    bool no_tiles;                        /* the transcript alone */
};

/* A border within the box that can be moved: between two tiles of a row, between
 * two rows, or above the transcript. */
struct bar {
    struct rect at; /* ends included; width or height is 1 */
    int tile;       /* the one left of it; -1: it lies below a row */
    int row;        /* the row above it; -1: all of them */
};

struct placement {
    bool too_small;
    struct rect header, footer, transcript; /* the prompt is the transcript's last row */
    struct rect tile[LAYOUT_TILES];         /* within the borders; width 0: not shown */
    int n_hidden;                           /* tiles that are not shown */
    struct rect box;                        /* the outer border */
    int n_bars;
    struct bar bar[2 * LAYOUT_TILES];
};

/* False, and err says why; the layout is then as before.  Rows of the transcript are kept. */
bool layout_parse(struct layout *layout, const char *text, struct err *err);
/* The same as text. */
void layout_text(const struct layout *layout, struct strbuf *out);
/* Where the rows asked for the transcript as it is shown now are kept. */
int *layout_text_rows(struct layout *layout);
void layout_place(const struct layout *layout, int width, int height, struct placement *out);
/* The tile that shows this view, -1: none. */
int layout_find(const struct layout *layout, const char *view);
/* The next or previous tile becomes the current one. */
void layout_step(struct layout *layout, int by);
/* Side by side -> above each other -> one -> none -> ... */
void layout_next(struct layout *layout);
/* What is at this cell: a tile, a bar; -1: none. */
int layout_tile_at(const struct placement *placement, int x, int y);
int layout_bar_at(const struct placement *placement, int x, int y);
/* Moves a bar of the placement to column or row `to`, as far as there is room.  False: it
 * stays where it is. */
bool layout_move(struct layout *layout, const struct placement *placement, int bar, int to);
/* The bar that makes the current tile wider or narrower, -1: there is none; *sign: which
 * way widens it. */
int layout_side(const struct layout *layout, const struct placement *placement, int *sign);
/* All borders, with the corners and tees where they meet. */
void layout_draw_borders(const struct placement *placement, struct canvas *canvas,
                         const struct style *style);

#endif
