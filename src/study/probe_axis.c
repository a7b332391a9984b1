#include "probe_axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"

static double fraction(double x)
{
    return x - floor(x);
}

static double axis_spread_golden(size_t j)
{
    return fraction((double)j * .6180339887498949 + .5);
}

double probe_axis_spread_root2(size_t j)
{
    return fraction((double)j * 1.4142135623730951 + .25);
}

/* The place of a rank within its part follows the golden ratio: a plain stride would meet
 * every animal at the same age when trials per animal divide evenly. */
size_t probe_sample_rank(size_t j, size_t n, size_t all)
{
    size_t first = (size_t)((double)j * (double)all / (double)n);
    size_t end = (size_t)((double)(j + 1) * (double)all / (double)n);
    return first + (size_t)(axis_spread_golden(j) * (double)(end - first));
}

double probe_axis_nice_step(double value)
{
    double power = pow(10, floor(log10(value)));
    double lead = value / power * (1 + 1e-9);
    return (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power;
}

void probe_axis_free(struct axis *axis)
{
    free(axis->value);
    free(axis->edge);
    axis->value = axis->edge = NULL;
    axis->n = 0;
}

void probe_axis_levels(struct axis *axis, size_t n, const double *value)
{
    axis->levels = true;
    axis->n = n;
    axis->value = mem_copy(value, n, sizeof *value);
    axis->edge = mem_new(n + 1, sizeof *axis->edge);
    for (size_t i = 1; i < n; i++)
        axis->edge[i] = (value[i - 1] + value[i]) / 2;
    axis->edge[0] = n > 1 ? value[0] - (axis->edge[1] - value[0]) : value[0] - .5;
    axis->edge[n] = n > 1 ? value[n - 1] + (value[n - 1] - axis->edge[n - 1]) : value[0] + .5;
}

static void axis_cells(struct axis *axis, size_t n, double lo, double hi)
{
    axis->levels = false;
    axis->n = n;
    axis->value = mem_new(n, sizeof *axis->value);
    axis->edge = mem_new(n + 1, sizeof *axis->edge);
    for (size_t i = 0; i <= n; i++)
        axis->edge[i] = lo + (hi - lo) * (double)i / (double)n;
    /* A centre at zero must be zero itself: there the side that pays is open. */
    for (size_t i = 0; i < n; i++) {
        double centre = (axis->edge[i] + axis->edge[i + 1]) / 2;
        axis->value[i] = fabs(centre) < 1e-9 * (hi - lo) ? 0 : centre;
    }
}

static double cells_per_unit(const struct axis *axis)
{
    return (double)axis->n / (axis->edge[axis->n] - axis->edge[0]);
}

/* Of even cells: guessed, then the edges settle the rounding. */
static long even_cell(const struct axis *axis, double per, double value)
{
    if (!(value >= axis->edge[0] && value <= axis->edge[axis->n]))
        return -1;
    size_t i = (size_t)((value - axis->edge[0]) * per);
    i = i < axis->n ? i : axis->n - 1;
    while (i > 0 && value < axis->edge[i])
        i--;
    while (i + 1 < axis->n && value >= axis->edge[i + 1])
        i++;
    return (long)i;
}

long probe_axis_cell(const struct axis *axis, double value)
{
    if (!axis->levels)
        return even_cell(axis, cells_per_unit(axis), value);
    if (!(value >= axis->edge[0] && value <= axis->edge[axis->n]))
        return -1;
    size_t lo = 0, hi = axis->n;
    while (hi - lo > 1) {
        size_t middle = (lo + hi) / 2;
        if (value >= axis->edge[middle])
            lo = middle;
        else
            hi = middle;
    }
    return (long)lo;
}

/* The slot of a value in a memo. */
static size_t memo_place(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (size_t)(bits * 0x9e3779b97f4a7c15u >> 58) % FINDER_MEMO;
}

void finder_set(struct finder *finder, const struct axis *axis)
{
    finder->axis = axis;
    finder->per = cells_per_unit(axis);
    for (size_t i = 0; i < FINDER_MEMO; i++)
        finder->value[i] = NAN;
}

long finder_cell(struct finder *finder, double value)
{
    if (!finder->axis->levels)
        return even_cell(finder->axis, finder->per, value);
    size_t at = memo_place(value);
    if (finder->value[at] != value) {
        finder->value[at] = value;
        finder->cell[at] = probe_axis_cell(finder->axis, value);
    }
    return finder->cell[at];
}

/* Distinct visited values, ascending, of which AXIS_LEVELS may be kept. */
struct levels {
    size_t n;
    bool many; /* there are more */
    double value[AXIS_LEVELS], lo, hi;
    double seen[FINDER_MEMO];
};

static void levels_add(struct levels *l, double value)
{
    size_t i = 0, at = memo_place(value);
    if (value == l->seen[at] || !isfinite(value))
        return;
    l->seen[at] = value;
    l->lo = fmin(l->lo, value);
    l->hi = fmax(l->hi, value);
    while (i < l->n && l->value[i] < value)
        i++;
    if (l->many || (i < l->n && l->value[i] == value))
        return;
    l->many = l->n == AXIS_LEVELS;
    if (l->many)
        return;
    memmove(l->value + i + 1, l->value + i, (l->n - i) * sizeof *l->value);
    l->value[i] = value;
    l->n++;
}

static void levels_visited(const struct variable *variable, const struct cohort *cohort,
                           struct levels *out)
{
    *out = (struct levels){.lo = INFINITY, .hi = -INFINITY};
    for (size_t i = 0; i < FINDER_MEMO; i++)
        out->seen[i] = NAN;
    for (size_t a = 0; cohort && a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count; t++)
            if (trial_known(cohort, t))
                levels_add(out, variable_visited(variable, animal, t));
    }
}

/* Outwards to multiples of a nice step, so that axes stay put while a fit moves. */
static void widen(double *lo, double *hi)
{
    double step = probe_axis_nice_step((*hi - *lo) / 8);
    *lo = step * floor(*lo / step + 1e-9);
    *hi = step * ceil(*hi / step - 1e-9);
}

/* The range of weight k over visited trials, with zero and a little room in it. */
static void visited_range(const struct cohort *cohort, const float *visited, size_t n_weights,
                          size_t k, double *lo, double *hi)
{
    *lo = -.25;
    *hi = .25;
    for (size_t t = 0; cohort && visited && t < cohort->n_trials; t++) {
        double w = visited[t * n_weights + k];
        if (isfinite(w) && trial_known(cohort, t)) {
            *lo = w < *lo ? w : *lo;
            *hi = w > *hi ? w : *hi;
        }
    }
    widen(lo, hi);
}

/* Replaces lo and hi by what was asked for, if anything was. */
static bool range_asked(const struct axis_request *request, double *lo, double *hi, struct err *err)
{
    if (!isnan(request->lo))
        *lo = request->lo;
    if (!isnan(request->hi))
        *hi = request->hi;
    if (isfinite(*lo) && isfinite(*hi) && *lo < *hi)
        return true;
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    return err_set(err, ERR_USAGE, "%s: %s from %s to %s is not a range; it must go up",
                   request->verb, request->option, number_format(a, *lo, 4),
                   number_format(b, *hi, 4));
}

/* Levels where few values were visited, else cells over their range. */
static bool visited_axis(const struct policy *policy, const struct cohort *cohort,
                         const struct variable *variable, const struct axis_request *request,
                         size_t cells, struct axis *axis, struct err *err)
{
    struct levels l;
    double level[AXIS_LEVELS];
    size_t kept = 0;
    levels_visited(variable, cohort, &l);
    if (l.n == 0 || l.many) {
        if (l.lo < l.hi)
            widen(&l.lo, &l.hi);
        else
            l.lo = -1, l.hi = 1;
        if (!range_asked(request, &l.lo, &l.hi, err))
            return false;
        axis_cells(axis, cells, l.lo, l.hi);
        return true;
    }
    for (size_t i = 0; i < l.n; i++)
        if (!(l.value[i] < request->lo) && !(l.value[i] > request->hi))
            level[kept++] = l.value[i];
    if (kept == 0)
        return err_set(err, ERR_USAGE, "%s: no %s of %s is in the range asked for %s",
                       request->verb, variable_name(policy, variable), cohort->name,
                       request->option);
    probe_axis_levels(axis, kept, level);
    return true;
}

bool probe_axis_make(const struct policy *policy, const struct cohort *cohort, const float *visited,
                     const struct variable *variable, const struct axis_request *request,
                     struct axis *out, struct err *err)
{
    struct axis axis = {0};
    struct variable bound = *variable;
    size_t cells = request->n ? request->n : AXIS_CELLS;
    double lo, hi;
    if (cells > AXIS_MOST)
        return err_set(err, ERR_USAGE, "%s: %zu cells on %s; at most %d", request->verb, cells,
                       request->option, AXIS_MOST);
    variable_bind(&bound, policy, cohort, visited);
    if (variable_binary(variable)) {
        probe_axis_levels(&axis, 2, (const double[]){0, 1});
    } else if (variable->kind == VARIABLE_WEIGHT) {
        visited_range(cohort, visited, policy->n, variable->which, &lo, &hi);
        if (!range_asked(request, &lo, &hi, err))
            return false;
        axis_cells(&axis, cells, lo, hi);
    } else if (!visited_axis(policy, cohort, &bound, request, cells, &axis, err)) {
        return false;
    }
    snprintf(axis.name, sizeof axis.name, "%s", variable_name(policy, variable));
    *out = axis;
    return true;
}
