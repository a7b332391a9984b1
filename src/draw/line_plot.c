/* Curves on axes: two by four pixels a cell in braille, two by two in quadrant blocks, one in
 * ASCII. */
#include "line_plot.h"

#include <math.h>

#include "deltaw/base/utf8.h"
#include "deltaw/draw/figure.h"
#include "deltaw/draw/palette.h"

enum { MARK_EVERY = 12 };

/* --- ranges ---------------------------------------------------------------- */

static double finite_or(double value, double other)
{
    return isfinite(value) ? value : other;
}

/* Far ends are moved in so that their distance is finite. */
static void widen(double *lo, double *hi, double least)
{
    *lo = fmax(*lo, -1e300), *hi = fmin(*hi, 1e300);
    if (*hi - *lo >= 1e-9 * fmax(fabs(*lo), fabs(*hi)) && *hi > *lo)
        return;
    double middle = (*lo + *hi) / 2, pad = fmax(fabs(middle) * .1, least);
    *lo = middle - pad, *hi = middle + pad;
}

static void take_point(double lo[2], double hi[2], double x, double y)
{
    if (!isfinite(x) || !isfinite(y))
        return;
    lo[0] = fmin(lo[0], x), hi[0] = fmax(hi[0], x);
    lo[1] = fmin(lo[1], y), hi[1] = fmax(hi[1], y);
}

bool line_plot_ranges(const struct line_plot *p, struct scale *s)
{
    double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
    for (size_t c = 0; c < p->n_curves; c++) {
        const struct curve *curve = &p->curves[c];
        for (size_t i = 0; i < curve->n; i++) {
            take_point(lo, hi, curve->x[i], raster_scale_y(p->y_log, curve->y[i]));
            for (int side = 0; side < 2 && curve->lo && isfinite(curve->y[i]); side++)
                take_point(lo, hi, curve->x[i],
                           raster_scale_y(p->y_log, side ? curve->hi[i] : curve->lo[i]));
        }
    }
    if (!(hi[0] >= lo[0]))
        return false;
    double pad = (hi[1] - lo[1]) * .04;
    *s = (struct scale){
        .x_lo = finite_or(p->x_lo, lo[0]),
        .x_hi = finite_or(p->x_hi, hi[0]),
        .y_lo = finite_or(raster_scale_y(p->y_log, p->y_lo), lo[1] - pad),
        .y_hi = finite_or(raster_scale_y(p->y_log, p->y_hi), hi[1] + pad),
        .y_log = p->y_log,
    };
    widen(&s->x_lo, &s->x_hi, .5);
    widen(&s->y_lo, &s->y_hi, p->y_log ? .1 : 1e-3);
    return true;
}

/* --- curves ---------------------------------------------------------------- */

/* Drawn as marks or bars, not as pixels. */
static bool is_points(const struct line_plot *p, int curve)
{
    return curve >= 0 && p->curves[curve].stroke >= STROKE_POINTS;
}

/* The curve that has a pixel, -1: none.  Points only take room in the raster; they are drawn as
 * marks. */
static int pixel_curve(const struct line_plot *p, const struct raster *r, int x, int y)
{
    int c = r->curve[y * r->width + x];
    return is_points(p, c) ? -1 : c;
}

/* The topmost curve of a cell gives its colour.  Where colours tell curves apart, the pixels of
 * others are left out: they would be taken for its own, and make it thick. */
static int cell_of(const struct frame *f, const struct raster *r, int x, int y, unsigned *bits)
{
    int top = -1, px = r->cell_width, py = r->cell_height;
    const struct curve *curves = f->plot->curves;
    *bits = 0;
    for (int i = 0; i < px * py; i++) {
        int c = pixel_curve(f->plot, r, x * px + i % px, y * py + i / px);
        top = c > top ? c : top;
    }
    for (int i = 0; i < px * py && top >= 0; i++) {
        int c = pixel_curve(f->plot, r, x * px + i % px, y * py + i / px);
        if (c >= 0 && (f->style->colours <= 0 || curves[c].colour == curves[top].colour))
            *bits |= 1u << (i / px * 2 + i % px);
    }
    return top;
}

static void show_raster(const struct frame *f, const struct raster *r)
{
    unsigned bits;
    bool marks = f->marked && !f->points; /* they would look like points */
    for (int x = 0; x < f->body.width; x++) {
        int marked = -1; /* one mark of a curve in a column is enough */
        for (int y = 0; y < f->body.height; y++) {
            int top = cell_of(f, r, x, y, &bits);
            if (top < 0)
                continue;
            const struct curve *c = &f->plot->curves[top];
            uint32_t glyph = !f->style->ascii ? glyphs_block(f->glyphs, bits)
                             : f->points      ? glyphs_line(c->colour)
                                              : glyphs_mark(c->colour);
            if (marks && marked != top && (x + 4 * c->colour + 2) % MARK_EVERY == 0) {
                glyph = glyphs_mark(c->colour);
                marked = top;
            }
            canvas_put(f->canvas, f->body.x + x, f->body.y + y, glyph,
                       palette_curve(c->colour, f->style), COLOUR_DEFAULT, c->attributes);
        }
    }
}

/* --- points, their intervals, and bands ------------------------------------- */

static bool inside(const struct frame *f, const struct curve *c, size_t i)
{
    const struct scale *s = &f->scale;
    double y = raster_scale_y(s->y_log, c->y[i]);
    return y >= s->y_lo && y <= s->y_hi && c->x[i] >= s->x_lo && c->x[i] <= s->x_hi;
}

/* The rows of the body that the interval of point i reaches; false: it has none. */
static bool bar_rows(const struct frame *f, const struct curve *c, size_t i, int *top, int *low)
{
    int last = f->body.y + f->body.height - 1;
    if (!c->lo || !isfinite(c->lo[i]) || !isfinite(c->hi[i]))
        return false;
    *top = line_axes_row(f, c->hi[i]);
    *low = line_axes_row(f, c->lo[i]);
    *top = *top > f->body.y ? *top : f->body.y;
    *low = *low < last ? *low : last;
    return true;
}

static void put_bar(const struct frame *f, const struct curve *c, int x, int top, int low,
                    unsigned attributes)
{
    int foreground = palette_curve(c->colour, f->style);
    for (int row = top; row <= low; row++)
        canvas_put(f->canvas, x, row, f->glyphs->vertical, foreground, COLOUR_DEFAULT, attributes);
}

/* Marks over the strokes: marks are data, strokes a model. */
static void points_draw(const struct frame *f, const struct curve *c, bool bars)
{
    int foreground = palette_curve(c->colour, f->style), top, low;
    uint32_t point = f->style->ascii || f->marked ? glyphs_mark(c->colour) : f->glyphs->point;
    for (size_t i = 0; i < c->n; i++) {
        if (!inside(f, c, i))
            continue;
        int x = line_axes_column(f, c->x[i]);
        if (!bars)
            canvas_put(f->canvas, x, line_axes_row(f, c->y[i]), point, foreground, COLOUR_DEFAULT,
                       c->attributes);
        else if (bar_rows(f, c, i, &top, &low))
            put_bar(f, c, x, top, low, c->attributes);
    }
}

/* Under the strokes, and only where it is taller than a cell; elsewhere it would say no
 * more than the line does. */
static void points_draw_band(const struct frame *f, const struct curve *c, int index, int n)
{
    int top, low, apart = 3 * n, next = f->body.x + index;
    for (size_t i = 0; i < c->n; i++) {
        int x = line_axes_column(f, c->x[i]) + index;
        if (x < next || x >= f->body.x + f->body.width || !inside(f, c, i) ||
            !bar_rows(f, c, i, &top, &low))
            continue;
        next = x + apart;
        if (top < low)
            put_bar(f, c, x, top, low, CELL_DIM);
    }
}

/* --- all of it ------------------------------------------------------------- */

/* Marks tell curves apart where colours do not: more than one, and no colours. */
static bool needs_marks(const struct line_plot *p, const struct style *style)
{
    for (size_t i = 1; i < p->n_curves && !style->ascii && style->colours <= 0; i++)
        if (p->curves[i].colour != p->curves[0].colour)
            return true;
    return false;
}

/* The body, once the lines above it are known. */
static bool lay_out(struct frame *f, int head)
{
    int left = f->plot->y_labels;
    char text[40];
    f->body = f->head = f->area;
    f->head.height = f->axes ? head : 0;
    if (f->axes) {
        f->body.y += head;
        f->body.height -= head + 1 + f->labels;
        struct ticks ticks = line_axes_ticks(f);
        for (size_t i = 0; i < ticks.n; i++) {
            int width = utf8_width(ticks_label(&ticks, i, text));
            left = width > left ? width : left;
        }
        left = left + 1 < f->area.width / 2 ? left + 1 : f->area.width / 2;
        f->body.x += left;
        f->body.width -= left;
    }
    return f->body.width > 0 && f->body.height > 0;
}

static void make_raster(const struct frame *f, struct raster *r)
{
    raster_init(r, f->body.width, f->body.height, f->glyphs->pixels_x, f->glyphs->pixels_y);
    for (int points = 1; points >= 0; points--)
        for (size_t c = 0; c < f->plot->n_curves && c < RASTER_CURVES; c++)
            if (is_points(f->plot, (int)c) == points)
                raster_curve(r, &f->plot->curves[c], (int)c, &f->scale);
}

static void draw_bands(const struct frame *f)
{
    int n = 0, index = 0;
    for (size_t c = 0; c < f->plot->n_curves; c++)
        n += f->plot->curves[c].stroke == STROKE_BAND && f->plot->curves[c].n > 0;
    for (size_t c = 0; c < f->plot->n_curves; c++)
        if (f->plot->curves[c].stroke == STROKE_BAND)
            points_draw_band(f, &f->plot->curves[c], index++, n);
}

/* The y label heads the picture; the legend stands beside it, else where it
 * covers no curve, else in lines of its own above. */
static bool draw_parts(struct frame *f)
{
    struct rect place = {0};
    struct raster r;
    bool legend = f->axes && f->area.height >= 7 && f->area.width >= 24 && legend_wanted(f->plot);
    int label = f->plot->y_label && f->area.height >= 7 ? utf8_width(f->plot->y_label) : 0;
    int head = label > 0, most = f->area.height >= 10 ? 2 : 1;
    if (!lay_out(f, head))
        return false;
    make_raster(f, &r);
    if (legend && head) {
        place = f->head;
        place.x += label + 3, place.width -= label + 3;
    }
    if (legend && (!head || legend_rows(f->plot, place.width, 2) > 1) &&
        !legend_place(f, &r, &place)) {
        int rows = legend_rows(f->plot, f->area.width - (f->body.x - f->area.x), most);
        raster_free(&r);
        if (!lay_out(f, head + rows))
            return false;
        make_raster(f, &r);
        place = (struct rect){f->body.x, f->area.y + head, f->body.width, rows};
    }
    line_axes_draw_guides(f);
    draw_bands(f);
    show_raster(f, &r);
    raster_free(&r);
    for (int bars = 1; bars >= 0; bars--)
        for (size_t c = 0; c < f->plot->n_curves; c++)
            if (f->plot->curves[c].stroke == STROKE_POINTS)
                points_draw(f, &f->plot->curves[c], bars);
    if (label > 0)
        canvas_text(f->canvas, f->area.x, f->area.y, f->area.width, f->plot->y_label,
                    COLOUR_DEFAULT, 0, f->style);
    if (place.width > 0) {
        canvas_clear(f->canvas, place);
        legend_draw(f, place);
    }
    return true;
}

void line_plot_draw(const struct line_plot *plot, struct canvas *canvas, struct rect area,
                    const struct style *style)
{
    struct style own = *style;
    own.ascii = own.ascii || own.curves == CURVES_ASCII;
    style = &own;
    struct frame f = {
        .plot = plot, .style = style, .glyphs = glyphs_for(style), .canvas = canvas, .area = area};
    if (area.width < 1 || area.height < 1)
        return;
    if (canvas->figure) {
        figure_add_lines(canvas->figure, plot, area);
        return;
    }
    if (!line_plot_ranges(plot, &f.scale)) {
        canvas_notice(canvas, area, plot->empty ? plot->empty : "nothing to draw", CELL_DIM, style);
        return;
    }
    f.axes = area.width >= 16 && area.height >= 5;
    f.labels = area.height >= 6;
    f.marked = needs_marks(plot, style);
    for (size_t c = 0; c < plot->n_curves; c++)
        f.points = f.points || plot->curves[c].stroke == STROKE_POINTS;
    if (draw_parts(&f) && f.axes) {
        line_axes_draw_y(&f);
        line_axes_draw_x(&f);
    }
}
