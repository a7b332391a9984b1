/* The network of the rules: scale * (Linear ReLU ... Linear), `layers` hidden
 * layers of `hidden`, K outputs (doc/science, network rules).  Tensors in order: scaling_factor,
 * then dnn.{0,2,4,...}.{weight,bias}.  Compiled per engine.
 *
 * Cache of a step: activations a_1 .. a_L (after ReLU), output o [K] (before
 * the scale).  Delta: d_1 .. d_L, then d_o. */
#ifndef LEARN_MLP_H
#define LEARN_MLP_H

#include "kernel.h"

struct mlp {
    size_t inputs, hidden, layers, outputs;
    size_t tensor;  /* index of scaling_factor in the rule's tensors */
    size_t through; /* how many of the inputs a gradient goes back to */
    bool plain;     /* without the scale, which belongs to something else */
};

static inline size_t mlp_cache(const struct mlp *m)
{
    return m->layers * m->hidden + m->outputs;
}

static inline size_t mlp_packed(const struct mlp *m)
{
    size_t in = affine_packed(m->hidden, m->inputs), deep = affine_packed(m->hidden, m->hidden);
    size_t out = affine_packed(m->outputs, m->hidden);
    size_t back = affine_packed(m->through, m->hidden) + affine_packed(m->hidden, m->outputs);
    return m->outputs + in + 2 * (m->layers - 1) * deep + out + back;
}

/* Forward weights layer by layer, then the transposes from the last to the first. */
static inline real *mlp_pack(const struct mlp *m, const struct tensors *tensors,
                             const double *theta, real *out)
{
    const struct tensor *t = tensors->item + m->tensor;
    for (size_t k = 0; k < m->outputs; k++)
        *out++ = m->plain ? 1 : (real)theta[t[0].offset + k];
    for (size_t l = 0; l <= m->layers; l++) {
        const struct tensor *w = t + 1 + 2 * l, *b = w + 1;
        out = affine_pack(out, theta + w->offset, w->cols, 1, theta + b->offset, w->rows, w->cols);
    }
    for (size_t l = m->layers + 1; l-- > 0;) {
        const struct tensor *w = t + 1 + 2 * l;
        size_t back = l ? w->cols : m->through;
        out = affine_pack(out, theta + w->offset, 1, w->cols, NULL, back, w->rows);
    }
    return out;
}

static inline void mlp_forward(const struct mlp *m, const real *packed, const vec *in, vec *cache,
                               vec *out)
{
    const real *scale = packed, *w = packed + m->outputs;
    size_t cols = m->inputs;
    for (size_t l = 0; l < m->layers; l++) {
        w = affine(w, m->hidden, cols, in, cache);
        for (size_t i = 0; i < m->hidden; i++)
            cache[i] = vec_where(cache[i] > 0, cache[i]);
        in = cache;
        cols = m->hidden;
        cache += m->hidden;
    }
    affine(w, m->outputs, cols, in, cache);
    for (size_t k = 0; k < m->outputs; k++)
        out[k] = scale[k] * cache[k];
}

/* g_in [through] is set. */
static inline void mlp_backward(const struct mlp *m, const real *packed, const vec *cache,
                                const vec *g_out, vec *g_in, vec *delta)
{
    size_t h = m->hidden, deep = affine_packed(h, h);
    const real *w = packed + m->outputs + affine_packed(h, m->inputs) + (m->layers - 1) * deep +
                    affine_packed(m->outputs, h);
    vec *d_out = delta + m->layers * h;
    for (size_t k = 0; k < m->outputs; k++)
        d_out[k] = packed[k] * g_out[k];
    const vec *above = d_out;
    size_t cols = m->outputs;
    for (size_t l = m->layers; l-- > 0;) {
        vec *d = delta + l * h;
        const vec *a = cache + l * h;
        w = affine(w, h, cols, above, d);
        for (size_t i = 0; i < h; i++)
            d[i] = vec_where(a[i] > 0, d[i]);
        above = d;
        cols = h;
    }
    affine(w, m->through, cols, above, g_in);
}

/* d loss / d scale_k = sum o_k g_k = sum o_k d_k / scale_k would divide by a
 * scale that may be 0: the backward pass keeps g_out beside the deltas. */
static inline void mlp_gather(const struct mlp *m, const struct tensors *tensors, size_t n,
                              const vec *in, size_t in_stride, const vec *cache,
                              size_t cache_stride, const vec *delta, size_t delta_stride,
                              const vec *g_out, vec *gradient)
{
    const struct tensor *t = tensors->item + m->tensor;
    size_t h = m->hidden;
    for (size_t s = 0; s < n && !m->plain; s++)
        for (size_t k = 0; k < m->outputs; k++)
            gradient[t->offset + k] +=
                cache[s * cache_stride + m->layers * h + k] * g_out[s * delta_stride + k];
    for (size_t l = 0; l <= m->layers; l++) {
        const struct tensor *w = t + 1 + 2 * l, *b = w + 1;
        const vec *a = l ? cache + (l - 1) * h : in;
        size_t lda = l ? cache_stride : in_stride;
        outer(gradient + w->offset, w->rows, w->cols, n, delta + l * h, delta_stride, a, lda);
        outer_bias(gradient + b->offset, b->rows, n, delta + l * h, delta_stride);
    }
}

#endif
