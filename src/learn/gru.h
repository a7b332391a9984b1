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

/* A step taken apart.  With A = e^-a e^-b, a of the trial and b of the state, the reset
 * gate is 1 / (1 + A); likewise z with B; and with E = 2^x, x = (2 / ln 2) (the rest of n),
 *   n + z (h - n) = (E (B + h) + h - B) / ((1 + B) (1 + E)).
 * Exponentials of one side come before, those beyond GRU_FAR are refused.
 *
 * State's part: e^-b of r, e^-b of z, q, h, [hidden] each.  Trial's: e^-a of r, e^-a
 * of z, the rest of n; q and this times 2 / ln 2. */
#define GRU_FAR   40
#define GRU_TWICE ((real)(2 / M_LN2))

/* Beyond these 1 / (1 + A) is nothing beside 1, and tanh is 1.  Products of four of the
 * first, and of one of each, are still in range. */
#ifdef ENGINE_F64
#define GRU_MOST 0x1p200
#define GRU_TANH 64
#else
#define GRU_MOST 0x1p30f
#define GRU_TANH 26
#endif

static inline void gru_apart(size_t hidden, vec *part, bool *far)
{
    for (size_t i = 0; i < 3 * hidden; i++) {
        vec x = part[i];
        vec_bits out = x != x;
        if (i < 2 * hidden)
            out |= (x > GRU_FAR) | (x < -GRU_FAR);
        for (int l = 0; l < LANES; l++)
            *far = *far || out[l];
        part[i] = i < 2 * hidden ? vec_exp(-x) : x * GRU_TWICE;
    }
}

static inline void gru_of_state(const struct gru *g, const real *packed, const vec *state,
                                vec *part, bool *far)
{
    size_t h = g->hidden;
    affine(packed + affine_packed(3 * h, g->inputs), 3 * h, h, state, part);
    gru_apart(h, part, far);
    for (size_t i = 0; i < h; i++)
        part[3 * h + i] = state[i];
}

static inline void gru_of_trial(const struct gru *g, const real *packed, const vec *u, vec *part,
                                bool *far)
{
    affine(packed, 3 * g->hidden, g->inputs, u, part);
    gru_apart(g->hidden, part, far);
}

/* x of one unit for `n` trials, parts `apart`; one division serves four. */
static inline void gru_reset(size_t n, const real *trial, size_t apart, vec s, vec q, size_t rest,
                             vec *x)
{
    const vec most = vec_splat(GRU_MOST);
    size_t t = 0;
    for (; t + 4 <= n; t += 4) {
        const real *p = trial + t * apart;
        vec a = vec_min(1 + p[0] * s, most), b = vec_min(1 + p[apart] * s, most);
        vec c = vec_min(1 + p[2 * apart] * s, most), d = vec_min(1 + p[3 * apart] * s, most);
        vec ab = a * b, cd = c * d, all = q / (ab * cd), of_ab = all * cd, of_cd = all * ab;
        p += rest;
        x[t] = of_ab * b + p[0];
        x[t + 1] = of_ab * a + p[apart];
        x[t + 2] = of_cd * d + p[2 * apart];
        x[t + 3] = of_cd * c + p[3 * apart];
    }
    for (; t < n; t++)
        x[t] = q / (1 + trial[t * apart] * s) + trial[t * apart + rest];
}

/* Numerator and denominator of the state from x, which the first replaces. */
static inline void gru_ratio(size_t n, const real *trial, size_t apart, vec s, vec h, vec *x,
                             vec *under)
{
    const vec most = vec_splat(GRU_MOST), up = vec_splat(GRU_TANH), down = -up;
    for (size_t t = 0; t < n; t++) {
        vec e = vec_exp2(vec_max(vec_min(x[t], up), down));
        vec b = vec_min(trial[t * apart] * s, most), b1 = 1 + b;
        x[t] = e * (b + h) + (h - b);
        under[t] = e * b1 + b1;
    }
}

/* Their quotient; one division serves two. */
static inline void gru_divide(size_t n, vec *x, const vec *under, vec *low, vec *high)
{
    vec lowest = *low, highest = *high;
    size_t t = 0;
    for (; t + 2 <= n; t += 2) {
        vec both = 1 / (under[t] * under[t + 1]);
        vec y = x[t] * (under[t + 1] * both), z = x[t + 1] * (under[t] * both);
        x[t] = y, x[t + 1] = z;
        lowest = vec_min(lowest, vec_min(y, z));
        highest = vec_max(highest, vec_max(y, z));
    }
    for (; t < n; t++) {
        x[t] /= under[t];
        lowest = vec_min(lowest, x[t]);
        highest = vec_max(highest, x[t]);
    }
    *low = lowest;
    *high = highest;
}

/* A vector of states after each of `n` trials: after [hidden][stride]; low and high
 * [hidden] become wide enough for them. */
static inline void gru_together(const struct gru *g, const vec *of_state, size_t n,
                                const real *of_trial, vec *after, size_t stride, vec *low,
                                vec *high)
{
    size_t width = g->hidden, apart = 3 * width;
    vec under[n];
    for (size_t i = 0; i < width; i++, after += stride) {
        const vec *s = of_state + i;
        const real *p = of_trial + i;
        gru_reset(n, p, apart, s[0], s[2 * width], 2 * width, after);
        gru_ratio(n, p + width, apart, s[width], s[3 * width], after, under);
        gru_divide(n, after, under, &low[i], &high[i]);
    }
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
