/* What the steps of drawing a heat map share. */
#ifndef DRAW_HEAT_MAP_H
#define DRAW_HEAT_MAP_H

#include "axis.h"
#include "deltaw/draw/plot.h"
#include "glyphs.h"

/* Where things stand in an area, and on what. */
struct heat_layout {
    const struct heat_map *map;
    struct canvas *canvas;
    const struct style *style;
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

/* What labels an axis: every category, else ticks, whose ends may be in any order. */
struct heat_axis {
    const double *centre;
    size_t n_centres, n;
    bool levels;
    struct ticks ticks;
};

struct heat_axis heat_axis(const double *centre, size_t n, bool levels, int most);
/* Where the middle of a label stands, 0 to 1. */
double heat_axis_place(const struct heat_axis *axis, size_t i);
const char *heat_axis_label(const struct heat_axis *axis, size_t i, char text[40]);
/* The order in which n categories compete for room, each with its mirror image: the ends, the
 * middle, those between, then the rest. */
size_t heat_level(size_t n, size_t turn);
size_t heat_level_turns(size_t n);

/* Are there numbers in cell i? */
bool heat_has_data(const struct heat_panel *panel, size_t i);
bool heat_is_empty(const struct heat_map *map);

/* Cells the labels of y take. */
int heat_y_width(const struct heat_layout *l);
/* Labels on the axes, once all panels are painted. */
void heat_y_axis(const struct heat_layout *l);
void heat_x_axis(const struct heat_layout *l, int panel);

/* Instead of a shade where the sign is unknown. */
uint32_t heat_unsettled(const struct style *style);
/* Are there such cells in any panel? */
bool heat_any_unsettled(const struct heat_map *map);
/* The cells that their key takes behind the legend, in a legend of `room` cells; 0: no room. */
int heat_unsettled_width(int room);
/* The key, from x on. */
void heat_legend_unsettled(struct canvas *canvas, int x, int y, int room,
                           const struct style *style);

/* Cells the legend takes in `room`, 0: it does not fit. */
int heat_legend_width(double limit, int room, const struct style *style);

#endif
