#include "gp_mean.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "gp_inside.h"

size_t gp_decay_place(double decay)
{
    size_t i = 0;
    while (i + 1 < GP_DECAYS && gp_decays[i] != decay)
        i++;
    return i;
}

static void add_traces(const struct gp_places *p, const struct gp_shape *s, double weight,
                       const double *from, double *theta)
{
    size_t m = s->average == gp_averages[0] ? 0 : 1;
    for (size_t k = 0; k < s->n_weights; k++)
        for (size_t g = 0; g < s->n_decays; g++)
            for (size_t i = 0; i < s->n_kinds; i++) {
                double value = weight * from[s->at[k] + s->n_simple + g * s->n_kinds + i];
                size_t at = k * GP_DECAYS + gp_decay_place(s->decay[g]);
                if (s->kind[i] == 0)
                    theta[p->traces + at] += value;
                else
                    theta[p->averages + (at * GP_AVERAGES + m) * 2 + (size_t)s->kind[i] - 1] +=
                        value;
            }
}

static void add_remainder(const struct gp_places *p, const struct gp_shape *s, double scale,
                          double weight, const double *from, double *theta)
{
    const struct gp_basis *b = s->basis;
    size_t K = s->n_weights, m = p->n_points, which = scale == gp_scales[0] ? 0 : 1;
    double *mix = mem_new(GP_CELLS * K * b->wide, sizeof *mix);
    gp_mix(s, from, mix);
    for (size_t c = 0; c < GP_CELLS; c++) {
        for (size_t k = 0; k < K; k++)
            for (size_t i = 0; i < m; i++)
                theta[p->remainder + ((k * GP_SCALES + which) * GP_CELLS + c) * m + i] +=
                    weight * mix[(c * K + k) * b->wide + i];
        for (size_t d = 0; d < 1 + K; d++)
            for (size_t i = 0; i < m; i++)
                theta[p->inducing + ((which * GP_CELLS + c) * (1 + K) + d) * m + i] =
                    b->z[(c * b->n_dims + d) * b->wide + i];
    }
    for (size_t d = 0; d < 1 + K; d++)
        theta[p->scale + which * (1 + K) + d] = b->inverse_scale[d];
    free(mix);
}

static void add_point(const struct gp *gp, const struct gp_point *point, const struct gp_places *p,
                      double weight, double *theta)
{
    struct gp_shape s = gp_point_shape(gp, point);
    for (size_t k = 0; k < s.n_weights; k++)
        for (size_t j = 0; j < s.n_simple; j++)
            theta[p->terms + k * p->n_simple + j] += weight * point->theta[s.at[k] + j];
    add_traces(p, &s, weight, point->theta, theta);
    if (s.basis && p->smooth)
        add_remainder(p, &s, point->scale, weight, point->theta, theta);
    if (s.fit_lapse)
        theta[p->size] += weight * point->theta[s.n_rule];
}

void gp_point_rule(const struct gp *gp, const struct gp_point *point,
                   const struct rule_shape *shape, double *theta)
{
    struct gp_places p = gp_places_of(shape);
    memset(theta, 0, (p.size + shape->lapse.fitted) * sizeof *theta);
    add_point(gp, point, &p, 1, theta);
}

void gp_mean_rule(const struct gp *gp, const struct rule_shape *shape, double *theta)
{
    struct gp_places p = gp_places_of(shape);
    memset(theta, 0, (p.size + shape->lapse.fitted) * sizeof *theta);
    for (size_t q = 0; q < gp->n_points; q++)
        add_point(gp, &gp->points[q], &p, gp->points[q].weight, theta);
}
