/* Skewed posteriors.  The faster a weight follows what was chosen, the sooner it forgets, and
 * the less choices tell of how it came about: their information changes along such a combination
 * of terms, the more the fewer the trials, and the posterior has a long side and a short one,
 * which one normal distribution about the mode has not.
 *
 * For each weight the combination along which the information changes most is looked at: two
 * pieces of a normal distribution are put through what the posterior is two standard deviations
 * to either side, all else integrated out, and the point is given their mean and variance, as is
 * done for the axes of Rue, Martino and Chopin 2009 (section 6.5). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/positive.h"
#include "gp_inside.h"

/* Standard deviations from the mode; least and most of a side's over the normal's. */
static const double aside = 2, least_side = .5, most_side = 2.5;

/* --- how the information of the terms changes */

struct curvature {
    const struct gp_search *s;
    const struct gp_variant *full;
    double *step; /* [n] */
    size_t n;     /* simple parameters of all weights */
    double *by;   /* [n][n][n]: d F / d theta_l at the mode of all terms */
    struct gp_point **point;
};

static void bend_one(void *context, size_t l, size_t member)
{
    struct curvature *b = context;
    const struct gp_shape *shape = &b->full->shape;
    size_t n = shape->n_rule;
    struct gp_mode mode;
    (void)member;
    gp_mode_set(&mode, shape, b->s->cohort.n);
    gp_mode_at(b->s, b->full, &mode);
    mode.theta[l] += b->step[l];
    gp_sum(&b->s->cohort, shape, mode.theta, mode.w0, true, NULL, &mode.sums);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double change =
                mode.sums.fisher[i * shape->n + j] - b->full->mode.sums.fisher[i * shape->n + j];
            b->by[(l * n + i) * n + j] = b->by[(l * n + j) * n + i] = change / b->step[l];
        }
    gp_mode_clear(&mode);
}

static void curvature_set(struct curvature *b)
{
    size_t n = b->full->shape.n_rule, wide = b->full->shape.n;
    double *covariance = mem_copy(b->full->mode.factor, wide * wide, sizeof *covariance);
    gp_invert_factor(wide, covariance);
    b->n = n, b->by = mem_new(n * n * n, sizeof *b->by), b->step = mem_new(n, sizeof *b->step);
    for (size_t i = 0; i < n; i++)
        b->step[i] = sqrt(covariance[i * wide + i]) / 2;
    team_run(b->s->team, n, bend_one, b);
    free(covariance);
}

/* --- a point */

/* Places of the simple parameters among those of a shape. */
static size_t place_of(const struct gp_shape *shape, size_t i)
{
    return shape->at[i / shape->n_simple] + i % shape->n_simple;
}

/* Along which the information changes most as far as parameters of weight k say: v [n], of a
 * variance of 1, and M v. */
static bool direction(const struct curvature *curvature, const struct gp_shape *shape,
                      const struct gp_point *p, size_t k, double *v, double *mv)
{
    size_t n = p->n, simple = shape->n_simple;
    double size = 0;
    memset(mv, 0, n * sizeof *mv);
    for (size_t l = k * simple; l < (k + 1) * simple; l++) {
        double sum = 0;
        for (size_t i = 0; i < curvature->n; i++)
            for (size_t j = 0; j < curvature->n; j++)
                sum += p->covariance[place_of(shape, i) * n + place_of(shape, j)] *
                       curvature->by[(l * curvature->n + i) * curvature->n + j];
        mv[place_of(shape, l)] = sum;
    }
    for (size_t i = 0; i < n; i++) {
        v[i] = 0;
        for (size_t j = 0; j < n; j++)
            v[i] += p->covariance[i * n + j] * mv[j];
        size += v[i] * mv[i];
    }
    for (size_t i = 0; i < n && size > 0; i++)
        v[i] /= sqrt(size), mv[i] /= sqrt(size);
    return size > 0;
}

/* What a side is, over the normal's: by the log density there, all else integrated out. */
static double side(const struct gp_search *s, const struct gp_shape *shape,
                   const struct gp_prior *prior, const struct gp_point *p, double way,
                   const double *v, const double *mv)
{
    struct gp_mode mode;
    gp_mode_set(&mode, shape, s->cohort.n);
    for (size_t i = 0; i < p->n; i++)
        mode.theta[i] = p->theta[i] + way * v[i];
    for (size_t i = 0; i < s->cohort.n; i++)
        memcpy(mode.w0 + i * mode.starts, p->w0 + s->cohort.animal[i] * mode.starts,
               mode.starts * sizeof *mode.w0);
    gp_sum(&s->cohort, shape, mode.theta, mode.w0, true, NULL, &mode.sums);
    double drop = p->log_evidence - gp_mode_across(&s->cohort, prior, mv, &mode);
    gp_mode_clear(&mode);
    return fmin(fmax(drop > 0 ? fabs(way) / sqrt(2 * drop) : most_side, least_side), most_side);
}

/* The mean moves by `mean` along v, whose variance becomes `variance`. */
static void skew(struct gp_point *p, double mean, double variance, const double *v,
                 const double *mv)
{
    size_t n = p->n;
    double robust = 0, *m = mem_new(n * n, sizeof *m);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            robust += mv[i] * p->robust[i * n + j] * mv[j];
    for (size_t i = 0; i < n; i++) {
        p->theta[i] += mean * v[i];
        for (size_t j = 0; j < n; j++) {
            p->robust[i * n + j] += (variance - 1) * robust * v[i] * v[j];
            for (size_t q = 0; q <= (i < j ? i : j); q++)
                m[i * n + j] += p->factor[i * n + q] * p->factor[j * n + q];
            m[i * n + j] += (1 / variance - 1) * mv[i] * mv[j];
        }
    }
    if (positive_factor(n, m, p->factor)) { /* as it is read from a file */
        memcpy(p->covariance, p->factor, n * n * sizeof *m);
        gp_invert_factor(n, p->covariance);
    }
    free(m);
}

/* By any thread. */
static void skew_one(void *context, size_t i, size_t member)
{
    struct curvature *curvature = context;
    struct gp_point *p = curvature->point[i];
    struct gp_shape shape = gp_point_shape(curvature->s->out, p);
    struct gp_prior prior;
    size_t K = shape.n_weights, n = p->n;
    double *v = mem_new(K * n, sizeof *v), *mv = mem_new(K * n, sizeof *mv);
    double below[GP_WEIGHTS], above[GP_WEIGHTS];
    (void)member;
    gp_prior_set(curvature->s, &shape, p->sizes, p->sigma, &prior);
    for (size_t k = 0; k < K; k++) {
        below[k] = above[k] = 1;
        if (!direction(curvature, &shape, p, k, v + k * n, mv + k * n))
            continue;
        below[k] = side(curvature->s, &shape, &prior, p, -aside, v + k * n, mv + k * n);
        above[k] = side(curvature->s, &shape, &prior, p, aside, v + k * n, mv + k * n);
    }
    for (size_t k = 0; k < K; k++) {
        double more = above[k] - below[k];
        skew(p, M_SQRT2 / sqrt(M_PI) * more, above[k] * below[k] + (1 - M_2_PI) * more * more,
             v + k * n, mv + k * n);
        p->log_evidence += log((above[k] + below[k]) / 2);
    }
    gp_prior_clear(&prior);
    free(v), free(mv);
}

void gp_skew(const struct gp_search *s, struct gp_point **point, size_t n)
{
    struct curvature curvature = {.s = s, .full = &s->variant[0], .point = point};
    const struct gp_shape *shape = &curvature.full->shape;
    if (n == 0 || shape->n_simple == 0 || gp_own(shape) > 0)
        return;
    curvature_set(&curvature);
    team_run(s->team, n, skew_one, &curvature);
    free(curvature.by), free(curvature.step);
}
