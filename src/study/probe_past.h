/* Histories: the past trials that are run before a cell's own, and a rule with
 * its states after them.  Private to study. */
#ifndef DELTAW_SRC_STUDY_PROBE_PAST_H
#define DELTAW_SRC_STUDY_PROBE_PAST_H

#include "deltaw/study/probe.h"

struct past_node; /* a beginning that several histories share */

struct histories {
    enum past past;
    size_t lags;
    size_t n, n_fitting; /* taken, of so many that fit */
    uint8_t *code;       /* [n][lags] trials, oldest first: see the functions below */
    /* private */
    struct past_node *nodes; /* by level, oldest trial first */
    size_t *level;           /* [lags + 1] where each level begins */
};

static inline double past_stimulus(uint8_t code)
{
    return code & 2 ? 1 : -1;
}
static inline double past_choice(uint8_t code)
{
    return code & 1;
}
static inline double past_reward(uint8_t code)
{
    return (code & 1) == (code >> 1);
}

bool past_check(const char *verb, size_t lags, struct err *err);
/* PAST_BOTH is none of these.  most 0: PAST_HISTORIES. */
void histories_make(enum past past, size_t lags, size_t most, struct histories *out);
void histories_free(struct histories *h);
/* Are the last `lags` trials before `trial` all as `past` says? */
bool past_visited(const struct cohort *cohort, const struct animal *animal, size_t trial,
                  enum past past, size_t lags);

/* A model and its states after every history, for one set of frozen weights. */
struct past_run;
/* h NULL: no past at all, one state. */
struct past_run *past_run_new(const struct model *model, const struct histories *h);
void past_run_free(struct past_run *run);
/* How many updates a cell's trial needs: histories, or 1. */
size_t past_run_width(const struct past_run *run);
/* Freeze these weights; x [K]: features not of the trial itself (columns). */
void past_run_freeze(struct past_run *run, const double *w, const double *x);
/* A cell's own trial, added to those waiting for past_run_flush: all its updates'
 * component k, times `weight`, go into *sum. */
struct past_trial {
    const double *w, *x; /* [K] weights, features but for the past's */
    const bool *given;   /* [K] features that x gives whatever the trial before was; NULL: none */
    double stimulus, day, choice, reward, answer;
};
void past_run_put(struct past_run *run, const struct past_trial *trial, size_t k, double weight,
                  double *sum);
void past_run_flush(struct past_run *run);
/* What the rule is given for the trial after the i-th of its past_run_width histories:
 * u [rule_inputs], x [K]; the state it has then (NULL: it keeps none). */
const double *past_run_inputs(const struct past_run *run, const struct past_trial *trial, size_t i,
                              double *u, double *x, size_t *n_state);

#endif
