/* The textbook rules share a form (doc/science, textbook rules):
 *
 *   dw_k = alpha_k (a + b baseline_k) x_k - forgetting_k w_k + perseverance_k f(y) x_k
 *
 * and weights that drift besides, see drift.h.  A rule gives its learning signal: a and b of
 * a trial, and their first and second derivatives by the policy's logit.  Tensors, each only when
 * the shape asks for it: alpha [K] (or [1] when shared), alpha_error [like alpha] after errors
 * when split, baseline [K], and those of the terms, which are nothing of the rule's own [K].
 * Compiled per engine. */
#ifndef LEARN_TEXTBOOK_H
#define LEARN_TEXTBOOK_H

#include <stdint.h>

#include "kernel.h"

/* Entry k of a tensor that may not be there. */
static inline real textbook_value(const struct kernel_run *run, size_t offset, size_t k)
{
    return offset == SIZE_MAX ? 0 : run->packed[offset + k];
}

/* Where alpha of weight k is in theta; from: of alpha or alpha_error. */
static inline size_t textbook_rate(const struct kernel_run *run, size_t from, size_t k)
{
    return from + (run->shape.alpha == ALPHA_SHARED ? 0 : k);
}

/* f(y): 1 right, -1 left. */
static inline vec chosen_side(const struct kernel_run *run, const struct step *step)
{
    return 2 * step->u[run->shape.n_weights + INPUT_CHOICE] - 1;
}

/* Terms of dw that any textbook rule may have. */
static inline void terms_forward(const struct kernel_run *run, const struct step *step, vec *dw)
{
    for (size_t k = 0; k < run->shape.n_weights; k++) {
        if (run->at.forgetting != SIZE_MAX)
            dw[k] -= run->packed[run->at.forgetting + k] * step->u[k];
        if (run->at.perseverance != SIZE_MAX)
            dw[k] += run->packed[run->at.perseverance + k] * chosen_side(run, step) * step->x[k];
    }
}

static inline void terms_backward(const struct kernel_run *run, const struct step *step,
                                  const vec *g_dw, vec *g_w, vec *delta)
{
    for (size_t k = 0; k < run->shape.n_weights; k++) {
        if (run->at.forgetting != SIZE_MAX) {
            delta[run->at.forgetting + k] = -g_dw[k] * step->u[k];
            g_w[k] -= run->packed[run->at.forgetting + k] * g_dw[k];
        }
        if (run->at.perseverance != SIZE_MAX)
            delta[run->at.perseverance + k] = g_dw[k] * chosen_side(run, step) * step->x[k];
    }
}

/* a, b, da, db */
static inline size_t textbook_cache(const struct rule_shape *shape, size_t n_inputs)
{
    (void)shape, (void)n_inputs;
    return 4;
}

static inline void textbook_pack(const struct kernel_run *run, const double *theta, real *packed)
{
    for (size_t i = 0; i < run->tensors->size; i++)
        packed[i] = (real)theta[i];
}

static inline vec textbook_alpha(const struct kernel_run *run, size_t k, vec r)
{
    vec after_correct = vec_splat(run->packed[textbook_rate(run, run->at.alpha, k)]);
    if (run->at.alpha_error == SIZE_MAX)
        return after_correct;
    vec after_error = vec_splat(run->packed[textbook_rate(run, run->at.alpha_error, k)]);
    return after_error + r * (after_correct - after_error);
}

#include "drift.h"

static inline size_t textbook_state(const struct rule_shape *shape)
{
    return shape->drift ? drift_state(shape->n_weights) : 0;
}

static inline void textbook_forward(const struct kernel_run *run, const struct step *step,
                                    const vec *state_in, vec *state_out, vec *cache, vec *dw)
{
    size_t n = run->shape.n_weights;
    if (run->at.drift != SIZE_MAX) {
        drift_forward(run, step, state_in, state_out, dw);
        return;
    }
    const vec *v = step->u + n;
    vec logit = {0};
    for (size_t k = 0; k < n; k++)
        logit += step->u[k] * step->x[k];
    struct learning_signal d =
        run->signal(vec_sigmoid(logit), v[INPUT_REWARD], v[INPUT_CHOICE], step->answer);
    cache[0] = d.a, cache[1] = d.b, cache[2] = d.da, cache[3] = d.db;
    for (size_t k = 0; k < n; k++)
        dw[k] = textbook_alpha(run, k, v[INPUT_REWARD]) *
                (d.a + d.b * textbook_value(run, run->at.baseline, k)) * step->x[k];
    terms_forward(run, step, dw);
}

/* delta [tensors.size]: this step's share of the gradient */
static inline void textbook_backward(const struct kernel_run *run, const struct step *step,
                                     const vec *state_in, const vec *cache, const vec *g_dw,
                                     vec *g_w, vec *g_state, vec *delta)
{
    const struct textbook *at = &run->at;
    size_t n = run->shape.n_weights;
    vec r = step->u[n + INPUT_REWARD], g_logit = {0};
    for (size_t i = 0; i < run->tensors->size; i++)
        delta[i] = (vec){0};
    if (run->at.drift != SIZE_MAX) {
        drift_backward(run, step, state_in, g_dw, g_w, g_state, delta);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        vec alpha = textbook_alpha(run, k, r),
            base = vec_splat(textbook_value(run, at->baseline, k));
        vec g = g_dw[k] * step->x[k], by_alpha = g * (cache[0] + cache[1] * base);
        g_logit += g * alpha * (cache[2] + cache[3] * base);
        if (at->alpha_error == SIZE_MAX) {
            delta[textbook_rate(run, at->alpha, k)] += by_alpha;
        } else {
            delta[textbook_rate(run, at->alpha, k)] += by_alpha * r;
            delta[textbook_rate(run, at->alpha_error, k)] += by_alpha * (1 - r);
        }
        if (at->baseline != SIZE_MAX)
            delta[at->baseline + k] = g * alpha * cache[1];
    }
    terms_backward(run, step, g_dw, g_w, delta);
    for (size_t k = 0; k < n; k++)
        g_w[k] += g_logit * step->x[k];
}

static inline void textbook_gather(const struct kernel_run *run, size_t n, const vec *u,
                                   const vec *state, const vec *cache, size_t cache_stride,
                                   const vec *delta, size_t delta_stride, vec *gradient)
{
    (void)u, (void)state, (void)cache, (void)cache_stride;
    outer_bias(gradient, run->tensors->size, n, delta, delta_stride);
}

/* All of a rule's code but its name and its learning signal. */
#define CLASSIC_CODE                                                         \
    .state = textbook_state, .cache = textbook_cache, .pack = textbook_pack, \
    .forward = textbook_forward, .backward = textbook_backward, .gather = textbook_gather

#endif
