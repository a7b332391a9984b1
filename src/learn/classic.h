/* The textbook rules share a form (SCIENCE 2; a - P(right) = f(a) (1 - p_a)):
 *
 *   dw_k = alpha_k (a + b baseline_k) x_k - forgetting_k w_k
 *
 * A rule says what drives it: a and b of a trial, and their derivatives by the
 * policy's logit.  Tensors, each only when the shape asks for it: alpha [K] (or
 * [1] when shared), alpha_error [like alpha] after errors when split, baseline
 * [K], forgetting [K].  Compiled per engine. */
#ifndef LEARN_CLASSIC_H
#define LEARN_CLASSIC_H

#include "kernel.h"

/* Offsets into theta; (size_t)-1: not there. */
struct classic {
    size_t k, alpha, alpha_error, baseline, forgetting;
    size_t step; /* 0 when alpha is shared, else 1 */
};

static inline struct classic classic_of(const struct kernel_run *run)
{
    struct classic c = {.k = run->shape.n_weights,
                        .alpha = (size_t)-1,
                        .alpha_error = (size_t)-1,
                        .baseline = (size_t)-1,
                        .forgetting = (size_t)-1,
                        .step = !run->shape.shared_alpha};
    for (size_t i = 0; i < run->tensors->n; i++) {
        const struct tensor *t = &run->tensors->item[i];
        if (t->name[0] == 'b')
            c.baseline = t->offset;
        else if (t->name[0] == 'f')
            c.forgetting = t->offset;
        else if (t->name[0] == 'l')
            continue; /* the engine's own */
        else if (t->name[5] == '_')
            c.alpha_error = t->offset;
        else
            c.alpha = t->offset;
    }
    return c;
}

static inline size_t classic_parameters(const struct rule_shape *shape, size_t n_inputs)
{
    (void)n_inputs;
    size_t k = shape->n_weights, alpha = shape->shared_alpha ? 1 : k;
    return alpha * 2 + 2 * k + 1; /* at most, with the lapse */
}

static inline size_t classic_state(const struct rule_shape *shape)
{
    (void)shape;
    return 0;
}

/* a, b, da, db */
static inline size_t classic_cache(const struct rule_shape *shape, size_t n_inputs)
{
    (void)shape, (void)n_inputs;
    return 4;
}

static inline void classic_pack(const struct kernel_run *run, const double *theta, real *packed)
{
    for (size_t i = 0; i < run->tensors->size; i++)
        packed[i] = (real)theta[i];
}

static inline vec classic_alpha(const struct kernel_run *run, const struct classic *c, size_t k,
                                vec r)
{
    vec after_correct = vec_splat(run->packed[c->alpha + k * c->step]);
    if (c->alpha_error == (size_t)-1)
        return after_correct;
    vec after_error = vec_splat(run->packed[c->alpha_error + k * c->step]);
    return after_error + r * (after_correct - after_error);
}

static inline vec classic_baseline(const struct kernel_run *run, const struct classic *c, size_t k)
{
    return vec_splat(c->baseline == (size_t)-1 ? 0 : run->packed[c->baseline + k]);
}

static inline void classic_forward(const struct kernel_run *run, const struct step *step,
                                   const vec *state_in, vec *state_out, vec *cache, vec *dw)
{
    (void)state_in, (void)state_out;
    struct classic c = classic_of(run);
    const vec *v = step->u + c.k;
    vec logit = {0};
    for (size_t k = 0; k < c.k; k++)
        logit += step->u[k] * step->x[k];
    struct learning_signal d =
        run->signal(vec_sigmoid(logit), v[INPUT_REWARD], v[INPUT_CHOICE], step->answer);
    cache[0] = d.a, cache[1] = d.b, cache[2] = d.da, cache[3] = d.db;
    for (size_t k = 0; k < c.k; k++) {
        dw[k] = classic_alpha(run, &c, k, v[INPUT_REWARD]) *
                (d.a + d.b * classic_baseline(run, &c, k)) * step->x[k];
        if (c.forgetting != (size_t)-1)
            dw[k] -= run->packed[c.forgetting + k] * step->u[k];
    }
}

/* delta [parameters]: this step's share of the gradient */
static inline void classic_backward(const struct kernel_run *run, const struct step *step,
                                    const vec *state_in, const vec *cache, const vec *g_dw,
                                    vec *g_w, vec *g_state, vec *delta)
{
    (void)state_in, (void)g_state;
    struct classic c = classic_of(run);
    vec r = step->u[c.k + INPUT_REWARD], g_logit = {0};
    for (size_t i = 0; i < run->tensors->size; i++)
        delta[i] = (vec){0};
    for (size_t k = 0; k < c.k; k++) {
        vec alpha = classic_alpha(run, &c, k, r), base = classic_baseline(run, &c, k);
        vec g = g_dw[k] * step->x[k], by_alpha = g * (cache[0] + cache[1] * base);
        g_logit += g * alpha * (cache[2] + cache[3] * base);
        if (c.alpha_error == (size_t)-1) {
            delta[c.alpha + k * c.step] += by_alpha;
        } else {
            delta[c.alpha + k * c.step] += by_alpha * r;
            delta[c.alpha_error + k * c.step] += by_alpha * (1 - r);
        }
        if (c.baseline != (size_t)-1)
            delta[c.baseline + k] = g * alpha * cache[1];
    }
    for (size_t k = 0; k < c.k; k++) {
        if (c.forgetting != (size_t)-1) {
            delta[c.forgetting + k] = -g_dw[k] * step->u[k];
            g_w[k] -= run->packed[c.forgetting + k] * g_dw[k];
        }
        g_w[k] += g_logit * step->x[k];
    }
}

static inline void classic_gather(const struct kernel_run *run, size_t n, const vec *u,
                                  const vec *state, const vec *cache, size_t cache_stride,
                                  const vec *delta, size_t delta_stride, vec *gradient)
{
    (void)u, (void)state, (void)cache, (void)cache_stride;
    outer_bias(gradient, run->tensors->size, n, delta, delta_stride);
}

/* All of a rule's code but its name and its learning signal. */
#define CLASSIC_CODE                                                               \
    .packed = classic_parameters, .state = classic_state, .cache = classic_cache,  \
    .delta = classic_parameters, .pack = classic_pack, .forward = classic_forward, \
    .backward = classic_backward, .gather = classic_gather

#endif
