/* The sizes of a random walk's steps, where the evidence is largest. */
#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/positive.h"
#include "deltaw/learn/randomwalk.h"

enum { MOST_EVALUATIONS = 200 };
static const double log_start = -3, log_day_start = -.7; /* .05, .5 */
static const double log_least = -11.5, log_most = 2;     /* 1e-5 to 7.4 */

struct climb {
    struct randomwalk_mode *mode;
    const atomic_bool *stop;
    nlopt_opt opt;
    int evaluations;
    double best, at[2 * RANDOMWALK_MOST]; /* the largest evidence, and where */
};

static double climb_step(unsigned n, const double *log_sigma, double *gradient, void *arg)
{
    struct climb *c = arg;
    double unused[2 * RANDOMWALK_MOST];
    if (c->stop && atomic_load(c->stop)) {
        nlopt_force_stop(c->opt);
        return -HUGE_VAL;
    }
    c->evaluations++;
    double evidence = randomwalk_evidence(c->mode, log_sigma, gradient ? gradient : unused);
    if (isnan(evidence)) { /* flat evidence can throw the search far away */
        nlopt_force_stop(c->opt);
        return -HUGE_VAL;
    }
    if (evidence > c->best) {
        c->best = evidence;
        memcpy(c->at, log_sigma, n * sizeof *log_sigma);
    }
    return evidence;
}

/* Errors of the sizes index [m] from their part of the Hessian h [n][n]. */
static bool invert_part(size_t n, size_t m, const size_t *index, const double *h, double *errors)
{
    double part[4 * RANDOMWALK_MOST * RANDOMWALK_MOST];
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            part[a * m + b] = (h[index[a] * n + index[b]] + h[index[b] * n + index[a]]) / 2;
    if (!positive_invert(m, part))
        return false;
    for (size_t a = 0; a < m; a++)
        errors[index[a]] = sqrt(part[a * m + a]);
    return true;
}

/* Where the evidence hardly depends on a size it may not bend down: that one has no error. */
static void drop_flattest(size_t n, size_t *m, size_t *index, const double *h)
{
    size_t flat = 0;
    for (size_t a = 1; a < *m; a++)
        if (h[index[a] * n + index[a]] < h[index[flat] * n + index[flat]])
            flat = a;
    for (size_t a = flat; a + 1 < *m; a++)
        index[a] = index[a + 1];
    --*m;
}

/* Standard errors from the Hessian of the evidence, differenced from gradients, over the
 * sizes that are not at a bound. */
static void size_errors(struct climb *c, size_t n, const double *log_sigma, double *errors)
{
    enum { MOST = 2 * RANDOMWALK_MOST };
    double at[MOST], up[MOST], down[MOST], h[MOST * MOST];
    size_t index[MOST], m = 0;
    const double step = .02;
    for (size_t i = 0; i < n; i++) {
        at[i] = log_sigma[i];
        errors[i] = NAN;
        if (at[i] > log_least + .1 && at[i] < log_most - .1)
            index[m++] = i;
    }
    for (size_t a = 0; a < m; a++) {
        at[index[a]] = log_sigma[index[a]] + step;
        climb_step((unsigned)n, at, up, c);
        at[index[a]] = log_sigma[index[a]] - step;
        climb_step((unsigned)n, at, down, c);
        at[index[a]] = log_sigma[index[a]];
        for (size_t b = 0; b < m; b++)
            h[index[a] * n + index[b]] = (down[index[b]] - up[index[b]]) / (2 * step);
    }
    while (m > 0 && !invert_part(n, m, index, h, errors))
        drop_flattest(n, &m, index, h);
}

static void climb_up(struct climb *c, size_t n, size_t n_weights, double *log_sigma)
{
    double evidence;
    for (size_t i = 0; i < n; i++)
        log_sigma[i] = i < n_weights ? log_start : log_day_start;
    c->opt = nlopt_create(NLOPT_LD_SLSQP, (unsigned)n);
    nlopt_set_max_objective(c->opt, climb_step, c);
    nlopt_set_lower_bounds1(c->opt, log_least);
    nlopt_set_upper_bounds1(c->opt, log_most);
    nlopt_set_ftol_abs(c->opt, 1e-4);
    nlopt_set_maxeval(c->opt, MOST_EVALUATIONS);
    nlopt_optimize(c->opt, log_sigma, &evidence);
    memcpy(log_sigma, c->at, n * sizeof *log_sigma);
}

static bool any_day(const struct randomwalk_trials *trials)
{
    for (size_t t = 1; trials->day && t < trials->n; t++)
        if (trials->day[t])
            return true;
    return false;
}

static void read_out(struct climb *c, size_t n, struct randomwalk *out)
{
    size_t size = out->n * out->n_weights;
    out->w = mem_new(size, sizeof *out->w);
    out->sd = mem_new(size, sizeof *out->sd);
    out->logit_sd = mem_new(out->n, sizeof *out->logit_sd);
    size_errors(c, n, out->log_sigma, out->log_error);
    out->log_evidence = randomwalk_evidence(c->mode, out->log_sigma, NULL);
    out->log_likelihood = randomwalk_mode_read(c->mode, out->w, out->sd, out->logit_sd);
    out->evaluations = c->evaluations;
}

bool randomwalk_fit(const struct randomwalk_trials *trials, bool by_day, const atomic_bool *stop,
                    struct randomwalk *out, struct err *err)
{
    *out = (struct randomwalk){.n = trials->n, .n_weights = trials->n_weights};
    if (trials->n < 2)
        return err_set(err, ERR_DATA, "a random walk needs at least two trials of an animal");
    out->by_day = by_day && any_day(trials);
    size_t n = (out->by_day ? 2 : 1) * trials->n_weights;
    struct climb c = {
        .mode = randomwalk_mode_new(trials, out->by_day), .stop = stop, .best = -HUGE_VAL};
    climb_up(&c, n, trials->n_weights, out->log_sigma);
    bool stopped = stop && atomic_load(stop);
    if (!stopped && c.best > -HUGE_VAL)
        read_out(&c, n, out);
    nlopt_destroy(c.opt);
    randomwalk_mode_free(c.mode);
    if (stopped)
        return err_set(err, ERR_INTERRUPTED, "stopped");
    if (!(c.best > -HUGE_VAL))
        return err_set(err, ERR_FAILED,
                       "no posterior mode was found; is a policy feature constant or huge?");
    return true;
}

void randomwalk_free(struct randomwalk *walk)
{
    free(walk->w), free(walk->sd), free(walk->logit_sd);
    *walk = (struct randomwalk){0};
}
