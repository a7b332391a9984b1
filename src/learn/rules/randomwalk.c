/* randomwalk: no rule at all.  An animal's weights are a Gaussian random walk, read off its
 * choices by learn/randomwalk; nothing updates them here. */
#include "kernel.h"

static size_t walk_one(const struct rule_shape *shape, size_t n_inputs)
{
    (void)shape, (void)n_inputs;
    return 1;
}

static size_t walk_none(const struct rule_shape *shape)
{
    (void)shape;
    return 0;
}

static void walk_pack(const struct kernel_run *run, const double *theta, real *packed)
{
    (void)run, (void)theta, (void)packed;
}

static void walk_forward(const struct kernel_run *run, const struct step *step, const vec *state_in,
                         vec *state_out, vec *cache, vec *dw)
{
    (void)step, (void)state_in, (void)state_out, (void)cache;
    for (size_t k = 0; k < run->shape.n_weights; k++)
        dw[k] = (vec){0};
}

extern const struct kernel ENGINE(kernel_randomwalk);
const struct kernel ENGINE(kernel_randomwalk) = {
    .name = "randomwalk",
    .packed = walk_one,
    .state = walk_none,
    .cache = walk_one,
    .delta = walk_one,
    .pack = walk_pack,
    .forward = walk_forward,
};

#ifdef ENGINE_F64 /* what there is once */
static void walk_layout(const struct rule_shape *shape, struct tensors *out)
{
    (void)shape, (void)out; /* sizes of steps are an animal's, not the rule's */
}

static void walk_init(const struct rule_shape *shape, const struct tensors *tensors,
                      unsigned long seed, double *theta)
{
    (void)shape, (void)tensors, (void)seed, (void)theta;
}

extern const struct rule rule_randomwalk;
const struct rule rule_randomwalk = {
    .name = "randomwalk",
    .summary = "no rule: each animal's weights as a random walk, with a posterior",
    .equation = "w_t ~ N(w_{t-1}, sigma^2), between sessions sigma_day^2; P(right) = sigmoid(w x)",
    .source = "Roy, Bak, Akrami, Brody and Pillow 2018, 2021 (psytrack)",
    .no_start = true,
    .no_updates = true,
    .layout = walk_layout,
    .init = walk_init,
};
#endif
