/* Points of a line plot, their intervals, and bands. */
#include <math.h>

#include "deltaw/draw/palette.h"
#include "line_plot.h"

static bool inside(const struct frame *f, const struct curve *c, size_t i)
{
    const struct scale *s = &f->scale;
    double y = scale_y(s->y_log, c->y[i]);
    return y >= s->y_lo && y <= s->y_hi && c->x[i] >= s->x_lo && c->x[i] <= s->x_hi;
}

/* The rows of the body that the interval of point i reaches; false: it has none. */
static bool bar_rows(const struct frame *f, const struct curve *c, size_t i, int *top, int *low)
{
    int last = f->body.y + f->body.height - 1;
    if (!c->lo || !isfinite(c->lo[i]) || !isfinite(c->hi[i]))
        return false;
    *top = line_plot_y_cell(f, c->hi[i]);
    *low = line_plot_y_cell(f, c->lo[i]);
    *top = *top > f->body.y ? *top : f->body.y;
    *low = *low < last ? *low : last;
    return true;
}

static void put_bar(const struct frame *f, const struct curve *c, int x, int top, int low,
                    unsigned attributes)
{
    int foreground = palette_curve(c->colour, f->style);
    for (int row = top; row <= low; row++)
        canvas_put(f->canvas, x, row, f->glyphs->interval, foreground, COLOUR_DEFAULT, attributes);
}

/* Marks over the strokes: marks are data, strokes a model. */
void points_draw(const struct frame *f, const struct curve *c, bool bars)
{
    int foreground = palette_curve(c->colour, f->style), top, low;
    uint32_t point = f->style->ascii || f->marked ? glyphs_mark(c->colour) : f->glyphs->point;
    for (size_t i = 0; i < c->n; i++) {
        if (!inside(f, c, i))
            continue;
        int x = line_plot_x_cell(f, c->x[i]);
        if (!bars)
            canvas_put(f->canvas, x, line_plot_y_cell(f, c->y[i]), point, foreground,
                       COLOUR_DEFAULT, c->attributes);
        else if (bar_rows(f, c, i, &top, &low))
            put_bar(f, c, x, top, low, c->attributes);
    }
}

/* Under the strokes, and only where it is taller than a cell; elsewhere it would say no
 * more than the line does. */
void points_draw_band(const struct frame *f, const struct curve *c, int index, int n)
{
    int top, low, apart = 3 * n, next = f->body.x + index;
    for (size_t i = 0; i < c->n; i++) {
        int x = line_plot_x_cell(f, c->x[i]) + index;
        if (x < next || x >= f->body.x + f->body.width || !inside(f, c, i) ||
            !bar_rows(f, c, i, &top, &low))
            continue;
        next = x + apart;
        if (top < low)
            put_bar(f, c, x, top, low, CELL_DIM);
    }
}
