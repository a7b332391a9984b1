/* The mean over a posterior, as a rule with parameters that engines run: the terms, traces
 * of all decays that are tried, and a remainder for each length scale. */
#ifndef LEARN_GP_MEAN_H
#define LEARN_GP_MEAN_H

#include "deltaw/learn/gp.h"
#include "deltaw/learn/rule.h"

enum { GP_SCALES = 2, GP_AVERAGES = 2 };

/* Length scales, over the largest input, and over 2 logits for the weights. */
static const double gp_scales[GP_SCALES] = {1, 2};
/* Decays of traces, all at once: half-lives of 1 to 15 trials. */
static const double gp_decays[GP_DECAYS] = {.5, .67, .79, .875, .925, .955};
static const double gp_averages[GP_AVERAGES] = {.8, .88};

/* Where things stand in theta.  Of a weight k: terms [simple terms]; trace [decays];
 * average [decays][averages][2]; remainder [GP_SCALES][GP_CELLS][points]. */
struct gp_places {
    size_t n_weights, n_simple, n_points;
    enum gp_term simple[GP_N_TERMS];
    bool trace, average, smooth;
    size_t terms, traces, averages, remainder;
    size_t inducing, scale; /* [GP_SCALES][GP_CELLS][1 + K][points], [GP_SCALES][1 + K] */
    size_t size;            /* without a lapse */
};

static inline struct gp_places gp_places_of(const struct rule_shape *shape)
{
    struct gp_places p = {.n_weights = shape->n_weights};
    size_t k = shape->n_weights;
    for (int i = 0; i < GP_TRACE; i++)
        if (shape->terms & 1u << i)
            p.simple[p.n_simple++] = (enum gp_term)i;
    p.trace = shape->terms & 1u << GP_TRACE, p.average = shape->terms & 1u << GP_AVERAGE;
    p.smooth = shape->remainder == REMAINDER_SMOOTH;
    p.n_points = !p.smooth ? 0 : shape->basis ? shape->basis : 10;
    p.traces = k * p.n_simple;
    p.averages = p.traces + (p.trace ? k * GP_DECAYS : 0);
    p.remainder = p.averages + (p.average ? k * GP_DECAYS * GP_AVERAGES * 2 : 0);
    p.inducing = p.remainder + k * GP_SCALES * GP_CELLS * p.n_points;
    p.scale = p.inducing + GP_SCALES * GP_CELLS * (1 + k) * p.n_points;
    p.size = p.scale + (p.smooth ? GP_SCALES * (1 + k) : 0);
    return p;
}

/* Of a decay among all. */
size_t gp_decay_place(double decay);

/* theta [p.size, and the lapse where it is fitted] */
void gp_mean_rule(const struct gp *gp, const struct rule_shape *shape, double *theta);
/* Of one point alone. */
void gp_point_rule(const struct gp *gp, const struct gp_point *point,
                   const struct rule_shape *shape, double *theta);

#endif
