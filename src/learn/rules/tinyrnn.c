/* tinyrnn: a policy network without weights.  h = GRU([s_{t+1}, s_t, y_t, r_t], h),
 * logit of the next choice = out h + bias.  The rollout asks for updates of
 * weights, so the logit is the one weight of a policy whose one feature is 1:
 * dw = logit - w.
 *
 * Cache: inputs [4], the GRU's.  Delta: the GRU's, then g_dw. */
#include "kernel.h"
#include "gru.h"

enum { TINY_INPUTS = 4 };

static struct gru tiny_gru(const struct rule_shape *shape)
{
    return (struct gru){.inputs = TINY_INPUTS, .hidden = shape->hidden, .tensor = 2};
}

static size_t tiny_packed(const struct rule_shape *shape, size_t n_inputs)
{
    (void)n_inputs;
    struct gru g = tiny_gru(shape);
    return gru_packed(&g) + shape->hidden + 1;
}

static size_t tiny_state(const struct rule_shape *shape)
{
    return shape->hidden;
}

static size_t tiny_cache(const struct rule_shape *shape, size_t n_inputs)
{
    (void)n_inputs;
    return TINY_INPUTS + 4 * shape->hidden;
}

static size_t tiny_delta(const struct rule_shape *shape, size_t n_inputs)
{
    (void)n_inputs;
    return 4 * shape->hidden + 1;
}

static void tiny_pack(const struct kernel_run *run, const double *theta, real *packed)
{
    struct gru g = tiny_gru(&run->shape);
    const struct tensor *t = run->tensors->item;
    for (size_t i = 0; i < g.hidden; i++)
        *packed++ = (real)theta[t[0].offset + i];
    *packed++ = (real)theta[t[1].offset];
    gru_pack(&g, run->tensors, theta, packed);
}

static void tiny_forward(const struct kernel_run *run, const struct step *step, const vec *state_in,
                         vec *state_out, vec *cache, vec *dw)
{
    struct gru g = tiny_gru(&run->shape);
    const vec *v = step->u + 1;
    cache[0] = step->next_stimulus;
    cache[1] = v[INPUT_STIMULUS], cache[2] = v[INPUT_CHOICE], cache[3] = v[INPUT_REWARD];
    gru_forward(&g, run->packed + g.hidden + 1, cache, state_in, state_out, cache + TINY_INPUTS);
    vec logit = vec_splat(run->packed[g.hidden]);
    for (size_t i = 0; i < g.hidden; i++)
        logit += run->packed[i] * state_out[i];
    dw[0] = logit - step->u[0];
}

static void tiny_backward(const struct kernel_run *run, const struct step *step,
                          const vec *state_in, const vec *cache, const vec *g_dw, vec *g_w,
                          vec *g_state, vec *delta)
{
    (void)step;
    struct gru g = tiny_gru(&run->shape);
    vec g_h[g.hidden];
    for (size_t i = 0; i < g.hidden; i++)
        g_h[i] = g_state[i] + run->packed[i] * g_dw[0];
    gru_backward(&g, run->packed + g.hidden + 1, state_in, cache + TINY_INPUTS, g_h, NULL, g_state,
                 delta);
    delta[4 * g.hidden] = g_dw[0];
    g_w[0] -= g_dw[0];
}

static void tiny_gather(const struct kernel_run *run, size_t n, const vec *u, const vec *state,
                        const vec *cache, size_t cache_stride, const vec *delta,
                        size_t delta_stride, vec *gradient)
{
    (void)u;
    struct gru g = tiny_gru(&run->shape);
    const struct tensor *t = run->tensors->item;
    size_t h = g.hidden;
    outer(gradient + t[0].offset, 1, h, n, delta + 4 * h, delta_stride, state + h, h);
    outer_bias(gradient + t[1].offset, 1, n, delta + 4 * h, delta_stride);
    gru_gather(&g, run->tensors, n, cache, cache_stride, state, h, delta, delta_stride, gradient);
}

extern const struct kernel ENGINE(kernel_tinyrnn);
const struct kernel ENGINE(kernel_tinyrnn) = {
    .name = "tinyrnn",
    .packed = tiny_packed,
    .state = tiny_state,
    .cache = tiny_cache,
    .delta = tiny_delta,
    .pack = tiny_pack,
    .forward = tiny_forward,
    .backward = tiny_backward,
    .gather = tiny_gather,
};

#ifdef ENGINE_F64 /* what there is once */
#include "network.h"

static void tiny_layout(const struct rule_shape *shape, struct tensors *out)
{
    rule_tensor_add(out, "out.weight", 1, shape->hidden);
    rule_tensor_add(out, "out.bias", 1, 0);
    network_layout_gru(shape, TINY_INPUTS, out);
}

extern const struct rule rule_tinyrnn;
const struct rule rule_tinyrnn = {
    .name = "tinyrnn",
    .summary = "a small recurrent network predicts the choice itself, without weights",
    .equation = "h = GRU(s', s, y, r; h),  P(right) = sigmoid(out h + bias)",
    .source = "Ji-An et al. 2025; Liu, Geadah, Pillow 2025 (tinyRNN)",
    .network = true,
    .memory = true,
    .no_weights = true,
    .no_start = true,
    .layout = tiny_layout,
    .init = network_init,
};
#endif
