/* Plots on a canvas: curves and heat maps with axes, ticks, legends. */
#ifndef DELTAW_DRAW_PLOT_H
#define DELTAW_DRAW_PLOT_H

#include <stddef.h>
#include <stdint.h>

#include "deltaw/draw/canvas.h"

/* 1-2-5 ticks within [lo, hi], at most `most` of them; returns how many. */
size_t ticks_linear(double lo, double hi, size_t most, double *out);
/* Label of a tick, no more places than the step needs; ".5" not "0.5". */
const char *tick_label(char buf[40], double value, double step);

/* STROKE_POINTS: a mark at each point and no line between them.  STROKE_BAND: what is
 * between lo and hi, pale and below the strokes; in a terminal a bar at each point
 * where it is taller than a cell. */
enum curve_stroke { STROKE_SOLID, STROKE_DASHED, STROKE_DOTS, STROKE_POINTS, STROKE_BAND };

struct curve {
    const char *label; /* NULL: not in the legend */
    size_t n;
    const double *x, *y; /* [n]; NaN y: a gap */
    enum curve_stroke stroke;
    int colour;            /* index into the palette of curves, 0, 1, 2 ... */
    unsigned attributes;   /* CELL_BOLD, CELL_DIM: of its strokes; 0: plain */
    const double *lo, *hi; /* [n] interval of each point, drawn as a bar; NULL: none */
};

struct line_plot {
    const char *x_label, *y_label;
    const char *x_title, *y_title; /* of a figure, with the unit; NULL: the labels */
    double x_lo, x_hi, y_lo, y_hi; /* NaN: from the curves */
    bool y_log;
    bool y_zero; /* draw the zero line */
    size_t n_curves;
    const struct curve *curves;
    size_t n_marks; /* vertical lines (sessions) */
    const double *marks;
    int y_labels;    /* least cells for the labels of y, so that plots align */
    size_t n_levels; /* faint horizontal lines (chance) */
    const double *levels;
    bool marks_plain;  /* not dim */
    const char *empty; /* said in the middle when there is nothing to draw */
};

/* Draws into area (no frame); fits down to 1x1 by leaving out legend, labels,
 * axes in that order. */
void line_plot_draw(const struct line_plot *plot, struct canvas *canvas, struct rect area,
                    const struct style *style);

struct heat_panel {
    const char *title;
    const double *value;     /* [ny][nx], row 0 at the bottom; NaN: not painted */
    const uint32_t *support; /* [ny][nx]; 0: marked as "no data"; NULL: all painted */
    const bool *unsettled;   /* [ny][nx] the sign is unknown: drawn faint; NULL: none */
};

struct heat_map {
    const char *x_label, *y_label; /* "s", "w_stim" */
    size_t nx, ny;
    const double *x, *y;     /* centres [nx], [ny] */
    bool x_levels, y_levels; /* categories: label every one that fits */
    double limit;            /* colour scale is -limit .. +limit */
    size_t n_panels;
    const struct heat_panel *panels;
    int cross_panel, cross_x, cross_y; /* the cross-hair's cell; panel -1: none */
    const char *empty;
    const char *x_title, *y_title; /* in full: "stimulus"; NULL: the labels */
    const char *value_title;       /* of its colour bar, with the unit */
};

/* How many rows of cells (half blocks count two) the body of a map in this
 * area has, so that a caller can ask for as many. */
void heat_map_room(struct rect area, size_t n_panels, const struct style *style, size_t *nx,
                   size_t *ny);
void heat_map_draw(const struct heat_map *map, struct canvas *canvas, struct rect area,
                   const struct style *style);

/* The cell of the map that heat_map_draw puts at (x, y); false: none. */
bool heat_map_at(const struct heat_map *map, struct rect area, const struct style *style, int x,
                 int y, size_t *panel, size_t *cell_x, size_t *cell_y);

/* The sign-bearing ramp as one legend line, e.g. "-.04 ▐▌ +.04" or letters, with the unit
 * behind it (NULL: none) where there is room; the cells it takes, 0: it has no room. */
int heat_legend(double limit, const char *unit, struct canvas *canvas, int x, int y, int room,
                const struct style *style);

#endif
