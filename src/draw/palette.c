#include "deltaw/draw/palette.h"

#include <math.h>

#include "glyphs.h"

/* Computed in OKLab: neighbours apart, also under deuteranopia. */
static const uint8_t light[] = {19,  25,  26,  33,  69,  111, 117, 189, 255,
                                223, 216, 209, 173, 166, 160, 124, 88};
static const uint8_t dark[] = {117, 75, 38, 31, 24, 18, 17, 232, 52, 88, 94, 130, 172, 208, 215};

/* palette_diverging_rgb at 33 points, for terminals with direct colours: a frame has too
 * many cells to compute each. */
static const uint32_t direct[2][33] = {
    {0x08146e, 0x09247d, 0x0d338b, 0x12419a, 0x1850aa, 0x1f5eb9, 0x2e6ec3, 0x407ecb, 0x528ed2,
     0x659ed9, 0x77aee0, 0x8abde5, 0x9fc7e8, 0xb4d2ea, 0xc8dced, 0xdde7ef, 0xf1f1f1, 0xf3e6de,
     0xf5dbcc, 0xf6d0b9, 0xf7c4a6, 0xf8b993, 0xf4a881, 0xed956e, 0xe5825b, 0xdd6e48, 0xd55933,
     0xc84623, 0xb43a1e, 0xa12e1a, 0x8e2216, 0x7b1512, 0x69060e},
    {0x96daff, 0x86cdf9, 0x75c0f3, 0x65b4ed, 0x54a7e7, 0x429ae0, 0x388ed6, 0x3281c9, 0x2c74bd,
     0x2768b0, 0x215ca4, 0x1e5093, 0x1f4478, 0x1e385e, 0x1c2d46, 0x1a212e, 0x161618, 0x2c1c1b,
     0x42221e, 0x592720, 0x712a22, 0x8a2d22, 0x9c3624, 0xaa4326, 0xb84f28, 0xc75b2a, 0xd6682b,
     0xe27631, 0xe98740, 0xef974e, 0xf5a75b, 0xfab869, 0xffc876},
};

static double clamp(double t)
{
    return t < -1 ? -1 : t > 1 ? 1 : t >= -1 ? t : 0;
}

int palette_steps(const struct style *style)
{
    return style->colours >= COLOURS_DIRECT ? 16 : style->dark ? 7 : 8;
}

int palette_diverging(double t, const struct style *style)
{
    int half = palette_steps(style);
    if (style->colours >= COLOURS_DIRECT)
        return COLOUR_RGB | (int)direct[style->dark][half + (int)lround(clamp(t) * half)];
    return (style->dark ? dark : light)[half + (int)lround(clamp(t) * half)];
}

/* The first three are after Okabe and Ito (sky blue or blue, orange or vermilion, green);
 * the others stand furthest off, also for eyes without red or green.  The last is grey, for
 * the key to strokes and for what is only there to compare with. */
int palette_curve(int i, const struct style *style)
{
    static const uint8_t of_256[2][7] = {{25, 166, 36, 16, 99, 52, 241},
                                         {75, 214, 36, 231, 99, 227, 242}};
    static const uint8_t of_16[2][7] = {{4, 1, 2, 0, 5, 6, 8}, {14, 11, 10, 15, 13, 9, 7}};
    static const uint8_t of_8[2][7] = {{4, 1, 2, 0, 5, 6, 3}, {6, 3, 2, 7, 5, 1, 4}};
    unsigned at = (unsigned)i % 7;
    if (style->colours <= 0)
        return COLOUR_DEFAULT;
    if (style->colours < 16)
        return of_8[style->dark][at];
    return (style->colours < 256 ? of_16 : of_256)[style->dark][at];
}

static int by_depth(const int colours[3], const struct style *style)
{
    int depth = (style->colours >= 16) + (style->colours >= 256);
    return style->colours <= 0 ? COLOUR_DEFAULT : colours[depth];
}

/* Plain blue is hard to read on black: where there are only 8 colours, cyan replaces it. */
int palette_negative(const struct style *style)
{
    static const int of[2][3] = {{4, 4, 25}, {6, 12, 75}};
    return by_depth(of[style->dark], style);
}

int palette_positive(const struct style *style)
{
    static const int of[2][3] = {{1, 1, 160}, {1, 9, 208}};
    return by_depth(of[style->dark], style);
}

void palette_rgb(int colour, double rgb[3])
{
    static const uint8_t basic[16][3] = {
        {0, 0, 0},     {205, 0, 0},     {0, 205, 0},     {205, 205, 0},  {0, 0, 238}, {205, 0, 205},
        {0, 205, 205}, {229, 229, 229}, {127, 127, 127}, {255, 0, 0},    {0, 255, 0}, {255, 255, 0},
        {92, 92, 255}, {255, 0, 255},   {0, 255, 255},   {255, 255, 255}};
    for (int c = 0; c < 3 && colour >= COLOUR_RGB; c++)
        rgb[c] = (colour >> (16 - 8 * c) & 255) / 255.;
    if (colour >= COLOUR_RGB)
        return;
    int i = colour < 0 ? 0 : colour & 255, cube = i - 16;
    int level[3] = {cube / 36, cube / 6 % 6, cube % 6};
    for (int c = 0; c < 3; c++)
        rgb[c] = (i < 16    ? basic[i][c]
                  : i < 232 ? (level[c] ? 55 + 40 * level[c] : 0)
                            : 8 + 10 * (i - 232)) /
                 255.;
}

/* Between these lightness in OKLab is even; the hues are the ladder's. */
static const uint8_t fine[2][7][3] = {
    {{8, 20, 110},
     {33, 99, 190},
     {131, 185, 228},
     {241, 241, 241},
     {248, 181, 141},
     {207, 74, 36},
     {105, 6, 14}},
    {{150, 218, 255},
     {60, 150, 222},
     {30, 84, 156},
     {22, 22, 24},
     {146, 46, 34},
     {224, 112, 44},
     {255, 200, 118}},
};

static double linear(double s)
{
    return s <= .04045 ? s / 12.92 : pow((s + .055) / 1.055, 2.4);
}

static double encoded(double l)
{
    l = fmax(0, fmin(1, l));
    return l <= .0031308 ? 12.92 * l : 1.055 * pow(l, 1 / 2.4) - .055;
}

/* OKLab (B. Ottosson, 2020). */
static void to_oklab(const uint8_t rgb[3], double lab[3])
{
    double r = linear(rgb[0] / 255.), g = linear(rgb[1] / 255.), b = linear(rgb[2] / 255.);
    double l = cbrt(.4122214708 * r + .5363325363 * g + .0514459929 * b);
    double m = cbrt(.2119034982 * r + .6806995451 * g + .1073969566 * b);
    double s = cbrt(.0883024619 * r + .2817188376 * g + .6299787005 * b);
    lab[0] = .2104542553 * l + .7936177850 * m - .0040720468 * s;
    lab[1] = 1.9779984951 * l - 2.4285922050 * m + .4505937099 * s;
    lab[2] = .0259040371 * l + .7827717662 * m - .8086757660 * s;
}

static void from_oklab(const double lab[3], double rgb[3])
{
    double l = pow(lab[0] + .3963377774 * lab[1] + .2158037573 * lab[2], 3);
    double m = pow(lab[0] - .1055613458 * lab[1] - .0638541728 * lab[2], 3);
    double s = pow(lab[0] - .0894841775 * lab[1] - 1.2914855480 * lab[2], 3);
    rgb[0] = encoded(4.0767416621 * l - 3.3077115913 * m + .2309699292 * s);
    rgb[1] = encoded(-1.2684380046 * l + 2.6097574011 * m - .3413193965 * s);
    rgb[2] = encoded(-.0041960863 * l - .7034186147 * m + 1.7076147010 * s);
}

void palette_diverging_rgb(double t, bool is_dark, double rgb[3])
{
    double at = (clamp(t) + 1) * 3, low[3], high[3];
    int step = at < 5 ? (int)at : 5;
    to_oklab(fine[is_dark][step], low);
    to_oklab(fine[is_dark][step + 1], high);
    for (int c = 0; c < 3; c++)
        low[c] += (at - step) * (high[c] - low[c]);
    from_oklab(low, rgb);
}

/* The last is the key to strokes; on a page grey suits it best. */
void palette_curve_rgb(int i, bool is_dark, double rgb[3])
{
    if ((unsigned)i % 7 == 6)
        rgb[0] = rgb[1] = rgb[2] = is_dark ? .65 : .45;
    else
        palette_rgb(palette_curve(i, &(struct style){.colours = 256, .dark = is_dark}), rgb);
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
