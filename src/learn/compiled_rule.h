/* A rule with its sizes and its parameters as kernels read them.  Part of engine.c,
 * compiled with it for every engine. */
#ifndef LEARN_COMPILED_RULE_H
#define LEARN_COMPILED_RULE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"

#define RULE(name) extern const struct kernel ENGINE(kernel_##name);
#include "rules.def"
#undef RULE

static const struct kernel *const kernels[] = {
#define RULE(name) &ENGINE(kernel_##name),
#include "rules.def"
#undef RULE
};

struct compiled_rule {
    const struct kernel *kernel;
    struct kernel_run run;
    struct tensors tensors;
    size_t max_steps, n_weights, n_inputs, n_state, n_cache, n_delta;
    real *packed;
    bool gains; /* a lane's carry is its weights, the logarithm of its gain, its state */
    bool lapses;
    size_t lapse_at; /* in theta, when it is a parameter */
    double lapse;
};

static size_t offset_of(const struct tensors *tensors, const char *name)
{
    for (size_t i = 0; i < tensors->n; i++)
        if (strcmp(tensors->item[i].name, name) == 0)
            return tensors->item[i].offset;
    return SIZE_MAX;
}

static struct textbook textbook_of(const struct tensors *tensors)
{
    return (struct textbook){.alpha = offset_of(tensors, "alpha"),
                             .alpha_error = offset_of(tensors, "alpha_error"),
                             .baseline = offset_of(tensors, "baseline"),
                             .forgetting = offset_of(tensors, "forgetting"),
                             .perseverance = offset_of(tensors, "perseverance"),
                             .drift = offset_of(tensors, "drift")};
}

static struct compiled_rule *compiled_rule_new(const struct rule *rule,
                                               const struct rule_shape *shape, size_t max_steps)
{
    struct compiled_rule *p = mem_new(1, sizeof *p);
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (strcmp(kernels[i]->name, rule->name) == 0)
            p->kernel = kernels[i];
    if (!p->kernel)
        err_die("rule %s has no kernel in engine %s", rule->name, ENGINE_LABEL);
    rule_layout(rule, shape, &p->tensors);
    p->max_steps = max_steps;
    p->n_weights = shape->n_weights;
    p->n_inputs = rule_inputs(shape);
    p->n_state = p->kernel->state(shape);
    p->n_cache = p->kernel->cache(shape, p->n_inputs);
    p->n_delta = p->kernel->delta ? p->kernel->delta(shape, p->n_inputs) : p->tensors.size;
    p->gains = rule_gains(shape);
    p->lapse = shape->lapse.value;
    p->lapses = shape->lapse.value > 0 || shape->lapse.fitted;
    p->lapse_at = shape->lapse.fitted ? p->tensors.size - 1 : SIZE_MAX;
    size_t packed = p->kernel->packed ? p->kernel->packed(shape, p->n_inputs) : p->tensors.size;
    p->packed = mem_aligned(packed, sizeof *p->packed);
    p->run = (struct kernel_run){.shape = *shape,
                                 .n_inputs = p->n_inputs,
                                 .tensors = &p->tensors,
                                 .packed = p->packed,
                                 .at = textbook_of(&p->tensors),
                                 .signal = p->kernel->signal};
    return p;
}

static void compiled_rule_free(struct compiled_rule *p)
{
    if (!p)
        return;
    free(p->packed);
    free(p);
}

static void compiled_rule_set(struct compiled_rule *p, const double *theta)
{
    p->kernel->pack(&p->run, theta, p->packed);
    if (p->lapse_at != SIZE_MAX)
        p->lapse = theta[p->lapse_at];
}

static size_t compiled_rule_carry(const struct compiled_rule *p)
{
    return p->n_weights + p->gains + p->n_state;
}

#endif
