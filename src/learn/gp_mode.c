/* The mode by damped Gauss-Newton steps.  What an animal has for itself, start weights that are
 * estimated and its gain, is one small block an animal, which is eliminated: the shared parameters
 * are left with the Schur complement. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/positive.h"
#include "gp_inside.h"

enum { MOST_STEPS = 60 };
/* Enough when a step can gain no more than this many nats; and near enough for what the mode of
 * a normal posterior is from there on, which need not be looked at. */
static const double enough = 5e-3, near = .05;
/* Nats of evidence that all steps together may lose. */
static const double price = .3, most_damping = 1e3;

void gp_mode_set(struct gp_mode *mode, const struct gp_shape *shape, size_t n_animals)
{
    size_t n = shape->n, k = gp_own(shape);
    *mode = (struct gp_mode){.log_posterior = -INFINITY,
                             .log_evidence = -INFINITY,
                             .starts = gp_starts(shape),
                             .from = gp_own_from(shape)};
    gp_sums_set(&mode->sums, shape, n_animals);
    mode->theta = mem_new(n, sizeof(double));
    mode->w0 = mem_new(n_animals * gp_starts(shape), sizeof(double));
    mode->factor = mem_new(n * n, sizeof(double));
    mode->own = mem_new(n_animals * k * n, sizeof(double));
    mode->own_covariance = mem_new(n_animals * k * k, sizeof(double));
}

void gp_mode_clear(struct gp_mode *mode)
{
    gp_sums_clear(&mode->sums);
    free(mode->theta), free(mode->w0), free(mode->factor), free(mode->own);
    free(mode->own_covariance);
}

/* M_aa of an animal, inverted; its determinant's logarithm is added. */
static bool invert_own(const struct gp_prior *prior, double damping, const struct gp_sums *s,
                       size_t a, double *out, double *log_determinant)
{
    size_t n = s->n, k = s->k, width = n + k;
    double l[GP_OWN * GP_OWN];
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double f = s->own[(a * k + i) * width + n + j];
            out[i * k + j] = out[j * k + i] =
                f + (i == j ? prior->own_precision[i] + damping * (f + 1e-9) : 0);
        }
    if (!positive_factor(k, out, l))
        return false;
    *log_determinant += gp_log_determinant(k, l);
    return positive_invert(k, out);
}

/* Takes an animal's own out of the shared matrix m [n][n] (lower triangle). */
static void eliminate(const struct gp_sums *s, size_t a, const double *inverse, double *own,
                      double *m)
{
    size_t n = s->n, k = s->k, width = n + k;
    const double *cross = s->own + a * k * width;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t q = 0; q < k; q++)
                sum += inverse[i * k + q] * cross[q * width + j];
            own[i * n + j] = sum;
        }
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < k; q++)
            for (size_t j = 0; j <= i; j++)
                m[i * n + j] -= cross[q * width + i] * own[q * n + j];
}

/* How far the i-th of a fitted animal's own is from where its prior has it: start weights from
 * the data's, g from 0. */
static double away_of(const struct gp_cohort *c, const struct gp_mode *m, size_t a, size_t i)
{
    size_t K = c->data->n_weights, at = m->from + i;
    return m->w0[a * m->starts + at] - (at < K ? c->data->w0[c->animal[a] * K + at] : 0);
}

/* log prior up to constants: -1/2 of the sum of precision times squared distances. */
static double log_prior(const struct gp_cohort *c, const struct gp_prior *prior,
                        const struct gp_mode *m)
{
    double sum = 0;
    for (size_t i = 0; i < m->sums.n; i++)
        sum += prior->precision[i] * pow(m->theta[i] - prior->mean[i], 2);
    for (size_t a = 0; a < c->n; a++)
        for (size_t i = 0; i < m->sums.k; i++)
            sum += prior->own_precision[i] * pow(away_of(c, m, a, i), 2);
    return -sum / 2;
}

bool gp_mode_factor(const struct gp_cohort *cohort, const struct gp_prior *prior, double damping,
                    struct gp_mode *mode)
{
    const struct gp_sums *s = &mode->sums;
    size_t n = s->n, k = s->k;
    double inside = 0, *m = mem_copy(s->fisher, n * n, sizeof *m);
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        m[i * n + i] += prior->precision[i] + damping * (m[i * n + i] + 1e-9);
    for (size_t a = 0; a < cohort->n && k > 0 && ok; a++) {
        double *inverse = mode->own_covariance + a * k * k;
        ok = invert_own(prior, damping, s, a, inverse, &inside);
        if (ok)
            eliminate(s, a, inverse, mode->own + a * k * n, m);
    }
    ok = ok && positive_factor(n, m, mode->factor);
    free(m);
    if (!ok)
        return false;
    mode->log_posterior = s->log_likelihood + log_prior(cohort, prior, mode);
    mode->log_evidence = mode->log_posterior - gp_log_determinant(n, mode->factor) / 2 - inside / 2;
    for (size_t i = 0; i < n; i++)
        mode->log_evidence += log(prior->precision[i]) / 2;
    for (size_t i = 0; i < k; i++)
        mode->log_evidence += (double)cohort->n * log(prior->own_precision[i]) / 2;
    return true;
}

/* The step of the factored mode: d [n], d0 [fitted animals][k]; returns what it would gain
 * were the posterior normal. */
static double take_step(const struct gp_cohort *c, const struct gp_prior *prior,
                        const struct gp_mode *m, double *d, double *d0)
{
    const struct gp_sums *s = &m->sums;
    size_t n = s->n, k = s->k, width = n + k;
    double *b0 = mem_new(c->n * k, sizeof *b0), *b = mem_new(n, sizeof *b), gain = 0;
    for (size_t i = 0; i < n; i++)
        b[i] = d[i] = s->gradient[i] - prior->precision[i] * (m->theta[i] - prior->mean[i]);
    for (size_t a = 0; a < c->n; a++)
        for (size_t i = 0; i < k; i++) {
            b0[a * k + i] =
                s->score[a * width + n + i] - prior->own_precision[i] * away_of(c, m, a, i);
            for (size_t j = 0; j < n; j++)
                d[j] -= m->own[(a * k + i) * n + j] * b0[a * k + i];
        }
    gp_solve_lower(n, m->factor, d);
    gp_solve_upper(n, m->factor, d);
    for (size_t i = 0; i < n; i++)
        gain += b[i] * d[i];
    for (size_t a = 0; a < c->n; a++)
        for (size_t i = 0; i < k; i++) {
            double sum = 0;
            for (size_t j = 0; j < k; j++)
                sum += m->own_covariance[(a * k + i) * k + j] * b0[a * k + j];
            for (size_t j = 0; j < n; j++)
                sum -= m->own[(a * k + i) * n + j] * d[j];
            d0[a * k + i] = sum;
            gain += b0[a * k + i] * sum;
        }
    free(b0), free(b);
    return gain / 2;
}

/* A lapse stays a share. */
static void move(const struct gp_shape *shape, struct gp_mode *to, const struct gp_mode *from,
                 size_t n_animals, const double *d, const double *d0)
{
    size_t k = from->sums.k;
    for (size_t i = 0; i < shape->n; i++)
        to->theta[i] = from->theta[i] + d[i];
    if (to != from)
        memcpy(to->w0, from->w0, n_animals * from->starts * sizeof *to->w0);
    for (size_t i = 0; i < n_animals * k; i++)
        to->w0[i / k * from->starts + from->from + i % k] += d0[i];
    if (shape->fit_lapse)
        to->theta[shape->n_rule] = fmin(fmax(to->theta[shape->n_rule], 1e-4), .5);
}

/* One step that does not lose, with as little damping as that takes.  False: none.
 *
 * It must not lose evidence either, of which `best` is the most so far.  Where rates are
 * so high that the weights of an animal are chaotic, choices can be fitted to spikes of the
 * posterior that are high but hold no probability: their information is immense. */
static bool advance(const struct gp_cohort *c, const struct gp_shape *shape,
                    const struct gp_prior *prior, struct team *team, double *damping, double *best,
                    struct gp_mode *mode, struct gp_mode *next)
{
    double *d = mem_new(shape->n, sizeof *d), *d0 = mem_new(c->n * mode->sums.k, sizeof *d0);
    bool ok = false;
    for (; !ok && *damping < most_damping; *damping *= ok ? 1. / 6 : 8) {
        if (!gp_mode_factor(c, prior, *damping, mode))
            continue;
        take_step(c, prior, mode, d, d0);
        move(shape, next, mode, c->n, d, d0);
        gp_sum(c, shape, next->theta, next->w0, true, team, &next->sums);
        ok = isfinite(next->sums.log_likelihood) && gp_mode_factor(c, prior, 0, next) &&
             next->log_posterior >= mode->log_posterior - 1e-7 &&
             next->log_evidence >= *best - price;
    }
    *damping = fmax(*damping, 1e-9);
    *best = ok ? fmax(*best, next->log_evidence) : *best;
    free(d), free(d0);
    return ok;
}

/* The last step, and what holds at the mode of a normal posterior: the gradients of likelihood
 * and prior cancel. */
static void settle(const struct gp_cohort *c, const struct gp_shape *shape,
                   const struct gp_prior *prior, double gain, const double *d, const double *d0,
                   struct gp_mode *m)
{
    struct gp_sums *s = &m->sums;
    move(shape, m, m, c->n, d, d0);
    m->log_posterior += gain, m->log_evidence += gain;
    s->log_likelihood = m->log_posterior - log_prior(c, prior, m);
    for (size_t i = 0; i < s->n; i++)
        s->gradient[i] = prior->precision[i] * (m->theta[i] - prior->mean[i]);
    for (size_t a = 0; a < c->n; a++)
        for (size_t i = 0; i < s->k; i++)
            s->score[a * (s->n + s->k) + s->n + i] = prior->own_precision[i] * away_of(c, m, a, i);
}

bool gp_mode_find(const struct gp_cohort *cohort, const struct gp_shape *shape,
                  const struct gp_prior *prior, struct team *team, gp_told told, void *context,
                  struct gp_mode *mode)
{
    double damping = 1e-3, *d = mem_new(shape->n, sizeof *d);
    double *d0 = mem_new(cohort->n * gp_own(shape), sizeof *d0);
    struct gp_mode next;
    gp_mode_set(&next, shape, cohort->n);
    if (!mode->summed)
        gp_sum(cohort, shape, mode->theta, mode->w0, true, team, &mode->sums);
    mode->summed = next.summed = true;
    next.quick = mode->quick;
    /* where nothing is learnt terms are alike, and single precision cannot tell them apart */
    bool ok = isfinite(mode->sums.log_likelihood) && (gp_mode_factor(cohort, prior, 0, mode) ||
                                                      gp_mode_factor(cohort, prior, damping, mode));
    double best = mode->log_evidence;
    int steps = 0;
    for (; ok && steps < MOST_STEPS; steps++) {
        double gain = take_step(cohort, prior, mode, d, d0);
        if (mode->quick && gain < near)
            settle(cohort, shape, prior, gain, d, d0, mode);
        if (gain < (mode->quick ? near : enough))
            break;
        bool more = advance(cohort, shape, prior, team, &damping, &best, mode, &next);
        if (more) {
            struct gp_mode swap = *mode;
            *mode = next, next = swap;
        } else {
            ok = gp_mode_factor(cohort, prior, 0, mode);
        }
        ok = ok && (!told || told(context, mode));
        if (!more)
            break;
    }
    mode->steps = steps;
    gp_mode_clear(&next);
    free(d), free(d0);
    return ok;
}

/* Scores of the animals, start weights profiled out: [fitted animals][n] about their mean. */
static double *own_scores(const struct gp_cohort *c, const struct gp_mode *m)
{
    const struct gp_sums *s = &m->sums;
    size_t n = s->n, width = n + s->k;
    double *u = mem_new(c->n * n, sizeof *u), *mean = mem_new(n, sizeof *mean);
    for (size_t a = 0; a < c->n; a++)
        for (size_t j = 0; j < n; j++) {
            double sum = s->score[a * width + j];
            for (size_t i = 0; i < s->k; i++)
                sum -= m->own[(a * s->k + i) * n + j] * s->score[a * width + n + i];
            u[a * n + j] = sum;
            mean[j] += sum / (double)c->n;
        }
    for (size_t i = 0; i < c->n * n; i++)
        u[i] -= mean[i % n];
    free(mean);
    return u;
}

double gp_mode_promise(const struct gp_cohort *cohort, const struct gp_prior *prior,
                       struct gp_mode *mode)
{
    size_t n = mode->sums.n;
    double gain = 0, *b = mem_new(n, sizeof *b);
    bool ok = gp_mode_factor(cohort, prior, 0, mode);
    for (size_t i = 0; i < n; i++)
        b[i] = mode->sums.gradient[i] - prior->precision[i] * (mode->theta[i] - prior->mean[i]);
    if (ok)
        gp_solve_lower(n, mode->factor, b);
    for (size_t i = 0; i < n; i++)
        gain += b[i] * b[i] / 2;
    free(b);
    return ok ? mode->log_evidence + gain : -INFINITY;
}

double gp_mode_across(const struct gp_cohort *cohort, const struct gp_prior *prior,
                      const double *normal, struct gp_mode *mode)
{
    size_t n = mode->sums.n;
    double *d = mem_new(n, sizeof *d), *d0 = mem_new(cohort->n * mode->sums.k, sizeof *d0);
    double *w = mem_copy(normal, n, sizeof *w), along = 0, size = 0, value = -INFINITY;
    if (isfinite(mode->sums.log_likelihood) && gp_mode_factor(cohort, prior, 0, mode)) {
        double gain = take_step(cohort, prior, mode, d, d0);
        gp_solve_lower(n, mode->factor, w);
        for (size_t i = 0; i < n; i++)
            along += normal[i] * d[i], size += w[i] * w[i];
        value = mode->log_evidence + gain - along * along / size / 2 - log(size) / 2;
    }
    free(d), free(d0), free(w);
    return value;
}

/* tr(M^-1 B) over tr(M^-1 F), F = M - Lambda; each of its parameters' worth of
 * directions adds about a chi square of the animals less one. */
void gp_mode_scatter(const struct gp_cohort *cohort, const struct gp_prior *prior,
                     const struct gp_mode *mode, double *scatter, double *z)
{
    size_t n = mode->sums.n;
    double known = (double)n, sum = 0, free_animals = (double)cohort->n - 1;
    double *u = own_scores(cohort, mode), *inverse = mem_copy(mode->factor, n * n, sizeof *u);
    gp_invert_factor(n, inverse);
    for (size_t i = 0; i < n; i++)
        known -= inverse[i * n + i] * prior->precision[i];
    for (size_t a = 0; a < cohort->n; a++) {
        gp_solve_lower(n, mode->factor, u + a * n);
        for (size_t i = 0; i < n; i++)
            sum += u[a * n + i] * u[a * n + i];
    }
    bool enough_known = free_animals > 0 && known > 0;
    *scatter = enough_known ? sum * (double)cohort->n / free_animals / known : NAN;
    *z = enough_known ? (*scatter - 1) * sqrt(known * free_animals / 2) : NAN;
    free(u), free(inverse);
}

/* With the posterior's factor L, M^-1 u is L'^-1 L^-1 u. */
void gp_mode_robust(const struct gp_cohort *cohort, const struct gp_prior *prior,
                    const struct gp_mode *mode, double *out)
{
    size_t n = mode->sums.n;
    double *u = own_scores(cohort, mode), *column = mem_new(n, sizeof *column);
    double few = cohort->n > 1 ? (double)cohort->n / (double)(cohort->n - 1) : 1;
    memset(out, 0, n * n * sizeof *out);
    for (size_t a = 0; a < cohort->n + n; a++) {
        double size = a < cohort->n ? few : 1, *b = a < cohort->n ? u + a * n : column;
        if (a >= cohort->n) {
            memset(b, 0, n * sizeof *b);
            b[a - cohort->n] = sqrt(prior->precision[a - cohort->n]);
        }
        gp_solve_lower(n, mode->factor, b);
        gp_solve_upper(n, mode->factor, b);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                out[i * n + j] += size * b[i] * b[j];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            out[j * n + i] = out[i * n + j];
    free(u), free(column);
}
