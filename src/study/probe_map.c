#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "probe_grid.h"

enum { MAP_MOST_CELLS = 1000000 };

void probe_request_default(struct probe_request *request)
{
    *request = (struct probe_request){
        .x = "stimulus",
        .x_lo = NAN,
        .x_hi = NAN,
        .y_lo = NAN,
        .y_hi = NAN,
    };
    fixed_none(&request->fixed);
}

void probe_map_free(struct map *map)
{
    probe_axis_free(&map->x);
    probe_axis_free(&map->y);
    for (size_t p = 0; p < PROBE_MAX_PANELS; p++)
        probe_cells_free(&map->panel[p]);
    *map = (struct map){0};
}

static bool make_axes(const struct grid *grid, const struct probe_request *request, struct map *map,
                      struct err *err)
{
    const struct policy *policy = &grid->model->settings.policy;
    const struct axis_request x = {"map", "x", request->nx, request->x_lo, request->x_hi};
    const struct axis_request y = {"map", "y", request->ny, request->y_lo, request->y_hi};
    if (!probe_axis_make(policy, grid->cohort, grid->visited, &grid->x, &x, &map->x, err) ||
        !probe_axis_make(policy, grid->cohort, grid->visited, &grid->y, &y, &map->y, err))
        return false;
    if (map->x.n * map->y.n > MAP_MOST_CELLS)
        return err_set(err, ERR_USAGE, "map: %zu x %zu cells; at most %d", map->x.n, map->y.n,
                       MAP_MOST_CELLS);
    return true;
}

static double largest(const struct map *map, bool supported)
{
    double limit = 0;
    for (size_t p = 0; p < map->n_panels; p++)
        for (size_t c = 0; c < map->x.n * map->y.n; c++) {
            double size = fabs(map->panel[p].value[c]);
            if (size > limit && isfinite(size) && (!supported || map->panel[p].support[c]))
                limit = size;
        }
    return limit;
}

static void fill(struct grid *grid, struct map *map)
{
    static const char *const titles[] = {"error r=0", "correct r=1"};
    map->n_panels = grid->n_panels;
    grid_run(grid, map->panel);
    for (size_t p = 0; p < map->n_panels && map->n_panels > 1; p++)
        snprintf(map->title[p], sizeof map->title[p], "%s", titles[p]);
    map->interval = grid_interval_kind(grid);
    map->n_sample = grid->n_sample;
    map->n_visited = grid->n_visited;
    map->n_histories = grid->n_histories;
    map->n_fitting = grid->n_fitting;
    memcpy(map->rest, grid->rest, sizeof map->rest);
    map->limit = largest(map, true);
    if (map->limit == 0)
        map->limit = largest(map, false);
}

/* The choices made where nothing was asked for. */
static void say_request(const struct grid *grid, struct map *map)
{
    const struct policy *policy = &grid->model->settings.policy;
    struct probe_request *request = &map->request;
    snprintf(request->of, sizeof request->of, "%s", policy->weight[grid->component]);
    snprintf(request->y, sizeof request->y, "%s", map->y.name);
    request->lags = grid->lags;
    request->nx = map->x.n;
    request->ny = map->y.n;
    request->x_lo = map->x.edge[0];
    request->x_hi = map->x.edge[map->x.n];
    request->y_lo = map->y.edge[0];
    request->y_hi = map->y.edge[map->y.n];
}

/* The grid that a request asks for, without its axes. */
static bool make_grid(const struct model *model, const struct cohort *cohort,
                      const struct probe_request *request, struct grid *grid, struct err *err)
{
    const struct policy *policy = &model->settings.policy;
    const char *usual = probe_weight(policy);
    const char *usual_y = strcmp(usual, request->x) == 0 ? "stimulus" : usual;
    const char *of = *request->of ? request->of : usual;
    if (request->past == PAST_BOTH)
        return err_set(err, ERR_USAGE, "map: one past at a time: any, rewarded or unrewarded");
    return grid_open(model, cohort, request, "map", of, grid, err) &&
           variable_find(policy, "map", "y", *request->y ? request->y : usual_y, &grid->y, err) &&
           grid_check(grid, "map", err);
}

bool probe_map_check(const struct model *model, const struct cohort *cohort,
                     const struct probe_request *request, struct err *err)
{
    struct grid grid;
    struct map map = {0};
    bool good =
        make_grid(model, cohort, request, &grid, err) && make_axes(&grid, request, &map, err);
    probe_map_free(&map);
    return good;
}

bool probe_map_compute(const struct model *model, const struct cohort *cohort, const float *visited,
                       const struct probe_request *request, struct map *out, struct err *err)
{
    struct map map = {.request = *request, .r2 = NAN};
    struct grid grid;
    if (!make_grid(model, cohort, request, &grid, err))
        return false;
    grid.visited = visited;
    if (!make_axes(&grid, request, &map, err)) {
        probe_map_free(&map);
        return false;
    }
    grid.x_axis = &map.x;
    grid.y_axis = &map.y;
    struct grid_r2 *r2 = grid_r2_begin(&grid);
    fill(&grid, &map);
    say_request(&grid, &map);
    grid_frozen(&grid, &map.frozen);
    map.r2 = grid_r2_end(r2);
    map.request.stop = NULL;
    if (!grid_stopped(&grid)) {
        *out = map;
        return true;
    }
    probe_map_free(&map);
    return err_set(err, ERR_INTERRUPTED, "map: interrupted");
}

void probe_map_table(const struct map *map, struct table *out)
{
    bool truth = map->n_panels > 0 && map->panel[0].truth;
    bool past = map->request.past != PAST_ANY;
    table_column(out, "panel", COLUMN_TEXT, 0);
    table_column(out, map->x.name, COLUMN_NUMBER, 4);
    table_column(out, map->y.name, COLUMN_NUMBER, 4);
    probe_cells_columns(truth, out);
    frozen_columns(&map->frozen, past, out);
    for (size_t p = 0; p < map->n_panels; p++)
        for (size_t c = 0; c < map->x.n * map->y.n; c++) {
            table_add(out, 1, (const char *[]){map->title[p]}, 2,
                      (double[]){map->x.value[c % map->x.n], map->y.value[c / map->x.n]});
            frozen_fill(&map->frozen, probe_cells_fill(&map->panel[p], map->interval, c, 3, out),
                        out);
            if (past)
                table_text(out, out->n_columns - 1,
                           map->request.past == PAST_REWARDED ? "rewarded" : "unrewarded");
        }
}
