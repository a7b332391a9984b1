/* Figures: the plots that a view draws, as vectors for print and slides.  A
 * canvas whose `figure` is set gives its plots to it instead of drawing cells;
 * figure_paint then makes a page of them through cairo, in any thread. */
#ifndef DELTAW_DRAW_FIGURE_H
#define DELTAW_DRAW_FIGURE_H

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/draw/plot.h"

struct figure_part {
    struct rect place;       /* on a canvas of figure.width x figure.height cells */
    struct line_plot *lines; /* one of these two */
    struct heat_map *heat;
};

/* {0} is an empty one.  Everything in it is a copy of its own. */
struct figure {
    char *title, *note, *caption; /* NULL or "": none; note: a line below, "right = 1" */
    int width, height;
    size_t n;
    struct figure_part *parts;
    size_t n_owned;
    void **owned;
};

void figure_add_lines(struct figure *figure, const struct line_plot *plot, struct rect place);
void figure_add_heat(struct figure *figure, const struct heat_map *map, struct rect place);
void figure_free(struct figure *figure);

/* FIGURE_DOTS: width and height as two ints, then red, green and blue of each dot. */
enum figure_kind { FIGURE_SVG, FIGURE_PDF, FIGURE_PNG, FIGURE_DOTS };

struct figure_look {
    double width, height; /* mm; NaN height: what suits the plots */
    double font;          /* points; lines and gaps go with it */
    double dpi;           /* PNG: dots an inch */
    const char *family;   /* of the font, "sans" */
    bool dark;            /* light on a dark page */
    const char *creator;  /* in a PDF */
};

/* The bytes of the file.  False without the library, for a page too small for
 * its plots, or too large for a PNG; err says so. */
bool figure_paint(const struct figure *figure, enum figure_kind kind,
                  const struct figure_look *look, struct strbuf *out, struct err *err);
/* "cairo 1.16.0"; NULL: built without. */
const char *figure_library(void);

#endif
