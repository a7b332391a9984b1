/* Heat maps: panels side by side; half blocks give two rows of true colour a
 * cell where there are 256 colours, glyphs of sign and size elsewhere. */
#include "heat_map.h"

#include <math.h>

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
        .style = style, .area = area, .body = area, .shown = n, .pixels = 1 + heat_fine(style)};
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

static struct span row_span(const struct heat_layout *l, int row)
{
    return span_of(l->rows - 1 - row, l->rows, l->map->ny);
}

uint32_t heat_unsettled(const struct style *style)
{
    return heat_fine(style) ? 0x2592 : '~';
}

bool heat_has_data(const struct heat_panel *p, size_t i)
{
    return isfinite(p->value[i]) && !(p->support && p->support[i] == 0);
}

bool heat_any_unsettled(const struct heat_map *m)
{
    for (size_t p = 0; p < m->n_panels; p++)
        for (size_t i = 0; m->panels[p].unsettled && i < m->nx * m->ny; i++)
            if (m->panels[p].unsettled[i] && heat_has_data(&m->panels[p], i))
                return true;
    return false;
}

/* What a pixel shows: of cells with data the mean, t in [-1, 1], and whether the sign of at least
 * half of them is unknown. */
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
            if (!heat_has_data(p, i))
                continue;
            sum += fmax(-1, fmin(1, m->limit > 0 ? p->value[i] / m->limit : 0));
            unsettled += p->unsettled && p->unsettled[i];
            n++;
        }
    return (struct pixel){n > 0, n > 0 && 2 * unsettled >= n, n ? sum / (double)n : 0};
}

/* A half without data has the tone of those without.  Shades are of whole cells. */
static struct cell fine_cell(const struct heat_layout *l, const struct heat_panel *p, int x, int y)
{
    struct span column = span_of(x, l->columns, l->map->nx);
    struct pixel up = pixel_of(l->map, p, column, row_span(l, 2 * y)), down = {0};
    struct cell none = palette_no_data(l->style);
    bool two = 2 * y + 1 < l->rows; /* else the lower half is not of the map */
    if (two)
        down = pixel_of(l->map, p, column, row_span(l, 2 * y + 1));
    int halves = up.any + down.any;
    int above = palette_diverging(up.t, l->style), below = palette_diverging(down.t, l->style);
    if (halves == 0)
        return none;
    if (2 * (up.unsettled + down.unsettled) >= halves)
        return (struct cell){heat_unsettled(l->style),
                             palette_diverging((up.t + down.t) / halves, l->style), COLOUR_DEFAULT,
                             0};
    if (!up.any)
        return (struct cell){0x2584, below, none.background, 0};
    return (struct cell){0x2580, above,
                         down.any ? below
                         : two    ? none.background
                                  : COLOUR_DEFAULT,
                         0};
}

static struct cell coarse_cell(const struct heat_layout *l, const struct heat_panel *p, int x,
                               int y)
{
    struct pixel pixel = pixel_of(l->map, p, span_of(x, l->columns, l->map->nx), row_span(l, y));
    int colour = pixel.t < 0   ? palette_negative(l->style)
                 : pixel.t > 0 ? palette_positive(l->style)
                               : COLOUR_DEFAULT;
    if (!pixel.any)
        return palette_no_data(l->style);
    bool dim = pixel.unsettled || pixel.t == 0;
    uint32_t glyph = pixel.unsettled ? heat_unsettled(l->style) : palette_glyph(pixel.t, l->style);
    return (struct cell){glyph, colour, COLOUR_DEFAULT, dim ? CELL_DIM : 0};
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
static void draw_cross(const struct heat_layout *l)
{
    const struct heat_map *m = l->map;
    int panel = m->cross_panel - l->first, left, right, low, high;
    if (m->cross_panel < 0 || panel < 0 || panel >= l->shown || m->cross_x < 0 || m->cross_y < 0 ||
        (size_t)m->cross_x >= m->nx || (size_t)m->cross_y >= m->ny)
        return;
    pixels_of((size_t)m->cross_x, l->columns, m->nx, &left, &right);
    pixels_of((size_t)m->cross_y, l->rows, m->ny, &low, &high);
    int row = l->rows - 1 - (low + high) / 2;
    int half = l->pixels == 2 && low == high ? 1 + row % 2 : 0;
    int from = l->body.x + panel * l->pitch;
    int x = from + (left + right) / 2, y = l->body.y + row / l->pixels;
    bool fixed = l->style->colours >= 256; /* some terminals make bold black grey */
    int white = fixed ? 231 : l->style->colours < 16 ? 7 : 15, black = fixed ? 16 : 0;
    uint32_t glyph = glyphs_for(l->style)->cross[half];
    if (l->style->colours > 0) {
        canvas_put(l->canvas, x, y, glyph, l->style->dark ? white : black,
                   l->style->dark ? black : white, CELL_BOLD);
        return;
    }
    canvas_plain(l->canvas, x, y, glyph, CELL_BOLD | CELL_REVERSE);
    if (x > from && l->columns > 4)
        canvas_plain(l->canvas, x - 1, y, '[', CELL_BOLD);
    if (x + 1 < from + l->columns && l->columns > 4)
        canvas_plain(l->canvas, x + 1, y, ']', CELL_BOLD);
}

/* --- all of it ------------------------------------------------------------- */

/* Centred over its panel, but after the y label. */
static int title_start(const struct heat_layout *l, int shown)
{
    const struct heat_map *m = l->map;
    int width = utf8_width(m->panels[l->first + shown].title), x = (l->columns - width) / 2;
    int label = l->axes && m->y_label && shown == 0 ? utf8_width(m->y_label) : -1;
    int least = (label < GUTTER ? label : GUTTER - 1) + 1 - (l->body.x - l->area.x);
    least = least > 0 ? least : 0;
    return x > least ? x : least;
}

static void draw_panel(const struct heat_layout *l, int shown)
{
    const struct heat_panel *p = &l->map->panels[l->first + shown];
    bool fine = heat_fine(l->style);
    int left = l->body.x + shown * l->pitch;
    for (int y = 0; y < l->body.height; y++)
        for (int x = 0; x < l->columns; x++) {
            struct cell cell = fine ? fine_cell(l, p, x, y) : coarse_cell(l, p, x, y);
            canvas_put(l->canvas, left + x, l->body.y + y, cell.glyph, cell.foreground,
                       cell.background, cell.attributes);
        }
    if (l->titles && p->title) {
        int x = title_start(l, shown);
        canvas_text(l->canvas, left + x, l->area.y, l->body.width - x, p->title, COLOUR_DEFAULT,
                    CELL_BOLD, l->style);
    }
    if (l->axes)
        heat_x_axis(l, shown);
}

/* Columns of levels are whole cells wide: where they are narrow, a tighter frame may give
 * each one more. */
static void tighten(struct heat_layout *l)
{
    size_t nx = l->map->nx, old = (size_t)l->body.width / nx;
    int gutter = heat_y_width(l) + 1, n = l->shown;
    for (int gap = GAP; gap > 0; gap--) {
        int width = (l->area.width - gutter - (n - 1) * gap) / n;
        if ((size_t)width / nx * 4 >= old * 5 && (size_t)width / nx > old) {
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
    l->map = m;
    if (l->axes && m->x_levels)
        tighten(l);
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
static void place_legend(const struct heat_layout *l)
{
    const struct heat_map *m = l->map;
    int right = l->area.x + l->area.width, left = l->body.x + (l->shown - 1) * l->pitch;
    const char *title = m->panels[l->first + l->shown - 1].title;
    if (l->legend) {
        int y = l->area.y + l->area.height - 1, room = right - l->body.x;
        int key = heat_any_unsettled(m) ? heat_unsettled_width(room) : 0;
        int width =
            heat_legend(m->limit, m->value_title, l->canvas, l->body.x, y, room - key, l->style);
        if (key && width)
            heat_legend_unsettled(l->canvas, l->body.x + width, y, room, l->style);
        return;
    }
    if (title)
        left += title_start(l, l->shown - 1) + utf8_width(title) + 2;
    int width = heat_legend_width(m->limit, right - left, l->style);
    if (l->titles && width > 0)
        heat_legend(m->limit, NULL, l->canvas, right - width, l->area.y, width, l->style);
}

/* Under the middle of all panels. */
static void draw_x_title(const struct heat_layout *l)
{
    const char *title = l->map->x_title ? l->map->x_title : l->map->x_label;
    int width = (l->shown - 1) * l->pitch + l->columns;
    int x = title ? (width - utf8_width(title)) / 2 : 0;
    if (title)
        canvas_text(l->canvas, l->body.x + (x > 0 ? x : 0), l->body.y + l->body.height + 1, width,
                    title, COLOUR_DEFAULT, 0, l->style);
}

bool heat_is_empty(const struct heat_map *m)
{
    return m->n_panels == 0 || m->nx == 0 || m->ny == 0;
}

bool heat_map_at(const struct heat_map *m, struct rect area, const struct style *style, int x,
                 int y, size_t *panel, size_t *cell_x, size_t *cell_y)
{
    struct heat_layout l = lay_out(area, m->n_panels, style);
    if (area.width < 1 || area.height < 1 || heat_is_empty(m))
        return false;
    fit_to_map(m, &l);
    int shown = l.pitch > 0 ? (x - l.body.x) / l.pitch : 0;
    int column = x - l.body.x - shown * l.pitch, row = (y - l.body.y) * l.pixels;
    if (x < l.body.x || y < l.body.y || shown >= l.shown || column >= l.columns || row >= l.rows)
        return false;
    *panel = (size_t)(l.first + shown);
    *cell_x = span_of(column, l.columns, m->nx).from;
    *cell_y = row_span(&l, row).from;
    return true;
}

void heat_map_draw(const struct heat_map *m, struct canvas *canvas, struct rect area,
                   const struct style *style)
{
    struct heat_layout l = lay_out(area, m->n_panels, style);
    l.canvas = canvas;
    if (area.width < 1 || area.height < 1)
        return;
    if (canvas->figure) {
        figure_add_heat(canvas->figure, m, area);
        return;
    }
    if (heat_is_empty(m)) {
        canvas_notice(canvas, area, m->empty ? m->empty : "nothing to draw", CELL_DIM, style);
        return;
    }
    fit_to_map(m, &l);
    for (int i = 0; i < l.shown; i++)
        draw_panel(&l, i);
    draw_cross(&l);
    if (l.axes) {
        heat_y_axis(&l);
        if (l.titles && m->y_label)
            canvas_text(canvas, area.x, area.y, GUTTER - 1, m->y_label, COLOUR_DEFAULT, 0, style);
    }
    if (l.named)
        draw_x_title(&l);
    place_legend(&l);
}
