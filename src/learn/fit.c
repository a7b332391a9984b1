/* Fits: the main thread's side.
 *
 * DESIGN.  A fit owns one coordinating thread (trainer.c), which runs one rollout, or
 * one step on segments, after the other (they have helper threads of their own) and takes
 * one optimiser step after each.  What the main thread may see, status and model, is
 * under the lock; a model is immutable, so publishing is swapping a pointer.
 * `pause` and `stop` say what the main thread wants.  The stop flag is polled at
 * each tile or step; an epoch cut short is thrown away. */
#include "deltaw/learn/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/option.h"
#include "deltaw/learn/snapshots.h"
#include "trainer.h"

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
        return err_set(err, ERR_FAILED,
                       "%s: no animal with two trials or more is left to train "
                       "on; hold out fewer animals",
                       cohort->name);
    return true;
}

int fit_fast_epochs(const struct fit_settings *settings, const struct cohort *cohort)
{
    bool *train = mem_new(cohort->n_animals, sizeof *train);
    int epochs = split_animals(settings, cohort, train, NULL)
                     ? fast_epochs(settings, cohort, train)
                     : settings->epochs; /* fit_start will say what is wrong */
    free(train);
    return epochs;
}

/* "dnn hidden=8 layers=2": what tells the tensors of a rule. */
static void shape_words(const struct rule *rule, const struct fit_settings *s, struct strbuf *out)
{
    const struct setting *row;
    strbuf_puts(out, rule->name);
    for (size_t i = 0; (row = setting_at(i)); i++) {
        if (!setting_shapes(row) || setting_refused(row, rule))
            continue;
        strbuf_printf(out, " %s=", row->option.name);
        setting_text(row, s, out);
    }
}

/* Does the fit go on where the model was stopped?  Else why it begins anew from its
 * parameters. */
static void decide_going_on(struct fit *fit)
{
    const struct model *m = fit->start;
    const struct setting *row;
    size_t room = sizeof fit->anew;
    if (!m->checkpoint)
        snprintf(fit->anew, room, "the file has no state of the optimizer that belongs to them");
    else if (m->cohort_digest != fit->cohort->digest)
        snprintf(fit->anew, room, "the cohort is another");
    for (size_t i = 0; !fit->anew[0] && (row = setting_at(i)); i++)
        if (!row->unsaved && !row->when_going_on &&
            !setting_same(row, &fit->settings, &m->settings))
            snprintf(fit->anew, room, "%s= is another", row->option.name);
    if (!fit->anew[0] && fit->settings.epochs <= m->checkpoint->epoch)
        snprintf(fit->anew, room, "epochs=%d is no more than the %d behind them",
                 fit->settings.epochs, m->checkpoint->epoch);
    fit->goes_on = !fit->anew[0];
}

int fit_went_on(const struct fit *fit)
{
    return fit->goes_on ? fit->start->checkpoint->epoch : -1;
}

const char *fit_began_anew(const struct fit *fit)
{
    return fit->anew[0] ? fit->anew : NULL;
}

/* The file of init= holds just the tensors that this fit trains. */
static bool check_start(struct fit *fit, const struct rule *rule, struct err *err)
{
    struct fit_settings *s = &fit->settings;
    struct tensors want = {0};
    if (!s->init)
        return true;
    if (!model_open(s->init, "init", &fit->start, err))
        return false;
    const struct model *m = fit->start;
    rule_layout(rule, &s->shape, &want);
    bool same = m->rule == rule && m->tensors.n == want.n && m->tensors.size == want.size;
    for (size_t i = 0; same && i < want.n; i++)
        same = strcmp(m->tensors.item[i].name, want.item[i].name) == 0 &&
               m->tensors.item[i].rows == want.item[i].rows &&
               m->tensors.item[i].cols == want.item[i].cols;
    if (same && rule->network)
        decide_going_on(fit);
    if (same)
        return true;
    struct strbuf has = {0}, wants = {0};
    shape_words(m->rule, &m->settings, &has);
    shape_words(rule, s, &wants);
    err_set(err, ERR_DATA, "%s: holds %s; the fit is of %s; give fit the options of the file",
            s->init, strbuf_text(&has), strbuf_text(&wants));
    strbuf_free(&has);
    strbuf_free(&wants);
    return false;
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
    if (rule->no_weights) /* its logit is the one weight there is */
        fit_settings_policy(&fit->settings, "bias", NULL);
    fit->cohort = cohort_hold(cohort);
    fit->wake = wake;
    fit->status = (struct fit_status){.state = FIT_RUNNING,
                                      .epochs = settings->epochs,
                                      .train = NAN,
                                      .heldout = NAN,
                                      .seconds_left = NAN};
    bool ok = policy_check(&fit->settings.policy, cohort, err) &&
              split_animals(settings, cohort, who, err) && check_start(fit, rule, err);
    if (ok) {
        if (fit->goes_on) {
            fit->status.epoch = fit->start->checkpoint->epoch;
            fit->snapshots = fit->start->snapshots;
            fit->start->snapshots = NULL;
        }
        struct trainer *t = trainer_new(fit, rule, who);
        fit->model = trainer_model(t);
        ok = fit->threaded = thread_start(&fit->thread, trainer_run, t, err);
        if (!ok)
            trainer_free(t);
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
    const struct epoch_loss *last = model->n_history ? &model->history[model->n_history - 1] : NULL;
    fit->settings = fit_settings_copy(&model->settings);
    fit->model = model;
    fit->snapshots = model->snapshots;
    model->snapshots = NULL;
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
    static const char *const names[] = {"training", "paused", "done",
                                        "stopped",  "failed", "opened"};
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

void fit_share(struct fit *fit, int threads)
{
    atomic_store(&fit->share, threads);
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
    snapshots_free(fit->snapshots);
    cohort_drop(fit->cohort);
    fit_settings_free(&fit->settings);
    free(fit->name);
    free(fit);
}
