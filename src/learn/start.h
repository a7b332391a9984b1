/* Start weights w_0 (doc/science, start weights). */
#ifndef LEARN_START_H
#define LEARN_START_H

#include "deltaw/learn/model.h"

/* w0 [K] of one animal of a cohort, as the settings say. */
void start_weights(const struct fit_settings *settings, const struct cohort *cohort, size_t animal,
                   double *w0);

#endif
