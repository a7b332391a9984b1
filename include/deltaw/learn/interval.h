/* Intervals of what a model says: where they are from, and how a rule is asked for those
 * of its updates. */
#ifndef DELTAW_LEARN_INTERVAL_H
#define DELTAW_LEARN_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

struct model;

/* Of nine tenths: so much of a normal distribution is within so many standard errors. */
#define INTERVAL_PERCENT 90
#define INTERVAL_ERRORS  1.6448536269514722

enum interval_kind {
    INTERVAL_NONE,
    INTERVAL_ERROR,     /* standard errors of a fit by maximum likelihood */
    INTERVAL_POSTERIOR, /* of a Bayesian rule */
    INTERVAL_ROBUST,    /* of one, by how its animals scatter (sandwich) */
    INTERVAL_BOOTSTRAP, /* fits to animals drawn again */
    INTERVAL_SPREAD,    /* over seeds: no claim that the truth lies in it */
};

const char *interval_word(enum interval_kind kind); /* "none", "standard error" ... */

/* Is the sign settled?  Not where 0 lies inside, but where the rule is 0 by its form; where
 * nothing is known (NaN) nothing is unsettled. */
static inline bool interval_settled(double lower, double upper)
{
    return !(lower <= 0 && upper >= 0) || lower == upper;
}

/* Weighted sums of one weight's updates, as a map's cell is of those of many trials: an
 * interval of a sum is not the sum of intervals.  Updates are as for rule_state_step. */
struct interval_request {
    size_t n_sums, n;     /* sums, updates */
    const size_t *sum;    /* [n] which sum an update goes into ... */
    const double *weight; /* [n] ... and with which weight */
    const double *u;      /* [n][rule_inputs] */
    const double *x;      /* [n][K] */
    const double *answer; /* [n] */
    const double *state;  /* [n][n_state] before the update; NULL: the rule keeps none */
    size_t n_state;
    size_t component; /* of dw */
    bool robust;      /* by the sandwich over animals, of rules with a posterior */
};

/* Sums of P(right) along animals' trajectories, such as its mean in a bin or the
 * share correct that a model expects. */
struct expectation_request {
    size_t n, n_sums;
    const size_t *trial;  /* [n] of the cohort, ascending */
    const size_t *sum;    /* [n] which sum it goes into ... */
    const double *factor; /* [n] ... and with which factor */
};

/* Estimate (may be NULL), lower and upper [n_sums].  Any thread.  False: the model knows
 * none; NaN in single sums: none of these. */
bool model_interval(const struct model *model, const struct interval_request *request, double *mean,
                    double *lower, double *upper);
/* Where those of a model's maps are from. */
enum interval_kind model_interval_kind(const struct model *model);
/* And those of weights along animals' trajectories, and of what is expected of them. */
enum interval_kind model_trajectory_kind(const struct model *model);

#endif
