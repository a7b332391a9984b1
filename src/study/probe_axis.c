#include "probe_axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/strbuf.h"

static const char *const trial_variables[] = {"stimulus", "choice", "reward"};
enum { N_TRIAL_VARIABLES = sizeof trial_variables / sizeof *trial_variables };

static const char *variable_name(const struct policy *policy, size_t i)
{
    if (i < N_TRIAL_VARIABLES)
        return trial_variables[i];
    i -= N_TRIAL_VARIABLES;
    return i < policy->n ? policy->weight[i] : NULL;
}

static const char *next_name(void *context, size_t i)
{
    return variable_name(context, i);
}

bool variable_find(const struct policy *policy, const char *verb, const char *option,
                   const char *name, struct variable *out, struct err *err)
{
    struct strbuf all = {0};
    const char *one;
    for (size_t i = 0; (one = variable_name(policy, i)); i++) {
        if (strcmp(one, name) == 0) {
            strbuf_free(&all);
            bool weight = i >= N_TRIAL_VARIABLES;
            *out = (struct variable){weight ? VARIABLE_WEIGHT : (enum variable_kind)i,
                                     weight ? i - N_TRIAL_VARIABLES : 0};
            return true;
        }
        strbuf_printf(&all, "%s%s", i ? ", " : "", one);
    }
    struct policy names = *policy;
    const char *near = nearest_word(name, next_name, &names);
    err_set(err, ERR_USAGE, "%s: %s=%s is no variable%s%s%s; there are %s", verb, option, name,
            near ? " (did you mean " : "", near ? near : "", near ? "?)" : "", strbuf_text(&all));
    strbuf_free(&all);
    return false;
}

bool variable_same(const struct variable *a, const struct variable *b)
{
    return a->kind == b->kind && (a->kind != VARIABLE_WEIGHT || a->weight == b->weight);
}

bool component_find(const struct policy *policy, const char *verb, const char *name, size_t *out,
                    struct err *err)
{
    long k = policy_weight(policy, name);
    if (k >= 0) {
        *out = (size_t)k;
        return true;
    }
    struct strbuf all = {0};
    for (size_t i = 0; i < policy->n; i++)
        strbuf_printf(&all, "%s%s", i ? ", " : "", policy->weight[i]);
    err_set(err, ERR_USAGE, "%s: of=%s is no weight; the model has %s", verb, name,
            strbuf_text(&all));
    strbuf_free(&all);
    return false;
}

static double fraction(double x)
{
    return x - floor(x);
}

double spread_golden(size_t j)
{
    return fraction((double)j * .6180339887498949 + .5);
}

double spread_root2(size_t j)
{
    return fraction((double)j * 1.4142135623730951 + .25);
}

/* Where in its part a rank lies follows the golden ratio: a plain stride would
 * meet every animal at the same age when trials per animal divide evenly. */
size_t sample_rank(size_t j, size_t n, size_t all)
{
    size_t first = (size_t)((double)j * (double)all / (double)n);
    size_t end = (size_t)((double)(j + 1) * (double)all / (double)n);
    return first + (size_t)(spread_golden(j) * (double)(end - first));
}

double nice_step(double value)
{
    double power = pow(10, floor(log10(value)));
    double lead = value / power * (1 + 1e-9);
    return (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power;
}

void axis_free(struct axis *axis)
{
    free(axis->value);
    free(axis->edge);
    axis->value = axis->edge = NULL;
    axis->n = 0;
}

void axis_levels(struct axis *axis, size_t n, const double *value)
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

long axis_cell(const struct axis *axis, double value)
{
    if (!(value >= axis->edge[0] && value <= axis->edge[axis->n]))
        return -1;
    size_t lo = 0, hi = axis->n;
    if (!axis->levels) {
        /* Even cells: guess, then let the edges decide on rounding. */
        double width = (axis->edge[axis->n] - axis->edge[0]) / (double)axis->n;
        size_t guess = (size_t)((value - axis->edge[0]) / width);
        lo = guess > 0 ? guess - 1 : 0;
        lo = lo < axis->n ? lo : axis->n - 1;
        hi = guess + 2 < axis->n ? guess + 2 : axis->n;
    }
    while (hi - lo > 1) {
        size_t middle = (lo + hi) / 2;
        if (value >= axis->edge[middle])
            lo = middle;
        else
            hi = middle;
    }
    return (long)lo;
}

/* A place in a memo for a value. */
static size_t memo_place(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (size_t)(bits * 0x9e3779b97f4a7c15u >> 58) % FINDER_MEMO;
}

void finder_set(struct finder *finder, const struct axis *axis)
{
    finder->axis = axis;
    finder->per = (double)axis->n / (axis->edge[axis->n] - axis->edge[0]);
    for (size_t i = 0; i < FINDER_MEMO; i++)
        finder->value[i] = NAN;
}

long finder_cell(struct finder *finder, double value)
{
    const struct axis *axis = finder->axis;
    if (!axis->levels) {
        if (!(value >= axis->edge[0] && value <= axis->edge[axis->n]))
            return -1;
        size_t i = (size_t)((value - axis->edge[0]) * finder->per);
        i = i < axis->n ? i : axis->n - 1;
        while (i > 0 && value < axis->edge[i])
            i--;
        while (i + 1 < axis->n && value >= axis->edge[i + 1])
            i++;
        return (long)i;
    }
    size_t at = memo_place(value);
    if (finder->value[at] != value) {
        finder->value[at] = value;
        finder->cell[at] = axis_cell(axis, value);
    }
    return finder->cell[at];
}

/* Distinct visited stimuli, ascending, into value[AXIS_LEVELS]; 0 when there are
 * more than that or none.  lo and hi become the range. */
static size_t distinct_stimuli(const struct cohort *cohort, double *value, double *lo, double *hi)
{
    size_t n = 0;
    bool many = false;
    float seen[FINDER_MEMO];
    for (size_t i = 0; i < FINDER_MEMO; i++)
        seen[i] = NAN;
    *lo = INFINITY;
    *hi = -INFINITY;
    for (size_t t = 0; cohort && t < cohort->n_trials; t++) {
        float s = cohort->stimulus[t];
        size_t at = memo_place(s);
        if (s == seen[at] || !trial_known(cohort, t) || !isfinite(s))
            continue;
        seen[at] = s;
        *lo = fmin(*lo, s);
        *hi = fmax(*hi, s);
        size_t i = 0;
        while (i < n && value[i] < s)
            i++;
        if (many || (i < n && value[i] == s))
            continue;
        many = n == AXIS_LEVELS;
        if (many)
            continue;
        memmove(value + i + 1, value + i, (n - i) * sizeof *value);
        value[i] = s;
        n++;
    }
    return many ? 0 : n;
}

/* Outwards to multiples of a nice step, so that axes stay put while a fit moves. */
static void widen(double *lo, double *hi)
{
    double step = nice_step((*hi - *lo) / 8);
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

/* What was asked for, where it was, in place of lo and hi. */
static bool range_asked(const struct axis_request *request, double *lo, double *hi, struct err *err)
{
    if (!isnan(request->lo))
        *lo = request->lo;
    if (!isnan(request->hi))
        *hi = request->hi;
    if (isfinite(*lo) && isfinite(*hi) && *lo < *hi)
        return true;
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    return err_set(err, ERR_USAGE, "%s: %s from %s to %s is no range; it must go up", request->verb,
                   request->option, number_format(a, *lo, 4), number_format(b, *hi, 4));
}

static bool stimulus_axis(const struct cohort *cohort, const struct axis_request *request,
                          size_t cells, struct axis *axis, struct err *err)
{
    double level[AXIS_LEVELS], lo, hi;
    size_t n = distinct_stimuli(cohort, level, &lo, &hi), kept = 0;
    if (n == 0) {
        if (lo < hi)
            widen(&lo, &hi);
        else
            lo = -1, hi = 1;
        if (!range_asked(request, &lo, &hi, err))
            return false;
        axis_cells(axis, cells, lo, hi);
        return true;
    }
    for (size_t i = 0; i < n; i++)
        if (!(level[i] < request->lo) && !(level[i] > request->hi))
            level[kept++] = level[i];
    if (kept == 0)
        return err_set(err, ERR_USAGE, "%s: no stimulus of %s is in the range asked for %s",
                       request->verb, cohort->name, request->option);
    axis_levels(axis, kept, level);
    return true;
}

bool axis_make(const struct policy *policy, const struct cohort *cohort, const float *visited,
               const struct variable *variable, const struct axis_request *request,
               struct axis *out, struct err *err)
{
    struct axis axis = {0};
    size_t cells = request->n ? request->n : AXIS_CELLS;
    double lo, hi;
    if (cells > AXIS_MOST)
        return err_set(err, ERR_USAGE, "%s: %zu cells on %s; at most %d", request->verb, cells,
                       request->option, AXIS_MOST);
    switch (variable->kind) {
    case VARIABLE_CHOICE:
    case VARIABLE_REWARD: axis_levels(&axis, 2, (const double[]){0, 1}); break;
    case VARIABLE_STIMULUS:
        if (!stimulus_axis(cohort, request, cells, &axis, err))
            return false;
        break;
    case VARIABLE_WEIGHT:
        visited_range(cohort, visited, policy->n, variable->weight, &lo, &hi);
        if (!range_asked(request, &lo, &hi, err))
            return false;
        axis_cells(&axis, cells, lo, hi);
        break;
    }
    size_t i = (size_t)variable->kind + (variable->kind == VARIABLE_WEIGHT ? variable->weight : 0);
    snprintf(axis.name, sizeof axis.name, "%s", variable_name(policy, i));
    *out = axis;
    return true;
}
