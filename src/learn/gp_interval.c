/* Intervals of updates at given weights, of sums of several: the derivatives by a point's
 * parameters are summed first, so that errors which the updates share do not average out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/model.h"
#include "gp_data.h"
#include "gp_mean.h"
#include "gp_predict.h"

enum {
    MOST_ENTRIES = GP_N_TERMS + GP_DECAYS * GP_KINDS + GP_BASIS, /* of a derivative */
    MOST_ROOM = 1 << 22                                          /* doubles of sums at a time */
};

/* An update, and what its derivatives are made of. */
struct moment {
    const struct gp_shape *shape;
    const double *x, *w;
    const double *state; /* of the rule before it, see gp_mean.h; NULL: zero */
    double stimulus, y, z, r, p, q;
    size_t n_weights, cell;
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

static double trace_value(const struct moment *m, size_t k, double decay)
{
    size_t at = gp_decay_place(decay) * m->n_weights + k;
    return decay * (m->state ? m->state[at] : 0) + (1 - decay) * (m->y - m->p) * m->x[k];
}

/* What traces are weighed by: the average with this reward. */
static void kinds_of(const struct moment *m, double *kind)
{
    double keep = m->shape->average;
    size_t at = GP_DECAYS * m->n_weights + (keep == gp_averages[0] ? 0 : 1);
    double average = keep * (m->state ? m->state[at] : 0) + (1 - keep) * (m->r - .5);
    double all[GP_KINDS] = {1, average + .5, 1 / (1 + exp(-12 * average))};
    for (size_t i = 0; i < m->shape->n_kinds; i++)
        kind[i] = all[m->shape->kind[i]];
}

/* d dw_k / d theta, those that are not 0: places after the weight's first, and values;
 * returns how many. */
static size_t take_row(const struct moment *m, size_t k, size_t *at, double *value)
{
    const struct gp_shape *s = m->shape;
    size_t n = 0;
    double kind[GP_KINDS];
    for (size_t j = 0; j < s->n_simple; j++, n++)
        at[n] = j, value[n] = term_value(m, s->simple[j], k);
    kinds_of(m, kind);
    for (size_t g = 0; g < s->n_decays; g++)
        for (size_t i = 0; i < s->n_kinds; i++, n++) {
            at[n] = s->n_simple + g * s->n_kinds + i;
            value[n] = trace_value(m, k, s->decay[g]) * kind[i];
        }
    size_t cells = s->at[k + 1] - s->at[k] - (s->smooth[k] ? GP_CELLS * s->basis->n : 0);
    for (size_t i = 0; s->smooth[k] && i < s->basis->n; i++, n++) {
        at[n] = cells + m->cell * s->basis->n + i;
        value[n] = m->phi[i];
    }
    return n;
}

static void take_phi(struct moment *m)
{
    const struct gp_basis *b = m->shape->basis;
    double v[GP_MOST_DIMS];
    v[0] = m->stimulus * b->inverse_scale[0];
    for (size_t k = 0; k < m->n_weights; k++)
        v[1 + k] = m->w[k] * b->inverse_scale[1 + k];
    gp_engine_pick()->phi(b, m->cell, v, m->phi);
}

/* --- sums -------------------------------------------------------------------- */

/* Of one weight: for each sum and point the derivatives, then what the basis leaves out
 * (its prior deviation is the same function at all places: it adds up like one). */
struct sums {
    const struct gp *gp;
    enum gp_interval interval;
    size_t weight, n_row;   /* parameters of the weight in the largest point */
    struct gp_shape *shape; /* [n_points] */
    double *room;           /* [sums][n_points][n_row + 1] */
};

static size_t stride_of(const struct sums *s)
{
    return s->gp->n_points * (s->n_row + 1);
}

static void add_update(const struct sums *s, double *room, double times, struct moment *m)
{
    size_t at[MOST_ENTRIES];
    double value[MOST_ENTRIES];
    const struct gp_basis *basis = NULL;
    for (size_t q = 0; q < s->gp->n_points; q++, room += s->n_row + 1) {
        m->shape = &s->shape[q];
        if (m->shape->basis && m->shape->basis != basis) {
            basis = m->shape->basis;
            take_phi(m);
        }
        size_t n = take_row(m, s->weight, at, value);
        for (size_t i = 0; i < n; i++)
            room[at[i]] += times * value[i];
        if (m->shape->smooth[s->weight])
            room[s->n_row] += times * sqrt(gp_outside(m->shape, m->phi));
    }
}

static struct gp_value value_of(const struct sums *s, const double *room)
{
    const struct gp *gp = s->gp;
    size_t g = gp->n_points;
    double weight[g], mean[g], variance[g];
    for (size_t q = 0; q < g; q++, room += s->n_row + 1) {
        const struct gp_point *p = &gp->points[q];
        size_t first = s->shape[q].at[s->weight], n = s->shape[q].at[s->weight + 1] - first;
        weight[q] = p->weight, mean[q] = variance[q] = 0;
        for (size_t i = 0; i < n; i++) {
            const double *row = gp_covariance(p, s->interval) + (first + i) * p->n + first;
            double sum = 0;
            if (room[i] == 0)
                continue;
            for (size_t j = 0; j < n; j++)
                sum += row[j] * room[j];
            variance[q] += room[i] * sum;
            mean[q] += room[i] * p->theta[first + i];
        }
        variance[q] = fmax(variance[q], 0) + pow(p->sigma[s->weight] * room[s->n_row], 2);
    }
    return gp_mixture(g, weight, mean, variance);
}

/* Sums [from, to) of the request. */
static void take_sums(const struct sums *s, const struct interval_request *r, size_t n_inputs,
                      size_t from, size_t to, struct gp_value *out)
{
    size_t K = s->gp->n_weights, stride = stride_of(s);
    memset(s->room, 0, (to - from) * stride * sizeof *s->room);
    for (size_t i = 0; i < r->n; i++) {
        const double *u = r->u + i * n_inputs, *v = u + K;
        if (r->sum[i] < from || r->sum[i] >= to)
            continue;
        struct moment m = {.x = r->x + i * K,
                           .w = u,
                           .state = r->state ? r->state + i * r->n_state : NULL,
                           .stimulus = v[INPUT_STIMULUS],
                           .y = v[INPUT_CHOICE],
                           .z = r->answer[i],
                           .r = v[INPUT_REWARD],
                           .n_weights = K,
                           .cell = gp_cell(v[INPUT_CHOICE] > 0, v[INPUT_REWARD])};
        double logit = 0;
        for (size_t k = 0; k < K; k++)
            logit += m.w[k] * m.x[k];
        m.p = 1 / (1 + exp(-logit));
        m.q = m.p * (1 - m.p);
        add_update(s, s->room + (r->sum[i] - from) * stride, r->weight[i], &m);
    }
    for (size_t i = from; i < to; i++)
        out[i] = value_of(s, s->room + (i - from) * stride);
}

bool gp_interval(const struct model *model, const struct interval_request *r, double *mean,
                 double *lower, double *upper)
{
    const struct gp *gp = model->gp;
    if (!gp || gp->n_points == 0)
        return false;
    struct sums s = {
        .gp = gp, .interval = r->robust ? GP_ROBUST : GP_MODEL, .weight = r->component};
    s.shape = mem_new(gp->n_points, sizeof *s.shape);
    for (size_t q = 0; q < gp->n_points; q++) {
        s.shape[q] = gp_point_shape(gp, &gp->points[q]);
        size_t n = s.shape[q].at[s.weight + 1] - s.shape[q].at[s.weight];
        s.n_row = n > s.n_row ? n : s.n_row;
    }
    size_t stride = stride_of(&s), most = MOST_ROOM / stride + 1;
    most = most < r->n_sums ? most : r->n_sums;
    s.room = mem_new(most * stride, sizeof *s.room);
    struct gp_value *out = mem_new(r->n_sums, sizeof *out);
    for (size_t from = 0; from < r->n_sums; from += most)
        take_sums(&s, r, rule_inputs(&model->settings.shape), from,
                  from + most < r->n_sums ? from + most : r->n_sums, out);
    for (size_t i = 0; i < r->n_sums; i++) {
        if (mean)
            mean[i] = out[i].mean;
        lower[i] = out[i].low, upper[i] = out[i].high;
    }
    free(s.shape), free(s.room), free(out);
    return true;
}
