/* The axes of a line plot and the guides across it. */
#include "line_plot.h"

#include <math.h>

#include "deltaw/base/utf8.h"

/* Decades, with 2 and 5 between where there is room; every second, third ...
 * decade where there is not. */
static size_t ticks_log(double lo, double hi, size_t most, double *tick)
{
    static const int steps[][3] = {{1, 2, 5}, {1, 3, 0}, {1, 0, 0}};
    double first = floor(lo - 1e-9), last = ceil(hi + 1e-9), stride = 1;
    for (int kind = 0; kind < 3; kind++)
        for (stride = 1; kind == 2 ? stride <= last - first : stride < 2; stride++) {
            size_t n = 0;
            for (double e = ceil(first / stride) * stride; e <= last; e += stride)
                for (int i = 0; i < 3 && steps[kind][i]; i++) {
                    double value = pow(10, e) * steps[kind][i], at = log10(value);
                    if (at < lo - 1e-9 || at > hi + 1e-9)
                        continue;
                    if (n < most)
                        tick[n] = value;
                    n++;
                }
            if (n <= most)
                return n;
        }
    return 0;
}

struct ticks line_axes_y_ticks(const struct scale *s, size_t most, size_t room)
{
    enum { MOST = 16 };
    struct ticks ticks = {.each = true};
    double lo = s->y_log ? pow(10, s->y_lo) : s->y_lo, hi = s->y_log ? pow(10, s->y_hi) : s->y_hi;
    if (s->y_log)
        ticks.n = ticks_log(s->y_lo, s->y_hi, most + 1 < MOST ? most + 1 : most, ticks.at);
    if (ticks.n >= 2)
        return ticks;
    ticks = ticks_within(lo, hi, most);
    for (most++; ticks.n < 2 && most < MOST && most <= room; most++)
        ticks = ticks_within(lo, hi, most); /* one label gives no scale */
    return ticks;
}

struct ticks line_axes_ticks(const struct frame *f)
{
    enum { FEW = 5, MOST = 16 }; /* close together in a low picture, apart in a tall one */
    int half = (f->body.height + 1) / 2, third = f->body.height / 3;
    int room = third < FEW ? FEW : third;
    room = room > half ? half : room;
    size_t most = (size_t)(room < 2 ? 2 : room > MOST ? MOST : room);
    return line_axes_y_ticks(&f->scale, most, (size_t)f->body.height / 2);
}

int line_axes_row(const struct frame *f, double tick)
{
    const struct scale *s = &f->scale;
    double up = (raster_scale_y(s->y_log, tick) - s->y_lo) / (s->y_hi - s->y_lo);
    int pixels = f->body.height * f->glyphs->pixels_y;
    int pixel = (int)lround((1 - up) * (pixels - 1));
    return f->body.y + pixel / f->glyphs->pixels_y;
}

int line_axes_column(const struct frame *f, double tick)
{
    double right = (tick - f->scale.x_lo) / (f->scale.x_hi - f->scale.x_lo);
    int pixels = f->body.width * f->glyphs->pixels_x;
    return f->body.x + (int)lround(right * (pixels - 1)) / f->glyphs->pixels_x;
}

void line_axes_draw_y(const struct frame *f)
{
    struct ticks ticks = line_axes_ticks(f);
    char text[40];
    int axis = f->body.x - 1, last = -1;
    for (int y = 0; y < f->body.height; y++)
        canvas_plain(f->canvas, axis, f->body.y + y, f->glyphs->vertical, 0);
    for (size_t i = 0; i < ticks.n; i++) {
        int y = line_axes_row(f, ticks.at[i]);
        int width = utf8_width(ticks_label(&ticks, i, text));
        if (y == last || width > axis - f->area.x)
            continue;
        canvas_text(f->canvas, axis - width, y, width, text, COLOUR_DEFAULT, 0, f->style);
        canvas_plain(f->canvas, axis, y, f->glyphs->tick_left, 0);
        last = y;
    }
}

/* The name comes after the last label or between the last two where there is room; else,
 * with `first`, at the end, replacing a label.  False: no room. */
static bool put_x_labels(const struct frame *f, struct rect line, const struct ticks *ticks,
                         const char *name, bool first)
{
    struct label_row row;
    char text[40];
    bool put = !name;
    label_row_begin(&row, f->canvas, f->style, line.x, line.y, line.width);
    if (name && first)
        put = label_row_put(&row, row.width, name);
    for (size_t i = 0; i < ticks->n; i++)
        label_row_put(&row, line_axes_column(f, ticks->at[i]) - row.x, ticks_label(ticks, i, text));
    int width = name ? utf8_width(name) : 0;
    for (int at = row.width; !put && at > row.width / 2; at--)
        put = label_row_put(&row, at - width + width / 2, name);
    label_row_end(&row);
    return put;
}

void line_axes_draw_x(const struct frame *f)
{
    int y = f->body.y + f->body.height, most = f->body.width / 8;
    struct ticks ticks = ticks_within(f->scale.x_lo, f->scale.x_hi, most < 2 ? 2 : (size_t)most);
    canvas_plain(f->canvas, f->body.x - 1, y, f->glyphs->bottom_left, 0);
    for (int x = 0; x < f->body.width; x++)
        canvas_plain(f->canvas, f->body.x + x, y, f->glyphs->horizontal, 0);
    for (size_t i = 0; i < ticks.n; i++)
        canvas_plain(f->canvas, line_axes_column(f, ticks.at[i]), y, f->glyphs->tick_down, 0);
    if (!f->labels)
        return;
    /* the first label may stand under the corner */
    struct rect line = {f->body.x - 1, y + 1, f->body.width + 1, 1};
    const char *name = f->plot->x_label;
    bool named = name && *name && utf8_width(name) <= line.width / 2;
    if (!put_x_labels(f, line, &ticks, named ? name : NULL, false)) {
        canvas_clear(f->canvas, line);
        put_x_labels(f, line, &ticks, name, true);
    }
}

static void draw_level(const struct frame *f, double level)
{
    double y = raster_scale_y(f->scale.y_log, level);
    for (int x = 0; x < f->body.width && y >= f->scale.y_lo && y <= f->scale.y_hi; x++)
        canvas_plain(f->canvas, f->body.x + x, line_axes_row(f, level), f->glyphs->zero, CELL_DIM);
}

/* Where marks are so dense that they would fill the picture they only touch the axis. */
void line_axes_draw_guides(const struct frame *f)
{
    const struct line_plot *p = f->plot;
    const struct scale *s = &f->scale;
    size_t seen = 0;
    for (size_t i = 0; i < p->n_marks; i++)
        seen += p->marks[i] >= s->x_lo && p->marks[i] <= s->x_hi;
    bool dense = seen * 4 > (size_t)f->body.width;
    for (size_t i = 0; i < p->n_marks; i++) {
        if (!(p->marks[i] >= s->x_lo && p->marks[i] <= s->x_hi))
            continue;
        for (int y = dense ? f->body.height - 1 : 0; y < f->body.height; y++)
            canvas_plain(f->canvas, line_axes_column(f, p->marks[i]), f->body.y + y,
                         f->glyphs->mark, p->marks_plain ? 0 : CELL_DIM);
    }
    if (p->y_zero && !p->y_log)
        draw_level(f, 0);
    for (size_t i = 0; i < p->n_levels; i++)
        draw_level(f, p->levels[i]);
}
