/* The colours of maps and curves, as eyes without one kind of cone see them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "deltaw/draw/palette.h"
#include "tap.h"

enum { EYES = 3, CURVES = 7 };
static const char *const eye_names[EYES] = {"usual", "deuteranope", "protanope"};
/* For linear red, green and blue: Machado, Oliveira and Fernandes (2009), severity 1. */
static const double eyes[EYES][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{.367322, .860646, -.227968}, {.280085, .672501, .047413}, {-.011820, .042940, .968881}},
    {{.152286, 1.052583, -.204868}, {.114503, .786281, .099216}, {-.003882, -.048116, 1.051998}},
};

static double linear(double s)
{
    return s <= .04045 ? s / 12.92 : pow((s + .055) / 1.055, 2.4);
}

/* OKLab of what is seen. */
static void seen(int eye, const double rgb[3], double lab[3])
{
    static const double cones[3][3] = {{.4122214708, .5363325363, .0514459929},
                                       {.2119034982, .6806995451, .1073969566},
                                       {.0883024619, .2817188376, .6299787005}};
    static const double axes[3][3] = {{.2104542553, .7936177850, -.0040720468},
                                      {1.9779984951, -2.4285922050, .4505937099},
                                      {.0259040371, .7827717662, -.8086757660}};
    double light[3] = {0}, excited[3] = {0};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            light[i] += eyes[eye][i][k] * linear(rgb[k]);
        light[i] = fmax(0, fmin(1, light[i]));
    }
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            excited[i] += cones[i][k] * light[k];
    for (int i = 0; i < 3; i++) {
        lab[i] = 0;
        for (int k = 0; k < 3; k++)
            lab[i] += axes[i][k] * cbrt(excited[k]);
    }
}

/* CIELAB of what is seen, D65. */
static void seen_lab(int eye, const double rgb[3], double lab[3])
{
    static const double xyz[3][3] = {{.4124564, .3575761, .1804375},
                                     {.2126729, .7151522, .0721750},
                                     {.0193339, .1191920, .9503041}};
    static const double white[3] = {.95047, 1, 1.08883};
    double light[3] = {0}, f[3];
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            light[i] += eyes[eye][i][k] * linear(rgb[k]);
        light[i] = fmax(0, fmin(1, light[i]));
    }
    for (int i = 0; i < 3; i++) {
        double t = 0;
        for (int k = 0; k < 3; k++)
            t += xyz[i][k] * light[k] / white[i];
        f[i] = t > 216. / 24389 ? cbrt(t) : (24389. / 27 * t + 16) / 116;
    }
    lab[0] = 116 * f[1] - 16;
    lab[1] = 500 * (f[0] - f[1]);
    lab[2] = 200 * (f[1] - f[2]);
}

static double apart(const double a[3], const double b[3])
{
    return sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
}

static void seen_colour(int eye, int colour, double lab[3])
{
    double rgb[3];
    palette_rgb(colour, rgb);
    seen(eye, rgb, lab);
}

/* Colours of one kind against those of another: the least distance in CIELAB.  2.3 is just
 * noticed by the usual eye where two colours touch (Mahy, Van Eycken and Oosterlinck, 1994). */
enum { NOTICED = 23, TOLD = 50 }; /* tenths; TOLD: also where others are between */

static double lab_apart(int eye, int a, int b)
{
    double rgb[3], lab[2][3];
    palette_rgb(a, rgb);
    seen_lab(eye, rgb, lab[0]);
    palette_rgb(b, rgb);
    seen_lab(eye, rgb, lab[1]);
    return apart(lab[0], lab[1]);
}

static void test_steps(int eye, bool dark, int colours)
{
    struct style style = {.colours = colours, .dark = dark};
    int n = palette_steps(&style), none = palette_no_data(&style).background;
    int background = dark ? 16 : 231; /* of most dark and light terminals */
    double step = INFINITY, page = INFINITY, gap = INFINITY;
    for (int i = -n; i <= n; i++) {
        int colour = palette_diverging((double)i / n, &style);
        if (i > -n)
            step = fmin(step, lab_apart(eye, colour, palette_diverging((i - 1.) / n, &style)));
        /* the last few levels may come near the page on the other side of it */
        if (abs(i) <= n / 2) {
            page = fmin(page, lab_apart(eye, colour, background));
            gap = fmin(gap, lab_apart(eye, colour, none));
        }
    }
    const char *tone = dark ? "dark" : "light";
    tap_ok(10 * step > NOTICED, "%s, %s, %d levels a side: neighbours are %.1f apart or more",
           eye_names[eye], tone, n, step);
    tap_ok(10 * page > TOLD, "%s, %s, %d levels: zero and what is near it are no background: %.1f",
           eye_names[eye], tone, n, page);
    tap_ok(10 * gap > TOLD && 10 * lab_apart(eye, none, background) > TOLD,
           "%s, %s, %d levels: no data is neither: %.1f, %.1f", eye_names[eye], tone, n, gap,
           lab_apart(eye, none, background));
}

static void test_ladder(int eye, bool dark)
{
    struct style style = {.colours = 256, .dark = dark};
    double before[2][3], now[2][3], step = INFINITY, sides = INFINITY;
    int n = palette_steps(&style);
    for (int i = 0; i <= n; i++)
        for (int side = 0; side < 2; side++) {
            double t = (side ? 1. : -1.) * i / n, sign = dark ? 1 : -1;
            seen_colour(eye, palette_diverging(t, &style), now[side]);
            if (i > 0)
                step = fmin(step, sign * (now[side][0] - before[side][0]));
            for (int c = 0; c < 3; c++)
                before[side][c] = now[side][c];
            if (i > 0 && side)
                sides = fmin(sides, apart(now[0], now[1]));
        }
    tap_ok(step > .009, "%s, %s: lightness grows with size, by %.3f or more", eye_names[eye],
           dark ? "dark" : "light", step);
    tap_ok(sides > .1, "%s, %s: plus and minus are apart, by %.2f or more", eye_names[eye],
           dark ? "dark" : "light", sides);
}

static void test_fine(int eye, bool dark)
{
    double before[3] = {0}, now[3], rgb[3], other[3], opposite[3];
    bool monotone = true, two = true;
    for (int side = -1; side <= 1; side += 2)
        for (int i = 0; i <= 100; i++) {
            palette_diverging_rgb(side * i / 100., dark, rgb);
            seen(eye, rgb, now);
            monotone = monotone && (i == 0 || (dark ? now[0] > before[0] : now[0] < before[0]));
            for (int c = 0; c < 3; c++)
                before[c] = now[c];
            palette_diverging_rgb(-side * i / 100., dark, other);
            seen(eye, other, opposite);
            two = two && (i < 20 || apart(now, opposite) > .08);
        }
    tap_ok(monotone, "%s, %s: the ladder without steps is monotone too", eye_names[eye],
           dark ? "dark" : "light");
    tap_ok(two, "%s, %s: and has two sides from a fifth on", eye_names[eye],
           dark ? "dark" : "light");
}

static void test_curves(int eye, bool dark)
{
    struct style style = {.colours = 256, .dark = dark};
    double lab[CURVES][3], background[3], least = INFINITY, contrast = INFINITY;
    seen_colour(eye, dark ? 232 : 255, background);
    for (int i = 0; i < CURVES; i++) {
        seen_colour(eye, palette_curve(i, &style), lab[i]);
        contrast = fmin(contrast, fabs(lab[i][0] - background[0]));
        for (int k = 0; k < i; k++)
            least = fmin(least, apart(lab[i], lab[k]));
    }
    tap_ok(least > .1, "%s, %s: curves are apart, by %.2f or more", eye_names[eye],
           dark ? "dark" : "light", least);
    tap_ok(contrast > .2, "%s, %s: and stand out, by %.2f or more", eye_names[eye],
           dark ? "dark" : "light", contrast);
}

static void test_grey(bool dark)
{
    double rgb[3];
    palette_rgb(palette_curve(6, &(struct style){.colours = 256, .dark = dark}), rgb);
    tap_ok(rgb[0] == rgb[1] && rgb[1] == rgb[2], "%s: what explains is grey",
           dark ? "dark" : "light");
}

/* Direct colours: the ladder without steps at 49 points, also in what is emitted. */
static void test_direct(bool dark)
{
    struct style style = {.colours = COLOURS_DIRECT, .dark = dark};
    int n = palette_steps(&style);
    double worst = 0;
    for (int i = -n; i <= n; i++) {
        double want[3], got[3];
        palette_diverging_rgb((double)i / n, dark, want);
        palette_rgb(palette_diverging((double)i / n, &style), got);
        for (int c = 0; c < 3; c++)
            worst = fmax(worst, fabs(want[c] - got[c]) * 255);
    }
    tap_ok(n == 24 && worst <= .51,
           "%s: direct colours are those of the ladder without steps "
           "(%.2f of 255)",
           dark ? "dark" : "light", worst);
    struct canvas canvas;
    struct strbuf text = {0};
    int colour = palette_diverging(1, &style);
    char want[64];
    canvas_init(&canvas, 2, 1);
    canvas_put(&canvas, 0, 0, 'x', colour, palette_curve(0, &style), 0);
    canvas_emit(&canvas, &style, &text);
    snprintf(want, sizeof want, "\033[38;2;%d;%d;%d;48;5;%dmx", colour >> 16 & 255,
             colour >> 8 & 255, colour & 255, palette_curve(0, &style));
    tap_ok(strncmp(strbuf_text(&text), want, strlen(want)) == 0,
           "they are emitted as red, green and blue beside colours of the palette");
    strbuf_free(&text);
    canvas_free(&canvas);
}

int main(void)
{
    for (int dark = 0; dark < 2; dark++) {
        test_grey(dark);
        test_direct(dark);
        for (int eye = 0; eye < EYES; eye++) {
            test_ladder(eye, dark);
            test_fine(eye, dark);
            test_curves(eye, dark);
            test_steps(eye, dark, 256);
            test_steps(eye, dark, COLOURS_DIRECT);
        }
    }
    return tap_done();
}
