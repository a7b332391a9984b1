/* The learning-agnostic reference: the weights of one animal as a Gaussian random walk,
 *   w_1k ~ N(0, 16^2),  w_tk ~ N(w_{t-1,k}, sigma_k^2), at the first trial of a session
 *   N(w_{t-1,k}, sigma_day_k^2) where sizes for days are wanted,
 *   P(right) = 1 / (1 + exp(-w_t . x_t)),
 * with the weights at their posterior mode and the sizes of the steps those that maximise
 * Laplace's approximation of the evidence (Roy et al. 2018, NeurIPS; 2021, Neuron 109:597).
 * It knows nothing of rewards, so trials without one count. */
#ifndef DELTAW_LEARN_RANDOMWALK_H
#define DELTAW_LEARN_RANDOMWALK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"

enum { RANDOMWALK_MOST = 8, RANDOMWALK_FIRST_SD = 16 }; /* weights; sd of the first trial's */

/* The trials of one animal; the caller keeps the arrays. */
struct randomwalk_trials {
    size_t n, n_weights;
    const double *x;       /* [n][n_weights] policy features */
    const uint8_t *choice; /* [n] 0 left, 1 right */
    const bool *day;       /* [n] first trial of a session; day[0] plays no role; NULL: none */
};

/* Standard deviations of the steps, as natural logarithms, and what follows from them. */
struct randomwalk {
    size_t n, n_weights;
    bool by_day;                           /* there are sizes for days, and some day began */
    double log_sigma[2 * RANDOMWALK_MOST]; /* [n_weights] trials, then [n_weights] days */
    double log_error[2 * RANDOMWALK_MOST]; /* standard errors of these; NaN: at a bound */
    double *w;                             /* [n][n_weights] posterior mode */
    double *sd;                            /* [n][n_weights] posterior standard deviations */
    double *logit_sd;                      /* [n] of w_t . x_t */
    double log_likelihood;                 /* at the mode, nats */
    double log_evidence;                   /* nats */
    int evaluations;                       /* of the evidence */
};

/* The sizes that maximise the evidence, and the mode there.  stop: NULL, or polled; once
 * it is true the answer is ERR_INTERRUPTED.  On failure nothing is in `out`. */
bool randomwalk_fit(const struct randomwalk_trials *trials, bool by_day, const atomic_bool *stop,
                    struct randomwalk *out, struct err *err);
void randomwalk_free(struct randomwalk *walk);

/* Those of all animals of a cohort, as one model's.  Reference-counted. */
struct randomwalk_animal {
    size_t n_trials; /* that it was fitted to; with trials whose reward is unknown */
    bool by_day;
    double log_evidence, log_likelihood; /* of these trials, nats; NaN: of a single trial */
    double log_sigma[2 * RANDOMWALK_MOST], log_error[2 * RANDOMWALK_MOST]; /* as above */
};

struct randomwalk_set {
    size_t n_animals, n_weights, n_trials;
    struct randomwalk_animal *animal; /* [n_animals] as in the cohort */
    /* of the cohort's trials, in its order */
    double *w, *sd;   /* [n_trials][n_weights] */
    double *logit_sd; /* [n_trials] */
    int references;   /* atomic */
};

struct randomwalk_set *randomwalk_set_new(size_t n_animals, size_t n_weights, size_t n_trials);
struct randomwalk_set *randomwalk_set_hold(const struct randomwalk_set *set);
void randomwalk_set_drop(struct randomwalk_set *set);             /* NULL is fine */
double randomwalk_set_evidence(const struct randomwalk_set *set); /* of all animals, nats */

/* --- for the fit and for tests: mode and evidence at given sizes */

struct randomwalk_mode;
struct randomwalk_mode *randomwalk_mode_new(const struct randomwalk_trials *trials, bool by_day);
void randomwalk_mode_free(struct randomwalk_mode *mode);
/* Evidence at these sizes, log_sigma [n_weights or, by day, 2 n_weights]; the mode is
 * searched from the last one.  gradient: NULL, or its derivatives, the change of the mode
 * included.  NaN: no mode was found. */
double randomwalk_evidence(struct randomwalk_mode *mode, const double *log_sigma, double *gradient);
/* The mode of the last evidence: w, sd [n][n_weights], logit_sd [n]; the log-likelihood. */
double randomwalk_mode_read(const struct randomwalk_mode *mode, double *w, double *sd,
                            double *logit_sd);

#endif
