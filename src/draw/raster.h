/* Curves as pixels: a grid of curve numbers that cells are made from. */
#ifndef DRAW_RASTER_H
#define DRAW_RASTER_H

#include <stdint.h>

#include "deltaw/draw/plot.h"

enum { RASTER_CURVES = INT16_MAX };

struct scale {
    double x_lo, x_hi, y_lo, y_hi; /* lo < hi, finite; y in log10 when y_log */
    bool y_log;
};

struct raster {
    int width, height;           /* pixels */
    int cell_width, cell_height; /* of a cell, in pixels */
    int16_t *curve;              /* [height][width] the last curve drawn there, -1: none */
};

/* y on the axis; NaN where it has no place. */
double raster_scale_y(bool y_log, double y);

void raster_init(struct raster *r, int columns, int rows, int cell_width, int cell_height);
void raster_free(struct raster *r);
/* Any number of points in any order; what lies outside is clipped. */
void raster_curve(struct raster *r, const struct curve *curve, int index,
                  const struct scale *scale);

#endif
