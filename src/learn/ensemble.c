/* Ensembles as models: what they are made of. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"
#include "ensemble_inside.h"

static struct ensemble *ensemble_hold(struct ensemble *e)
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
    for (size_t i = 0; i < ENSEMBLE_COHORTS; i++) {
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

static struct rule rule_of(size_t n, struct model *const *members, bool each)
{
    struct rule rule = {.name = "ensemble",
                        .summary = "the mean of several models",
                        .equation = "P = mean over members of P; dw = mean over members of dw",
                        .source = "bagging: Breiman 1996",
                        .network = true,
                        .mean = true,
                        .each = each,
                        .layout = no_layout,
                        .init = no_init,
                        .interval = ensemble_interval};
    if (each) {
        rule.summary = "a model of its own for every animal";
        rule.equation = "P = that of the animal's own model; dw = mean over models of dw";
        rule.source = "pool=each";
    }
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

static struct ensemble *members_new(size_t n, struct model *const *members, bool each)
{
    struct ensemble *e = mem_new(1, sizeof *e);
    e->n = n;
    e->member = mem_new(n, sizeof(struct model *));
    for (size_t i = 0; i < n; i++)
        e->member[i] = model_hold(members[i]);
    e->each = each;
    e->kind = !each && bootstrapped(n, members) ? INTERVAL_BOOTSTRAP : INTERVAL_SPREAD;
    e->rule = rule_of(n, members, each);
    e->memory = mem_new(1, sizeof *e->memory);
    pthread_mutex_init(&e->memory->lock, NULL);
    e->references = 1;
    return e;
}

size_t ensemble_asked(const struct ensemble *e, const char *animal)
{
    size_t i = e->each ? 0 : e->n;
    while (i < e->n && strcmp(e->member[i]->animals[0], animal) != 0)
        i++;
    return i;
}

/* Start weights of animal a: its member's, or means. */
static void take_start(const struct ensemble *e, const char *animal, size_t a, size_t k, double *w0)
{
    size_t asked = ensemble_asked(e, animal), n = asked < e->n ? 1 : e->n;
    for (size_t i = asked < e->n ? asked : 0; i < e->n && (asked == e->n || i == asked); i++)
        for (size_t j = 0; j < k; j++)
            w0[j] += e->member[i]->w0[(e->each ? 0 : a * k) + j] / (double)n;
}

static void take_animals(struct model *m, const struct ensemble_of *of)
{
    const struct ensemble *e = m->ensemble;
    size_t k = m->settings.policy.n;
    m->n_animals = of->n;
    m->animals = mem_new(m->n_animals, sizeof *m->animals);
    m->held_out = mem_new(m->n_animals, sizeof *m->held_out);
    m->w0 = mem_new(of->n * k, sizeof *m->w0);
    for (size_t a = 0; a < m->n_animals; a++) {
        m->animals[a] = mem_text(of->animals[a]);
        m->held_out[a] =
            e->each ? ensemble_asked(e, of->animals[a]) == e->n : e->member[0]->held_out[a];
        take_start(e, of->animals[a], a, k, m->w0 + a * k);
    }
    m->cohort_digest = of->digest;
    m->column_digest = e->each ? 0 : e->member[0]->column_digest;
    m->cohort_name = of->cohort ? mem_text(of->cohort) : NULL;
    m->cohort_chain = of->chain ? mem_text(of->chain) : NULL;
}

/* What all members share, from the first. */
static void take_shared(struct model *m)
{
    const struct ensemble *e = m->ensemble;
    const struct model *first = e->member[0];
    fit_settings_default(&m->settings);
    snprintf(m->settings.rule, sizeof m->settings.rule, "%s", m->rule->name);
    m->settings.policy = first->settings.policy;
    m->settings.shape.n_weights = first->settings.policy.n;
    m->settings.w0 = first->settings.w0;
    m->settings.pool = e->each ? POOL_EACH : POOL_ALL;
    m->settings.holdout = first->settings.holdout ? mem_text(first->settings.holdout) : NULL;
    for (size_t i = 0; i < e->n; i++) {
        size_t lags = e->member[i]->settings.shape.lags, *most = &m->settings.shape.lags;
        *most = lags > *most ? lags : *most;
    }
    snprintf(m->engine, sizeof m->engine, "%s", first->engine);
}

static struct model *model_of(const char *name, struct ensemble *e, const struct ensemble_of *of)
{
    struct model *m = mem_new(1, sizeof *m);
    m->references = 1;
    m->name = mem_text(name);
    m->ensemble = e;
    m->rule = &e->rule;
    m->theta = mem_new(1, sizeof *m->theta);
    take_shared(m);
    take_animals(m, of);
    return m;
}

static struct ensemble_of animals_of(const struct model *m)
{
    return (struct ensemble_of){m->n_animals, m->animals, m->cohort_digest, m->cohort_name,
                                m->cohort_chain};
}

struct model *ensemble_new(const char *name, size_t n, struct model *const *members,
                           struct err *err)
{
    if (!check_members(n, members, err))
        return NULL;
    struct ensemble_of of = animals_of(members[0]);
    return model_of(name, members_new(n, members, false), &of);
}

static bool check_alone(size_t n, struct model *const *members, struct err *err)
{
    if (n < 1 || n > ENSEMBLE_ANIMALS)
        return err_set(err, ERR_USAGE, "models of animals are 1 to %d, not %zu", ENSEMBLE_ANIMALS,
                       n);
    for (size_t i = 0; i < n; i++) {
        const struct model *m = members[i];
        if (m->ensemble || m->n_animals != 1 || m->rule->no_updates)
            return err_set(err, ERR_FAILED, "%s is no fit of one animal", m->name);
        if (!same_policy(&m->settings.policy, &members[0]->settings.policy) ||
            m->rule->no_weights != members[0]->rule->no_weights)
            return err_set(err, ERR_FAILED, "%s and %s have different policies", members[0]->name,
                           m->name);
    }
    return true;
}

struct model *ensemble_of_animals(const char *name, size_t n, struct model *const *members,
                                  const struct ensemble_of *of, struct err *err)
{
    return check_alone(n, members, err) ? model_of(name, members_new(n, members, true), of) : NULL;
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
    struct ensemble_of of = animals_of(model);
    struct model *m = model_of(model->name, ensemble_hold(model->ensemble), &of);
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
