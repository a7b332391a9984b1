/* What a network is measured by: the textbook rule on the same trials.  Private to learn. */
#ifndef LEARN_PLATEAU_H
#define LEARN_PLATEAU_H

#include <stdatomic.h>

#include "deltaw/learn/fit.h"

/* The training loss of reinforce-base with the policy, w0=, lapse=, holdout= and bootstrap=
 * of these settings, nats per scored trial; start weights of animals are not trained.  It is
 * fitted in parts of a second, once per cohort.  0: stopped, or it failed. */
double plateau_textbook(const struct fit_settings *settings, const struct cohort *cohort,
                        int threads, const atomic_bool *stop);

#endif
