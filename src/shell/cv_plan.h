/* A cross-validation as it is asked for on a line. */
#ifndef SHELL_CV_PLAN_H
#define SHELL_CV_PLAN_H

#include "deltaw/study/cv.h"
#include "state.h"

extern const struct option_row cv_options[];

/* What the arguments say, checked against the cohort; NULL, and err: it cannot be done. */
struct study *cv_plan_ask(const struct session *session, const struct args *args,
                          const struct cohort *cohort, struct err *err);

#endif
