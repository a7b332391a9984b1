/* Rules of a few parameters: bounded quasi-Newton (NLopt) on the exact, untruncated
 * gradient in double precision, from several starts; standard errors from the
 * inverse Hessian of the log-likelihood, differenced from gradients. */
#include <float.h>
#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/positive.h"
#include "fit_gains.h"

enum { MOST_EVALUATIONS = 500, SMALL = 60, MOST_PARAMETERS = 64, MOST = 50, MOST_SPREADS = 12 };

struct search {
    struct trainer *t;
    nlopt_opt opt;
    bool *logarithm; /* [n_all] the variable is log2 of the parameter */
    double *lo, *hi; /* [n_all] of the variables; the same: it is held there */
    int evaluations;
    struct epoch_loss best;
    double best_value; /* with the prior of gains */
    const char *why;
};

/* The tensor of a variable, NULL for a start weight. */
static const struct tensor *tensor_of(const struct trainer *t, size_t i)
{
    for (size_t j = 0; j < t->tensors.n; j++) {
        const struct tensor *x = &t->tensors.item[j];
        if (i >= x->offset && i < x->offset + x->size)
            return x;
    }
    return NULL;
}

static void set_variables(struct search *s, const double *v)
{
    for (size_t i = 0; i < s->t->n_all; i++)
        s->t->theta[i] = s->logarithm[i] ? exp2(v[i]) : v[i];
}

/* One evaluation is one epoch of the curve, which shows the best so far. */
static double objective(unsigned n, const double *v, double *gradient, void *arg)
{
    struct search *s = arg;
    struct trainer *t = s->t;
    set_variables(s, v);
    if (!trainer_may_go_on(t) || !trainer_evaluate(t, s->evaluations, true, false)) {
        nlopt_force_stop(s->opt);
        return HUGE_VAL;
    }
    struct epoch_loss *now = &t->history[t->n_history - 1];
    double loss = now->train + fit_gains_penalty(t);
    if (s->evaluations == 0 && (s->why = trainer_trouble(t, true))) {
        nlopt_force_stop(s->opt);
        return HUGE_VAL;
    }
    s->evaluations++;
    for (unsigned i = 0; gradient && i < n; i++)
        gradient[i] = t->gradient[i] * (s->logarithm[i] ? M_LN2 * t->theta[i] : 1);
    if (loss < s->best_value) {
        s->best = *now;
        s->best_value = loss;
        trainer_keep(t);
    } else {
        now->train = s->best.train;
        now->held_out = s->best.held_out;
    }
    return loss;
}

static void set_bounds(struct search *s)
{
    const struct trainer *t = s->t;
    for (size_t i = 0; i < t->n_all; i++) {
        const struct tensor *tensor = tensor_of(t, i);
        const struct setting *row = tensor ? setting_of_tensor(tensor->name) : NULL;
        const struct held_at *held = tensor ? setting_held(tensor->name, &t->fit->settings) : NULL;
        bool bounded = row && row->low < row->high;
        double low = bounded ? row->low : -MOST, high = bounded ? row->high : MOST;
        if (t->shape->baseline == BASELINE_NONNEG && row && strcmp(row->tensor, "baseline") == 0)
            low = 0;
        if (held)
            low = high = setting_held_value(held, i - tensor->offset);
        if (fit_gains_size(t) && i + 1 == t->n_all) /* the spread of the gains */
            low = high = t->theta[i];
        s->logarithm[i] = row && row->logarithm && !held; /* it may be held at 0 */
        s->lo[i] = s->logarithm[i] ? log2(low) : low;
        s->hi[i] = s->logarithm[i] ? log2(high) : high;
    }
}

/* The first start is the rule's own (or init=); then slower and faster ones. */
static void run_start(struct search *s, double exponent, const double *from, bool other)
{
    struct trainer *t = s->t;
    double *v = mem_new(t->n_all, sizeof *v), value;
    for (size_t i = 0; i < t->n_all; i++) {
        v[i] = s->logarithm[i] ? log2(fmax(from[i], DBL_MIN)) : from[i];
        if (other && s->logarithm[i])
            v[i] = exponent;
        v[i] = fmin(fmax(v[i], s->lo[i]), s->hi[i]);
    }
    s->opt = nlopt_create(t->n_all <= SMALL ? NLOPT_LD_SLSQP : NLOPT_LD_LBFGS, (unsigned)t->n_all);
    nlopt_set_min_objective(s->opt, objective, s);
    nlopt_set_lower_bounds(s->opt, s->lo);
    nlopt_set_upper_bounds(s->opt, s->hi);
    nlopt_set_ftol_rel(s->opt, t->fit->settings.coarse ? 1e-7 : 1e-11);
    nlopt_set_xtol_rel(s->opt, 1e-7);
    nlopt_set_maxeval(s->opt, MOST_EVALUATIONS);
    nlopt_optimize(s->opt, v, &value);
    nlopt_destroy(s->opt);
    free(v);
}

/* Gradient of the summed loss at theta, [n]; false: stopped. */
static bool gradient_at(struct trainer *t, size_t n, double *out)
{
    size_t kept = t->n_history;
    bool ok = trainer_evaluate(t, 0, true, false);
    t->n_history = kept; /* not part of the curve */
    for (size_t i = 0; ok && i < n; i++)
        out[i] = t->gradient[i] * t->n_train;
    return ok;
}

/* Inverts the n x n Hessian over the parameters that are not at a bound; rows and
 * columns of the others become 0. */
static bool invert(double *h, size_t n, const bool *free_one)
{
    size_t index[MOST_PARAMETERS];
    double a[MOST_PARAMETERS * MOST_PARAMETERS];
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (free_one[i])
            index[m++] = i;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            a[i * m + j] = (h[index[i] * n + index[j]] + h[index[j] * n + index[i]]) / 2;
    if (m == 0 || !positive_invert(m, a))
        return false;
    memset(h, 0, n * n * sizeof *h);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            h[index[i] * n + index[j]] = a[i * m + j];
    return true;
}

/* Covariance and standard errors of the rule's parameters at the best point, w_0
 * held fixed; those that are held at a value have an error of 0. */
static void standard_errors(struct search *s)
{
    struct trainer *t = s->t;
    size_t n = t->tensors.size;
    if (n == 0 || n > MOST_PARAMETERS)
        return;
    double *h = mem_new(n * n, sizeof *h), *up = mem_new(n, sizeof *up);
    double *down = mem_new(n, sizeof *down);
    bool free_one[MOST_PARAMETERS], ok = true;
    for (size_t i = 0; i < n && ok; i++) {
        double x = t->best[i], step = 1e-4 * fmax(fabs(x), 1e-2);
        double low = s->logarithm[i] ? exp2(s->lo[i]) : s->lo[i];
        double high = s->logarithm[i] ? exp2(s->hi[i]) : s->hi[i];
        free_one[i] = x - step > low && x + step < high;
        if (low == high)
            continue;
        memcpy(t->theta, t->best, t->n_all * sizeof *t->theta);
        t->theta[i] = x + step;
        ok = gradient_at(t, n, up);
        t->theta[i] = x - step;
        ok = ok && gradient_at(t, n, down);
        for (size_t j = 0; j < n; j++)
            h[i * n + j] = (up[j] - down[j]) / (2 * step);
    }
    if (ok) {
        bool good = invert(h, n, free_one);
        t->errors = mem_new(n, sizeof *t->errors);
        for (size_t i = 0; i < n; i++)
            t->errors[i] = s->lo[i] == s->hi[i]  ? 0
                           : good && free_one[i] ? sqrt(h[i * n + i])
                                                 : NAN;
        t->covariance = good ? mem_copy(h, n * n, sizeof *h) : NULL;
    }
    free(h), free(up), free(down);
}

/* The spread of the gains from where they are, and all anew from there, until it stays. */
static void fit_spread(struct search *s)
{
    struct trainer *t = s->t;
    for (int round = 0; round < MOST_SPREADS && !atomic_load(&t->fit->at->stop); round++) {
        memcpy(t->theta, t->best, t->n_all * sizeof *t->theta);
        double before = t->theta[t->n_all - 1];
        if (!fit_gains_spread(t) || fabs(log(t->theta[t->n_all - 1] / before)) < .01)
            return;
        double *from = mem_copy(t->theta, t->n_all, sizeof *from);
        set_bounds(s);
        s->best_value = HUGE_VAL;
        run_start(s, 0, from, false);
        free(from);
    }
}

const char *fit_mle(struct trainer *t)
{
    static const double exponents[] = {-6, -9, -4};
    struct search s = {.t = t, .best = {.train = HUGE_VAL}, .best_value = HUGE_VAL};
    double *from = mem_copy(t->theta, t->n_all, sizeof *from);
    s.logarithm = mem_new(t->n_all, sizeof *s.logarithm);
    s.lo = mem_new(t->n_all, sizeof *s.lo);
    s.hi = mem_new(t->n_all, sizeof *s.hi);
    set_bounds(&s);
    bool rates = false;
    for (size_t i = 0; i < t->n_all; i++)
        rates = rates || s.logarithm[i];
    for (size_t i = 0; i < (rates && !t->fit->settings.coarse ? 3 : 1) && !s.why &&
                       !atomic_load(&t->fit->at->stop);
         i++)
        run_start(&s, exponents[i], from, i > 0);
    if (!s.why && fit_gains_size(t))
        fit_spread(&s);
    if (!s.why && !atomic_load(&t->fit->at->stop)) {
        if (!t->fit->quiet && !t->fit->settings.coarse)
            standard_errors(&s);
        memcpy(t->theta, t->best, t->n_all * sizeof *t->theta);
        t->finished = trainer_evaluate(t, s.evaluations, false, true);
    }
    free(from), free(s.logarithm), free(s.lo), free(s.hi);
    return s.why;
}
