/* The lines between header, tiles, transcript and footer. */
#include <stdlib.h>

#include "layout.h"

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

static uint32_t border_glyph(unsigned arms, bool ascii)
{
    static const uint32_t glyphs[16] = {
        ' ',    0x2502, 0x2502, 0x2502, 0x2500, 0x2518, 0x2510, 0x2524,
        0x2500, 0x2514, 0x250c, 0x251c, 0x2500, 0x2534, 0x252c, 0x253c,
    };
    if (!ascii)
        return glyphs[arms];
    if (!(arms & (UP | DOWN)))
        return '-';
    return arms & (LEFT | RIGHT) ? '+' : '|';
}

static void mark(unsigned char *arms, const struct canvas *canvas, int x, int y, unsigned bits)
{
    if (x >= 0 && y >= 0 && x < canvas->width && y < canvas->height)
        arms[y * canvas->width + x] |= bits;
}

static void mark_bar(unsigned char *arms, const struct canvas *canvas, struct rect bar)
{
    for (int x = bar.x; bar.height == 1 && x < bar.x + bar.width; x++)
        mark(arms, canvas, x, bar.y,
             (x > bar.x ? LEFT : 0) | (x < bar.x + bar.width - 1 ? RIGHT : 0));
    for (int y = bar.y; bar.width == 1 && y < bar.y + bar.height; y++)
        mark(arms, canvas, bar.x, y,
             (y > bar.y ? UP : 0) | (y < bar.y + bar.height - 1 ? DOWN : 0));
}

void layout_draw_borders(const struct placement *placement, struct canvas *canvas,
                         const struct style *style)
{
    size_t n = (size_t)canvas->width * (size_t)canvas->height;
    unsigned char *arms = calloc(n ? n : 1, 1);
    if (!arms)
        return;
    struct rect b = placement->box;
    mark_bar(arms, canvas, (struct rect){b.x, b.y, b.width, 1});
    mark_bar(arms, canvas, (struct rect){b.x, b.y + b.height - 1, b.width, 1});
    mark_bar(arms, canvas, (struct rect){b.x, b.y, 1, b.height});
    mark_bar(arms, canvas, (struct rect){b.x + b.width - 1, b.y, 1, b.height});
    for (int i = 0; i < placement->n_bars; i++)
        mark_bar(arms, canvas, placement->bar[i].at);
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            unsigned bits = arms[y * canvas->width + x];
            if (bits)
                canvas_put(canvas, x, y, border_glyph(bits, style->ascii), COLOUR_DEFAULT,
                           COLOUR_DEFAULT, style->colours ? CELL_DIM : 0);
        }
    free(arms);
}
