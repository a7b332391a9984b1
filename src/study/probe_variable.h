/* What may stand on an axis of a map or be held at a value: things of the trial, weights
 * of the policy, and those of its features that a trial does not have by itself (the
 * trial before, columns of the log).  Private to study. */
#ifndef DELTAW_SRC_STUDY_PROBE_VARIABLE_H
#define DELTAW_SRC_STUDY_PROBE_VARIABLE_H

#include "deltaw/study/probe.h"

enum variable_kind {
    VARIABLE_STIMULUS,
    VARIABLE_CHOICE,
    VARIABLE_REWARD,
    VARIABLE_DAY,
    VARIABLE_SIDE,
    VARIABLE_WEIGHT,
    VARIABLE_FEATURE,
};

struct variable {
    enum variable_kind kind;
    size_t which; /* of the policy: VARIABLE_WEIGHT, VARIABLE_FEATURE */
    /* set by variable_bind */
    const struct policy *policy;
    const struct cohort *cohort;
    const float *value; /* [n_trials], so far apart; NULL: to be worked out on each trial */
    size_t stride;
};

/* The i-th variable of a policy; false after the last. */
bool variable_at(const struct policy *policy, size_t i, struct variable *out);
/* "stimulus", "w_right", "prevchoice" */
const char *variable_name(const struct policy *policy, const struct variable *variable);
/* "map: x=foo is not a variable; there are stimulus, choice, reward, w_stim, w_bias" */
bool variable_find(const struct policy *policy, const char *verb, const char *option,
                   const char *name, struct variable *out, struct err *err);
bool variable_same(const struct variable *a, const struct variable *b);
/* 0 or 1 and nothing else. */
bool variable_binary(const struct variable *variable);
/* Where it is held; NaN there: it is not. */
double *variable_fixed(struct fixed *fixed, const struct variable *variable);
/* Its values in a log.  visited [n_trials][n_weights]: for weights.  A cohort, or the values
 * of a weight, that are NULL must not be asked for. */
void variable_bind(struct variable *variable, const struct policy *policy,
                   const struct cohort *cohort, const float *visited);
/* Where they do not stand in a row. */
double variable_worked_out(const struct variable *variable, const struct animal *animal,
                           size_t trial);
/* Its value on a trial, of one that is bound. */
static inline double variable_visited(const struct variable *variable, const struct animal *animal,
                                      size_t trial)
{
    return variable->value ? variable->value[trial * variable->stride]
                           : variable_worked_out(variable, animal, trial);
}

/* The weight whose update is wanted: of=w_stim. */
bool component_find(const struct policy *policy, const char *verb, const char *name, size_t *out,
                    struct err *err);

/* A trial whose reward is known: the only kind that is sampled or counted. */
static inline bool trial_known(const struct cohort *cohort, size_t trial)
{
    return cohort->reward[trial] == 0 || cohort->reward[trial] == 1;
}

#endif
