/* What both kinds of plots write on and beside their axes. */
#ifndef DRAW_AXIS_H
#define DRAW_AXIS_H

#include "deltaw/draw/canvas.h"

/* Three significant digits and no leading zero: ".04", "-.125", "1e-5". */
const char *short_label(char buf[40], double value);

/* A line of labels under an axis, none touching another. */
struct label_row {
    int x, y, width; /* the row's cells */
    bool *taken;     /* [width] */
};

void label_row_begin(struct label_row *row, int x, int y, int width);
/* Centred on cell `centre` (from row->x), moved in at the ends; false: no room. */
bool label_row_fits(const struct label_row *row, int centre, const char *text);
bool label_row_put(struct label_row *row, int centre, const char *text, struct canvas *canvas,
                   const struct style *style);
/* Cells free at the right end. */
int label_row_free(const struct label_row *row);
void label_row_end(struct label_row *row);

#endif
