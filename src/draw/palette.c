#include "deltaw/draw/palette.h"

#include <math.h>

/* Computed in OKLab: neighbours apart, also under deuteranopia. */
static const uint8_t light[] = {19,  25,  26,  33,  69,  111, 117, 189, 255,
                                223, 216, 209, 173, 166, 160, 124, 88};
static const uint8_t dark[] = {117, 75, 38, 31, 24, 18, 17, 232, 52, 88, 94, 130, 172, 208, 215};

static double clamp(double t)
{
    return t < -1 ? -1 : t > 1 ? 1 : t;
}

int palette_diverging(double t, const struct style *style)
{
    int half = style->dark ? 7 : 8;
    return (style->dark ? dark : light)[half + (int)lround(clamp(t) * half)];
}

int palette_curve(int i, const struct style *style)
{
    static const uint8_t on_dark[] = {214, 75, 35, 175, 220, 209, 250};
    static const uint8_t on_light[] = {166, 25, 29, 132, 136, 160, 240};
    static const uint8_t few[] = {3, 6, 2, 5, 1, 4, 7};
    if (style->colours == 0)
        return COLOUR_DEFAULT;
    if (style->colours < 256)
        return few[i % 7];
    return style->dark ? on_dark[i % 7] : on_light[i % 7];
}

int palette_negative(const struct style *style)
{
    return style->colours ? 4 : COLOUR_DEFAULT;
}

int palette_positive(const struct style *style)
{
    return style->colours ? 1 : COLOUR_DEFAULT;
}

uint32_t palette_glyph(double t, const struct style *style)
{
    /* Light blocks for plus, lines for minus: readable in black and white. */
    static const uint32_t plus[] = {0x2591, 0x2592, 0x2593, 0x2588};
    static const uint32_t minus[] = {'-', '=', 0x2261, 0x2263};
    static const char above[] = "ABCDEFGHI", below[] = "abcdefghi";
    double size = fabs(clamp(t));
    if (style->ascii) {
        int step = (int)ceil(size * 9 - .5);
        if (step <= 0)
            return '.';
        return t > 0 ? (uint32_t)above[step - 1] : (uint32_t)below[step - 1];
    }
    int step = (int)ceil(size * 4 - .25);
    if (step <= 0)
        return ' ';
    return style->colours || t > 0 ? plus[step - 1] : minus[step - 1];
}

uint32_t palette_no_data(const struct style *style)
{
    return style->ascii ? ' ' : 0xb7;
}
