/* What the files that simulate and those that compare share of the truth.  Private to
 * study. */
#ifndef DELTAW_SRC_STUDY_TRUTH_H
#define DELTAW_SRC_STUDY_TRUTH_H

#include "deltaw/study/truth.h"

/* What a column of true weights is called: TRUE_PREFIX "w_stim". */
#define TRUE_PREFIX "true_"

/* Where the weights start: lo = hi unless drawn between them; NaN: spread. */
struct truth_range {
    double lo, hi;
};

/* What the JSON says besides struct truth: how the cohort was laid out. */
struct truth_layout {
    size_t animals, trials, session; /* trials per animal, per session */
    struct truth_range w0, bias0;    /* bias0.lo NaN: drawn from {-1, 0, 1} */
    bool each;                       /* a start of its own for each weight instead: */
    struct truth_range own[POLICY_MAX];
    bool model_w0, model_bias0; /* from the model instead */
    const struct model *fitted; /* the agents are of this model; NULL: of a rule */
    const char *command;        /* NULL: not known */
};

/* JSON text; the caller frees. */
char *truth_write(const struct truth *truth, const struct truth_layout *layout);

/* Columns with the true weights of this policy, [K]; false when one is missing. */
bool truth_columns(const struct cohort *cohort, const struct policy *policy,
                   const float *columns[POLICY_MAX], struct err *err);

/* The truth, when the cohort has one in the very weights of `policy`. */
bool truth_for_policy(const struct cohort *cohort, const struct policy *policy, struct truth *out,
                      struct err *err);

#endif
