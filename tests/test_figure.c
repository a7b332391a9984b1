/* Figures: plots are kept as copies, a page is of the size asked for, and the
 * colours go from blue to red without a turn. */
#include "deltaw/draw/figure.h"

#include "deltaw/draw/palette.h"
#include "tap.h"

static double lightness(const double rgb[3])
{
    return .2126 * pow(rgb[0], 2.2) + .7152 * pow(rgb[1], 2.2) + .0722 * pow(rgb[2], 2.2);
}

static void test_colours(void)
{
    for (int dark = 0; dark < 2; dark++) {
        double before[3], rgb[3];
        bool even = true, apart = true, within = true;
        for (int side = -1; side <= 1; side += 2) {
            palette_diverging_rgb(0, dark, before);
            for (int i = 1; i <= 50; i++) {
                palette_diverging_rgb(side * i / 50., dark, rgb);
                double step = lightness(rgb) - lightness(before);
                even = even && (dark ? step > 0 : step < 0);
                for (int c = 0; c < 3; c++)
                    within = within && rgb[c] >= 0 && rgb[c] <= 1;
                apart = apart && (i < 5 || (side > 0 ? rgb[0] > rgb[2] : rgb[2] > rgb[0]));
                memcpy(before, rgb, sizeof rgb);
            }
        }
        tap_ok(even, "lightness goes one way from zero, dark %d", dark);
        tap_ok(apart, "plus is red and minus blue, dark %d", dark);
        tap_ok(within, "colours are within 0 and 1, dark %d", dark);
        palette_diverging_rgb(NAN, dark, rgb);
        palette_diverging_rgb(0, dark, before);
        tap_ok(memcmp(rgb, before, sizeof rgb) == 0, "no number is zero, dark %d", dark);
    }
    double rgb[3];
    palette_rgb(208, rgb);
    tap_ok(fabs(rgb[0] - 1) < 1e-9 && fabs(rgb[1] - 135 / 255.) < 1e-9 && rgb[2] == 0,
           "208 of 256 is orange");
    palette_rgb(244, rgb);
    tap_ok(rgb[0] == rgb[1] && fabs(rgb[2] - 128 / 255.) < 1e-9, "244 is a grey");
}

/* What was drawn goes; what was kept stays. */
static void add_lines(struct figure *figure, double first)
{
    struct canvas canvas;
    struct style style = {.colours = 256};
    double *x = calloc(3, sizeof *x), *y = calloc(3, sizeof *y), mark = 1.5;
    char label[] = "one";
    for (int i = 0; i < 3; i++)
        x[i] = i, y[i] = first + i;
    struct curve curve = {.label = label, .n = 3, .x = x, .y = y, .lo = x, .hi = y};
    struct line_plot plot = {.x_label = "x",
                             .y_title = "y",
                             .x_lo = NAN,
                             .x_hi = NAN,
                             .y_lo = NAN,
                             .y_hi = NAN,
                             .n_curves = 1,
                             .curves = &curve,
                             .n_marks = 1,
                             .marks = &mark};
    canvas_init(&canvas, 40, 20);
    canvas.figure = figure;
    line_plot_draw(&plot, &canvas, (struct rect){0, 0, 40, 20}, &style);
    bool untouched = true;
    for (int i = 0; i < 40 * 20; i++)
        untouched = untouched && canvas.cells[i].glyph == ' ';
    tap_ok(untouched, "a canvas of a figure has no cells drawn");
    canvas_free(&canvas);
    memset(x, 0, 3 * sizeof *x), memset(y, 0, 3 * sizeof *y);
    memset(label, 'x', 3);
    free(x), free(y);
}

static void test_kept(void)
{
    struct figure figure = {.width = 40, .height = 20};
    add_lines(&figure, 7);
    tap_ok(figure.n == 1 && figure.parts[0].lines && !figure.parts[0].heat, "a part is kept");
    const struct line_plot *plot = figure.parts[0].lines;
    tap_ok(plot->curves[0].y[2] == 9 && plot->curves[0].hi[1] == 8 && plot->marks[0] == 1.5 &&
               strcmp(plot->curves[0].label, "one") == 0,
           "its numbers and names are copies");
    figure_free(&figure);
    tap_ok(figure.n == 0 && !figure.parts, "and are freed");
}

static bool paints(const struct figure *figure, double width, double height, enum figure_kind kind,
                   struct strbuf *out, struct err *err)
{
    struct figure_look look = {.width = width,
                               .height = height,
                               .font = 7,
                               .dpi = 100,
                               .family = "sans",
                               .creator = "test"};
    strbuf_reset(out);
    *err = (struct err){0};
    return figure_paint(figure, kind, &look, out, err);
}

/* Two by two cells at these places. */
static struct heat_map small_map(const double *places, double limit)
{
    static const double value[] = {-1, NAN, 1, 3};
    static const uint32_t support[] = {1, 1, 0, 1};
    static const struct heat_panel panel = {"", value, support, NULL};
    return (struct heat_map){.x_label = "x",
                             .nx = 2,
                             .ny = 2,
                             .x = places,
                             .y = places,
                             .limit = limit,
                             .n_panels = 1,
                             .panels = &panel,
                             .cross_panel = -1};
}

static void test_pages(void)
{
    struct figure figure = {.width = 40, .height = 20};
    struct strbuf out = {0};
    struct err err;
    const double axis[] = {0, 1};
    struct heat_map map = small_map(axis, 2);
    if (!figure_library()) {
        tap_ok(!paints(&figure, 80, NAN, FIGURE_PDF, &out, &err) &&
                   strstr(err.message, "libcairo2-dev"),
               "without cairo the package is named");
        return;
    }
    tap_ok(!paints(&figure, 80, NAN, FIGURE_PDF, &out, &err), "an empty figure is refused");
    add_lines(&figure, 0);
    tap_ok(paints(&figure, 80, NAN, FIGURE_PDF, &out, &err) && memcmp(out.text, "%PDF", 4) == 0,
           "a PDF of curves");
    tap_ok(!paints(&figure, 80, 12, FIGURE_PDF, &out, &err) && strstr(err.message, "too small"),
           "too low a page: %s", err.message);
    figure_add_heat(&figure, &map, (struct rect){0, 10, 40, 10});
    figure.parts[0].place.height = 10;
    tap_ok(paints(&figure, 80, NAN, FIGURE_SVG, &out, &err) && strstr(out.text, "<svg"),
           "an SVG of curves above a map");
    tap_ok(paints(&figure, 80, NAN, FIGURE_PNG, &out, &err) && memcmp(out.text, "\x89PNG", 4) == 0,
           "a PNG of both");
    figure_free(&figure);
    strbuf_free(&out);
}

/* No cells, no points, one place, names of any length. */
static void test_hostile_pages(void)
{
    struct figure figure = {.width = 40, .height = 20};
    struct strbuf out = {0};
    struct err err;
    const double upright[] = {5, 5};
    struct heat_map map = small_map(upright, 0);
    if (!figure_library())
        return;
    map.nx = 0;
    figure_add_heat(&figure, &map, (struct rect){0, 0, 40, 20});
    tap_ok(paints(&figure, 80, 60, FIGURE_SVG, &out, &err), "a map without cells says so");
    figure_free(&figure);
    map.nx = 2;
    figure_add_heat(&figure, &map, (struct rect){0, 0, 40, 20});
    figure.title = strdup("A title of many words that goes on and on and does not fit into one "
                          "line of a page as narrow as this one is, nor into two of them");
    tap_ok(paints(&figure, 80, NAN, FIGURE_PDF, &out, &err), "a map of one place without a scale");
    figure_free(&figure);
    struct line_plot none = {.x_lo = NAN, .x_hi = NAN, .y_lo = NAN, .y_hi = NAN};
    figure_add_lines(&figure, &none, (struct rect){0, 0, 40, 20});
    tap_ok(paints(&figure, 80, NAN, FIGURE_PNG, &out, &err), "no curves");
    figure_free(&figure);
    strbuf_free(&out);
}

int main(void)
{
    test_colours();
    test_kept();
    test_pages();
    test_hostile_pages();
    return tap_done();
}
