/* Plots to test: styles of terminals, curves and a heat map made by hand, and how they are
 * read again from the canvas. */
#ifndef TESTS_PLOT_SCENES_H
#define TESTS_PLOT_SCENES_H

#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "deltaw/draw/plot.h"
#include "golden.h"

static const struct style utf8 = {.ascii = false, .colours = 0, .dark = true};

static const struct style ascii = {.ascii = true, .colours = 0, .dark = true};

static const struct style rich = {.ascii = false, .colours = 256, .dark = true};

static const struct style styles[] = {
    {.ascii = false, .colours = 0, .dark = true},   {.ascii = true, .colours = 0, .dark = true},
    {.ascii = false, .colours = 256, .dark = true}, {.ascii = false, .colours = 256, .dark = false},
    {.ascii = true, .colours = 256, .dark = true},  {.ascii = false, .colours = 16, .dark = false},
    {.ascii = false, .colours = 8, .dark = true},
};

enum { N_STYLES = sizeof styles / sizeof styles[0] };

TAP_USED static const struct cell *at(const struct canvas *c, int x, int y)
{
    return &c->cells[y * c->width + x];
}

/* Is the text anywhere in the picture? */
TAP_USED static bool says(const struct canvas *c, const struct style *style, const char *words)
{
    struct strbuf out = {0};
    struct style plain = *style;
    plain.colours = 0;
    canvas_emit(c, &plain, &out);
    bool found = strstr(strbuf_text(&out), words) != NULL;
    strbuf_free(&out);
    return found;
}

TAP_USED static struct line_plot plot_of(const struct curve *curves, size_t n)
{
    return (struct line_plot){
        .x_lo = NAN, .x_hi = NAN, .y_lo = NAN, .y_hi = NAN, .n_curves = n, .curves = curves};
}

TAP_USED static void draw(struct canvas *c, int width, int height, const struct line_plot *plot,
                          const struct style *style)
{
    canvas_init(c, width, height);
    line_plot_draw(plot, c, (struct rect){0, 0, width, height}, style);
}

enum { NX = 8, NY = 6 };

struct scene {
    double x[64], y[64], value[2][64 * 64];
    uint32_t support[2][64 * 64];
    struct heat_panel panels[2];
    struct heat_map map;
};

TAP_USED static void scene_make(struct scene *s, size_t nx, size_t ny)
{
    *s = (struct scene){0};
    for (size_t i = 0; i < 64; i++)
        s->x[i] = (double)i, s->y[i] = (double)i / 2;
    for (size_t p = 0; p < 2; p++) {
        for (size_t i = 0; i < nx * ny; i++) {
            s->value[p][i] = .04 * sin((double)(i * 7 + p) * .61);
            s->support[p][i] = (i * 5 + p) % 7 > 1;
        }
        s->panels[p] =
            (struct heat_panel){p ? "correct r=1" : "error r=0", s->value[p], s->support[p], NULL};
    }
    s->map = (struct heat_map){"s", "w_stim",  nx, ny, s->x, s->y, false, false, .04,
                               2,   s->panels, -1, 0,  0,    NULL, NULL,  NULL,  NULL};
}

TAP_USED static void heat(struct canvas *c, int width, int height, const struct heat_map *map,
                          const struct style *style)
{
    canvas_init(c, width, height);
    heat_map_draw(map, c, (struct rect){0, 0, width, height}, style);
}

#endif
