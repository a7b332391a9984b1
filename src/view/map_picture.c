/* How a map looks and how it is described. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/plot.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "map.h"
#include "numbers.h"
#include "source.h"
#include "watch.h"
#include "wording.h"

void map_title(const void *state, struct strbuf *out)
{
    const struct map_state *s = state;
    static const char *const shows[] = {"", "true ", "fitted−true ", "bias of "};
    char number[NUMBER_SIZE];
    strbuf_printf(out, "%sΔ%s per trial · %s × %s", shows[s->show], s->request.of,
                  wording_letter(s->request.y), s->request.x);
    held_title(&s->fixed, out);
    wording_past(s->request.past, s->request.lags, out);
    if (s->show != SHOW_TRUE) /* that is no model's */
        view_source_title(&s->watch.source, out);
    if (s->watch.have && isfinite(map_r2(s)))
        strbuf_printf(out, " · R² %s", number_fixed(number, map_r2(s), 2, false));
    strbuf_puts(out, " · " SIDES_TEXT);
}

/* The cell most animals visited in, of the last panel (correct trials). */
static void place_cross(struct map_state *s)
{
    size_t nx = s->map.x.n, best = (s->map.y.n / 2) * nx + nx / 2;
    size_t panel = s->map.n_panels - 1;
    const uint32_t *support = s->map.panel[panel].support;
    for (size_t i = 0; i < nx * s->map.y.n; i++)
        best = support[i] > support[best] ? i : best;
    s->cross_panel = panel;
    s->cross_x = s->map.x.value[best % nx];
    s->cross_y = s->map.y.value[best / nx];
    s->placed = true;
}

/* "r 1" of a panel called "correct r=1", else its title. */
static void add_panel(const char *title, struct strbuf *out)
{
    const char *reward = strstr(title, "r=");
    if (reward)
        strbuf_printf(out, "r %.1s  ", reward + 2);
    else if (*title)
        strbuf_printf(out, "%s  ", title);
}

/* The cross-hair's line; `wide` leaves room for words. */
void map_read_out(const struct map_state *s, bool wide, struct strbuf *out)
{
    size_t x, y;
    char a[NUMBER_SIZE];
    map_cross(s, &x, &y);
    size_t cell = y * s->map.x.n + x;
    const struct probe_cells *panel = &s->map.panel[s->cross_panel];
    double error = panel->se ? panel->se[cell] : NAN;
    /* places for two digits of the error, though not many more than the map has */
    double limit = map_limit(s), scale = error > 0 ? fmin(limit, 10 * error) : limit;
    scale = fmax(scale, limit / 100);
    strbuf_printf(out, "┼ %s %s  ", wording_letter(s->map.request.y),
                  numbers_short(a, s->map.y.value[y], 2));
    strbuf_printf(out, "%s %s  ", wording_letter(s->map.request.x),
                  numbers_short(a, s->map.x.value[x], 2));
    add_panel(s->map.title[s->cross_panel], out);
    strbuf_printf(out, " %s %s", "Δw", numbers_signed(a, panel->value[cell], scale));
    if (wide && s->show != SHOW_BIAS && panel->lower && isfinite(panel->lower[cell])) {
        strbuf_printf(out, " (%s%s", s->map.interval == INTERVAL_SPREAD ? "spread " : "",
                      numbers_signed(a, panel->lower[cell], scale));
        strbuf_printf(out, " to %s)", numbers_signed(a, panel->upper[cell], scale));
    } else if (isfinite(error)) {
        strbuf_printf(out, " ± %s", numbers_size(a, error, scale));
    }
    if (panel->truth && s->show == SHOW_BIAS)
        strbuf_printf(out, " bias %s",
                      numbers_signed(a, panel->value[cell] - panel->truth[cell], scale));
    else if (panel->truth)
        strbuf_printf(out, " true %s", numbers_signed(a, panel->truth[cell], scale));
    uint32_t visited = panel->support[cell];
    number_grouped(a, visited);
    if (wide && visited == 0)
        strbuf_puts(out, s->watch.source.cohort ? "  no trial was there" : "  no trials to count");
    else if (wide && visited < s->support)
        strbuf_printf(out, "  from %s, below support=%u", a, (unsigned)s->support);
    else if (wide)
        strbuf_printf(out, "  from %s trial%s", a, visited == 1 ? "" : "s");
    else
        strbuf_printf(out, "  n %s", a);
}

/* What heat_map_draw wants of a panel, owned by it. */
struct layer {
    double *value;
    uint32_t *support;
    bool *unsettled;
};

static bool is_unsettled(const struct map_state *s, size_t panel, size_t cell)
{
    double lower, upper;
    return map_interval(s, panel, cell, &lower, &upper) && !interval_settled(lower, upper);
}

/* Shown values, support with thin cells at 0, and whose sign is unknown. */
static void fill_panels(const struct map_state *s, struct heat_panel *panels, struct layer *layers)
{
    size_t n = s->map.x.n * s->map.y.n;
    for (size_t p = 0; p < s->map.n_panels; p++) {
        struct layer *layer = &layers[p];
        *layer = (struct layer){mem_new(n, sizeof(double)), mem_new(n, sizeof(uint32_t)),
                                mem_new(n, sizeof(bool))};
        for (size_t i = 0; i < n; i++) {
            layer->value[i] = map_shown(s, p, i);
            layer->support[i] = map_painted(s, p, i);
            layer->unsettled[i] = is_unsettled(s, p, i);
        }
        panels[p] = (struct heat_panel){
            .title = s->map.title[p],
            .value = layer->value,
            .support = s->support > 0 ? layer->support : NULL,
            .unsettled = s->settled ? layer->unsettled : NULL,
        };
    }
}

/* Everything heat_map_draw needs but the values. */
static struct heat_map heat_of(const struct map_state *s)
{
    size_t x, y;
    map_cross(s, &x, &y);
    return (struct heat_map){
        .x_label = wording_letter(s->request.x),
        .y_label = s->request.y,
        .nx = s->map.x.n,
        .ny = s->map.y.n,
        .x = s->map.x.value,
        .y = s->map.y.value,
        .x_levels = s->map.x.levels,
        .y_levels = s->map.y.levels,
        .limit = map_limit(s),
        .n_panels = s->map.n_panels,
        .cross_panel = (int)s->cross_panel,
        .cross_x = (int)x,
        .cross_y = (int)y,
    };
}

static void draw_heat(const struct map_state *s, struct canvas *canvas, struct rect area,
                      const struct style *style)
{
    struct heat_panel panels[PROBE_MAX_PANELS];
    struct layer layers[PROBE_MAX_PANELS] = {0};
    struct heat_map heat = heat_of(s);
    char change[WORDING_CHANGE];
    fill_panels(s, panels, layers);
    heat.panels = panels;
    heat.x_title = wording_axis(s->request.x);
    heat.y_title = wording_axis(s->request.y);
    heat.value_title = wording_change(change, s->request.of, s->show);
    heat_map_draw(&heat, canvas, area, style);
    for (size_t p = 0; p < PROBE_MAX_PANELS; p++) {
        free(layers[p].value);
        free(layers[p].support);
        free(layers[p].unsettled);
    }
}

/* The part of the area above the cross-hair's line. */
static struct rect body_of(struct rect area)
{
    area.height -= area.height >= 6 && area.width >= 24;
    return area;
}

bool map_click(void *state, struct rect area, const struct style *style, int x, int y,
               struct strbuf *command)
{
    const struct map_state *s = state;
    struct heat_panel panels[PROBE_MAX_PANELS] = {0};
    struct heat_map heat = heat_of(s);
    size_t panel, cell_x, cell_y;
    for (size_t p = 0; p < s->map.n_panels; p++)
        panels[p].title = s->map.title[p];
    heat.panels = panels;
    if (!heat_map_at(&heat, body_of(area), style, x, y, &panel, &cell_x, &cell_y))
        return false;
    map_cross_to(s, panel, cell_x, cell_y, command);
    return true;
}

static void draw_figure(const struct map_state *s, struct canvas *canvas, struct rect area,
                        const struct style *style)
{
    struct map_state full;
    if (map_in_full(s, &full)) {
        draw_heat(&full, canvas, area, style);
        probe_map_free(&full.map);
    }
}

void map_room(void *state, struct rect area, const struct style *style)
{
    struct map_state *s = state;
    size_t nx = 0, ny = 0;
    heat_map_room(body_of(area), s->watch.have ? s->map.n_panels : 2, style, &nx, &ny);
    nx = nx < 2 ? 2 : nx > 121 ? 121 : nx;
    ny = ny < 2 ? 2 : ny > 121 ? 121 : ny;
    if (nx != s->room_x || ny != s->room_y) {
        s->room_x = nx;
        s->room_y = ny;
        s->watch.stale = true; /* until then the old map is scaled */
        s->watch.urgent = s->watch.urgent || !s->watch.have;
    }
}

/* The cross-hair's line in this room: wide, narrow, or with single blanks. */
static void read_out_in(const struct map_state *s, int room, const struct style *style,
                        struct strbuf *out)
{
    struct strbuf text = {0}, plain = {0};
    for (int wide = 1; wide >= 0; wide--) {
        strbuf_reset(&text);
        strbuf_reset(&plain);
        map_read_out(s, wide, &text);
        wording_styled(strbuf_text(&text), style, &plain);
        if (utf8_width(strbuf_text(&plain)) <= room)
            break;
    }
    bool tight = utf8_width(strbuf_text(&plain)) > room;
    for (const char *at = strbuf_text(&plain); *at; at++)
        if (!tight || at[0] != ' ' || at[1] != ' ')
            strbuf_putc(out, *at);
    strbuf_free(&text);
    strbuf_free(&plain);
}

void map_draw(void *state, struct canvas *canvas, struct rect area, const struct style *style)
{
    struct map_state *s = state;
    if (canvas->figure) {
        draw_figure(s, canvas, area, style);
        return;
    }
    struct rect body = body_of(area);
    bool told = body.height < area.height;
    if (!s->placed)
        place_cross(s);
    if (s->cross_panel >= s->map.n_panels)
        s->cross_panel = s->map.n_panels - 1;
    draw_heat(s, canvas, body, style);
    if (told) {
        struct strbuf text = {0};
        read_out_in(s, area.width - 1, style, &text);
        canvas_text(canvas, area.x + 1, area.y + area.height - 1, area.width - 1,
                    strbuf_text(&text), COLOUR_DEFAULT, 0, style);
        strbuf_free(&text);
    }
}
