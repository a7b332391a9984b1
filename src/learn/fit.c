/* Fits: the main thread's side.
 *
 * DESIGN.  A fit is a job.  Its thread (trainer.c) runs one rollout, or one step on
 * segments, after the other (they have a team of threads each) and takes one optimiser
 * step after each.  What the main thread may see, status and model, is under the lock; a
 * model is immutable, so publishing is swapping a pointer.  Engine rows and parameters are
 * made when the fit begins and go when it is over.  The job's stop flag is polled at each
 * tile or step; an epoch cut short is thrown away. */
#include "deltaw/learn/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/option.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/randomwalk.h"
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

int fit_minibatch_epochs(const struct fit_settings *settings, const struct cohort *cohort)
{
    bool *train = mem_new(cohort->n_animals, sizeof *train);
    int epochs = split_animals(settings, cohort, train, NULL)
                     ? minibatch_epochs(settings, cohort, train)
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

/* Is the optimiser's state one of the parameters that the fit has, and of its animals' w_0? */
static bool is_whole(const struct fit *fit, const bool *train)
{
    const struct model *m = fit->start;
    size_t n = trainer_animals(&fit->settings, fit->cohort->n_animals, train);
    return m->checkpoint->n == trainer_size(&fit->settings, m->tensors.size, n);
}

/* Does the fit go on where the model was stopped?  Else why it begins anew from its
 * parameters. */
static void decide_going_on(struct fit *fit, const bool *train)
{
    static const char no_state[] = "the file has no state of the optimizer that belongs to them";
    const struct model *m = fit->start;
    const struct setting *row;
    size_t room = sizeof fit->anew;
    if (!m->checkpoint)
        snprintf(fit->anew, room, "%s", no_state);
    else if (m->cohort_digest != fit->cohort->digest)
        snprintf(fit->anew, room, "the cohort is another");
    else if (!model_knows(m, fit->cohort))
        snprintf(fit->anew, room, "a column of its policy= has other values");
    for (size_t i = 0; !fit->anew[0] && (row = setting_at(i)); i++)
        if (!row->unsaved && !row->when_going_on &&
            !setting_same(row, &fit->settings, &m->settings))
            snprintf(fit->anew, room, "%s= is another", row->option.name);
    if (!fit->anew[0] && fit->settings.epochs <= m->checkpoint->epoch)
        snprintf(fit->anew, room, "epochs=%d is no more than the %d behind them",
                 fit->settings.epochs, m->checkpoint->epoch);
    if (!fit->anew[0] && !is_whole(fit, train))
        snprintf(fit->anew, room, "%s", no_state);
    bool fast = fit->settings.optimizer == OPTIMIZER_FAST;
    if (!fit->anew[0] && fast && fit->settings.epochs != m->settings.epochs)
        snprintf(fit->anew, room, "its schedule was of epochs=%d", m->settings.epochs);
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
static bool check_start(struct fit *fit, const struct rule *rule, const bool *train,
                        struct err *err)
{
    struct fit_settings *s = &fit->settings;
    struct tensors want = {0};
    if (!s->init)
        return true;
    if (s->begun)
        fit->start = s->begun, s->begun = NULL;
    else if (!model_open(s->init, "init", &fit->start, err))
        return false;
    const struct model *m = fit->start;
    rule_layout(rule, &s->shape, &want);
    bool same = m->rule == rule && m->tensors.n == want.n && m->tensors.size == want.size;
    for (size_t i = 0; same && i < want.n; i++)
        same = strcmp(m->tensors.item[i].name, want.item[i].name) == 0 &&
               m->tensors.item[i].rows == want.item[i].rows &&
               m->tensors.item[i].cols == want.item[i].cols;
    if (same && rule->network)
        decide_going_on(fit, train);
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

static bool check_randomwalk(const struct fit_settings *s, const struct rule *rule, struct err *err)
{
    return !rule->no_updates || s->policy.n <= RANDOMWALK_MOST ||
           err_set(err, ERR_USAGE,
                   "%s takes policies of 1 to %d weights, not %zu; leave some out of policy=",
                   rule->name, RANDOMWALK_MOST, s->policy.n);
}

static bool check_posterior(const struct fit_settings *s, const struct rule *rule, struct err *err)
{
    if (!rule->posterior)
        return true;
    if (s->policy.n > GP_WEIGHTS)
        return err_set(err, ERR_USAGE,
                       "%s takes policies of 1 to %d weights, not %zu; leave some out of policy=",
                       rule->name, GP_WEIGHTS, s->policy.n);
    if (s->shape.terms == 0 && s->shape.remainder == REMAINDER_NONE)
        return err_set(err, ERR_USAGE,
                       "%s without terms and remainder does not learn; name terms= or take "
                       "remainder=smooth",
                       rule->name);
    return true;
}

static bool check_drift(const struct fit_settings *s, struct err *err)
{
    return !s->shape.drift || !rule_gains(&s->shape) ||
           err_set(err, ERR_USAGE,
                   "fit: gain= is a factor on updates, and with drift=yes choices move weights "
                   "besides; leave one of them out");
}

static bool check_alpha_error(const struct fit_settings *s, struct err *err)
{
    size_t n = s->held.alpha_error.n;
    return s->shape.alpha != ALPHA_SHARED || n < 2 ||
           err_set(err, ERR_USAGE,
                   "fit: alpha=shared is one rate for all weights, after errors too; alpha_error= "
                   "takes one value then, not %zu",
                   n);
}

static struct fit *fit_new(const char *name)
{
    struct fit *fit = mem_new(1, sizeof *fit);
    fit->name = mem_text(name);
    fit->snapshot_bytes = SNAPSHOTS_BYTES;
    fit->at = &fit->job;
    pthread_mutex_init(&fit->lock, NULL);
    return fit;
}

/* Its settings go with the cohort and init=; all that takes room is left for later. */
static bool fit_check(struct fit *fit, struct err *err)
{
    bool *train = mem_new(fit->cohort->n_animals, sizeof *train);
    bool ok = policy_check(&fit->settings.policy, fit->cohort, err) &&
              check_posterior(&fit->settings, fit->rule, err) &&
              check_randomwalk(&fit->settings, fit->rule, err) &&
              check_drift(&fit->settings, err) && check_alpha_error(&fit->settings, err) &&
              split_animals(&fit->settings, fit->cohort, train, err) &&
              check_start(fit, fit->rule, train, err) &&
              trainer_check_memory(&fit->settings, fit->rule, fit->cohort, train, err);
    free(train);
    if (!ok || !fit->start)
        return ok;
    if (fit->goes_on) {
        fit->status.epoch = fit->start->checkpoint->epoch;
        fit->snapshots = fit->start->snapshots;
    } else {
        snapshots_free(fit->start->snapshots);
    }
    fit->start->snapshots = NULL;
    return true;
}

static void fit_begin(struct fit *fit)
{
    bool *train = mem_new(fit->cohort->n_animals, sizeof *train);
    split_animals(&fit->settings, fit->cohort, train, NULL);
    fit->trainer = trainer_new(fit, fit->rule, train);
    pthread_mutex_lock(&fit->lock);
    fit->model = trainer_model(fit->trainer);
    pthread_mutex_unlock(&fit->lock);
    free(train);
}

static void fit_run(struct job *job)
{
    struct fit *fit = job->data;
    if (!fit->trainer)
        fit_begin(fit);
    struct trainer *t = fit->trainer;
    fit->trainer = NULL;
    trainer_run(t);
}

static bool fit_send(struct fit *fit, struct jobs *jobs, struct job_group *group, struct err *err)
{
    fit->job = (struct job){
        .run = fit_run, .data = fit, .lane = JOB_FIT, .priority = group ? -1 : 0, .group = group};
    /* what is looked at from the first moment on has a model from then on */
    if (jobs_room(jobs, JOB_FIT))
        fit_begin(fit);
    return job_send(jobs, &fit->job, err);
}

/* What is asked for, not begun; NULL: it is refused. */
static struct fit *fit_made(const struct fit_settings *settings, const struct cohort *cohort,
                            const char *name, struct err *err)
{
    const struct rule *rule = rule_find(settings->rule);
    if (!rule) {
        err_set(err, ERR_USAGE, "no rule '%s'; `rules` lists them", settings->rule);
        return NULL;
    }
    struct fit *fit = fit_new(name);
    fit->settings = fit_settings_copy(settings);
    if (rule->no_weights) /* its logit is the one weight there is */
        fit_settings_policy(&fit->settings, "bias", NULL);
    fit->rule = rule;
    fit->cohort = cohort_hold(cohort);
    fit->status = (struct fit_status){.state = FIT_RUNNING,
                                      .epochs = settings->epochs,
                                      .train = NAN,
                                      .held_out = NAN,
                                      .seconds_left = NAN};
    if (fit_check(fit, err))
        return fit;
    fit_close(fit);
    return NULL;
}

struct fit *fit_start(const struct fit_settings *settings, const struct cohort *cohort,
                      const char *name, struct jobs *jobs, struct job_group *group, struct err *err)
{
    struct fit *fit = fit_made(settings, cohort, name, err);
    if (!fit)
        return NULL;
    fit->wake = jobs_wake(jobs);
    if (fit_send(fit, jobs, group, err))
        return fit;
    fit_close(fit);
    return NULL;
}

struct model *fit_within(const struct fit_settings *settings, const struct cohort *cohort,
                         const uint8_t *scored, struct job *job, struct err *err)
{
    if (settings->pool == POOL_EACH)
        return fit_each(settings, cohort, scored, job, err);
    struct fit *fit = fit_made(settings, cohort, settings->rule, err);
    if (!fit)
        return NULL;
    fit->at = job;
    fit->scored = scored;
    fit->quiet = true;
    fit_run(&(struct job){.data = fit});
    struct fit_status status = fit->status;
    struct model *model = status.state == FIT_DONE ? model_hold(fit->model) : NULL;
    if (status.state == FIT_FAILED)
        err_set(err, ERR_FAILED, "%s", status.reason);
    else if (!model)
        err_set(err, ERR_INTERRUPTED, "interrupted");
    fit_close(fit);
    return model;
}

/* Sums over scored trials of animals that were held out, or that were not. */
static void score_ensemble(struct job *job)
{
    struct fit *fit = job->data;
    const struct cohort *c = fit->cohort;
    double *loss = mem_new(c->n_animals, sizeof *loss), sum[2] = {0}, n[2] = {0};
    size_t *scored = mem_new(c->n_animals, sizeof *scored);
    struct model *old = fit->model;
    model_loss(old, c, loss, scored);
    for (size_t a = 0; a < c->n_animals; a++) {
        bool held = a < old->n_animals && old->held_out[a];
        sum[held] += loss[a];
        n[held] += (double)scored[a];
    }
    struct model *now =
        ensemble_scored(old, n[0] > 0 ? sum[0] / n[0] : NAN, n[1] > 0 ? sum[1] / n[1] : NAN);
    pthread_mutex_lock(&fit->lock);
    fit->model = now;
    fit->status.state = FIT_DONE;
    fit->status.train = now->history[0].train;
    fit->status.held_out = now->history[0].held_out;
    fit->status.seconds = now->history[0].seconds;
    pthread_mutex_unlock(&fit->lock);
    model_drop(old);
    wake_send(fit->wake);
    free(loss), free(scored);
}

struct fit *fit_ensemble(struct model *ensemble, const struct cohort *cohort, struct jobs *jobs,
                         struct err *err)
{
    struct fit *fit = fit_new(ensemble->name);
    bool known = cohort && cohort->digest == ensemble->cohort_digest;
    fit->settings = fit_settings_copy(&ensemble->settings);
    fit->rule = ensemble->rule;
    fit->model = ensemble;
    fit->cohort = known ? cohort_hold(cohort) : NULL;
    fit->wake = jobs_wake(jobs);
    fit->status = (struct fit_status){.state = known ? FIT_RUNNING : FIT_DONE,
                                      .epoch = (int)ensemble->ensemble->n,
                                      .epochs = (int)ensemble->ensemble->n,
                                      .train = NAN,
                                      .held_out = NAN,
                                      .seconds_left = NAN};
    fit->job = (struct job){.run = score_ensemble, .data = fit, .lane = JOB_FIT};
    if (!known || job_send(jobs, &fit->job, err))
        return fit;
    fit_close(fit);
    return NULL;
}

struct fit *fit_opened(struct model *model)
{
    struct fit *fit = fit_new(model->name);
    const struct epoch_loss *last = model->n_history ? &model->history[model->n_history - 1] : NULL;
    fit->settings = fit_settings_copy(&model->settings);
    fit->rule = model->rule;
    fit->model = model;
    fit->snapshots = model->snapshots;
    model->snapshots = NULL;
    fit->status = (struct fit_status){.state = FIT_OPENED,
                                      .epoch = last ? last->epoch : 0,
                                      .epochs = model->settings.epochs,
                                      .train = last ? last->train : NAN,
                                      .held_out = last ? last->held_out : NAN,
                                      .seconds = last ? last->seconds : NAN,
                                      .seconds_left = NAN};
    return fit;
}

void fit_close(struct fit *fit)
{
    if (!fit)
        return;
    job_recall(&fit->job);
    if (fit->trainer)
        trainer_free(fit->trainer);
    pthread_mutex_destroy(&fit->lock);
    model_drop(fit->model);
    model_drop(fit->start);
    snapshots_free(fit->snapshots);
    cohort_drop(fit->cohort);
    fit_settings_free(&fit->settings);
    free(fit->name);
    free(fit);
}
