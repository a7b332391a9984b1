/* Plots: ticks and labels, colours, any size of area, and pictures against golden files. */
#include <limits.h>

#include "plot_scenes.h"

static void test_ticks(void)
{
    static const struct {
        double lo, hi;
        size_t most, n;
        double first, last;
    } cases[] = {
        {0, 1, 5, 3, 0, 1},       {0, 1, 6, 6, 0, 1},       {-1, 1, 5, 5, -1, 1},
        {0, 1000, 5, 3, 0, 1000}, {.49, .71, 5, 5, .5, .7}, {-.004, .021, 6, 5, 0, .020},
        {3, 3, 5, 0, 0, 0},       {5, 2, 5, 0, 0, 0},       {0, INFINITY, 5, 0, 0, 0},
        {NAN, 1, 5, 0, 0, 0},     {0, 1, 0, 0, 0, 0},       {1e-12, 9e-12, 4, 4, 2e-12, 8e-12},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double tick[16] = {0};
        size_t n = ticks_linear(cases[i].lo, cases[i].hi, cases[i].most, tick);
        bool good = n <= cases[i].most && (n == 0) == (cases[i].n == 0);
        if (n > 0 && cases[i].n == n && cases[i].last != 0)
            good = good && fabs(tick[0] - cases[i].first) <= 1e-9 * fabs(cases[i].last) &&
                   fabs(tick[n - 1] - cases[i].last) <= 1e-9 * fabs(cases[i].last);
        tap_ok(good && n == cases[i].n, "ticks from %g to %g, at most %zu: %zu, %g to %g",
               cases[i].lo, cases[i].hi, cases[i].most, n, n ? tick[0] : 0, n ? tick[n - 1] : 0);
    }
    bool ladder = true;
    for (double hi = 1e-6; hi < 1e9; hi *= 1.37) {
        double tick[9];
        size_t n = ticks_linear(-hi / 3, hi, 9, tick);
        double step = n > 1 ? tick[1] - tick[0] : 0;
        double lead = step / pow(10, floor(log10(step) + 1e-9));
        ladder = ladder && n >= 3 && n <= 9 && tick[0] >= -hi / 3 * 1.001 &&
                 tick[n - 1] <= hi * 1.001 &&
                 (fabs(lead - 1) < 1e-6 || fabs(lead - 2) < 1e-6 || fabs(lead - 5) < 1e-6);
    }
    tap_ok(ladder, "steps are 1, 2 or 5, ticks within the range, three at least");
}

static void test_labels(void)
{
    static const struct {
        double value, step;
        const char *text;
    } cases[] = {
        {.5, .05, ".50"},     {0, .05, "0"},        {-0., .1, "0"},
        {-.25, .05, "-.25"},  {1, .5, "1.0"},       {-1e-17, .1, "0"},
        {1000, 500, "1000"},  {.005, .005, ".005"}, {2, 1, "2"},
        {-2, 1, "-2"},        {1e7, 1e6, "1e7"},    {12500000, 500000, "1.25e7"},
        {2e-9, 1e-9, "2e-9"}, {.125, .125, ".125"},
    };
    char text[40];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_is_text(tick_label(text, cases[i].value, cases[i].step), cases[i].text,
                    "label of %g by %g", cases[i].value, cases[i].step);
}

/* Luminance of an xterm colour. */
static double light_of(int colour)
{
    static const double level[] = {0, 95, 135, 175, 215, 255};
    double rgb[3], weight[] = {.2126, .7152, .0722}, sum = 0;
    for (int i = 0; i < 3; i++)
        rgb[i] = colour >= 232 ? 8 + 10. * (colour - 232)
                               : level[(colour - 16) /
                                       (i == 0   ? 36
                                        : i == 1 ? 6
                                                 : 1) %
                                       6];
    for (int i = 0; i < 3; i++)
        sum += weight[i] * pow(rgb[i] / 255, 2.2);
    return sum;
}

static void test_ladder(const struct style *style)
{
    int n = palette_steps(style);
    bool monotone = true;
    for (int side = -1; side <= 1; side += 2)
        for (int i = 1; i <= n; i++) {
            double in = light_of(palette_diverging((double)side * (i - 1) / n, style));
            double out = light_of(palette_diverging((double)side * i / n, style));
            monotone = monotone && (style->dark ? out > in : out < in);
        }
    tap_ok(monotone, "%s ladder: lightness is monotone on each side",
           style->dark ? "dark" : "light");
    tap_ok(palette_diverging(-7, style) == palette_diverging(-1, style) &&
               palette_diverging(7, style) == palette_diverging(1, style) &&
               palette_diverging(NAN, style) == palette_diverging(0, style),
           "values beyond the limit have its colour");
}

static void test_curve_colours(void)
{
    for (int s = 0; s < N_STYLES; s++) {
        bool apart = true, known = true;
        for (int i = 0; i < 7; i++)
            for (int j = 0; j < 7; j++) {
                int a = palette_curve(i, &styles[s]), b = palette_curve(j, &styles[s]);
                apart = apart && (i == j || a != b || styles[s].colours == 0);
                known = known && a < (styles[s].colours ? styles[s].colours : 0) && a >= -1;
            }
        tap_ok(apart && known, "seven curves of different, known colours (%d colours%s)",
               styles[s].colours, styles[s].dark ? ", dark" : "");
    }
    tap_ok(palette_curve(-5, &rich) >= 0 && palette_curve(INT_MAX, &rich) >= 0,
           "any curve has one");
}

/* Signs are told by foreground where there are colours, else by the glyph alone. */
static void test_glyphs(void)
{
    for (int s = 0; s < N_STYLES; s++) {
        const struct style *style = &styles[s];
        int n = palette_levels(style);
        bool sized = true, signed_ = true, seven = true;
        for (int i = 0; i <= n; i++) {
            uint32_t plus = palette_glyph((double)i / n, style);
            uint32_t minus = palette_glyph(-(double)i / n, style);
            sized = sized && (i == 0 || (plus != palette_glyph((double)(i - 1) / n, style) &&
                                         minus != palette_glyph((double)(1 - i) / n, style)));
            signed_ = signed_ && (i == 0 || plus != minus ||
                                  palette_negative(style) != palette_positive(style));
            sized = sized && plus != palette_no_data(style).glyph &&
                    minus != palette_no_data(style).glyph;
            seven = seven && (!style->ascii || (plus < 128 && minus < 128));
        }
        tap_ok(sized && signed_ && seven, "glyphs tell size, sign and no data apart (%d colours%s)",
               style->colours, style->ascii ? ", ASCII" : "");
    }
    tap_ok(palette_glyph(.02, &ascii) == '.' && palette_glyph(.1, &ascii) == 'A' &&
               palette_glyph(-1, &ascii) == 'i',
           "ASCII: A to I plus, a to i minus, . zero");
}

/* Draws in a rectangle with a margin, which must stay as it was. */
static int overrun(const struct line_plot *plot, const struct heat_map *map, int width, int height,
                   const struct style *style)
{
    enum { MARGIN = 2, CANARY = 0x2603 };
    struct canvas c;
    int n = 0;
    canvas_init(&c, width + 2 * MARGIN, height + 2 * MARGIN);
    for (int i = 0; i < c.width * c.height; i++)
        c.cells[i].glyph = CANARY;
    struct rect area = {MARGIN, MARGIN, width, height};
    if (plot)
        line_plot_draw(plot, &c, area, style);
    else
        heat_map_draw(map, &c, area, style);
    for (int y = 0; y < c.height; y++)
        for (int x = 0; x < c.width; x++) {
            bool inside = x >= MARGIN && x < MARGIN + width && y >= MARGIN && y < MARGIN + height;
            n += !inside && at(&c, x, y)->glyph != CANARY;
            n += style->ascii && at(&c, x, y)->glyph > 127 && at(&c, x, y)->glyph != CANARY;
        }
    canvas_free(&c);
    return n;
}

static void test_sizes(void)
{
    double x[50], y[50], marks[] = {3, 20, 44};
    struct scene *s = mem_new(1, sizeof *s);
    int lines_over = 0, maps_over = 0;
    for (int i = 0; i < 50; i++)
        x[i] = i * 31, y[i] = sin(i * .3) * 1234.5;
    struct curve curves[] = {
        {"a long name of it", 50, x, y, STROKE_SOLID, 0, 0, NULL, NULL},
        {"\u0394w \u4e2d\u6587", 50, x, x, STROKE_DASHED, 1, CELL_DIM, NULL, NULL}};
    struct line_plot p = plot_of(curves, 2);
    p.x_label = "trials of it", p.y_label = "\u0394w_stim", p.marks = marks, p.n_marks = 3;
    for (int width = 0; width <= 40; width++)
        for (int height = 0; height <= 20; height++)
            for (int k = 0; k < N_STYLES; k++) {
                p.y_zero = width % 2, p.y_log = height % 3 == 0;
                p.y_label = width % 3 ? NULL : "\u0394w_stim";
                lines_over += overrun(&p, NULL, width, height, &styles[k]);
                scene_make(s, (size_t)(width * 7 + height) % 63 + 1, (size_t)(height * 5) % 63 + 1);
                s->map.x_levels = height % 2, s->map.y_levels = width % 2;
                s->map.cross_panel = 1, s->map.n_panels = 1 + (size_t)(k % 2);
                maps_over += overrun(NULL, &s->map, width, height, &styles[k]);
            }
    tap_ok(lines_over == 0, "curves keep to their area in every size (%d cells do not)",
           lines_over);
    tap_ok(maps_over == 0, "maps keep to their area in every size (%d cells do not)", maps_over);
    free(s);
}

static const int sizes[][2] = {{100, 30}, {60, 16}, {40, 12}, {30, 8}, {20, 6},
                               {12, 4},   {5, 5},   {3, 2},   {1, 1}};

static void golden_plots(const struct style *style, const char *name)
{
    enum { N = 300 };
    double x[N], train[N], held[N], other[N], marks[] = {200, 600};
    struct strbuf out = {0}, segment = {0};
    for (int i = 0; i < N; i++) {
        x[i] = i * 4;
        train[i] = .5 + .19 * exp(-i / 30.);
        held[i] = i % 5 == 3 ? NAN : .53 + .16 * exp(-i / 25.) + .0001 * i;
        other[i] = .62 - .0002 * i;
    }
    struct curve curves[] = {{"train", N, x, train, STROKE_SOLID, 0, 0, NULL, NULL},
                             {"held out", N, x, held, STROKE_DASHED, 1, 0, NULL, NULL},
                             {"true", N, x, other, STROKE_DOTS, 2, CELL_DIM, NULL, NULL}};
    struct line_plot p = plot_of(curves, 3);
    p.x_label = "epoch", p.marks = marks, p.n_marks = 2;
    for (size_t i = style->colours ? 2 : 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct canvas c;
        p.y_log = i == 2, p.y_label = i == 1 ? "loss" : NULL;
        draw(&c, sizes[i][0], sizes[i][1], &p, style);
        strbuf_printf(&out, "== %dx%d\n", sizes[i][0], sizes[i][1]);
        canvas_emit(&c, style, &segment);
        golden_add(&out, strbuf_text(&segment));
        strbuf_free(&segment);
        canvas_free(&c);
    }
    golden_check(name, strbuf_text(&out));
    strbuf_free(&out);
}

/* The change a policy gradient makes, and where animals were. */
static void gradient_scene(struct scene *s, size_t nx, size_t ny)
{
    scene_make(s, nx, ny);
    for (size_t i = 0; i < nx * ny; i++) {
        double a = fabs(s->x[i % nx] = -1 + 2. * (double)(i % nx) / (double)(nx > 1 ? nx - 1 : 1));
        double w = s->y[i / nx] = -1 + 5. * (double)(i / nx) / (double)(ny > 1 ? ny - 1 : 1);
        double right = 1 / (1 + exp(-w * a));
        s->value[1][i] = .08 * a * (1 - right);
        s->value[0][i] = -.04 * a * right + .01;
        s->support[0][i] = w < 3.5 - 1.2 * a;
        s->support[1][i] = w > -.6 - .4 * a;
    }
}

static void golden_maps(const struct style *style, const char *name)
{
    struct scene *s = mem_new(1, sizeof *s);
    struct strbuf out = {0}, segment = {0};
    for (size_t i = style->colours ? 2 : 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct canvas c;
        size_t nx, ny;
        struct rect area = {0, 0, sizes[i][0], sizes[i][1]};
        heat_map_room(area, 2, style, &nx, &ny);
        gradient_scene(s, nx < 64 ? nx : 64, ny < 64 ? ny : 64);
        s->map.cross_panel = 1, s->map.cross_x = (int)nx / 3, s->map.cross_y = (int)ny / 2;
        heat(&c, area.width, area.height, &s->map, style);
        strbuf_printf(&out, "== %dx%d\n", area.width, area.height);
        canvas_emit(&c, style, &segment);
        golden_add(&out, strbuf_text(&segment));
        strbuf_free(&segment);
        canvas_free(&c);
    }
    golden_check(name, strbuf_text(&out));
    strbuf_free(&out);
    free(s);
}

static void test_pictures(void)
{
    static const char *const names[] = {"utf8", "ascii", "256-dark", "256-light"};
    for (int i = 0; i < 4; i++) {
        char *lines = mem_printf("plot-lines-%s", names[i]);
        char *maps = mem_printf("plot-map-%s", names[i]);
        golden_plots(&styles[i], lines);
        golden_maps(&styles[i], maps);
        free(lines);
        free(maps);
    }
}

/* Braille: four rows of points to a cell, so that curves a quarter of it apart are two. */
static void test_braille(void)
{
    static const double x[2] = {0, 7}, low[2] = {0, 0}, next[2] = {1, 1};
    struct style braille = rich;
    struct canvas c;
    struct curve curves[2] = {{.n = 2, .x = x, .y = low}, {.n = 2, .x = x, .y = next}};
    struct line_plot plot = plot_of(curves, 2);
    plot.y_lo = 0, plot.y_hi = 7;
    braille.curves = CURVES_BRAILLE;
    draw(&c, 8, 2, &plot, &braille);
    tap_ok(at(&c, 3, 1)->glyph == 0x28e4 && at(&c, 3, 0)->glyph == ' ',
           "braille has the lines of both curves");
    canvas_free(&c);
    draw(&c, 8, 2, &plot, &rich);
    tap_ok(at(&c, 3, 1)->glyph == 0x2584, "quadrants join them");
    canvas_free(&c);
    braille.curves = CURVES_ASCII;
    draw(&c, 8, 2, &plot, &braille);
    tap_ok(at(&c, 3, 1)->glyph < 128, "in ASCII they are signs");
    canvas_free(&c);
}

int main(void)
{
    test_braille();
    test_ticks();
    test_labels();
    test_ladder(&rich);
    test_ladder(&styles[3]);
    test_curve_colours();
    test_glyphs();
    test_sizes();
    test_pictures();
    return tap_done();
}
