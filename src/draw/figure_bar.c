/* What stands beside a heat map: its colour bar, and what hatching means. */
#include <math.h>

#include "axis.h"
#include "deltaw/draw/palette.h"
#include "figure_heat.h"

const char *heat_title(const char *title, const char *label)
{
    return title ? title : label ? label : "";
}

const char *heat_number(char out[64], double value, double step)
{
    char text[40];
    return ink_number(out, tick_label(text, value, step));
}

static size_t bar_ticks(const struct ink *ink, double limit, double height, double tick[HEAT_TICKS])
{
    size_t most = height > ink->font * 14 ? 7 : 5;
    return ticks_linear(-limit, limit, most, tick);
}

double heat_bar_width(const struct ink *ink, const struct heat_map *m, double height)
{
    double tick[HEAT_TICKS], widest = 0;
    char out[64];
    size_t n = bar_ticks(ink, m->limit, height, tick);
    ink_size(ink, INK_SMALL);
    for (size_t i = 0; i < n; i++)
        widest = fmax(widest, ink_width(ink, heat_number(out, tick[i], heat_tick_step(tick, n))));
    ink_size(ink, 1);
    return (BAR_APART + BAR + 4) * ink->unit + widest + (m->value_title ? ink->font * 1.5 : 0);
}

void heat_hatch(const struct ink *ink, struct box box)
{
    double step = 3.2 * ink->unit;
    ink_tone(ink, INK_GRID);
    cairo_set_line_width(ink->cairo, .4 * ink->unit);
    for (double x = box.x - box.height; x < box.x + box.width; x += step) {
        cairo_move_to(ink->cairo, x, box.y + box.height);
        cairo_line_to(ink->cairo, x + box.height, box.y);
    }
    cairo_stroke(ink->cairo);
}

static const char no_data[] = "no data";

bool heat_missing_beside(const struct ink *ink, const struct heat_map *m, double width,
                         double right)
{
    double title = ink_width(ink, heat_title(m->x_title, m->x_label)) / 2;
    double sample = ink_width(ink, no_data) + ink->font * 1.35 + 3 * ink->unit;
    return title + ink->font + sample < width / 2 + right;
}

void heat_bar(const struct ink *ink, const struct heat_map *m, struct box box)
{
    enum { STEPS = 128 };
    double tick[HEAT_TICKS], rgb[3], u = ink->unit, h = box.height / STEPS, widest = 0;
    char text[64];
    for (int i = 0; i < STEPS; i++) {
        palette_diverging_rgb((i + .5) / STEPS * 2 - 1, ink->dark, rgb);
        cairo_set_source_rgb(ink->cairo, rgb[0], rgb[1], rgb[2]);
        double under = i + 1 < STEPS ? h : 0;
        cairo_rectangle(ink->cairo, box.x, box.y + box.height - (i + 1) * h - under, box.width,
                        h + under);
        cairo_fill(ink->cairo);
    }
    ink_tone(ink, INK_TEXT);
    cairo_set_line_width(ink->cairo, .5 * u);
    cairo_rectangle(ink->cairo, box.x, box.y, box.width, box.height);
    cairo_stroke(ink->cairo);
    size_t n = bar_ticks(ink, m->limit, box.height, tick);
    ink_size(ink, INK_SMALL);
    for (size_t i = 0; i < n; i++) {
        double y = box.y + box.height * (1 - (tick[i] / m->limit + 1) / 2), x = box.x + box.width;
        heat_number(text, tick[i], heat_tick_step(tick, n));
        ink_line(ink, x, y, x + 2 * u, y, .6 * u);
        ink_text(ink, x + 3.5 * u, y + ink->font * .31, 0, text);
        widest = fmax(widest, ink_width(ink, text));
    }
    ink_size(ink, 1);
    if (m->value_title)
        ink_text_up(ink, box.x + box.width + 4 * u + widest + ink->font * 1.2,
                    box.y + box.height / 2, m->value_title);
}

void heat_tell_missing(const struct ink *ink, double right, double y)
{
    const char *words = no_data;
    double u = ink->unit, x = right - ink_width(ink, words), side = ink->font * .9;
    struct box swatch = {x - 3 * u - 1.5 * side, y - side + u, 1.5 * side, side};
    cairo_save(ink->cairo);
    cairo_rectangle(ink->cairo, swatch.x, swatch.y, swatch.width, swatch.height);
    cairo_clip_preserve(ink->cairo);
    cairo_path_t *edge = cairo_copy_path(ink->cairo);
    cairo_new_path(ink->cairo);
    heat_hatch(ink, swatch);
    cairo_restore(ink->cairo);
    cairo_append_path(ink->cairo, edge);
    cairo_path_destroy(edge);
    ink_tone(ink, INK_TEXT);
    cairo_set_line_width(ink->cairo, .4 * u);
    cairo_stroke(ink->cairo);
    ink_text(ink, x, y, 0, words);
}
