/* What the textbook mode says of what it leaves out, without a further fit: earlier trials
 * that go on to teach, and animals or weights that one rule does not account for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "gp_inside.h"
#include "gp_mean.h"

/* The evidence that traces promise, were the posterior normal about no traces: what Rao's
 * score test is to a likelihood ratio. */
static double promise_of_traces(const struct gp_search *s, const struct gp_variant *v)
{
    struct gp_shape shape = v->shape;
    struct gp_prior prior;
    struct gp_mode mode;
    shape.n_decays = GP_DECAYS;
    memcpy(shape.decay, gp_decays, sizeof shape.decay);
    gp_shape_set(&shape, v->terms | 1u << GP_TRACE);
    gp_mode_set(&mode, &shape, s->cohort.n);
    for (size_t k = 0; k < shape.n_weights; k++)
        memcpy(mode.theta + shape.at[k], v->mode.theta + v->shape.at[k],
               shape.n_simple * sizeof *mode.theta);
    if (shape.fit_lapse)
        mode.theta[shape.n_rule] = v->mode.theta[v->shape.n_rule];
    memcpy(mode.w0, v->mode.w0, s->cohort.n * mode.starts * sizeof *mode.w0);
    gp_sum(&s->cohort, &shape, mode.theta, mode.w0, true, s->team, &mode.sums);
    gp_prior_set(s, &shape, v->sizes, NULL, &prior);
    double evidence = gp_mode_promise(&s->cohort, &prior, &mode);
    gp_prior_clear(&prior);
    gp_mode_clear(&mode);
    return evidence - v->mode.log_evidence;
}

void gp_misfit(struct gp_search *s, const struct gp_variant *full)
{
    struct gp_prior prior;
    gp_prior_set(s, &full->shape, full->sizes, NULL, &prior);
    gp_mode_scatter(&s->cohort, &prior, &full->mode, &s->out->scatter, &s->out->scatter_z);
    gp_prior_clear(&prior);
    bool asked = s->options.terms & (1u << GP_TRACE | 1u << GP_AVERAGE);
    s->out->log_bayes_missing = asked ? NAN : promise_of_traces(s, full);
}
