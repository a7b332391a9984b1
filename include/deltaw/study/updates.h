/* Updates trial by trial: what the rule did to the weights of every animal, with intervals
 * where the rule has a posterior, beside the true ones where they are known. */
#ifndef DELTAW_STUDY_UPDATES_H
#define DELTAW_STUDY_UPDATES_H

#include "deltaw/base/err.h"
#include "deltaw/base/table.h"
#include "deltaw/data/cohort.h"
#include "deltaw/learn/model.h"

/* A row a trial: subject, session, trial, then for each weight, w_stim say: w_stim before
 * the choice, dw_w_stim, which takes it to the next trial, dw_w_stim_low and _high (90 %;
 * the path of the weights is in them), and true_dw_w_stim where the true weights are in
 * the cohort: what they really did, noise included.  NaN: none, as for an animal's last
 * trial.  robust: _low and _high by the sandwich over animals, an error where the model has
 * no posterior.  The model must meet the cohort. */
bool updates_table(const struct model *model, const struct cohort *cohort, bool robust,
                   struct table *out, struct err *err);

/* The share of visited trials whose true update lies inside its 90 % interval, of each
 * weight, over an even sample of about `most`.  coverage [K].  False: the model has no
 * posterior, or there is no truth. */
bool updates_coverage(const struct model *model, const struct cohort *cohort, bool robust,
                      size_t most, double *coverage);

#endif
