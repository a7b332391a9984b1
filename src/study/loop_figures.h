/* What is measured of choices, the animals' or those of agents.  Private to study. */
#ifndef STUDY_LOOP_FIGURES_H
#define STUDY_LOOP_FIGURES_H

#include "deltaw/study/loop.h"

/* How many numbers a measurement is: all points of all figures, one after another. */
size_t loop_values(const struct cohort *cohort);
/* Of choices [n_trials] on the cohort's trials. */
void loop_measure(const struct cohort *cohort, const uint8_t *choice, double *values);
/* The figures, from measurements of the runs [n_runs][loop_values]. */
void loop_summarise(const struct cohort *cohort, const double *runs, struct loop *out);

#endif
