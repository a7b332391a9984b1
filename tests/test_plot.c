/* Plots: ticks and labels, colours, what every cell of a curve or a map shows,
 * any size of area, and pictures against golden files. */
#include "deltaw/draw/plot.h"

#include <limits.h>

#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "golden.h"

static const struct style utf8 = {.ascii = false, .colours = 0, .dark = true};
static const struct style ascii = {.ascii = true, .colours = 0, .dark = true};
static const struct style rich = {.ascii = false, .colours = 256, .dark = true};
static const struct style styles[] = {
    {false, 0, true},  {true, 0, true},    {false, 256, true}, {false, 256, false},
    {true, 256, true}, {false, 16, false}, {false, 8, true},
};
enum { N_STYLES = sizeof styles / sizeof styles[0] };

static const struct cell *at(const struct canvas *c, int x, int y)
{
    return &c->cells[y * c->width + x];
}

/* Is the text anywhere in the picture? */
static bool says(const struct canvas *c, const struct style *style, const char *words)
{
    struct strbuf out = {0};
    struct style plain = *style;
    plain.colours = 0;
    canvas_emit(c, &plain, &out);
    bool found = strstr(strbuf_text(&out), words) != NULL;
    strbuf_free(&out);
    return found;
}

/* --- ticks ----------------------------------------------------------------- */

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

/* --- colours --------------------------------------------------------------- */

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
            sized = sized && plus != palette_no_data(style) && minus != palette_no_data(style);
            seven = seven && (!style->ascii || (plus < 128 && minus < 128));
        }
        tap_ok(sized && signed_ && seven, "glyphs tell size, sign and no data apart (%d colours%s)",
               style->colours, style->ascii ? ", ASCII" : "");
    }
    tap_ok(palette_glyph(.02, &ascii) == '.' && palette_glyph(.1, &ascii) == 'A' &&
               palette_glyph(-1, &ascii) == 'i',
           "ASCII: A to I plus, a to i minus, . zero");
}

/* --- curves ---------------------------------------------------------------- */

static struct line_plot plot_of(const struct curve *curves, size_t n)
{
    return (struct line_plot){
        .x_lo = NAN, .x_hi = NAN, .y_lo = NAN, .y_hi = NAN, .n_curves = n, .curves = curves};
}

static void draw(struct canvas *c, int width, int height, const struct line_plot *plot,
                 const struct style *style)
{
    canvas_init(c, width, height);
    line_plot_draw(plot, c, (struct rect){0, 0, width, height}, style);
}

/* Rows (from the top) in which a column has a curve; -1: none. */
static void column(const struct canvas *c, int x, int *first, int *last)
{
    *first = *last = -1;
    for (int y = 0; y < c->height; y++)
        if (at(c, x, y)->glyph != ' ') {
            *first = *first < 0 ? y : *first;
            *last = y;
        }
}

static void picture_is(const struct line_plot *plot, int width, int height,
                       const struct style *style, const char *want, const char *what)
{
    struct canvas c;
    struct strbuf out = {0};
    draw(&c, width, height, plot, style);
    canvas_emit(&c, style, &out);
    tap_is_text(strbuf_text(&out), want, "%s", what);
    strbuf_free(&out);
    canvas_free(&c);
}

/* Areas below 16 x 5 have no axes: every cell is known. */
static void test_strokes(void)
{
    double x[8] = {0, 1, 2, 3, 4, 5, 6, 7}, up[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    double flat[8] = {0, 0, 0, 0, 7, 7, 7, 7}, gap[8] = {7, 7, 7, NAN, 7, 7, 7, NAN};
    struct curve one = {"", 8, x, up, STROKE_SOLID, 0, 0, NULL, NULL};
    struct line_plot p = plot_of(&one, 1);
    p.y_lo = 0, p.y_hi = 7;
    picture_is(&p, 8, 4, &ascii, "      **\n    **\n  **\n**\n", "a rising line in ASCII");
    picture_is(&p, 4, 4, &utf8, "   \u259e\n  \u259e\n \u259e\n\u259e\n", "and in quadrants");
    one.y = flat;
    picture_is(&p, 4, 2, &utf8, "  \u259b\u2580\n\u2584\u2584\u2598\n",
               "a step is joined by a run");
    one.y = gap, p.x_lo = 0, p.x_hi = 7;
    picture_is(&p, 8, 1, &ascii, "*** ***\n", "NaN is a gap");
    p.y_lo = 7, p.y_hi = 8;
    one.y = (double[]){7, 7, 7, 7, 7, 7, 7, 7};
    picture_is(&p, 4, 1, &utf8, "\u2584\u2584\u2584\u2584\n", "a flat line");
    one.stroke = STROKE_DASHED;
    picture_is(&p, 4, 1, &utf8, "\u2584\u2584 \u2584\n", "dashed");
    one.stroke = STROKE_DOTS;
    picture_is(&p, 4, 1, &utf8, "\u2596\u2596\u2596\u2596\n", "dotted");
    one.y = gap, p.y_lo = 0, p.y_hi = 1;
    picture_is(&p, 4, 1, &utf8, "\n", "a line out of range is not drawn");
    one = (struct curve){"", 1, (double[]){3}, (double[]){2}, STROKE_SOLID, 0, 0, NULL, NULL};
    p = plot_of(&one, 1);
    picture_is(&p, 3, 1, &utf8, " \u2588\n", "one point fills a cell");
}

/* Points are marks with bars; a stroke beneath goes on to both sides. */
static void test_points(void)
{
    double x[3] = {0, 1, 2}, y[3] = {1, 2, 3}, lo[3] = {0, 2, NAN}, hi[3] = {2, 4, NAN};
    double level[] = {1};
    struct curve two[] = {{NULL, 3, x, y, STROKE_POINTS, 0, 0, lo, hi},
                          {NULL, 3, x, (double[]){1, 1, 1}, STROKE_SOLID, 1, 0, NULL, NULL}};
    struct line_plot p = plot_of(two, 1);
    p.x_lo = 0, p.x_hi = 2, p.y_lo = 0, p.y_hi = 4;
    picture_is(&p, 3, 5, &ascii, " |\n |*\n|*\n*\n|\n", "bars reach as far as intervals");
    p.n_curves = 2;
    picture_is(&p, 3, 5, &ascii, " |\n |*\n|*\n*~~\n|\n",
               "points lie over strokes, which are lines then");
    p.n_curves = 1, p.n_levels = 1, p.levels = level;
    picture_is(&p, 3, 5, &ascii, " |\n |*\n|*\n*..\n|\n", "a level lies under both");
    p.y_lo = 2.5;
    picture_is(&p, 3, 1, &utf8, "  \u25cf\n", "what is outside is not drawn");
}

/* The last curve gives the colour, both give their pixels. */
static void test_shared_cells(void)
{
    double x[2] = {0, 1}, high[2] = {1, 1}, low[2] = {0, 0};
    struct curve two[] = {{"a", 2, x, high, STROKE_SOLID, 0, 0, NULL, NULL},
                          {"b", 2, x, low, STROKE_SOLID, 1, 0, NULL, NULL}};
    struct line_plot p = plot_of(two, 2);
    struct canvas c;
    p.y_lo = 0, p.y_hi = 1;
    draw(&c, 4, 1, &p, &rich);
    tap_ok(at(&c, 1, 0)->glyph == 0x2588 && at(&c, 1, 0)->foreground == palette_curve(1, &rich),
           "two curves in a cell: both glyphs, the last colour");
    canvas_free(&c);
    draw(&c, 14, 2, &p, &utf8);
    bool first = false, second = false;
    for (int i = 0; i < 14; i++) {
        first = first || at(&c, i, 0)->glyph == '*';
        second = second || at(&c, i, 1)->glyph == 'o';
    }
    tap_ok(first && second, "without colours curves carry marks");
    canvas_free(&c);
}

/* A million points, one of them far above: it is seen, in its column only. */
static void test_many(void)
{
    enum { N = 1000000, WIDTH = 12, HEIGHT = 4 };
    double *x = mem_new(N, sizeof *x), *y = mem_new(N, sizeof *y);
    struct curve one = {"", N, x, y, STROKE_SOLID, 0, 0, NULL, NULL};
    struct line_plot p = plot_of(&one, 1);
    struct canvas c;
    int first, last, beside;
    for (int i = 0; i < N; i++)
        x[i] = i, y[i] = 0;
    y[N / 2 + N / 50] = 1;
    p.y_lo = 0, p.y_hi = 1;
    draw(&c, WIDTH, HEIGHT, &p, &ascii);
    column(&c, 6, &first, &last);
    column(&c, 5, &beside, &last);
    tap_ok(first == 0 && beside == HEIGHT - 1, "a spike among a million points is drawn");
    canvas_free(&c);
    free(x);
    free(y);
}

/* Ranges no plot should stumble over. */
static void test_hostile(void)
{
    double x[] = {-1e308, 0, 1e-308, 1e308, NAN, INFINITY, 3, 1, 2, -INFINITY};
    double y[] = {1e308, -1e308, 0, 1e308, 1, 1, INFINITY, NAN, -0., 5};
    const double ends[] = {NAN, -1e308, 0, 1e308, INFINITY, 1e-300};
    struct curve one = {"hostile", 10, x, y, STROKE_DASHED, 3, 0, NULL, NULL};
    struct line_plot p = plot_of(&one, 1);
    struct canvas c;
    p.marks = x, p.n_marks = 10, p.y_zero = true;
    for (int i = 0; i < 6 * 6 * 2; i++) {
        p.x_lo = ends[i % 6], p.x_hi = ends[i / 6 % 6];
        p.y_lo = ends[i / 6 % 6], p.y_hi = ends[i % 6];
        p.y_log = i >= 36;
        draw(&c, 40, 12, &p, &styles[i % N_STYLES]);
        canvas_free(&c);
    }
    tap_ok(true, "ranges of any kind end");
    one = (struct curve){"far below", 2,   (double[]){0, 1}, (double[]){-1e30, -1e30}, 0, 0, 0,
                         NULL,        NULL};
    p = plot_of(&one, 1);
    p.y_lo = 0, p.y_hi = 1;
    picture_is(&p, 6, 2, &utf8, "\n\n", "a curve far below is not drawn above");
    one = (struct curve){"far beside", 2,   (double[]){-1e6, 1e6}, (double[]){0, 1}, 0, 0, 0,
                         NULL,         NULL};
    p.x_lo = 0, p.x_hi = 1;
    picture_is(&p, 6, 3, &ascii, "\n******\n\n", "a line from far beside crosses the picture");
    double far[] = {1e15, 1e15 + 1};
    one = (struct curve){"far", 2, far, far, STROKE_SOLID, 0, 0, NULL, NULL};
    p = plot_of(&one, 1);
    draw(&c, 40, 12, &p, &utf8);
    canvas_free(&c);
    one = (struct curve){"flat", 2,   (double[]){1, 2}, (double[]){.5, .5}, STROKE_SOLID, 0, 0,
                         NULL,   NULL};
    draw(&c, 40, 12, &p, &utf8);
    int first, last;
    column(&c, 30, &first, &last);
    tap_ok(says(&c, &utf8, ".50\u2524") || says(&c, &utf8, ".5\u2524"),
           "a constant has its own tick");
    canvas_free(&c);
}

static void test_axes(void)
{
    double x[101], y[101];
    struct curve one = {"train", 101, x, y, STROKE_SOLID, 0, 0, NULL, NULL};
    struct line_plot p = plot_of(&one, 1);
    struct canvas c;
    for (int i = 0; i <= 100; i++)
        x[i] = i * 10, y[i] = .5 + .2 * exp(-i / 10.);
    p.x_label = "epoch", p.y_label = "loss", p.y_log = true, p.y_lo = .001, p.y_hi = 10;
    draw(&c, 60, 16, &p, &utf8);
    tap_ok(says(&c, &utf8, ".001\u2524") && says(&c, &utf8, " 10\u2524") &&
               says(&c, &utf8, " 1\u2524") && says(&c, &utf8, " .1\u2524"),
           "a log axis has its decades");
    tap_ok(says(&c, &utf8, "epoch") && says(&c, &utf8, "loss") && says(&c, &utf8, "train"),
           "labels and legend are there");
    canvas_free(&c);
    p.y_lo = 1e-12, p.y_hi = 1e12;
    draw(&c, 60, 10, &p, &utf8);
    tap_ok(says(&c, &utf8, "1e-7\u2524") && says(&c, &utf8, " 1e7\u2524"), "24 decades too");
    canvas_free(&c);
    p = plot_of(NULL, 0);
    p.empty = "no animal was ever near these weights";
    draw(&c, 20, 6, &p, &utf8);
    tap_ok(says(&c, &utf8, "no animal was ever\n") && says(&c, &utf8, "near these weights"),
           "what is said of nothing is broken at blanks");
    canvas_free(&c);
}

/* Every cell of a curve is the same with a legend as without. */
static void test_legend(void)
{
    enum { N = 200 };
    double x[N], y[N];
    int covered = 0, seen = 0, own = 0;
    for (int kind = 0; kind < 24; kind++) {
        struct canvas with, without;
        for (int i = 0; i < N; i++) {
            x[i] = i;
            y[i] = kind < 20 ? sin(i * .05 + kind) + .3 * sin(i * .4 * kind) : i % 2;
        }
        struct curve curves[] = {{"held out", N, x, y, STROKE_SOLID, 0, 0, NULL, NULL}};
        struct line_plot p = plot_of(curves, 1);
        draw(&with, 60, 16, &p, &rich);
        curves[0].label = NULL;
        draw(&without, 60, 16, &p, &rich);
        seen += says(&with, &rich, "held out");
        bool above = true; /* no axis beside the first line */
        for (int i = 0; i < 8; i++)
            above = above && at(&with, i, 0)->glyph != 0x2502 && at(&with, i, 0)->glyph != 0x2524;
        own += above;
        for (int i = 0; i < 60 * 16 && !above; i++)
            covered +=
                without.cells[i].foreground >= 0 && with.cells[i].glyph != without.cells[i].glyph;
        canvas_free(&with);
        canvas_free(&without);
    }
    tap_ok(seen == 24, "the legend is there (%d of 24)", seen);
    tap_ok(covered == 0, "it covers no curve (%d cells)", covered);
    tap_ok(own >= 4 && own < 24, "it has a line of its own only when it must (%d of 24)", own);
}

/* --- heat maps ------------------------------------------------------------- */

enum { NX = 8, NY = 6 };

struct scene {
    double x[64], y[64], value[2][64 * 64];
    uint32_t support[2][64 * 64];
    struct heat_panel panels[2];
    struct heat_map map;
};

static void scene_make(struct scene *s, size_t nx, size_t ny)
{
    *s = (struct scene){0};
    for (size_t i = 0; i < 64; i++)
        s->x[i] = (double)i, s->y[i] = (double)i / 2;
    for (size_t p = 0; p < 2; p++) {
        for (size_t i = 0; i < nx * ny; i++) {
            s->value[p][i] = .04 * sin((double)(i * 7 + p) * .61);
            s->support[p][i] = (i * 5 + p) % 7 > 1;
        }
        s->panels[p] =
            (struct heat_panel){p ? "correct r=1" : "error r=0", s->value[p], s->support[p], NULL};
    }
    s->map = (struct heat_map){"s", "w_stim",  nx, ny, s->x, s->y, false, false, .04,
                               2,   s->panels, -1, 0,  0,    NULL, NULL,  NULL,  NULL};
}

static void heat(struct canvas *c, int width, int height, const struct heat_map *map,
                 const struct style *style)
{
    canvas_init(c, width, height);
    heat_map_draw(map, c, (struct rect){0, 0, width, height}, style);
}

/* In 17 x 3 there are no axes: two panels of eight cells, six half rows. */
static void test_fine_cells(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    struct canvas c;
    size_t nx, ny;
    int wrong = 0, halves = 0;
    scene_make(s, NX, NY);
    heat_map_room((struct rect){0, 0, 17, 3}, 2, &rich, &nx, &ny);
    tap_ok(nx == NX && ny == NY, "the room of a map is what it is drawn with: %zu x %zu", nx, ny);
    heat(&c, 17, 3, &s->map, &rich);
    for (int i = 0; i < 2 * NX * 3; i++) {
        int p = i / (NX * 3), x = i % NX, y = i / NX % 3;
        const struct cell *cell = at(&c, p * 9 + x, y);
        size_t up = (size_t)((NY - 1 - 2 * y) * NX + x), down = up - NX;
        bool top = s->support[p][up], low = s->support[p][down];
        int a = palette_diverging(s->value[p][up] / .04, &rich);
        int b = palette_diverging(s->value[p][down] / .04, &rich);
        struct cell want = {0xb7, COLOUR_DEFAULT, COLOUR_DEFAULT, CELL_DIM};
        if (top)
            want = (struct cell){0x2580, (int16_t)a, (int16_t)(low ? b : COLOUR_DEFAULT), 0};
        else if (low)
            want = (struct cell){0x2584, (int16_t)b, COLOUR_DEFAULT, 0};
        wrong += cell->glyph != want.glyph || cell->foreground != want.foreground ||
                 cell->background != want.background;
        halves += top != low;
    }
    tap_ok(wrong == 0, "every half cell has the colour of its value or none (%d wrong)", wrong);
    tap_ok(halves > 5, "with data in one half only in %d", halves);
    canvas_free(&c);
    free(s);
}

static void test_coarse_cells(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    scene_make(s, NX, NY);
    s->value[0][3] = NAN;
    s->support[0][3] = 9;
    s->value[0][4] = 0;
    s->support[0][4] = 9;
    for (int k = 0; k < N_STYLES; k++) {
        struct canvas c;
        int wrong = 0;
        if (styles[k].colours == 256 && !styles[k].ascii)
            continue;
        /* as high as wide: without axes only below five rows */
        s->map.ny = 4;
        heat(&c, 17, 4, &s->map, &styles[k]);
        for (int i = 0; i < NX * 4; i++) {
            const struct cell *cell = at(&c, i % NX, 3 - i / NX);
            double t = s->value[0][i] / .04;
            bool data = s->support[0][i] && isfinite(t);
            int foreground = t < 0   ? palette_negative(&styles[k])
                             : t > 0 ? palette_positive(&styles[k])
                                     : COLOUR_DEFAULT;
            wrong +=
                cell->glyph != (data ? palette_glyph(t, &styles[k]) : palette_no_data(&styles[k]));
            wrong += cell->foreground != (data ? foreground : COLOUR_DEFAULT);
        }
        tap_ok(wrong == 0, "every cell has its value's glyph or the mark of none (%d colours%s)",
               styles[k].colours, styles[k].ascii ? ", ASCII" : "");
        canvas_free(&c);
    }
    free(s);
}

/* Nobody knows the sign of a cell: it has no shade of its own, and the legend says so. */
static void test_unsettled(void)
{
    static const double x[4] = {0, 1, 2, 3}, y[2] = {0, 1};
    static const double value[8] = {1, 1, -1, -1, 1, 1, -1, -1};
    static const bool unsettled[8] = {1, 0, 1, 0, 1, 0, 0, 0};
    struct heat_panel panel = {"", value, NULL, unsettled};
    struct heat_map m = {.nx = 4,
                         .ny = 2,
                         .x = x,
                         .y = y,
                         .limit = 1,
                         .n_panels = 1,
                         .panels = &panel,
                         .cross_panel = -1};
    struct canvas c;
    heat(&c, 4, 1, &m, &rich);
    tap_ok(at(&c, 0, 0)->glyph == 0x2592 && at(&c, 1, 0)->glyph == 0x2580 &&
               at(&c, 2, 0)->glyph == 0x2592 && at(&c, 3, 0)->glyph == 0x2580,
           "two halves a cell: shaded where half of it is unsettled");
    tap_ok(at(&c, 0, 0)->foreground == palette_diverging(1, &rich),
           "in the colour of what it would be");
    canvas_free(&c);
    heat(&c, 4, 2, &m, &ascii);
    tap_ok(at(&c, 0, 1)->glyph == '~' && at(&c, 2, 1)->glyph == '~' && at(&c, 0, 0)->glyph == '~' &&
               at(&c, 2, 0)->glyph == palette_glyph(-1, &ascii),
           "a mark instead of a letter");
    canvas_free(&c);
    heat(&c, 70, 12, &m, &ascii);
    tap_ok(says(&c, &ascii, "~ sign unsettled"), "the legend tells the mark");
    canvas_free(&c);
    panel.unsettled = NULL;
    heat(&c, 70, 12, &m, &ascii);
    tap_ok(!says(&c, &ascii, "unsettled"), "only where there is one");
    canvas_free(&c);
}

/* Cells of a map in a smaller area: means over those with data. */
static void test_means(void)
{
    double x[4] = {0, 1, 2, 3}, y[1] = {0}, value[4] = {1, 0, -1, -1};
    uint32_t support[4] = {1, 1, 1, 0};
    struct heat_panel panel = {"", value, support, NULL};
    struct heat_map m = {NULL, NULL,   4,  1, x, y,    false, false, 1,
                         1,    &panel, -1, 0, 0, NULL, NULL,  NULL,  NULL};
    struct canvas c;
    heat(&c, 2, 1, &m, &ascii);
    tap_ok(at(&c, 0, 0)->glyph == palette_glyph(.5, &ascii) && at(&c, 1, 0)->glyph == 'i',
           "a cell that shows two shows the mean of those with data");
    canvas_free(&c);
}

/* Three rows in two cells: the last half is nobody's. */
static void test_odd_rows(void)
{
    double x[1] = {0}, y[3] = {0, 1, 2}, value[3] = {1, 1, 1};
    struct heat_panel panel = {"", value, NULL, NULL};
    struct heat_map m = {NULL, NULL,   1,  3, x, y,    false, false, 1,
                         1,    &panel, -1, 0, 0, NULL, NULL,  NULL,  NULL};
    struct canvas c;
    heat(&c, 1, 2, &m, &rich);
    tap_ok(at(&c, 0, 0)->background >= 0 && at(&c, 0, 1)->glyph == 0x2580 &&
               at(&c, 0, 1)->foreground == palette_diverging(1, &rich) &&
               at(&c, 0, 1)->background == COLOUR_DEFAULT,
           "an odd row fills half a cell");
    canvas_free(&c);
}

static void test_row_levels(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    struct canvas c;
    scene_make(s, NX, 3);
    s->map.y_levels = true;
    s->y[0] = 0, s->y[1] = .5, s->y[2] = 7;
    heat(&c, 40, 12, &s->map, &ascii); /* nine rows of map from row 1 */
    int rows[3];
    for (int i = 0; i < 3; i++)
        for (rows[i] = 0; rows[i] < 12; rows[i]++)
            if (at(&c, 6, rows[i])->glyph == '+' &&
                at(&c, 5, rows[i])->glyph == (uint32_t) "057"[i])
                break;
    tap_ok(rows[0] == 8 && rows[1] == 5 && rows[2] == 2,
           "levels of y are labelled in the middle of their rows (%d %d %d)", rows[0], rows[1],
           rows[2]);
    canvas_free(&c);
    free(s);
}

static void test_levels(void)
{
    static const double levels[] = {-1, -.5, -.25, -.125, 0, .125, .25, .5, 1};
    struct scene *s = mem_new(1, sizeof *s);
    scene_make(s, 9, 4);
    for (int i = 0; i < 9; i++)
        s->x[i] = levels[i];
    for (int i = 0; i < 9 * 4; i++)
        s->value[0][i] = (i % 9 % 2 ? .04 : -.04), s->support[0][i] = 1;
    s->map.x_levels = true, s->map.n_panels = 1;
    for (int width = 20; width < 75; width++) {
        struct canvas c;
        int axis = 0, run = 1, even = true, runs = 1, x;
        heat(&c, width, 6, &s->map, &utf8);
        while (axis < 8 && at(&c, axis, 1)->glyph != 0x2502 && at(&c, axis, 1)->glyph != 0x2524)
            axis++;
        int cells = (width - axis - 1) / 9;
        for (x = axis + 2; x < width && at(&c, x, 1)->glyph != ' '; x++)
            if (at(&c, x, 1)->glyph == at(&c, x - 1, 1)->glyph)
                run++;
            else
                even = even && run == cells, run = 1, runs++;
        if (!(even && run == cells && runs == 9 && axis <= 6 && cells >= (width - 7) / 9) ||
            !says(&c, &utf8, "-1") || !says(&c, &utf8, " 0 "))
            tap_ok(false, "levels in %d cells: columns of one width, labelled", width);
        int left = says(&c, &utf8, "-.125"), right = says(&c, &utf8, "  .125");
        if (left != right || says(&c, &utf8, "-.5 ") != says(&c, &utf8, " .5 "))
            tap_ok(false, "both sides of the middle are labelled alike in %d cells", width);
        if (width == 70)
            tap_ok(says(&c, &utf8,
                        "         -1     -.5   -.25   -.125    0    .125    .25"
                        "    .5      1  s"),
                   "each label in the middle of its column");
        canvas_free(&c);
    }
    tap_ok(true, "levels have columns of one width");
    free(s);
}

/* --- the cross-hair -------------------------------------------------------- */

static int differences(const struct canvas *a, const struct canvas *b)
{
    int n = 0;
    for (int i = 0; i < a->width * a->height; i++)
        n += a->cells[i].glyph != b->cells[i].glyph ||
             a->cells[i].foreground != b->cells[i].foreground ||
             a->cells[i].background != b->cells[i].background;
    return n;
}

static void test_cross(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    scene_make(s, NX, NY);
    for (int k = 0; k < N_STYLES; k++) {
        struct canvas none, one, moved;
        int most = styles[k].colours ? 1 : 3, seen = 0, moves = 0;
        s->map.cross_panel = -1;
        heat(&none, 40, 15, &s->map, &styles[k]);
        for (int i = 0; i < NX * NY; i++) {
            s->map.cross_panel = 1, s->map.cross_x = i % NX, s->map.cross_y = i / NX;
            heat(&one, 40, 15, &s->map, &styles[k]);
            int n = differences(&none, &one);
            seen += n >= 1 && n <= most;
            s->map.cross_y = (i / NX + 1) % NY;
            heat(&moved, 40, 15, &s->map, &styles[k]);
            moves += differences(&one, &moved) > 0;
            canvas_free(&one);
            canvas_free(&moved);
        }
        tap_ok(seen == NX * NY && moves == NX * NY,
               "the cross-hair is seen on every cell and moves (%d colours%s)", styles[k].colours,
               styles[k].ascii ? ", ASCII" : "");
        canvas_free(&none);
    }
    struct canvas c;
    s->map.cross_x = NX, s->map.cross_y = -4;
    heat(&c, 40, 15, &s->map, &utf8);
    tap_ok(!says(&c, &utf8, "\u253c"), "a cross-hair outside is not drawn");
    canvas_free(&c);
    free(s);
}

/* The ladder between the ends has the colours of the map. */
static void test_legend_colours(void)
{
    struct canvas c;
    canvas_init(&c, 60, 1);
    heat_legend(.04, NULL, &c, 0, 0, 60, &rich);
    int n = palette_steps(&rich), wrong = 0;
    for (int i = -n; i <= n; i++) {
        const struct cell *cell = at(&c, 5 + n + i, 0);
        wrong +=
            (i ? cell->foreground : cell->background) != palette_diverging((double)i / n, &rich);
    }
    tap_ok(wrong == 0 && at(&c, 5 + n, 0)->glyph == '0',
           "the legend has every colour, 0 amid them");
    for (int k = 5; k < N_STYLES; k++) {
        canvas_clear(&c, (struct rect){0, 0, 60, 1});
        heat_legend(.04, NULL, &c, 0, 0, 60, &styles[k]);
        tap_ok(at(&c, 5, 0)->foreground == palette_negative(&styles[k]) &&
                   at(&c, 13, 0)->foreground == palette_positive(&styles[k]),
               "in %d colours it has that of minus first", styles[k].colours);
    }
    canvas_free(&c);
}

static void test_heat_words(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    scene_make(s, NX, NY);
    for (int k = 0; k < N_STYLES; k++) {
        struct canvas c;
        const struct style *style = &styles[k];
        heat(&c, 60, 16, &s->map, style);
        tap_ok(says(&c, style, "-.04 ") && says(&c, style, " +.04") && says(&c, style, "no data") &&
                   says(&c, style, "w_stim") && says(&c, style, "error r=0") &&
                   says(&c, style, "correct r=1") && says(&c, style, "  s"),
               "titles, labels and the legend are there (%d colours%s)", style->colours,
               style->ascii ? ", ASCII" : "");
        canvas_free(&c);
    }
    struct canvas c;
    canvas_init(&c, 60, 1);
    heat_legend(.04, NULL, &c, 0, 0, 60, &ascii);
    tap_ok(says(&c, &ascii, "-.04 ihgfedcba.ABCDEFGHI +.04   blank: no data"),
           "the ASCII legend says which letters are minus");
    for (int room = 0; room < 60; room++) {
        canvas_clear(&c, (struct rect){0, 0, 60, 1});
        heat_legend(.04, NULL, &c, 0, 0, room, &styles[room % N_STYLES]);
        for (int x = room; x < 60; x++)
            if (at(&c, x, 0)->glyph != ' ')
                tap_ok(false, "a legend in %d cells keeps to them", room);
    }
    canvas_free(&c);
    s->map.n_panels = 0, s->map.empty = "no rule yet";
    heat(&c, 30, 5, &s->map, &utf8);
    tap_ok(says(&c, &utf8, "no rule yet"), "an empty map says why");
    canvas_free(&c);
    free(s);
}

/* --- any size -------------------------------------------------------------- */

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

/* --- pictures -------------------------------------------------------------- */

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

int main(void)
{
    test_ticks();
    test_labels();
    test_ladder(&rich);
    test_ladder(&styles[3]);
    test_curve_colours();
    test_glyphs();
    test_strokes();
    test_points();
    test_shared_cells();
    test_many();
    test_hostile();
    test_axes();
    test_legend();
    test_fine_cells();
    test_coarse_cells();
    test_means();
    test_unsettled();
    test_odd_rows();
    test_row_levels();
    test_levels();
    test_cross();
    test_legend_colours();
    test_heat_words();
    test_sizes();
    test_pictures();
    return tap_done();
}
