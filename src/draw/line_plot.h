/* What the steps of drawing a line plot share, and the legend. */
#ifndef DRAW_LINE_PLOT_H
#define DRAW_LINE_PLOT_H

#include "axis.h"
#include "glyphs.h"
#include "raster.h"

struct frame {
    const struct line_plot *plot;
    const struct style *style;
    const struct glyphs *glyphs;
    struct canvas *canvas;
    struct rect area, head, body; /* head: lines above the body, of any number */
    struct scale scale;
    bool axes, labels;
    bool marked; /* curves carry marks, because colour cannot tell them */
    bool points; /* some are points: then only those do */
};

/* Ranges of the axes; false: there is nothing to draw. */
bool line_plot_ranges(const struct line_plot *plot, struct scale *scale);
/* At most `most` ticks of y, up to `room` where that gives but one. */
struct ticks line_axes_y_ticks(const struct scale *scale, size_t most, size_t room);
struct ticks line_axes_ticks(const struct frame *f); /* of y, as many as there is room for */
/* The cell of the body where a value of an axis is. */
int line_axes_row(const struct frame *f, double tick);
int line_axes_column(const struct frame *f, double tick);
void line_axes_draw_y(const struct frame *f);
void line_axes_draw_x(const struct frame *f);
void line_axes_draw_guides(const struct frame *f); /* zero, levels and marks */

bool legend_wanted(const struct line_plot *plot);
/* Rows it takes in `width` cells, at most `most`. */
int legend_rows(const struct line_plot *plot, int width, int most);
/* Into lines of an area, from its upper left. */
void legend_draw(const struct frame *f, struct rect area);
/* A place in the body that covers no curve; false: there is none. */
bool legend_place(const struct frame *f, const struct raster *r, struct rect *place);

#endif
