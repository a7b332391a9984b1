/* Starting a network as another model's rule.  Private to learn. */
#ifndef LEARN_DISTIL_H
#define LEARN_DISTIL_H

#include "deltaw/learn/model.h"
#include "trainer.h"

/* Trains t->theta, as it was drawn, to give back the updates of the model of start= on the
 * trials of the cohort: at weights around those that model came through, and for the other
 * choice as often as for the animal's.  Returns the share of their mean square that it gives
 * back in the end; less where it is stopped. */
double distil_run(struct trainer *t);

#endif
