/* What an ensemble answers in place of a rule of its own.  Private to learn. */
#ifndef LEARN_ENSEMBLE_INSIDE_H
#define LEARN_ENSEMBLE_INSIDE_H

#include <pthread.h>

#include "deltaw/learn/ensemble.h"

enum { ENSEMBLE_COHORTS = 2 }; /* whose P(right) is kept */

struct ensemble_memory {
    pthread_mutex_t lock;
    struct {
        struct cohort *cohort; /* a reference */
        float *right;          /* [n_trials] */
    } kept[ENSEMBLE_COHORTS];  /* the newest first */
};

/* Where intervals of it are from; none while one of its members is on the plateau. */
enum interval_kind ensemble_kind(const struct ensemble *ensemble);
/* As model_sweep, model_loss and rule.interval. */
void ensemble_sweep(const struct ensemble *ensemble, const struct cohort *cohort, float *w);
void ensemble_losses(const struct model *model, const struct cohort *cohort, double *losses,
                     size_t *n_scored);
bool ensemble_interval(const struct model *model, const struct interval_request *request,
                       double *mean, double *lower, double *upper);
/* As model_trajectory, along the trajectories of each member. */
bool ensemble_trajectory(const struct model *model, const struct cohort *cohort,
                         const uint8_t *keep, struct gp_value *updates, struct gp_value *weights);
/* As model_score. */
void ensemble_score(const struct model *model, const struct cohort *cohort, const double *w0,
                    const uint8_t *scored, double *losses, size_t *n_scored);
/* As model_sweep, of a cohort that is followed from its first trial, from weights w0
 * [n_animals][K]; of no ensemble. */
void model_follow(const struct model *model, const struct cohort *cohort, const double *w0,
                  float *w);
/* As model_expectation. */
bool ensemble_expectation(const struct model *model, const struct cohort *cohort,
                          const struct expectation_request *request, struct gp_value *out);
/* Adds the P(right) of one member over n to right [n_trials]; w [n_trials][K] is room. */
void ensemble_add_right(const struct model *member, const struct cohort *cohort, double n, float *w,
                        double *right);

#endif
