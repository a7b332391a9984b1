/* What both kinds of plots write on and beside their axes. */
#ifndef DRAW_AXIS_H
#define DRAW_AXIS_H

#include "deltaw/draw/canvas.h"

/* Ticks of an axis, and what their labels go by: the step between them, or each its own value
 * (a log axis). */
enum { TICKS_MOST = 32 };
struct ticks {
    size_t n;
    double at[TICKS_MOST];
    bool each;
};
struct ticks ticks_within(double lo, double hi, size_t most);
const char *ticks_label(const struct ticks *ticks, size_t i, char text[40]);

/* Three significant digits and no leading zero: ".04", "-.125", "1e-5". */
const char *axis_short_label(char buf[40], double value);

/* A line of labels under an axis, none touching another. */
struct label_row {
    struct canvas *canvas;
    const struct style *style;
    int x, y, width; /* the row's cells */
    bool *taken;     /* [width] */
};

void label_row_begin(struct label_row *row, struct canvas *canvas, const struct style *style, int x,
                     int y, int width);
/* Centred on cell `centre` (from row->x), moved in at the ends; false: no room. */
bool label_row_fits(const struct label_row *row, int centre, const char *text);
bool label_row_put(struct label_row *row, int centre, const char *text);
/* Cells free at the right end. */
int label_row_free(const struct label_row *row);
void label_row_end(struct label_row *row);

#endif
