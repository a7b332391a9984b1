/* Passes of a fit over its trials: losses, gradients with their penalties, visited weights. */
#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"
#include "fit_gains.h"
#include "rollout.h"

/* Models only a few times a second, since the visited weights are a large copy; in seconds. */
static const double visited_every = .3;

static struct visited *visited_new(const struct trainer *t, int epoch)
{
    struct visited *l = mem_new(1, sizeof *l);
    l->epoch = epoch;
    l->n_trials = t->fit->cohort->n_trials;
    l->n_weights = t->n_weights;
    l->w = mem_new(t->trials->n_trials * l->n_weights, sizeof *l->w); /* the cohort's first */
    l->references = 1;
    return l;
}

float *trainer_visited(struct trainer *t, int epoch)
{
    visited_drop(t->visited);
    t->visited = visited_new(t, epoch);
    return t->visited->w;
}

static void history_add(struct trainer *t, int epoch, double train, double held_out)
{
    t->n_history -= t->again;
    t->again = false;
    t->history = mem_reserve(t->history, &t->history_room, t->n_history + 1, sizeof *t->history);
    if (t->rule->network && t->fit->settings.epochs > 0)
        atomic_store(&t->fit->at->permille, (int)(1000. * epoch / t->fit->settings.epochs));
    t->history[t->n_history++] = (struct epoch_loss){epoch, trainer_worked(t), train, held_out};
}

void trainer_tell(struct trainer *t, int epoch, double train)
{
    history_add(t, epoch, train, NAN);
    t->n_kept = t->n_history;
}

void trainer_repeat(struct trainer *t, int epoch)
{
    struct epoch_loss last = t->history[t->n_kept - 1];
    history_add(t, epoch, last.train, last.held_out);
}

static void remember(struct trainer *t, int epoch, const struct rollout_result *result)
{
    double train = 0, held_out = 0;
    for (size_t a = 0; a < t->n_animals; a++)
        trainer_add_scored(t, a, result->loss[a], &train, &held_out);
    history_add(t, epoch, train / t->n_train, t->n_heldout > 0 ? held_out / t->n_heldout : NAN);
}

/* Over weight matrices only. */
void trainer_penalty(const struct trainer *t, double *gradient)
{
    double ridge = t->fit->settings.ridge;
    for (size_t j = 0; ridge > 0 && j < t->tensors.n; j++) {
        const struct tensor *x = &t->tensors.item[j];
        for (size_t i = x->offset; x->n_dimensions == 2 && i < x->offset + x->size; i++)
            gradient[i] += ridge * t->theta[i];
    }
}

const double *trainer_w0(const struct trainer *t)
{
    const double *w0 = t->train_w0 ? t->theta + t->tensors.size : t->w0;
    if (t->starts)
        fit_gains_starts(t, w0);
    return t->starts ? t->starts : w0;
}

void trainer_bound(struct trainer *t)
{
    if (t->shape->lapse.fitted) {
        double *lapse = &t->theta[t->tensors.size - 1];
        *lapse = fmin(fmax(*lapse, 0), .5);
    }
}

/* Of a loss over n trials of the animals among[]. */
static void take_gradient(struct trainer *t, const struct rollout_result *result, const bool *among,
                          double n)
{
    size_t k = t->n_weights, width = rule_starts(t->shape);
    for (size_t i = 0; i < t->tensors.size; i++)
        t->gradient[i] = result->gradient[i] / n;
    for (size_t i = 0; t->train_w0 && i < t->n_animals * k; i++)
        t->gradient[t->tensors.size + i] = result->gradient_w0[i / k * width + i % k] / n;
    fit_gains_gradient(t, result, among, n);
    trainer_penalty(t, t->gradient);
}

size_t trainer_batches(const struct trainer *t)
{
    return rollout_batches(t->rollout);
}

bool trainer_batch(struct trainer *t, size_t batch)
{
    struct rollout_result result;
    double n = 0;
    if (!rollout_run(t->rollout,
                     &(struct rollout_task){.theta = t->theta,
                                            .w0 = trainer_w0(t),
                                            .gradient = true,
                                            .one_batch = true,
                                            .batch = batch,
                                            .threads = trainer_threads(t),
                                            .stop = &t->fit->at->stop},
                     &result))
        return false;
    bool *among = mem_new(t->n_animals, sizeof *among);
    for (size_t a = 0; a < t->n_animals; a++) {
        among[a] = rollout_in_batch(t->rollout, batch, a);
        n += among[a] ? (double)result.n_scored[a] : 0;
    }
    take_gradient(t, &result, among, n);
    free(among);
    return true;
}

bool trainer_evaluate(struct trainer *t, int epoch, bool gradient, bool last)
{
    struct visited *visited = NULL;
    struct rollout_result result;
    bool due = last || !t->visited || clock_seconds() - t->visited_at > visited_every;
    if (due && !t->fit->quiet)
        visited = visited_new(t, epoch);
    if (!rollout_run(t->rollout,
                     &(struct rollout_task){.theta = t->theta,
                                            .w0 = trainer_w0(t),
                                            .gradient = gradient,
                                            .visited = visited ? visited->w : NULL,
                                            .threads = trainer_threads(t),
                                            .stop = &t->fit->at->stop},
                     &result)) {
        visited_drop(visited);
        return false;
    }
    remember(t, epoch, &result);
    if (gradient)
        take_gradient(t, &result, t->train, t->n_train);
    if (visited && trainer_trouble(t, false)) { /* no weights to show */
        visited_drop(visited);
    } else if (visited) {
        visited_drop(t->visited);
        t->visited = visited;
        t->visited_at = clock_seconds();
    }
    return true;
}

/* NULL, or what is wrong with the epoch just evaluated. */
const char *trainer_trouble(const struct trainer *t, bool gradient)
{
    const struct epoch_loss *now = &t->history[t->n_history - 1];
    if (!isfinite(now->train) || (t->n_heldout > 0 && !isfinite(now->held_out)))
        return "the loss is no longer a number";
    if (now->train > 20)
        return "the loss diverged beyond 20 nats per trial";
    for (size_t i = 0; gradient && i < t->n_all; i++)
        if (!isfinite(t->gradient[i]))
            return "the gradient is no longer a number";
    return NULL;
}
