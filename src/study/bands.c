/* Intervals of weights and of what a model expects, from its posterior
 * or its members. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/interval.h"
#include "deltaw/study/behaviour.h"
#include "deltaw/study/psychometric.h"

/* Trials that the intervals of means are taken from, evenly spread: they change less from
 * trial to trial than the means themselves. */
enum { BAND_TRIALS = 5000 };

/* A request that grows. */
struct asking {
    size_t n, *trial, *sum;
    double *factor;
};

static struct asking asking_new(size_t most)
{
    return (struct asking){.trial = mem_new(most, sizeof(size_t)),
                           .sum = mem_new(most, sizeof(size_t)),
                           .factor = mem_new(most, sizeof(double))};
}

static void asking_add(struct asking *a, size_t trial, size_t sum, double factor)
{
    a->trial[a->n] = trial, a->sum[a->n] = sum, a->factor[a->n++] = factor;
}

/* Frees it; NULL: the model knows none. */
static struct gp_value *asking_answer(struct asking *a, size_t n_sums, const struct model *model,
                                      const struct cohort *cohort)
{
    struct gp_value *out = mem_new(n_sums, sizeof *out);
    struct expectation_request request = {
        .n = a->n, .n_sums = n_sums, .trial = a->trial, .sum = a->sum, .factor = a->factor};
    if (!model_expectation(model, cohort, &request, out)) {
        free(out);
        out = NULL;
    }
    free(a->trial), free(a->sum), free(a->factor);
    return out;
}

/* --- weights ------------------------------------------------------------------- */

bool trajectory_band(const struct model *model, const struct cohort *cohort, size_t animal,
                     size_t most, struct trajectory *path)
{
    size_t k = path->n_weights, first = cohort->animals[animal].first, n = 0;
    size_t step = most && path->n > most ? (path->n + most - 1) / most : 1;
    uint8_t *keep = mem_new(cohort->n_trials, 1);
    struct asking asking = asking_new(path->n);
    for (size_t i = 0; i < path->n; i++)
        if (i % step == 0 || i + 1 == path->n) {
            keep[first + i] = 1;
            asking_add(&asking, first + i, n++, 1);
        }
    struct gp_value *w = mem_new(n * k, sizeof *w), *v = w;
    bool known = model_trajectory(model, cohort, false, keep, NULL, w);
    struct gp_value *right = asking_answer(&asking, n, model, cohort), *p = right;
    if (known) {
        path->interval = model_trajectory_kind(model);
        path->low = mem_new(path->n * k, sizeof *path->low);
        path->high = mem_new(path->n * k, sizeof *path->high);
        path->p_low = mem_new(path->n, sizeof *path->p_low);
        path->p_high = mem_new(path->n, sizeof *path->p_high);
    }
    for (size_t i = 0; known && i < path->n; i++) {
        bool there = keep[first + i];
        for (size_t j = 0; j < k; j++, v += there) {
            path->low[i * k + j] = there ? v->low : NAN;
            path->high[i * k + j] = there ? v->high : NAN;
        }
        path->p_low[i] = there && p ? p->low : NAN;
        path->p_high[i] = there && p ? p->high : NAN;
        p += there && p;
    }
    free(keep), free(w), free(right);
    return known;
}

/* --- share correct ------------------------------------------------------------------ */

/* Trials of an animal in each bin, every stride-th whose reward is known. */
static void count_bins(const struct learning_curve *curve, const struct cohort *cohort,
                       const struct animal *animal, size_t stride, size_t *n)
{
    memset(n, 0, curve->n_bins * sizeof *n);
    for (size_t i = 0; i < animal->count; i += stride) {
        float reward = cohort->reward[animal->first + i];
        if (i / curve->bin < curve->n_bins && (reward == 0 || reward == 1))
            n[i / curve->bin]++;
    }
}

bool learning_curve_band(const struct learning_curve *curve, const struct model *model,
                         const struct cohort *cohort, const double *expected, double *low,
                         double *high)
{
    size_t bins = curve->n_bins, stride = cohort->n_trials / BAND_TRIALS + 1;
    stride = stride < curve->bin ? stride : curve->bin;
    struct asking asking = asking_new(cohort->n_trials);
    size_t *n = mem_new(bins, sizeof *n), *animals = mem_new(bins, sizeof *animals);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        count_bins(curve, cohort, &cohort->animals[a], stride, n);
        for (size_t b = 0; b < bins; b++)
            animals[b] += n[b] > 0;
    }
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        count_bins(curve, cohort, animal, stride, n);
        for (size_t i = 0; i < animal->count; i += stride) {
            size_t t = animal->first + i, b = i / curve->bin;
            if (b >= bins || (cohort->reward[t] != 0 && cohort->reward[t] != 1))
                continue;
            double factor = 1. / (double)n[b] / (double)animals[b];
            asking_add(&asking, t, b, cohort->answer[t] ? factor : -factor);
        }
    }
    free(n), free(animals);
    struct gp_value *v = asking_answer(&asking, bins, model, cohort);
    for (size_t b = 0; v && b < bins; b++) {
        low[b] = expected[b] + v[b].low - v[b].mean;
        high[b] = expected[b] + v[b].high - v[b].mean;
    }
    free(v);
    return v;
}

/* --- P(right) by stimulus ------------------------------------------------------------ */

/* Is it one of the trials that stand for all? */
static bool takes_part(const struct psychometric *p, size_t t, size_t stride, size_t *seen)
{
    return p->member[t] && (*seen)++ % stride == 0;
}

bool psychometric_band(struct psychometric *p, const struct model *model,
                       const struct cohort *cohort)
{
    size_t all = 0, seen = 0, sums = p->n_groups * p->n_stimuli, entries = 0;
    for (size_t t = 0; t < cohort->n_trials; t++)
        all += p->member[t] != 0;
    size_t stride = all / BAND_TRIALS + 1, *n = mem_new(sums, sizeof *n);
    for (size_t t = 0; t < cohort->n_trials; t++)
        for (size_t g = 0, bits = takes_part(p, t, stride, &seen) ? p->member[t] : 0; bits;
             g++, bits >>= 1)
            if (bits & 1) {
                n[g * p->n_stimuli + p->level[t]]++;
                entries++;
            }
    struct asking asking = asking_new(entries);
    seen = 0;
    for (size_t t = 0; t < cohort->n_trials; t++)
        for (size_t g = 0, bits = takes_part(p, t, stride, &seen) ? p->member[t] : 0; bits;
             g++, bits >>= 1)
            if (bits & 1) {
                size_t sum = g * p->n_stimuli + p->level[t];
                asking_add(&asking, t, sum, 1. / (double)n[sum]);
            }
    struct gp_value *v = asking_answer(&asking, sums, model, cohort);
    for (size_t i = 0; v && i < sums; i++) {
        struct psychometric_points *points = &p->points[i / p->n_stimuli];
        size_t level = i % p->n_stimuli;
        points->low[level] = n[i] ? points->expected[level] + v[i].low - v[i].mean : NAN;
        points->high[level] = n[i] ? points->expected[level] + v[i].high - v[i].mean : NAN;
    }
    p->interval = v ? model_trajectory_kind(model) : INTERVAL_NONE;
    free(n), free(v);
    return v;
}
