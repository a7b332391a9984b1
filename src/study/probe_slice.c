#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/inputs.h"
#include "probe_grid.h"
#include "truth.h"

enum { SLICE_LINES = 8, QUANTILES = 2048 };

void probe_slice_free(struct slice *slice)
{
    for (size_t i = 0; i < slice->n_lines; i++)
        probe_cells_free(&slice->line[i].cells);
    free(slice->line);
    free(slice->model);
    probe_axis_free(&slice->x);
    *slice = (struct slice){0};
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Three round values that span the middle nine tenths of what was visited. */
static size_t visited_lines(const struct grid *grid, size_t weight, double *out)
{
    double lo = -1, hi = 1, *w = mem_new(QUANTILES, sizeof *w);
    size_t n_weights = grid->model->settings.policy.n, n = 0;
    size_t all = grid->cohort && grid->visited ? grid->cohort->n_trials : 0;
    size_t wanted = all < QUANTILES ? all : QUANTILES;
    for (size_t j = 0; j < wanted; j++) {
        double value = grid->visited[probe_sample_rank(j, wanted, all) * n_weights + weight];
        if (isfinite(value))
            w[n++] = value;
    }
    if (n > 0) {
        qsort(w, n, sizeof *w, by_value);
        lo = w[n / 20];
        hi = w[n - 1 - n / 20];
    }
    free(w);
    double step =
        probe_axis_nice_step(1.4 * fmax((hi - lo) / 2, .1)); /* the nearest, not the one below */
    double middle = step * round((lo + hi) / 2 / step);
    for (int i = 0; i < 3; i++)
        out[i] = middle + (i - 1) * step == 0 ? 0 : middle + (i - 1) * step;
    return 3;
}

/* The lines' values, ascending. */
static bool choose_lines(const struct grid *grid, const struct probe_request *request,
                         size_t weight, double w[SLICE_LINES], size_t *n, struct err *err)
{
    if (request->n_w == 0) {
        *n = visited_lines(grid, weight, w);
        if (request->past == PAST_BOTH || request->middle) { /* four lines are enough */
            w[0] = w[1];
            *n = 1;
        }
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

/* y of the grid: the lines.  Along w_stim itself there is one pair of lines, error and
 * correct, and reward replaces w_stim. */
static bool make_lines(struct grid *grid, const struct probe_request *request, size_t weight,
                       struct slice *slice, struct axis *lines, struct err *err)
{
    const struct policy *policy = &grid->model->settings.policy;
    bool along = grid->x.kind == VARIABLE_WEIGHT && grid->x.which == weight;
    double w[SLICE_LINES];
    size_t n = 0;
    grid->y = along ? (struct variable){.kind = VARIABLE_REWARD}
                    : (struct variable){.kind = VARIABLE_WEIGHT, .which = weight};
    if (!grid_check(grid, "slice", err))
        return false;
    if (along && request->n_w > 0)
        return err_set(err, ERR_USAGE,
                       "slice: %s is on the x axis and has no lines as well; leave out w=",
                       policy->weight[weight]);
    if (along) {
        probe_axis_levels(lines, 2, (const double[]){0, 1});
        slice->request.n_w = 0;
        return true;
    }
    if (!choose_lines(grid, request, weight, w, &n, err))
        return false;
    probe_axis_levels(lines, n, w);
    if (n == 1) {
        lines->edge[0] = w[0] - WEIGHT_WINDOW;
        lines->edge[1] = w[0] + WEIGHT_WINDOW;
    }
    snprintf(lines->name, sizeof lines->name, "%s", policy->weight[weight]);
    slice->request.n_w = n;
    memcpy(slice->request.w, w, n * sizeof *w);
    return true;
}

static double *row_of(const double *values, size_t row, size_t nx)
{
    return values ? mem_copy(values + row * nx, nx, sizeof *values) : NULL;
}

/* Row `row` of a panel becomes a line of its own. */
static void take_line(struct slice *slice, const struct grid *grid, size_t row, bool correct,
                      const struct probe_cells *from)
{
    size_t nx = slice->x.n;
    bool along = grid->y.kind == VARIABLE_REWARD;
    slice->line[slice->n_lines++] = (struct slice_line){
        .w = along ? NAN : grid->y_axis->value[row],
        .correct = correct,
        .past = grid->past,
        .cells = {.value = row_of(from->value, row, nx),
                  .truth = row_of(from->truth, row, nx),
                  .se = row_of(from->se, row, nx),
                  .lower = row_of(from->lower, row, nx),
                  .upper = row_of(from->upper, row, nx),
                  .support = mem_copy(from->support + row * nx, nx, sizeof *from->support)},
        .visited = NAN,
        .visited_truth = NAN,
    };
}

/* The lines of one past. */
static void fill(struct grid *grid, struct slice *slice)
{
    struct probe_cells panels[PROBE_MAX_PANELS];
    double only = slice->request.fixed.reward;
    size_t rows = grid->y_axis->n;
    bool along = grid->y.kind == VARIABLE_REWARD;
    grid_run(grid, panels);
    for (size_t i = 0; i < (along ? 1 : rows); i++)
        for (size_t correct = 2; correct-- > 0;) {
            size_t p = grid->n_panels == 2 ? correct : 0, row = along ? correct : i;
            if (isnan(only) || only == (double)correct)
                take_line(slice, grid, row, correct, &panels[p]);
        }
    for (size_t p = 0; p < grid->n_panels; p++)
        probe_cells_free(&panels[p]);
}

static int by_place(const void *a, const void *b)
{
    const struct slice_line *p = a, *q = b;
    if (p->w != q->w && !(isnan(p->w) && isnan(q->w)))
        return p->w < q->w ? -1 : 1;
    if (p->correct != q->correct)
        return p->correct ? -1 : 1;
    return (int)p->past - (int)q->past;
}

static void fill_pasts(struct grid *grid, struct slice *slice)
{
    bool both = slice->request.past == PAST_BOTH;
    slice->line = mem_new(4 * (size_t)grid->y_axis->n, sizeof *slice->line);
    grid->past = both ? PAST_REWARDED : slice->request.past;
    fill(grid, slice);
    if (both) {
        grid->past = PAST_UNREWARDED;
        fill(grid, slice);
        grid->past = PAST_BOTH;
        grid_describe(grid);
        qsort(slice->line, slice->n_lines, sizeof *slice->line, by_place);
    }
    memcpy(slice->rest, grid->rest, sizeof slice->rest);
    slice->request.lags = grid->lags;
    slice->interval = grid_interval_kind(grid);
    slice->n_histories = grid->n_histories;
    slice->n_fitting = grid->n_fitting;
}

/* Weights on the trials under the model, or the true ones. */
struct walked {
    const float *visited;            /* [n_trials][K], or NULL and ... */
    const float *column[POLICY_MAX]; /* ... [n_trials] each */
    size_t n_weights;
};

static double walked_weight(const struct walked *walked, size_t t, size_t k)
{
    return walked->visited ? walked->visited[t * walked->n_weights + k] : walked->column[k][t];
}

/* Can a visited trial be on a line: is it known, and are its weights near the fixed ones? */
static bool visit_counts(const struct grid *grid, size_t t, const struct walked *walked)
{
    if (!trial_known(grid->cohort, t))
        return false;
    for (size_t k = 0; k < walked->n_weights; k++)
        if (!isnan(grid->fixed.w[k]) &&
            !(fabs(walked_weight(walked, t, k) - grid->fixed.w[k]) <= WEIGHT_WINDOW))
            return false;
    return true;
}

/* Which of PAST_REWARDED and PAST_UNREWARDED a trial comes after, or neither. */
static enum past visit_past(const struct grid *grid, const struct animal *animal, size_t t)
{
    size_t lags = grid->lags ? grid->lags : PAST_LAGS;
    enum past past =
        t > animal->first && grid->cohort->reward[t - 1] ? PAST_REWARDED : PAST_UNREWARDED;
    return past_visited(grid->cohort, animal, t, past, lags) ? past : PAST_ANY;
}

/* Adds a visited trial to the lines that it is on, whatever its stimulus. */
static void add_visit(const struct grid *grid, const struct animal *animal, size_t t,
                      const struct walked *walked, struct slice *slice, double *sum, size_t *n)
{
    double step =
        walked_weight(walked, t + 1, grid->component) - walked_weight(walked, t, grid->component);
    enum past past = visit_past(grid, animal, t);
    if (past == PAST_ANY || !isfinite(step) || !visit_counts(grid, t, walked))
        return;
    bool along = grid->y.kind == VARIABLE_REWARD;
    long row = along ? 0 : probe_axis_cell(grid->y_axis, walked_weight(walked, t, grid->y.which));
    for (size_t i = 0; row >= 0 && i < slice->n_lines; i++) {
        const struct slice_line *line = &slice->line[i];
        if (line->past == past && line->correct == (grid->cohort->reward[t] != 0) &&
            (along || line->w == grid->y_axis->value[row]))
            sum[i] += step, n[i]++;
    }
}

/* Mean change of the weight on the visited trials of each line [n_lines]. */
static void mean_visited(const struct grid *grid, const struct walked *walked, struct slice *slice,
                         double *mean, size_t *n)
{
    for (size_t i = 0; i < slice->n_lines; i++)
        mean[i] = 0, n[i] = 0;
    for (size_t a = 0; a < grid->cohort->n_animals; a++) {
        const struct animal *animal = &grid->cohort->animals[a];
        for (size_t i = 0; i + 1 < animal->count; i++)
            add_visit(grid, animal, animal->first + i, walked, slice, mean, n);
    }
    for (size_t i = 0; i < slice->n_lines; i++)
        mean[i] = n[i] ? mean[i] / (double)n[i] : NAN;
}

static void fill_visited(const struct grid *grid, struct slice *slice)
{
    const struct policy *policy = &grid->model->settings.policy;
    struct walked fitted = {.visited = grid->visited, .n_weights = policy->n};
    struct walked truth = {.n_weights = policy->n};
    if (slice->request.past == PAST_ANY || !grid->cohort || !grid->visited)
        return;
    bool known = truth_columns(grid->cohort, policy, truth.column, NULL);
    double mean[4 * SLICE_LINES];
    size_t n[4 * SLICE_LINES];
    mean_visited(grid, &fitted, slice, mean, n);
    for (size_t i = 0; i < slice->n_lines; i++)
        slice->line[i].visited = mean[i], slice->line[i].n_visited = n[i];
    if (known)
        mean_visited(grid, &truth, slice, mean, n);
    for (size_t i = 0; known && i < slice->n_lines; i++)
        slice->line[i].visited_truth = mean[i], slice->line[i].n_visited_truth = n[i];
}

const char *probe_slice_weight(const struct policy *policy, const char *of)
{
    long k = policy_weight(policy, of);
    return k >= 0 && inputs_with_stimulus(policy->feature[k]) ? policy->weight[k]
                                                              : probe_weight(policy);
}

static bool check_slice(const struct grid *grid, const struct probe_request *request,
                        struct err *err)
{
    double reward = request->fixed.reward;
    if (variable_binary(&grid->x))
        return err_set(err, ERR_USAGE,
                       "slice: x=%s has two values only; use x=stimulus or a weight, or `map x=%s`",
                       request->x, request->x);
    return isnan(reward) || reward == 0 || reward == 1 ||
           err_set(err, ERR_USAGE, "slice: reward= must be 0 or 1");
}

/* The grid that a request asks for, without its axes. */
static bool make_grid(const struct model *model, const struct cohort *cohort,
                      const struct probe_request *request, struct grid *grid, struct err *err)
{
    const struct policy *policy = &model->settings.policy;
    const char *of = *request->of ? request->of : probe_weight(policy);
    if (!grid_open(model, cohort, request, "slice", of, grid, err))
        return false;
    grid->fixed.reward = NAN; /* chosen by the lines */
    return check_slice(grid, request, err);
}

/* Both axes: the lines, and x. */
static bool make_axes(struct grid *grid, const struct probe_request *request, struct slice *slice,
                      struct axis *lines, struct err *err)
{
    const struct policy *policy = &grid->model->settings.policy;
    const struct axis_request x = {"slice", "x", request->nx, request->x_lo, request->x_hi};
    const char *name = probe_slice_weight(policy, policy->weight[grid->component]);
    snprintf(slice->weight, sizeof slice->weight, "%s", name);
    return make_lines(grid, request, (size_t)policy_weight(policy, name), slice, lines, err) &&
           probe_axis_make(policy, grid->cohort, grid->visited, &grid->x, &x, &slice->x, err);
}

bool probe_slice_check(const struct model *model, const struct cohort *cohort,
                       const struct probe_request *request, struct err *err)
{
    struct grid grid;
    struct slice slice = {0};
    struct axis lines = {0};
    bool good = make_grid(model, cohort, request, &grid, err) &&
                make_axes(&grid, request, &slice, &lines, err);
    probe_axis_free(&lines);
    probe_slice_free(&slice);
    return good;
}

bool probe_slice_compute(const struct model *model, const struct cohort *cohort,
                         const float *visited, const struct probe_request *request,
                         struct slice *out, struct err *err)
{
    struct slice slice = {.request = *request, .r2 = NAN};
    struct axis lines = {0};
    struct grid grid;
    if (!make_grid(model, cohort, request, &grid, err))
        return false;
    grid.visited = visited;
    if (!make_axes(&grid, request, &slice, &lines, err)) {
        probe_axis_free(&lines);
        probe_slice_free(&slice);
        return false;
    }
    if (grid.y.kind != VARIABLE_REWARD && !isnan(request->fixed.reward)) {
        grid.fixed.reward = request->fixed.reward;
        grid.n_panels = 1;
    }
    snprintf(slice.request.of, sizeof slice.request.of, "%s",
             model->settings.policy.weight[grid.component]);
    grid.x_axis = &slice.x;
    grid.y_axis = &lines;
    struct grid_r2 *r2 = grid_r2_begin(&grid);
    fill_pasts(&grid, &slice);
    fill_visited(&grid, &slice);
    slice.request.nx = slice.x.n;
    slice.r2 = grid_r2_end(r2);
    slice.request.stop = NULL;
    grid.fixed.reward = NAN; /* each line names its own */
    grid_frozen(&grid, &slice.frozen);
    probe_axis_free(&lines);
    if (!grid_stopped(&grid)) {
        slice.model = mem_text(model->name);
        *out = slice;
        return true;
    }
    probe_slice_free(&slice);
    return err_set(err, ERR_INTERRUPTED, "slice: interrupted");
}

/* What the slices' rows have in common. */
struct layout {
    bool along, past, truth;
};

static void slice_rows(const struct slice *slice, const struct layout *layout, struct table *out)
{
    for (size_t i = 0; i < slice->n_lines; i++)
        for (size_t j = 0; j < slice->x.n; j++) {
            const struct slice_line *line = &slice->line[i];
            size_t c = 0;
            table_row(out);
            table_text(out, c++, slice->model);
            if (!layout->along)
                table_number(out, c++, line->w);
            table_number(out, c++, line->correct);
            if (layout->past)
                table_text(out, c++, line->past == PAST_REWARDED ? "rewarded" : "unrewarded");
            table_number(out, c++, slice->x.value[j]);
            c = probe_cells_fill(&line->cells, slice->interval, j, c, out);
            frozen_fill(&slice->frozen, c + (layout->truth && !line->cells.truth), out);
        }
}

void probe_slice_table(size_t n, const struct slice *const *slices, struct table *out)
{
    const struct slice *first = slices[0];
    struct layout layout = {first->request.n_w == 0, first->request.past != PAST_ANY, false};
    for (size_t i = 0; i < n; i++)
        layout.truth = layout.truth || (slices[i]->n_lines > 0 && slices[i]->line[0].cells.truth);
    table_column(out, "model", COLUMN_TEXT, 0);
    if (!layout.along)
        table_column(out, "w_line", COLUMN_NUMBER, 4);
    table_column(out, "reward", COLUMN_COUNT, 0);
    if (layout.past)
        table_column(out, "past", COLUMN_TEXT, 0);
    table_column(out, first->x.name, COLUMN_NUMBER, 4);
    probe_cells_columns(layout.truth, out);
    frozen_columns(&first->frozen, false, out);
    for (size_t i = 0; i < n; i++)
        slice_rows(slices[i], &layout, out);
}
