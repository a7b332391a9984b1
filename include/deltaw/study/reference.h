/* A random walk of weights as a reference that knows no rule: does the path of another model
 * stay in its band? */
#ifndef DELTAW_STUDY_REFERENCE_H
#define DELTAW_STUDY_REFERENCE_H

#include "deltaw/learn/model.h"

/* May the model's weights be held against the walk's?  They are the same weights, of the
 * same trials. */
bool reference_for(const struct model *walk, const struct model *model);
/* Share of the trials from `first` on, `count` of them, on which weights w [n_trials][K] lie
 * within the 90 % band of the walk: share [K]; NaN where there is no trial. */
void reference_inside(const struct model *walk, size_t first, size_t count, const float *w,
                      double *share);

#endif
