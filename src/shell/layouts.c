#include "deltaw/shell/layouts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct layout_named layouts[] = {
    /* 5 to 8: on 80 columns eleven contrasts get two cells each */
    {"default", "curve and map of a fit", "loss:5|map:8", "loss:2|map:3/slice:2|accuracy:3"},
    {"overview", "all views of a fit", "loss|map/slice|weights/accuracy|psychometric",
     "loss|map|slice/weights|accuracy|psychometric"},
    {"teaching", "the rule, large", "map:3|slice:2", "map:3x2|slice:2/weights"},
    {"data", "animals before a fit", "accuracy:3|psychometric:2",
     "accuracy:3|psychometric:2/weights"},
};

const struct layout_named *layout_named_at(size_t i)
{
    return i < sizeof layouts / sizeof layouts[0] ? &layouts[i] : NULL;
}

const struct layout_named *layout_named_find(const char *name)
{
    for (size_t i = 0; layout_named_at(i); i++)
        if (strcmp(layouts[i].name, name) == 0)
            return &layouts[i];
    return NULL;
}

const char *layout_named_picture(const struct layout_named *named, int width, int height)
{
    bool large = width >= LAYOUT_LARGE_WIDTH && height >= LAYOUT_LARGE_HEIGHT;
    return large && named->large ? named->large : named->picture;
}

bool layout_tile_read(const char *text, size_t n, const char *picture, struct layout_tile *out,
                      struct err *err)
{
    size_t name = strcspn(text, ":|,/");
    char share[LAYOUT_NAME] = "";
    int used = 0, got = 0;
    *out = (struct layout_tile){0};
    if (name == 0 || name >= LAYOUT_NAME || n - name >= sizeof share)
        return err_set(err, ERR_USAGE,
                       "layout '%s': name a view between | and /, as in loss|map or loss/map",
                       picture);
    snprintf(out->view, sizeof out->view, "%.*s", (int)name, text);
    snprintf(share, sizeof share, "%.*s", (int)(n - name), text + name);
    if (share[0])
        got = sscanf(share, ":%3d%nx%3d%n", &out->wide, &used, &out->high, &used);
    if (share[0] && (got < 1 || share[used] || out->wide < 1 || (got == 2 && out->high < 1)))
        return err_set(err, ERR_USAGE,
                       "layout '%s': after ':' comes a share of the width, 1 to %d, as in "
                       "loss:2|map:3, or WIDTHxHEIGHT",
                       picture, LAYOUT_SHARE);
    return true;
}
