/* Plots: what every cell of a curve shows; axes and legends. */
#include "plot_scenes.h"

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

/* The last curve gives the colour; where colours tell them apart, it alone gives pixels. */
static void test_shared_cells(void)
{
    double x[2] = {0, 1}, high[2] = {1, 1}, low[2] = {0, 0};
    struct curve two[] = {{"a", 2, x, high, STROKE_SOLID, 0, 0, NULL, NULL},
                          {"b", 2, x, low, STROKE_SOLID, 1, 0, NULL, NULL}};
    struct line_plot p = plot_of(two, 2);
    struct canvas c;
    p.y_lo = 0, p.y_hi = 1;
    draw(&c, 4, 1, &p, &rich);
    tap_ok(at(&c, 1, 0)->glyph == 0x2584 && at(&c, 1, 0)->foreground == palette_curve(1, &rich),
           "two curves in a cell: the last one's pixels and colour");
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
    tap_ok(says(&c, &utf8, "1e-10\u2524") && says(&c, &utf8, " 1e10\u2524"), "24 decades too");
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

int main(void)
{
    test_strokes();
    test_points();
    test_shared_cells();
    test_many();
    test_hostile();
    test_axes();
    test_legend();
    return tap_done();
}
