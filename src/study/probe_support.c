#include <math.h>
#include <stdio.h>

#include "deltaw/base/number.h"
#include "deltaw/base/strbuf.h"
#include "probe_grid.h"

static double lived_value(const struct grid *grid, const struct variable *variable, size_t t)
{
    switch (variable->kind) {
    case VARIABLE_STIMULUS: return grid->cohort->stimulus[t];
    case VARIABLE_CHOICE: return grid->cohort->choice[t];
    case VARIABLE_REWARD: return grid->cohort->reward[t];
    case VARIABLE_WEIGHT: break;
    }
    return grid->lived[t * grid->model->settings.policy.n + variable->weight];
}

/* Does a lived trial agree with what is fixed? */
static bool agrees(const struct grid *grid, size_t t)
{
    const struct cohort *cohort = grid->cohort;
    size_t n = grid->model->settings.policy.n;
    if ((!isnan(grid->choice) && cohort->choice[t] != grid->choice) ||
        (!isnan(grid->reward) && cohort->reward[t] != grid->reward))
        return false;
    if (!isnan(grid->stimulus) &&
        !(cohort->stimulus[t] >= grid->stimulus_lo && cohort->stimulus[t] <= grid->stimulus_hi))
        return false;
    for (size_t k = 0; k < n; k++)
        if (!isnan(grid->w[k]) && fabs(grid->lived[t * n + k] - grid->w[k]) > WEIGHT_WINDOW)
            return false;
    return true;
}

void grid_count(struct grid *grid, uint32_t *const support[])
{
    grid->n_lived = 0;
    if (!grid->cohort || !grid->lived)
        return;
    for (size_t t = 0; t < grid->cohort->n_trials; t++) {
        if (!grid_lived(grid, t))
            continue;
        grid->n_lived++;
        if (!agrees(grid, t))
            continue;
        long ix = axis_cell(grid->x_axis, lived_value(grid, &grid->x, t));
        long iy = axis_cell(grid->y_axis, lived_value(grid, &grid->y, t));
        size_t panel = grid->n_panels == 2 ? grid->cohort->reward[t] != 0 : 0;
        if (ix >= 0 && iy >= 0)
            support[panel][(size_t)iy * grid->x_axis->n + (size_t)ix]++;
    }
}

void grid_window(struct grid *grid)
{
    struct axis axis;
    const struct axis_request request = {.lo = NAN, .hi = NAN};
    const struct variable stimulus = {VARIABLE_STIMULUS, 0};
    grid->stimulus_lo = grid->stimulus_hi = grid->stimulus;
    if (isnan(grid->stimulus) || !axis_make(&grid->model->settings.policy, grid->cohort, NULL,
                                            &stimulus, &request, &axis, NULL))
        return;
    long cell = axis_cell(&axis, grid->stimulus);
    if (cell >= 0 && axis.levels && fabs(axis.value[cell] - grid->stimulus) < 1e-6) {
        grid->stimulus_lo = grid->stimulus_hi = axis.value[cell];
    } else if (cell >= 0) {
        grid->stimulus_lo = axis.edge[cell];
        grid->stimulus_hi = axis.edge[cell + 1];
    }
    axis_free(&axis);
}

void grid_describe(struct grid *grid)
{
    const struct policy *policy = &grid->model->settings.policy;
    struct strbuf text = {0};
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    bool day = false;
    for (size_t i = 0; grid->cohort && !day && i < grid->cohort->n_animals; i++)
        day = grid->cohort->animals[i].n_sessions > 1;
    for (size_t k = 0; k < policy->n; k++)
        if (!grid_set(grid, VARIABLE_WEIGHT, k))
            strbuf_printf(&text, "%s%s", text.len ? ", " : "", policy->weight[k]);
    if (!grid_set(grid, VARIABLE_STIMULUS, 0))
        strbuf_printf(&text, "%sstimulus", text.len ? ", " : "");
    if (day)
        strbuf_printf(&text, "%sday", text.len ? ", " : "");
    if (text.len && grid->n_sample)
        strbuf_printf(&text, ": mean over %zu lived trials", grid->n_sample);
    else if (text.len)
        strbuf_puts(&text, ": 0, nothing was lived");
    const char *before = "support: ";
    for (size_t k = 0; k < policy->n; k++) {
        if (isnan(grid->w[k]))
            continue;
        strbuf_printf(&text, "%s%s%s %s to %s", text.len ? "; " : "", before, policy->weight[k],
                      number_format(a, grid->w[k] - WEIGHT_WINDOW, 4),
                      number_format(b, grid->w[k] + WEIGHT_WINDOW, 4));
        before = "";
    }
    if (grid->stimulus_lo < grid->stimulus_hi)
        strbuf_printf(&text, "%s%sstimulus %s to %s", text.len ? "; " : "", before,
                      number_format(a, grid->stimulus_lo, 3),
                      number_format(b, grid->stimulus_hi, 3));
    snprintf(grid->rest, sizeof grid->rest, "%s", strbuf_text(&text));
    strbuf_free(&text);
}
