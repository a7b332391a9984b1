#include "deltaw/draw/palette.h"

#include <math.h>

#include "glyphs.h"

enum { HALF = 8, HALF_DIRECT = 24 }; /* colours on each side of zero */

/* Zero is a grey that neither a black nor a white terminal has behind its text; from there
 * lightness goes one way, so that size is seen without hue, and hue tells the sign, also to
 * eyes with two kinds of cones. */
static const uint8_t ladder[2][2 * HALF + 1] = {
    {17, 19, 25, 26, 68, 74, 111, 117, 253, 216, 209, 202, 166, 160, 124, 88, 52},
    {159, 117, 75, 74, 68, 31, 25, 24, 239, 94, 130, 166, 172, 208, 214, 222, 228},
};

/* palette_diverging_rgb at 49 points, for terminals with direct colours: a frame has too
 * many cells to compute each. */
static const uint32_t direct[2][2 * HALF_DIRECT + 1] = {
    {0x08146e, 0x0a1f78, 0x0d2a82, 0x11338b, 0x163d95, 0x1b479f, 0x2051aa, 0x265ab4, 0x2c64be,
     0x376dc3, 0x4177c7, 0x4b80cc, 0x5689d1, 0x6092d5, 0x6b9cd9, 0x75a5de, 0x80aee2, 0x8cb4e2,
     0x97bae1, 0xa3c0e1, 0xaec5e0, 0xbacbdf, 0xc5d1de, 0xd1d6dd, 0xdcdcdc, 0xdfd5cf, 0xe2cdc3,
     0xe4c5b6, 0xe6bea9, 0xe8b69c, 0xeaae8f, 0xeba682, 0xec9e74, 0xe8946b, 0xe48a61, 0xe08057,
     0xdb754e, 0xd76b44, 0xd2603a, 0xcd552f, 0xc84a24, 0xbc4221, 0xaf3a1e, 0xa3321c, 0x972a19,
     0x8c2216, 0x801913, 0x741011, 0x69060e},
    {0xc4f0ff, 0xb8e9fd, 0xabe1fb, 0x9edaf8, 0x92d2f6, 0x85cbf4, 0x78c3f1, 0x6abcef, 0x5cb4ec,
     0x55ace6, 0x4da4df, 0x469cd9, 0x3e95d3, 0x378dcd, 0x2f85c6, 0x277ec0, 0x1e76ba, 0x2b71ac,
     0x346d9e, 0x3a6891, 0x406383, 0x445e76, 0x485969, 0x4b535b, 0x4e4e4e, 0x5a504b, 0x655347,
     0x705543, 0x7b573e, 0x875838, 0x925a32, 0x9d5b29, 0xa85c1e, 0xb06320, 0xb96923, 0xc17025,
     0xca7728, 0xd27d2a, 0xdb842d, 0xe38b2f, 0xec9232, 0xef9d44, 0xf2a954, 0xf5b463, 0xf7bf72,
     0xfacb80, 0xfcd68d, 0xfde19b, 0xffeca8},
};

static double clamp(double t)
{
    return t < -1 ? -1 : t > 1 ? 1 : t >= -1 ? t : 0;
}

int palette_steps(const struct style *style)
{
    return style->colours >= COLOURS_DIRECT ? HALF_DIRECT : HALF;
}

int palette_diverging(double t, const struct style *style)
{
    int half = palette_steps(style);
    if (style->colours >= COLOURS_DIRECT)
        return COLOUR_RGB | (int)direct[style->dark][half + (int)lround(clamp(t) * half)];
    return ladder[style->dark][half + (int)lround(clamp(t) * half)];
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
     {44, 100, 190},
     {128, 174, 226},
     {220, 220, 220},
     {236, 158, 116},
     {200, 74, 36},
     {105, 6, 14}},
    {{196, 240, 255},
     {92, 180, 236},
     {30, 118, 186},
     {78, 78, 78},
     {168, 92, 30},
     {236, 146, 50},
     {255, 236, 168}},
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
        return style->ascii ? '.' : style->colours > 0 ? '0' : ' ';
    if (style->ascii)
        return (uint32_t)((t > 0 ? 'A' : 'a') + step - 1);
    return style->colours > 0 || t > 0 ? plus[step - 1] : minus[step - 1];
}

struct cell palette_no_data(const struct style *style)
{
    static const int tones[2] = {255, 234}, foregrounds[2] = {244, 246};
    struct cell cell = {glyphs_for(style)->no_data, COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
    if (style->colours >= 256 && !style->ascii) {
        cell.foreground = foregrounds[style->dark];
        cell.background = tones[style->dark];
    }
    return cell;
}
