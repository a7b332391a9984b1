/* The policy: which features the logistic regression sees, P(right) =
 * sigmoid(sum_k w_k x_k).  doc/science, the model. */
#ifndef DELTAW_LEARN_POLICY_H
#define DELTAW_LEARN_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/data/cohort.h"

enum { POLICY_MAX = 12, POLICY_NAME = 40 };

enum policy_feature {
    FEATURE_STIMULUS,   /* stim: s_t */
    FEATURE_RIGHT,      /* right: s_t where s_t >= 0, else 0 */
    FEATURE_LEFT,       /* left: s_t where s_t < 0, else 0 */
    FEATURE_PREVSTIM,   /* prevstim: s_{t-1}; 0 on an animal's first trial and after a gap */
    FEATURE_PREVCHOICE, /* prevchoice: -1 left, 1 right; 0 likewise */
    FEATURE_BIAS,       /* bias: 1 */
    FEATURE_COLUMN,     /* any other word: a numeric column of the log */
};

struct policy {
    size_t n; /* number of weights, K */
    enum policy_feature feature[POLICY_MAX];
    char weight[POLICY_MAX][POLICY_NAME]; /* "w_stim", "w_bias": the names in outputs and files */
    char text[128];                       /* "stim+bias" */
};

/* Names joined by "+", in the order the weights are to have. */
bool policy_parse(const char *text, struct policy *out, struct err *err);
/* The columns it names are in the log and have a value on every trial. */
bool policy_check(const struct policy *policy, const struct cohort *cohort, struct err *err);
/* Of the values of the columns it names, in the order of the cohort's; 0 where it names none.
 * cohort.digest is of the trials alone. */
uint64_t policy_digest(const struct policy *policy, const struct cohort *cohort);
/* 1 / (1 + exp(-logit)), without loss at either end. */
double policy_sigmoid(double logit);
/* P(right) where a share of the choices is made by chance: lapse / 2 + (1 - lapse)
 * sigmoid(logit). */
double policy_right(double logit, double lapse);
/* Index of the weight with this name ("w_stim"), or -1. */
long policy_weight(const struct policy *policy, const char *name);

#endif
