/* rnn: h = GRU([w, s, 1, day, y, r, side], h), dw = scale * MLP(h).  doc/science,
 * network rules (RNNGLM).  The other order, mlp-gru, is in rnn_mlp_gru.h.
 *
 * Cache and delta: the GRU's, then the MLP's; delta ends in g_dw [K]. */
#include "kernel.h"
#include "gru.h"
#include "mlp.h"
#include "rnn_mlp_gru.h"

static struct mlp rnn_mlp(const struct rule_shape *shape)
{
    return (struct mlp){.inputs = shape->hidden,
                        .hidden = shape->hidden,
                        .layers = shape->layers,
                        .outputs = shape->n_weights,
                        .tensor = 0,
                        .through = shape->hidden};
}

static struct gru rnn_gru(const struct rule_shape *shape, size_t n_inputs)
{
    return (struct gru){.inputs = n_inputs,
                        .hidden = shape->hidden,
                        .tensor = 1 + 2 * (shape->layers + 1),
                        .through = shape->n_weights};
}

static size_t rnn_packed(const struct rule_shape *shape, size_t n_inputs)
{
    if (shape->order == ORDER_MLP_GRU)
        return first_packed(shape, n_inputs);
    struct mlp m = rnn_mlp(shape);
    struct gru g = rnn_gru(shape, n_inputs);
    return mlp_packed(&m) + gru_packed(&g);
}

static size_t rnn_state(const struct rule_shape *shape)
{
    return shape->hidden;
}

static size_t rnn_cache(const struct rule_shape *shape, size_t n_inputs)
{
    if (shape->order == ORDER_MLP_GRU)
        return first_cache(shape, n_inputs);
    struct mlp m = rnn_mlp(shape);
    struct gru g = rnn_gru(shape, n_inputs);
    return gru_cache(&g) + mlp_cache(&m);
}

static size_t rnn_delta(const struct rule_shape *shape, size_t n_inputs)
{
    if (shape->order == ORDER_MLP_GRU)
        return first_delta(shape, n_inputs);
    return rnn_cache(shape, n_inputs) + shape->n_weights;
}

static void rnn_pack(const struct kernel_run *run, const double *theta, real *packed)
{
    if (run->shape.order == ORDER_MLP_GRU) {
        first_pack(run, theta, packed);
        return;
    }
    struct mlp m = rnn_mlp(&run->shape);
    struct gru g = rnn_gru(&run->shape, run->n_inputs);
    packed = mlp_pack(&m, run->tensors, theta, packed);
    gru_pack(&g, run->tensors, theta, packed);
}

static void rnn_forward(const struct kernel_run *run, const struct step *step, const vec *state_in,
                        vec *state_out, vec *cache, vec *dw)
{
    if (run->shape.order == ORDER_MLP_GRU) {
        first_forward(run, step, state_in, state_out, cache, dw);
        return;
    }
    struct mlp m = rnn_mlp(&run->shape);
    struct gru g = rnn_gru(&run->shape, run->n_inputs);
    gru_forward(&g, run->packed + mlp_packed(&m), step->u, state_in, state_out, cache);
    mlp_forward(&m, run->packed, state_out, cache + gru_cache(&g), dw);
}

static void rnn_backward(const struct kernel_run *run, const struct step *step, const vec *state_in,
                         const vec *cache, const vec *g_dw, vec *g_w, vec *g_state, vec *delta)
{
    if (run->shape.order == ORDER_MLP_GRU) {
        first_backward(run, state_in, cache, g_dw, g_w, g_state, delta);
        return;
    }
    (void)step;
    struct mlp m = rnn_mlp(&run->shape);
    struct gru g = rnn_gru(&run->shape, run->n_inputs);
    size_t of_gru = gru_cache(&g);
    vec g_h[g.hidden], g_in[POLICY_MAX];
    mlp_backward(&m, run->packed, cache + of_gru, g_dw, g_h, delta + of_gru);
    for (size_t i = 0; i < g.hidden; i++)
        g_h[i] += g_state[i];
    gru_backward(&g, run->packed + mlp_packed(&m), state_in, cache, g_h, g_in, g_state, delta);
    for (size_t k = 0; k < m.outputs; k++) {
        delta[of_gru + mlp_cache(&m) + k] = g_dw[k];
        g_w[k] += g_in[k];
    }
}

static void rnn_gather(const struct kernel_run *run, size_t n, const vec *u, const vec *state,
                       const vec *cache, size_t cache_stride, const vec *delta, size_t delta_stride,
                       vec *gradient)
{
    if (run->shape.order == ORDER_MLP_GRU) {
        first_gather(run, n, u, state, cache, cache_stride, delta, delta_stride, gradient);
        return;
    }
    struct mlp m = rnn_mlp(&run->shape);
    struct gru g = rnn_gru(&run->shape, run->n_inputs);
    size_t h = g.hidden, of_gru = gru_cache(&g);
    gru_gather(&g, run->tensors, n, u, run->n_inputs, state, h, delta, delta_stride, gradient);
    /* the MLP's input is the state after each step */
    mlp_gather(&m, run->tensors, n, state + h, h, cache + of_gru, cache_stride, delta + of_gru,
               delta_stride, delta + of_gru + mlp_cache(&m), gradient);
}

static size_t rnn_batch_mean_state(const struct rule_shape *shape)
{
    return 4 * shape->hidden;
}

static size_t rnn_batch_mean_trial(const struct rule_shape *shape)
{
    return 3 * shape->hidden;
}

static void rnn_of_state(const struct kernel_run *run, const vec *state, vec *part, bool *far)
{
    struct mlp m = rnn_mlp(&run->shape);
    struct gru g = rnn_gru(&run->shape, run->n_inputs);
    gru_of_state(&g, run->packed + mlp_packed(&m), state, part, far);
}

static void rnn_of_trial(const struct kernel_run *run, const vec *u, vec *part, bool *far)
{
    struct mlp m = rnn_mlp(&run->shape);
    struct gru g = rnn_gru(&run->shape, run->n_inputs);
    gru_of_trial(&g, run->packed + mlp_packed(&m), u, part, far);
}

static void rnn_together(const struct kernel_run *run, const vec *of_state, size_t n,
                         const real *of_trial, vec *after, size_t stride, vec *low, vec *high)
{
    struct gru g = rnn_gru(&run->shape, run->n_inputs);
    gru_together(&g, of_state, n, of_trial, after, stride, low, high);
}

static const struct batch_mean rnn_batch_mean = {
    .state = rnn_batch_mean_state,
    .trial = rnn_batch_mean_trial,
    .of_state = rnn_of_state,
    .of_trial = rnn_of_trial,
    .together = rnn_together,
    .network = rnn_mlp,
};

extern const struct kernel ENGINE(kernel_rnn);
const struct kernel ENGINE(kernel_rnn) = {
    .name = "rnn",
    .packed = rnn_packed,
    .state = rnn_state,
    .cache = rnn_cache,
    .delta = rnn_delta,
    .pack = rnn_pack,
    .forward = rnn_forward,
    .backward = rnn_backward,
    .gather = rnn_gather,
    .batch_mean = &rnn_batch_mean,
};

#ifdef ENGINE_F64 /* what there is once */
#include "network.h"

static void rnn_layout(const struct rule_shape *shape, struct tensors *out)
{
    network_layout_mlp(shape, shape->order == ORDER_MLP_GRU ? rule_inputs(shape) : shape->hidden,
                       out);
    network_layout_gru(shape, shape->order == ORDER_MLP_GRU ? shape->n_weights : rule_inputs(shape),
                       out);
    if (shape->order == ORDER_MLP_GRU)
        rule_tensor_add(out, "fc.weight", shape->n_weights, shape->hidden);
}

extern const struct rule rule_rnn;
const struct rule rule_rnn = {
    .name = "rnn",
    .summary = "a GRU remembers past trials, a small network maps its state to the update",
    .equation = "h = GRU(w, s, 1, day, y, r, side; h),  dw = scale * MLP(h)",
    .source = "Liu, Geadah, Pillow 2025 (RNNGLM)",
    .network = true,
    .memory = true,
    .layout = rnn_layout,
    .init = network_init,
};
#endif
