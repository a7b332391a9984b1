#include "glyphs.h"

/* Braille dots of a cell, from the left to the right and down. */
static const uint8_t dots[] = {0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80};

#define UNICODE                                                                              \
    .vertical = 0x2502, .horizontal = 0x2500, .top_left = 0x250c, .top_right = 0x2510,       \
    .bottom_left = 0x2514, .bottom_right = 0x2518, .tick_left = 0x2524, .tick_down = 0x252c, \
    .zero = 0x2508, .mark = 0x250a, .cross = {0x253c, 0x2540, 0x2541}, .point = 0x25cf,      \
    .ellipsis = 0x2026, .no_data = 0xb7

static const struct glyphs sets[] = {
    {
        UNICODE,
        .stroke = {0x2824, 0x2824, 0x2804},
        .pixels_x = 2,
        .pixels_y = 4,
    },
    {
        UNICODE,
        .stroke = {0x2501, 0x2501, 0x2596},
        .pixels_x = 2,
        .pixels_y = 2,
        .blocks = {' ', 0x2598, 0x259d, 0x2580, 0x2596, 0x258c, 0x259e, 0x259b, 0x2597, 0x259a,
                   0x2590, 0x259c, 0x2584, 0x2599, 0x259f, 0x2588},
    },
    {
        .vertical = '|',
        .horizontal = '-',
        .top_left = '+',
        .top_right = '+',
        .bottom_left = '+',
        .bottom_right = '+',
        .tick_left = '+',
        .tick_down = '+',
        .zero = '.',
        .mark = ':',
        .cross = {'+', '+', '+'},
        .stroke = {'-', '-', '-'},
        .point = 'o',
        .ellipsis = '~',
        .no_data = ' ',
        .pixels_x = 1,
        .pixels_y = 1,
        .blocks = {' ', '*'},
    },
};

const struct glyphs *glyphs_for(const struct style *style)
{
    return &sets[style->ascii ? 2 : style->curves == CURVES_BRAILLE ? 0 : 1];
}

uint32_t glyphs_block(const struct glyphs *glyphs, unsigned bits)
{
    uint32_t glyph = 0x2800;
    if (glyphs->pixels_y < 4)
        return glyphs->blocks[bits];
    for (unsigned i = 0; i < 8; i++)
        glyph |= bits >> i & 1 ? dots[i] : 0;
    return glyph;
}

uint32_t glyphs_mark(int colour)
{
    static const char marks[] = "*o+x#@%&";
    return (uint32_t)marks[(unsigned)colour % 8];
}

uint32_t glyphs_line(int colour)
{
    static const char lines[] = "-~=_^,\"'";
    return (uint32_t)lines[(unsigned)colour % 8];
}
