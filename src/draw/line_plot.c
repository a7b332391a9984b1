/* Curves on axes: two by two pixels a cell (quadrant blocks), one in ASCII. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "deltaw/draw/plot.h"

struct frame {
    struct rect body; /* where curves go */
    int pixel_x, pixel_y; /* pixels per cell */
    double x_lo, x_hi, y_lo, y_hi; /* y in log10 when the axis is */
};

struct raster {
    int width, height; /* pixels */
    int16_t *curve;    /* [height][width] which curve is there, -1: none */
};

static double y_of(const struct line_plot *p, double y)
{
    return p->y_log ? (y > 0 ? log10(y) : NAN) : y;
}

/* --- ranges ---------------------------------------------------------------- */

static bool ranges(const struct line_plot *p, struct frame *f)
{
    double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
    for (size_t c = 0; c < p->n_curves; c++)
        for (size_t i = 0; i < p->curves[c].n; i++) {
            double x = p->curves[c].x[i], y = y_of(p, p->curves[c].y[i]);
            if (!isfinite(x) || !isfinite(y))
                continue;
            lo[0] = fmin(lo[0], x), hi[0] = fmax(hi[0], x);
            lo[1] = fmin(lo[1], y), hi[1] = fmax(hi[1], y);
        }
    bool any = hi[0] >= lo[0];
    f->x_lo = isnan(p->x_lo) ? lo[0] : p->x_lo, f->x_hi = isnan(p->x_hi) ? hi[0] : p->x_hi;
    f->y_lo = isnan(p->y_lo) ? lo[1] : y_of(p, p->y_lo);
    f->y_hi = isnan(p->y_hi) ? hi[1] : y_of(p, p->y_hi);
    if (isnan(p->y_lo) && isnan(p->y_hi) && any) {
        double pad = (f->y_hi - f->y_lo) * .04;
        f->y_lo -= pad, f->y_hi += pad;
    }
    if (!(f->x_hi > f->x_lo))
        f->x_lo -= .5, f->x_hi = f->x_lo + 1;
    if (!(f->y_hi > f->y_lo)) {
        double pad = fmax(fabs(f->y_lo) * .1, 1e-3);
        f->y_hi = f->y_lo + pad, f->y_lo -= pad;
    }
    return any;
}

/* --- curves ---------------------------------------------------------------- */

static bool inked(enum curve_stroke stroke, int at)
{
    return stroke == STROKE_SOLID || (stroke == STROKE_DASHED ? at % 5 < 3 : at % 3 == 0);
}

static void set_pixel(struct raster *r, int x, int y, int curve)
{
    if (x >= 0 && y >= 0 && x < r->width && y < r->height)
        r->curve[y * r->width + x] = (int16_t)curve;
}

/* Vertical runs between neighbours of a column keep curves joined. */
static void draw_run(struct raster *r, int x, int from, int to, int curve,
                     enum curve_stroke stroke)
{
    int step = to < from ? -1 : 1;
    for (int y = from;; y += step) {
        if (inked(stroke, abs(to - from) > 2 ? x + y : x))
            set_pixel(r, x, y, curve);
        if (y == to)
            break;
    }
}

static void draw_segment(struct raster *r, int x0, int y0, int x1, int y1, int curve,
                         enum curve_stroke stroke)
{
    if (x0 == x1) {
        draw_run(r, x0, y0, y1, curve, stroke);
        return;
    }
    int last = y0;
    for (int x = x0; x <= x1; x++) {
        int y = y0 + (int)lround((double)(y1 - y0) * (x - x0) / (x1 - x0));
        int from = x == x0 ? y : last + (y > last) - (y < last);
        draw_run(r, x, from, y, curve, stroke);
        last = y;
    }
}

/* Points of one pixel column are drawn as the run from their least to their
 * greatest, so that a million of them cost a pass and no more. */
static void draw_curve(const struct line_plot *p, const struct frame *f, struct raster *r,
                       int index)
{
    const struct curve *c = &p->curves[index];
    bool open = false;
    int at = 0, low = 0, high = 0, last = 0;
    for (size_t i = 0; i <= c->n; i++) {
        double x = i < c->n ? c->x[i] : NAN, y = i < c->n ? y_of(p, c->y[i]) : NAN;
        bool there = isfinite(x) && isfinite(y);
        int px = 0, py = 0;
        if (there) {
            px = (int)lround((x - f->x_lo) / (f->x_hi - f->x_lo) * (r->width - 1));
            double up = (y - f->y_lo) / (f->y_hi - f->y_lo) * (r->height - 1);
            py = r->height - 1 - (int)lround(fmin(fmax(up, -2. * r->height), 3. * r->height));
        }
        if (open && there && px == at) {
            low = py < low ? py : low;
            high = py > high ? py : high;
            last = py;
            continue;
        }
        if (open) {
            draw_run(r, at, low, high, index, c->stroke);
            if (there && px > at)
                draw_segment(r, at, last, px, py, index, c->stroke);
        }
        open = there;
        at = px, low = high = last = py;
    }
}

static void show_raster(const struct line_plot *p, const struct frame *f, const struct raster *r,
                        struct canvas *canvas, const struct style *style)
{
    static const uint32_t quadrant[16] = {' ',    0x2598, 0x259d, 0x2580, 0x2596, 0x258c,
                                          0x259e, 0x259b, 0x2597, 0x259a, 0x2590, 0x259c,
                                          0x2584, 0x2599, 0x259f, 0x2588};
    static const char marks[] = "*o+x#@%&";
    for (int y = 0; y < f->body.height; y++)
        for (int x = 0; x < f->body.width; x++) {
            unsigned bits = 0;
            int top = -1;
            for (int dy = 0; dy < f->pixel_y; dy++)
                for (int dx = 0; dx < f->pixel_x; dx++) {
                    int c = r->curve[(y * f->pixel_y + dy) * r->width + x * f->pixel_x + dx];
                    if (c < 0)
                        continue;
                    bits |= 1u << (dy * 2 + dx);
                    top = c > top ? c : top;
                }
            if (top < 0)
                continue;
            const struct curve *c = &p->curves[top];
            uint32_t glyph = style->ascii ? (uint32_t)marks[c->colour % 8] : quadrant[bits];
            canvas_put(canvas, f->body.x + x, f->body.y + y, glyph,
                       palette_curve(c->colour, style), COLOUR_DEFAULT, c->attributes);
        }
}

/* --- axes ------------------------------------------------------------------ */

static size_t y_ticks(const struct line_plot *p, const struct frame *f, double *tick)
{
    size_t most = (size_t)(f->body.height / 3 > 1 ? f->body.height / 3 : 2), n = 0;
    if (most > 16)
        most = 16;
    if (!p->y_log || f->y_hi - f->y_lo < .4) {
        double lo = p->y_log ? pow(10, f->y_lo) : f->y_lo;
        double hi = p->y_log ? pow(10, f->y_hi) : f->y_hi;
        n = ticks_linear(lo, hi, most, tick);
    } else {
        for (double e = floor(f->y_lo); e <= f->y_hi; e++)
            for (int m = 0; m < 3; m++) {
                double v = pow(10, e) * (m == 0 ? 1 : m == 1 ? 2 : 5);
                if (n < 16 && log10(v) >= f->y_lo && log10(v) <= f->y_hi)
                    tick[n++] = v;
            }
    }
    return n;
}

static int y_cell(const struct line_plot *p, const struct frame *f, double tick)
{
    double up = (y_of(p, tick) - f->y_lo) / (f->y_hi - f->y_lo);
    return f->body.y + f->body.height - 1 - (int)lround(up * (f->body.height - 1));
}

static int x_cell(const struct frame *f, double tick)
{
    double right = (tick - f->x_lo) / (f->x_hi - f->x_lo);
    return f->body.x + (int)lround(right * (f->body.width - 1));
}

static double step_of(const double *tick, size_t n)
{
    return n > 1 ? tick[1] - tick[0] : n ? fabs(tick[0]) : 1;
}

static void draw_y_axis(const struct line_plot *p, const struct frame *f, struct canvas *canvas,
                        int left, const struct style *style)
{
    double tick[16];
    char text[40];
    size_t n = y_ticks(p, f, tick);
    int axis = f->body.x - 1;
    for (int y = 0; y < f->body.height; y++)
        canvas_put(canvas, axis, f->body.y + y, style->ascii ? '|' : 0x2502, COLOUR_DEFAULT,
                   COLOUR_DEFAULT, 0);
    for (size_t i = 0; i < n; i++) {
        tick_label(text, tick[i], step_of(tick, n));
        int y = y_cell(p, f, tick[i]), width = utf8_width(text);
        canvas_text(canvas, axis - width > left ? axis - width : left, y, axis - left, text,
                    COLOUR_DEFAULT, 0, style);
        canvas_put(canvas, axis, y, style->ascii ? '+' : 0x2524, COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
    }
}

static void draw_x_axis(const struct line_plot *p, const struct frame *f, struct canvas *canvas,
                        bool labels, const struct style *style)
{
    double tick[32];
    char text[40];
    int y = f->body.y + f->body.height, right = f->body.x + f->body.width;
    size_t most = (size_t)(f->body.width / 9 > 1 ? f->body.width / 9 : 2);
    size_t n = ticks_linear(f->x_lo, f->x_hi, most < 32 ? most : 32, tick);
    canvas_put(canvas, f->body.x - 1, y, style->ascii ? '+' : 0x2514, COLOUR_DEFAULT,
               COLOUR_DEFAULT, 0);
    for (int x = f->body.x; x < right; x++)
        canvas_put(canvas, x, y, style->ascii ? '-' : 0x2500, COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
    int label = p->x_label && labels ? utf8_width(p->x_label) : 0;
    int used = right - label;
    if (label > 0 && label < f->body.width)
        canvas_text(canvas, used, y + 1, label, p->x_label, COLOUR_DEFAULT, 0, style);
    for (size_t i = 0; i < n; i++) {
        int x = x_cell(f, tick[i]);
        canvas_put(canvas, x, y, style->ascii ? '+' : 0x252c, COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
        tick_label(text, tick[i], step_of(tick, n));
        int width = utf8_width(text), from = x - width / 2;
        if (labels && from + width < used)
            canvas_text(canvas, from, y + 1, width, text, COLOUR_DEFAULT, 0, style);
    }
}

static void draw_guides(const struct line_plot *p, const struct frame *f, struct canvas *canvas,
                        const struct style *style)
{
    for (size_t i = 0; i < p->n_marks; i++) {
        if (!(p->marks[i] >= f->x_lo && p->marks[i] <= f->x_hi))
            continue;
        for (int y = 0; y < f->body.height; y++)
            canvas_put(canvas, x_cell(f, p->marks[i]), f->body.y + y, style->ascii ? ':' : 0x250a,
                       COLOUR_DEFAULT, COLOUR_DEFAULT, CELL_DIM);
    }
    if (p->y_zero && !p->y_log && f->y_lo < 0 && f->y_hi > 0)
        for (int x = 0; x < f->body.width; x++)
            canvas_put(canvas, f->body.x + x, y_cell(p, f, 0), style->ascii ? '.' : 0x2508,
                       COLOUR_DEFAULT, COLOUR_DEFAULT, CELL_DIM);
}

/* A sample of a curve's stroke.  In ASCII strokes differ by their gaps; a curve
 * without points stands for a stroke in any mark. */
static void draw_sample(const struct curve *curve, struct canvas *canvas, int x, int y,
                        const struct style *style)
{
    static const uint32_t stroke[] = {0x2501, 0x2505, 0x2509};
    static const char marks[] = "*o+x#@%&";
    int ink = palette_curve(curve->colour, style);
    char mark = curve->n > 0 ? marks[curve->colour % 8] : '-';
    for (int i = 0; i < 3; i++) {
        bool gap = (curve->stroke == STROKE_DASHED && i == 1) ||
                   (curve->stroke == STROKE_DOTS && i != 1);
        uint32_t glyph = style->ascii ? (uint32_t)(gap ? ' ' : mark) : stroke[curve->stroke];
        canvas_put(canvas, x + i, y, glyph, ink, COLOUR_DEFAULT, curve->attributes);
    }
}

/* One line: a stroke and a name for each curve that has one. */
static void draw_legend(const struct line_plot *p, struct canvas *canvas, int x, int y, int right,
                        const struct style *style)
{
    for (size_t c = 0; c < p->n_curves; c++) {
        const struct curve *curve = &p->curves[c];
        if (!curve->label)
            continue;
        int need = utf8_width(curve->label) + 4;
        if (x + need > right)
            break;
        draw_sample(curve, canvas, x, y, style);
        canvas_text(canvas, x + 4, y, need - 4, curve->label, COLOUR_DEFAULT, 0, style);
        x += need + 2;
    }
}

/* --- all of it ------------------------------------------------------------- */

static int label_width(const struct line_plot *p, const struct frame *f)
{
    double tick[16];
    char text[40];
    int width = 0;
    size_t n = y_ticks(p, f, tick);
    for (size_t i = 0; i < n; i++) {
        int w = utf8_width(tick_label(text, tick[i], step_of(tick, n)));
        width = w > width ? w : width;
    }
    return width;
}

static void draw_body(const struct line_plot *p, const struct frame *f, struct canvas *canvas,
                      const struct style *style)
{
    struct raster r = {f->body.width * f->pixel_x, f->body.height * f->pixel_y, NULL};
    size_t n = (size_t)r.width * (size_t)r.height;
    r.curve = mem_new(n, sizeof *r.curve);
    memset(r.curve, -1, n * sizeof *r.curve);
    for (int c = 0; c < (int)p->n_curves && c < INT16_MAX; c++)
        draw_curve(p, f, &r, c);
    show_raster(p, f, &r, canvas, style);
    free(r.curve);
}

void line_plot_draw(const struct line_plot *plot, struct canvas *canvas, struct rect area,
                    const struct style *style)
{
    struct frame f = {.pixel_x = style->ascii ? 1 : 2, .pixel_y = style->ascii ? 1 : 2};
    bool any = ranges(plot, &f), legend = false;
    if (area.width < 1 || area.height < 1)
        return;
    if (!any) {
        const char *say = plot->empty ? plot->empty : "nothing to draw";
        int width = utf8_width(say), x = area.x + (area.width - width) / 2;
        canvas_text(canvas, x > area.x ? x : area.x, area.y + area.height / 2, area.width, say,
                    COLOUR_DEFAULT, CELL_DIM, style);
        return;
    }
    for (size_t c = 0; c < plot->n_curves; c++)
        legend = legend || plot->curves[c].label;
    bool axes = area.width >= 16 && area.height >= 5, labels = area.height >= 6;
    bool head = area.height >= 8 && (legend || plot->y_label);
    f.body = area;
    if (axes) {
        f.body.y += head;
        f.body.height -= head + 1 + labels;
        int left = label_width(plot, &f) + 1;
        f.body.x += left, f.body.width -= left;
    }
    if (f.body.width < 1 || f.body.height < 1)
        return;
    draw_guides(plot, &f, canvas, style);
    draw_body(plot, &f, canvas, style);
    if (!axes)
        return;
    draw_y_axis(plot, &f, canvas, area.x, style);
    draw_x_axis(plot, &f, canvas, labels, style);
    if (!head)
        return;
    int x = area.x;
    if (plot->y_label)
        x += canvas_text(canvas, x, area.y, area.width, plot->y_label, COLOUR_DEFAULT, 0, style) +
             3;
    draw_legend(plot, canvas, x > f.body.x ? x : f.body.x, area.y, area.x + area.width, style);
}
