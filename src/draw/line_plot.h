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
struct ticks line_plot_y_ticks(const struct scale *scale, size_t most, size_t room);

bool legend_wanted(const struct line_plot *plot);
/* Rows it takes in `width` cells, at most `most`. */
int legend_rows(const struct line_plot *plot, int width, int most);
/* Into lines of an area, from its upper left. */
void legend_draw(const struct frame *f, struct rect area);
/* A place in the body that covers no curve; false: there is none. */
bool legend_place(const struct frame *f, const struct raster *r, struct rect *place);

#endif
