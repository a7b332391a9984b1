/* Layouts of the full screen that have a name.  A picture is views joined by '|' or ','
 * (side by side) and '/' (one above another), each with a share of the width, and perhaps
 * the height, of what holds it: "loss:2|map:3/slice". */
#ifndef DELTAW_SHELL_LAYOUTS_H
#define DELTAW_SHELL_LAYOUTS_H

#include <stddef.h>

struct layout_named {
    const char *name, *text;
    const char *picture;
    const char *large; /* where the screen has room for it; NULL: the same */
};

enum { LAYOUT_LARGE_WIDTH = 110, LAYOUT_LARGE_HEIGHT = 34 };

const struct layout_named *layout_named_at(size_t i); /* NULL after the last */
const struct layout_named *layout_named_find(const char *name);
const char *layout_named_picture(const struct layout_named *named, int width, int height);

#endif
