#include "raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

double raster_scale_y(bool y_log, double y)
{
    return y_log ? (y > 0 ? log10(y) : NAN) : y;
}

void raster_init(struct raster *r, int columns, int rows, int cell_width, int cell_height)
{
    *r = (struct raster){columns * cell_width, rows * cell_height, cell_width, cell_height, NULL};
    size_t n = (size_t)r->width * (size_t)r->height;
    r->curve = mem_new(n, sizeof *r->curve);
    memset(r->curve, -1, n * sizeof *r->curve);
}

void raster_free(struct raster *r)
{
    free(r->curve);
    r->curve = NULL;
}

/* Dashes of two cells of four pixels, dots of one. */
static bool dash_is_on(enum curve_stroke stroke, int at)
{
    unsigned phase = (unsigned)at + 6 * 256; /* not below 0 */
    return stroke == STROKE_SOLID || (stroke == STROKE_DASHED ? phase % 6 < 4 : phase % 2 == 0);
}

static void set_pixel(struct raster *r, int x, int y, int curve)
{
    if (x >= 0 && y >= 0 && x < r->width && y < r->height)
        r->curve[y * r->width + x] = (int16_t)curve;
}

/* Vertical runs between the neighbours of a column keep curves joined. */
static void draw_run(struct raster *r, int x, int from, int to, int curve, enum curve_stroke stroke)
{
    int low = from < to ? from : to, high = from < to ? to : from;
    bool steep = high - low > 2;
    for (int y = low > 0 ? low : 0; y <= high && y < r->height; y++)
        if (dash_is_on(stroke, steep ? x + y : x))
            set_pixel(r, x, y, curve);
}

static int clip_row(const struct raster *r, double y)
{
    return (int)lround(fmin(fmax(y, -2), r->height + 1));
}

/* Columns after that of the first point up to that of the second. */
static void draw_segment(struct raster *r, double x0, double y0, double x1, double y1, int curve,
                         enum curve_stroke stroke)
{
    if (x0 > x1) {
        double x = x0, y = y0;
        x0 = x1, y0 = y1, x1 = x, y1 = y;
    }
    if (x1 < 0 || x0 > r->width - 1)
        return;
    double slope = (y1 - y0) / (x1 - x0);
    int first = x0 > 0 ? (int)x0 : 0, end = x1 < r->width - 1 ? (int)x1 : r->width - 1;
    int last = clip_row(r, y0 + slope * (first - x0));
    for (int x = first; x <= end; x++) {
        int y = clip_row(r, x == x1 ? y1 : y0 + slope * (x - x0));
        draw_run(r, x, x == first ? y : last + (y > last) - (y < last), y, curve, stroke);
        last = y;
    }
}

/* A point without neighbours fills a cell, so that it is seen. */
static void draw_point(struct raster *r, int x, int y, int curve)
{
    int left = x - x % r->cell_width, top = y - y % r->cell_height;
    for (int dy = 0; dy < r->cell_height; dy++)
        for (int dx = 0; dx < r->cell_width; dx++)
            set_pixel(r, left + dx, top + dy, curve);
}

/* The points of one pixel column seen so far. */
struct column {
    bool open, joined;
    double x; /* a whole number */
    double low, high, last;
};

static void column_end(struct raster *r, const struct column *c, const struct curve *curve,
                       int index)
{
    if (!c->open || c->x < 0 || c->x >= r->width)
        return;
    int low = clip_row(r, c->low), high = clip_row(r, c->high);
    if (!c->joined && low == high && low >= 0)
        draw_point(r, (int)c->x, low, index);
    else
        draw_run(r, (int)c->x, low, high, index, curve->stroke);
}

/* Each point and its interval by itself. */
static void raster_points(struct raster *r, const struct curve *curve, int index,
                          const struct scale *scale, double per_x, double per_y)
{
    for (size_t i = 0; i < curve->n; i++) {
        double x = rint((curve->x[i] - scale->x_lo) * per_x);
        double row[3] = {curve->lo ? curve->lo[i] : NAN, curve->lo ? curve->hi[i] : NAN,
                         curve->y[i]};
        for (int k = 0; k < 3; k++)
            row[k] = r->height - 1 - (raster_scale_y(scale->y_log, row[k]) - scale->y_lo) * per_y;
        if (!(x >= 0 && x < r->width) || !isfinite(row[2]))
            continue;
        int y = clip_row(r, row[2]);
        if (y >= 0 && y < r->height)
            draw_point(r, (int)x, y, index);
        if (isfinite(row[0]) && isfinite(row[1]))
            draw_run(r, (int)x, clip_row(r, row[0]), clip_row(r, row[1]), index, STROKE_SOLID);
    }
}

/* Points of one pixel column are drawn as the run from their least to their
 * greatest, so that a million of them cost a pass and no more. */
void raster_curve(struct raster *r, const struct curve *curve, int index, const struct scale *scale)
{
    struct column c = {0};
    double per_x = (r->width - 1) / (scale->x_hi - scale->x_lo);
    double per_y = (r->height - 1) / (scale->y_hi - scale->y_lo);
    if (index < 0 || index >= RASTER_CURVES)
        return;
    if (curve->stroke >= STROKE_POINTS) {
        raster_points(r, curve, index, scale, per_x, per_y);
        return;
    }
    for (size_t i = 0; i < curve->n; i++) {
        double x = rint((curve->x[i] - scale->x_lo) * per_x);
        double y =
            r->height - 1 - (raster_scale_y(scale->y_log, curve->y[i]) - scale->y_lo) * per_y;
        if (!isfinite(x) || !isfinite(y)) {
            column_end(r, &c, curve, index);
            c.open = false;
            continue;
        }
        if (c.open && x == c.x) {
            c.low = y < c.low ? y : c.low;
            c.high = y > c.high ? y : c.high;
            c.last = y;
            continue;
        }
        bool joins = c.open;
        c.joined = c.joined || joins;
        column_end(r, &c, curve, index);
        if (joins)
            draw_segment(r, c.x, c.last, x, y, index, curve->stroke);
        c = (struct column){true, joins, x, y, y, y};
    }
    column_end(r, &c, curve, index);
}
