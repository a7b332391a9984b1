/* static: no learning; one weight vector for all animals and trials.  Written as
 * dw = weight - w, so that every scored trial sees the weights themselves. */
#include "kernel.h"

static size_t static_one(const struct rule_shape *shape, size_t n_inputs)
{
    (void)n_inputs;
    return shape->n_weights;
}

static size_t static_none(const struct rule_shape *shape)
{
    (void)shape;
    return 0;
}

static void static_pack(const struct kernel_run *run, const double *theta, real *packed)
{
    for (size_t k = 0; k < run->shape.n_weights; k++)
        packed[k] = (real)theta[k];
}

static void static_forward(const struct kernel_run *run, const struct step *step,
                           const vec *state_in, vec *state_out, vec *cache, vec *dw)
{
    (void)state_in, (void)state_out, (void)cache;
    for (size_t k = 0; k < run->shape.n_weights; k++)
        dw[k] = run->packed[k] - step->u[k];
}

static void static_backward(const struct kernel_run *run, const struct step *step,
                            const vec *state_in, const vec *cache, const vec *g_dw, vec *g_w,
                            vec *g_state, vec *delta)
{
    (void)step, (void)state_in, (void)cache, (void)g_state;
    for (size_t k = 0; k < run->shape.n_weights; k++) {
        delta[k] = g_dw[k];
        g_w[k] -= g_dw[k];
    }
}

static void static_gather(const struct kernel_run *run, size_t n, const vec *u, const vec *state,
                          const vec *cache, size_t cache_stride, const vec *delta,
                          size_t delta_stride, vec *gradient)
{
    (void)u, (void)state, (void)cache, (void)cache_stride;
    outer_bias(gradient, run->shape.n_weights, n, delta, delta_stride);
}

extern const struct kernel ENGINE(kernel_static);
const struct kernel ENGINE(kernel_static) = {
    .name = "static",
    .packed = static_one,
    .state = static_none,
    .cache = static_one,
    .delta = static_one,
    .pack = static_pack,
    .forward = static_forward,
    .backward = static_backward,
    .gather = static_gather,
};

#ifdef ENGINE_F64 /* what there is once */
#include "network.h"

static void static_layout(const struct rule_shape *shape, struct tensors *out)
{
    rule_tensor_add(out, "weight", shape->n_weights, 0);
}

static void static_init(const struct rule_shape *shape, const struct tensors *tensors,
                        unsigned long seed, double *theta)
{
    (void)shape, (void)tensors, (void)seed, (void)theta; /* zero: P(right) = 1/2 */
}

extern const struct rule rule_static;
const struct rule rule_static = {
    .name = "static",
    .summary = "logistic regression without learning",
    .equation = "dw = 0, w = weight",
    .source = "logistic regression",
    .no_start = true,
    .layout = static_layout,
    .init = static_init,
};
#endif
