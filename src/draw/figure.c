/* Copies of plots, since a view frees its numbers once it has drawn them. */
#include "deltaw/draw/figure.h"

#include <stdlib.h>

#include "deltaw/base/mem.h"

static void *own(struct figure *figure, void *memory)
{
    figure->owned = mem_resize(figure->owned, figure->n_owned + 1, sizeof *figure->owned);
    return figure->owned[figure->n_owned++] = memory;
}

static void *keep(struct figure *figure, const void *from, size_t n, size_t size)
{
    return from ? own(figure, mem_copy(from, n, size)) : NULL;
}

static const char *keep_text(struct figure *figure, const char *text)
{
    return text ? own(figure, mem_text(text)) : NULL;
}

static void add_part(struct figure *figure, struct figure_part part)
{
    figure->parts = mem_resize(figure->parts, figure->n + 1, sizeof *figure->parts);
    figure->parts[figure->n++] = part;
}

void figure_add_lines(struct figure *figure, const struct line_plot *plot, struct rect place)
{
    struct line_plot *p = keep(figure, plot, 1, sizeof *plot);
    struct curve *curves = keep(figure, plot->curves, plot->n_curves, sizeof *curves);
    for (size_t i = 0; i < p->n_curves; i++) {
        curves[i].label = keep_text(figure, curves[i].label);
        curves[i].x = keep(figure, curves[i].x, curves[i].n, sizeof(double));
        curves[i].y = keep(figure, curves[i].y, curves[i].n, sizeof(double));
        curves[i].lo = keep(figure, curves[i].lo, curves[i].n, sizeof(double));
        curves[i].hi = keep(figure, curves[i].hi, curves[i].n, sizeof(double));
    }
    p->curves = curves;
    p->marks = keep(figure, p->marks, p->n_marks, sizeof(double));
    p->levels = keep(figure, p->levels, p->n_levels, sizeof(double));
    const char **texts[] = {&p->x_label, &p->y_label, &p->x_title, &p->y_title, &p->empty};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = keep_text(figure, *texts[i]);
    add_part(figure, (struct figure_part){.place = place, .lines = p});
}

void figure_add_heat(struct figure *figure, const struct heat_map *map, struct rect place)
{
    struct heat_map *m = keep(figure, map, 1, sizeof *map);
    struct heat_panel *panels = keep(figure, map->panels, map->n_panels, sizeof *panels);
    for (size_t i = 0; i < m->n_panels; i++) {
        size_t n = m->nx * m->ny;
        panels[i].title = keep_text(figure, panels[i].title);
        panels[i].value = keep(figure, panels[i].value, n, sizeof(double));
        panels[i].support = keep(figure, panels[i].support, n, sizeof(uint32_t));
        panels[i].unsettled = keep(figure, panels[i].unsettled, n, sizeof(bool));
    }
    m->panels = panels;
    m->x = keep(figure, m->x, m->nx, sizeof(double));
    m->y = keep(figure, m->y, m->ny, sizeof(double));
    const char **texts[] = {&m->x_label, &m->y_label,     &m->x_title,
                            &m->y_title, &m->value_title, &m->empty};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = keep_text(figure, *texts[i]);
    add_part(figure, (struct figure_part){.place = place, .heat = m});
}

void figure_free(struct figure *figure)
{
    for (size_t i = 0; i < figure->n_owned; i++)
        free(figure->owned[i]);
    free(figure->owned);
    free(figure->parts);
    free(figure->title);
    free(figure->note);
    free(figure->caption);
    *figure = (struct figure){0};
}
