/* How well the choices of a simulated cohort can determine its rule at all. */
#ifndef DELTAW_STUDY_CRAMER_RAO_H
#define DELTAW_STUDY_CRAMER_RAO_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/data/cohort.h"
#include "deltaw/learn/policy.h"

/* A rule with few free values: for each weight it adds one value to the true update in each
 * of 8 cells, by side chosen, outcome, and the weight below or above its median.  r2
 * [n_weights]: 1 - (mean variance of these values over the trials visited) / (variance of
 * the true update), the variances from the inverse Fisher information (Cramer and Rao):
 * what an unbiased estimate reaches at best, on average over cohorts like this one.  It can
 * be negative.  NaN: the true update of that weight never varies, or the information is
 * singular. */
struct cramer_rao {
    size_t n_weights, n_values; /* n_values: cells that were visited, all weights */
    double r2[POLICY_MAX];
};
/* False when the cohort has no truth in the weights of `policy`, or one with a
 * memory, weight noise or another policy than the logistic one. */
bool cramer_rao_compute(const struct cohort *cohort, const struct policy *policy,
                        struct cramer_rao *out, struct err *err);

#endif
