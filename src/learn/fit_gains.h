/* What a trainer does about gain=animal: theta ends with g of all its animals and the spread
 * of their prior, which no optimiser moves. */
#ifndef LEARN_FIT_GAINS_H
#define LEARN_FIT_GAINS_H

#include "trainer.h"

struct rollout_result;

size_t fit_gains_size(const struct trainer *t); /* entries of theta; 0: there are no gains */
void fit_gains_begin(struct trainer *t);
/* Fills t->starts from these start weights [n_animals][K] and the gains at theta. */
void fit_gains_starts(const struct trainer *t, const double *w0);
/* Minus the logarithm of the prior, per scored training trial as losses are. */
double fit_gains_penalty(const struct trainer *t);
/* Its gradient and that of the loss, over n trials of the animals among[]. */
void fit_gains_gradient(struct trainer *t, const struct rollout_result *result, const bool *among,
                        double n);
/* The spread anew, of what the animals tell at theta, and t->gains.  False: stopped. */
bool fit_gains_spread(struct trainer *t);

#endif
