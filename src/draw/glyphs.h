/* What plots are drawn with.  One row per set, richest first: a style that cannot
 * show a set falls to the next. */
#ifndef DRAW_GLYPHS_H
#define DRAW_GLYPHS_H

#include "deltaw/draw/canvas.h"
#include "deltaw/draw/plot.h"

struct glyphs {
    uint32_t vertical, horizontal;
    uint32_t top_left, top_right, bottom_left, bottom_right; /* corners */
    uint32_t tick_left, tick_down;                           /* on an axis */
    uint32_t zero, mark;                                     /* the zero line, a vertical mark */
    uint32_t cross[3];  /* cross-hair: whole cell, upper half, lower half */
    uint32_t stroke[3]; /* by enum curve_stroke, in legends */
    uint32_t point;     /* of STROKE_POINTS */
    uint32_t ellipsis, no_data;
    int pixels_x, pixels_y; /* of a curve in a cell */
    uint32_t blocks[16];    /* of quadrants, by bits: 1 upper left, 2 upper right, 4, 8 below */
};

const struct glyphs *glyphs_for(const struct style *style);

/* The glyph with these pixels: bit 0 the upper left, 1 the one right of it, and so on down. */
uint32_t glyphs_block(const struct glyphs *glyphs, unsigned bits);

/* The mark of a curve where colour cannot tell it. */
uint32_t glyphs_mark(int colour);
/* The same for lines among points, which have the marks. */
uint32_t glyphs_line(int colour);

#endif
