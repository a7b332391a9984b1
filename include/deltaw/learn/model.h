/* A model: a rule, its parameters and everything needed to repeat the fit.
 * Immutable once published and reference-counted: a running fit publishes a
 * new one every few epochs, and views draw whichever they were given. */
#ifndef DELTAW_LEARN_MODEL_H
#define DELTAW_LEARN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/data/cohort.h"
#include "deltaw/learn/policy.h"
#include "deltaw/learn/rule.h"
#include "deltaw/learn/settings.h"

struct epoch_loss {
    int epoch;              /* after this many updates (fast: passes); 0: the start */
    double seconds;         /* since the fit began, pauses left out */
    double train, held_out; /* mean loss, nats per scored trial; NaN: none held out */
};

/* Weights the animals of the fitted cohort passed through under this model:
 * w_t of every trial, before its choice.  Shared between snapshots. */
struct visited {
    int epoch;
    size_t n_trials, n_weights;
    float *w;       /* [n_trials][K] in the cohort's order of trials */
    int references; /* atomic */
};

struct model {
    char *name; /* "dnn1" */
    const struct rule *rule;
    struct fit_settings settings;
    struct tensors tensors;
    double *theta;      /* [tensors.size] */
    double *errors;     /* [tensors.size] standard errors, NaN of a parameter at a bound;
                              * NULL: none */
    double *covariance; /* [tensors.size][tensors.size] of the parameters, w_0 held fixed;
                              * 0 in rows and columns of one at a bound; NULL: none */
    struct gp *gp;      /* the posterior of a gp, see gp.h; NULL: none */
    struct randomwalk_set *randomwalk; /* of a rule without updates, see randomwalk.h; NULL: none */
    struct gains *gains;               /* of gain=, see gains.h; NULL: none */
    struct ensemble *ensemble;         /* the models it averages, see ensemble.h; NULL: none */
    size_t n_animals;                  /* of the fitted cohort; 0 when unknown */
    char **animals;                    /* [n_animals] names */
    bool *held_out;                    /* [n_animals] */
    double *w0;                        /* [n_animals][K] start weights */
    size_t n_history;
    struct epoch_loss *history;    /* [n_history], by epoch */
    struct visited *visited;       /* NULL until there is one, or for an opened file */
    struct checkpoint *checkpoint; /* of a network's optimiser, to go on from; NULL: none */
    struct snapshots *snapshots;   /* a file's, until a fit takes them; NULL: none */
    double textbook;        /* of a network with weights: the training loss of reinforce-base fitted
                       * to the same trials, 0 where that is not known */
    double distilled;       /* of one with start=: share of the mean square of that model's updates
                       * that the network gave back before it was trained */
    uint64_t cohort_digest; /* 0 when unknown */
    uint64_t column_digest; /* policy_digest of that cohort; 0 when unknown or without columns */
    char *cohort_name;
    char *cohort_chain; /* what had been left out of it, as cohort.chain; NULL: unknown */
    char engine[32];    /* "avx512", "avx2", "sse2" */
    int references;     /* atomic */
};

struct model *model_hold(const struct model *model);
void model_drop(struct model *model); /* NULL is fine */
/* One of the caller's own, that shares nothing that changes; without the weights that animals
 * passed through, which model_sweep gives anew, and without snapshots. */
struct model *model_copy(const struct model *model);
/* The same at other parameters, theta [tensors.size], which it takes over: without what was found
 * at its own, which are errors, posterior, trajectories, members and checkpoint. */
struct model *model_copy_at(const struct model *model, double *theta);
/* Of a copy: room for n other animals instead of its own, all zero and without gains. */
void model_animals(struct model *model, size_t n);
/* The same model at other parameters, theta [tensors.size], to ask what its rule does
 * there.  All else is shared and must outlive it; it is never held nor dropped, and the
 * references of `model`, which other threads count, are not read. */
struct model model_at(const struct model *model, double *theta);
struct visited *visited_hold(const struct visited *visited);
void visited_drop(struct visited *visited);

/* Do model and cohort go together?  The cohort has, with a value on every trial, the
 * columns that the policy names; a model without a rule knows the trials of its fit alone.
 * Check it wherever a model meets trials it was not fitted to: nothing below checks again. */
bool model_meets(const struct model *model, const struct cohort *cohort, struct err *err);
/* Was it fitted to these trials, with these values of the columns that its policy names?  Reads
 * those columns through. */
bool model_knows(const struct model *model, const struct cohort *cohort);
/* Is there a rule in it, to ask for updates?  Else err says what there is instead. */
bool model_has_rule(const struct model *model, struct err *err);

/* How many: of its rule; of an ensemble, of all members together. */
size_t model_parameters(const struct model *model);
/* Still on the plateau: a network that does worse, on the trials it was trained on, than the
 * textbook rule, has not learnt what the trials tell (doc/science); of an ensemble, whether
 * one of its members is. */
bool model_on_plateau(const struct model *model);

/* Share of choices made at random: P(right) = lapse / 2 + (1 - lapse) sigmoid(w.x). */
double model_lapse(const struct model *model);

/* Start weights of an animal: by name for a fitted one, else as w0= says for
 * `cohort` (psychometric: estimated from its first 100 trials).  w0 [K] */
void model_start(const struct model *model, const struct cohort *cohort, size_t animal, double *w0);

/* The trials that the animals of `cohort` are to be followed through: where that is a part
 * of a log (cohort->place) and not what the model was fitted to, the log, so that weights
 * come from their first trials.  Not a new reference. */
const struct cohort *model_whole_log(const struct model *model, const struct cohort *cohort);

/* Weights of every trial of `cohort` under the model, w_t before the choice of
 * t: w [n_trials][K].  One forward sweep.  Of a part of a log to which the model was not
 * fitted the animals are followed from their first trials in that log, as they are by
 * model_loss. */
void model_sweep(const struct model *model, const struct cohort *cohort, float *w);

/* Losses of the trials with scored [n_trials] of `cohort` (NULL: all), which itself is
 * followed from its first trial whatever it is a part of.  w0 [n_animals][K] start weights,
 * NULL: model_start's.  losses [n_animals] summed, nats; n_scored [n_animals]. */
void model_score(const struct model *model, const struct cohort *cohort, const double *w0,
                 const uint8_t *scored, double *losses, size_t *n_scored);

/* Updates and weights along the trajectories of a cohort's animals, with 90 % intervals: see
 * gp_trajectory.  robust: by the sandwich over animals, where there is a posterior.  False:
 * the model knows no intervals. */
struct gp_value;
bool model_trajectory(const struct model *model, const struct cohort *cohort, bool robust,
                      const uint8_t *keep, struct gp_value *updates, struct gp_value *weights);

/* Sums of P(right) with intervals: out [n_sums], NaN where nothing is known. */
struct expectation_request;
bool model_expectation(const struct model *model, const struct cohort *cohort,
                       const struct expectation_request *request, struct gp_value *out);

/* One update: dw [n][K] from u [n][K + INPUT_N], as after no past at all.  Policy
 * features that are not of the trial itself (prevstim, prevchoice, columns) count
 * as 0; use rule_state_step to give them. */
void model_update(const struct model *model, size_t n, const double *u, double *dw);

/* A rule stepped by the caller: n copies side by side, each with its own hidden state (zero
 * at first), for agents in closed loop and for histories with frozen weights.  The caller
 * keeps the weights. */
struct rule_state;
struct rule_state *rule_state_new(const struct model *model, size_t n);
/* Weights that drift (drift=) are known on each trial, and steps are those of the rule alone.
 * Followed, they are moved by each choice too, as in the likelihood: those of animals whose
 * choices come one after another.  At once after rule_state_new. */
void rule_state_follow(struct rule_state *state);
/* One trial of the first `n` copies (n at most what rule_state_new got).  u [n][inputs]
 * with inputs = rule_inputs(&model->settings.shape): weights, the trial, past trials when
 * the rule has lags.  x [n][K]: policy features of the trial; answer [n]: z;
 * next_stimulus [n]: s of the next trial (tinyrnn only), NULL: 0.  Sets dw [n][K]
 * and moves the states on. */
void rule_state_step(struct rule_state *state, size_t n, const double *u, const double *x,
                     const double *answer, const double *next_stimulus, double *dw);
/* Each of m trials (u as above) after the state of each of the first n copies, which
 * stay as they are: dw [m][K], means over the copies.  False: the rule has no way
 * faster than rule_state_step. */
bool rule_state_batch_mean(const struct rule_state *state, size_t n, size_t m, const double *u,
                           double *dw);
/* The state of copy i of `to` becomes that of copy j of `from` (same model). */
void rule_state_copy(struct rule_state *to, size_t i, const struct rule_state *from, size_t j);
/* The state of copy i becomes values [n_state], see rule_state_values. */
void rule_state_put(struct rule_state *state, size_t i, const double *values);
/* The state of copy i, to be read: how many numbers are in *n; NULL: the rule keeps none. */
const double *rule_state_values(const struct rule_state *state, size_t i, size_t *n);
void rule_state_reset(struct rule_state *state);
void rule_state_free(struct rule_state *state);

/* .npz: parameters under their PyTorch names, w0, and `deltaw_json` with settings, history,
 * version.  A file with parameters alone opens too: the rule and the sizes follow from
 * names and shapes. */
bool model_save(const struct model *model, const char *path, struct err *err);
/* The settings of its fit as a JSON object.  Caller frees. */
char *model_settings_json(const struct model *model);
bool model_open(const char *path, const char *name, struct model **out, struct err *err);

#endif
