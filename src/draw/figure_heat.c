/* Heat maps on a page: filled cells, a colour bar, hatching for no data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "deltaw/base/mem.h"
#include "deltaw/draw/palette.h"
#include "figure_heat.h"
#include "heat_map.h"

enum { GAP = 8 }; /* units, between panels */

static bool has_data(const struct heat_map *m, const struct heat_panel *p, size_t i)
{
    return isfinite(p->value[i]) && !(p->support && p->support[i] == 0) && m->limit > 0;
}

static bool any_missing(const struct heat_map *m)
{
    for (size_t p = 0; p < m->n_panels; p++)
        for (size_t i = 0; i < m->nx * m->ny; i++)
            if (!has_data(m, &m->panels[p], i))
                return true;
    return false;
}

/* --- labels ------------------------------------------------------------------- */

static const char *level_text(char out[64], double value)
{
    char text[40];
    return pen_number(out, short_label(text, value));
}

/* "−.25", where "−0.25" has no room. */
static const char *tight_text(char out[64], double value)
{
    level_text(out, value);
    char *zero = strstr(out, "0.");
    if (zero && (zero == out || (unsigned char)zero[-1] >= 128))
        memmove(zero, zero + 1, strlen(zero));
    return out;
}

static size_t y_ticks(const struct heat_map *m, const struct pen *pen, double height,
                      double tick[HEAT_TICKS])
{
    return heat_ticks(m->y, m->ny, (int)fmin(height / (pen->font * 2.6), 9), tick);
}

static double y_width(const struct pen *pen, const struct heat_map *m, double height)
{
    double tick[HEAT_TICKS], widest = 0;
    char out[64];
    size_t n = m->y_levels ? m->ny : y_ticks(m, pen, height, tick);
    pen_size(pen, PEN_SMALL);
    for (size_t i = 0; i < n; i++)
        widest =
            fmax(widest,
                 pen_width(pen, m->y_levels ? level_text(out, m->y[i])
                                            : heat_number(out, tick[i], heat_tick_step(tick, n))));
    pen_size(pen, 1);
    return widest;
}

static bool any_title(const struct heat_map *m)
{
    for (size_t p = 0; p < m->n_panels; p++)
        if (m->panels[p].title && *m->panels[p].title)
            return true;
    return false;
}

static bool is_empty(const struct heat_map *m)
{
    return m->n_panels == 0 || m->nx == 0 || m->ny == 0;
}

struct margin heat_margin(const struct pen *pen, const struct heat_map *m, double width,
                          double height)
{
    double u = pen->unit;
    struct margin margin = {4 * u, 4 * u, 2 * u, 4 * u};
    if (is_empty(m))
        return margin;
    margin.left = y_width(pen, m, height) + 5 * u +
                  (*heat_title(m->y_title, m->y_label) ? pen->font * 1.5 : 0);
    margin.right = heat_bar_width(pen, m, height);
    margin.top = any_title(m) ? pen->font * 1.5 : pen->font * .5;
    margin.bottom = 4 * u + pen->font * 1.1 + pen->font * 1.45;
    if (any_missing(m) &&
        !heat_missing_beside(pen, m, width - margin.left - margin.right, margin.right))
        margin.bottom += pen->font * 1.6;
    if (heat_any_unsettled(m))
        margin.bottom += pen->font * 1.6;
    return margin;
}

double heat_height(const struct pen *pen, const struct heat_map *m, double width)
{
    struct margin margin = heat_margin(pen, m, width, pen->font * 15);
    double n = m->n_panels ? (double)m->n_panels : 1;
    double panel = (width - margin.left - margin.right - (n - 1) * GAP * pen->unit) / n;
    double column = 89 * 72 / 25.4, share = m->n_panels > 1 ? .4 : .55;
    return fmin(panel * 1.1, share * fmin(width, column) + .3 * fmax(width - column, 0));
}

/* --- cells -------------------------------------------------------------------- */

/* Cells extend under those painted after them, to the right and above, so that no
 * background shows between them. */
static void paint_cells(const struct pen *pen, const struct heat_map *m, const struct heat_panel *p,
                        struct box box)
{
    double w = box.width / (double)m->nx, h = box.height / (double)m->ny, under = .4, rgb[3];
    for (size_t iy = 0; iy < m->ny; iy++)
        for (size_t ix = 0; ix < m->nx; ix++) {
            size_t i = iy * m->nx + ix;
            if (!has_data(m, p, i))
                continue;
            bool right = ix + 1 < m->nx && has_data(m, p, i + 1);
            bool above = iy + 1 < m->ny && has_data(m, p, i + m->nx);
            palette_diverging_rgb(p->value[i] / m->limit, pen->dark, rgb);
            cairo_set_source_rgb(pen->cairo, rgb[0], rgb[1], rgb[2]);
            double up = above ? fmin(under, h) : 0;
            cairo_rectangle(pen->cairo, box.x + (double)ix * w,
                            box.y + box.height - (double)(iy + 1) * h - up,
                            w + (right ? fmin(under, w) : 0), h + up);
            cairo_fill(pen->cairo);
        }
}

static bool is_missing(const struct heat_map *m, const struct heat_panel *p, size_t i)
{
    return !has_data(m, p, i);
}

static bool is_unsettled(const struct heat_map *m, const struct heat_panel *p, size_t i)
{
    return has_data(m, p, i) && p->unsettled && p->unsettled[i];
}

/* Fills the cells that are so. */
static void paint_those(const struct pen *pen, const struct heat_map *m, const struct heat_panel *p,
                        struct box box,
                        bool (*is)(const struct heat_map *, const struct heat_panel *, size_t),
                        void (*fill)(const struct pen *pen, struct box box))
{
    double w = box.width / (double)m->nx, h = box.height / (double)m->ny;
    bool any = false;
    cairo_save(pen->cairo);
    for (size_t iy = 0; iy < m->ny; iy++)
        for (size_t ix = 0, run; ix < m->nx; ix += run) {
            size_t i = iy * m->nx + ix;
            for (run = 0; ix + run < m->nx && is(m, p, i + run); run++)
                any = true;
            if (run > 0)
                cairo_rectangle(pen->cairo, box.x + (double)ix * w,
                                box.y + box.height - (double)(iy + 1) * h, (double)run * w, h);
            run = run ? run : 1;
        }
    if (any) {
        cairo_clip(pen->cairo);
        fill(pen, box);
    }
    cairo_restore(pen->cairo);
}

/* --- axes --------------------------------------------------------------------- */

/* A label where there is room; taken: intervals in use, two numbers each. */
static bool put_x(const struct pen *pen, double x, double y, const char *text, double *taken,
                  size_t *n_taken, bool draw)
{
    double half = pen_width(pen, text) / 2, apart = 2.5 * pen->unit;
    for (size_t i = 0; i < *n_taken; i++)
        if (x - half - apart < taken[2 * i + 1] && x + half + apart > taken[2 * i])
            return false;
    if (draw) {
        pen_text(pen, x, y, .5, text);
        taken[2 * *n_taken] = x - half;
        taken[2 * *n_taken + 1] = x + half;
        ++*n_taken;
    }
    return true;
}

/* Label i and its mirror image, both or neither; false: neither. */
static bool put_levels(const struct pen *pen, const struct heat_map *m, struct box box, size_t i,
                       bool tight, double *taken, size_t *n_taken)
{
    const char *(*text)(char *, double) = tight ? tight_text : level_text;
    char low[64], high[64];
    size_t mirror = m->nx - 1 - i;
    double w = box.width / (double)m->nx, y = box.y + box.height + 4 * pen->unit + pen->font * .7;
    double left = box.x + ((double)i + .5) * w, right = box.x + ((double)mirror + .5) * w;
    text(low, m->x[i]);
    text(high, m->x[mirror]);
    if (!put_x(pen, left, y, low, taken, n_taken, false) ||
        !put_x(pen, right, y, high, taken, n_taken, false))
        return false;
    put_x(pen, left, y, low, taken, n_taken, true);
    if (mirror != i)
        put_x(pen, right, y, high, taken, n_taken, true);
    return true;
}

/* Do all levels have room for their whole labels? */
static bool roomy(const struct pen *pen, const struct heat_map *m, double width)
{
    double each = width / (double)m->nx, last = 0;
    char text[64];
    for (size_t i = 0; i < m->nx; i++) {
        double half = pen_width(pen, level_text(text, m->x[i])) / 2;
        if (i > 0 && last + half + 2.5 * pen->unit > each)
            return false;
        last = half;
    }
    return true;
}

/* The ends, the middle, those between, then the rest. */
static void paint_levels(const struct pen *pen, const struct heat_map *m, struct box box,
                         double *taken, size_t *n_taken)
{
    size_t last = m->nx - 1, first[] = {0, last / 2, last / 4};
    bool tight = !roomy(pen, m, box.width);
    for (size_t i = 0; i < 3; i++)
        put_levels(pen, m, box, first[i], tight, taken, n_taken);
    for (size_t i = 1; i < (last + 1) / 2; i++)
        put_levels(pen, m, box, i, tight, taken, n_taken);
}

static void tick_down(const struct pen *pen, struct box box, double x)
{
    pen_line(pen, x, box.y + box.height, x, box.y + box.height + 2.5 * pen->unit, .6 * pen->unit);
}

static void paint_x(const struct pen *pen, const struct heat_map *m, struct box box)
{
    double tick[HEAT_TICKS];
    double *taken = mem_new(2 * (m->nx + HEAT_TICKS), sizeof *taken);
    size_t n_taken = 0;
    char text[64];
    if (m->x_levels) {
        for (size_t i = 0; i < m->nx; i++)
            tick_down(pen, box, box.x + ((double)i + .5) * box.width / (double)m->nx);
        paint_levels(pen, m, box, taken, &n_taken);
    }
    size_t n = m->x_levels ? 0 : heat_ticks(m->x, m->nx, (int)(box.width / (pen->font * 3)), tick);
    for (size_t i = 0; i < n; i++) {
        double x = box.x + heat_place(tick[i], m->x, m->nx) * box.width;
        tick_down(pen, box, x);
        put_x(pen, x, box.y + box.height + 4 * pen->unit + pen->font * .7,
              heat_number(text, tick[i], heat_tick_step(tick, n)), taken, &n_taken, true);
    }
    free(taken);
}

static void y_label(const struct pen *pen, struct box box, double place, const char *text)
{
    double y = box.y + (1 - place) * box.height, u = pen->unit;
    pen_line(pen, box.x - 2.5 * u, y, box.x, y, .6 * u);
    pen_text(pen, box.x - 4 * u, y + pen->font * .31, 1, text);
}

/* Levels closer than their labels are high are labelled at a stride. */
static void paint_y(const struct pen *pen, const struct heat_map *m, struct box box)
{
    double tick[HEAT_TICKS];
    char text[64];
    size_t n = m->y_levels ? 0 : y_ticks(m, pen, box.height, tick);
    size_t stride = (size_t)ceil((double)m->ny * pen->font * 1.2 / box.height);
    for (size_t i = 0; m->y_levels && i < m->ny; i += stride)
        y_label(pen, box, ((double)i + .5) / (double)m->ny, level_text(text, m->y[i]));
    for (size_t i = 0; i < n; i++)
        y_label(pen, box, heat_place(tick[i], m->y, m->ny),
                heat_number(text, tick[i], heat_tick_step(tick, n)));
}

static void paint_panel(const struct pen *pen, const struct heat_map *m, size_t p, struct box box)
{
    paint_those(pen, m, &m->panels[p], box, is_missing, heat_hatch);
    paint_cells(pen, m, &m->panels[p], box);
    paint_those(pen, m, &m->panels[p], box, is_unsettled, heat_stripe);
    pen_tone(pen, PEN_TEXT);
    cairo_set_line_width(pen->cairo, .6 * pen->unit);
    cairo_rectangle(pen->cairo, box.x, box.y, box.width, box.height);
    cairo_stroke(pen->cairo);
    if (m->panels[p].title)
        pen_text(pen, box.x + box.width / 2, box.y - pen->font * .45, .5, m->panels[p].title);
    pen_size(pen, PEN_SMALL);
    paint_x(pen, m, box);
    if (p == 0)
        paint_y(pen, m, box);
    pen_size(pen, 1);
}

void heat_paint(const struct pen *pen, const struct heat_map *m, struct box body,
                const struct margin *margin)
{
    if (is_empty(m)) {
        pen_notice(pen, body, m->empty ? m->empty : "nothing to draw");
        return;
    }
    double u = pen->unit, n = (double)m->n_panels, bottom = body.y + body.height;
    double width = (body.width - (n - 1) * GAP * u) / n;
    for (size_t p = 0; p < m->n_panels; p++)
        paint_panel(
            pen, m, p,
            (struct box){body.x + (double)p * (width + GAP * u), body.y, width, body.height});
    heat_bar(pen, m,
             (struct box){body.x + body.width + BAR_APART * u, body.y, BAR * u, body.height});
    double titles = bottom + 4 * u + pen->font * 2.25;
    pen_text(pen, body.x + body.width / 2, titles, .5, heat_title(m->x_title, m->x_label));
    pen_text_up(pen, body.x - margin->left + pen->font * .85, body.y + body.height / 2,
                heat_title(m->y_title, m->y_label));
    bool beside = heat_missing_beside(pen, m, body.width, margin->right);
    double right = body.x + body.width + margin->right;
    titles += any_missing(m) && !beside ? pen->font * 1.6 : 0;
    if (any_missing(m))
        heat_tell(pen, right, titles, "no data", heat_hatch);
    if (heat_any_unsettled(m))
        heat_tell(pen, right, titles + pen->font * 1.6, "sign unsettled", heat_stripe);
}
