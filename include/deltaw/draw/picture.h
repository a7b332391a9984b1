/* True pictures in a terminal: a figure as bytes that draw it there. */
#ifndef DELTAW_DRAW_PICTURE_H
#define DELTAW_DRAW_PICTURE_H

#include "deltaw/draw/figure.h"

/* What a terminal takes: the graphics protocol of kitty, which is a PNG in base64, or the
 * sixels of DEC's VT340. */
enum picture_kind { PICTURE_NONE, PICTURE_KITTY, PICTURE_SIXEL };

/* As much as there is room for, in pixels; line: the height of a line of text. */
struct picture_room {
    enum picture_kind kind;
    int width, height, line;
};

/* False without what draws or encodes it: cairo for both, libsixel, which is looked for at
 * run time, for sixels; or for a room too small.  err says so. */
bool picture_encode(const struct figure *figure, const struct picture_room *room, bool dark,
                    struct strbuf *out, struct err *err);

#endif
