/* A fit from data to posterior: refusals, textbook modes from several starts, the grid. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "deltaw/learn/positive.h"
#include "gp_inside.h"

/* Prior standard deviations of the terms' sizes, where the feature is at most 1: rates of
 * .1 move a policy from chance to its end within some tens of trials.  A term may be there a
 * little, or not at all: terms are much alike, and a posterior that must give each of them
 * something spreads what one does over all, with updates where there are none. */
static const double term_sd[GP_N_TERMS] = {
    [GP_CORRECT] = .1,      [GP_ERROR] = .1,         [GP_TOWARD] = .1, [GP_EXPECTED] = .1,
    [GP_FORGETTING] = .003, [GP_PERSEVERANCE] = .02, [GP_TRACE] = 2,   [GP_AVERAGE] = 2,
};
static const double lapse_sd = .1;

void gp_options_default(struct gp_options *options)
{
    *options = (struct gp_options){.terms = 1u << GP_CORRECT | 1u << GP_ERROR | 1u << GP_TOWARD |
                                            1u << GP_EXPECTED | 1u << GP_FORGETTING |
                                            1u << GP_PERSEVERANCE,
                                   .smooth = true};
}

bool gp_go_on(const struct gp_search *s)
{
    return !s->watch || !s->watch->go_on || s->watch->go_on(s->watch->context);
}

void gp_prior_set(const struct gp_search *s, const struct gp_shape *shape, struct gp_sizes sizes,
                  const double *sigma, struct gp_prior *prior)
{
    prior->precision = mem_new(shape->n, sizeof(double));
    prior->mean = mem_new(shape->n, sizeof(double));
    for (size_t k = 0; k < shape->n_weights; k++) {
        double size = fmax(s->cohort.x_size[k], 1e-6), *to = prior->precision + shape->at[k];
        for (size_t j = 0; j < shape->n_simple; j++) {
            enum gp_term term = shape->simple[j];
            double sd =
                term_sd[term] * (sizes.large & 1u << term    ? 1
                                 : sizes.absent & 1u << term ? GP_ABSENT
                                                             : gp_small(term, shape->gains));
            *to++ = pow(sd / (term == GP_FORGETTING ? 1 : size * size), -2);
        }
        for (size_t j = 0; j < shape->n_decays * shape->n_kinds; j++)
            *to++ = pow(term_sd[GP_TRACE] / (size * size), -2);
        while (to < prior->precision + shape->at[k + 1])
            *to++ = pow(sigma[k], -2);
    }
    gp_own_precision(shape, s->w0_sd, s->gain_sd, prior->own_precision);
    if (shape->fit_lapse) {
        prior->mean[shape->n_rule] = GP_LAPSE;
        prior->precision[shape->n_rule] = pow(lapse_sd, -2);
    }
}

void gp_prior_clear(struct gp_prior *prior)
{
    free(prior->precision), free(prior->mean);
}

static bool check(const struct gp_data *d, const struct gp_options *o, struct err *err)
{
    size_t scored = 0;
    for (size_t a = 0; a < d->n_animals; a++)
        scored += d->held_out && d->held_out[a] ? 0 : gp_data_scored(d, a);
    if (d->n_weights < 1 || d->n_weights > GP_WEIGHTS)
        return err_set(err, ERR_USAGE,
                       "a gp takes policies of 1 to %d weights, not %zu; leave "
                       "some out of policy=",
                       GP_WEIGHTS, d->n_weights);
    if (d->n_inputs < 1 || d->n_inputs > GP_INPUTS)
        return err_set(err, ERR_USAGE,
                       "a gp's remainder takes 1 to %d inputs, not %zu; leave "
                       "some out of policy=",
                       GP_INPUTS, d->n_inputs);
    if (o->basis > GP_BASIS)
        return err_set(err, ERR_USAGE, "basis=%zu: at most %d points", o->basis, GP_BASIS);
    if (o->terms == 0 && !o->smooth)
        return err_set(err, ERR_USAGE,
                       "a rule without terms and remainder does not learn; name "
                       "terms= or take remainder=smooth");
    if (scored == 0)
        return err_set(err, ERR_DATA, "no animal to fit has two trials; hold out fewer");
    return true;
}

/* Sd of an animal's g, all else unknown as well. */
static double gain_error(const struct gp_shape *shape, const struct gp_mode *mode,
                         const double *covariance, size_t i)
{
    size_t n = shape->n, k = gp_own(shape), at = i * k + k - 1;
    const double *own = mode->own + at * n;
    double sum = mode->own_covariance[at * k + k - 1];
    for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < n; c++)
            sum += own[r] * covariance[r * n + c] * own[c];
    return sqrt(fmax(sum, 0));
}

/* What animals have for themselves; of those that were not fitted the start they are given. */
static void take_own(const struct gp_search *s, const struct gp_shape *shape,
                     const struct gp_mode *mode, struct gp_point *p)
{
    const struct gp_data *data = s->cohort.data;
    size_t k = shape->n_weights, starts = gp_starts(shape);
    p->w0 = mem_new(data->n_animals * starts, sizeof(double));
    p->gain_error = shape->gains ? mem_new(data->n_animals, sizeof(double)) : NULL;
    for (size_t a = 0; a < data->n_animals; a++) {
        memcpy(p->w0 + a * starts, data->w0 + a * k, k * sizeof(double));
        if (shape->gains)
            p->gain_error[a] = s->gain_sd;
    }
    for (size_t i = 0; i < s->cohort.n; i++) {
        size_t a = s->cohort.animal[i];
        memcpy(p->w0 + a * starts, mode->w0 + i * starts, starts * sizeof(double));
        if (shape->gains)
            p->gain_error[a] = gain_error(shape, mode, p->covariance, i);
    }
}

struct gp_point gp_point_of(const struct gp_search *s, const struct gp_variant *variant,
                            const struct gp_shape *shape, const struct gp_prior *prior,
                            const struct gp_mode *mode)
{
    size_t n = shape->n;
    struct gp_point p = {.terms = variant->terms,
                         .sizes = variant->sizes,
                         .n_decays = shape->n_decays,
                         .average = variant->average,
                         .log_likelihood = mode->sums.log_likelihood,
                         .log_posterior = mode->log_posterior,
                         .log_evidence = mode->log_evidence,
                         .n = n,
                         .basis = gp_basis_hold((struct gp_basis *)shape->basis)};
    memcpy(p.decay, variant->decay, sizeof p.decay);
    p.theta = mem_copy(mode->theta, n, sizeof(double));
    p.precision = mem_copy(prior->precision, n, sizeof(double));
    p.factor = mem_copy(mode->factor, n * n, sizeof(double));
    p.covariance = mem_copy(mode->factor, n * n, sizeof(double));
    gp_invert_factor(n, p.covariance);
    p.robust = mem_new(n * n, sizeof(double));
    gp_mode_robust(&s->cohort, prior, mode, p.robust);
    take_own(s, shape, mode, &p);
    return p;
}

void gp_point_clear(struct gp_point *p)
{
    free(p->theta), free(p->precision), free(p->factor), free(p->covariance), free(p->robust),
        free(p->w0), free(p->gain_error);
    gp_basis_drop(p->basis);
}

static bool refuse(struct err *err)
{
    return err_set(err, ERR_FAILED,
                   "no start has a finite likelihood; check the start weights "
                   "and that features of the policy are of size 1");
}

bool gp_fit(const struct gp_data *data, const struct gp_options *options,
            const struct gp_watch *watch, struct gp **out, struct err *err)
{
    struct gp_search s = {.options = *options, .watch = watch};
    if (!check(data, options, err))
        return false;
    gp_cohort_set(&s.cohort, data);
    s.options.basis = options->basis ? options->basis : 10;
    s.options.w0_sd = options->fit_w0_sd && options->w0_sd <= 0 ? 1 : options->w0_sd;
    for (size_t k = 0; k < GP_WEIGHTS; k++)
        s.w0_sd[k] = s.options.w0_sd > 0 ? s.options.w0_sd : 1;
    s.gain_sd = options->fit_gain_sd ? .3 : fmax(options->gain_sd, GP_LEAST_GAIN);
    s.team = team_new(options->threads > 0 ? options->threads : thread_processors());
    s.out = mem_new(1, sizeof *s.out);
    s.out->references = 1;
    s.out->options = s.options;
    s.out->n_weights = data->n_weights, s.out->n_inputs = data->n_inputs;
    s.out->n_animals = data->n_animals, s.out->n_scored = s.cohort.n_scored;
    s.out->gain_sd = options->gain_sd, s.out->gain_low = s.out->gain_high = NAN;
    bool ok = gp_textbooks(&s) && (s.variant[0].found || refuse(err)) && gp_grid(&s);
    memcpy(s.out->w0_sd, s.w0_sd, sizeof s.w0_sd);
    for (size_t i = 0; i < s.n_variants; i++)
        gp_mode_clear(&s.variant[i].mode);
    free(s.variant);
    team_free(s.team);
    gp_cohort_clear(&s.cohort);
    if (ok)
        *out = s.out;
    else
        gp_drop(s.out);
    return ok;
}

struct gp *gp_hold(const struct gp *gp)
{
    struct gp *own = (struct gp *)gp;
    if (own)
        __atomic_add_fetch(&own->references, 1, __ATOMIC_RELAXED);
    return own;
}

void gp_drop(struct gp *gp)
{
    if (!gp || __atomic_sub_fetch(&gp->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < gp->n_points; i++)
        gp_point_clear(&gp->points[i]);
    gp_point_clear(&gp->textbook);
    free(gp->points);
    free(gp);
}
