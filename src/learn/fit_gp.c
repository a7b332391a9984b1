/* Rules with a posterior as fits: gp_fit does the work; each step of it is an epoch, whose
 * model is the mode of that step, and the last one the mean over the grid. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/gp.h"
#include "gp_data.h"
#include "gp_mean.h"
#include "trainer.h"

struct stepping {
    struct trainer *t;
    int steps;
    const char *trouble;
    struct epoch_loss best;
};

static bool may_go_on(void *context)
{
    struct stepping *s = context;
    return !atomic_load(&s->t->fit->at->stop);
}

static void take_w0(struct trainer *t, const double *w0)
{
    if (t->train_w0)
        memcpy(t->theta + t->tensors.size, w0, t->n_animals * t->n_weights * sizeof *w0);
}

/* Called from the fit's own thread: here it waits while paused. */
static void take_step(void *context, const struct gp *gp, const struct gp_point *now)
{
    struct stepping *s = context;
    struct trainer *t = s->t;
    gp_point_rule(gp, now, t->shape, t->theta);
    take_w0(t, now->w0);
    if (!trainer_may_go_on(t) || !trainer_evaluate(t, s->steps, false, false))
        return;
    struct epoch_loss *last = &t->history[t->n_history - 1];
    s->steps++;
    if (trainer_trouble(t, false) || last->train > s->best.train) { /* shown is the best */
        last->train = s->best.train, last->heldout = s->best.heldout;
        return;
    }
    s->best = *last;
    trainer_keep(t);
}

/* Start weights of the mean rule. */
static void mean_w0(const struct gp *gp, double *w0)
{
    size_t n = gp->n_animals * gp->n_weights;
    for (size_t i = 0; i < n; i++) {
        w0[i] = 0;
        for (size_t q = 0; q < gp->n_points; q++)
            w0[i] += gp->points[q].weight * gp->points[q].w0[i];
    }
}

static void finish(struct trainer *t, int steps)
{
    double *w0 = mem_new(t->n_animals * t->n_weights, sizeof *w0);
    gp_mean_rule(t->gp, t->shape, t->theta);
    mean_w0(t->gp, w0);
    take_w0(t, w0);
    free(w0);
    t->finished = trainer_evaluate(t, steps, false, true);
    if (t->finished)
        trainer_keep(t);
}

const char *fit_posterior(struct trainer *t)
{
    struct gp_data data = gp_data_of(t->trials, t->train, t->w0);
    struct gp_options options = gp_options_of(&t->fit->settings);
    struct stepping s = {.t = t, .best = {.train = HUGE_VAL}};
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
