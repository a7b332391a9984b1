/* Simulated agents for the tests: making them, reading their columns, judging
 * their choices; and models without a fit behind them. */
#ifndef TESTS_AGENTS_H
#define TESTS_AGENTS_H

#include <math.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/probe.h"
#include "deltaw/study/simulate.h"
#include "tap.h"

/* A test program need not use all of these. */
#pragma GCC diagnostic ignored "-Wunused-function"

enum { SEED = 31, STIM = 0, BIAS = 1 };

static struct args words(const char *text)
{
    struct args args = {0};
    char *copy = mem_text(text), *rest = copy, *word;
    while ((word = strsep(&rest, " ")))
        if (*word) {
            char *value = strchr(word, '=');
            *value++ = 0;
            args_set(&args, word, value, 1);
        }
    free(copy);
    return args;
}

static struct cohort *try_make(const char *rule, const struct model *model, const char *text,
                               struct err *err)
{
    struct args args = words(text);
    struct cohort *c = NULL;
    if (!args_check(&args, simulate_options, 0, "simulate", err))
        c = NULL;
    else if (model)
        simulate_model(model, &args, text, NULL, NULL, &c, err);
    else
        simulate_run(rule, &args, text, NULL, NULL, &c, err);
    args_free(&args);
    return c;
}

static struct cohort *make(const char *rule, const char *text)
{
    struct err err = {0};
    struct cohort *c = try_make(rule, NULL, text, &err);
    if (!c)
        err_die("simulate %s %s: %s", rule, text, err.message);
    return c;
}

static const float *values(const struct cohort *c, const char *name)
{
    const struct cohort_column *column = cohort_column(c, name);
    if (!column)
        err_die("no column %s", name);
    return column->values;
}

static double logistic(double z)
{
    return 1 / (1 + exp(-z));
}

static double f(int side)
{
    return side ? 1 : -1;
}

static double of_side(int side, double right)
{
    return side ? right : 1 - right;
}

/* P(right) of the time, by the policy stim+bias. */
static double visited_right(const struct cohort *c, size_t t)
{
    return logistic(values(c, "true_w_stim")[t] * (double)c->stimulus[t] +
                    values(c, "true_w_bias")[t]);
}

/* Choices against a probability: the difference in standard deviations, and the
 * mean log-likelihood. */
struct fitness {
    double surprise, spread, likelihood, n;
};

static void fitness_add(struct fitness *fitness, double p, int choice, double side)
{
    fitness->surprise += side * (choice - p); /* towards the side the logit favours */
    fitness->spread += side * side * p * (1 - p);
    fitness->likelihood += log(choice ? p : 1 - p);
    fitness->n++;
}

/* A parameter of weight k; NaN: the model has none of this name. */
static double parameter(const struct model *model, const char *name, size_t k)
{
    for (size_t i = 0; i < model->tensors.n; i++)
        if (strcmp(model->tensors.item[i].name, name) == 0)
            return model->theta[model->tensors.item[i].offset + k];
    return NAN;
}

static bool same_life(const struct cohort *a, const struct cohort *b, size_t animal)
{
    const struct animal *x = &a->animals[animal], *y = &b->animals[animal];
    size_t n = x->count * sizeof(float);
    const float *w = values(a, "true_w_stim"), *v = values(b, "true_w_stim");
    return x->count == y->count && memcmp(w + x->first, v + y->first, n) == 0 &&
           memcmp(a->choice + x->first, b->choice + y->first, x->count) == 0 &&
           memcmp(a->stimulus + x->first, b->stimulus + y->first, n) == 0;
}

static struct model *model_of(const char *rule, const struct rule_shape *shape, const char *policy,
                              const double *theta)
{
    struct model *m = mem_new(1, sizeof *m);
    m->name = mem_printf("%s1", rule);
    m->rule = rule_find(rule);
    fit_settings_default(&m->settings);
    m->settings.shape = *shape;
    snprintf(m->settings.rule, sizeof m->settings.rule, "%s", rule);
    fit_settings_policy(&m->settings, policy, NULL);
    rule_layout(m->rule, &m->settings.shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof *m->theta);
    if (theta)
        memcpy(m->theta, theta, m->tensors.size * sizeof *theta);
    else
        rule_init(m->rule, &m->settings.shape, &m->tensors, SEED, m->theta);
    m->references = 1;
    return m;
}

#endif
