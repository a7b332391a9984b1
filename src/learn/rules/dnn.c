/* dnn: dw = scale * MLP([w, s, 1, day, y, r, side]).  doc/science,
 * network rules (DNNGLM). */
#include "kernel.h"
#include "mlp.h"

static struct mlp dnn_mlp(const struct rule_shape *shape, size_t n_inputs)
{
    return (struct mlp){.inputs = n_inputs,
                        .hidden = shape->hidden,
                        .layers = shape->layers,
                        .outputs = shape->n_weights,
                        .tensor = 0,
                        .through = shape->n_weights};
}

static size_t dnn_packed(const struct rule_shape *shape, size_t n_inputs)
{
    struct mlp m = dnn_mlp(shape, n_inputs);
    return mlp_packed(&m);
}

static size_t dnn_state(const struct rule_shape *shape)
{
    (void)shape;
    return 0;
}

static size_t dnn_cache(const struct rule_shape *shape, size_t n_inputs)
{
    struct mlp m = dnn_mlp(shape, n_inputs);
    return mlp_cache(&m);
}

/* The deltas, then g_dw for the scale. */
static size_t dnn_delta(const struct rule_shape *shape, size_t n_inputs)
{
    struct mlp m = dnn_mlp(shape, n_inputs);
    return mlp_cache(&m) + shape->n_weights;
}

static void dnn_pack(const struct kernel_run *run, const double *theta, real *packed)
{
    struct mlp m = dnn_mlp(&run->shape, run->n_inputs);
    mlp_pack(&m, run->tensors, theta, packed);
}

static void dnn_forward(const struct kernel_run *run, const struct step *step, const vec *state_in,
                        vec *state_out, vec *cache, vec *dw)
{
    (void)state_in, (void)state_out;
    struct mlp m = dnn_mlp(&run->shape, run->n_inputs);
    mlp_forward(&m, run->packed, step->u, cache, dw);
}

static void dnn_backward(const struct kernel_run *run, const struct step *step, const vec *state_in,
                         const vec *cache, const vec *g_dw, vec *g_w, vec *g_state, vec *delta)
{
    (void)step, (void)state_in, (void)g_state;
    struct mlp m = dnn_mlp(&run->shape, run->n_inputs);
    vec g_in[POLICY_MAX];
    mlp_backward(&m, run->packed, cache, g_dw, g_in, delta);
    for (size_t k = 0; k < m.outputs; k++) {
        delta[mlp_cache(&m) + k] = g_dw[k];
        g_w[k] += g_in[k];
    }
}

static void dnn_gather(const struct kernel_run *run, size_t n, const vec *u, const vec *state,
                       const vec *cache, size_t cache_stride, const vec *delta, size_t delta_stride,
                       vec *gradient)
{
    (void)state;
    struct mlp m = dnn_mlp(&run->shape, run->n_inputs);
    mlp_gather(&m, run->tensors, n, u, run->n_inputs, cache, cache_stride, delta, delta_stride,
               delta + mlp_cache(&m), gradient);
}

extern const struct kernel ENGINE(kernel_dnn);
const struct kernel ENGINE(kernel_dnn) = {
    .name = "dnn",
    .packed = dnn_packed,
    .state = dnn_state,
    .cache = dnn_cache,
    .delta = dnn_delta,
    .pack = dnn_pack,
    .forward = dnn_forward,
    .backward = dnn_backward,
    .gather = dnn_gather,
};

#ifdef ENGINE_F64 /* what there is once */
#include "network.h"

static void dnn_layout(const struct rule_shape *shape, struct tensors *out)
{
    network_layout_mlp(shape, rule_inputs(shape), out);
}

extern const struct rule rule_dnn;
const struct rule rule_dnn = {
    .name = "dnn",
    .summary = "a small network maps weights and trial to the update",
    .equation = "dw = scale * MLP(w, s, 1, day, y, r, side)",
    .source = "Liu, Geadah, Pillow 2025 (DNNGLM)",
    .network = true,
    .memory = false,
    .layout = dnn_layout,
    .init = network_init,
};
#endif
