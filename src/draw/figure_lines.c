/* Curves on a page. */
#include <math.h>

#include "deltaw/draw/palette.h"
#include "figure_pen.h"
#include "line_plot.h"

struct lines {
    const struct pen *pen;
    const struct line_plot *plot;
    struct box body;
    struct scale scale;
};

enum { SAMPLE = 14, APART = 9 }; /* units: a stroke of the legend, between two entries */
#define BAND_ALPHA .18

static double row_height(const struct pen *pen)
{
    return pen->font * 1.35;
}

/* --- ticks -------------------------------------------------------------------- */

static size_t most_of(double length, double each, size_t least, size_t most)
{
    double n = floor(length / each);
    return n < (double)least ? least : n > (double)most ? most : (size_t)n;
}

static struct ticks y_ticks(const struct lines *l, double height)
{
    return line_axes_y_ticks(&l->scale, most_of(height, l->pen->font * 2.8, 2, 9), 9);
}

static const char *label_of(const struct ticks *ticks, size_t i, char out[64])
{
    char text[40];
    return pen_number(out, ticks_label(ticks, i, text));
}

static double widest_of(const struct lines *l, const struct ticks *ticks)
{
    double widest = 0;
    char out[64];
    for (size_t i = 0; i < ticks->n; i++)
        widest = fmax(widest, pen_width(l->pen, label_of(ticks, i, out)));
    return widest;
}

/* Labels are at least two thirds of the widest apart. */
static struct ticks x_ticks(const struct lines *l, double width)
{
    struct ticks ticks = {0};
    for (size_t most = most_of(width, l->pen->font * 3, 2, 12); most >= 2; most--) {
        ticks = ticks_within(l->scale.x_lo, l->scale.x_hi, most);
        double step = ticks.n > 1 ? ticks.at[1] - ticks.at[0] : INFINITY;
        if (widest_of(l, &ticks) * 1.6 < width * step / (l->scale.x_hi - l->scale.x_lo))
            break;
    }
    return ticks;
}

/* How far the last label reaches beyond a body of this width. */
static double x_overhang(const struct lines *l, double width)
{
    struct ticks ticks = x_ticks(l, width);
    const struct scale *s = &l->scale;
    char out[64];
    if (ticks.n == 0)
        return 0;
    return pen_width(l->pen, label_of(&ticks, ticks.n - 1, out)) / 2 + l->pen->unit -
           (s->x_hi - ticks.at[ticks.n - 1]) / (s->x_hi - s->x_lo) * width;
}

static double x_at(const struct lines *l, double x)
{
    const struct scale *s = &l->scale;
    return l->body.x + (x - s->x_lo) / (s->x_hi - s->x_lo) * l->body.width;
}

static double y_at(const struct lines *l, double y)
{
    const struct scale *s = &l->scale;
    return l->body.y +
           (1 - (raster_scale_y(s->y_log, y) - s->y_lo) / (s->y_hi - s->y_lo)) * l->body.height;
}

static void paint_axes(const struct lines *l)
{
    const struct pen *pen = l->pen;
    const struct box *b = &l->body;
    double u = pen->unit, bottom = b->y + b->height;
    char out[64];
    pen_tone(pen, PEN_TEXT);
    pen_size(pen, PEN_SMALL);
    pen_line(pen, b->x, b->y, b->x, bottom, .6 * u);
    pen_line(pen, b->x - .3 * u, bottom, b->x + b->width, bottom, .6 * u);
    struct ticks y = y_ticks(l, b->height), x = x_ticks(l, b->width);
    for (size_t i = 0; i < y.n; i++)
        pen_tick_left(pen, *b, y_at(l, y.at[i]), label_of(&y, i, out));
    for (size_t i = 0; i < x.n; i++)
        pen_tick_down(pen, *b, x_at(l, x.at[i]), label_of(&x, i, out));
    pen_size(pen, 1);
}

/* Sessions as thin lines; as marks on the axis where they would fill it. */
static void paint_guides(const struct lines *l)
{
    const struct line_plot *p = l->plot;
    const struct box *b = &l->body;
    double u = l->pen->unit, bottom = b->y + b->height;
    size_t seen = 0;
    for (size_t i = 0; i < p->n_marks; i++)
        seen += p->marks[i] >= l->scale.x_lo && p->marks[i] <= l->scale.x_hi;
    double top = (double)seen * 5 * u > b->width ? bottom - 4 * u : b->y;
    pen_tone(l->pen, p->marks_plain ? PEN_FAINT : PEN_GRID);
    for (size_t i = 0; i < p->n_marks; i++)
        if (p->marks[i] >= l->scale.x_lo && p->marks[i] <= l->scale.x_hi)
            pen_line(l->pen, x_at(l, p->marks[i]), top, x_at(l, p->marks[i]), bottom, .35 * u);
    pen_tone(l->pen, PEN_GRID);
    for (size_t i = 0; i < p->n_levels; i++) {
        double level = raster_scale_y(p->y_log, p->levels[i]), y = y_at(l, p->levels[i]);
        if (level >= l->scale.y_lo && level <= l->scale.y_hi)
            pen_line(l->pen, b->x, y, b->x + b->width, y, .35 * u);
    }
    if (p->y_zero && !p->y_log && l->scale.y_lo <= 0 && l->scale.y_hi >= 0)
        pen_line(l->pen, b->x, y_at(l, 0), b->x + b->width, y_at(l, 0), .5 * u);
}

/* --- curves ------------------------------------------------------------------- */

static void set_stroke(const struct pen *pen, const struct curve *curve)
{
    double rgb[3], u = pen->unit;
    bool dim = curve->attributes & CELL_DIM;
    double width = (curve->attributes & CELL_BOLD ? 1.6 : dim ? .5 : 1) * u;
    if (curve->n > 400) /* many points: mostly up and down */
        width *= .65;
    palette_curve_rgb(curve->colour, pen->dark, rgb);
    pen->lib->set_source_rgba(pen->cairo, rgb[0], rgb[1], rgb[2], dim ? .45 : 1);
    pen->lib->set_line_join(pen->cairo, CAIRO_LINE_JOIN_ROUND);
    pen->lib->set_line_cap(pen->cairo, CAIRO_LINE_CAP_ROUND);
    pen->lib->set_dash(pen->cairo, NULL, 0, 0);
    if (curve->stroke == STROKE_DASHED) {
        pen->lib->set_line_cap(pen->cairo, CAIRO_LINE_CAP_BUTT);
        pen->lib->set_dash(pen->cairo, (const double[]){3.2 * u, 1.6 * u}, 2, 0);
    } else if (curve->stroke == STROKE_DOTS) {
        width = fmax(width, 1.1 * u);
        pen->lib->set_dash(pen->cairo, (const double[]){0, 2.2 * u}, 2, 0);
    }
    pen->lib->set_line_width(pen->cairo, width);
}

static bool is_point(const struct lines *l, const struct curve *c, size_t i)
{
    return i < c->n && isfinite(c->x[i]) && isfinite(raster_scale_y(l->scale.y_log, c->y[i]));
}

static void dot(const struct pen *pen, double x, double y, double radius)
{
    pen->lib->new_sub_path(pen->cairo);
    pen->lib->arc(pen->cairo, x, y, radius, 0, 6.283185307179586);
    pen->lib->fill(pen->cairo);
}

/* Dots, and their intervals as bars. */
static void paint_points(const struct lines *l, const struct curve *c)
{
    for (size_t i = 0; i < c->n; i++) {
        if (!is_point(l, c, i))
            continue;
        double x = x_at(l, c->x[i]);
        if (c->lo && c->hi && isfinite(raster_scale_y(l->scale.y_log, c->lo[i])) &&
            isfinite(raster_scale_y(l->scale.y_log, c->hi[i])))
            pen_line(l->pen, x, y_at(l, c->lo[i]), x, y_at(l, c->hi[i]), .7 * l->pen->unit);
        dot(l->pen, x, y_at(l, c->y[i]), 1.5 * l->pen->unit);
    }
}

/* Pale, from point to point; a point between gaps has a bar. */
static void paint_band(const struct lines *l, const struct curve *c)
{
    const struct pen *pen = l->pen;
    cairo_t *cairo = pen->cairo;
    double rgb[3];
    palette_curve_rgb(c->colour, l->pen->dark, rgb);
    pen->lib->set_source_rgba(cairo, rgb[0], rgb[1], rgb[2], BAND_ALPHA);
    for (size_t first = 0, end; first < c->n; first = end + 1) {
        for (end = first; is_point(l, c, end) && isfinite(c->lo[end]) && isfinite(c->hi[end]);)
            end++;
        if (end == first + 1)
            pen_line(l->pen, x_at(l, c->x[first]), y_at(l, c->lo[first]), x_at(l, c->x[first]),
                     y_at(l, c->hi[first]), 2 * l->pen->unit);
        if (end < first + 2)
            continue;
        for (size_t i = first; i < end; i++)
            pen->lib->line_to(cairo, x_at(l, c->x[i]), y_at(l, c->hi[i]));
        for (size_t i = end; i-- > first;)
            pen->lib->line_to(cairo, x_at(l, c->x[i]), y_at(l, c->lo[i]));
        pen->lib->close_path(cairo);
        pen->lib->fill(cairo);
    }
}

/* A point between gaps has no line: it is a dot. */
static void paint_curve(const struct lines *l, const struct curve *c)
{
    const struct pen *pen = l->pen;
    cairo_t *cairo = pen->cairo;
    if (c->stroke == STROKE_BAND) {
        paint_band(l, c);
        return;
    }
    set_stroke(l->pen, c);
    if (c->stroke == STROKE_POINTS || c->lo)
        paint_points(l, c);
    if (c->stroke == STROKE_POINTS)
        return;
    set_stroke(l->pen, c);
    for (size_t i = 0; i < c->n; i++) {
        if (!is_point(l, c, i))
            continue;
        double x = x_at(l, c->x[i]), y = y_at(l, c->y[i]);
        bool first = i == 0 || !is_point(l, c, i - 1);
        if (!first) {
            pen->lib->line_to(cairo, x, y);
        } else if (is_point(l, c, i + 1)) {
            pen->lib->move_to(cairo, x, y);
        } else {
            pen->lib->stroke(cairo);
            dot(l->pen, x, y, l->pen->unit);
        }
    }
    pen->lib->stroke(cairo);
}

static void paint_curves(const struct lines *l)
{
    const struct pen *pen = l->pen;
    cairo_t *cairo = pen->cairo;
    double edge = l->pen->unit;
    pen->lib->save(cairo);
    pen->lib->rectangle(cairo, l->body.x, l->body.y - edge, l->body.width + edge,
                        l->body.height + 2 * edge);
    pen->lib->clip(cairo);
    for (size_t i = 0; i < l->plot->n_curves; i++)
        paint_curve(l, &l->plot->curves[i]);
    pen->lib->restore(cairo);
}

/* Rows above the body; how many it takes; drawn from the upper left when `draw`. */
static int legend(const struct lines *l, double left, double top, double width, bool draw)
{
    const struct pen *pen = l->pen;
    double x = left, u = pen->unit, y = top + pen->font * .95;
    int rows = 1;
    for (size_t i = 0; i < l->plot->n_curves; i++) {
        const struct curve *curve = &l->plot->curves[i];
        if (!curve->label)
            continue;
        double need = (SAMPLE + 3) * u + pen_width(pen, curve->label);
        if (x > left && x + need > left + width) {
            x = left;
            y += row_height(pen);
            rows++;
        }
        if (draw) {
            pen->lib->save(pen->cairo);
            set_stroke(pen, curve);
            if (curve->stroke == STROKE_BAND) {
                pen->lib->rectangle(pen->cairo, x, y - pen->font * .6, SAMPLE * u, pen->font * .55);
                pen->lib->set_source_rgba(pen->cairo, .5, .5, .5, 2 * BAND_ALPHA);
                pen->lib->fill(pen->cairo);
            } else if (curve->stroke == STROKE_POINTS) {
                dot(pen, x + SAMPLE * u / 2, y - pen->font * .33, 1.5 * u);
            } else {
                pen->lib->move_to(pen->cairo, x, y - pen->font * .33);
                pen->lib->line_to(pen->cairo, x + SAMPLE * u, y - pen->font * .33);
                pen->lib->stroke(pen->cairo);
            }
            pen->lib->restore(pen->cairo);
            pen_tone(pen, PEN_TEXT);
            pen_text(pen, x + (SAMPLE + 3) * u, y, 0, curve->label);
        }
        x += need + APART * u;
    }
    return rows;
}

struct margin figure_lines_margin(const struct pen *pen, const struct line_plot *plot, double width,
                                  double height)
{
    struct lines l = {.pen = pen, .plot = plot};
    double u = pen->unit;
    struct margin m = {4 * u, 4 * u, 2 * u, 4 * u};
    if (!line_plot_ranges(plot, &l.scale))
        return m;
    pen_size(pen, PEN_SMALL);
    struct ticks ticks = y_ticks(&l, height);
    double widest = widest_of(&l, &ticks);
    double over = x_overhang(&l, width - widest - pen->font * 2);
    pen_size(pen, 1);
    m.right = fmax(m.right, over);
    m.left = widest + 5 * u + (*pen_title(plot->y_title, plot->y_label) ? pen->font * 1.5 : 0);
    m.bottom =
        4 * u + pen->font * 1.1 + (*pen_title(plot->x_title, plot->x_label) ? pen->font * 1.45 : 0);
    m.top = legend_wanted(plot) ? legend(&l, 0, 0, width - m.left, false) * row_height(pen) + 3 * u
                                : pen->font * .5;
    return m;
}

void figure_lines_paint(const struct pen *pen, const struct line_plot *plot, struct box body,
                        const struct margin *margin)
{
    struct lines l = {.pen = pen, .plot = plot, .body = body};
    if (!line_plot_ranges(plot, &l.scale)) {
        pen_notice(pen, body, plot->empty ? plot->empty : "nothing to draw");
        return;
    }
    paint_guides(&l);
    paint_curves(&l);
    paint_axes(&l);
    pen_titles(pen, body, margin, pen_title(plot->x_title, plot->x_label),
               pen_title(plot->y_title, plot->y_label));
    if (legend_wanted(plot))
        legend(&l, body.x, body.y - margin->top, body.width + margin->right, true);
}
