/* Heat maps: panels side by side; half blocks give two rows of true colour a
 * cell where there are 256 colours, glyphs of sign and size elsewhere. */
#include "heat_map.h"

#include <math.h>

#include "axis.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/figure.h"
#include "deltaw/draw/palette.h"

/* Cells left of the first panel, and between panels. */
enum { GUTTER = 7, GAP = 3 };
/* From this height up the name of x has a line of its own. */
enum { NAMED = 14 };

bool heat_fine(const struct style *style)
{
    return style->colours >= 256 && !style->ascii;
}

static struct heat_layout lay_out(struct rect area, size_t n_panels, const struct style *style)
{
    int n = n_panels == 0 ? 1 : n_panels > 1000 ? 1000 : (int)n_panels;
    struct heat_layout l = {
        .area = area, .body = area, .shown = n, .pixels = heat_fine(style) ? 2 : 1};
    if (area.width < 2 * n - 1)
        l.shown = n = 1;
    l.axes = area.width >= GUTTER + n * 4 + (n - 1) * GAP && area.height >= 5;
    l.titles = area.height >= 5 && area.width >= 12;
    l.legend = area.height >= 9;
    if (l.axes)
        l.body.x += GUTTER, l.body.width -= GUTTER;
    if (l.titles)
        l.body.y++, l.body.height--;
    l.named = l.axes && area.height >= NAMED;
    l.body.height -= (l.axes ? 1 : 0) + l.legend + l.named;
    int gap = l.axes ? GAP : 1;
    l.body.width = (l.body.width - (n - 1) * gap) / n;
    l.pitch = l.body.width + gap;
    l.columns = l.body.width;
    l.rows = l.body.height * l.pixels;
    return l;
}

void heat_map_room(struct rect area, size_t n_panels, const struct style *style, size_t *nx,
                   size_t *ny)
{
    struct heat_layout l = lay_out(area, n_panels, style);
    *nx = l.columns > 0 ? (size_t)l.columns : 1;
    *ny = l.rows > 0 ? (size_t)l.rows : 1;
}

/* Cells of a map have one size wherever that costs little room; those of levels always do,
 * since different widths would seem to mean something. */
static int even(int pixels, size_t n, bool levels)
{
    if (n == 0 || n > (size_t)pixels)
        return pixels;
    int whole = pixels / (int)n * (int)n;
    return levels || whole * 4 >= pixels * 3 ? whole : pixels;
}

/* --- cells ----------------------------------------------------------------- */

struct span {
    size_t from, to;
};

/* Which of n map cells the i-th of `pixels` shows: one, or several when there are more
 * cells than pixels. */
static struct span span_of(int i, int pixels, size_t n)
{
    size_t from = (size_t)i * n / (size_t)pixels, to = ((size_t)i + 1) * n / (size_t)pixels;
    return (struct span){from, to > from ? to : from + 1};
}

static struct span row_span(const struct heat_map *m, const struct heat_layout *l, int row)
{
    return span_of(l->rows - 1 - row, l->rows, m->ny);
}

uint32_t heat_unsettled(const struct style *style)
{
    return heat_fine(style) ? 0x2592 : '~';
}

static bool has_data(const struct heat_panel *p, size_t i)
{
    return isfinite(p->value[i]) && !(p->support && p->support[i] == 0);
}

bool heat_any_unsettled(const struct heat_map *m)
{
    for (size_t p = 0; p < m->n_panels; p++)
        for (size_t i = 0; m->panels[p].unsettled && i < m->nx * m->ny; i++)
            if (m->panels[p].unsettled[i] && has_data(&m->panels[p], i))
                return true;
    return false;
}

/* What a pixel shows: of cells with data the mean, t in [-1, 1], and whether nobody knows
 * the sign of at least half of them. */
struct pixel {
    bool any, unsettled;
    double t;
};

static struct pixel pixel_of(const struct heat_map *m, const struct heat_panel *p, struct span x,
                             struct span y)
{
    double sum = 0;
    size_t n = 0, unsettled = 0;
    for (size_t iy = y.from; iy < y.to; iy++)
        for (size_t ix = x.from; ix < x.to; ix++) {
            size_t i = iy * m->nx + ix;
            if (!has_data(p, i))
                continue;
            sum += fmax(-1, fmin(1, m->limit > 0 ? p->value[i] / m->limit : 0));
            unsettled += p->unsettled && p->unsettled[i];
            n++;
        }
    return (struct pixel){n > 0, n > 0 && 2 * unsettled >= n, n ? sum / (double)n : 0};
}

static void put_no_data(struct canvas *canvas, int x, int y, const struct style *style)
{
    canvas_put(canvas, x, y, palette_no_data(style), COLOUR_DEFAULT, COLOUR_DEFAULT, CELL_DIM);
}

/* A half without data has the terminal's own background.  Shades are of whole cells. */
static void paint_fine(const struct heat_map *m, const struct heat_panel *p,
                       const struct heat_layout *l, struct canvas *canvas, int left, int x, int y,
                       const struct style *style)
{
    struct span column = span_of(x, l->columns, m->nx);
    struct pixel up = pixel_of(m, p, column, row_span(m, l, 2 * y)), down = {0};
    if (2 * y + 1 < l->rows)
        down = pixel_of(m, p, column, row_span(m, l, 2 * y + 1));
    int halves = up.any + down.any;
    if (halves == 0)
        put_no_data(canvas, left + x, l->body.y + y, style);
    else if (2 * (up.unsettled + down.unsettled) >= halves)
        canvas_put(canvas, left + x, l->body.y + y, heat_unsettled(style),
                   palette_diverging((up.t + down.t) / halves, style), COLOUR_DEFAULT, 0);
    else if (up.any)
        canvas_put(canvas, left + x, l->body.y + y, 0x2580, palette_diverging(up.t, style),
                   down.any ? palette_diverging(down.t, style) : COLOUR_DEFAULT, 0);
    else
        canvas_put(canvas, left + x, l->body.y + y, 0x2584, palette_diverging(down.t, style),
                   COLOUR_DEFAULT, 0);
}

static int ink_of(double t, const struct style *style)
{
    return t < 0 ? palette_negative(style) : t > 0 ? palette_positive(style) : COLOUR_DEFAULT;
}

static void paint_coarse(const struct heat_map *m, const struct heat_panel *p,
                         const struct heat_layout *l, struct canvas *canvas, int left, int x, int y,
                         const struct style *style)
{
    struct pixel pixel = pixel_of(m, p, span_of(x, l->columns, m->nx), row_span(m, l, y));
    double t = pixel.t;
    if (pixel.unsettled)
        canvas_put(canvas, left + x, l->body.y + y, heat_unsettled(style), ink_of(t, style),
                   COLOUR_DEFAULT, CELL_DIM);
    else if (pixel.any)
        canvas_put(canvas, left + x, l->body.y + y, palette_glyph(t, style), ink_of(t, style),
                   COLOUR_DEFAULT, 0);
    else
        put_no_data(canvas, left + x, l->body.y + y, style);
}

/* --- the cross-hair -------------------------------------------------------- */

/* First and last pixel that shows a map cell. */
static void pixels_of(size_t cell, int pixels, size_t n, int *first, int *last)
{
    *first = -1;
    for (int i = 0; i < pixels; i++) {
        struct span s = span_of(i, pixels, n);
        if (s.from <= cell && cell < s.to) {
            *first = *first < 0 ? i : *first;
            *last = i;
        }
    }
    if (*first < 0)
        *first = *last = 0;
}

/* In black and white, which no cell has; without colours, in brackets.  With half blocks it
 * says which half. */
static void draw_cross(const struct heat_map *m, const struct heat_layout *l, struct canvas *canvas,
                       const struct style *style)
{
    int panel = m->cross_panel - l->first, left, right, low, high;
    if (m->cross_panel < 0 || panel < 0 || panel >= l->shown || m->cross_x < 0 || m->cross_y < 0 ||
        (size_t)m->cross_x >= m->nx || (size_t)m->cross_y >= m->ny)
        return;
    pixels_of((size_t)m->cross_x, l->columns, m->nx, &left, &right);
    pixels_of((size_t)m->cross_y, l->rows, m->ny, &low, &high);
    int row = l->rows - 1 - (low + high) / 2, half = 0;
    if (l->pixels == 2 && low == high)
        half = 1 + row % 2;
    int from = l->body.x + panel * l->pitch;
    int x = from + (left + right) / 2, y = l->body.y + row / l->pixels;
    int white = style->colours < 16 ? 7 : 15;
    if (style->colours > 0) {
        canvas_put(canvas, x, y, glyphs_for(style)->cross[half], style->dark ? white : 0,
                   style->dark ? 0 : white, CELL_BOLD);
        return;
    }
    canvas_put(canvas, x, y, glyphs_for(style)->cross[half], COLOUR_DEFAULT, COLOUR_DEFAULT,
               CELL_BOLD | CELL_REVERSE);
    if (x > from && l->columns > 4)
        canvas_put(canvas, x - 1, y, '[', COLOUR_DEFAULT, COLOUR_DEFAULT, CELL_BOLD);
    if (x + 1 < from + l->columns && l->columns > 4)
        canvas_put(canvas, x + 1, y, ']', COLOUR_DEFAULT, COLOUR_DEFAULT, CELL_BOLD);
}

/* --- all of it ------------------------------------------------------------- */

/* Centred over its panel, but after the y label. */
static int title_start(const struct heat_map *m, const struct heat_layout *l, int shown)
{
    int width = utf8_width(m->panels[l->first + shown].title), x = (l->columns - width) / 2;
    int label = l->axes && m->y_label && shown == 0 ? utf8_width(m->y_label) : -1;
    int least = (label < GUTTER ? label : GUTTER - 1) + 1 - (l->body.x - l->area.x);
    least = least > 0 ? least : 0;
    return x > least ? x : least;
}

static void draw_panel(const struct heat_map *m, const struct heat_layout *l, int shown,
                       struct canvas *canvas, const struct style *style)
{
    const struct heat_panel *p = &m->panels[l->first + shown];
    int left = l->body.x + shown * l->pitch;
    for (int y = 0; y < l->body.height; y++)
        for (int x = 0; x < l->columns; x++)
            (heat_fine(style) ? paint_fine : paint_coarse)(m, p, l, canvas, left, x, y, style);
    if (l->titles && p->title) {
        int x = title_start(m, l, shown);
        canvas_text(canvas, left + x, l->area.y, l->body.width - x, p->title, COLOUR_DEFAULT,
                    CELL_BOLD, style);
    }
    if (l->axes)
        heat_x_axis(m, l, shown, canvas, style);
}

/* Columns of levels are whole cells wide: where they are narrow, a tighter frame may give
 * each one more. */
static void tighten(const struct heat_map *m, struct heat_layout *l)
{
    int gutter = heat_y_width(m, l) + 1, n = l->shown;
    size_t old = (size_t)l->body.width / m->nx;
    for (int gap = GAP; gap > 0; gap--) {
        int width = (l->area.width - gutter - (n - 1) * gap) / n;
        if ((size_t)width / m->nx * 4 >= old * 5 && (size_t)width / m->nx > old) {
            l->body.x = l->area.x + gutter;
            l->body.width = width;
            l->pitch = width + gap;
            return;
        }
    }
}

/* Panels narrower than their room move together, their titles kept apart. */
static void fit_to_map(const struct heat_map *m, struct heat_layout *l)
{
    if (l->axes && m->x_levels)
        tighten(m, l);
    int gap = l->pitch - l->body.width, widest = 0;
    l->columns = even(l->body.width, m->nx, m->x_levels);
    for (size_t p = 0; p < m->n_panels && l->titles; p++) {
        int width = m->panels[p].title ? utf8_width(m->panels[p].title) : 0;
        widest = width > widest ? width : widest;
    }
    widest = widest > l->columns ? widest : l->columns;
    l->body.width = widest < l->body.width ? widest : l->body.width;
    l->pitch = l->body.width + gap;
    l->rows = even(l->body.height * l->pixels, m->ny, m->y_levels);
    l->body.height = (l->rows + l->pixels - 1) / l->pixels;
    if (l->shown == 1 && m->cross_panel >= 0 && (size_t)m->cross_panel < m->n_panels)
        l->first = m->cross_panel;
}

/* On a line of its own, else after the last title. */
static void place_legend(const struct heat_map *m, const struct heat_layout *l,
                         struct canvas *canvas, const struct style *style)
{
    int right = l->area.x + l->area.width, left = l->body.x + (l->shown - 1) * l->pitch;
    const char *title = m->panels[l->first + l->shown - 1].title;
    if (l->legend) {
        int y = l->area.y + l->area.height - 1, room = right - l->body.x;
        int width = heat_legend(m->limit, m->value_title, canvas, l->body.x, y, room, style);
        if (heat_any_unsettled(m))
            heat_legend_unsettled(canvas, l->body.x + width, y, room - width, style);
        return;
    }
    if (title)
        left += title_start(m, l, l->shown - 1) + utf8_width(title) + 2;
    int width = heat_legend_width(m->limit, right - left, style);
    if (l->titles && width > 0)
        heat_legend(m->limit, NULL, canvas, right - width, l->area.y, width, style);
}

/* Under the middle of all panels. */
static void draw_x_title(const struct heat_map *m, const struct heat_layout *l,
                         struct canvas *canvas, const struct style *style)
{
    const char *title = m->x_title ? m->x_title : m->x_label;
    int width = (l->shown - 1) * l->pitch + l->columns;
    int x = title ? (width - utf8_width(title)) / 2 : 0;
    if (title)
        canvas_text(canvas, l->body.x + (x > 0 ? x : 0), l->body.y + l->body.height + 1, width,
                    title, COLOUR_DEFAULT, 0, style);
}

bool heat_map_at(const struct heat_map *m, struct rect area, const struct style *style, int x,
                 int y, size_t *panel, size_t *cell_x, size_t *cell_y)
{
    struct heat_layout l = lay_out(area, m->n_panels, style);
    if (area.width < 1 || area.height < 1 || m->n_panels == 0 || m->nx == 0 || m->ny == 0)
        return false;
    fit_to_map(m, &l);
    int shown = l.pitch > 0 ? (x - l.body.x) / l.pitch : 0;
    int column = x - l.body.x - shown * l.pitch, row = (y - l.body.y) * l.pixels;
    if (x < l.body.x || y < l.body.y || shown >= l.shown || column >= l.columns || row >= l.rows)
        return false;
    *panel = (size_t)(l.first + shown);
    *cell_x = span_of(column, l.columns, m->nx).from;
    *cell_y = row_span(m, &l, row).from;
    return true;
}

void heat_map_draw(const struct heat_map *m, struct canvas *canvas, struct rect area,
                   const struct style *style)
{
    struct heat_layout l = lay_out(area, m->n_panels, style);
    if (area.width < 1 || area.height < 1)
        return;
    if (canvas->figure) {
        figure_add_heat(canvas->figure, m, area);
        return;
    }
    if (m->n_panels == 0 || m->nx == 0 || m->ny == 0) {
        canvas_notice(canvas, area, m->empty ? m->empty : "nothing to draw", CELL_DIM, style);
        return;
    }
    fit_to_map(m, &l);
    for (int i = 0; i < l.shown; i++)
        draw_panel(m, &l, i, canvas, style);
    draw_cross(m, &l, canvas, style);
    if (l.axes) {
        heat_y_axis(m, &l, canvas, style);
        if (l.titles && m->y_label)
            canvas_text(canvas, area.x, area.y, GUTTER - 1, m->y_label, COLOUR_DEFAULT, 0, style);
    }
    if (l.named)
        draw_x_title(m, &l, canvas, style);
    place_legend(m, &l, canvas, style);
}
