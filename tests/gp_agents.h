/* Agents with a known rule for the tests of gp, in plain scalar code that shares nothing
 * with what is tested. */
#ifndef TESTS_GP_AGENTS_H
#define TESTS_GP_AGENTS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/gp.h"

#pragma GCC diagnostic ignored "-Wunused-function"

enum agent_rule {
    AGENT_REINFORCE,
    AGENT_BASE_BELOW, /* baseline -.3 */
    AGENT_BASE_ABOVE, /* .3 */
    AGENT_REWARD_MAX,
    AGENT_PREDICT_MAX,
    AGENT_SPLIT, /* half the rate after errors, towards what was chosen */
    AGENT_FORGETTING,
    AGENT_PERSEVERANCE,
    AGENT_SMOOTH, /* drawn at random */
    AGENT_TRACE,
    AGENT_NOISE,  /* reinforce, weights moved by noise of sd alpha / 2 each trial */
    AGENT_GROUPS, /* half of the animals learn at a third of the rate */
    AGENT_LAPSES, /* reinforce, a tenth of the choices at random */
    AGENT_N,
};
static const char *const agent_names[AGENT_N] = {
    "reinforce",    "base-.3", "base.3", "reward-max", "predict-max", "split", "forgetting",
    "perseverance", "smooth",  "trace",  "noise",      "groups",      "lapses"};

struct agents {
    struct gp_data data;
    size_t *first, *count;
    uint8_t *choice, *answer;
    float *reward, *x, *input;
    double *w0;
    float *w;  /* [n_trials][2] true weights */
    float *dw; /* [n_trials][2] what the rule itself added */
};

enum { AGENT_WAVES = 6, AGENT_WINDOW = 10 };
/* A smooth rule: for each weight and outcome a few waves over stimulus and weights. */
struct waves {
    double size[2][4][AGENT_WAVES], by[4][AGENT_WAVES][3], phase[4][AGENT_WAVES];
};

static struct waves draw_waves(uint64_t seed, double alpha)
{
    struct rng rng = rng_stream(seed, RNG_TEST, 77, 0);
    struct waves v;
    for (int c = 0; c < 4; c++)
        for (int i = 0; i < AGENT_WAVES; i++) {
            for (int k = 0; k < 2; k++)
                v.size[k][c][i] = alpha * .35 * rng_normal(&rng);
            for (int d = 0; d < 3; d++)
                v.by[c][i][d] = rng_normal(&rng) / (d ? 2.5 : 1);
            v.phase[c][i] = 2 * M_PI * rng_uniform(&rng);
        }
    return v;
}

struct agent_state {
    double w[2], past[AGENT_WINDOW][2];
    int outcome[AGENT_WINDOW];
    size_t t;
};

/* The answer z is 0 or 1; returns dw. */
static void agent_update(enum agent_rule rule, double alpha, const struct waves *v,
                         struct agent_state *a, double s, int y, int z, double *dw)
{
    double x[2] = {s, 1}, p = 1 / (1 + exp(-(a->w[0] * s + a->w[1]))), r = y == z;
    double base = rule == AGENT_BASE_BELOW ? -.3 : rule == AGENT_BASE_ABOVE ? .3 : 0;
    for (int k = 0; k < 2; k++) {
        double chosen = (y - p) * x[k];
        dw[k] = alpha * (r - base) * chosen;
        if (rule == AGENT_REWARD_MAX)
            dw[k] = 2 * alpha * (2 * z - 1) * p * (1 - p) * x[k];
        if (rule == AGENT_PREDICT_MAX)
            dw[k] = alpha * (z - p) * x[k];
        if (rule == AGENT_SPLIT)
            dw[k] = alpha * (r > 0 ? 1 : .5) * chosen;
        if (rule == AGENT_FORGETTING)
            dw[k] -= .002 * a->w[k];
        if (rule == AGENT_PERSEVERANCE)
            dw[k] += alpha / 10 * (2 * y - 1) * x[k];
    }
    int c = 2 * y + (y == z);
    for (int k = 0; k < 2 && rule == AGENT_SMOOTH; k++) {
        dw[k] = alpha * (z - p) * x[k] * .7;
        for (int i = 0; i < AGENT_WAVES; i++)
            dw[k] += v->size[k][c][i] * cos(v->by[c][i][0] * s + v->by[c][i][1] * a->w[0] +
                                            v->by[c][i][2] * a->w[1] + v->phase[c][i]);
    }
    size_t at = a->t % AGENT_WINDOW;
    if (rule == AGENT_TRACE) {
        /* the window is of past trials; this one's gradient belongs to the sum */
        int right = 0;
        double sum[2] = {(y - p) * x[0], (y - p) * x[1]};
        for (int i = 0; i < AGENT_WINDOW; i++) {
            right += a->outcome[i];
            sum[0] += a->past[i][0], sum[1] += a->past[i][1];
        }
        for (int k = 0; k < 2; k++)
            dw[k] = a->t >= AGENT_WINDOW && 2 * right >= AGENT_WINDOW ? alpha * sum[k] : 0;
    }
    a->past[at][0] = (y - p) * x[0], a->past[at][1] = (y - p) * x[1], a->outcome[at] = y == z;
    a->t++;
}

static void run_trials(struct agents *g, size_t animal, enum agent_rule rule, double alpha,
                       const struct waves *v, uint64_t seed)
{
    static const double contrast[] = {0, .0625, .125, .25, .5, 1};
    struct rng rng = rng_stream(seed, RNG_CHOICES, (uint32_t)animal, 0);
    struct agent_state a = {.w = {g->w0[animal * 2], g->w0[animal * 2 + 1]}};
    if (rule == AGENT_GROUPS && animal % 2)
        alpha /= 3;
    for (size_t i = g->first[animal]; i < g->first[animal] + g->count[animal]; i++) {
        double side = rng_below(&rng, 2) ? 1 : -1, c = contrast[rng_below(&rng, 6)], dw[2];
        double s = (double)(float)(side * tanh(5 * c) / tanh(5));
        int z = side > 0;
        double p = 1 / (1 + exp(-(a.w[0] * s + a.w[1])));
        if (rule == AGENT_LAPSES && rng_uniform(&rng) < .1)
            p = .5;
        int y = rng_uniform(&rng) < p;
        g->choice[i] = (uint8_t)y, g->answer[i] = (uint8_t)z, g->reward[i] = y == z;
        g->input[i] = g->x[2 * i] = (float)s, g->x[2 * i + 1] = 1;
        agent_update(rule, alpha, v, &a, s, y, z, dw);
        for (int k = 0; k < 2; k++) {
            g->w[2 * i + k] = (float)a.w[k], g->dw[2 * i + k] = (float)dw[k];
            a.w[k] += dw[k];
            if (rule == AGENT_NOISE)
                a.w[k] += alpha / 2 * rng_normal(&rng);
        }
    }
}

/* `n` animals of `trials` each; less for ragged ones: animal i has trials - i * ragged. */
static struct agents *agents_new(enum agent_rule rule, size_t n, size_t trials, size_t ragged,
                                 double alpha, double w0, uint64_t seed)
{
    struct agents *g = mem_new(1, sizeof *g);
    size_t total = 0;
    g->first = mem_new(n, sizeof *g->first), g->count = mem_new(n, sizeof *g->count);
    g->w0 = mem_new(2 * n, sizeof *g->w0);
    for (size_t a = 0; a < n; a++) {
        g->first[a] = total, g->count[a] = trials - a * ragged;
        total += g->count[a];
        g->w0[2 * a] = w0;
    }
    g->choice = mem_new(total, 1), g->answer = mem_new(total, 1);
    g->reward = mem_new(total, sizeof(float)), g->input = mem_new(total, sizeof(float));
    g->x = mem_new(2 * total, sizeof(float)), g->w = mem_new(2 * total, sizeof(float));
    g->dw = mem_new(2 * total, sizeof(float));
    struct waves v = draw_waves(seed, alpha);
    for (size_t a = 0; a < n; a++)
        run_trials(g, a, rule, alpha, &v, seed);
    g->data = (struct gp_data){.n_animals = n,
                               .n_trials = total,
                               .n_weights = 2,
                               .first = g->first,
                               .count = g->count,
                               .choice = g->choice,
                               .answer = g->answer,
                               .reward = g->reward,
                               .x = g->x,
                               .n_inputs = 1,
                               .input = g->input,
                               .w0 = g->w0};
    return g;
}

static void agents_free(struct agents *g)
{
    free(g->first), free(g->count), free(g->choice), free(g->answer), free(g->reward);
    free(g->x), free(g->input), free(g->w0), free(g->w), free(g->dw);
    free(g);
}

static inline struct gp *gp_fitted(const struct gp_data *data, const struct gp_options *options)
{
    struct gp *gp = NULL;
    struct err err = {0};
    if (!gp_fit(data, options, NULL, &gp, &err))
        err_die("gp_fit: %s", err.message);
    return gp;
}

#endif
