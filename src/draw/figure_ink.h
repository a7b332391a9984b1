/* A page of a figure while it is drawn: points (1/72 inch), y down. */
#ifndef DRAW_FIGURE_INK_H
#define DRAW_FIGURE_INK_H

#include <cairo.h>

#include "deltaw/draw/figure.h"

struct box {
    double x, y, width, height;
};

enum ink_tone { INK_TEXT, INK_FAINT, INK_GRID, INK_PAPER };

struct ink {
    cairo_t *cairo;
    double font; /* points */
    double unit; /* 1 at a font of 7 points: widths of lines, gaps */
    bool dark;
};

void ink_tone(const struct ink *ink, enum ink_tone tone);
void ink_line(const struct ink *ink, double x0, double y0, double x1, double y1, double width);
double ink_width(const struct ink *ink, const char *text);
/* `align` 0: x is where it begins, .5 the middle, 1 the end; y: its baseline. */
void ink_text(const struct ink *ink, double x, double y, double align, const char *text);
/* Upwards, centred on (x, y), x being the baseline. */
void ink_text_up(const struct ink *ink, double x, double y, const char *text);
/* Letters of what follows, as a share of ink->font: 1, or INK_SMALL at ticks. */
#define INK_SMALL .88
void ink_size(const struct ink *ink, double share);
void ink_bold(const struct ink *ink, const char *family, bool bold, double font);
/* A label of a tick as print has it: "0.5", and a true minus. */
const char *ink_number(char out[64], const char *label);
/* Lines of text of at most `width`, drawn from y on when `draw`; returns how
 * many lines. */
int ink_paragraph(const struct ink *ink, double x, double y, double width, double leading,
                  const char *text, bool draw);

/* What a plot needs around its body. */
struct margin {
    double left, right, top, bottom;
};

struct margin lines_margin(const struct ink *ink, const struct line_plot *plot, double width,
                           double height);
void lines_paint(const struct ink *ink, const struct line_plot *plot, struct box body,
                 const struct margin *margin);
/* Height of the body that suits the width of the whole. */
double heat_height(const struct ink *ink, const struct heat_map *map, double width);
struct margin heat_margin(const struct ink *ink, const struct heat_map *map, double width,
                          double height);
void heat_paint(const struct ink *ink, const struct heat_map *map, struct box body,
                const struct margin *margin);
/* A sentence in the middle of a box. */
void ink_notice(const struct ink *ink, struct box box, const char *text);

#endif
