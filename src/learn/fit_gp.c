/* Rules with a posterior as fits: gp_fit does the work; each step of it is an epoch, whose
 * model is the mode of that step, and the last one the mean over the grid. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/gains.h"
#include "deltaw/learn/gp.h"
#include "fit_gains.h"
#include "gp_data.h"
#include "gp_mean.h"
#include "trainer.h"

struct stepping {
    struct trainer *t;
    int steps;
    double best; /* log-likelihood of what is shown */
};

static bool may_go_on(void *context)
{
    struct stepping *s = context;
    return !atomic_load(&s->t->fit->at->stop);
}

/* starts [n_animals][weights, and g where there are gains] */
static void take_starts(struct trainer *t, const double *starts)
{
    size_t K = t->n_weights, gains = fit_gains_size(t), width = rule_starts(t->shape);
    for (size_t a = 0; a < t->n_animals; a++) {
        if (t->train_w0)
            memcpy(t->theta + t->tensors.size + a * K, starts + a * width, K * sizeof *starts);
        if (gains)
            t->theta[t->n_all - gains + a] = starts[a * width + K];
    }
}

/* Called from the fit's own thread: here it waits while paused.  Shown is the best step; one
 * that is no better needs no rollout. */
static void take_step(void *context, const struct gp *gp, const struct gp_point *now)
{
    struct stepping *s = context;
    struct trainer *t = s->t;
    if (!trainer_may_go_on(t))
        return;
    if (t->n_kept > 0 && now->log_likelihood <= s->best) {
        trainer_repeat(t, s->steps++);
        return;
    }
    gp_point_rule(gp, now, t->shape, t->theta);
    take_starts(t, now->w0);
    if (!trainer_evaluate(t, s->steps++, false, false))
        return;
    if (trainer_trouble(t, false)) { /* in single precision */
        t->n_history--;
        if (t->n_kept > 0)
            trainer_repeat(t, s->steps - 1);
        return;
    }
    s->best = now->log_likelihood;
    trainer_keep(t);
}

/* Starts of the mean rule. */
static double *mean_starts(const struct gp *gp, size_t width)
{
    size_t n = gp->n_animals * width;
    double *mean = mem_new(n, sizeof *mean);
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < gp->n_points; q++)
            mean[i] += gp->points[q].weight * gp->points[q].w0[i];
    return mean;
}

/* Means and deviations of g over the points. */
static void take_gains(struct trainer *t, const double *starts)
{
    const struct gp *gp = t->gp;
    size_t width = rule_starts(t->shape);
    t->gains = gains_new(t->n_own);
    t->gains->spread = gp->gain_sd, t->gains->low = gp->gain_low, t->gains->high = gp->gain_high;
    for (size_t a = 0; a < t->n_own; a++) {
        double mean = starts[(a + 1) * width - 1], variance = 0;
        for (size_t q = 0; q < gp->n_points; q++) {
            const struct gp_point *p = &gp->points[q];
            variance +=
                p->weight * (pow(p->w0[(a + 1) * width - 1] - mean, 2) + pow(p->gain_error[a], 2));
        }
        t->gains->value[a] = mean;
        t->gains->error[a] = sqrt(variance);
    }
}

static void finish(struct trainer *t, int steps)
{
    double *starts = mean_starts(t->gp, rule_starts(t->shape));
    gp_mean_rule(t->gp, t->shape, t->theta);
    take_starts(t, starts);
    if (fit_gains_size(t))
        take_gains(t, starts);
    free(starts);
    t->finished = trainer_evaluate(t, steps, false, true);
    if (t->finished)
        trainer_keep(t);
}

const char *fit_posterior(struct trainer *t)
{
    struct gp_data data = gp_data_of(t->trials, t->train, t->w0);
    struct gp_options options = gp_options_of(&t->fit->settings);
    struct stepping s = {.t = t};
    struct gp_watch watch = {&s, may_go_on, take_step};
    struct err err = {0};
    int threads = trainer_threads(t);
    options.threads = threads > 0 && threads < t->threads ? threads : t->threads;
    bool ok = gp_fit(&data, &options, &watch, &t->gp, &err);
    if (ok)
        finish(t, s.steps);
    gp_data_clear(&data);
    if (err.code == ERR_NONE)
        return NULL;
    t->why = err;
    return t->why.message;
}
