/* What a posterior says of its terms. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "gp_predict.h"

/* Where a term's size stands in theta; SIZE_MAX: not there. */
static size_t term_at(const struct gp *gp, const struct gp_point *point, size_t weight,
                      enum gp_term term)
{
    struct gp_shape shape = gp_point_shape(gp, point);
    for (size_t j = 0; j < shape.n_simple; j++)
        if (shape.simple[j] == term)
            return shape.at[weight] + j;
    return SIZE_MAX;
}

/* log of a normal density */
static double log_normal(double x, double mean, double variance)
{
    return -.5 * (log(2 * M_PI * variance) + (x - mean) * (x - mean) / variance);
}

/* One term's posterior at the points where it is there. */
struct pool {
    size_t n;
    double *weight, *mean, *variance;
};

/* The density at 0 of prior and posterior: their ratio is the Bayes factor (Savage and
 * Dickey; Verdinelli and Wasserman 1995), the other parameters' priors being the same.  The
 * prior is wide or small, as likely one as the other; wide, narrow: their sds. */
static double log_bayes_factor(const struct pool *p, double wide, double narrow)
{
    double top = -INFINITY, sum = 0, all = 0;
    for (size_t i = 0; i < p->n; i++)
        top = fmax(top, log_normal(0, p->mean[i], p->variance[i]));
    for (size_t i = 0; i < p->n; i++) {
        sum += p->weight[i] * exp(log_normal(0, p->mean[i], p->variance[i]) - top);
        all += p->weight[i];
    }
    double prior = log((1 / wide + 1 / narrow) / 2) - log(2 * M_PI) / 2;
    return prior - (top + log(sum / all));
}

static void add_to_pool(struct pool *pool, double weight, double mean, double variance)
{
    pool->weight[pool->n] = weight, pool->mean[pool->n] = mean;
    pool->variance[pool->n++] = variance;
}

/* Where no point that is kept has the term, the textbook mode says what it is worth. */
static void report_term(const struct gp *gp, const double *const *covariance,
                        struct gp_term_report *row)
{
    size_t g = gp->n_points, own = term_at(gp, &gp->textbook, row->weight, row->term);
    double weight[g], mean[g], variance[g], there[3][g + 1];
    struct pool pool = {0, there[0], there[1], there[2]};
    for (size_t q = 0; q < g; q++) {
        const struct gp_point *p = &gp->points[q];
        size_t at = term_at(gp, p, row->weight, row->term);
        weight[q] = p->weight, mean[q] = p->theta[at];
        variance[q] = covariance[q][at * p->n + at];
        row->probability += p->sizes.large & 1u << row->term ? p->weight : 0;
        if (!(p->sizes.absent & 1u << row->term))
            add_to_pool(&pool, weight[q], mean[q], variance[q]);
    }
    const struct gp_point *full = &gp->textbook;
    if (pool.n == 0)
        add_to_pool(&pool, 1, full->theta[own], full->covariance[own * full->n + own]);
    struct gp_value v = gp_mixture(g, weight, mean, variance);
    row->mean = v.mean, row->low = v.low, row->high = v.high;
    for (size_t q = 0; q < g; q++)
        row->sd += weight[q] * (variance[q] + pow(mean[q] - v.mean, 2));
    row->sd = sqrt(row->sd);
    double wide = pow(full->precision[own], -.5);
    row->log_bayes_factor =
        log_bayes_factor(&pool, wide, gp_small(row->term, gp->options.gains) * wide);
}

size_t gp_terms_report(const struct gp *gp, enum gp_interval interval, struct gp_term_report *rows)
{
    const double *covariance[gp->n_points];
    size_t n = 0;
    for (size_t q = 0; q < gp->n_points; q++)
        covariance[q] = gp_covariance(&gp->points[q], interval);
    for (int term = 0; term < GP_TRACE; term++)
        for (size_t k = 0; k < gp->n_weights && gp->options.terms & 1u << term; k++) {
            rows[n] = (struct gp_term_report){.term = (enum gp_term)term, .weight = k};
            report_term(gp, covariance, &rows[n++]);
        }
    return n;
}

/* Derivatives of the kernel at one lag by theta; those that are not 0. */
static size_t kernel_row(const struct gp_shape *s, size_t k, double m, size_t lag, size_t *at,
                         double *value)
{
    double all[GP_KINDS] = {1, m, 1 / (1 + exp(-12 * (m - .5)))};
    size_t n = 0;
    for (size_t j = 0; j < s->n_simple && lag == 0; j++)
        if (s->simple[j] == GP_CORRECT || s->simple[j] == GP_ERROR) {
            at[n] = s->at[k] + j;
            value[n++] = s->simple[j] == GP_CORRECT ? m : 1 - m;
        }
    for (size_t g = 0; g < s->n_decays; g++)
        for (size_t i = 0; i < s->n_kinds; i++) {
            at[n] = s->at[k] + s->n_simple + g * s->n_kinds + i;
            value[n++] = (1 - s->decay[g]) * pow(s->decay[g], (double)lag) * all[s->kind[i]];
        }
    return n;
}

void gp_memory_kernel(const struct gp *gp, size_t weight, double m, size_t n_lags,
                      struct gp_value *kernel)
{
    const double *c[gp->n_points];
    double mean[gp->n_points], variance[gp->n_points], share[gp->n_points];
    for (size_t q = 0; q < gp->n_points; q++)
        c[q] = gp_covariance(&gp->points[q], GP_MODEL);
    for (size_t lag = 0; lag < n_lags; lag++) {
        for (size_t q = 0; q < gp->n_points; q++) {
            const struct gp_point *p = &gp->points[q];
            struct gp_shape s = gp_point_shape(gp, p);
            size_t at[GP_N_TERMS + GP_DECAYS * GP_KINDS];
            double value[GP_N_TERMS + GP_DECAYS * GP_KINDS];
            size_t n = kernel_row(&s, weight, m, lag, at, value);
            mean[q] = variance[q] = 0, share[q] = p->weight;
            for (size_t i = 0; i < n; i++) {
                mean[q] += value[i] * p->theta[at[i]];
                for (size_t j = 0; j < n; j++)
                    variance[q] += value[i] * value[j] * c[q][at[i] * p->n + at[j]];
            }
        }
        kernel[lag] = gp_mixture(gp->n_points, share, mean, variance);
    }
}
