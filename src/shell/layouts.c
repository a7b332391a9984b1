#include "deltaw/shell/layouts.h"

#include <stdbool.h>
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
