/* The axes and the legend of a heat map. */
#include <math.h>
#include <stdio.h>

#include "axis.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "heat_map.h"

double heat_place(double value, const double *centre, size_t n)
{
    double lo = centre[0], hi = centre[n - 1];
    if (n < 2 || lo == hi)
        return .5;
    return ((value - lo) / (hi - lo) * (double)(n - 1) + .5) / (double)n;
}

double heat_tick_step(const double *tick, size_t n)
{
    return n > 1 ? tick[1] - tick[0] : n ? fabs(tick[0]) : 1;
}

size_t heat_ticks(const double *centre, size_t n, int most, double tick[HEAT_TICKS])
{
    double lo = fmin(centre[0], centre[n - 1]), hi = fmax(centre[0], centre[n - 1]);
    if (n == 1 || lo == hi) {
        tick[0] = lo;
        return 1;
    }
    most = most < 3 ? 3 : most > HEAT_TICKS ? HEAT_TICKS : most;
    return ticks_linear(lo, hi, (size_t)most, tick);
}

/* --- y --------------------------------------------------------------------- */

static bool put_y_label(const struct heat_layout *l, double place, const char *text, bool *taken,
                        struct canvas *canvas, const struct style *style)
{
    const struct glyphs *g = glyphs_for(style);
    int axis = l->body.x - 1, width = utf8_width(text);
    int row = l->rows - 1 - (int)fmin(fmax(place * l->rows, 0), l->rows - 1);
    int y = row / l->pixels;
    if (taken[y])
        return false;
    taken[y] = true;
    canvas_text(canvas, axis - width > l->area.x ? axis - width : l->area.x, l->body.y + y,
                axis - l->area.x, text, COLOUR_DEFAULT, 0, style);
    canvas_put(canvas, axis, l->body.y + y, g->tick_left, COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
    return true;
}

int heat_y_width(const struct heat_map *m, const struct heat_layout *l)
{
    double tick[HEAT_TICKS];
    char text[40];
    int widest = 0;
    size_t n = m->y_levels ? m->ny : heat_ticks(m->y, m->ny, l->body.height / 2, tick);
    for (size_t i = 0; i < n; i++) {
        const char *label = m->y_levels ? short_label(text, m->y[i])
                                        : tick_label(text, tick[i], heat_tick_step(tick, n));
        int width = utf8_width(label);
        widest = width > widest ? width : widest;
    }
    return widest;
}

void heat_y_axis(const struct heat_map *m, const struct heat_layout *l, struct canvas *canvas,
                 const struct style *style)
{
    double tick[HEAT_TICKS];
    char text[40];
    struct label_row rows; /* categories: one label a row */
    label_row_begin(&rows, 0, 0, l->body.height);
    for (int y = 0; y < l->body.height; y++)
        canvas_put(canvas, l->body.x - 1, l->body.y + y, glyphs_for(style)->vertical,
                   COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
    size_t n = m->y_levels ? 0 : heat_ticks(m->y, m->ny, l->body.height / 2, tick);
    for (size_t i = 0; i < n; i++)
        put_y_label(l, heat_place(tick[i], m->y, m->ny),
                    tick_label(text, tick[i], heat_tick_step(tick, n)), rows.taken, canvas, style);
    for (size_t i = 0; m->y_levels && i < m->ny; i++)
        put_y_label(l, ((double)i + .5) / (double)m->ny, short_label(text, m->y[i]), rows.taken,
                    canvas, style);
    label_row_end(&rows);
}

/* --- x --------------------------------------------------------------------- */

static int level_cell(const struct heat_map *m, const struct heat_layout *l, size_t i)
{
    return (int)(((double)i + .5) / (double)m->nx * l->columns);
}

/* Label i and its mirror image, both or neither, so that both sides of the middle are
 * labelled alike. */
static void put_levels(const struct heat_map *m, const struct heat_layout *l, size_t i,
                       struct label_row *row, struct canvas *canvas, const struct style *style)
{
    char low[40], high[40];
    size_t mirror = m->nx - 1 - i;
    int left = level_cell(m, l, i), right = level_cell(m, l, mirror);
    short_label(low, m->x[i]);
    short_label(high, m->x[mirror]);
    if (!label_row_fits(row, left, low) || !label_row_fits(row, right, high))
        return;
    label_row_put(row, left, low, canvas, style);
    if (mirror != i)
        label_row_put(row, right, high, canvas, style);
}

/* The name of x: after the last label, else before the first of the first panel. */
static void put_x_name(const struct heat_map *m, const struct heat_layout *l, int panel,
                       const struct label_row *row, struct canvas *canvas,
                       const struct style *style)
{
    int width = m->x_label ? utf8_width(m->x_label) : 0, free = label_row_free(row);
    int gutter = l->body.x - l->area.x - 1;
    if (l->named)
        return;
    if (width > 0 && free >= width + 2)
        canvas_text(canvas, row->x + row->width - width, row->y, width, m->x_label, COLOUR_DEFAULT,
                    0, style);
    else if (width > 0 && width <= gutter && panel == 0)
        canvas_text(canvas, l->body.x - 1 - width, row->y, width, m->x_label, COLOUR_DEFAULT, 0,
                    style);
}

void heat_x_axis(const struct heat_map *m, const struct heat_layout *l, int panel,
                 struct canvas *canvas, const struct style *style)
{
    double tick[HEAT_TICKS];
    char text[40];
    struct label_row row;
    int left = l->body.x + panel * l->pitch;
    label_row_begin(&row, left, l->body.y + l->body.height, l->columns);
    size_t n = m->x_levels ? 0 : heat_ticks(m->x, m->nx, l->columns / 6, tick);
    if (m->x_levels) { /* the ends, the middle, those between, then the rest */
        size_t last = m->nx - 1, first[] = {0, last / 2, last / 4};
        for (size_t i = 0; i < 3; i++)
            put_levels(m, l, first[i], &row, canvas, style);
        for (size_t i = 1; i < last / 2; i++)
            put_levels(m, l, i, &row, canvas, style);
    }
    for (size_t i = 0; i < n; i++) {
        tick_label(text, tick[i], heat_tick_step(tick, n));
        label_row_put(&row, (int)(heat_place(tick[i], m->x, m->nx) * l->columns), text, canvas,
                      style);
    }
    put_x_name(m, l, panel, &row, canvas, style);
    label_row_end(&row);
}

/* --- the legend ------------------------------------------------------------ */

enum { LEGEND_STEPS = 8 }; /* on each side; ladders of direct colours have more */

struct legend {
    char low[48], high[48], no_data[48];
    const char *unit; /* what the numbers are; NULL: no room for it */
    int half;         /* steps on each side of zero */
    int width;
};

/* As much as fits: first the unit is left out, then some steps, then the mark of no data,
 * then more steps. */
static bool plan_legend(double limit, const char *unit, int room, const struct style *style,
                        struct legend *plan)
{
    char number[40];
    int full = heat_fine(style) ? palette_steps(style) : palette_levels(style);
    full = heat_fine(style) && full > LEGEND_STEPS ? LEGEND_STEPS : full;
    short_label(number, limit > 0 ? limit : 0);
    snprintf(plan->low, sizeof plan->low, "-%s ", number);
    snprintf(plan->high, sizeof plan->high, " +%s", number);
    snprintf(plan->no_data, sizeof plan->no_data, "   %s no data",
             style->ascii ? "blank:" : "\xc2\xb7");
    int ends = utf8_width(plan->low) + utf8_width(plan->high) + 1;
    int mark = utf8_width(plan->no_data), words = unit ? 1 + utf8_width(unit) : 0;
    plan->unit = ends + 2 * full + words + mark <= room ? unit : NULL;
    ends += plan->unit ? words : 0;
    for (plan->half = full; plan->half > 2; plan->half--) {
        plan->width = ends + 2 * plan->half + mark;
        if (plan->width <= room)
            return true;
    }
    plan->no_data[0] = '\0';
    for (plan->half = full; plan->half > 0; plan->half--) {
        plan->width = ends + 2 * plan->half;
        if (plan->width <= room)
            return true;
    }
    return false;
}

int heat_legend_width(double limit, int room, const struct style *style)
{
    struct legend plan;
    return plan_legend(limit, NULL, room, style, &plan) ? plan.width : 0;
}

static void put_step(struct canvas *canvas, int x, int y, double t, const struct style *style)
{
    int white = style->dark ? 15 : 0, none = COLOUR_DEFAULT;
    if (t == 0)
        canvas_put(canvas, x, y, style->ascii ? '.' : '0', heat_fine(style) ? white : none,
                   heat_fine(style) ? palette_diverging(0, style) : none, 0);
    else if (heat_fine(style))
        canvas_put(canvas, x, y, 0x2588, palette_diverging(t, style), none, 0);
    else
        canvas_put(canvas, x, y, palette_glyph(t, style),
                   t < 0 ? palette_negative(style) : palette_positive(style), none, 0);
}

int heat_legend(double limit, const char *unit, struct canvas *canvas, int x, int y, int room,
                const struct style *style)
{
    struct legend plan;
    if (!plan_legend(limit, unit, room, style, &plan))
        return 0;
    x += canvas_text(canvas, x, y, room, plan.low, COLOUR_DEFAULT, 0, style);
    for (int i = -plan.half; i <= plan.half; i++)
        put_step(canvas, x++, y, (double)i / plan.half, style);
    x += canvas_text(canvas, x, y, room, plan.high, COLOUR_DEFAULT, 0, style);
    if (plan.unit)
        x += 1 + canvas_text(canvas, x + 1, y, room, plan.unit, COLOUR_DEFAULT, 0, style);
    if (plan.no_data[0])
        canvas_text(canvas, x, y, room, plan.no_data, COLOUR_DEFAULT, CELL_DIM, style);
    return plan.width;
}

void heat_legend_unsettled(struct canvas *canvas, int x, int y, int room, const struct style *style)
{
    static const char words[] = " sign unsettled";
    if (room < 4 + (int)sizeof words - 1)
        return;
    canvas_put(canvas, x + 3, y, heat_unsettled(style), COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
    canvas_text(canvas, x + 4, y, room - 4, words, COLOUR_DEFAULT, 0, style);
}
