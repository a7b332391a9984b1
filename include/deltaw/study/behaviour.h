/* What the animals did: learning curves, weights over trials. */
#ifndef DELTAW_STUDY_BEHAVIOUR_H
#define DELTAW_STUDY_BEHAVIOUR_H

#include "deltaw/base/table.h"
#include "deltaw/learn/model.h"

/* Share of correct choices (trials whose reward is known) in bins of trials. */
struct learning_curve {
    size_t n_bins, bin; /* bin: trials per bin */
    size_t n_animals;
    double *animal;     /* [n_animals][n_bins], NaN where there is no trial */
    double *mean, *sem; /* [n_bins] over the animals that have the bin */
    size_t *n;          /* [n_bins] how many those are */
};
void learning_curve_compute(const struct cohort *cohort, size_t bin, struct learning_curve *out);
void learning_curve_free(struct learning_curve *curve);
/* What a model expects, [n_bins] each; NULL: nothing, no interval. */
struct learning_expectation {
    const double *expected, *low, *high;
    enum interval_kind interval; /* where low and high are from */
};
/* After the columns of all animals those of the expectation (NULL: none), where it is:
 * expected, expected_low, expected_high, interval. */
void learning_curve_table(const struct cohort *cohort, const struct learning_curve *curve,
                          const struct learning_expectation *expectation, struct table *out);

/* What a model expects of it, given the weights visited under it, [n_trials][K]:
 * expected [n_bins], the mean over animals of each one's mean P(correct), over
 * about `most` trials evenly spread (0: all); NaN where there is no trial. */
void learning_curve_expect(const struct learning_curve *curve, const struct model *model,
                           const struct cohort *cohort, const float *visited, size_t most,
                           double *expected);

/* Its 90 % interval by the model's posterior, about `expected`: low, high [n_bins].  False:
 * the model has none. */
bool learning_curve_band(const struct learning_curve *curve, const struct model *model,
                         const struct cohort *cohort, const double *expected, double *low,
                         double *high);

/* P(right) under the weights w [K] of a trial, lapses counted. */
double trajectory_p_right(const struct model *model, const struct cohort *cohort,
                          const struct animal *animal, size_t trial, const float *w);

/* Weights of one animal over its trials and what they predict. */
struct trajectory {
    size_t n, n_weights;
    double *w;       /* [n][K] */
    double *p_right; /* [n] */
    double *truth;   /* [n][K], NULL when the cohort has none */
    bool *day;       /* [n] first trial of a session (but the first) */
    /* 90 % intervals: NULL until trajectory_band; NaN where none was asked for */
    double *low, *high;          /* [n][K] of w */
    double *p_low, *p_high;      /* [n] of p_right */
    enum interval_kind interval; /* where they are from */
};
void trajectory_compute(const struct model *model, const struct cohort *cohort, size_t animal,
                        const float *visited, struct trajectory *out);
/* On about `most` of the trials, evenly spread, with the first and the last; 0: on all.
 * False: the model has no posterior. */
bool trajectory_band(const struct model *model, const struct cohort *cohort, size_t animal,
                     size_t most, struct trajectory *out);
void trajectory_free(struct trajectory *trajectory);

/* P(right) over one animal's trials, separately for stimuli on the left [0] and on the
 * right [1]: as chosen, and as the model expected on the same trials. */
struct sides {
    size_t n_bins, bin;
    double *x;                       /* [n_bins] middle trial, from 1 */
    double *chosen[2], *expected[2]; /* [n_bins]; NaN: no such trial */
    size_t n[2];                     /* trials of either side */
};
void trajectory_sides(const struct trajectory *trajectory, const struct cohort *cohort,
                      size_t animal, size_t bin, struct sides *out);
void trajectory_sides_free(struct sides *sides);
/* subject,session,trial,p_right, then a column per weight; of a model with a posterior then
 * p_right_low, p_right_high and so of each weight, and interval (interval_word).  animal -1:
 * all. */
void trajectory_table(const struct model *model, const struct cohort *cohort, long animal,
                      const float *visited, struct table *out);

#endif
