/* A page of a figure while it is drawn: points (1/72 inch), y down. */
#ifndef DRAW_FIGURE_PEN_H
#define DRAW_FIGURE_PEN_H

#include "deltaw/draw/figure.h"
#include "figure_cairo.h"

struct box {
    double x, y, width, height;
};

enum pen_tone { PEN_TEXT, PEN_FAINT, PEN_GRID, PEN_BACKGROUND };

struct pen {
    const struct cairo_library *lib;
    cairo_t *cairo;
    double font; /* points */
    double unit; /* 1 at a font of 7 points: widths of lines, gaps */
    bool dark;
};

void pen_tone(const struct pen *pen, enum pen_tone tone);
void pen_line(const struct pen *pen, double x0, double y0, double x1, double y1, double width);
double pen_width(const struct pen *pen, const char *text);
/* `align` 0: x is where it begins, .5 the middle, 1 the end; y: its baseline. */
void pen_text(const struct pen *pen, double x, double y, double align, const char *text);
/* Upwards, centred on (x, y), x being the baseline. */
void pen_text_up(const struct pen *pen, double x, double y, const char *text);
/* Letters of what follows, as a share of pen->font: 1, or PEN_SMALL at ticks. */
#define PEN_SMALL .88
void pen_size(const struct pen *pen, double share);
void pen_bold(const struct pen *pen, const char *family, bool bold, double font);
/* A tick of the left or the lower edge of a body, and its label. */
void pen_tick_left(const struct pen *pen, struct box body, double y, const char *label);
void pen_tick_down(const struct pen *pen, struct box body, double x, const char *label);
/* A label of a tick as print has it: "0.5", and a true minus. */
const char *pen_number(char out[64], const char *label);
/* Lines of text of at most `width`, drawn from y on when `draw`; returns how
 * many lines. */
int pen_paragraph(const struct pen *pen, double x, double y, double width, double leading,
                  const char *text, bool draw);

/* What a plot needs around its body. */
struct margin {
    double left, right, top, bottom;
};

/* The title of an axis, else its label, else "". */
const char *pen_title(const char *title, const char *label);
/* Titles of x, below the labels of ticks, and of y; returns the baseline of that of x. */
double pen_titles(const struct pen *pen, struct box body, const struct margin *margin,
                  const char *x, const char *y);

struct margin figure_lines_margin(const struct pen *pen, const struct line_plot *plot, double width,
                                  double height);
void figure_lines_paint(const struct pen *pen, const struct line_plot *plot, struct box body,
                        const struct margin *margin);
/* Height of the body that suits the width of the whole. */
double figure_heat_height(const struct pen *pen, const struct heat_map *map, double width);
struct margin figure_heat_margin(const struct pen *pen, const struct heat_map *map, double width,
                                 double height);
void figure_heat_paint(const struct pen *pen, const struct heat_map *map, struct box body,
                       const struct margin *margin);
/* A sentence in the middle of a box. */
void pen_notice(const struct pen *pen, struct box box, const char *text);

#endif
