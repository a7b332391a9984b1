#include "deltaw/draw/palette.h"

#include <math.h>

#include "glyphs.h"

/* Computed in OKLab: neighbours apart, also under deuteranopia. */
static const uint8_t light[] = {19,  25,  26,  33,  69,  111, 117, 189, 255,
                                223, 216, 209, 173, 166, 160, 124, 88};
static const uint8_t dark[] = {117, 75, 38, 31, 24, 18, 17, 232, 52, 88, 94, 130, 172, 208, 215};

static double clamp(double t)
{
    return t < -1 ? -1 : t > 1 ? 1 : t >= -1 ? t : 0;
}

int palette_steps(const struct style *style)
{
    return style->dark ? 7 : 8;
}

int palette_diverging(double t, const struct style *style)
{
    int half = palette_steps(style);
    return (style->dark ? dark : light)[half + (int)lround(clamp(t) * half)];
}

/* The first three are after Okabe and Ito (sky blue or blue, orange or vermilion,
 * green); the others stand furthest off, also for eyes without red or green. */
int palette_curve(int i, const struct style *style)
{
    static const uint8_t of_256[2][7] = {{25, 166, 36, 16, 132, 52, 105},
                                         {75, 214, 36, 231, 99, 227, 175}};
    static const uint8_t of_16[2][7] = {{4, 1, 2, 0, 5, 6, 8}, {14, 11, 10, 15, 13, 9, 12}};
    static const uint8_t of_8[2][7] = {{4, 1, 2, 0, 5, 6, 3}, {6, 3, 2, 7, 5, 1, 4}};
    unsigned at = (unsigned)i % 7;
    if (style->colours <= 0)
        return COLOUR_DEFAULT;
    if (style->colours < 16)
        return of_8[style->dark][at];
    return (style->colours < 256 ? of_16 : of_256)[style->dark][at];
}

/* Plain blue is hard to read on black: cyan stands for it where there are but 8. */
int palette_negative(const struct style *style)
{
    if (style->colours <= 0)
        return COLOUR_DEFAULT;
    if (!style->dark)
        return style->colours < 256 ? 4 : 25;
    return style->colours < 16 ? 6 : style->colours < 256 ? 12 : 75;
}

int palette_positive(const struct style *style)
{
    if (style->colours <= 0)
        return COLOUR_DEFAULT;
    if (!style->dark)
        return style->colours < 256 ? 1 : 160;
    return style->colours < 16 ? 1 : style->colours < 256 ? 9 : 208;
}

int palette_levels(const struct style *style)
{
    return style->ascii ? 9 : 4;
}

/* Zero is narrow, a sixteenth or an eighteenth of the limit, so that a small
 * value still shows its sign. */
uint32_t palette_glyph(double t, const struct style *style)
{
    /* Black and white: shades for plus, as many lines as steps for minus. */
    static const uint32_t plus[] = {0x2591, 0x2592, 0x2593, 0x2588};
    static const uint32_t minus[] = {'-', '=', 0x2261, 0x2263};
    double size = fabs(clamp(t));
    int n = palette_levels(style);
    int step = (int)ceil(size * n - (style->ascii ? .5 : .25));
    if (step <= 0)
        return style->ascii ? '.' : ' ';
    if (style->ascii)
        return (uint32_t)((t > 0 ? 'A' : 'a') + step - 1);
    return style->colours > 0 || t > 0 ? plus[step - 1] : minus[step - 1];
}

uint32_t palette_no_data(const struct style *style)
{
    return glyphs_for(style)->no_data;
}
