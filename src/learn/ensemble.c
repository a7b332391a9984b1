/* Ensembles as models: what they are made of, P(right), weights and losses. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/inputs.h"
#include "ensemble_inside.h"

enum { COHORTS = 2 }; /* whose P(right) is kept */

struct ensemble_memory {
    pthread_mutex_t lock;
    struct {
        struct cohort *cohort; /* a reference */
        float *right;          /* [n_trials] */
    } kept[COHORTS];           /* the newest first */
};

struct ensemble *ensemble_hold(struct ensemble *e)
{
    if (e)
        __atomic_add_fetch(&e->references, 1, __ATOMIC_RELAXED);
    return e;
}

void ensemble_drop(struct ensemble *e)
{
    if (!e || __atomic_sub_fetch(&e->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < e->n; i++)
        model_drop(e->member[i]);
    for (size_t i = 0; i < COHORTS; i++) {
        cohort_drop(e->memory->kept[i].cohort);
        free(e->memory->kept[i].right);
    }
    pthread_mutex_destroy(&e->memory->lock);
    free(e->memory), free(e->member);
    free(e);
}

/* --- making one ------------------------------------------------------------------- */

/* It has no parameters of its own. */
static void no_layout(const struct rule_shape *shape, struct tensors *out)
{
    (void)shape;
    *out = (struct tensors){0};
}

static void no_init(const struct rule_shape *shape, const struct tensors *tensors,
                    unsigned long seed, double *theta)
{
    (void)shape, (void)tensors, (void)seed, (void)theta;
}

struct rule ensemble_rule(size_t n, struct model *const *members)
{
    struct rule rule = {.name = "ensemble",
                        .summary = "the mean of several models",
                        .equation = "P = mean over members of P; dw = mean over members of dw",
                        .source = "bagging: Breiman 1996",
                        .network = true,
                        .mean = true,
                        .layout = no_layout,
                        .init = no_init,
                        .interval = ensemble_interval};
    for (size_t i = 0; i < n; i++) {
        rule.memory |= rule_remembers(members[i]->rule, &members[i]->settings.shape);
        rule.no_weights |= members[i]->rule->no_weights;
        rule.network &= members[i]->rule->network;
    }
    return rule;
}

static bool same_policy(const struct policy *a, const struct policy *b)
{
    bool same = a->n == b->n;
    for (size_t k = 0; same && k < a->n; k++)
        same = strcmp(a->weight[k], b->weight[k]) == 0 && a->feature[k] == b->feature[k];
    return same;
}

static bool same_holdout(const struct model *a, const struct model *b)
{
    bool same = a->n_animals == b->n_animals;
    for (size_t i = 0; same && i < a->n_animals; i++)
        same = a->held_out[i] == b->held_out[i];
    return same;
}

/* Why these two cannot be averaged; NULL: they can. */
static const char *differ(const struct model *a, const struct model *b)
{
    return a->cohort_digest != b->cohort_digest ? "were fitted to different trials"
           : !same_policy(&a->settings.policy, &b->settings.policy) ? "have different policies"
           : !same_holdout(a, b)                                    ? "held out different animals"
           : a->rule->no_weights != b->rule->no_weights ? "cannot be averaged: one has no weights"
                                                        : NULL;
}

static bool check_members(size_t n, struct model *const *members, struct err *err)
{
    if (n < 2 || n > ENSEMBLE_MOST)
        return err_set(err, ERR_USAGE, "an ensemble has 2 to %d members, not %zu", ENSEMBLE_MOST,
                       n);
    for (size_t i = 0; i < n; i++) {
        if (members[i]->ensemble)
            return err_set(err, ERR_USAGE, "%s is an ensemble itself; name its members",
                           members[i]->name);
        if (!model_has_rule(members[i], err))
            return false;
        const char *why = differ(members[0], members[i]);
        if (why)
            return err_set(err, ERR_FAILED,
                           "%s and %s %s; members share cohort, policy= and holdout=",
                           members[0]->name, members[i]->name, why);
        for (size_t j = 0; j < i; j++)
            if (members[i] == members[j])
                return err_set(err, ERR_USAGE, "%s is named twice; name each model once",
                               members[i]->name);
    }
    return true;
}

/* Is each fitted to a sample of its own, drawn anew? */
static bool bootstrapped(size_t n, struct model *const *members)
{
    for (size_t i = 0; i < n; i++) {
        if (!members[i]->settings.bootstrap || members[i]->rule != members[0]->rule)
            return false;
        for (size_t j = 0; j < i; j++)
            if (members[i]->settings.bootstrap == members[j]->settings.bootstrap ||
                members[i]->settings.seed == members[j]->settings.seed)
                return false;
    }
    return true;
}

static struct ensemble *members_new(size_t n, struct model *const *members)
{
    struct ensemble *e = mem_new(1, sizeof *e);
    e->n = n;
    e->member = mem_new(n, sizeof(struct model *));
    for (size_t i = 0; i < n; i++)
        e->member[i] = model_hold(members[i]);
    e->kind = bootstrapped(n, members) ? INTERVAL_BOOTSTRAP : INTERVAL_SPREAD;
    e->rule = ensemble_rule(n, members);
    e->memory = mem_new(1, sizeof *e->memory);
    pthread_mutex_init(&e->memory->lock, NULL);
    e->references = 1;
    return e;
}

/* What all members share, from the first; start weights are means. */
static void take_shared(struct model *m, size_t n, struct model *const *members)
{
    const struct model *first = members[0];
    size_t k = first->settings.policy.n, size = first->n_animals * k;
    fit_settings_default(&m->settings);
    snprintf(m->settings.rule, sizeof m->settings.rule, "%s", m->rule->name);
    m->settings.policy = first->settings.policy;
    m->settings.shape.n_weights = k;
    m->settings.w0 = first->settings.w0;
    m->settings.holdout = first->settings.holdout ? mem_text(first->settings.holdout) : NULL;
    m->n_animals = first->n_animals;
    m->animals = mem_new(m->n_animals, sizeof *m->animals);
    m->held_out = mem_copy(first->held_out, m->n_animals, sizeof *m->held_out);
    for (size_t a = 0; a < m->n_animals; a++)
        m->animals[a] = mem_text(first->animals[a]);
    m->w0 = mem_new(size, sizeof *m->w0);
    for (size_t i = 0; i < n; i++) {
        const struct fit_settings *s = &members[i]->settings;
        m->settings.shape.lags =
            s->shape.lags > m->settings.shape.lags ? s->shape.lags : m->settings.shape.lags;
        for (size_t j = 0; j < size; j++)
            m->w0[j] += members[i]->w0[j] / (double)n;
    }
    m->cohort_digest = first->cohort_digest;
    m->cohort_name = first->cohort_name ? mem_text(first->cohort_name) : NULL;
    m->cohort_chain = first->cohort_chain ? mem_text(first->cohort_chain) : NULL;
    snprintf(m->engine, sizeof m->engine, "%s", first->engine);
}

static struct model *model_of(const char *name, struct ensemble *e)
{
    struct model *m = mem_new(1, sizeof *m);
    m->references = 1;
    m->name = mem_text(name);
    m->ensemble = e;
    m->rule = &e->rule;
    m->theta = mem_new(1, sizeof *m->theta);
    take_shared(m, e->n, e->member);
    return m;
}

struct model *ensemble_new(const char *name, size_t n, struct model *const *members,
                           struct err *err)
{
    return check_members(n, members, err) ? model_of(name, members_new(n, members)) : NULL;
}

/* A network on the plateau has not learnt what the textbook rule knows of the same trials:
 * how far it is from the others tells of its training, not of what the trials leave open. */
size_t ensemble_trained(size_t n, struct model **models)
{
    struct model *left[ENSEMBLE_MOST];
    size_t trained = 0, out = 0;
    for (size_t i = 0; i < n; i++)
        trained += !model_on_plateau(models[i]);
    if (trained < ENSEMBLE_LEAST || 2 * trained < n || n > ENSEMBLE_MOST)
        return n;
    for (size_t i = 0, to = 0; i < n; i++)
        if (model_on_plateau(models[i]))
            left[out++] = models[i];
        else
            models[to++] = models[i];
    memcpy(models + trained, left, out * sizeof *left);
    return trained;
}

/* That its members took. */
static double seconds_of(const struct ensemble *e)
{
    double sum = 0;
    for (size_t i = 0; i < e->n; i++) {
        const struct model *m = e->member[i];
        sum += m->n_history ? m->history[m->n_history - 1].seconds : 0;
    }
    return sum;
}

struct model *ensemble_scored(const struct model *model, double train, double heldout)
{
    struct model *m = model_of(model->name, ensemble_hold(model->ensemble));
    m->n_history = 1;
    m->history = mem_new(1, sizeof *m->history);
    m->history[0] =
        (struct epoch_loss){(int)m->ensemble->n, seconds_of(m->ensemble), train, heldout};
    return m;
}

size_t ensemble_on_plateau(const struct ensemble *e)
{
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++)
        n += model_on_plateau(e->member[i]);
    return n;
}

/* --- what it says of trials --------------------------------------------------------- */

void ensemble_sweep(const struct ensemble *e, const struct cohort *cohort, float *w)
{
    size_t n = cohort->n_trials * e->member[0]->settings.policy.n;
    double *sum = mem_new(n, sizeof *sum);
    for (size_t i = 0; i < e->n; i++) {
        model_sweep(e->member[i], cohort, w);
        for (size_t j = 0; j < n; j++)
            sum[j] += (double)w[j];
    }
    for (size_t j = 0; j < n; j++)
        w[j] = (float)(sum[j] / (double)e->n);
    free(sum);
}

void ensemble_add_right(const struct model *m, const struct cohort *cohort, double n, float *w,
                        double *right)
{
    const struct policy *policy = &m->settings.policy;
    double x[POLICY_MAX], lapse = model_lapse(m);
    model_sweep(m, cohort, w);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            double z = 0;
            inputs_policy_of(policy, cohort, animal, t, x);
            for (size_t k = 0; k < policy->n; k++)
                z += (double)w[t * policy->n + k] * x[k];
            right[t] += policy_right(z, lapse) / n;
        }
    }
}

static double *rights(const struct ensemble *e, const struct cohort *cohort)
{
    size_t k = e->member[0]->settings.policy.n;
    double *right = mem_new(cohort->n_trials, sizeof *right);
    float *w = mem_new(cohort->n_trials * k, sizeof *w);
    for (size_t i = 0; i < e->n; i++)
        ensemble_add_right(e->member[i], cohort, (double)e->n, w, right);
    free(w);
    return right;
}

void ensemble_losses(const struct model *model, const struct cohort *cohort, double *losses,
                     size_t *n_scored)
{
    const struct cohort *whole = model_whole_log(model, cohort);
    double *right = rights(model->ensemble, whole);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        size_t born = whole->animals[cohort_animal(whole, animal->name)].first;
        losses[a] = 0;
        n_scored[a] = 0;
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            size_t at = whole == cohort ? t : cohort->place[t];
            if (at == born) /* nothing precedes it */
                continue;
            losses[a] -= log(cohort->choice[t] ? right[at] : 1 - right[at]);
            n_scored[a]++;
        }
    }
    free(right);
}

/* Under the lock. */
static const float *kept_of(const struct ensemble *e, const struct cohort *cohort)
{
    struct ensemble_memory *memory = e->memory;
    for (size_t i = 0; i < COHORTS; i++)
        if (memory->kept[i].cohort == cohort)
            return memory->kept[i].right;
    cohort_drop(memory->kept[COHORTS - 1].cohort);
    free(memory->kept[COHORTS - 1].right);
    memmove(memory->kept + 1, memory->kept, (COHORTS - 1) * sizeof *memory->kept);
    double *right = rights(e, cohort);
    memory->kept[0].cohort = cohort_hold(cohort);
    memory->kept[0].right = mem_new(cohort->n_trials, sizeof(float));
    for (size_t t = 0; t < cohort->n_trials; t++)
        memory->kept[0].right[t] = (float)right[t];
    free(right);
    return memory->kept[0].right;
}

double ensemble_right(const struct model *model, const struct cohort *cohort, size_t trial)
{
    struct ensemble_memory *memory = model->ensemble->memory;
    pthread_mutex_lock(&memory->lock);
    double right = (double)kept_of(model->ensemble, cohort)[trial];
    pthread_mutex_unlock(&memory->lock);
    return right;
}
