/* Ground-truth agents: cohorts made by a known rule (SCIENCE 2 and 4).  The
 * truth travels with the cohort: settings as JSON in cohort->truth, the weights
 * of every trial in the columns true_w_stim, true_w_bias. */
#ifndef DELTAW_STUDY_SIMULATE_H
#define DELTAW_STUDY_SIMULATE_H

#include <stdatomic.h>
#include <stdint.h>

#include "deltaw/base/option.h"
#include "deltaw/data/cohort.h"
#include "deltaw/learn/policy.h"

/* The rows of `simulate`'s named arguments. */
extern const struct option simulate_options[];

/* What made a cohort, read back from cohort->truth. */
struct truth {
    char rule[32];           /* "reinforce" */
    struct policy policy;
    double alpha[POLICY_MAX];    /* per weight */
    double baseline[POLICY_MAX]; /* per weight */
    double noise;            /* sd of N(0, sd^2) added to learning weights each trial */
    char stimuli[16];        /* "ibl" or "grid" */
    uint64_t seed;
};
/* False: the cohort has no truth, or one this version does not know (err). */
bool truth_read(const struct cohort *cohort, struct truth *out, struct err *err);
/* The true update: dw [K] from w [K], x [K], choice, reward, answer. */
void truth_update(const struct truth *truth, const double *w, const double *x, int choice,
                  double reward, int answer, double *dw);

/* args: checked against simulate_options; rule is the positional word.  The
 * same seed gives the same bits.  *cancel and *permille may be NULL. */
bool simulate(const char *rule, const struct args *args, const char *command,
              const atomic_bool *cancel, atomic_int *permille, struct cohort **out,
              struct err *err);

#endif
