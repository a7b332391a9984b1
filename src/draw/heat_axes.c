/* The axes and the legend of a heat map. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "heat_map.h"

struct heat_axis heat_axis(const double *centre, size_t n, bool levels, int most)
{
    struct heat_axis axis = {.centre = centre, .n_centres = n, .n = n, .levels = levels};
    double lo = fmin(centre[0], centre[n - 1]), hi = fmax(centre[0], centre[n - 1]);
    if (levels)
        return axis;
    if (n == 1 || lo == hi)
        axis.ticks = (struct ticks){.n = 1, .at = {lo}};
    else
        axis.ticks = ticks_within(lo, hi, most < 3 ? 3 : (size_t)most);
    axis.n = axis.ticks.n;
    return axis;
}

double heat_axis_place(const struct heat_axis *axis, size_t i)
{
    double n = (double)axis->n_centres, lo = axis->centre[0],
           hi = axis->centre[axis->n_centres - 1];
    if (axis->levels)
        return ((double)i + .5) / n;
    return n < 2 || lo == hi ? .5 : ((axis->ticks.at[i] - lo) / (hi - lo) * (n - 1) + .5) / n;
}

const char *heat_axis_label(const struct heat_axis *axis, size_t i, char text[40])
{
    return axis->levels ? axis_short_label(text, axis->centre[i])
                        : ticks_label(&axis->ticks, i, text);
}

size_t heat_level(size_t n, size_t turn)
{
    const size_t first[] = {0, (n - 1) / 2, (n - 1) / 4};
    return turn < 3 ? first[turn] : turn - 2;
}

size_t heat_level_turns(size_t n)
{
    return n / 2 + 2;
}

static struct heat_axis y_axis(const struct heat_layout *l)
{
    return heat_axis(l->map->y, l->map->ny, l->map->y_levels, l->body.height / 2);
}

int heat_y_width(const struct heat_layout *l)
{
    struct heat_axis axis = y_axis(l);
    char text[40];
    int widest = 0;
    for (size_t i = 0; i < axis.n; i++) {
        int width = utf8_width(heat_axis_label(&axis, i, text));
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* One label a row. */
void heat_y_axis(const struct heat_layout *l)
{
    const struct glyphs *g = glyphs_for(l->style);
    struct heat_axis axis = y_axis(l);
    bool *taken = mem_new((size_t)l->body.height, sizeof *taken);
    char text[40];
    int right = l->body.x - 1;
    for (int y = 0; y < l->body.height; y++)
        canvas_plain(l->canvas, right, l->body.y + y, g->vertical, 0);
    for (size_t i = 0; i < axis.n; i++) {
        double up = heat_axis_place(&axis, i) * l->rows;
        int y = (l->rows - 1 - (int)fmin(fmax(up, 0), l->rows - 1)) / l->pixels;
        if (taken[y])
            continue;
        taken[y] = true;
        int x = right - utf8_width(heat_axis_label(&axis, i, text));
        canvas_text(l->canvas, x > l->area.x ? x : l->area.x, l->body.y + y, right - l->area.x,
                    text, COLOUR_DEFAULT, 0, l->style);
        canvas_plain(l->canvas, right, l->body.y + y, g->tick_left, 0);
    }
    free(taken);
}

/* Label i and its mirror image, both or neither, so that both sides of the middle are
 * labelled alike. */
static void put_levels(const struct heat_layout *l, const struct heat_axis *axis, size_t i,
                       struct label_row *row)
{
    char low[40], high[40];
    size_t mirror = axis->n - 1 - i;
    int left = (int)(heat_axis_place(axis, i) * l->columns);
    int right = (int)(heat_axis_place(axis, mirror) * l->columns);
    heat_axis_label(axis, i, low);
    heat_axis_label(axis, mirror, high);
    if (!label_row_fits(row, left, low) || !label_row_fits(row, right, high))
        return;
    label_row_put(row, left, low);
    if (mirror != i)
        label_row_put(row, right, high);
}

/* The name of x: after the last label, else before the first of the first panel. */
static void put_x_name(const struct heat_layout *l, int panel, const struct label_row *row)
{
    const char *name = l->map->x_label;
    int width = name ? utf8_width(name) : 0, right = -1;
    if (label_row_free(row) >= width + 2)
        right = row->x + row->width;
    else if (width <= l->body.x - l->area.x - 1 && panel == 0)
        right = l->body.x - 1;
    if (width > 0 && right >= 0 && !l->named)
        canvas_text(l->canvas, right - width, row->y, width, name, COLOUR_DEFAULT, 0, l->style);
}

void heat_x_axis(const struct heat_layout *l, int panel)
{
    const struct heat_map *m = l->map;
    struct heat_axis axis = heat_axis(m->x, m->nx, m->x_levels, l->columns / 6);
    struct label_row row;
    char text[40];
    label_row_begin(&row, l->canvas, l->style, l->body.x + panel * l->pitch,
                    l->body.y + l->body.height, l->columns);
    for (size_t turn = 0; axis.levels && turn < heat_level_turns(axis.n); turn++)
        put_levels(l, &axis, heat_level(axis.n, turn), &row);
    for (size_t i = 0; !axis.levels && i < axis.n; i++)
        label_row_put(&row, (int)(heat_axis_place(&axis, i) * l->columns),
                      heat_axis_label(&axis, i, text));
    put_x_name(l, panel, &row);
    label_row_end(&row);
}

/* --- the legend ------------------------------------------------------------ */

/* Steps on each side, where ladders of direct colours have more; blanks before the mark of
 * no data. */
enum { LEGEND_STEPS = 8, NO_DATA_AT = 3 };

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
    axis_short_label(number, limit > 0 ? limit : 0);
    snprintf(plan->low, sizeof plan->low, "-%s ", number);
    snprintf(plan->high, sizeof plan->high, " +%s", number);
    snprintf(plan->no_data, sizeof plan->no_data, "%*s%s no data", NO_DATA_AT, "",
             style->ascii ? "blank:" : "\xc2\xb7");
    int ends = utf8_width(plan->low) + utf8_width(plan->high) + 1;
    int mark = utf8_width(plan->no_data), words = unit ? 1 + utf8_width(unit) : 0;
    plan->unit = ends + 2 * full + words + mark <= room ? unit : NULL;
    ends += plan->unit ? words : 0;
    for (; mark >= 0; mark = mark > 0 ? 0 : -1) {
        for (plan->half = full; plan->half > (mark ? 2 : 0); plan->half--)
            if ((plan->width = ends + 2 * plan->half + mark) <= room)
                return true;
        plan->no_data[0] = '\0';
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
        canvas_text(canvas, x, y, room, plan.no_data, COLOUR_DEFAULT, 0, style);
    struct cell none = palette_no_data(style);
    if (plan.no_data[0] && !style->ascii)
        canvas_put(canvas, x + NO_DATA_AT, y, none.glyph, none.foreground, none.background, 0);
    return plan.width;
}

/* The longest of these words that leaves `room` cells to the colours; "": none does. */
static const char *unsettled_words(int room)
{
    return room >= 62 ? "sign unsettled" : room >= 40 ? "unsettled" : "";
}

int heat_unsettled_width(int room)
{
    int n = (int)strlen(unsettled_words(room));
    return n ? n + 5 : 0;
}

void heat_legend_unsettled(struct canvas *canvas, int x, int y, int room, const struct style *style)
{
    const char *words = unsettled_words(room);
    if (!*words)
        return;
    canvas_plain(canvas, x + 3, y, heat_unsettled(style), 0);
    canvas_text(canvas, x + 5, y, (int)strlen(words), words, COLOUR_DEFAULT, 0, style);
}
