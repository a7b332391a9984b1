/* Figures as pixels: where values stand, what is blank, which sign has which colour. */
#include "deltaw/draw/figure.h"
#include "deltaw/draw/palette.h"
#include "raster.h"

enum { NX = 3, NY = 4, PANELS = 2, CELLS = NX * NY };

static struct raster painted(struct figure *figure, bool dark)
{
    struct figure_look look = {.width = 80,
                               .height = NAN,
                               .font = 7,
                               .dpi = 200,
                               .family = "sans",
                               .dark = dark,
                               .creator = "test"};
    struct strbuf out = {0};
    struct err err = {0};
    struct raster raster = {0};
    if (!figure_paint(figure, FIGURE_PNG, &look, &out, &err) || !raster_read(&out, &raster))
        tap_ok(false, "a figure becomes pixels: %s", err.message);
    figure_free(figure);
    strbuf_free(&out);
    return raster;
}

/* --- heat maps ------------------------------------------------------------------- */

static struct raster heat_raster(const double *value, const uint32_t *support,
                                 const bool *unsettled, bool dark)
{
    static const double x[NX] = {-1, 0, 1}, y[NY] = {0, 1, 2, 3};
    struct heat_panel panels[PANELS];
    for (size_t p = 0; p < PANELS; p++)
        panels[p] = (struct heat_panel){"", value + p * CELLS, support + p * CELLS,
                                        unsettled ? unsettled + p * CELLS : NULL};
    struct heat_map map = {.x_label = "x",
                           .y_label = "y",
                           .nx = NX,
                           .ny = NY,
                           .x = x,
                           .y = y,
                           .limit = 1,
                           .n_panels = PANELS,
                           .panels = panels,
                           .cross_panel = -1};
    struct figure figure = {.width = 40, .height = 20};
    figure_add_heat(&figure, &map, (struct rect){0, 0, 40, 20});
    return painted(&figure, dark);
}

/* Every cell has a value, and so a colour, of its own. */
static void own_values(double value[PANELS * CELLS], uint32_t support[PANELS * CELLS])
{
    for (size_t i = 0; i < PANELS * CELLS; i++) {
        value[i] = -.92 + .08 * (double)(i * 7 % (PANELS * CELLS)); /* 7: rows do not rise */
        support[i] = 1;
    }
}

static struct spot spot_of(const struct raster *r, double value, bool dark)
{
    double rgb[3];
    palette_diverging_rgb(value, dark, rgb);
    return raster_find(r, rgb, 1);
}

static void test_heat(bool dark)
{
    double value[PANELS * CELLS];
    uint32_t support[PANELS * CELLS];
    struct spot spot[PANELS][NY][NX];
    bool there = true, up = true, right = true, beside = true;
    own_values(value, support);
    struct raster r = heat_raster(value, support, NULL, dark);
    for (size_t i = 0; i < PANELS * CELLS; i++) {
        struct spot s = spot_of(&r, value[i], dark);
        spot[i / CELLS][i / NX % NY][i % NX] = s;
        there = there && s.n > 500;
    }
    for (int p = 0; p < PANELS; p++)
        for (int y = 0; y < NY; y++)
            for (int x = 0; x < NX; x++) {
                const struct spot *s = &spot[p][y][x];
                up = up && (y == 0 || s->y < spot[p][y - 1][x].y) &&
                     (x == 0 || abs(s->y - spot[p][y][0].y) <= 2);
                right = right && (x == 0 || s->x > spot[p][y][x - 1].x) &&
                        (y == 0 || abs(s->x - spot[p][0][x].x) <= 2);
                beside = beside && (p == 0 || s->x > spot[0][y][NX - 1].x);
            }
    tap_ok(there, "every cell of a map is painted in the colour of its value, dark %d", dark);
    tap_ok(up, "rows go upwards from row 0, dark %d", dark);
    tap_ok(right, "columns go to the right, dark %d", dark);
    tap_ok(beside, "the second panel stands right of the first, dark %d", dark);
    raster_free(&r);
}

/* Stripes of background lie over a cell whose sign is unsettled, over it alone. */
static void test_unsettled(bool dark)
{
    enum { AT = CELLS + 4 };
    double value[PANELS * CELLS];
    uint32_t support[PANELS * CELLS];
    bool unsettled[PANELS * CELLS] = {0};
    own_values(value, support);
    struct raster plain = heat_raster(value, support, NULL, dark);
    unsettled[AT] = true;
    struct raster r = heat_raster(value, support, unsettled, dark);
    int before = spot_of(&plain, value[AT], dark).n, now = spot_of(&r, value[AT], dark).n;
    int beside = spot_of(&plain, value[AT + 1], dark).n, still = spot_of(&r, value[AT + 1], dark).n;
    tap_ok(now > before / 10 && now < before * 3 / 4, "an unsettled cell is striped: %d of %d", now,
           before);
    tap_ok(still > beside * 3 / 4, "and its neighbour is not: %d of %d", still, beside);
    raster_free(&plain), raster_free(&r);
}

/* What has no value, or no trials, has no colour; its neighbours keep theirs. */
static void test_no_data(void)
{
    enum { NAN_AT = 4, THIN_AT = CELLS + 7 };
    double value[PANELS * CELLS];
    uint32_t support[PANELS * CELLS];
    own_values(value, support);
    struct raster whole = heat_raster(value, support, NULL, false);
    const size_t at[2] = {NAN_AT, THIN_AT};
    struct spot hole[2];
    for (int i = 0; i < 2; i++)
        hole[i] = spot_of(&whole, value[at[i]], false);
    value[NAN_AT] = NAN;
    support[THIN_AT] = 0;
    struct raster r = heat_raster(value, support, NULL, false);
    for (int i = 0; i < 2; i++) {
        struct spot left = spot_of(&r, value[at[i] - 1], false);
        struct spot below = spot_of(&r, value[at[i] - NX], false);
        int w = (hole[i].x - left.x) / 3, h = (below.y - hole[i].y) / 3;
        tap_ok(left.n > 500 && below.n > 500 && w > 2 && h > 2 &&
                   raster_colours(&r, hole[i].x - w, hole[i].y - h, hole[i].x + w, hole[i].y + h) ==
                       0,
               i ? "a cell without trials has no colour" : "a cell without a value has no colour");
    }
    raster_free(&whole), raster_free(&r);
}

/* One value all over: what has another colour is the bar, and its ends are the limits. */
static void test_bar(bool dark)
{
    double value[PANELS * CELLS], rgb[3];
    uint32_t support[PANELS * CELLS];
    own_values(value, support);
    for (size_t i = 0; i < PANELS * CELLS; i++)
        value[i] = i < CELLS ? .5 : -.5;
    struct raster r = heat_raster(value, support, NULL, dark);
    palette_diverging_rgb(.97, dark, rgb);
    struct spot high = raster_find(&r, rgb, 3);
    palette_diverging_rgb(-.97, dark, rgb);
    struct spot low = raster_find(&r, rgb, 3), plus = spot_of(&r, .5, dark);
    struct spot minus = spot_of(&r, -.5, dark);
    tap_ok(high.n && low.n && high.y < low.y && abs(high.x - low.x) < 3 && high.x > minus.x,
           "the colour bar has plus above and minus below, dark %d", dark);
    palette_diverging_rgb(.5, dark, rgb);
    tap_ok(plus.x < minus.x && rgb[0] > rgb[2], "plus is red in cells too, dark %d", dark);
    raster_free(&r);
}

/* --- curves ------------------------------------------------------------------------ */

enum { N = 11 };
static const double x[N] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

static struct raster lines_raster(const struct curve *curves, size_t n, bool y_log)
{
    struct line_plot plot = {.x_label = "x",
                             .y_label = "y",
                             .x_lo = 0,
                             .x_hi = 10,
                             .y_lo = y_log ? 1 : 0,
                             .y_hi = y_log ? 1024 : 10,
                             .y_log = y_log,
                             .n_curves = n,
                             .curves = curves};
    struct figure figure = {.width = 40, .height = 20};
    figure_add_lines(&figure, &plot, (struct rect){0, 0, 40, 20});
    return painted(&figure, false);
}

static struct spot curve_spot(const struct raster *r, int colour)
{
    double rgb[3];
    palette_curve_rgb(colour, false, rgb);
    return raster_find(r, rgb, 2);
}

/* The plot's body, by what a curve from corner to corner covers. */
static struct spot body(void)
{
    struct curve curve = {.n = N, .x = x, .y = x};
    struct raster r = lines_raster(&curve, 1, false);
    struct spot s = curve_spot(&r, 0);
    raster_free(&r);
    return s;
}

static int column_at(const struct spot *b, double at)
{
    return b->left + (int)lround(at / 10 * (b->right - b->left));
}

static int row_at(const struct spot *b, double at)
{
    return b->bottom - (int)lround(at / 10 * (b->bottom - b->top));
}

/* Coloured pixels between two of the points, all rows. */
static size_t between(const struct raster *r, const struct spot *b, double from, double to)
{
    return raster_colours(r, column_at(b, from), 0, column_at(b, to) + 1, r->height);
}

/* Is the curve at (at, y), to within so many pixels? */
static bool passes(const struct raster *r, const struct spot *b, double at, double y, int within)
{
    int cx = column_at(b, at), cy = row_at(b, y);
    return raster_colours(r, cx - within, cy - within, cx + within + 1, cy + within + 1) > 0;
}

static void test_curve(const struct spot *b)
{
    const double rise[N] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const double bump[N] = {1, 1, 1, 9, 1, 1, 1, 1, 1, 1, 1};
    struct curve curves[] = {{.n = N, .x = x, .y = rise, .colour = 0},
                             {.n = N, .x = x, .y = bump, .colour = 1}};
    struct raster r = lines_raster(curves, 2, false);
    double rgb[3];
    bool on = true;
    for (int i = 1; i < N - 1; i++)
        on = on && passes(&r, b, i, rise[i], 2);
    tap_ok(on, "a rising curve goes up to the right");
    palette_curve_rgb(1, false, rgb);
    struct spot top = raster_find(&r, rgb, 2);
    int peak = -1;
    for (int at = top.left; at <= top.right && peak < 0; at++)
        peak = raster_is(&r, at, top.top, rgb, 2) ? at : -1;
    tap_ok(abs(peak - column_at(b, 3)) <= 4 && abs(top.top - row_at(b, 9)) <= 4,
           "the largest value of another, in its own colour, stands where it is");
    tap_ok(curve_spot(&r, 0).n > 200, "and leaves the first its colour");
    raster_free(&r);
}

/* A gap of any stroke is blank; both sides of it, and a point alone, are not. */
static void test_gaps(const struct spot *b)
{
    static const struct {
        const char *what;
        enum curve_stroke stroke;
        bool interval;
    } strokes[] = {{"a solid curve", STROKE_SOLID, false},
                   {"a dashed curve", STROKE_DASHED, false},
                   {"a dotted curve", STROKE_DOTS, false},
                   {"points", STROKE_POINTS, false},
                   {"points with intervals", STROKE_POINTS, true},
                   {"a curve with intervals", STROKE_SOLID, true},
                   {"a band", STROKE_BAND, true}};
    double y[N] = {4, 5, 4, 5, NAN, NAN, 4, NAN, NAN, 4, 5}, lo[N], hi[N];
    for (int i = 0; i < N; i++)
        lo[i] = y[i] - 2, hi[i] = y[i] + 3;
    for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++) {
        struct curve curve = {.n = N,
                              .x = x,
                              .y = y,
                              .stroke = strokes[i].stroke,
                              .lo = strokes[i].interval ? lo : NULL,
                              .hi = strokes[i].interval ? hi : NULL};
        struct raster r = lines_raster(&curve, 1, false);
        tap_ok(between(&r, b, 3.3, 5.7) == 0 && between(&r, b, 6.3, 8.7) == 0, "%s: gaps are blank",
               strokes[i].what);
        tap_ok(between(&r, b, 0, 3.2) > 0 && between(&r, b, 5.8, 6.2) > 0 &&
                   between(&r, b, 8.8, 10) > 0,
               "%s: what is between gaps is not", strokes[i].what);
        bool joined = between(&r, b, 1.4, 1.6) > 0 || strokes[i].stroke == STROKE_DASHED;
        tap_ok(joined == (strokes[i].stroke != STROKE_POINTS), "%s: points are joined, or not",
               strokes[i].what);
        bool tall = passes(&r, b, 6, 2.6, 2) && passes(&r, b, 6, 6.6, 2) &&
                    !passes(&r, b, 6, 1.2, 2) && !passes(&r, b, 6, 7.8, 2);
        tap_ok(tall == strokes[i].interval, "%s: an interval reaches from lo to hi, or is not",
               strokes[i].what);
        raster_free(&r);
    }
}

/* A place that is no number, and on a logarithmic axis what has no logarithm, are gaps. */
static void test_other_gaps(const struct spot *b)
{
    double place[N], y[N];
    for (int i = 0; i < N; i++)
        place[i] = i == 5 ? NAN : i, y[i] = 5;
    struct curve curve = {.n = N, .x = place, .y = y};
    struct raster r = lines_raster(&curve, 1, false);
    tap_ok(between(&r, b, 4.3, 5.7) == 0 && between(&r, b, 3.2, 3.8) > 0, "no place is a gap");
    raster_free(&r);
    for (int i = 0; i < N; i++)
        y[i] = i == 5 ? 0 : ldexp(1, i);
    curve.x = x;
    r = lines_raster(&curve, 1, true);
    struct spot s = curve_spot(&r, 0);
    tap_ok(between(&r, &s, 4.3, 5.7) == 0, "nor has 0 a place on a logarithmic axis");
    tap_ok(passes(&r, &s, 2, 2, 3) && passes(&r, &s, 8, 8, 3), "on which powers of 2 are a line");
    raster_free(&r);
}

int main(void)
{
    if (!figure_library()) {
        printf("1..0 # SKIP built without cairo\n");
        return 0;
    }
    for (int dark = 0; dark < 2; dark++) {
        test_heat(dark);
        test_bar(dark);
    }
    test_unsettled(false);
    test_unsettled(true);
    test_no_data();
    struct spot b = body();
    test_curve(&b);
    test_gaps(&b);
    test_other_gaps(&b);
    return tap_done();
}
