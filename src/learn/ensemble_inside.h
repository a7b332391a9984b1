/* What an ensemble answers in place of a rule of its own.  Private to learn. */
#ifndef LEARN_ENSEMBLE_INSIDE_H
#define LEARN_ENSEMBLE_INSIDE_H

#include "deltaw/learn/ensemble.h"

/* Where intervals of it are from; none while one of its members is on the plateau. */
enum interval_kind ensemble_kind(const struct ensemble *ensemble);
/* As model_sweep, model_loss and rule.interval. */
void ensemble_sweep(const struct ensemble *ensemble, const struct cohort *cohort, float *w);
void ensemble_losses(const struct model *model, const struct cohort *cohort, double *losses,
                     size_t *n_scored);
bool ensemble_interval(const struct model *model, const struct interval_request *request,
                       double *mean, double *lower, double *upper);
/* As model_trajectory, of updates and weights as each member came through them. */
bool ensemble_trajectory(const struct model *model, const struct cohort *cohort,
                         const uint8_t *keep, struct gp_value *updates, struct gp_value *weights);
/* As model_expectation. */
bool ensemble_expectation(const struct model *model, const struct cohort *cohort,
                          const struct expectation_request *request, struct gp_value *out);
/* Adds the P(right) of one member over n to right [n_trials]; w [n_trials][K] is room. */
void ensemble_add_right(const struct model *member, const struct cohort *cohort, double n, float *w,
                        double *right);
/* The rule of a model of these members. */
struct rule ensemble_rule(size_t n, struct model *const *members);

#endif
