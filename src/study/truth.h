/* The truth of a simulated cohort as JSON, for simulate.c and the readers of
 * true weights.  Private to study. */
#ifndef DELTAW_SRC_STUDY_TRUTH_H
#define DELTAW_SRC_STUDY_TRUTH_H

#include "deltaw/study/simulate.h"

/* Rules that can be simulated, NULL-terminated. */
extern const char *const truth_rules[];

/* What the JSON says besides struct truth: how the cohort was laid out. */
struct truth_layout {
    size_t animals, trials, session; /* trials per animal, per session */
    double w0, bias0;                /* bias0 NaN: drawn from {-1, 0, 1} */
    const char *command;             /* NULL: not known */
};

/* JSON text; the caller frees. */
char *truth_write(const struct truth *truth, const struct truth_layout *layout);

/* Columns with the true weights of this policy, [K]; false when one is missing. */
bool truth_columns(const struct cohort *cohort, const struct policy *policy,
                   const float *columns[POLICY_MAX], struct err *err);

/* The truth, when the cohort has one in the very weights of `policy`. */
bool truth_for_policy(const struct cohort *cohort, const struct policy *policy,
                      struct truth *out, struct err *err);

/* x [K] of a stimulus that need not be a lived one. */
void policy_at(const struct policy *policy, double stimulus, double *x);

/* 1 / (1 + exp(-z)), without loss at either end. */
double sigmoid(double z);

#endif
