#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "probe_grid.h"

/* Trials behind a map's R^2: enough for three digits, few enough to be computed with every
 * frame of a running fit. */
enum { MAP_RECOVERY_MOST = 50000, MAP_MOST_CELLS = 1000000 };

void map_request_default(struct map_request *request)
{
    *request = (struct map_request){
        .x = "stimulus",
        .x_lo = NAN,
        .x_hi = NAN,
        .y_lo = NAN,
        .y_hi = NAN,
    };
    fixed_none(&request->fixed);
}

void map_free(struct map *map)
{
    axis_free(&map->x);
    axis_free(&map->y);
    for (size_t p = 0; p < PROBE_MAX_PANELS; p++) {
        free(map->panel[p].value);
        free(map->panel[p].truth);
        free(map->panel[p].se);
        free(map->panel[p].lower);
        free(map->panel[p].upper);
        free(map->panel[p].support);
    }
    *map = (struct map){0};
}

static bool make_axes(const struct grid *grid, const struct map_request *request, struct map *map,
                      struct err *err)
{
    const struct policy *policy = &grid->model->settings.policy;
    const struct axis_request x = {"map", "x", request->nx, request->x_lo, request->x_hi};
    const struct axis_request y = {"map", "y", request->ny, request->y_lo, request->y_hi};
    if (!axis_make(policy, grid->cohort, grid->visited, &grid->x, &x, &map->x, err) ||
        !axis_make(policy, grid->cohort, grid->visited, &grid->y, &y, &map->y, err))
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
    struct grid_panel panels[PROBE_MAX_PANELS];
    map->n_panels = grid->n_panels;
    grid_run(grid, panels);
    for (size_t p = 0; p < map->n_panels; p++) {
        struct map_panel *panel = &map->panel[p];
        panel->value = panels[p].value, panel->truth = panels[p].truth;
        panel->se = panels[p].se, panel->support = panels[p].support;
        panel->lower = panels[p].lower, panel->upper = panels[p].upper;
        if (map->n_panels > 1)
            snprintf(panel->title, sizeof panel->title, "%s", titles[p]);
    }
    map->interval = model_interval_kind(grid->model);
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
    struct map_request *request = &map->request;
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
                      const struct map_request *request, struct grid *grid, struct err *err)
{
    const struct policy *policy = &model->settings.policy;
    const char *usual = probe_weight(policy);
    const char *usual_y = strcmp(usual, request->x) == 0 ? "stimulus" : usual;
    *grid = (struct grid){.model = model,
                          .cohort = cohort,
                          .fixed = request->fixed,
                          .sample = request->sample,
                          .past = request->past,
                          .lags = request->lags,
                          .histories = request->histories,
                          .threads = request->threads,
                          .stop = request->stop};
    if (request->past == PAST_BOTH)
        return err_set(err, ERR_USAGE, "map: one past at a time: any, rewarded or unrewarded");
    return probe_mappable(model, "map", err) &&
           component_find(policy, "map", *request->of ? request->of : usual, &grid->component,
                          err) &&
           variable_find(policy, "map", "x", request->x, &grid->x, err) &&
           variable_find(policy, "map", "y", *request->y ? request->y : usual_y, &grid->y, err) &&
           grid_check(grid, "map", err);
}

bool map_check(const struct model *model, const struct cohort *cohort,
               const struct map_request *request, struct err *err)
{
    struct grid grid;
    struct map map = {0};
    bool good =
        make_grid(model, cohort, request, &grid, err) && make_axes(&grid, request, &map, err);
    map_free(&map);
    return good;
}

bool map_compute(const struct model *model, const struct cohort *cohort, const float *visited,
                 const struct map_request *request, struct map *out, struct err *err)
{
    struct truth truth;
    struct map map = {.request = *request, .r2 = NAN};
    struct grid grid;
    if (!make_grid(model, cohort, request, &grid, err))
        return false;
    grid.visited = visited;
    if (!make_axes(&grid, request, &map, err)) {
        map_free(&map);
        return false;
    }
    grid.x_axis = &map.x;
    grid.y_axis = &map.y;
    grid_truth(&grid, &truth);
    size_t most = request->sample ? 64 * request->sample : MAP_RECOVERY_MOST;
    struct grid_r2 *r2 = grid_r2_begin(&grid, most);
    fill(&grid, &map);
    say_request(&grid, &map);
    grid_frozen(&grid, &map.frozen);
    map.r2 = grid_r2_end(r2);
    truth_free(&truth);
    map.request.stop = NULL;
    if (!grid_stopped(&grid)) {
        *out = map;
        return true;
    }
    map_free(&map);
    return err_set(err, ERR_INTERRUPTED, "map: interrupted");
}

void map_table(const struct map *map, struct table *out)
{
    bool truth = map->n_panels > 0 && map->panel[0].truth;
    bool past = map->request.past != PAST_ANY;
    table_column(out, "panel", COLUMN_TEXT, 0);
    table_column(out, map->x.name, COLUMN_NUMBER, 4);
    table_column(out, map->y.name, COLUMN_NUMBER, 4);
    table_column(out, "value", COLUMN_NUMBER, 4);
    table_column(out, "support", COLUMN_COUNT, 0);
    table_column(out, "se", COLUMN_NUMBER, 2);
    table_column(out, "lower", COLUMN_NUMBER, 4);
    table_column(out, "upper", COLUMN_NUMBER, 4);
    if (truth)
        table_column(out, "truth", COLUMN_NUMBER, 4);
    frozen_columns(&map->frozen, past, out);
    for (size_t p = 0; p < map->n_panels; p++)
        for (size_t c = 0; c < map->x.n * map->y.n; c++) {
            table_row(out);
            table_text(out, 0, map->panel[p].title);
            table_number(out, 1, map->x.value[c % map->x.n]);
            table_number(out, 2, map->y.value[c / map->x.n]);
            table_number(out, 3, map->panel[p].value[c]);
            table_number(out, 4, map->panel[p].support[c]);
            table_number(out, 5, map->panel[p].se ? map->panel[p].se[c] : NAN);
            table_number(out, 6, map->panel[p].lower ? map->panel[p].lower[c] : NAN);
            table_number(out, 7, map->panel[p].upper ? map->panel[p].upper[c] : NAN);
            if (truth)
                table_number(out, 8, map->panel[p].truth[c]);
            frozen_fill(&map->frozen, 8 + truth, out);
            if (past)
                table_text(out, out->n_columns - 1,
                           map->request.past == PAST_REWARDED ? "rewarded" : "unrewarded");
        }
}
