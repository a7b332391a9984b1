/* Updates at given weights, and means of several. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "gp_predict.h"

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

/* --- means ------------------------------------------------------------------- */

struct averager_point {
    struct gp_shape shape;
    double *covariance;
};

struct gp_averager {
    const struct gp *gp;
    size_t weight, n_row;         /* n_row: parameters of the weight in the largest point */
    struct averager_point *point; /* [n_points] */
};

struct gp_averager *gp_averager_new(const struct gp *gp, enum gp_interval interval, size_t weight)
{
    struct gp_averager *a = mem_new(1, sizeof *a);
    a->gp = gp, a->weight = weight;
    a->point = mem_new(gp->n_points, sizeof *a->point);
    for (size_t q = 0; q < gp->n_points; q++) {
        a->point[q].shape = gp_point_shape(gp, &gp->points[q]);
        a->point[q].covariance = gp_covariance(&gp->points[q], interval);
        size_t n = a->point[q].shape.at[weight + 1] - a->point[q].shape.at[weight];
        a->n_row = n > a->n_row ? n : a->n_row;
    }
    return a;
}

void gp_averager_free(struct gp_averager *a)
{
    if (!a)
        return;
    for (size_t q = 0; q < a->gp->n_points; q++)
        free(a->point[q].covariance);
    free(a->point);
    free(a);
}

/* Of each point the mean derivatives and what its basis leaves out; then the sum of times. */
size_t gp_average_room(const struct gp_averager *a)
{
    return a->gp->n_points * (a->n_row + 1) + 1;
}

void gp_average_add(const struct gp_averager *a, double *room, double times, const double *w,
                    const double *x, const double *input, int choice, int answer, double reward)
{
    const struct gp *gp = a->gp;
    size_t at[GP_N_TERMS + GP_DECAYS * GP_KINDS + GP_BASIS];
    double value[GP_N_TERMS + GP_DECAYS * GP_KINDS + GP_BASIS];
    struct moment m = {.x = x, .w = w, .y = choice, .z = answer, .r = reward};
    const struct gp_basis *basis = NULL;
    for (size_t q = 0; q < gp->n_points; q++, room += a->n_row + 1) {
        const struct gp_shape *shape = &a->point[q].shape;
        m.shape = shape;
        if (q == 0 || (shape->basis && shape->basis != basis)) {
            take_moment(&m, gp, input);
            basis = shape->basis;
        }
        size_t n = take_row(&m, a->weight, at, value);
        for (size_t i = 0; i < n; i++)
            room[at[i] - shape->at[a->weight]] += times * value[i];
        if (shape->smooth[a->weight])
            room[a->n_row] += times * gp_outside(shape, m.phi);
    }
    *room += times;
}

struct gp_value gp_average_value(const struct gp_averager *a, double *room, double *sd)
{
    const struct gp *gp = a->gp;
    size_t g = gp->n_points;
    double weight[g], mean[g], variance[g], times = room[g * (a->n_row + 1)], m = 0, v = 0;
    for (size_t q = 0; q < g; q++, room += a->n_row + 1) {
        const struct gp_point *p = &gp->points[q];
        size_t first = a->point[q].shape.at[a->weight];
        size_t n = a->point[q].shape.at[a->weight + 1] - first;
        weight[q] = p->weight, mean[q] = variance[q] = 0;
        for (size_t i = 0; i < n; i++) {
            const double *row = a->point[q].covariance + (first + i) * p->n + first;
            double sum = 0;
            if (room[i] == 0)
                continue;
            for (size_t j = 0; j < n; j++)
                sum += row[j] * room[j];
            variance[q] += room[i] * sum / (times * times);
            mean[q] += room[i] * p->theta[first + i] / times;
        }
        variance[q] = fmax(variance[q], 0) + pow(p->sigma[a->weight], 2) * room[a->n_row] / times;
        m += weight[q] * mean[q];
    }
    for (size_t q = 0; q < g; q++)
        v += weight[q] * (variance[q] + (mean[q] - m) * (mean[q] - m));
    *sd = sqrt(v);
    return gp_mixture(g, weight, mean, variance);
}
