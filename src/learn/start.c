#include "start.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"

enum { FIRST_TRIALS = 100 };

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* From the first 100 trials: P(right) per distinct s clamped to [.01,.99],
 * least squares of its logit on [s,1].  One distinct s gives a slope of 0. */
static void psychometric(const struct cohort *cohort, const struct animal *animal, double *slope,
                         double *intercept)
{
    size_t n = animal->count < FIRST_TRIALS ? animal->count : FIRST_TRIALS, levels = 0;
    const float *s = cohort->stimulus + animal->first;
    const uint8_t *y = cohort->choice + animal->first;
    float level[FIRST_TRIALS];
    for (size_t i = 0; i < n; i++)
        level[i] = s[i];
    qsort(level, n, sizeof *level, compare);
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && level[i] == level[i - 1])
            continue;
        double right = 0, all = 0;
        for (size_t j = 0; j < n; j++)
            if (s[j] == level[i]) {
                all++;
                right += y[j];
            }
        double p = fmin(fmax(right / all, .01), .99), logit = log(p / (1 - p));
        levels++;
        sx += level[i], sy += logit;
        sxx += (double)level[i] * level[i], sxy += level[i] * logit;
    }
    double m = (double)levels, spread = m * sxx - sx * sx;
    *slope = levels > 1 && spread > 1e-12 ? (m * sxy - sx * sy) / spread : 0;
    *intercept = levels ? (sy - *slope * sx) / m : 0;
}

void start_weights(const struct fit_settings *settings, const struct cohort *cohort, size_t animal,
                   double *w0)
{
    const struct policy *policy = &settings->policy;
    double slope, intercept;
    for (size_t k = 0; k < policy->n; k++)
        w0[k] = settings->w0.kind == W0_VALUE ? settings->w0.value[k] : 0;
    for (size_t k = 0; k < policy->n && settings->w0.kind == W0_TRUTH; k++) {
        char name[POLICY_NAME + 8];
        snprintf(name, sizeof name, "true_%s", policy->weight[k]);
        const struct cohort_column *column = cohort_column(cohort, name);
        w0[k] = column && cohort->animals[animal].count
                    ? column->values[cohort->animals[animal].first]
                    : 0;
    }
    if (settings->w0.kind != W0_PSYCHOMETRIC && settings->w0.kind != W0_PSYCHOMETRIC_FIXED)
        return;
    psychometric(cohort, &cohort->animals[animal], &slope, &intercept);
    for (size_t k = 0; k < policy->n; k++)
        w0[k] = policy->feature[k] == FEATURE_STIMULUS ? slope
                : policy->feature[k] == FEATURE_BIAS   ? intercept
                                                       : 0;
}
