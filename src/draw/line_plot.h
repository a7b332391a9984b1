/* What the steps of drawing a line plot share, and the legend. */
#ifndef DRAW_LINE_PLOT_H
#define DRAW_LINE_PLOT_H

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
enum { Y_TICKS = 16, X_TICKS = 32 };
/* At most `most` ticks of y, up to `room` where that gives but one; *n of them.
 * Returns the step their labels go by, 0: each its own value (a log axis). */
double line_plot_y_ticks(const struct scale *scale, size_t most, size_t room, double tick[Y_TICKS],
                         size_t *n);

/* The cell of the body where a value of an axis is. */
int line_plot_x_cell(const struct frame *f, double value);
int line_plot_y_cell(const struct frame *f, double value);

/* Marks of points, or the bars of their intervals. */
void points_draw(const struct frame *f, const struct curve *c, bool bars);
/* A band, as dim bars: number `index` of `n`, whose bars stand side by side. */
void points_draw_band(const struct frame *f, const struct curve *c, int index, int n);

bool legend_wanted(const struct line_plot *plot);
/* Rows it takes in `width` cells, at most `most`. */
int legend_rows(const struct line_plot *plot, int width, int most);
/* Into lines of an area, from its upper left. */
void legend_draw(const struct frame *f, struct rect area);
/* A place in the body that covers no curve; false: there is none. */
bool legend_place(const struct frame *f, const struct raster *r, struct rect *place);

#endif
