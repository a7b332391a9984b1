#include "probe_grid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "truth.h"

enum { BATCH = 4096, UPDATES = 320000, SAMPLE_LEAST = 64, SAMPLE_MOST = 512 };

/* What sampled trials lend to a cell; what is set there is zero here, so that
 * rows that would give the same update are equal and are computed once. */
struct grid_row {
    double w[POLICY_MAX], stimulus, day;
    double answer; /* side that pays where the stimulus does not say */
    double count;
};

static bool on_axis(const struct grid *grid, enum variable_kind kind, size_t weight)
{
    const struct variable v = {kind, weight};
    return variable_same(&grid->x, &v) || variable_same(&grid->y, &v);
}

bool grid_set(const struct grid *grid, enum variable_kind kind, size_t weight)
{
    double fixed = kind == VARIABLE_STIMULUS ? grid->stimulus
                 : kind == VARIABLE_CHOICE   ? grid->choice
                 : kind == VARIABLE_REWARD   ? grid->reward
                                             : grid->w[weight];
    return !isnan(fixed) || on_axis(grid, kind, weight);
}

static bool check_fixed(const struct grid *grid, const char *verb, const char *name, double value,
                        enum variable_kind kind, size_t weight, struct err *err)
{
    if (isnan(value))
        return true;
    char text[NUMBER_SIZE];
    number_format(text, value, 6);
    if (on_axis(grid, kind, weight))
        return err_set(err, ERR_USAGE, "%s: %s=%s, but %s is on an axis; leave one of them out",
                       verb, name, text, name);
    bool binary = kind == VARIABLE_CHOICE || kind == VARIABLE_REWARD;
    if (binary ? value != 0 && value != 1 : !isfinite(value))
        return err_set(err, ERR_USAGE, "%s: %s=%s; it must be %s", verb, name, text,
                       binary ? "0 or 1" : "a number");
    return true;
}

bool grid_check(struct grid *grid, const char *verb, struct err *err)
{
    const struct policy *policy = &grid->model->settings.policy;
    if (grid->model->rule->memory)
        return err_set(err, ERR_FAILED,
                       "%s: the rule %s has a memory, and a %s of such a rule is not there yet",
                       verb, grid->model->rule->name, verb);
    if (variable_same(&grid->x, &grid->y))
        return err_set(err, ERR_USAGE, "%s: x and y are the same variable; choose two", verb);
    if (!check_fixed(grid, verb, "stimulus", grid->stimulus, VARIABLE_STIMULUS, 0, err) ||
        !check_fixed(grid, verb, "choice", grid->choice, VARIABLE_CHOICE, 0, err) ||
        !check_fixed(grid, verb, "reward", grid->reward, VARIABLE_REWARD, 0, err))
        return false;
    for (size_t k = 0; k < policy->n; k++)
        if (!check_fixed(grid, verb, policy->weight[k], grid->w[k], VARIABLE_WEIGHT, k, err))
            return false;
    grid->n_panels = grid_set(grid, VARIABLE_REWARD, 0) ? 1 : 2;
    return true;
}

bool grid_lived(const struct grid *grid, size_t t)
{
    size_t n = grid->model->settings.policy.n;
    bool finite = trial_known(grid->cohort, t);
    for (size_t k = 0; finite && k < n; k++)
        finite = isfinite(grid->lived[t * n + k]);
    return finite;
}

static bool axis_has_zero(const struct axis *axis)
{
    for (size_t i = 0; i < axis->n; i++)
        if (axis->value[i] == 0)
            return true;
    return false;
}

/* Does the side that paid on the sampled trial matter? */
static bool answer_matters(const struct grid *grid)
{
    if (grid_set(grid, VARIABLE_CHOICE, 0))
        return !grid_set(grid, VARIABLE_STIMULUS, 0);
    if (!grid_set(grid, VARIABLE_STIMULUS, 0) || grid->stimulus == 0)
        return true;
    return (grid->x.kind == VARIABLE_STIMULUS && axis_has_zero(grid->x_axis)) ||
           (grid->y.kind == VARIABLE_STIMULUS && axis_has_zero(grid->y_axis));
}

static void row_add(struct grid *grid, const struct grid_row *row)
{
    for (size_t i = 0; i < grid->n_rows; i++) {
        struct grid_row *old = &grid->rows[i];
        bool same = old->stimulus == row->stimulus && old->day == row->day &&
                    old->answer == row->answer;
        for (size_t k = 0; same && k < POLICY_MAX; k++)
            same = old->w[k] == row->w[k];
        if (same) {
            old->count++;
            return;
        }
    }
    grid->rows[grid->n_rows++] = *row;
}

/* Share of right among the sides that paid at stimulus 0; NaN: none lived. */
static double zero_answers(const struct grid *grid)
{
    double n = 0, right = 0;
    for (size_t t = 0; t < grid->cohort->n_trials; t++)
        if (grid->cohort->stimulus[t] == 0 && grid_lived(grid, t)) {
            n++;
            right += grid->cohort->answer[t];
        }
    return n > 0 ? right / n : NAN;
}

static void row_take(const struct grid *grid, const struct animal *animal, size_t t,
                     double zero_answer, struct grid_row *row)
{
    const struct policy *policy = &grid->model->settings.policy;
    *row = (struct grid_row){.count = 1, .day = cohort_day(grid->cohort, animal, t)};
    for (size_t k = 0; k < policy->n; k++)
        if (!grid_set(grid, VARIABLE_WEIGHT, k))
            row->w[k] = grid->lived[t * policy->n + k];
    bool free_stimulus = !grid_set(grid, VARIABLE_STIMULUS, 0);
    if (free_stimulus)
        row->stimulus = grid->cohort->stimulus[t];
    if (answer_matters(grid))
        row->answer = free_stimulus || isnan(zero_answer) ? grid->cohort->answer[t] : zero_answer;
}

static void sample_take(struct grid *grid)
{
    size_t cells = grid->x_axis->n * grid->y_axis->n * grid->n_panels;
    size_t wanted = UPDATES / cells;
    wanted = wanted < SAMPLE_LEAST ? SAMPLE_LEAST : wanted > SAMPLE_MOST ? SAMPLE_MOST : wanted;
    if (grid->sample)
        wanted = grid->sample;
    size_t n = grid->n_lived < wanted ? grid->n_lived : wanted;
    grid->rows = mem_new(n + 1, sizeof *grid->rows);
    grid->n_rows = 0;
    grid->n_sample = n;
    if (n == 0) {
        grid->rows[grid->n_rows++] = (struct grid_row){.count = 1};
        return;
    }
    double right = zero_answers(grid);
    size_t taken = 0, rank = 0;
    for (size_t a = 0; a < grid->cohort->n_animals && taken < n; a++) {
        const struct animal *animal = &grid->cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count && taken < n; t++) {
            if (!grid_lived(grid, t) || rank++ != sample_rank(taken, n, grid->n_lived))
                continue;
            struct grid_row row;
            row_take(grid, animal, t, isnan(right) ? NAN : spread_root2(taken) < right, &row);
            row_add(grid, &row);
            taken++;
        }
    }
}

/* A cell with one sampled row in it: everything the update depends on. */
struct point {
    double w[POLICY_MAX], stimulus, day;
    double choice, reward, answer;
};

static void point_set(struct point *point, const struct variable *variable, double value)
{
    switch (variable->kind) {
    case VARIABLE_STIMULUS: point->stimulus = value; break;
    case VARIABLE_CHOICE: point->choice = value; break;
    case VARIABLE_REWARD: point->reward = value; break;
    case VARIABLE_WEIGHT: point->w[variable->weight] = value; break;
    }
}

/* Choice, reward and the side that pays hang together.  False: they cannot. */
static bool point_settle(const struct grid *grid, struct point *point)
{
    if (grid_set(grid, VARIABLE_STIMULUS, 0) && point->stimulus != 0)
        point->answer = point->stimulus > 0;
    if (isnan(point->choice)) {
        point->choice = point->reward != 0 ? point->answer : 1 - point->answer;
        return true;
    }
    double answer = point->reward != 0 ? point->choice : 1 - point->choice;
    if (point->stimulus != 0 && answer != point->answer)
        return false;
    point->answer = answer;
    return true;
}

static bool point_make(const struct grid *grid, size_t panel, size_t iy, size_t ix,
                       const struct grid_row *row, struct point *point)
{
    *point = (struct point){.stimulus = row->stimulus, .day = row->day, .answer = row->answer,
                            .choice = grid->choice, .reward = grid->reward};
    memcpy(point->w, row->w, sizeof point->w);
    for (size_t k = 0; k < POLICY_MAX; k++)
        if (!isnan(grid->w[k]))
            point->w[k] = grid->w[k];
    if (!isnan(grid->stimulus))
        point->stimulus = grid->stimulus;
    if (grid->n_panels == 2)
        point->reward = (double)panel;
    point_set(point, &grid->y, grid->y_axis->value[iy]);
    point_set(point, &grid->x, grid->x_axis->value[ix]);
    return point_settle(grid, point);
}

/* Points on their way through the model, and the sums they end in. */
struct batch {
    size_t n, n_weights, component;
    double *u, *dw;       /* [BATCH][K + INPUT_N], [BATCH][K] */
    double count[BATCH];
    double *sum[BATCH];   /* where each goes */
};

static void batch_flush(struct batch *batch, const struct model *model)
{
    if (batch->n == 0)
        return;
    model_update(model, batch->n, batch->u, batch->dw);
    for (size_t i = 0; i < batch->n; i++)
        *batch->sum[i] += batch->count[i] * batch->dw[i * batch->n_weights + batch->component];
    batch->n = 0;
}

static void batch_put(struct batch *batch, const struct model *model, const struct point *point,
                      double count, double *sum)
{
    if (batch->n == BATCH)
        batch_flush(batch, model);
    double *u = batch->u + batch->n * (batch->n_weights + INPUT_N);
    memcpy(u, point->w, batch->n_weights * sizeof *u);
    u += batch->n_weights;
    u[INPUT_STIMULUS] = point->stimulus;
    u[INPUT_ONE] = 1;
    u[INPUT_DAY] = point->day;
    u[INPUT_CHOICE] = point->choice;
    u[INPUT_REWARD] = point->reward;
    u[INPUT_SIDE] = point->stimulus > 0;
    batch->count[batch->n] = count;
    batch->sum[batch->n++] = sum;
}

static double true_update(const struct grid *grid, const struct point *point)
{
    double x[POLICY_MAX], dw[POLICY_MAX];
    policy_at(&grid->truth->policy, point->stimulus, x);
    truth_update(grid->truth, point->w, x, point->choice != 0, point->reward, point->answer != 0,
                 dw);
    return dw[grid->component];
}

/* Sums over the sample, then means; weight: how many trials each cell has. */
static void evaluate(struct grid *grid, size_t panel, struct batch *batch, double *value,
                     double *truth, uint32_t *support)
{
    size_t nx = grid->x_axis->n, cells = nx * grid->y_axis->n;
    double *weight = mem_new(cells, sizeof *weight);
    for (size_t c = 0; c < cells; c++)
        for (size_t i = 0; i < grid->n_rows; i++) {
            const struct grid_row *row = &grid->rows[i];
            struct point point;
            if (!point_make(grid, panel, c / nx, c % nx, row, &point))
                continue;
            weight[c] += row->count;
            batch_put(batch, grid->model, &point, row->count, &value[c]);
            if (truth)
                truth[c] += row->count * true_update(grid, &point);
        }
    batch_flush(batch, grid->model);
    for (size_t c = 0; c < cells; c++) {
        value[c] = weight[c] > 0 ? value[c] / weight[c] : NAN;
        if (truth)
            truth[c] = weight[c] > 0 ? truth[c] / weight[c] : NAN;
        if (!(weight[c] > 0))
            support[c] = 0;
    }
    free(weight);
}

void grid_run(struct grid *grid, double *const value[], double *const truth[],
              uint32_t *const support[])
{
    size_t n = grid->model->settings.policy.n;
    struct batch *batch = mem_new(1, sizeof *batch);
    batch->n_weights = n;
    batch->component = grid->component;
    batch->u = mem_new(BATCH * (n + INPUT_N), sizeof *batch->u);
    batch->dw = mem_new(BATCH * n, sizeof *batch->dw);
    grid_window(grid);
    grid_count(grid, support);
    sample_take(grid);
    for (size_t p = 0; p < grid->n_panels; p++)
        evaluate(grid, p, batch, value[p], grid->truth ? truth[p] : NULL, support[p]);
    grid_describe(grid);
    free(grid->rows);
    free(batch->u);
    free(batch->dw);
    free(batch);
}
