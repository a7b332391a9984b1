/* A rule with its sizes and its parameters as kernels read them.  Part of engine.c,
 * compiled with it for every engine. */
#ifndef LEARN_PLAN_H
#define LEARN_PLAN_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "code.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"

#define RULE(name) extern const struct code ENGINE(code_##name);
#include "rules.def"
#undef RULE

static const struct code *const codes[] = {
#define RULE(name) &ENGINE(code_##name),
#include "rules.def"
#undef RULE
};

struct plan {
    const struct code *code;
    struct code_run run;
    struct tensors tensors;
    size_t max_steps, n_weights, n_inputs, n_state, n_cache, n_delta;
    real *packed;
    bool lapses;
    size_t lapse_at; /* in theta, when it is a parameter */
    double lapse;
};

static struct plan *plan_new(const struct rule *rule, const struct rule_shape *shape,
                             size_t max_steps)
{
    struct plan *p = mem_new(1, sizeof *p);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i]->name, rule->name) == 0)
            p->code = codes[i];
    if (!p->code)
        die("rule %s has no code in engine %s", rule->name, ENGINE_LABEL);
    rule_layout(rule, shape, &p->tensors);
    p->max_steps = max_steps;
    p->n_weights = shape->n_weights;
    p->n_inputs = rule_inputs(shape);
    p->n_state = p->code->state(shape);
    p->n_cache = p->code->cache(shape, p->n_inputs);
    p->n_delta = p->code->delta(shape, p->n_inputs);
    p->lapse = shape->lapse;
    p->lapses = shape->lapse > 0 || shape->fit_lapse;
    p->lapse_at = shape->fit_lapse ? p->tensors.size - 1 : SIZE_MAX;
    p->packed = mem_aligned(p->code->packed(shape, p->n_inputs), sizeof *p->packed);
    p->run = (struct code_run){*shape, p->n_inputs, &p->tensors, p->packed, p->code->drive};
    return p;
}

static void plan_free(struct plan *p)
{
    if (!p)
        return;
    free(p->packed);
    free(p);
}

static void plan_set(struct plan *p, const double *theta)
{
    p->code->pack(&p->run, theta, p->packed);
    if (p->lapse_at != SIZE_MAX)
        p->lapse = theta[p->lapse_at];
}

static size_t plan_carry(const struct plan *p)
{
    return p->n_weights + p->n_state;
}

#endif
