/* Layouts of the full screen that have a name.  A picture is views joined by '|' or ','
 * (side by side) and '/' (one above another), each with a share of the width, and perhaps
 * the height, of what holds it: "loss:2|map:3/slice". */
#ifndef DELTAW_SHELL_LAYOUTS_H
#define DELTAW_SHELL_LAYOUTS_H

#include <stddef.h>

#include "deltaw/base/err.h"

struct layout_named {
    const char *name, *text;
    const char *picture;
    const char *large; /* where the screen has room for it; NULL: the same */
};

enum { LAYOUT_LARGE_WIDTH = 110, LAYOUT_LARGE_HEIGHT = 34, LAYOUT_NAME = 24, LAYOUT_SHARE = 999 };

/* "loss", "loss:2" or "loss:2x3" of a picture. */
struct layout_tile {
    char view[LAYOUT_NAME];
    int wide, high; /* shares; 0: not given */
};

/* From n bytes; picture: the whole, for the error. */
bool layout_tile_read(const char *text, size_t n, const char *picture, struct layout_tile *out,
                      struct err *err);

const struct layout_named *layout_named_at(size_t i); /* NULL after the last */
const struct layout_named *layout_named_find(const char *name);
const char *layout_named_picture(const struct layout_named *named, int width, int height);

#endif
