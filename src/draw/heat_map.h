/* A heat map between its steps. */
#ifndef DRAW_HEAT_MAP_H
#define DRAW_HEAT_MAP_H

#include "deltaw/draw/plot.h"
#include "glyphs.h"

/* Where things stand in an area. */
struct heat_layout {
    struct rect area;
    struct rect body;       /* cells of the first panel */
    int pitch;              /* from one panel to the next */
    int first, shown;       /* panels */
    bool axes, titles, legend;
    int columns, rows;      /* pixels a panel is painted with */
    int pixels;             /* rows of pixels a cell */
};

/* Two true colours a cell. */
bool heat_fine(const struct style *style);

/* Cells the labels of y take. */
int heat_y_width(const struct heat_map *m, const struct heat_layout *l);
/* Labels on the axes, once all panels are painted. */
void heat_y_axis(const struct heat_map *m, const struct heat_layout *l, struct canvas *canvas,
                 const struct style *style);
void heat_x_axis(const struct heat_map *m, const struct heat_layout *l, int panel,
                 struct canvas *canvas, const struct style *style);

/* Cells the legend takes in `room`, 0: it does not fit. */
int heat_legend_width(double limit, int room, const struct style *style);

#endif
