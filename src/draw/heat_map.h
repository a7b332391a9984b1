/* What the steps of drawing a heat map share. */
#ifndef DRAW_HEAT_MAP_H
#define DRAW_HEAT_MAP_H

#include "deltaw/draw/plot.h"
#include "glyphs.h"

/* Where things stand in an area. */
struct heat_layout {
    struct rect area;
    struct rect body;                 /* cells of the first panel */
    int pitch;                        /* from one panel to the next */
    int first, shown;                 /* panels */
    bool axes, titles, legend, named; /* named: a line for the name of x */
    int columns, rows;                /* pixels a panel is painted with */
    int pixels;                       /* rows of pixels a cell */
};

/* Two true colours a cell. */
bool heat_fine(const struct style *style);

enum { HEAT_TICKS = 32 };
/* Where the middle of a value stands on its axis, 0 to 1. */
double heat_place(double value, const double *centre, size_t n);
/* Ticks of an axis whose ends may be in any order, and the step between them. */
size_t heat_ticks(const double *centre, size_t n, int most, double tick[HEAT_TICKS]);
double heat_tick_step(const double *tick, size_t n);

/* Cells the labels of y take. */
int heat_y_width(const struct heat_map *m, const struct heat_layout *l);
/* Labels on the axes, once all panels are painted. */
void heat_y_axis(const struct heat_map *m, const struct heat_layout *l, struct canvas *canvas,
                 const struct style *style);
void heat_x_axis(const struct heat_map *m, const struct heat_layout *l, int panel,
                 struct canvas *canvas, const struct style *style);

/* Instead of a shade where nobody knows the sign. */
uint32_t heat_unsettled(const struct style *style);
/* Are there such cells in any panel? */
bool heat_any_unsettled(const struct heat_map *m);
/* What that means, behind the legend, where there is room. */
void heat_legend_unsettled(struct canvas *canvas, int x, int y, int room,
                           const struct style *style);

/* Cells the legend takes in `room`, 0: it does not fit. */
int heat_legend_width(double limit, int room, const struct style *style);

#endif
