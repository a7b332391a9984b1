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
    return pen_number(out, tick_label(text, value, step));
}

static size_t bar_ticks(const struct pen *pen, double limit, double height, double tick[HEAT_TICKS])
{
    size_t most = height > pen->font * 14 ? 7 : 5;
    return ticks_linear(-limit, limit, most, tick);
}

double heat_bar_width(const struct pen *pen, const struct heat_map *m, double height)
{
    double tick[HEAT_TICKS], widest = 0;
    char out[64];
    size_t n = bar_ticks(pen, m->limit, height, tick);
    pen_size(pen, PEN_SMALL);
    for (size_t i = 0; i < n; i++)
        widest = fmax(widest, pen_width(pen, heat_number(out, tick[i], heat_tick_step(tick, n))));
    pen_size(pen, 1);
    return (BAR_APART + BAR + 4) * pen->unit + widest + (m->value_title ? pen->font * 1.5 : 0);
}

static void slant(const struct pen *pen, struct box box, bool down, double step, double width)
{
    cairo_set_line_width(pen->cairo, width);
    for (double x = box.x - box.height; x < box.x + box.width; x += step) {
        cairo_move_to(pen->cairo, x, down ? box.y : box.y + box.height);
        cairo_line_to(pen->cairo, x + box.height, down ? box.y + box.height : box.y);
    }
    cairo_stroke(pen->cairo);
}

void heat_hatch(const struct pen *pen, struct box box)
{
    pen_tone(pen, PEN_GRID);
    slant(pen, box, false, 3.2 * pen->unit, .4 * pen->unit);
}

void heat_stripe(const struct pen *pen, struct box box)
{
    pen_tone(pen, PEN_BACKGROUND);
    slant(pen, box, true, 3.2 * pen->unit, 1.3 * pen->unit);
}

static const char no_data[] = "no data";

bool heat_missing_beside(const struct pen *pen, const struct heat_map *m, double width,
                         double right)
{
    double title = pen_width(pen, heat_title(m->x_title, m->x_label)) / 2;
    double sample = pen_width(pen, no_data) + pen->font * 1.35 + 3 * pen->unit;
    return title + pen->font + sample < width / 2 + right;
}

void heat_bar(const struct pen *pen, const struct heat_map *m, struct box box)
{
    enum { STEPS = 128 };
    double tick[HEAT_TICKS], rgb[3], u = pen->unit, h = box.height / STEPS, widest = 0;
    char text[64];
    for (int i = 0; i < STEPS; i++) {
        palette_diverging_rgb((i + .5) / STEPS * 2 - 1, pen->dark, rgb);
        cairo_set_source_rgb(pen->cairo, rgb[0], rgb[1], rgb[2]);
        double under = i + 1 < STEPS ? h : 0;
        cairo_rectangle(pen->cairo, box.x, box.y + box.height - (i + 1) * h - under, box.width,
                        h + under);
        cairo_fill(pen->cairo);
    }
    pen_tone(pen, PEN_TEXT);
    cairo_set_line_width(pen->cairo, .5 * u);
    cairo_rectangle(pen->cairo, box.x, box.y, box.width, box.height);
    cairo_stroke(pen->cairo);
    size_t n = bar_ticks(pen, m->limit, box.height, tick);
    pen_size(pen, PEN_SMALL);
    for (size_t i = 0; i < n; i++) {
        double y = box.y + box.height * (1 - (tick[i] / m->limit + 1) / 2), x = box.x + box.width;
        heat_number(text, tick[i], heat_tick_step(tick, n));
        pen_line(pen, x, y, x + 2 * u, y, .6 * u);
        pen_text(pen, x + 3.5 * u, y + pen->font * .31, 0, text);
        widest = fmax(widest, pen_width(pen, text));
    }
    pen_size(pen, 1);
    if (m->value_title)
        pen_text_up(pen, box.x + box.width + 4 * u + widest + pen->font * 1.2,
                    box.y + box.height / 2, m->value_title);
}

void heat_tell(const struct pen *pen, double right, double y, const char *words,
               void (*fill)(const struct pen *pen, struct box box))
{
    double u = pen->unit, x = right - pen_width(pen, words), side = pen->font * .9;
    struct box swatch = {x - 3 * u - 1.5 * side, y - side + u, 1.5 * side, side};
    cairo_save(pen->cairo);
    cairo_rectangle(pen->cairo, swatch.x, swatch.y, swatch.width, swatch.height);
    cairo_clip_preserve(pen->cairo);
    cairo_path_t *edge = cairo_copy_path(pen->cairo);
    cairo_new_path(pen->cairo);
    if (fill == heat_stripe) { /* over a colour */
        pen_tone(pen, PEN_FAINT);
        cairo_paint(pen->cairo);
    }
    fill(pen, swatch);
    cairo_restore(pen->cairo);
    cairo_append_path(pen->cairo, edge);
    cairo_path_destroy(edge);
    pen_tone(pen, PEN_TEXT);
    cairo_set_line_width(pen->cairo, .4 * u);
    cairo_stroke(pen->cairo);
    pen_text(pen, x, y, 0, words);
}
