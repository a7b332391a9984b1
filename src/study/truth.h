/* The truth of a simulated cohort, for simulate.c and the readers of true
 * weights.  Private to study. */
#ifndef DELTAW_SRC_STUDY_TRUTH_H
#define DELTAW_SRC_STUDY_TRUTH_H

#include "deltaw/study/simulate.h"

/* What a column of true weights is called: TRUE_PREFIX "w_stim". */
#define TRUE_PREFIX "true_"

/* Which options of `simulate` mean something to a rule. */
enum truth_takes {
    TAKES_ALPHA = 1,
    TAKES_BASELINE = 2,
    TAKES_ERROR = 4, /* alpha_error */
    TAKES_WINDOW = 8,
    TAKES_FORGETTING = 16,
};
unsigned truth_takes(const char *rule); /* 0: static or unknown */

extern const char *const decision_names[]; /* by enum decision, NULL-terminated */

/* Of a given group, or of the animal with this number in the order of the run. */
void truth_of_group(const struct truth *truth, size_t group, struct truth *out);
size_t truth_group(const struct truth *truth, size_t animal);
/* alpha and alpha_error: the means over the groups. */
void truth_average(struct truth *truth);

/* Where the weights start: lo = hi unless drawn between them; NaN: spread. */
struct truth_range {
    double lo, hi;
};

/* What the JSON says besides struct truth: how the cohort was laid out. */
struct truth_layout {
    size_t animals, trials, session; /* trials per animal, per session */
    struct truth_range w0, bias0;    /* bias0.lo NaN: drawn from {-1, 0, 1} */
    bool model_w0, model_bias0;      /* from the model instead */
    const char *command;             /* NULL: not known */
};

/* JSON text; the caller frees.  model NULL: the agents followed the truth. */
char *truth_write(const struct truth *truth, const struct truth_layout *layout,
                  const struct model *model);

/* Columns with the true weights of this policy, [K]; false when one is missing. */
bool truth_columns(const struct cohort *cohort, const struct policy *policy,
                   const float *columns[POLICY_MAX], struct err *err);

/* The truth, when the cohort has one in the very weights of `policy`. */
bool truth_for_policy(const struct cohort *cohort, const struct policy *policy, struct truth *out,
                      struct err *err);

/* 1 / (1 + exp(-z)), without loss at either end. */
double truth_sigmoid(double z);

#endif
