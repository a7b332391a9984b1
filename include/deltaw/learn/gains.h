/* gain=animal: animals that learn by one rule at speeds of their own.  Each animal's updates
 * are multiplied by exp(g_a), g_a ~ N(0, spread^2); the rule is that of the typical animal.
 *
 * Parameters and the g_a are fitted together, with the g_a penalised by their prior.  The
 * spread is that of a random-effects meta-analysis: of each animal its own best g_a and the
 * curvature of its likelihood there, the rule given, and the spread that makes them most
 * likely once their mean is integrated out (restricted likelihood; Viechtbauer 2005, J Educ
 * Behav Stat 30:261).  That is Laplace's approximation of the evidence of the spread. */
#ifndef DELTAW_LEARN_GAINS_H
#define DELTAW_LEARN_GAINS_H

#include "deltaw/base/table.h"
#include "deltaw/learn/model.h"

struct gains {
    double spread;    /* of g over animals; NaN: not known yet */
    double low, high; /* 90 %, by the likelihood's profile; NaN: it was given */
    size_t n;         /* as the model's animals */
    double *value;    /* [n] g, 0 of an animal that was held out */
    double *error;    /* [n] standard deviation of its posterior; the spread of one held out */
};

struct gains *gains_new(size_t n);
struct gains *gains_copy(const struct gains *gains); /* NULL is fine */
void gains_free(struct gains *gains);

/* The spread that n animals tell: their own best g [n], and its curvature [n], nats. */
struct gains_spread {
    double value, low, high; /* low, high: 90 % */
};
struct gains_spread gains_spread_of(size_t n, const double *g, const double *curvature);

/* g of an animal by its name: fitted or adapted, else 0. */
double model_gain(const struct model *model, const char *animal);

/* The same model for other animals: g of each animal of the cohort that it was not trained on
 * is the mode of its posterior given the choices with seen [n_trials]; the rule stays.  The
 * model must have gains.  A new model. */
struct model *model_adapt(const struct model *model, const struct cohort *cohort,
                          const uint8_t *seen);

/* A row per animal: its factor exp(g) with a 90 % interval, the smallest first. */
extern const struct column gains_columns[];
void gains_table(const struct model *model, struct table *out);

#endif
