/* Fits and their worker threads.
 *
 * DESIGN.  A fit owns one coordinating thread, which runs one rollout after the
 * other (the rollout has helper threads of its own) and takes one optimiser step
 * after each.  All that the main thread may see sits in `shared`, under the
 * lock: the status, the newest model.  A model is immutable, so publishing is
 * swapping a pointer.  `want` says what the main thread wants: run, pause, stop.
 * The stop flag is polled at each tile; an epoch cut short is thrown away. */
#include "deltaw/learn/fit.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adam.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"
#include "rollout.h"
#include "start.h"

/* How often the main thread gets something new, seconds: 15 frames a second for
 * losses, a few maps a second since weights lived through are a large copy. */
static const double publish_every = 1 / 15., lived_every = .3;

struct fit {
    char *name;
    struct fit_settings settings;
    struct cohort *cohort; /* NULL: opened from a file */
    struct model *start;   /* from init=, until the worker has taken it over */
    const struct wake *wake;
    pthread_t thread;
    bool threaded;
    atomic_bool stop; /* polled in the rollout */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool pause;                /* wanted */
    struct fit_status status;  /* published */
    struct model *model;       /* published */
};

/* What the worker has and nobody else. */
struct trainer {
    struct fit *fit;
    const struct rule *rule;
    struct rule_shape shape;
    struct tensors tensors;
    struct trials *trials;
    struct rollout *rollout;
    struct adam adam;
    size_t n_animals, n_weights;
    bool *train;        /* [n_animals] */
    double *theta;      /* [n_all]: parameters, then trained w0 of all animals */
    size_t n_all;
    double *best;       /* [n_all] what theta was at the last good epoch */
    double *gradient;   /* [n_all] */
    double *w0;         /* [n_animals][K] = theta + tensors.size when trained */
    bool train_w0;
    double n_train, n_heldout; /* scored trials */
    size_t n_history, history_room;
    struct epoch_loss *history;
    struct lived *lived;
    double started, paused, published, lived_at;
};

/* --- settings -------------------------------------------------------------- */

void fit_settings_default(struct fit_settings *s)
{
    *s = (struct fit_settings){.rule = "dnn", .hidden = 32, .layers = 2, .epochs = 1000,
                               .rate = 1e-3, .decay = .999, .truncation = 500, .w0 = W0_ZERO,
                               .seed = 99};
    policy_parse("stim+bias", &s->policy, NULL);
}

struct fit_settings fit_settings_copy(const struct fit_settings *s)
{
    struct fit_settings copy = *s;
    copy.holdout = s->holdout ? mem_text(s->holdout) : NULL;
    copy.init = s->init ? mem_text(s->init) : NULL;
    return copy;
}

void fit_settings_free(struct fit_settings *s)
{
    free(s->holdout);
    free(s->init);
    s->holdout = s->init = NULL;
}

/* --- publishing ------------------------------------------------------------ */

static double worked(const struct trainer *t)
{
    return clock_seconds() - t->started - t->paused;
}

static struct model *make_model(const struct trainer *t, const double *theta)
{
    struct fit *fit = t->fit;
    struct model *m = mem_new(1, sizeof *m);
    size_t n = t->n_animals;
    m->name = mem_text(fit->name);
    m->rule = t->rule;
    m->shape = t->shape;
    m->settings = fit_settings_copy(&fit->settings);
    m->tensors = t->tensors;
    m->theta = mem_copy(theta, t->tensors.size, sizeof *theta);
    m->n_animals = n;
    m->animals = mem_new(n, sizeof *m->animals);
    m->held_out = mem_new(n, sizeof *m->held_out);
    for (size_t a = 0; a < n; a++) {
        m->animals[a] = mem_text(fit->cohort->animals[a].name);
        m->held_out[a] = !t->train[a];
    }
    m->w0 = mem_copy(t->train_w0 ? theta + t->tensors.size : t->w0, n * t->n_weights,
                     sizeof *m->w0);
    m->n_history = t->n_history;
    m->history = mem_copy(t->history, t->n_history, sizeof *m->history);
    m->lived = t->lived ? lived_hold(t->lived) : NULL;
    m->cohort_digest = fit->cohort->digest;
    m->cohort_name = mem_text(fit->cohort->name);
    snprintf(m->engine, sizeof m->engine, "%s", engine_name());
    m->references = 1;
    return m;
}

static void publish(struct trainer *t, const double *theta, enum fit_state state,
                    const char *reason)
{
    struct fit *fit = t->fit;
    struct model *model = make_model(t, theta), *old;
    const struct epoch_loss *now = &t->history[t->n_history - 1];
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

static void trainer_open(struct trainer *t, struct fit *fit, const struct rule *rule,
                         const bool *train)
{
    struct cohort *cohort = fit->cohort;
    *t = (struct trainer){.fit = fit, .rule = rule};
    t->n_animals = cohort->n_animals;
    t->n_weights = fit->settings.policy.n;
    t->shape = (struct rule_shape){t->n_weights, fit->settings.hidden, fit->settings.layers};
    rule->layout(&t->shape, &t->tensors);
    t->train = mem_copy(train, t->n_animals, sizeof *train);
    t->train_w0 = fit->settings.w0 == W0_PSYCHOMETRIC;
    t->n_all = t->tensors.size + (t->train_w0 ? t->n_animals * t->n_weights : 0);
    t->theta = mem_new(t->n_all, sizeof *t->theta);
    t->gradient = mem_new(t->n_all, sizeof *t->gradient);
    t->w0 = mem_new(t->n_animals * t->n_weights, sizeof *t->w0);
    for (size_t a = 0; a < t->n_animals; a++)
        start_weights(&fit->settings, cohort, a, t->w0 + a * t->n_weights);
    if (fit->start)
        memcpy(t->theta, fit->start->theta, t->tensors.size * sizeof *t->theta);
    else
        rule->init(&t->shape, &t->tensors, (unsigned long)fit->settings.seed, t->theta);
    if (t->train_w0)
        memcpy(t->theta + t->tensors.size, t->w0,
               t->n_animals * t->n_weights * sizeof *t->theta);
    t->best = mem_copy(t->theta, t->n_all, sizeof *t->theta);
    for (size_t a = 0; a < t->n_animals; a++)
        if (cohort->animals[a].count > 1)
            *(train[a] ? &t->n_train : &t->n_heldout) += (double)(cohort->animals[a].count - 1);
    t->adam = adam_new(t->n_all, fit->settings.rate, fit->settings.decay);
    t->trials = trials_new(cohort, &fit->settings.policy);
}

static void trainer_close(struct trainer *t)
{
    rollout_free(t->rollout);
    trials_free(t->trials);
    adam_free(&t->adam);
    lived_drop(t->lived);
    free(t->train), free(t->theta), free(t->best), free(t->gradient), free(t->w0);
    free(t->history);
    free(t);
}

static struct lived *lived_new(const struct trainer *t, int epoch)
{
    struct lived *l = mem_new(1, sizeof *l);
    l->epoch = epoch;
    l->n_trials = t->fit->cohort->n_trials;
    l->n_weights = t->n_weights;
    l->w = mem_new(l->n_trials * l->n_weights, sizeof *l->w);
    l->references = 1;
    return l;
}

static void remember(struct trainer *t, int epoch, const struct rollout_result *result)
{
    double train = 0, heldout = 0;
    for (size_t a = 0; a < t->n_animals; a++)
        *(t->train[a] ? &train : &heldout) += result->loss[a];
    t->history = mem_reserve(t->history, &t->history_room, t->n_history + 1, sizeof *t->history);
    t->history[t->n_history++] = (struct epoch_loss){
        epoch, worked(t), train / t->n_train, t->n_heldout > 0 ? heldout / t->n_heldout : NAN};
}

/* Losses and gradient at theta; false when stopped half-way. */
static bool evaluate(struct trainer *t, int epoch, bool gradient)
{
    struct lived *lived = NULL;
    struct rollout_result result;
    bool last = epoch == t->fit->settings.epochs;
    double *w0 = t->train_w0 ? t->theta + t->tensors.size : t->w0;
    if (last || !t->lived || clock_seconds() - t->lived_at > lived_every)
        lived = lived_new(t, epoch);
    if (!rollout_run(t->rollout,
                     &(struct rollout_task){t->theta, w0, gradient, lived ? lived->w : NULL,
                                            &t->fit->stop},
                     &result)) {
        lived_drop(lived);
        return false;
    }
    remember(t, epoch, &result);
    if (gradient)
        for (size_t i = 0; i < t->n_all; i++)
            t->gradient[i] = (i < t->tensors.size ? result.gradient[i]
                                                  : result.gradient_w0[i - t->tensors.size]) /
                             t->n_train;
    if (lived) {
        lived_drop(t->lived);
        t->lived = lived;
        t->lived_at = clock_seconds();
    }
    return true;
}

/* NULL, or what is wrong with the epoch just evaluated. */
static const char *trouble(const struct trainer *t, bool gradient)
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

static void fail(struct trainer *t, int epoch, const char *why)
{
    char reason[256];
    if (epoch > 0)
        snprintf(reason, sizeof reason,
                 "%s at epoch %d; the parameters of epoch %d are kept; try a smaller rate=", why,
                 epoch, epoch - 1);
    else
        snprintf(reason, sizeof reason, "%s at the start; check init= and w0=", why);
    if (t->n_history > 1)
        t->n_history--; /* the last good epoch is the newest again */
    publish(t, t->best, FIT_FAILED, reason);
}

/* Waits while paused; false: stop. */
static bool may_go_on(struct trainer *t)
{
    struct fit *fit = t->fit;
    pthread_mutex_lock(&fit->lock);
    if (fit->pause && !atomic_load(&fit->stop)) {
        double since = clock_seconds();
        fit->status.state = FIT_PAUSED;
        wake_send(fit->wake);
        while (fit->pause && !atomic_load(&fit->stop))
            pthread_cond_wait(&fit->changed, &fit->lock);
        fit->status.state = FIT_RUNNING;
        t->paused += clock_seconds() - since;
    }
    pthread_mutex_unlock(&fit->lock);
    return !atomic_load(&fit->stop);
}

static void *train(void *arg)
{
    struct trainer *t = arg;
    struct fit *fit = t->fit;
    int epochs = fit->settings.epochs, cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    const char *why = NULL;
    thread_background();
    t->started = clock_seconds();
    t->rollout = rollout_new(engine_pick(), t->rule, &t->shape, t->trials, t->train,
                             fit->settings.truncation,
                             fit->settings.threads > 0 ? fit->settings.threads : cores);
    for (int epoch = 0; epoch <= epochs; epoch++) {
        bool gradient = epoch < epochs;
        if (!may_go_on(t) || !evaluate(t, epoch, gradient))
            break;
        if ((why = trouble(t, gradient))) {
            fail(t, epoch, why);
            break;
        }
        memcpy(t->best, t->theta, t->n_all * sizeof *t->best);
        if (gradient && clock_seconds() - t->published > publish_every)
            publish(t, t->theta, FIT_RUNNING, "");
        if (gradient)
            adam_step(&t->adam, t->theta, t->gradient);
    }
    if (!why) {
        bool done = t->n_history > 0 && t->history[t->n_history - 1].epoch == epochs;
        if (t->n_history == 0) /* stopped before the first epoch was through */
            t->history[t->n_history++] = (struct epoch_loss){0, worked(t), NAN, NAN};
        publish(t, t->best, done ? FIT_DONE : FIT_STOPPED, "");
    }
    trainer_close(t);
    return NULL;
}

/* --- starting -------------------------------------------------------------- */


static const char *animal_name(void *context, size_t i)
{
    const struct cohort *cohort = context;
    return i < cohort->n_animals ? cohort->animals[i].name : NULL;
}

/* train [n_animals] from holdout= */
static bool split_animals(const struct fit_settings *s, const struct cohort *cohort, bool *train,
                          struct err *err)
{
    size_t scored = 0;
    for (size_t a = 0; a < cohort->n_animals; a++)
        train[a] = true;
    for (const char *at = s->holdout; at && *at;) {
        size_t n = strcspn(at, ",");
        char *name = mem_text_n(at, n);
        long a = cohort_animal(cohort, name);
        if (a < 0) {
            const char *near = nearest_word(name, animal_name, (void *)cohort);
            err_set(err, ERR_USAGE, "holdout=: no animal '%s' in %s%s%s%s", name, cohort->name,
                    near ? "; did you mean " : "; `animals` lists them", near ? near : "",
                    near ? "?" : "");
            free(name);
            return false;
        }
        train[a] = false;
        free(name);
        at += n + (at[n] == ',');
    }
    for (size_t a = 0; a < cohort->n_animals; a++)
        if (train[a] && cohort->animals[a].count > 1)
            scored += cohort->animals[a].count - 1;
    if (!scored)
        return err_set(err, ERR_FAILED, "%s: no animal with two trials or more is left to train "
                       "on; hold out fewer animals", cohort->name);
    return true;
}

static bool check_start(struct fit *fit, const struct rule *rule, struct err *err)
{
    struct fit_settings *s = &fit->settings;
    if (!s->init)
        return true;
    if (!model_open(s->init, "init", &fit->start, err))
        return false;
    const struct model *m = fit->start;
    if (m->rule != rule || m->shape.n_weights != s->policy.n || m->shape.hidden != s->hidden ||
        m->shape.layers != s->layers)
        return err_set(err, ERR_DATA, "%s: holds %s hidden=%zu layers=%zu with %zu weights, the "
                       "fit asks for %s hidden=%zu layers=%zu with %zu; give the same to fit",
                       s->init, m->rule->name, m->shape.hidden, m->shape.layers,
                       m->shape.n_weights, rule->name, s->hidden, s->layers, s->policy.n);
    return true;
}

static struct fit *fit_new(const char *name)
{
    struct fit *fit = mem_new(1, sizeof *fit);
    fit->name = mem_text(name);
    pthread_mutex_init(&fit->lock, NULL);
    pthread_cond_init(&fit->changed, NULL);
    return fit;
}

struct fit *fit_start(const struct fit_settings *settings, const struct cohort *cohort,
                      const char *name, const struct wake *wake, struct err *err)
{
    const struct rule *rule = rule_find(settings->rule);
    if (!rule) {
        err_set(err, ERR_USAGE, "no rule '%s'; `rules` lists them", settings->rule);
        return NULL;
    }
    struct fit *fit = fit_new(name);
    bool *who = mem_new(cohort->n_animals, sizeof *who);
    fit->settings = fit_settings_copy(settings);
    fit->cohort = cohort_hold(cohort);
    fit->wake = wake;
    fit->status = (struct fit_status){.state = FIT_RUNNING, .epochs = settings->epochs,
                                      .train = NAN, .heldout = NAN, .seconds_left = NAN};
    bool ok = split_animals(settings, cohort, who, err) && check_start(fit, rule, err);
    if (ok) {
        struct trainer *t = mem_new(1, sizeof *t);
        trainer_open(t, fit, rule, who);
        /* Views need a model from the first moment on. */
        t->history = mem_reserve(NULL, &t->history_room, 2, sizeof *t->history);
        fit->model = make_model(t, t->theta);
        ok = fit->threaded = thread_start(&fit->thread, train, t, err);
        if (!ok)
            trainer_close(t);
    }
    free(who);
    if (!ok) {
        fit_close(fit);
        return NULL;
    }
    return fit;
}

struct fit *fit_opened(struct model *model)
{
    struct fit *fit = fit_new(model->name);
    const struct epoch_loss *last =
        model->n_history ? &model->history[model->n_history - 1] : NULL;
    fit->settings = fit_settings_copy(&model->settings);
    fit->model = model;
    fit->status = (struct fit_status){.state = FIT_OPENED,
                                      .epoch = last ? last->epoch : 0,
                                      .epochs = model->settings.epochs,
                                      .train = last ? last->train : NAN,
                                      .heldout = last ? last->heldout : NAN,
                                      .seconds = last ? last->seconds : NAN,
                                      .seconds_left = NAN};
    return fit;
}

/* --- what the main thread asks --------------------------------------------- */

const char *fit_name(const struct fit *fit)
{
    return fit->name;
}

const char *fit_state_name(enum fit_state state)
{
    static const char *const names[] = {"training", "paused", "done", "stopped", "failed",
                                        "opened"};
    return names[state];
}

struct fit_status fit_status(struct fit *fit)
{
    pthread_mutex_lock(&fit->lock);
    struct fit_status status = fit->status;
    pthread_mutex_unlock(&fit->lock);
    return status;
}

bool fit_active(struct fit *fit)
{
    enum fit_state state = fit_status(fit).state;
    return state == FIT_RUNNING || state == FIT_PAUSED;
}

struct model *fit_model(struct fit *fit)
{
    pthread_mutex_lock(&fit->lock);
    struct model *model = model_hold(fit->model);
    pthread_mutex_unlock(&fit->lock);
    return model;
}

const struct cohort *fit_cohort(const struct fit *fit)
{
    return fit->cohort;
}

static void fit_want(struct fit *fit, bool pause, bool stop)
{
    pthread_mutex_lock(&fit->lock);
    fit->pause = pause;
    if (stop)
        atomic_store(&fit->stop, true);
    pthread_cond_broadcast(&fit->changed);
    pthread_mutex_unlock(&fit->lock);
}

void fit_pause(struct fit *fit)
{
    fit_want(fit, true, false);
}

void fit_resume(struct fit *fit)
{
    fit_want(fit, false, false);
}

void fit_stop(struct fit *fit)
{
    fit_want(fit, false, true);
}

void fit_close(struct fit *fit)
{
    if (!fit)
        return;
    fit_stop(fit);
    if (fit->threaded)
        pthread_join(fit->thread, NULL);
    pthread_mutex_destroy(&fit->lock);
    pthread_cond_destroy(&fit->changed);
    model_drop(fit->model);
    model_drop(fit->start);
    cohort_drop(fit->cohort);
    fit_settings_free(&fit->settings);
    free(fit->name);
    free(fit);
}
