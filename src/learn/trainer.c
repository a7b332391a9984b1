#include "trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/covariance.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/randomwalk.h"
#include "deltaw/learn/gains.h"
#include "distil.h"
#include "fit_gains.h"
#include "plateau.h"
#include "rollout.h"
#include "start.h"

/* How often the main thread gets something new, in seconds: 15 frames a second for losses,
 * but models only a few times a second, since the visited weights are a large copy. */
static const double publish_every = 1 / 15., visited_every = .3;

/* --- publishing ------------------------------------------------------------ */

static double worked(const struct trainer *t)
{
    return t->before + job_seconds(t->fit->at);
}

static struct model *make_model(const struct trainer *t, const double *theta)
{
    struct fit *fit = t->fit;
    struct model *m = mem_new(1, sizeof *m);
    size_t n = t->n_own;
    m->name = mem_text(fit->name);
    m->rule = t->rule;
    m->settings = fit_settings_copy(&fit->settings);
    model_drop(m->settings.teacher); /* its name stays */
    m->settings.teacher = NULL;
    m->tensors = t->tensors;
    m->theta = mem_copy(theta, t->tensors.size, sizeof *theta);
    m->errors = t->errors ? mem_copy(t->errors, t->tensors.size, sizeof *t->errors) : NULL;
    m->covariance = covariance_copy(t->covariance, t->tensors.size);
    m->gains = gains_copy(t->gains);
    m->gp = gp_hold(t->gp);
    m->walks = randomwalk_set_hold(t->walks);
    m->n_animals = n;
    m->animals = mem_new(n, sizeof *m->animals);
    m->held_out = mem_new(n, sizeof *m->held_out);
    for (size_t a = 0; a < n; a++) {
        m->animals[a] = mem_text(fit->cohort->animals[a].name);
        m->held_out[a] = t->held_out[a];
    }
    m->w0 =
        mem_copy(t->train_w0 ? theta + t->tensors.size : t->w0, n * t->n_weights, sizeof *m->w0);
    m->n_history = t->n_history;
    m->history = mem_copy(t->history, t->n_history, sizeof *m->history);
    m->visited = t->visited ? visited_hold(t->visited) : NULL;
    m->checkpoint = t->n_own == t->n_animals ? checkpoint_copy(t->checkpoint) : NULL;
    m->textbook = t->textbook;
    m->distilled = t->distilled;
    m->cohort_digest = fit->cohort->digest;
    m->cohort_name = mem_text(fit->cohort->name);
    m->cohort_chain = mem_text(fit->cohort->chain);
    snprintf(m->engine, sizeof m->engine, "%s", engine_of(t->rule)->name);
    m->references = 1;
    return m;
}

static void publish(struct trainer *t, const double *theta, enum fit_state state,
                    const char *reason)
{
    struct fit *fit = t->fit;
    struct model *model = make_model(t, theta), *old;
    /* there is none when it was stopped before the end of the first epoch */
    const struct epoch_loss none = {0, 0, NAN, NAN};
    const struct epoch_loss *now = t->n_history ? &t->history[t->n_history - 1] : &none;
    t->published = clock_seconds();
    pthread_mutex_lock(&fit->lock);
    old = fit->model;
    fit->model = model;
    struct fit_status *s = &fit->status;
    s->state = state;
    s->epoch = now->epoch;
    s->train = now->train;
    s->heldout = now->heldout;
    s->seconds = worked(t);
    s->seconds_per_epoch = now->epoch > 0 ? s->seconds / (now->epoch + 1) : s->seconds;
    s->seconds_left = s->seconds_per_epoch * (s->epochs - s->epoch);
    snprintf(s->reason, sizeof s->reason, "%s", reason);
    pthread_mutex_unlock(&fit->lock);
    model_drop(old);
    wake_send(fit->wake);
}

/* --- training -------------------------------------------------------------- */

/* Everything as the fit of the file left it. */
static void go_on(struct trainer *t, const struct model *from)
{
    t->checkpoint = checkpoint_copy(from->checkpoint);
    memcpy(t->theta, from->checkpoint->theta, t->n_all * sizeof *t->theta);
    t->n_history = t->n_kept = t->history_room = from->n_history;
    t->history = mem_copy(from->history, from->n_history, sizeof *from->history);
    t->again = true;
}

int trainer_first(const struct trainer *t)
{
    return t->again ? t->checkpoint->epoch : 0;
}

static void add_scored(const struct trainer *t, size_t animal, double value, double *train,
                       double *heldout)
{
    if (t->train[animal])
        *train += value;
    else if (t->held_out[animal])
        *heldout += value;
}

struct trainer *trainer_new(struct fit *fit, const struct rule *rule, const bool *train)
{
    struct cohort *cohort = fit->cohort;
    struct trainer *t = mem_new(1, sizeof *t);
    *t = (struct trainer){.fit = fit, .rule = rule};
    t->n_own = cohort->n_animals;
    t->trials = trials_new(cohort, &fit->settings.policy);
    trials_score(t->trials, fit->scored);
    size_t *drawn = trainer_draw(t, train);
    t->n_weights = fit->settings.policy.n;
    t->shape = &fit->settings.shape;
    rule_layout(rule, t->shape, &t->tensors);
    t->train_w0 = fit->settings.w0.kind == W0_PSYCHOMETRIC;
    t->n_all =
        t->tensors.size + (t->train_w0 ? t->n_animals * t->n_weights : 0) + fit_gains_size(t);
    t->theta = mem_new(t->n_all, sizeof *t->theta);
    t->gradient = mem_new(t->n_all, sizeof *t->gradient);
    t->w0 = mem_new(t->n_animals * t->n_weights, sizeof *t->w0);
    for (size_t a = 0; a < t->n_animals; a++)
        start_weights(&fit->settings, cohort, drawn[a], t->w0 + a * t->n_weights);
    if (fit->start)
        memcpy(t->theta, fit->start->theta, t->tensors.size * sizeof *t->theta);
    else
        rule_init(rule, t->shape, &t->tensors, (unsigned long)fit->settings.seed, t->theta);
    if (t->train_w0)
        memcpy(t->theta + t->tensors.size, t->w0, t->n_animals * t->n_weights * sizeof *t->theta);
    if (fit_gains_size(t))
        t->starts = mem_new(t->n_animals * rule_starts(t->shape), sizeof *t->starts);
    fit_gains_begin(t);
    if (fit->goes_on)
        go_on(t, fit->start);
    t->best = mem_copy(t->theta, t->n_all, sizeof *t->theta);
    for (size_t a = 0; a < t->n_animals; a++)
        add_scored(t, a, (double)trials_scored(t->trials, a), &t->n_train, &t->n_heldout);
    free(drawn);
    return t;
}

struct model *trainer_model(struct trainer *t)
{
    return make_model(t, t->theta);
}

void trainer_free(struct trainer *t)
{
    rollout_free(t->rollout);
    trials_free(t->trials);
    visited_drop(t->visited);
    free(t->train), free(t->held_out), free(t->theta), free(t->best), free(t->gradient),
        free(t->w0);
    free(t->errors), free(t->covariance), free(t->starts);
    gains_free(t->gains);
    gp_drop(t->gp);
    randomwalk_set_drop(t->walks);
    free(t->history);
    checkpoint_free(t->checkpoint);
    free(t);
}

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

static void history_add(struct trainer *t, int epoch, double train, double heldout)
{
    t->n_history -= t->again;
    t->again = false;
    t->history = mem_reserve(t->history, &t->history_room, t->n_history + 1, sizeof *t->history);
    if (t->rule->network && t->fit->settings.epochs > 0)
        atomic_store(&t->fit->at->permille, (int)(1000. * epoch / t->fit->settings.epochs));
    t->history[t->n_history++] = (struct epoch_loss){epoch, worked(t), train, heldout};
}

void trainer_tell(struct trainer *t, int epoch, double train)
{
    history_add(t, epoch, train, NAN);
    t->n_kept = t->n_history;
}

static void remember(struct trainer *t, int epoch, const struct rollout_result *result)
{
    double train = 0, heldout = 0;
    for (size_t a = 0; a < t->n_animals; a++)
        add_scored(t, a, result->loss[a], &train, &heldout);
    history_add(t, epoch, train / t->n_train, t->n_heldout > 0 ? heldout / t->n_heldout : NAN);
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
    if (!isfinite(now->train) || (t->n_heldout > 0 && !isfinite(now->heldout)))
        return "the loss is no longer a number";
    if (now->train > 20)
        return "the loss diverged beyond 20 nats per trial";
    for (size_t i = 0; gradient && i < t->n_all; i++)
        if (!isfinite(t->gradient[i]))
            return "the gradient is no longer a number";
    return NULL;
}

bool trainer_may_go_on(struct trainer *t)
{
    return job_goes_on(t->fit->at);
}

int trainer_threads(const struct trainer *t)
{
    return job_threads(t->fit->at);
}

void trainer_keep(struct trainer *t)
{
    memcpy(t->best, t->theta, t->n_all * sizeof *t->best);
    t->n_kept = t->n_history;
    if (t->fit->quiet)
        return;
    trainer_snapshot(t);
    if (clock_seconds() - t->published > publish_every)
        publish(t, t->best, FIT_RUNNING, "");
}

static void fail(struct trainer *t, const char *why)
{
    char reason[256];
    int kept = t->n_kept ? t->history[t->n_kept - 1].epoch : 0;
    if (t->n_history > t->n_kept && t->n_kept)
        snprintf(reason, sizeof reason,
                 "%.150s at epoch %d; the parameters of epoch %d are kept; try a smaller rate=",
                 why, t->history[t->n_history - 1].epoch, kept);
    else if (t->n_kept)
        snprintf(reason, sizeof reason,
                 "%.150s after epoch %d, whose parameters are kept; try a smaller rate=", why,
                 kept);
    else
        snprintf(reason, sizeof reason,
                 t->why.code ? "%.200s" : "%.200s at the start; check init= and w0=", why);
    if (t->n_kept)
        t->n_history = t->n_kept; /* the last good epoch is the newest again */
    publish(t, t->best, FIT_FAILED, reason);
}

static const char *fit_by_rule(struct trainer *t)
{
    bool fast = t->fit->settings.optimizer == OPTIMIZER_FAST;
    if (t->fit->settings.teacher && !t->fit->start)
        t->distilled = distil_run(t);
    return t->rule->posterior    ? fit_posterior(t)
           : t->rule->no_updates ? fit_walks(t)
           : !t->rule->network   ? fit_mle(t)
           : fast                ? fit_minibatch(t)
                                 : fit_adam(t);
}

void trainer_run(struct trainer *t)
{
    struct fit *fit = t->fit;
    t->before = t->n_history ? t->history[t->n_history - 1].seconds : 0;
    bool network = t->rule->network;
    t->threads = fit->settings.threads > 0 ? fit->settings.threads : thread_processors();
    const char *why = trainer_take_room(t) ? fit_by_rule(t) : t->why.message;
    if (!fit->quiet && !why && network && !t->rule->no_weights)
        t->textbook = plateau_textbook(&fit->settings, fit->cohort, t->threads, &fit->at->stop);
    if (why)
        fail(t, why);
    else
        publish(t, t->best, t->finished ? FIT_DONE : FIT_STOPPED, "");
    trainer_free(t);
}
