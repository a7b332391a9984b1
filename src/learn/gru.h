/* A gated recurrent unit as PyTorch states it (doc/science, network rules): gates r, z, n stacked,
 * both biases, n = tanh(W_in u + b_in + r (W_hn h + b_hn)), h' = (1 - z) n + z h.
 * Tensors in order: gru.weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0.
 * Compiled per engine.
 *
 * Cache of a step: r, z, n, q = W_hn h + b_hn, [hidden] each.  Delta: d_r, d_z,
 * d_n before the gates' functions, then d_q. */
#ifndef LEARN_GRU_H
#define LEARN_GRU_H

#include "kernel.h"

struct gru {
    size_t inputs, hidden;
    size_t tensor;  /* index of gru.weight_ih_l0 */
    size_t through; /* how many of the inputs a gradient goes back to */
};

static inline size_t gru_cache(const struct gru *g)
{
    return 4 * g->hidden;
}

static inline size_t gru_packed(const struct gru *g)
{
    size_t h = g->hidden;
    return affine_packed(3 * h, g->inputs) + affine_packed(3 * h, h) +
           affine_packed(g->through, 3 * h) + affine_packed(h, 2 * h) + affine_packed(h, h);
}

static inline real *gru_pack(const struct gru *g, const struct tensors *tensors,
                             const double *theta, real *out)
{
    const struct tensor *t = tensors->item + g->tensor;
    const double *w_ih = theta + t[0].offset, *w_hh = theta + t[1].offset;
    size_t h = g->hidden, in = g->inputs;
    out = affine_pack(out, w_ih, in, 1, theta + t[2].offset, 3 * h, in);
    out = affine_pack(out, w_hh, h, 1, theta + t[3].offset, 3 * h, h);
    out = affine_pack(out, w_ih, 1, in, NULL, g->through, 3 * h);
    out = affine_pack(out, w_hh, 1, h, NULL, h, 2 * h);
    return affine_pack(out, w_hh + 2 * h * h, 1, h, NULL, h, h);
}

static inline void gru_forward(const struct gru *g, const real *packed, const vec *u,
                               const vec *state_in, vec *state_out, vec *cache)
{
    size_t h = g->hidden;
    vec *r = cache, *z = r + h, *n = z + h, *q = n + h, part[3 * h];
    packed = affine(packed, 3 * h, g->inputs, u, cache);
    affine(packed, 3 * h, h, state_in, part);
    for (size_t i = 0; i < 2 * h; i++)
        cache[i] = vec_sigmoid(cache[i] + part[i]);
    for (size_t i = 0; i < h; i++) {
        q[i] = part[2 * h + i];
        n[i] = vec_tanh(n[i] + r[i] * q[i]);
        state_out[i] = n[i] + z[i] * (state_in[i] - n[i]);
    }
}

/* g_h [hidden]: d loss / d state_out, all of it.  Sets g_u [through] and
 * g_state [hidden] = d loss / d state_in. */
static inline void gru_backward(const struct gru *g, const real *packed, const vec *state_in,
                                const vec *cache, const vec *g_h, vec *g_u, vec *g_state,
                                vec *delta)
{
    size_t h = g->hidden;
    const vec *r = cache, *z = r + h, *n = z + h, *q = n + h;
    vec *d_r = delta, *d_z = d_r + h, *d_n = d_z + h, *d_q = d_n + h;
    for (size_t i = 0; i < h; i++) {
        d_n[i] = g_h[i] * (1 - z[i]) * (1 - n[i] * n[i]);
        d_z[i] = g_h[i] * (state_in[i] - n[i]) * z[i] * (1 - z[i]);
        d_r[i] = d_n[i] * q[i] * r[i] * (1 - r[i]);
        d_q[i] = d_n[i] * r[i];
        g_state[i] = g_h[i] * z[i];
    }
    packed += affine_packed(3 * h, g->inputs) + affine_packed(3 * h, h);
    packed = affine(packed, g->through, 3 * h, delta, g_u);
    packed = affine_add(packed, h, 2 * h, delta, g_state);
    affine_add(packed, h, h, d_q, g_state);
}

static inline void gru_gather(const struct gru *g, const struct tensors *tensors, size_t n,
                              const vec *u, size_t u_stride, const vec *state, size_t state_stride,
                              const vec *delta, size_t delta_stride, vec *gradient)
{
    const struct tensor *t = tensors->item + g->tensor;
    size_t h = g->hidden;
    vec *w_ih = gradient + t[0].offset, *w_hh = gradient + t[1].offset;
    vec *b_ih = gradient + t[2].offset, *b_hh = gradient + t[3].offset;
    const vec *d_q = delta + 3 * h;
    outer(w_ih, 3 * h, g->inputs, n, delta, delta_stride, u, u_stride);
    outer(w_hh, 2 * h, h, n, delta, delta_stride, state, state_stride);
    outer(w_hh + 2 * h * h, h, h, n, d_q, delta_stride, state, state_stride);
    outer_bias(b_ih, 3 * h, n, delta, delta_stride);
    outer_bias(b_hh, 2 * h, n, delta, delta_stride);
    outer_bias(b_hh + 2 * h, h, n, d_q, delta_stride);
}

#endif
