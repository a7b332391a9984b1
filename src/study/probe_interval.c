/* Intervals of cells, asked of rules that know them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/interval.h"
#include "probe_grid.h"

struct interval_run {
    const struct model *model;
    bool robust;
    size_t component, n_weights, n_inputs, n_state;
    size_t n, room;
    size_t *cell;                            /* [room] */
    double *weight, *u, *x, *answer, *state; /* [room][...] */
};

struct interval_run *interval_run_new(const struct grid *grid)
{
    struct interval_run *run = mem_new(1, sizeof *run);
    *run = (struct interval_run){.model = grid->model,
                                 .robust = grid->robust,
                                 .component = grid->component,
                                 .n_weights = grid->model->settings.policy.n,
                                 .n_inputs = rule_inputs(&grid->model->settings.shape)};
    return run;
}

void interval_run_free(struct interval_run *run)
{
    if (!run)
        return;
    free(run->cell), free(run->weight), free(run->u), free(run->x);
    free(run->answer), free(run->state);
    free(run);
}

static void reserve(struct interval_run *run, size_t n)
{
    if (n <= run->room)
        return;
    run->room = n > 2 * run->room ? n : 2 * run->room;
    run->cell = mem_resize(run->cell, run->room, sizeof *run->cell);
    run->weight = mem_resize(run->weight, run->room, sizeof *run->weight);
    run->u = mem_resize(run->u, run->room * run->n_inputs, sizeof *run->u);
    run->x = mem_resize(run->x, run->room * run->n_weights, sizeof *run->x);
    run->answer = mem_resize(run->answer, run->room, sizeof *run->answer);
    if (run->n_state)
        run->state = mem_resize(run->state, run->room * run->n_state, sizeof *run->state);
}

void interval_run_put(struct interval_run *run, const struct past_run *past, size_t cell,
                      const struct past_trial *trial, double weight)
{
    size_t width = past_run_width(past);
    double u[run->n_inputs], x[POLICY_MAX];
    for (size_t i = 0; i < width; i++) {
        size_t n = run->n++, n_state;
        const double *state = past_run_inputs(past, trial, i, u, x, &n_state);
        run->n_state = n_state;
        reserve(run, run->n);
        run->cell[n] = cell;
        run->weight[n] = weight / (double)width;
        run->answer[n] = trial->answer;
        memcpy(run->u + n * run->n_inputs, u, sizeof u);
        memcpy(run->x + n * run->n_weights, x, run->n_weights * sizeof *x);
        if (state)
            memcpy(run->state + n * n_state, state, n_state * sizeof *state);
    }
}

/* Weights of means: those of a cell sum to 1. */
static void share_weights(struct interval_run *run, size_t n)
{
    double *total = mem_new(n, sizeof *total);
    for (size_t i = 0; i < run->n; i++)
        total[run->cell[i]] += run->weight[i];
    for (size_t i = 0; i < run->n; i++)
        run->weight[i] /= total[run->cell[i]];
    free(total);
}

void interval_run_end(struct interval_run *run, size_t n, double *lower, double *upper)
{
    bool *any = mem_new(n, sizeof *any);
    share_weights(run, n);
    const struct interval_request request = {.n_sums = n,
                                             .n = run->n,
                                             .sum = run->cell,
                                             .weight = run->weight,
                                             .u = run->u,
                                             .x = run->x,
                                             .answer = run->answer,
                                             .state = run->n_state ? run->state : NULL,
                                             .n_state = run->n_state,
                                             .component = run->component,
                                             .robust = run->robust};
    bool known = model_interval(run->model, &request, NULL, lower, upper);
    for (size_t i = 0; i < run->n; i++)
        any[run->cell[i]] = true;
    for (size_t i = 0; i < n; i++)
        if (!known || !any[i])
            lower[i] = upper[i] = NAN;
    run->n = 0;
    free(any);
}
