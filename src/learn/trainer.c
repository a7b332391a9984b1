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

/* How often the main thread gets something new, in seconds: 15 frames a second for losses. */
static const double publish_every = 1 / 15.;

/* --- publishing ------------------------------------------------------------ */

double trainer_worked(const struct trainer *t)
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
    m->randomwalk = randomwalk_set_hold(t->randomwalk);
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
    m->checkpoint = checkpoint_copy(t->checkpoint);
    m->textbook = t->textbook;
    m->distilled = t->distilled;
    m->cohort_digest = fit->cohort->digest;
    m->column_digest = policy_digest(&fit->settings.policy, fit->cohort);
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
    s->held_out = now->held_out;
    s->seconds = trainer_worked(t);
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
    if (from->gains && from->gains->n == t->n_own)
        t->gains = gains_copy(from->gains);
    t->again = true;
}

size_t trainer_size(const struct fit_settings *s, size_t tensors, size_t n_animals)
{
    bool train_w0 = s->w0.kind == W0_PSYCHOMETRIC;
    return tensors + (train_w0 ? n_animals * s->policy.n : 0) +
           (rule_gains(&s->shape) ? n_animals + 1 : 0);
}

int trainer_first(const struct trainer *t)
{
    return t->again ? t->checkpoint->epoch : 0;
}

void trainer_add_scored(const struct trainer *t, size_t animal, double value, double *train,
                        double *held_out)
{
    if (t->train[animal])
        *train += value;
    else if (t->held_out[animal])
        *held_out += value;
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
    t->n_all = trainer_size(&fit->settings, t->tensors.size, t->n_animals);
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
        trainer_add_scored(t, a, (double)trials_scored(t->trials, a), &t->n_train, &t->n_heldout);
    free(drawn);
    return t;
}

struct model *trainer_model(struct trainer *t)
{
    return make_model(t, t->theta);
}

/* What it trains on, which takes as much as the trials do. */
static void free_trials(struct trainer *t)
{
    rollout_free(t->rollout);
    trials_free(t->trials);
    t->rollout = NULL;
    t->trials = NULL;
}

void trainer_free(struct trainer *t)
{
    free_trials(t);
    visited_drop(t->visited);
    free(t->train), free(t->held_out), free(t->theta), free(t->best), free(t->gradient),
        free(t->w0);
    free(t->errors), free(t->covariance), free(t->starts);
    gains_free(t->gains);
    gp_drop(t->gp);
    randomwalk_set_drop(t->randomwalk);
    free(t->history);
    checkpoint_free(t->checkpoint);
    free(t);
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
           : t->rule->no_updates ? fit_randomwalk(t)
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
    const char *why = trainer_take_memory(t) ? fit_by_rule(t) : t->why.message;
    if (!fit->quiet && !why && network && !t->rule->no_weights) {
        free_trials(t); /* that fit has its own */
        t->textbook = plateau_textbook(&fit->settings, fit->cohort, t->threads, &fit->at->stop);
    }
    if (why)
        fail(t, why);
    else
        publish(t, t->best, t->finished ? FIT_DONE : FIT_STOPPED, "");
    trainer_free(t);
}
