/* Heat maps on a page: filled cells, a colour bar, hatching for no data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/draw/palette.h"
#include "figure_pen.h"
#include "heat_map.h"

enum { GAP = 8, BAR = 6, BAR_APART = 9 }; /* units: between panels; the colour bar, and before it */

static const char no_data[] = "no data";

static bool shows(const struct heat_map *m, const struct heat_panel *p, size_t i)
{
    return heat_has_data(p, i) && m->limit > 0;
}

static bool is_missing(const struct heat_map *m, const struct heat_panel *p, size_t i)
{
    return !shows(m, p, i);
}

static bool is_unsettled(const struct heat_map *m, const struct heat_panel *p, size_t i)
{
    return shows(m, p, i) && p->unsettled && p->unsettled[i];
}

static bool any_missing(const struct heat_map *m)
{
    for (size_t p = 0; p < m->n_panels; p++)
        for (size_t i = 0; i < m->nx * m->ny; i++)
            if (is_missing(m, &m->panels[p], i))
                return true;
    return false;
}

/* --- labels and margins --------------------------------------------------------- */

static const char *label_of(const struct heat_axis *axis, size_t i, char out[64])
{
    char text[40];
    return pen_number(out, heat_axis_label(axis, i, text));
}

/* "\xe2\x88\x92.25", where "\xe2\x88\x920.25" has no room. */
static const char *tight_label(const struct heat_axis *axis, size_t i, char out[64])
{
    label_of(axis, i, out);
    char *zero = strstr(out, "0.");
    if (zero && (zero == out || (unsigned char)zero[-1] >= 128))
        memmove(zero, zero + 1, strlen(zero));
    return out;
}

static double widest_of(const struct pen *pen, const struct heat_axis *axis)
{
    double widest = 0;
    char out[64];
    pen_size(pen, PEN_SMALL);
    for (size_t i = 0; i < axis->n; i++)
        widest = fmax(widest, pen_width(pen, label_of(axis, i, out)));
    pen_size(pen, 1);
    return widest;
}

static struct heat_axis y_axis(const struct pen *pen, const struct heat_map *m, double height)
{
    return heat_axis(m->y, m->ny, m->y_levels, (int)fmin(height / (pen->font * 2.6), 9));
}

/* Of the colour bar; it has only ticks, which need no centres. */
static struct heat_axis bar_axis(const struct pen *pen, double limit, double height)
{
    struct heat_axis axis = {.ticks = ticks_within(-limit, limit, height > pen->font * 14 ? 7 : 5)};
    axis.n = axis.ticks.n;
    return axis;
}

static bool any_title(const struct heat_map *m)
{
    for (size_t p = 0; p < m->n_panels; p++)
        if (m->panels[p].title && *m->panels[p].title)
            return true;
    return false;
}

/* Does the key for no data fit beside the x title, between the middle of a body of this
 * width and the right end of the margin? */
static bool missing_beside(const struct pen *pen, const struct heat_map *m, double width,
                           double right)
{
    double title = pen_width(pen, pen_title(m->x_title, m->x_label)) / 2;
    double sample = pen_width(pen, no_data) + pen->font * 1.35 + 3 * pen->unit;
    return title + pen->font + sample < width / 2 + right;
}

struct margin figure_heat_margin(const struct pen *pen, const struct heat_map *m, double width,
                                 double height)
{
    double u = pen->unit;
    struct margin margin = {4 * u, 4 * u, 2 * u, 4 * u};
    if (heat_is_empty(m))
        return margin;
    struct heat_axis y = y_axis(pen, m, height), bar = bar_axis(pen, m->limit, height);
    margin.left =
        widest_of(pen, &y) + 5 * u + (*pen_title(m->y_title, m->y_label) ? pen->font * 1.5 : 0);
    margin.right =
        (BAR_APART + BAR + 4) * u + widest_of(pen, &bar) + (m->value_title ? pen->font * 1.5 : 0);
    margin.top = any_title(m) ? pen->font * 1.5 : pen->font * .5;
    margin.bottom = 4 * u + pen->font * 1.1 + pen->font * 1.45;
    if (any_missing(m) && !missing_beside(pen, m, width - margin.left - margin.right, margin.right))
        margin.bottom += pen->font * 1.6;
    if (heat_any_unsettled(m))
        margin.bottom += pen->font * 1.6;
    return margin;
}

double figure_heat_height(const struct pen *pen, const struct heat_map *m, double width)
{
    struct margin margin = figure_heat_margin(pen, m, width, pen->font * 15);
    double n = m->n_panels ? (double)m->n_panels : 1;
    double panel = (width - margin.left - margin.right - (n - 1) * GAP * pen->unit) / n;
    double column = 89 * 72 / 25.4, share = m->n_panels > 1 ? .4 : .55;
    return fmin(panel * 1.1, share * fmin(width, column) + .3 * fmax(width - column, 0));
}

/* --- cells -------------------------------------------------------------------- */

static void slant(const struct pen *pen, struct box box, bool down, double step, double width)
{
    pen->lib->set_line_width(pen->cairo, width);
    for (double x = box.x - box.height; x < box.x + box.width; x += step) {
        pen->lib->move_to(pen->cairo, x, down ? box.y : box.y + box.height);
        pen->lib->line_to(pen->cairo, x + box.height, down ? box.y + box.height : box.y);
    }
    pen->lib->stroke(pen->cairo);
}

/* Hatches the clip, which is within the box. */
static void hatch(const struct pen *pen, struct box box)
{
    pen_tone(pen, PEN_GRID);
    slant(pen, box, false, 3.2 * pen->unit, .4 * pen->unit);
}

/* Stripes of background over colours: their signs are unsettled. */
static void stripe(const struct pen *pen, struct box box)
{
    pen_tone(pen, PEN_BACKGROUND);
    slant(pen, box, true, 3.2 * pen->unit, 1.3 * pen->unit);
}

/* Cells extend under those painted after them, to the right and above, so that no
 * background shows between them. */
static void paint_cells(const struct pen *pen, const struct heat_map *m, const struct heat_panel *p,
                        struct box box)
{
    double w = box.width / (double)m->nx, h = box.height / (double)m->ny, under = .4, rgb[3];
    for (size_t iy = 0; iy < m->ny; iy++)
        for (size_t ix = 0; ix < m->nx; ix++) {
            size_t i = iy * m->nx + ix;
            if (!shows(m, p, i))
                continue;
            bool right = ix + 1 < m->nx && shows(m, p, i + 1);
            bool above = iy + 1 < m->ny && shows(m, p, i + m->nx);
            palette_diverging_rgb(p->value[i] / m->limit, pen->dark, rgb);
            pen->lib->set_source_rgb(pen->cairo, rgb[0], rgb[1], rgb[2]);
            double up = above ? fmin(under, h) : 0;
            pen->lib->rectangle(pen->cairo, box.x + (double)ix * w,
                                box.y + box.height - (double)(iy + 1) * h - up,
                                w + (right ? fmin(under, w) : 0), h + up);
            pen->lib->fill(pen->cairo);
        }
}

/* Fills the cells that are so. */
static void paint_those(const struct pen *pen, const struct heat_map *m, const struct heat_panel *p,
                        struct box box,
                        bool (*is)(const struct heat_map *, const struct heat_panel *, size_t),
                        void (*fill)(const struct pen *pen, struct box box))
{
    double w = box.width / (double)m->nx, h = box.height / (double)m->ny;
    bool any = false;
    pen->lib->save(pen->cairo);
    for (size_t iy = 0; iy < m->ny; iy++)
        for (size_t ix = 0, run; ix < m->nx; ix += run) {
            size_t i = iy * m->nx + ix;
            for (run = 0; ix + run < m->nx && is(m, p, i + run); run++)
                any = true;
            if (run > 0)
                pen->lib->rectangle(pen->cairo, box.x + (double)ix * w,
                                    box.y + box.height - (double)(iy + 1) * h, (double)run * w, h);
            run = run ? run : 1;
        }
    if (any) {
        pen->lib->clip(pen->cairo);
        fill(pen, box);
    }
    pen->lib->restore(pen->cairo);
}

/* --- axes --------------------------------------------------------------------- */

/* Labels below a panel, and what they have taken of its width, two numbers each. */
struct labels {
    const struct pen *pen;
    struct box box;
    size_t n;
    double *taken;
};

static bool has_room(const struct labels *row, double x, const char *text)
{
    double half = pen_width(row->pen, text) / 2 + 2.5 * row->pen->unit;
    for (size_t i = 0; i < row->n; i++)
        if (x - half < row->taken[2 * i + 1] && x + half > row->taken[2 * i])
            return false;
    return true;
}

static void put_label(struct labels *row, double x, const char *text)
{
    const struct pen *pen = row->pen;
    double half = pen_width(pen, text) / 2;
    if (!has_room(row, x, text))
        return;
    pen_text(pen, x, row->box.y + row->box.height + 4 * pen->unit + pen->font * .7, .5, text);
    row->taken[2 * row->n] = x - half;
    row->taken[2 * row->n++ + 1] = x + half;
}

/* Label i and its mirror image, both or neither. */
static void put_levels(struct labels *row, const struct heat_axis *axis, size_t i, bool tight)
{
    const char *(*text)(const struct heat_axis *, size_t, char *) = tight ? tight_label : label_of;
    char low[64], high[64];
    size_t mirror = axis->n - 1 - i;
    double left = row->box.x + heat_axis_place(axis, i) * row->box.width;
    double right = row->box.x + heat_axis_place(axis, mirror) * row->box.width;
    text(axis, i, low);
    text(axis, mirror, high);
    if (!has_room(row, left, low) || !has_room(row, right, high))
        return;
    put_label(row, left, low);
    if (mirror != i)
        put_label(row, right, high);
}

/* Do all levels have room for their whole labels? */
static bool roomy(const struct pen *pen, const struct heat_axis *axis, double width)
{
    double each = width / (double)axis->n, last = 0;
    char text[64];
    for (size_t i = 0; i < axis->n; i++) {
        double half = pen_width(pen, label_of(axis, i, text)) / 2;
        if (i > 0 && last + half + 2.5 * pen->unit > each)
            return false;
        last = half;
    }
    return true;
}

static void paint_x(const struct pen *pen, const struct heat_map *m, struct box box)
{
    struct heat_axis axis = heat_axis(m->x, m->nx, m->x_levels, (int)(box.width / (pen->font * 3)));
    struct labels row = {.pen = pen, .box = box, .taken = mem_new(2 * axis.n, sizeof *row.taken)};
    bool tight = axis.levels && !roomy(pen, &axis, box.width);
    char text[64];
    for (size_t i = 0; i < axis.n; i++) {
        double x = box.x + heat_axis_place(&axis, i) * box.width;
        pen_tick_down(pen, box, x, "");
        if (!axis.levels)
            put_label(&row, x, label_of(&axis, i, text));
    }
    for (size_t turn = 0; axis.levels && turn < heat_level_turns(axis.n); turn++)
        put_levels(&row, &axis, heat_level(axis.n, turn), tight);
    free(row.taken);
}

/* Levels closer than their labels are high are labelled at a stride. */
static void paint_y(const struct pen *pen, const struct heat_map *m, struct box box)
{
    struct heat_axis axis = y_axis(pen, m, box.height);
    char text[64];
    size_t stride = (size_t)ceil((double)m->ny * pen->font * 1.2 / box.height);
    for (size_t i = 0; i < axis.n; i += axis.levels ? stride : 1) {
        double y = box.y + (1 - heat_axis_place(&axis, i)) * box.height;
        pen_tick_left(pen, box, y, label_of(&axis, i, text));
    }
}

static void paint_edge(const struct pen *pen, struct box box, double width)
{
    pen_tone(pen, PEN_TEXT);
    pen->lib->set_line_width(pen->cairo, width);
    pen->lib->rectangle(pen->cairo, box.x, box.y, box.width, box.height);
    pen->lib->stroke(pen->cairo);
}

static void paint_panel(const struct pen *pen, const struct heat_map *m, size_t p, struct box box)
{
    paint_those(pen, m, &m->panels[p], box, is_missing, hatch);
    paint_cells(pen, m, &m->panels[p], box);
    paint_those(pen, m, &m->panels[p], box, is_unsettled, stripe);
    paint_edge(pen, box, .6 * pen->unit);
    if (m->panels[p].title)
        pen_text(pen, box.x + box.width / 2, box.y - pen->font * .45, .5, m->panels[p].title);
    pen_size(pen, PEN_SMALL);
    paint_x(pen, m, box);
    if (p == 0)
        paint_y(pen, m, box);
    pen_size(pen, 1);
}

/* --- what stands beside ---------------------------------------------------------- */

static void paint_bar(const struct pen *pen, const struct heat_map *m, struct box box)
{
    enum { STEPS = 128 };
    double rgb[3], u = pen->unit, h = box.height / STEPS, widest = 0;
    char text[64];
    for (int i = 0; i < STEPS; i++) {
        palette_diverging_rgb((i + .5) / STEPS * 2 - 1, pen->dark, rgb);
        pen->lib->set_source_rgb(pen->cairo, rgb[0], rgb[1], rgb[2]);
        double under = i + 1 < STEPS ? h : 0;
        pen->lib->rectangle(pen->cairo, box.x, box.y + box.height - (i + 1) * h - under, box.width,
                            h + under);
        pen->lib->fill(pen->cairo);
    }
    paint_edge(pen, box, .5 * u);
    struct heat_axis axis = bar_axis(pen, m->limit, box.height);
    pen_size(pen, PEN_SMALL);
    for (size_t i = 0; i < axis.n; i++) {
        double share = (axis.ticks.at[i] / m->limit + 1) / 2;
        double y = box.y + box.height * (1 - share), x = box.x + box.width;
        label_of(&axis, i, text);
        pen_line(pen, x, y, x + 2 * u, y, .6 * u);
        pen_text(pen, x + 3.5 * u, y + pen->font * .31, 0, text);
        widest = fmax(widest, pen_width(pen, text));
    }
    pen_size(pen, 1);
    if (m->value_title)
        pen_text_up(pen, box.x + box.width + 4 * u + widest + pen->font * 1.2,
                    box.y + box.height / 2, m->value_title);
}

/* What cells are that are filled so: words that end at `right`, and a sample. */
static void paint_key(const struct pen *pen, double right, double y, const char *words,
                      void (*fill)(const struct pen *pen, struct box box))
{
    double u = pen->unit, x = right - pen_width(pen, words), side = pen->font * .9;
    struct box swatch = {x - 3 * u - 1.5 * side, y - side + u, 1.5 * side, side};
    pen->lib->save(pen->cairo);
    pen->lib->rectangle(pen->cairo, swatch.x, swatch.y, swatch.width, swatch.height);
    pen->lib->clip_preserve(pen->cairo);
    cairo_path_t *edge = pen->lib->copy_path(pen->cairo);
    pen->lib->new_path(pen->cairo);
    if (fill == stripe) { /* over a colour */
        pen_tone(pen, PEN_FAINT);
        pen->lib->paint(pen->cairo);
    }
    fill(pen, swatch);
    pen->lib->restore(pen->cairo);
    pen->lib->append_path(pen->cairo, edge);
    pen->lib->path_destroy(edge);
    pen_tone(pen, PEN_TEXT);
    pen->lib->set_line_width(pen->cairo, .4 * u);
    pen->lib->stroke(pen->cairo);
    pen_text(pen, x, y, 0, words);
}

void figure_heat_paint(const struct pen *pen, const struct heat_map *m, struct box body,
                       const struct margin *margin)
{
    if (heat_is_empty(m)) {
        pen_notice(pen, body, m->empty ? m->empty : "nothing to draw");
        return;
    }
    double u = pen->unit, n = (double)m->n_panels;
    double width = (body.width - (n - 1) * GAP * u) / n;
    for (size_t p = 0; p < m->n_panels; p++)
        paint_panel(
            pen, m, p,
            (struct box){body.x + (double)p * (width + GAP * u), body.y, width, body.height});
    paint_bar(pen, m,
              (struct box){body.x + body.width + BAR_APART * u, body.y, BAR * u, body.height});
    double titles = pen_titles(pen, body, margin, pen_title(m->x_title, m->x_label),
                               pen_title(m->y_title, m->y_label));
    bool beside = missing_beside(pen, m, body.width, margin->right);
    double right = body.x + body.width + margin->right;
    titles += any_missing(m) && !beside ? pen->font * 1.6 : 0;
    if (any_missing(m))
        paint_key(pen, right, titles, no_data, hatch);
    if (heat_any_unsettled(m))
        paint_key(pen, right, titles + pen->font * 1.6, "sign unsettled", stripe);
}
