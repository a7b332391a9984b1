/* Standard errors of a grid's values by the delta method: se^2 = g' C g with g the
 * gradient of a cell's value in the parameters and C their covariance (Casella and
 * Berger, Statistical Inference, 5.5.4).  The weights that animals passed through and
 * w_0 are held fixed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/covariance.h"
#include "probe_grid.h"

/* Textbook updates are at most quadratic in the parameters along a line, where central
 * differences are exact whatever the step, here a part of the standard error. */
static const double part = 0x1p-6;

struct shifted {
    const struct grid *grid;
    const struct histories *past;
    struct model model; /* the grid's at a theta of its own */
    double *value[2][PROBE_MAX_PANELS];
};

/* Values at theta + step and theta - step, step [size]. */
static void shift(struct shifted *s, const double *step)
{
    const struct model *model = s->grid->model;
    size_t cells = s->grid->x_axis->n * s->grid->y_axis->n;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < model->tensors.size; i++)
            s->model.theta[i] = model->theta[i] + (side ? -step[i] : step[i]);
        for (size_t p = 0; p < s->grid->n_panels; p++)
            memset(s->value[side][p], 0, cells * sizeof(double));
        grid_values(s->grid, &s->model, s->past, s->value[side]);
    }
}

/* Adds the squared derivative along a direction to the variances. */
static void add_direction(struct shifted *s, const double *direction, double *step,
                          struct probe_cells *out)
{
    for (size_t i = 0; i < s->model.tensors.size; i++)
        step[i] = part * direction[i];
    shift(s, step);
    for (size_t p = 0; p < s->grid->n_panels; p++)
        for (size_t c = 0; c < s->grid->x_axis->n * s->grid->y_axis->n; c++) {
            double d = (s->value[0][p][c] - s->value[1][p][c]) / (2 * part);
            out[p].se[c] += d * d;
        }
}

/* No error where the value depends on a parameter that has none. */
static void deny_bound(struct shifted *s, size_t i, double *step, struct probe_cells *out)
{
    memset(step, 0, s->model.tensors.size * sizeof *step);
    step[i] = 1e-4 * fmax(fabs(s->grid->model->theta[i]), 1e-2);
    shift(s, step);
    for (size_t p = 0; p < s->grid->n_panels; p++)
        for (size_t c = 0; c < s->grid->x_axis->n * s->grid->y_axis->n; c++)
            if (s->value[0][p][c] != s->value[1][p][c])
                out[p].se[c] = NAN;
}

/* From the squares in se to errors and intervals. */
static void take_roots(const struct grid *grid, bool known, struct probe_cells *out)
{
    bool ours = model_interval_kind(grid->model) == INTERVAL_ERROR;
    for (size_t p = 0; p < grid->n_panels; p++)
        for (size_t c = 0; out[p].se && c < grid->x_axis->n * grid->y_axis->n; c++) {
            double se = known ? sqrt(out[p].se[c]) : NAN;
            out[p].se[c] = se;
            if (ours) {
                out[p].lower[c] = out[p].value[c] - INTERVAL_ERRORS * se;
                out[p].upper[c] = out[p].value[c] + INTERVAL_ERRORS * se;
            }
        }
}

void grid_errors(const struct grid *grid, const struct histories *past, struct probe_cells *out)
{
    struct covariance_directions d;
    size_t cells = grid->x_axis->n * grid->y_axis->n, size = grid->model->tensors.size;
    if (!covariance_directions(grid->model, &d)) {
        take_roots(grid, false, out);
        return;
    }
    double *step = mem_new(size, sizeof *step), *theta = mem_new(size, sizeof *theta);
    struct shifted s = {.grid = grid, .past = past, .model = model_at(grid->model, theta)};
    for (size_t p = 0; p < grid->n_panels; p++)
        for (int side = 0; side < 2; side++)
            s.value[side][p] = mem_new(cells, sizeof(double));
    for (size_t j = 0; j < d.n && !grid_stopped(grid); j++)
        add_direction(&s, d.direction + j * size, step, out);
    for (size_t j = 0; j < d.n_bound && !grid_stopped(grid); j++)
        deny_bound(&s, d.bound[j], step, out);
    take_roots(grid, true, out);
    for (size_t p = 0; p < grid->n_panels; p++)
        free(s.value[0][p]), free(s.value[1][p]);
    free(step), free(theta);
    covariance_directions_free(&d);
}
