/* Models that see the past, and cohorts that learned by a rule that does. */
#ifndef TESTS_PAST_SCENES_H
#define TESTS_PAST_SCENES_H

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/simulate.h"
#include "tap.h"

enum { SEED = 31 };

TAP_USED static struct model *make(const char *rule, const char *policy, size_t lags)
{
    struct model *m = mem_new(1, sizeof *m);
    m->references = 1;
    m->name = mem_text("m1");
    m->rule = rule_find(rule);
    fit_settings_default(&m->settings);
    snprintf(m->settings.rule, sizeof m->settings.rule, "%s", rule);
    fit_settings_policy(&m->settings, policy, NULL);
    m->settings.shape.hidden = 7;
    m->settings.shape.lags = lags;
    m->settings.shape.window = 4;
    rule_layout(m->rule, &m->settings.shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof *m->theta);
    rule_init(m->rule, &m->settings.shape, &m->tensors, SEED, m->theta);
    for (size_t i = 0; m->rule->network && i < m->settings.shape.n_weights; i++)
        m->theta[i] = 1; /* the scale */
    return m;
}

TAP_USED static struct cohort *simulated(const char *rule, const char *animals, const char *trials)
{
    struct args args = {0};
    struct cohort *c = NULL;
    struct err err = {0};
    args_set(&args, "animals", animals, 1);
    args_set(&args, "trials", trials, 1);
    args_set(&args, "session", "30", 1);
    args_set(&args, "alpha", "2^-6", 1);
    if (strcmp(rule, "trace") == 0)
        args_set(&args, "window", "4", 1);
    if (!simulate_run(rule, &args, NULL, NULL, NULL, &c, &err))
        tap_ok(false, "simulate: %s", err.message);
    args_free(&args);
    return c;
}

TAP_USED static float *true_visited(const struct cohort *c)
{
    const float *stim = cohort_column(c, "true_w_stim")->values;
    const float *bias = cohort_column(c, "true_w_bias")->values;
    float *w = mem_new(2 * c->n_trials, sizeof *w);
    for (size_t t = 0; t < c->n_trials; t++) {
        w[2 * t] = stim[t];
        w[2 * t + 1] = bias[t];
    }
    return w;
}

#endif
