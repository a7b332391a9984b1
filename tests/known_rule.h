/* A rule that is known in closed form, and cohorts to probe it with.  The linker puts the
 * functions below in the place of model_update and rule_state_* (--wrap, Makefile.am). */
#ifndef TESTS_KNOWN_RULE_H
#define TESTS_KNOWN_RULE_H

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/study/probe.h"
#include "deltaw/study/simulate.h"
#include "scalar_rules.h"
#include "tap.h"

enum { STIM, BIAS, K, SEED = 20 };

static struct scalar_rule true_rule;

static enum { CURVED, TRUE_RULE, ZERO, SHIFTED } behaves;

static atomic_size_t n_updates;

/* A rule that is not linear in anything, so that means are not values at means. */
TAP_USED static void curved(const double *w, double s, double day, double y, double r, double side,
                            double *dw)
{
    dw[STIM] = .02 * w[STIM] * w[BIAS] - .1 * w[BIAS] * w[BIAS] + .3 * s * (2 * y - 1) * (r + .2) +
               .5 * day * w[STIM] + .07 * y + .01 * side;
    dw[BIAS] = sin(w[STIM] + 2 * s) * (1 + y) - .4 * r + w[BIAS];
}

TAP_USED static void known_update(const double *u, double *dw)
{
    const double *in = u + K;
    if (in[INPUT_ONE] != 1 || in[INPUT_SIDE] != (in[INPUT_STIMULUS] > 0))
        err_die("test_probe: inputs in the wrong places");
    double x[K] = {in[INPUT_STIMULUS], 1};
    switch (behaves) {
    case CURVED:
        curved(u, x[0], in[INPUT_DAY], in[INPUT_CHOICE], in[INPUT_REWARD], in[INPUT_SIDE], dw);
        break;
    case TRUE_RULE:
    case SHIFTED:
        scalar_step(&true_rule, NULL, u, x,
                    &(struct scalar_trial){in[INPUT_REWARD], in[INPUT_CHOICE] != 0, 0}, dw);
        dw[STIM] += behaves == SHIFTED ? .004 : 0;
        break;
    case ZERO: dw[STIM] = dw[BIAS] = 0; break;
    }
}

void __wrap_model_update(const struct model *model, size_t n, const double *u, double *dw);

void __wrap_model_update(const struct model *model, size_t n, const double *u, double *dw)
{
    (void)model;
    n_updates += n;
    for (size_t i = 0; i < n; i++)
        known_update(u + i * (K + INPUT_N), dw + i * K);
}

static const struct rule rule = {.name = "known"},
                         choice_rule = {.name = "tiny", .no_weights = true};

static struct model model = {
    .name = "known", .rule = &rule, .settings = {.shape = {.n_weights = K}}};

/* It has no state; the true rule has its own. */
TAP_USED static bool is_known(const void *state)
{
    return state == &model;
}

struct rule_state *__real_rule_state_new(const struct model *model, size_t n);

struct rule_state *__wrap_rule_state_new(const struct model *m, size_t n);

struct rule_state *__wrap_rule_state_new(const struct model *m, size_t n)
{
    return is_known(m) ? (struct rule_state *)m : __real_rule_state_new(m, n);
}

void __real_rule_state_step(struct rule_state *state, size_t n, const double *u, const double *x,
                            const double *answer, const double *next, double *dw);

void __wrap_rule_state_step(struct rule_state *state, size_t n, const double *u, const double *x,
                            const double *answer, const double *next, double *dw);

void __wrap_rule_state_step(struct rule_state *state, size_t n, const double *u, const double *x,
                            const double *answer, const double *next, double *dw)
{
    if (!is_known(state)) {
        __real_rule_state_step(state, n, u, x, answer, next, dw);
        return;
    }
    n_updates += n;
    for (size_t i = 0; i < n; i++) {
        if (x[i * K] != u[i * (K + INPUT_N) + K + INPUT_STIMULUS] || x[i * K + 1] != 1)
            err_die("test_probe: wrong features");
        known_update(u + i * (K + INPUT_N), dw + i * K);
    }
}

void __real_rule_state_reset(struct rule_state *state);

void __wrap_rule_state_reset(struct rule_state *state);

void __wrap_rule_state_reset(struct rule_state *state)
{
    if (!is_known(state))
        __real_rule_state_reset(state);
}

void __real_rule_state_free(struct rule_state *state);

void __wrap_rule_state_free(struct rule_state *state);

void __wrap_rule_state_free(struct rule_state *state)
{
    if (!is_known(state))
        __real_rule_state_free(state);
}

TAP_USED static struct cohort *make(const char *stimuli, const char *animals, const char *noise)
{
    struct args args = {0};
    struct cohort *c = NULL;
    args_set(&args, "stimuli", stimuli, 1);
    args_set(&args, "animals", animals, 1);
    args_set(&args, "trials", "700", 1);
    args_set(&args, "session", "100", 1);
    args_set(&args, "alpha", "2^-4", 1);
    args_set(&args, "noise", noise, 1);
    args_set(&args, "seed", "20", 1);
    simulate_run("reinforce", &args, NULL, NULL, NULL, &c, NULL);
    args_free(&args);
    return c;
}

TAP_USED static struct scalar_rule true_rule_of(const struct cohort *c)
{
    struct truth truth = {0};
    truth_read(c, &truth, NULL);
    struct scalar_rule found = scalar_of(truth.group[0].model);
    truth_free(&truth);
    return found;
}

TAP_USED static float *visited_of(const struct cohort *c)
{
    float *w = mem_new(c->n_trials * K, sizeof *w);
    for (size_t t = 0; t < c->n_trials; t++)
        for (size_t k = 0; k < K; k++)
            w[t * K + k] = c->columns[k].values[t];
    return w;
}

TAP_USED static struct map map_of(const struct cohort *c, const float *visited,
                                  struct probe_request *request)
{
    struct err err = {0};
    struct map map = {0};
    if (!probe_map_compute(&model, c, visited, request, &map, &err))
        tap_ok(false, "map: %s", err.message);
    return map;
}

/* Means over ALL visited trials, by the words of probe.h: w_stim and s are set,
 * the rest is the trial's; the choice is what gives this reward. */
TAP_USED static double mean_update(const struct cohort *c, const float *visited, double w_stim,
                                   double s, double r, double w_bias)
{
    double sum = 0, n = 0, zero = 0, zero_right = 0;
    for (size_t t = 0; t < c->n_trials; t++) {
        zero += c->stimulus[t] == 0;
        zero_right += c->stimulus[t] == 0 && c->answer[t];
    }
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i < c->animals[a].count; i++) {
            size_t t = c->animals[a].first + i;
            double w[K] = {w_stim, isnan(w_bias) ? visited[t * K + BIAS] : w_bias}, dw[K];
            double right = s > 0 ? 1 : s < 0 ? 0 : zero_right / zero;
            for (int z = 0; z < 2; z++) {
                curved(w, s, i && i % 100 == 0, r > 0 ? z : 1 - z, r, s > 0, dw);
                sum += (z ? right : 1 - right) * dw[STIM];
            }
            n++;
        }
    return sum / n;
}

#endif
