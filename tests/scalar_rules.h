/* The textbook rules written out for one animal and one trial, in plain doubles: what
 * the rules of learn are compared with.  Formulas: doc/science. */
#ifndef TESTS_SCALAR_RULES_H
#define TESTS_SCALAR_RULES_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/model.h"

/* A test program need not use all of these. */
#pragma GCC diagnostic ignored "-Wunused-function"

struct scalar_rule {
    const char *name; /* as `rules` lists it */
    size_t k;         /* weights */
    double alpha[POLICY_MAX], baseline[POLICY_MAX];
    double forgetting[POLICY_MAX], perseverance[POLICY_MAX];
    double drift[POLICY_MAX]; /* moves no weight that is known */
    bool split;               /* alpha_error holds after errors, else alpha does */
    double alpha_error[POLICY_MAX];
    double weight[POLICY_MAX]; /* static */
    size_t window;             /* trace: S */
};

struct scalar_trial {
    double reward;
    int choice, answer;
};

static double scalar_sigmoid(double z)
{
    double e = exp(-fabs(z));
    return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/* f(a) (1 - p_a) of a side a: 1 - p_a is the probability of the other one. */
static double scalar_side(int side, double logit)
{
    return side ? scalar_sigmoid(-logit) : -scalar_sigmoid(logit);
}

static double scalar_logit(const struct scalar_rule *rule, const double *w, const double *x)
{
    double z = 0;
    for (size_t k = 0; k < rule->k; k++)
        z += w[k] * x[k];
    return z;
}

/* Between the two rates where the reward is not known (one half). */
static double scalar_rate(const struct scalar_rule *rule, size_t k, double reward)
{
    return rule->split ? rule->alpha_error[k] + reward * (rule->alpha[k] - rule->alpha_error[k])
                       : rule->alpha[k];
}

/* What the rate of a weight is multiplied with, beside its feature. */
static double scalar_signal(const struct scalar_rule *rule, size_t k, double logit,
                            const struct scalar_trial *t)
{
    double p = scalar_sigmoid(logit), q = scalar_sigmoid(-logit);
    if (strcmp(rule->name, "reinforce") == 0)
        return t->reward * scalar_side(t->choice, logit);
    if (strcmp(rule->name, "reinforce-base") == 0)
        return (t->reward - rule->baseline[k]) * scalar_side(t->choice, logit);
    if (strcmp(rule->name, "reward-max") == 0)
        return (t->answer ? 2 : -2) * p * q;
    if (strcmp(rule->name, "predict-max") == 0)
        return scalar_side(t->answer, logit);
    return NAN;
}

/* The last S trials of the trace rule, in a ring: newest at `newest`. */
struct scalar_memory {
    size_t newest;
    double *reward; /* [S], 0 before the first trial */
    double *e;      /* [S][k]: f(y) (1 - p_y) x */
};

static struct scalar_memory scalar_memory_new(const struct scalar_rule *rule)
{
    return (struct scalar_memory){.reward = mem_new(rule->window, sizeof(double)),
                                  .e = mem_new(rule->window * rule->k, sizeof(double))};
}

static void scalar_memory_reset(const struct scalar_rule *rule, struct scalar_memory *m)
{
    memset(m->reward, 0, rule->window * sizeof *m->reward);
    memset(m->e, 0, rule->window * rule->k * sizeof *m->e);
}

static void scalar_memory_free(struct scalar_memory *m)
{
    free(m->reward), free(m->e);
}

/* dw_k = alpha_k R sum_{j=0..S} e_{k,t-j}; R = 1 when at least half of the last S
 * trials were correct, this one among them and what lies before the first not. */
static void scalar_trace(const struct scalar_rule *rule, struct scalar_memory *m, const double *w,
                         const double *x, const struct scalar_trial *t, double *dw)
{
    size_t n = rule->k, s = rule->window, at = m->newest;
    double now = scalar_side(t->choice, scalar_logit(rule, w, x)), correct = t->reward;
    for (size_t j = 0; j + 1 < s; j++)
        correct += m->reward[(at + j) % s];
    for (size_t k = 0; k < n; k++) {
        double sum = now * x[k];
        for (size_t j = 0; j < s; j++)
            sum += m->e[(at + j) % s * n + k];
        dw[k] = 2 * correct >= (double)s ? rule->alpha[k] * sum : 0;
    }
    m->newest = at = (at + s - 1) % s;
    m->reward[at] = t->reward;
    for (size_t k = 0; k < n; k++)
        m->e[at * n + k] = now * x[k];
}

/* The same rule as a model's: every parameter of it must have a place here. */
static struct scalar_rule scalar_of(const struct model *model)
{
    const struct rule_shape *shape = &model->settings.shape;
    struct scalar_rule r = {.name = model->rule->name,
                            .k = shape->n_weights,
                            .split = shape->alpha_error,
                            .window = shape->window ? shape->window : 10};
    const struct {
        const char *tensor;
        double *values;
    } places[] = {{"alpha", r.alpha},
                  {"alpha_error", r.alpha_error},
                  {"baseline", r.baseline},
                  {"forgetting", r.forgetting},
                  {"perseverance", r.perseverance},
                  {"drift", r.drift},
                  {"weight", r.weight},
                  {NULL, NULL}};
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        size_t p = 0;
        while (places[p].tensor && strcmp(places[p].tensor, t->name) != 0)
            p++;
        if (!places[p].tensor && strcmp(t->name, "lapse") != 0)
            err_die("tests/scalar_rules.h does not know the parameter %s", t->name);
        for (size_t k = 0; places[p].tensor && k < r.k; k++)
            places[p].values[k] = model->theta[t->offset + (t->size > 1 ? k : 0)];
    }
    return r;
}

/* dw [k] of one trial at weights w and features x; memory: of trace alone, moves on. */
static void scalar_step(const struct scalar_rule *rule, struct scalar_memory *memory,
                        const double *w, const double *x, const struct scalar_trial *t, double *dw)
{
    double logit = scalar_logit(rule, w, x);
    if (strcmp(rule->name, "trace") == 0)
        scalar_trace(rule, memory, w, x, t, dw);
    else if (strcmp(rule->name, "static") == 0)
        for (size_t k = 0; k < rule->k; k++)
            dw[k] = rule->weight[k] - w[k];
    else
        for (size_t k = 0; k < rule->k; k++)
            dw[k] = scalar_rate(rule, k, t->reward) * scalar_signal(rule, k, logit, t) * x[k];
    for (size_t k = 0; k < rule->k; k++)
        dw[k] += (t->choice ? 1 : -1) * rule->perseverance[k] * x[k] - rule->forgetting[k] * w[k];
}

#endif
