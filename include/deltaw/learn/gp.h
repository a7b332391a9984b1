/* A learning rule with a posterior: textbook terms and a smooth remainder.
 *
 *   dw_k = sum_j a_kj psi_kj(w, trial) + g_k(w, trial)
 *
 * psi are the terms of textbook rules, with wide Gaussian priors on their sizes a; g is a
 * Gaussian process over the inputs of a trial and the weights, one for each choice and
 * outcome, in a basis of inducing points.  All is linear in the parameters given the
 * weights, so that the derivative of the weights by the parameters follows a recursion
 * forward in time (Williams and Zipser 1989), from which the Fisher information of the
 * choices is exact:
 *
 *   S_{t+1} = (I + d dw/d w) S_t + d dw/d theta,   F = sum_t p (1 - p) (x' S)' (x' S)
 *
 * The mode is found by damped Gauss-Newton steps (Levenberg 1944, Marquardt 1963); the
 * posterior about it is N(mode, (F + Lambda)^-1), and the evidence is Laplace's (MacKay
 * 1992).  Where the information of the choices changes with the terms, the posterior
 * is skewed: a point without a remainder has mean, covariance and evidence of a normal
 * distribution in two pieces (gp_skew.c).  Sizes and length scales of the remainder, widths of the
 * terms' priors (wide, small or none to speak of) and averages of reward are integrated over on
 * a grid, each point with a mode of its own, weighed by its evidence; traces have several
 * decays at once.
 *
 * With gains the update is exp(g) times that, g of each animal by itself.  What an animal has
 * for itself, start weights and g, is eliminated from the information matrix (Schur); the
 * spread of g is that of most evidence of the rule with all terms.
 *
 * Where a matrix has a shape in brackets, it is stored by rows. */
#ifndef DELTAW_LEARN_GP_H
#define DELTAW_LEARN_GP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"

enum { GP_WEIGHTS = 5, GP_INPUTS = 4, GP_CELLS = 4, GP_BASIS = 24, GP_DECAYS = 6 };

/* Terms for weight k; x: its feature, y: choice, z: answer (0 left, 1 right), p: P(right)
 * without lapses, r: reward. */
enum gp_term {
    GP_CORRECT,      /* r (y - p) x: REINFORCE (Williams 1992) */
    GP_ERROR,        /* (1 - r) (y - p) x: negative for a baseline above 0 */
    GP_TOWARD,       /* (1 - r) (z - p) x: towards what would have paid */
    GP_EXPECTED,     /* 2 (2 z - 1) p (1 - p) x: up the gradient of expected reward */
    GP_FORGETTING,   /* -w */
    GP_PERSEVERANCE, /* (2 y - 1) x */
    GP_TRACE,        /* traces e of (y - p) x, e = lambda e + (1 - lambda) (y - p) x */
    GP_AVERAGE,      /* the same weighed by a running average m of reward, and by a soft
                      * threshold of it, 1 / (1 + exp(-12 (m - 1/2))) */
    GP_N_TERMS,
};

struct gp_term_row {
    const char *name, *equation, *text; /* "correct", "r (y - p) x", what it says */
};
const struct gp_term_row *gp_term_row(enum gp_term term);
/* "correct,error" as bits 1 << GP_CORRECT | ...; false: not such a list, err says which. */
bool gp_terms_parse(const char *text, unsigned *terms, struct err *err);
void gp_terms_text(unsigned terms, struct strbuf *out);

/* Trials of animals one after the other.  The caller owns all of it and keeps it for
 * as long as it is used. */
struct gp_data {
    size_t n_animals, n_trials, n_weights; /* K, 1 to GP_WEIGHTS */
    const size_t *first, *count;           /* [n_animals] */
    const bool *held_out;                  /* [n_animals]; NULL: none */
    const uint8_t *choice, *answer;        /* [n_trials] 1 right */
    const uint8_t *unscored;               /* [n_trials] 1: no choice of the likelihood; NULL: all
                                            * count but an animal's first */
    const float *reward;                   /* [n_trials] 0 to 1 */
    const float *x;                        /* [n_trials][K] features of the policy */
    size_t n_inputs;                       /* D, 1 to GP_INPUTS: what g sees besides weights */
    const float *input;                    /* [n_trials][D]; the stimulus first */
    const double *w0;                      /* [n_animals][K] start weights, or means of their
                                            * priors where they are estimated */
};

struct gp_options {
    unsigned terms; /* bits 1 << enum gp_term */
    bool smooth;    /* with a remainder */
    size_t basis;   /* most inducing points a choice and outcome; 0: 10 */
    double lapse;   /* share of choices made at random, fixed or first guess */
    bool fit_lapse; /* one rate for all animals */
    double w0_sd;   /* sd of the start weights' prior; 0: they are as given */
    bool fit_w0_sd; /* estimate that sd, from w0_sd (0: 1) on; one for each weight */
    bool gains;     /* each animal has a factor exp(g) on its updates, g ~ N(0, gain_sd^2) */
    bool fit_gain_sd;
    double gain_sd; /* 0: as good as none, or estimated */
    int threads;    /* 0: all processors; the bits do not depend on it */
};

void gp_options_default(struct gp_options *options);

/* How wide the terms' priors are, by bits 1 << enum gp_term; in neither: small. */
struct gp_sizes {
    unsigned large, absent; /* absent: so small that the term is not there */
};

/* One choice of terms, sizes, length scale and decays, with the posterior that it leads to. */
struct gp_point {
    unsigned terms; /* bits */
    struct gp_sizes sizes;
    double scale;             /* length scale in natural units; 0: no remainder */
    double sigma[GP_WEIGHTS]; /* prior sd of g_k, in units of w; 0: not there */
    size_t n_decays;          /* of traces; 0: none */
    double decay[GP_DECAYS];  /* lambda, by trials */
    double average;           /* decay of the running average of reward */
    double log_likelihood;    /* nats, summed over scored trials of fitted animals */
    double log_posterior;     /* that and the log prior, up to constants, at the mode */
    double log_evidence;
    double weight;          /* posterior probability; all sum to 1 */
    size_t n;               /* P: parameters that all animals share */
    double *theta;          /* [P] the mean: the mode, and how far the skewed posterior pulls it */
    double *precision;      /* [P] of the prior */
    double *factor;         /* [P][P] lower Cholesky factor of the posterior precision
                                  * (start weights integrated out) */
    double *covariance;     /* [P][P] of the posterior */
    double *robust;         /* [P][P] covariance by the sandwich over animals */
    double *w0;             /* [n_animals][K] start weights at the mode; with gains [K + 1], the
                             * last is g, 0 of animals that were not fitted */
    double *gain_error;     /* [n_animals] sd of g; NULL: no gains */
    struct gp_basis *basis; /* shared between points; NULL: no remainder */
};

struct gp_start {
    const char *name;
    double log_evidence;
    bool same; /* ended at the best one's mode */
};
enum { GP_STARTS = 3 };

struct gp {
    struct gp_options options; /* as used: with w0_sd, basis filled in */
    size_t n_weights, n_inputs, n_animals, n_scored;
    double w0_sd[GP_WEIGHTS];
    /* The mean of the posterior of the spread, half of whose prior is at 0; low, high: 90 % (low
     * may be 0, high: were there one), NaN: it was given. */
    double gain_sd, gain_low, gain_high;
    struct gp_start start[GP_STARTS]; /* of that */
    struct gp_point textbook;         /* all terms, without traces and remainder */
    size_t n_points;
    struct gp_point *points;  /* [n_points] those with weight, largest first; the one
                               * without remainder is among them if it has any */
    double log_evidence;      /* of the mean over the grid's prior */
    double log_bayes_smooth;  /* of a remainder against none; NaN: none asked for */
    double log_bayes_memory;  /* of traces against none; NaN: none asked for */
    double log_bayes_missing; /* of traces where none were asked for, by the curvature at the
                               * textbook mode (as in a score test, Rao 1948); else NaN */
    /* How much the animals' scores scatter at the textbook mode, over what they would were
     * all of one rule and its weights without noise: near 1 (White 1982, the test of the
     * information matrix), and how many standard errors above. */
    double scatter, scatter_z;
    size_t n_tried; /* grid points fitted */
    int references; /* atomic */
};

#define GP_CLEAR 5 /* nats of evidence that are worth a word */

/* Do the animals scatter so much more than one rule for all would have it that the
 * intervals of that rule are not to be trusted? */
static inline bool gp_animals_differ(const struct gp *gp)
{
    return gp->scatter_z > 4;
}

/* What a caller sees of a fit under way; either may be NULL.  step is called from the
 * thread that called gp_fit: gp is not yet filled in but for options and sizes. */
struct gp_watch {
    void *context;
    /* from any thread; false: stop, and gp_fit returns false without err */
    bool (*go_on)(void *context);
    /* after each step towards the textbook mode, and after each grid point */
    void (*step)(void *context, const struct gp *gp, const struct gp_point *now);
};

/* False, with err: the data or options are refused; without: stopped. */
bool gp_fit(const struct gp_data *data, const struct gp_options *options,
            const struct gp_watch *watch, struct gp **out, struct err *err);
struct gp *gp_hold(const struct gp *gp);
void gp_drop(struct gp *gp); /* NULL is fine */

/* What intervals are made from. */
enum gp_interval { GP_MODEL, GP_ROBUST };

struct gp_value {
    double mean, low, high; /* low, high: 5 % and 95 % of the posterior */
};

/* Updates and weights along the trajectories of the animals of `data`: the uncertainty of the
 * path is in the intervals.  keep [n_trials]: for which trials; both out [number kept][K],
 * in order of trials, either may be NULL.  The last trial of an animal has no update
 * (NaN).  Of animals that were not fitted the start is data->w0. */
void gp_trajectory(const struct gp *gp, enum gp_interval interval, const struct gp_data *data,
                   const uint8_t *keep, struct gp_value *updates, struct gp_value *weights);

struct gp_term_report {
    enum gp_term term;
    size_t weight;
    double probability;         /* that its prior is the wide one, for any weight */
    double mean, sd, low, high; /* low, high: 5 % and 95 % */
    double log_bayes_factor;    /* of the term against leaving it out (Savage and Dickey) */
};
/* rows [GP_N_TERMS * K]; returns how many. */
size_t gp_terms_report(const struct gp *gp, enum gp_interval interval, struct gp_term_report *rows);

/* The part of an update that an earlier trial's (y - p) x adds, by lag 0, 1, ...: kernel
 * [n_lags] for weight k, at average reward m.  Without traces only lag 0 is not zero. */
void gp_memory_kernel(const struct gp *gp, size_t weight, double m, size_t n_lags,
                      struct gp_value *kernel);

#endif
