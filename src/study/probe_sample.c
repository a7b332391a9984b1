/* Which visited trials supply what is not set in a cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/inputs.h"
#include "probe_grid.h"

enum { UPDATES = 320000, SAMPLE_LEAST = 64, SAMPLE_MOST = 512 };
/* Each costs as many updates as there are histories, so a few must do: the middles of equal
 * parts of this many candidates. */
enum { SAMPLE_PAST = 8, CANDIDATES = 2048 };

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
    if (grid_set(grid, VARIABLE_SIDE, 0))
        return false;
    if (grid_set(grid, VARIABLE_CHOICE, 0))
        return !grid_set(grid, VARIABLE_STIMULUS, 0);
    if (!grid_set(grid, VARIABLE_STIMULUS, 0) || grid->fixed.stimulus == 0)
        return true;
    return (grid->x.kind == VARIABLE_STIMULUS && axis_has_zero(grid->x_axis)) ||
           (grid->y.kind == VARIABLE_STIMULUS && axis_has_zero(grid->y_axis));
}

static void row_add(struct grid *grid, const struct grid_row *row)
{
    for (size_t i = 0; i < grid->n_rows; i++) {
        struct grid_row *old = &grid->rows[i];
        bool same =
            old->stimulus == row->stimulus && old->day == row->day && old->answer == row->answer;
        for (size_t k = 0; same && k < POLICY_MAX; k++)
            same = old->w[k] == row->w[k] && old->x[k] == row->x[k];
        if (same) {
            old->count++;
            return;
        }
    }
    grid->rows[grid->n_rows++] = *row;
}

/* Share of right among the sides that paid at stimulus 0; NaN: no such trial. */
static double zero_answers(const struct grid *grid)
{
    double n = 0, right = 0;
    for (size_t t = 0; t < grid->cohort->n_trials; t++)
        if (grid->cohort->stimulus[t] == 0 && grid_visited(grid, t)) {
            n++;
            right += grid->cohort->answer[t];
        }
    return n > 0 ? right / n : NAN;
}

/* Features as in a trial without a past; those of the stimulus are set later. */
static void take_features(const struct grid *grid, long t, double *x)
{
    const struct policy *policy = &grid->model->settings.policy;
    bool seen = !grid->model->rule->network || grid->truth;
    double value[POLICY_MAX] = {0};
    for (size_t k = 0; k < policy->n; k++) {
        if (policy->feature[k] != FEATURE_COLUMN || t < 0 || !seen || grid->given[k])
            continue;
        const struct cohort_column *column = cohort_column(grid->cohort, policy->weight[k] + 2);
        value[k] = column && isfinite(column->values[t]) ? column->values[t] : 0;
    }
    inputs_policy(policy, &(struct input_trial){0}, NULL, 0, value, x);
}

static void row_take(const struct grid *grid, const struct animal *animal, size_t t,
                     double zero_answer, struct grid_row *row)
{
    const struct policy *policy = &grid->model->settings.policy;
    bool free_day = !grid_set(grid, VARIABLE_DAY, 0);
    *row = (struct grid_row){.count = 1, .day = free_day && cohort_day(grid->cohort, animal, t)};
    take_features(grid, (long)t, row->x);
    for (size_t k = 0; k < policy->n; k++)
        if (!grid_set(grid, VARIABLE_WEIGHT, k))
            row->w[k] = grid->visited[t * policy->n + k];
    bool free_stimulus = !grid_set(grid, VARIABLE_STIMULUS, 0);
    if (free_stimulus)
        row->stimulus = grid->cohort->stimulus[t];
    if (answer_matters(grid))
        row->answer = free_stimulus || isnan(zero_answer) ? grid->cohort->answer[t] : zero_answer;
}

/* The first weight that is free, -1: none. */
static long free_weight(const struct grid *grid)
{
    for (size_t k = 0; k < grid->model->settings.policy.n; k++)
        if (!grid_set(grid, VARIABLE_WEIGHT, k))
            return (long)k;
    return -1;
}

static size_t sample_size(const struct grid *grid)
{
    size_t cells = grid->x_axis->n * grid->y_axis->n * grid->n_panels;
    size_t n = UPDATES / cells;
    n = n < SAMPLE_LEAST ? SAMPLE_LEAST : n > SAMPLE_MOST ? SAMPLE_MOST : n;
    bool costly = free_weight(grid) >= 0 || !grid_set(grid, VARIABLE_STIMULUS, 0);
    if (grid_past(grid) && costly)
        n = SAMPLE_PAST;
    if (grid->sample)
        n = grid->sample;
    return grid->n_visited < n ? grid->n_visited : n;
}

struct candidate {
    size_t animal, trial;
    double w;
};

static int by_weight(const void *a, const void *b)
{
    const struct candidate *p = a, *q = b;
    if (p->w != q->w)
        return p->w < q->w ? -1 : 1;
    return p->trial < q->trial ? -1 : p->trial > q->trial;
}

/* n trials, one in each n-th part of the visited ones. */
static struct candidate *candidates(const struct grid *grid, size_t n)
{
    struct candidate *all = mem_new(n, sizeof *all);
    size_t taken = 0, rank = 0, next = probe_sample_rank(0, n, grid->n_visited);
    for (size_t a = 0; a < grid->cohort->n_animals && taken < n; a++) {
        const struct animal *animal = &grid->cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count && taken < n; t++)
            if (grid_visited(grid, t) && rank++ == next) {
                all[taken++] = (struct candidate){.animal = a, .trial = t};
                next = probe_sample_rank(taken, n, grid->n_visited);
            }
    }
    return all;
}

/* The same for small n: spread over the free weight's values. */
static struct candidate *few_candidates(const struct grid *grid, size_t n)
{
    size_t most = grid->n_visited < CANDIDATES ? grid->n_visited : CANDIDATES;
    size_t k = (size_t)free_weight(grid), n_weights = grid->model->settings.policy.n;
    struct candidate *all = candidates(grid, most);
    for (size_t i = 0; i < most; i++)
        all[i].w = grid->visited[all[i].trial * n_weights + k];
    qsort(all, most, sizeof *all, by_weight);
    for (size_t j = 0; j < n; j++)
        all[j] = all[(2 * j + 1) * most / (2 * n)];
    return all;
}

void grid_sample(struct grid *grid)
{
    size_t n = sample_size(grid);
    grid->rows = mem_new(n + 1, sizeof *grid->rows);
    grid->n_rows = 0;
    grid->n_sample = n;
    if (n == 0) {
        struct grid_row none = {.count = 1};
        take_features(grid, -1, none.x);
        grid->rows[grid->n_rows++] = none;
        return;
    }
    double right = answer_matters(grid) ? zero_answers(grid) : NAN;
    bool few = grid_past(grid) && free_weight(grid) >= 0 && n < CANDIDATES;
    struct candidate *chosen = few ? few_candidates(grid, n) : candidates(grid, n);
    for (size_t j = 0; j < n; j++) {
        struct grid_row row;
        row_take(grid, &grid->cohort->animals[chosen[j].animal], chosen[j].trial,
                 isnan(right) ? NAN : probe_axis_spread_root2(j) < right, &row);
        row_add(grid, &row);
    }
    free(chosen);
}
