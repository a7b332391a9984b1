/* A cross-validation as it is asked for on a line. */
#ifndef SHELL_CV_PLAN_H
#define SHELL_CV_PLAN_H

#include "deltaw/study/cv.h"
#include "state.h"

extern const struct option_row cv_options[];

/* The plan that the arguments say, checked against the cohort.  On failure nothing is in
 * `out`. */
bool cv_plan_ask(const struct session *session, const struct args *args,
                 const struct cohort *cohort, struct cv_plan *out, struct err *err);
/* shard=i/n: of how many runs which, from 1; 1/1 where it is not given. */
bool cv_plan_shard(const struct args *args, size_t *i, size_t *n, struct err *err);

#endif
