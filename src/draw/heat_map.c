/* Heat maps: panels side by side; half blocks give two rows of true colour a
 * cell where there are 256 colours, glyphs of sign and size elsewhere. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "deltaw/draw/plot.h"

enum { Y_LABEL = 7, GAP = 3 };

/* Where things stand in an area, from its size alone. */
struct layout {
    struct rect body; /* of the first panel */
    int pitch;        /* from one panel to the next */
    bool axes, titles, legend;
    int rows;         /* rows of cells the body can tell apart */
};

static bool fine(const struct style *style)
{
    return style->colours >= 256 && !style->ascii;
}

static struct layout lay_out(struct rect area, size_t n_panels, const struct style *style)
{
    struct layout l = {.body = area};
    int n = n_panels ? (int)n_panels : 1;
    l.axes = area.width >= Y_LABEL + n * 4 + (n - 1) * GAP && area.height >= 5;
    l.titles = area.height >= 5 && area.width >= 12;
    l.legend = area.height >= 9;
    if (l.axes)
        l.body.x += Y_LABEL, l.body.width -= Y_LABEL;
    if (l.titles)
        l.body.y++, l.body.height--;
    l.body.height -= (l.axes ? 1 : 0) + l.legend;
    int gap = l.axes ? GAP : 1;
    l.body.width = (l.body.width - (n - 1) * gap) / n;
    l.pitch = l.body.width + gap;
    l.rows = fine(style) ? 2 * l.body.height : l.body.height;
    return l;
}

void heat_map_room(struct rect area, size_t n_panels, const struct style *style, size_t *nx,
                   size_t *ny)
{
    struct layout l = lay_out(area, n_panels, style);
    *nx = l.body.width > 0 ? (size_t)l.body.width : 1;
    *ny = l.rows > 0 ? (size_t)l.rows : 1;
}

/* --- cells ----------------------------------------------------------------- */

/* The map's column of a cell and row of a pixel row (0 at the top). */
static size_t column_of(const struct heat_map *m, const struct layout *l, int x)
{
    return (size_t)x * m->nx / (size_t)l->body.width;
}

static size_t row_of(const struct heat_map *m, const struct layout *l, int pixel)
{
    return m->ny - 1 - (size_t)pixel * m->ny / (size_t)l->rows;
}

/* t in [-1, 1]; false: nothing to paint. */
static bool value_at(const struct heat_map *m, const struct heat_panel *p, size_t ix, size_t iy,
                     double *t)
{
    size_t i = iy * m->nx + ix;
    double v = p->value[i];
    if (!isfinite(v) || (p->support && p->support[i] == 0))
        return false;
    *t = m->limit > 0 ? v / m->limit : 0;
    return true;
}

static void paint_fine(const struct heat_map *m, const struct heat_panel *p,
                       const struct layout *l, struct canvas *canvas, int left, int x, int y,
                       const struct style *style)
{
    size_t ix = column_of(m, l, x);
    double up, down;
    bool top = value_at(m, p, ix, row_of(m, l, 2 * y), &up);
    bool low = value_at(m, p, ix, row_of(m, l, 2 * y + 1), &down);
    int cx = left + x, cy = l->body.y + y;
    if (top && low)
        canvas_put(canvas, cx, cy, 0x2580, palette_diverging(up, style),
                   palette_diverging(down, style), 0);
    else if (top)
        canvas_put(canvas, cx, cy, 0x2580, palette_diverging(up, style), COLOUR_DEFAULT, 0);
    else if (low)
        canvas_put(canvas, cx, cy, 0x2584, palette_diverging(down, style), COLOUR_DEFAULT, 0);
    else
        canvas_put(canvas, cx, cy, palette_no_data(style), COLOUR_DEFAULT, COLOUR_DEFAULT,
                   CELL_DIM);
}

static void paint_coarse(const struct heat_map *m, const struct heat_panel *p,
                         const struct layout *l, struct canvas *canvas, int left, int x, int y,
                         const struct style *style)
{
    double t;
    int cx = left + x, cy = l->body.y + y;
    if (!value_at(m, p, column_of(m, l, x), row_of(m, l, y), &t)) {
        canvas_put(canvas, cx, cy, palette_no_data(style), COLOUR_DEFAULT, COLOUR_DEFAULT,
                   CELL_DIM);
        return;
    }
    int ink = t < 0 ? palette_negative(style) : palette_positive(style);
    canvas_put(canvas, cx, cy, palette_glyph(t, style), ink, COLOUR_DEFAULT, 0);
}

/* Seen on any colour: the reverse of what is there, with a cross. */
static void draw_cross(const struct heat_map *m, const struct layout *l, struct canvas *canvas,
                       const struct style *style)
{
    if (m->cross_panel < 0 || m->cross_panel >= (int)m->n_panels || m->cross_x < 0 ||
        m->cross_y < 0 || m->cross_x >= (int)m->nx || m->cross_y >= (int)m->ny)
        return;
    int width = l->body.width, from = width, to = -1, pixel = 0;
    for (int x = 0; x < width; x++)
        if (column_of(m, l, x) == (size_t)m->cross_x) {
            from = x < from ? x : from;
            to = x;
        }
    while (pixel + 1 < l->rows && row_of(m, l, pixel) > (size_t)m->cross_y)
        pixel++;
    int x = to < 0 ? m->cross_x * width / (int)m->nx : (from + to) / 2;
    int y = fine(style) ? pixel / 2 : pixel;
    int ink = style->colours ? (style->dark ? 15 : 0) : COLOUR_DEFAULT;
    int paper = style->colours ? (style->dark ? 0 : 15) : COLOUR_DEFAULT;
    canvas_put(canvas, l->body.x + m->cross_panel * l->pitch + x, l->body.y + y,
               style->ascii ? '+' : 0x253c, ink, paper,
               CELL_BOLD | (style->colours ? 0 : CELL_REVERSE));
}

/* --- axes ------------------------------------------------------------------ */

static void draw_y_axis(const struct heat_map *m, const struct layout *l, struct canvas *canvas,
                        struct rect area, const struct style *style)
{
    double tick[16];
    char text[40];
    size_t most = (size_t)(l->body.height / 2 > 2 ? l->body.height / 2 : 2), n = 0;
    int axis = l->body.x - 1;
    double lo = m->y[0], hi = m->y[m->ny - 1];
    if (m->y_levels)
        for (; n < m->ny && n < 16; n++)
            tick[n] = m->y[n];
    else
        n = ticks_linear(lo, hi, most < 9 ? most : 9, tick);
    for (int y = 0; y < l->body.height; y++)
        canvas_put(canvas, axis, l->body.y + y, style->ascii ? '|' : 0x2502, COLOUR_DEFAULT,
                   COLOUR_DEFAULT, 0);
    for (size_t i = 0; i < n; i++) {
        double up = m->y_levels ? ((double)i + .5) / (double)m->ny
                    : hi > lo   ? ((tick[i] - lo) / (hi - lo) * (double)(m->ny - 1) + .5) /
                                    (double)m->ny
                                : .5;
        int y = l->body.y + l->body.height - 1 - (int)(up * l->body.height);
        tick_label(text, tick[i], n > 1 ? tick[1] - tick[0] : tick[i]);
        int width = utf8_width(text), x = axis - width - 0;
        if (y < l->body.y)
            continue;
        canvas_text(canvas, x > area.x ? x : area.x, y, axis - area.x, text, COLOUR_DEFAULT, 0,
                    style);
        canvas_put(canvas, axis, y, style->ascii ? '+' : 0x2524, COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
    }
}

/* A label under the axis, centred on `at` (0 to 1), where it touches no other;
 * taken [width] marks the cells that are. */
static void put_label(const struct layout *l, struct canvas *canvas, int left, double at,
                      const char *text, bool *taken, const struct style *style)
{
    int width = l->body.width, w = utf8_width(text), x = (int)(at * width) - w / 2;
    if (x + w > width)
        x = width - w;
    if (x < 0)
        x = 0;
    for (int i = x - 1; i <= x + w; i++)
        if (i >= 0 && i < width && taken[i])
            return;
    canvas_text(canvas, left + x, l->body.y + l->body.height, width - x, text, COLOUR_DEFAULT, 0,
                style);
    for (int i = x; i < x + w && i < width; i++)
        taken[i] = true;
}

static void label_level(const struct heat_map *m, const struct layout *l, struct canvas *canvas,
                        int left, size_t i, bool *taken, const struct style *style)
{
    char text[40];
    snprintf(text, sizeof text, "%.2g", m->x[i]);
    char *zero = text[0] == '-' ? text + 1 : text;
    if (zero[0] == '0' && zero[1] == '.')
        memmove(zero, zero + 1, strlen(zero));
    put_label(l, canvas, left, ((double)i + .5) / (double)m->nx, text, taken, style);
}

/* Ends and middle first, then what lies between by halving, the same on both
 * sides; what does not fit is left out. */
static void label_levels(const struct heat_map *m, const struct layout *l, struct canvas *canvas,
                         int left, bool *taken, const struct style *style)
{
    size_t last = m->nx - 1, middle = last / 2, step = 1;
    while (step * 2 <= middle)
        step *= 2;
    label_level(m, l, canvas, left, 0, taken, style);
    label_level(m, l, canvas, left, last, taken, style);
    label_level(m, l, canvas, left, middle, taken, style);
    label_level(m, l, canvas, left, last - middle, taken, style);
    for (; step > 0; step /= 2)
        for (size_t i = step; i < middle; i += step) {
            label_level(m, l, canvas, left, middle - i, taken, style);
            label_level(m, l, canvas, left, last - middle + i, taken, style);
        }
}

static void draw_x_axis(const struct heat_map *m, const struct layout *l, struct canvas *canvas,
                        int left, const struct style *style)
{
    double tick[32];
    char text[40];
    int width = l->body.width, used = width;
    bool *taken = mem_new((size_t)width, sizeof *taken);
    double lo = m->x[0], hi = m->x[m->nx - 1];
    size_t most = (size_t)(width / 7 > 2 ? width / 7 : 2);
    size_t n = m->x_levels ? 0 : ticks_linear(lo, hi, most < 32 ? most : 32, tick);
    if (m->x_levels)
        label_levels(m, l, canvas, left, taken, style);
    for (size_t i = 0; i < n; i++) {
        double at = hi > lo ? ((tick[i] - lo) / (hi - lo) * (double)(m->nx - 1) + .5) /
                                  (double)m->nx
                            : .5;
        tick_label(text, tick[i], n > 1 ? tick[1] - tick[0] : tick[i]);
        put_label(l, canvas, left, at, text, taken, style);
    }
    while (used > 0 && !taken[used - 1])
        used--;
    int label = m->x_label ? utf8_width(m->x_label) : 0;
    if (label > 0 && used + 1 + label <= width)
        canvas_text(canvas, left + width - label, l->body.y + l->body.height, label, m->x_label,
                    COLOUR_DEFAULT, CELL_DIM, style);
    free(taken);
}

void heat_legend(double limit, struct canvas *canvas, int x, int y, int room,
                 const struct style *style)
{
    char text[64], number[40];
    int cells = room >= 40 ? 17 : 9, right = x + room;
    double step = pow(10, floor(log10(limit > 0 ? limit : 1)));
    double steps = limit / step;
    tick_label(number, limit, fabs(steps - round(steps)) < 1e-6 ? step : step / 10);
    snprintf(text, sizeof text, "-%s ", number);
    x += canvas_text(canvas, x, y, room, text, COLOUR_DEFAULT, 0, style);
    for (int i = 0; i < cells && x < right; i++, x++) {
        double t = 2. * i / (cells - 1) - 1;
        if (fine(style))
            canvas_put(canvas, x, y, 0x2588, palette_diverging(t, style), COLOUR_DEFAULT, 0);
        else if (i == cells / 2)
            canvas_put(canvas, x, y, '0', COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
        else
            canvas_put(canvas, x, y, palette_glyph(t, style),
                       t < 0 ? palette_negative(style) : palette_positive(style), COLOUR_DEFAULT,
                       0);
    }
    snprintf(text, sizeof text, " +%s   ", number);
    if (x < right)
        x += canvas_text(canvas, x, y, right - x, text, COLOUR_DEFAULT, 0, style);
    snprintf(text, sizeof text, "%s no data", style->ascii ? "blank:" : "\xc2\xb7");
    if (x + utf8_width(text) <= right)
        canvas_text(canvas, x, y, right - x, text, COLOUR_DEFAULT, CELL_DIM, style);
}

/* --- all of it ------------------------------------------------------------- */

void heat_map_draw(const struct heat_map *m, struct canvas *canvas, struct rect area,
                   const struct style *style)
{
    struct layout l = lay_out(area, m->n_panels, style);
    if (area.width < 1 || area.height < 1)
        return;
    if (m->n_panels == 0 || m->nx == 0 || m->ny == 0) {
        const char *say = m->empty ? m->empty : "nothing to draw";
        int x = area.x + (area.width - utf8_width(say)) / 2;
        canvas_text(canvas, x > area.x ? x : area.x, area.y + area.height / 2, area.width, say,
                    COLOUR_DEFAULT, CELL_DIM, style);
        return;
    }
    if (l.body.width < 1 || l.body.height < 1)
        return;
    for (size_t p = 0; p < m->n_panels; p++) {
        int left = l.body.x + (int)p * l.pitch;
        for (int y = 0; y < l.body.height; y++)
            for (int x = 0; x < l.body.width; x++)
                (fine(style) ? paint_fine : paint_coarse)(m, &m->panels[p], &l, canvas, left, x,
                                                          y, style);
        if (l.titles && m->panels[p].title)
            canvas_text(canvas, left, area.y, l.body.width, m->panels[p].title, COLOUR_DEFAULT,
                        CELL_BOLD, style);
        if (l.axes)
            draw_x_axis(m, &l, canvas, left, style);
    }
    draw_cross(m, &l, canvas, style);
    if (l.axes) {
        draw_y_axis(m, &l, canvas, area, style);
        if (l.titles && m->y_label)
            canvas_text(canvas, area.x, area.y, Y_LABEL, m->y_label, COLOUR_DEFAULT, 0, style);
    }
    if (l.legend)
        heat_legend(m->limit, canvas, l.body.x, area.y + area.height - 1,
                    area.x + area.width - l.body.x, style);
}
