#include "deltaw/study/reference.h"

#include <math.h>
#include <string.h>

#include "deltaw/learn/randomwalk.h"

bool reference_for(const struct model *walk, const struct model *model)
{
    return walk->randomwalk && !model->rule->no_updates && !model->rule->no_weights &&
           walk->cohort_digest == model->cohort_digest &&
           strcmp(walk->settings.policy.text, model->settings.policy.text) == 0;
}

void reference_inside(const struct model *walk, size_t first, size_t count, const float *w,
                      double *share)
{
    const struct randomwalk_set *set = walk->randomwalk;
    size_t k_n = set->n_weights;
    for (size_t k = 0; k < k_n; k++)
        share[k] = count ? 0 : NAN;
    for (size_t i = first * k_n; i < (first + count) * k_n; i++)
        share[i % k_n] += fabs((double)w[i] - set->w[i]) <= INTERVAL_ERRORS * set->sd[i];
    for (size_t k = 0; k < k_n; k++)
        share[k] /= (double)count;
}
