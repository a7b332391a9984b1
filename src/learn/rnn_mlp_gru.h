/* rnn with the MLP before the GRU (the authors' DNNfirst): m = MLP(u) [K],
 * h = GRU(m, h), dw = scale * fc h, fc without bias.  Part of rules/rnn.c.
 *
 * Cache: the MLP's, m, the GRU's, o = fc h.  Delta: the MLP's, the GRU's, d_fc,
 * g_dw. */
#ifndef LEARN_RNN_MLP_GRU_H
#define LEARN_RNN_MLP_GRU_H

#include "gru.h"
#include "mlp.h"

struct first {
    struct mlp m;
    struct gru g;
    size_t k, h;
    size_t at_m, at_gru, at_o;      /* in the cache */
    size_t at_d_gru, at_fc, at_out; /* in the delta */
};

static inline struct first first_of(const struct rule_shape *shape, size_t n_inputs)
{
    struct first f = {.k = shape->n_weights, .h = shape->hidden};
    f.m = (struct mlp){.inputs = n_inputs,
                       .hidden = f.h,
                       .layers = shape->layers,
                       .outputs = f.k,
                       .tensor = 0,
                       .through = f.k,
                       .plain = true};
    f.g = (struct gru){
        .inputs = f.k, .hidden = f.h, .tensor = 1 + 2 * (shape->layers + 1), .through = f.k};
    f.at_m = mlp_cache(&f.m);
    f.at_gru = f.at_m + f.k;
    f.at_o = f.at_gru + gru_cache(&f.g);
    f.at_d_gru = mlp_cache(&f.m);
    f.at_fc = f.at_d_gru + gru_cache(&f.g);
    f.at_out = f.at_fc + f.k;
    return f;
}

static inline size_t first_cache(const struct rule_shape *shape, size_t n_inputs)
{
    return first_of(shape, n_inputs).at_o + shape->n_weights;
}

static inline size_t first_delta(const struct rule_shape *shape, size_t n_inputs)
{
    return first_of(shape, n_inputs).at_out + shape->n_weights;
}

/* scale, fc, its transpose, the GRU, the MLP */
static inline size_t first_packed(const struct rule_shape *shape, size_t n_inputs)
{
    struct first f = first_of(shape, n_inputs);
    return f.k + affine_packed(f.k, f.h) + affine_packed(f.h, f.k) + gru_packed(&f.g) +
           mlp_packed(&f.m);
}

static inline void first_pack(const struct kernel_run *run, const double *theta, real *packed)
{
    struct first f = first_of(&run->shape, run->n_inputs);
    const struct tensor *t = run->tensors->item, *fc = t + f.g.tensor + 4;
    for (size_t k = 0; k < f.k; k++)
        *packed++ = (real)theta[t->offset + k];
    packed = affine_pack(packed, theta + fc->offset, f.h, 1, NULL, f.k, f.h);
    packed = affine_pack(packed, theta + fc->offset, 1, f.h, NULL, f.h, f.k);
    packed = gru_pack(&f.g, run->tensors, theta, packed);
    mlp_pack(&f.m, run->tensors, theta, packed);
}

static inline const real *first_gru(const struct first *f, const real *packed)
{
    return packed + f->k + affine_packed(f->k, f->h) + affine_packed(f->h, f->k);
}

static inline void first_forward(const struct kernel_run *run, const struct step *step,
                                 const vec *state_in, vec *state_out, vec *cache, vec *dw)
{
    struct first f = first_of(&run->shape, run->n_inputs);
    const real *gru = first_gru(&f, run->packed);
    mlp_forward(&f.m, gru + gru_packed(&f.g), step->u, cache, cache + f.at_m);
    gru_forward(&f.g, gru, cache + f.at_m, state_in, state_out, cache + f.at_gru);
    affine(run->packed + f.k, f.k, f.h, state_out, cache + f.at_o);
    for (size_t k = 0; k < f.k; k++)
        dw[k] = run->packed[k] * cache[f.at_o + k];
}

static inline void first_backward(const struct kernel_run *run, const vec *state_in,
                                  const vec *cache, const vec *g_dw, vec *g_w, vec *g_state,
                                  vec *delta)
{
    struct first f = first_of(&run->shape, run->n_inputs);
    const real *gru = first_gru(&f, run->packed);
    vec g_h[f.h], g_m[POLICY_MAX], g_in[POLICY_MAX];
    for (size_t k = 0; k < f.k; k++) {
        delta[f.at_fc + k] = run->packed[k] * g_dw[k];
        delta[f.at_out + k] = g_dw[k];
    }
    affine(run->packed + f.k + affine_packed(f.k, f.h), f.h, f.k, delta + f.at_fc, g_h);
    for (size_t i = 0; i < f.h; i++)
        g_h[i] += g_state[i];
    gru_backward(&f.g, gru, state_in, cache + f.at_gru, g_h, g_m, g_state, delta + f.at_d_gru);
    mlp_backward(&f.m, gru + gru_packed(&f.g), cache, g_m, g_in, delta);
    for (size_t k = 0; k < f.k; k++)
        g_w[k] += g_in[k];
}

static inline void first_gather(const struct kernel_run *run, size_t n, const vec *u,
                                const vec *state, const vec *cache, size_t cache_stride,
                                const vec *delta, size_t delta_stride, vec *gradient)
{
    struct first f = first_of(&run->shape, run->n_inputs);
    const struct tensor *t = run->tensors->item, *fc = t + f.g.tensor + 4;
    for (size_t s = 0; s < n; s++)
        for (size_t k = 0; k < f.k; k++)
            gradient[t->offset + k] +=
                cache[s * cache_stride + f.at_o + k] * delta[s * delta_stride + f.at_out + k];
    outer(gradient + fc->offset, f.k, f.h, n, delta + f.at_fc, delta_stride, state + f.h, f.h);
    gru_gather(&f.g, run->tensors, n, cache + f.at_m, cache_stride, state, f.h, delta + f.at_d_gru,
               delta_stride, gradient);
    mlp_gather(&f.m, run->tensors, n, u, run->n_inputs, cache, cache_stride, delta, delta_stride,
               delta, gradient);
}

#endif
