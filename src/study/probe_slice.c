#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "probe_grid.h"
#include "recovery.h"
#include "truth.h"

enum { SLICE_LINES = 8, SLICE_RECOVERY_MOST = 50000, QUANTILES = 2048 };

void slice_request_default(struct slice_request *request)
{
    *request = (struct slice_request){
        .of = "w_stim", .x = "stimulus", .stimulus = NAN, .w_bias = NAN,
    };
}

void slice_free(struct slice *slice)
{
    for (size_t i = 0; i < slice->n_lines; i++) {
        free(slice->line[i].value);
        free(slice->line[i].truth);
        free(slice->line[i].support);
    }
    free(slice->line);
    axis_free(&slice->x);
    *slice = (struct slice){0};
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Three round values that span the middle nine tenths of what was lived. */
static size_t lived_lines(const struct grid *grid, size_t weight, double *out)
{
    double lo = -1, hi = 1, *w = mem_new(QUANTILES, sizeof *w);
    size_t n_weights = grid->model->settings.policy.n, n = 0;
    size_t all = grid->cohort && grid->lived ? grid->cohort->n_trials : 0;
    size_t wanted = all < QUANTILES ? all : QUANTILES;
    for (size_t j = 0; j < wanted; j++) {
        double value = grid->lived[sample_rank(j, wanted, all) * n_weights + weight];
        if (isfinite(value))
            w[n++] = value;
    }
    if (n > 0) {
        qsort(w, n, sizeof *w, by_value);
        lo = w[n / 20];
        hi = w[n - 1 - n / 20];
    }
    free(w);
    double step = nice_step(1.4 * fmax((hi - lo) / 2, .1)); /* the nearest, not the one below */
    double middle = step * round((lo + hi) / 2 / step);
    for (int i = 0; i < 3; i++)
        out[i] = middle + (i - 1) * step == 0 ? 0 : middle + (i - 1) * step;
    return 3;
}

/* The lines' values, ascending. */
static bool choose_lines(const struct grid *grid, const struct slice_request *request,
                         size_t weight, double w[SLICE_LINES], size_t *n, struct err *err)
{
    if (request->n_w == 0) {
        *n = lived_lines(grid, weight, w);
        return true;
    }
    if (request->n_w > SLICE_LINES)
        return err_set(err, ERR_USAGE, "slice: %zu lines; at most %d", request->n_w, SLICE_LINES);
    memcpy(w, request->w, request->n_w * sizeof *w);
    qsort(w, request->n_w, sizeof *w, by_value);
    for (size_t i = 0; i < request->n_w; i++)
        if (!isfinite(w[i]) || (i && w[i] == w[i - 1]))
            return err_set(err, ERR_USAGE, "slice: the lines' weights must be different numbers");
    *n = request->n_w;
    return true;
}

/* y of the grid: the lines.  Along w_stim itself there is one pair of lines,
 * error and correct, and reward takes the place of w_stim. */
static bool make_lines(struct grid *grid, const struct slice_request *request, size_t weight,
                       struct slice *slice, struct axis *lines, struct err *err)
{
    const struct policy *policy = &grid->model->settings.policy;
    bool along = grid->x.kind == VARIABLE_WEIGHT && grid->x.weight == weight;
    double w[SLICE_LINES];
    size_t n = 0;
    grid->y = along ? (struct variable){VARIABLE_REWARD, 0}
                    : (struct variable){VARIABLE_WEIGHT, weight};
    if (!grid_check(grid, "slice", err))
        return false;
    if (along) {
        axis_levels(lines, 2, (const double[]){0, 1});
        slice->request.n_w = 0;
        return true;
    }
    if (!choose_lines(grid, request, weight, w, &n, err))
        return false;
    axis_levels(lines, n, w);
    if (n == 1) {
        lines->edge[0] = w[0] - WEIGHT_WINDOW;
        lines->edge[1] = w[0] + WEIGHT_WINDOW;
    }
    snprintf(lines->name, sizeof lines->name, "%s", policy->weight[weight]);
    slice->request.n_w = n;
    memcpy(slice->request.w, w, n * sizeof *w);
    return true;
}

/* Row `row` of panel `panel` becomes a line of its own. */
static void take_line(struct slice *slice, const struct grid *grid, size_t row, bool correct,
                      const double *value, const double *truth, const uint32_t *support)
{
    size_t nx = slice->x.n;
    bool along = grid->y.kind == VARIABLE_REWARD;
    slice->line[slice->n_lines++] = (struct slice_line){
        .w = along ? NAN : grid->y_axis->value[row],
        .correct = correct,
        .value = mem_copy(value + row * nx, nx, sizeof *value),
        .truth = truth ? mem_copy(truth + row * nx, nx, sizeof *truth) : NULL,
        .support = mem_copy(support + row * nx, nx, sizeof *support),
    };
}

static void fill(struct grid *grid, struct slice *slice)
{
    double *value[PROBE_MAX_PANELS] = {0}, *truth[PROBE_MAX_PANELS] = {0};
    uint32_t *support[PROBE_MAX_PANELS] = {0};
    size_t rows = grid->y_axis->n, cells = slice->x.n * rows;
    for (size_t p = 0; p < grid->n_panels; p++) {
        value[p] = mem_new(cells, sizeof *value[p]);
        truth[p] = grid->truth ? mem_new(cells, sizeof *truth[p]) : NULL;
        support[p] = mem_new(cells, sizeof *support[p]);
    }
    grid_run(grid, value, truth, support);
    bool along = grid->n_panels == 1;
    slice->line = mem_new(2 * rows, sizeof *slice->line);
    for (size_t i = 0; i < (along ? 1 : rows); i++)
        for (size_t correct = 2; correct-- > 0;) {
            size_t p = along ? 0 : correct, row = along ? correct : i;
            take_line(slice, grid, row, correct, value[p], truth[p], support[p]);
        }
    for (size_t p = 0; p < grid->n_panels; p++) {
        free(value[p]);
        free(truth[p]);
        free(support[p]);
    }
    memcpy(slice->rest, grid->rest, sizeof slice->rest);
}

static bool set_bias(struct grid *grid, double w_bias, struct err *err)
{
    const struct policy *policy = &grid->model->settings.policy;
    for (size_t k = 0; k < POLICY_MAX; k++)
        grid->w[k] = NAN;
    if (isnan(w_bias))
        return true;
    long k = policy_weight(policy, "w_bias");
    if (k < 0)
        return err_set(err, ERR_USAGE, "slice: w_bias= is set, but the policy %s has no w_bias",
                       policy->text);
    grid->w[k] = w_bias;
    return true;
}

bool slice_compute(const struct model *model, const struct cohort *cohort, const float *lived,
                   const struct slice_request *request, struct slice *out, struct err *err)
{
    const struct policy *policy = &model->settings.policy;
    const struct axis_request x = {"slice", "x", request->nx, NAN, NAN};
    struct truth truth;
    struct slice slice = {.request = *request, .r2 = NAN};
    struct axis lines = {0};
    struct grid grid = {.model = model, .cohort = cohort, .lived = lived, .choice = NAN,
                        .reward = NAN, .stimulus = request->stimulus, .sample = request->sample};
    long stim = policy_weight(policy, "w_stim");
    if (!component_find(policy, "slice", request->of, &grid.component, err) ||
        !variable_find(policy, "slice", "x", request->x, &grid.x, err))
        return false;
    if (grid.x.kind == VARIABLE_CHOICE || grid.x.kind == VARIABLE_REWARD)
        return err_set(err, ERR_USAGE, "slice: x=%s has two values only; use x=stimulus or a "
                       "weight, or `map x=%s`", request->x, request->x);
    if (!set_bias(&grid, request->w_bias, err) ||
        !make_lines(&grid, request, stim < 0 ? 0 : (size_t)stim, &slice, &lines, err) ||
        !axis_make(policy, cohort, lived, &grid.x, &x, &slice.x, err)) {
        axis_free(&lines);
        slice_free(&slice);
        return false;
    }
    grid.x_axis = &slice.x;
    grid.y_axis = &lines;
    if (cohort && truth_for_policy(cohort, policy, &truth, NULL))
        grid.truth = &truth;
    fill(&grid, &slice);
    slice.request.nx = slice.x.n;
    size_t most = request->sample ? 64 * request->sample : SLICE_RECOVERY_MOST;
    struct recovery recovery;
    if (grid.truth && recovery_over(model, cohort, &truth, most, &recovery, NULL))
        slice.r2 = recovery.r2[grid.component];
    axis_free(&lines);
    *out = slice;
    return true;
}

void slice_table(const struct slice *slice, struct table *out)
{
    bool truth = slice->n_lines > 0 && slice->line[0].truth;
    bool along = slice->request.n_w == 0;
    size_t c = 0;
    if (!along)
        table_column(out, "w_line", COLUMN_NUMBER, 4);
    table_column(out, "reward", COLUMN_COUNT, 0);
    table_column(out, slice->x.name, COLUMN_NUMBER, 4);
    table_column(out, "value", COLUMN_NUMBER, 4);
    table_column(out, "support", COLUMN_COUNT, 0);
    if (truth)
        table_column(out, "truth", COLUMN_NUMBER, 4);
    for (size_t i = 0; i < slice->n_lines; i++)
        for (size_t j = 0; j < slice->x.n; j++) {
            const struct slice_line *line = &slice->line[i];
            table_row(out);
            c = 0;
            if (!along)
                table_number(out, c++, line->w);
            table_number(out, c++, line->correct);
            table_number(out, c++, slice->x.value[j]);
            table_number(out, c++, line->value[j]);
            table_number(out, c++, line->support[j]);
            if (truth)
                table_number(out, c++, line->truth[j]);
        }
}
