/* What a rule sees of a trial and what the policy sees of it, wherever the trial is
 * from: a log, a simulation, a map's cell.  The engine fills its own rows many lanes
 * at a time (src/learn/engine.c); tests/test_inputs.c compares the two. */
#ifndef DELTAW_LEARN_INPUTS_H
#define DELTAW_LEARN_INPUTS_H

#include "deltaw/data/cohort.h"
#include "deltaw/learn/policy.h"
#include "deltaw/learn/rule.h"

struct input_trial {
    double stimulus, choice, reward; /* choice 0 left, 1 right */
    double day;                      /* 1 on the first trial of a session, see cohort_day */
};

/* u [rule_inputs]: the weights w [K] (which may stand in u already), the trial, then
 * shape->lags trials before it.
 * past [n_past]: newest first; what is missing there is zero. */
void inputs_rule(const struct rule_shape *shape, const double *w, const struct input_trial *now,
                 const struct input_trial *past, size_t n_past, double *u);
/* x [K].  past as above, of which one trial at most is looked at.  columns [K]: the
 * values of those weights that are of columns of a log; NULL: 0. */
void inputs_policy(const struct policy *policy, const struct input_trial *now,
                   const struct input_trial *past, size_t n_past, const double *columns, double *x);
bool inputs_with_stimulus(enum policy_feature feature); /* do its values? */
/* Only the features that go with the stimulus, at s; the rest of x [K] stays. */
void inputs_policy_stimulus(const struct policy *policy, double s, double *x);

/* The same of a trial (index into the cohort's columns) of one animal; its past is that of
 * cohort_past.  A gap ends what prevstim, prevchoice and lags see; weights, and what a rule
 * itself remembers, go on. */
struct input_trial inputs_trial_of(const struct cohort *cohort, const struct animal *animal,
                                   size_t trial);
void inputs_rule_of(const struct rule_shape *shape, const double *w, const struct cohort *cohort,
                    const struct animal *animal, size_t trial, double *u);
void inputs_policy_of(const struct policy *policy, const struct cohort *cohort,
                      const struct animal *animal, size_t trial, double *x);

#endif
