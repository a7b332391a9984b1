/* Updates and weights with intervals: for each point of the grid a normal distribution by
 * the derivatives at its mode (the delta method), then the mixture of all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "gp_predict.h"

/* P(value <= x) - wanted, and its derivative. */
static double excess(size_t n, const double *weight, const double *mean, const double *sd,
                     double wanted, double x, double *slope)
{
    double sum = -wanted;
    *slope = 0;
    for (size_t i = 0; i < n; i++) {
        double z = (x - mean[i]) / sd[i];
        sum += weight[i] * erfc(-z * M_SQRT1_2) / 2;
        *slope += weight[i] * exp(-z * z / 2) / (sd[i] * sqrt(2 * M_PI));
    }
    return sum;
}

/* Newton's steps, halving where they leave what is known to hold the quantile. */
static double quantile(size_t n, const double *weight, const double *mean, const double *sd,
                       double wanted, double x)
{
    double low = HUGE_VAL, high = -HUGE_VAL, slope;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, mean[i] - 8 * sd[i]);
        high = fmax(high, mean[i] + 8 * sd[i]);
    }
    double range = high - low;
    for (int i = 0; i < 60 && high - low > 1e-9 * range; i++) {
        if (!(x > low && x < high))
            x = (low + high) / 2;
        double over = excess(n, weight, mean, sd, wanted, x, &slope);
        if (over > 0)
            high = x;
        else
            low = x;
        if (fabs(over) < 1e-7)
            break;
        x -= over / slope;
    }
    return x > low && x < high ? x : (low + high) / 2;
}

struct gp_value gp_mixture(size_t n, const double *weight, const double *mean,
                           const double *variance)
{
    double m = 0, v = 0, sd[n];
    for (size_t i = 0; i < n; i++)
        m += weight[i] * mean[i];
    for (size_t i = 0; i < n; i++) {
        v += weight[i] * (variance[i] + (mean[i] - m) * (mean[i] - m));
        sd[i] = fmax(sqrt(variance[i]), 1e-12);
    }
    double away = 1.6448536269514722 * sqrt(v);
    if (n == 1)
        return (struct gp_value){m, m - away, m + away};
    /* a few far components can bring the mean outside */
    return (struct gp_value){m, fmin(m, quantile(n, weight, mean, sd, .05, m - away)),
                             fmax(m, quantile(n, weight, mean, sd, .95, m + away))};
}

double *gp_covariance(const struct gp_point *p, enum gp_interval interval)
{
    double *c = mem_copy(interval == GP_ROBUST ? p->robust : p->factor, p->n * p->n, sizeof *c);
    if (interval == GP_MODEL)
        gp_invert_factor(p->n, c);
    return c;
}

/* What the basis cannot hold of the remainder's prior, where no animal has been. */
double gp_outside(const struct gp_shape *shape, const double *phi)
{
    double sum = 1;
    for (size_t i = 0; i < shape->basis->n; i++)
        sum -= phi[i] * phi[i];
    return fmax(sum, 0);
}

/* The rest of this file: single updates at given weights. */
struct moment {
    const struct gp_shape *shape;
    const double *x, *w;
    double y, z, r, p, q;
    size_t cell;
    double phi[GP_BASIS + 8];
};

static double term_value(const struct moment *m, enum gp_term term, size_t k)
{
    switch (term) {
    case GP_CORRECT: return m->r * (m->y - m->p) * m->x[k];
    case GP_ERROR: return (1 - m->r) * (m->y - m->p) * m->x[k];
    case GP_TOWARD: return (1 - m->r) * (m->z - m->p) * m->x[k];
    case GP_EXPECTED: return 2 * (2 * m->z - 1) * m->q * m->x[k];
    case GP_FORGETTING: return -m->w[k];
    case GP_PERSEVERANCE: return (2 * m->y - 1) * m->x[k];
    default: return 0;
    }
}

/* d dw_k / d theta, those that are not 0: indices and values; returns how many. */
static size_t take_row(const struct moment *m, size_t k, size_t *at, double *value)
{
    const struct gp_shape *s = m->shape;
    size_t n = 0;
    for (size_t j = 0; j < s->n_simple; j++, n++)
        at[n] = s->at[k] + j, value[n] = term_value(m, s->simple[j], k);
    double all[GP_KINDS] = {1, .5, .5};
    for (size_t g = 0; g < s->n_decays; g++)
        for (size_t i = 0; i < s->n_kinds; i++, n++) {
            at[n] = s->at[k] + s->n_simple + g * s->n_kinds + i;
            value[n] = (1 - s->decay[g]) * (m->y - m->p) * m->x[k] * all[s->kind[i]];
        }
    for (size_t i = 0; s->smooth[k] && i < s->basis->n; i++, n++) {
        at[n] = s->at[k + 1] - (GP_CELLS - m->cell) * s->basis->n + i;
        value[n] = m->phi[i];
    }
    return n;
}

static void take_moment(struct moment *m, const struct gp *gp, const double *input)
{
    double logit = 0, v[GP_MOST_DIMS];
    for (size_t k = 0; k < gp->n_weights; k++)
        logit += m->w[k] * m->x[k];
    m->p = 1 / (1 + exp(-logit));
    m->q = m->p * (1 - m->p);
    m->cell = gp_cell(m->y > 0, m->r);
    if (!m->shape->basis)
        return;
    const double *scale = m->shape->basis->inverse_scale;
    for (size_t d = 0; d < gp->n_inputs; d++)
        v[d] = input[d] * scale[d];
    for (size_t k = 0; k < gp->n_weights; k++)
        v[gp->n_inputs + k] = m->w[k] * scale[gp->n_inputs + k];
    gp_engine_pick()->phi(m->shape->basis, m->cell, v, m->phi);
}

/* Mean and variance of dw_k at a moment by one point, whose covariance is c. */
static void one_update(const struct gp_point *p, const double *c, const struct moment *m, size_t k,
                       double *mean, double *variance)
{
    size_t at[GP_N_TERMS + GP_DECAYS * GP_KINDS + GP_BASIS];
    double value[GP_N_TERMS + GP_DECAYS * GP_KINDS + GP_BASIS];
    size_t n = take_row(m, k, at, value);
    *mean = *variance = 0;
    for (size_t i = 0; i < n; i++) {
        const double *row = c + at[i] * p->n;
        double sum = 0;
        for (size_t j = 0; j < i; j++)
            sum += row[at[j]] * value[j];
        *variance += value[i] * (2 * sum + row[at[i]] * value[i]);
        *mean += value[i] * p->theta[at[i]];
    }
    if (m->shape->smooth[k])
        *variance += p->sigma[k] * p->sigma[k] * gp_outside(m->shape, m->phi);
    *variance = fmax(*variance, 0);
}

void gp_update(const struct gp *gp, enum gp_interval interval, size_t n, const double *w,
               const double *x, const double *input, const uint8_t *choice, const uint8_t *answer,
               const double *reward, struct gp_value *out)
{
    size_t K = gp->n_weights, g = gp->n_points;
    double *mean = mem_new(n * K * g, sizeof *mean), *variance = mem_new(n * K * g, sizeof *mean);
    double *weight = mem_new(g, sizeof *weight);
    for (size_t q = 0; q < g; q++) {
        const struct gp_point *p = &gp->points[q];
        struct gp_shape shape = gp_point_shape(gp, p);
        double *c = gp_covariance(p, interval);
        weight[q] = p->weight;
        for (size_t i = 0; i < n; i++) {
            struct moment m = {.shape = &shape,
                               .x = x + i * K,
                               .w = w + i * K,
                               .y = choice[i],
                               .z = answer[i],
                               .r = reward[i]};
            take_moment(&m, gp, input + i * gp->n_inputs);
            for (size_t k = 0; k < K; k++) {
                size_t to = (i * K + k) * g + q;
                one_update(p, c, &m, k, &mean[to], &variance[to]);
            }
        }
        free(c);
    }
    for (size_t i = 0; i < n * K; i++)
        out[i] = gp_mixture(g, weight, mean + i * g, variance + i * g);
    free(mean), free(variance), free(weight);
}
