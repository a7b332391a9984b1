/* A heat map on a page, and what stands beside it. */
#ifndef DRAW_FIGURE_HEAT_H
#define DRAW_FIGURE_HEAT_H

#include "figure_pen.h"
#include "heat_map.h"

enum { BAR = 6, BAR_APART = 9 }; /* units: the colour bar, and before it */

/* "" for none. */
const char *heat_title(const char *title, const char *label);
const char *heat_number(char out[64], double value, double step);
/* Of the colour bar with its labels and title. */
double heat_bar_width(const struct pen *pen, const struct heat_map *map, double height);
void heat_bar(const struct pen *pen, const struct heat_map *map, struct box box);
/* Hatches the clip, which is within the box. */
void heat_hatch(const struct pen *pen, struct box box);
/* Stripes of background over colours: their signs are unsettled. */
void heat_stripe(const struct pen *pen, struct box box);
/* Does the key for no data fit beside the x title, between the middle of a body of this
 * width and the right end of the margin? */
bool heat_missing_beside(const struct pen *pen, const struct heat_map *map, double width,
                         double right);
/* What cells are that are filled so: words that end at `right`, and a sample. */
void heat_tell(const struct pen *pen, double right, double y, const char *words,
               void (*fill)(const struct pen *pen, struct box box));

#endif
