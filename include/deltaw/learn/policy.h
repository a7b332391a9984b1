/* The policy: which features the logistic regression sees, P(right) =
 * sigmoid(sum_k w_k x_k).  SCIENCE 1. */
#ifndef DELTAW_LEARN_POLICY_H
#define DELTAW_LEARN_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"
#include "deltaw/data/cohort.h"

enum { POLICY_MAX = 12, POLICY_NAME = 40 };

enum policy_feature {
    FEATURE_STIMULUS, /* s_t */
    FEATURE_BIAS,     /* 1 */
};

struct policy {
    size_t n; /* number of weights, K */
    enum policy_feature feature[POLICY_MAX];
    char weight[POLICY_MAX][POLICY_NAME]; /* "w_stim", "w_bias": the names in outputs and files */
    char text[128];                       /* "stim+bias" */
};

bool policy_parse(const char *text, struct policy *out, struct err *err);
/* x_t of one trial (index into the cohort's columns) of one animal: x [K] */
void policy_features(const struct policy *policy, const struct cohort *cohort,
                     const struct animal *animal, size_t trial, double *x);
/* Index of the weight with this name ("w_stim"), or -1. */
long policy_weight(const struct policy *policy, const char *name);

#endif
