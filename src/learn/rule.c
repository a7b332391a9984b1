/* The list of rules, and what network rules share. */
#include "deltaw/learn/rule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "deltaw/base/rng.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/settings.h"
#include "network.h"

#define RULE(name) extern const struct rule rule_##name;
#include "rules.def"
#undef RULE

static const struct rule *const rules[] = {
#define RULE(name) &rule_##name,
#include "rules.def"
#undef RULE
};

const struct rule *rule_at(size_t i)
{
    return i < sizeof rules / sizeof *rules ? rules[i] : NULL;
}

const struct rule *rule_find(const char *name)
{
    for (size_t i = 0; rule_at(i); i++)
        if (strcmp(rules[i]->name, name) == 0)
            return rules[i];
    return NULL;
}

bool rule_is_textbook(const struct rule *rule)
{
    return !rule->network && !rule->posterior && !rule->no_updates;
}

bool rule_remembers(const struct rule *rule, const struct rule_shape *shape)
{
    return rule->memory || (rule->posterior && shape->terms & (1u << GP_TRACE | 1u << GP_AVERAGE));
}

void rule_layout(const struct rule *rule, const struct rule_shape *shape, struct tensors *out)
{
    rule->layout(shape, out);
    if (shape->lapse.fitted)
        rule_tensor_add(out, "lapse", 1, 0);
}

void rule_init(const struct rule *rule, const struct rule_shape *shape,
               const struct tensors *tensors, unsigned long seed, double *theta)
{
    rule->init(shape, tensors, seed, theta);
    if (shape->lapse.fitted)
        theta[tensors->size - 1] = setting_of_tensor("lapse")->start;
}

void rule_tensor_add(struct tensors *t, const char *name, size_t rows, size_t cols)
{
    struct tensor *item = &t->item[t->n++];
    *item = (struct tensor){.offset = t->size, .rows = rows, .cols = cols ? cols : 1};
    snprintf(item->name, sizeof item->name, "%s", name);
    item->n_dimensions = cols ? 2 : 1;
    item->size = item->rows * item->cols;
    t->size += item->size;
}

void network_layout_mlp(const struct rule_shape *shape, size_t inputs, struct tensors *out)
{
    rule_tensor_add(out, "scaling_factor", shape->n_weights, 0);
    for (size_t l = 0; l <= shape->layers; l++) {
        char name[40];
        size_t rows = l < shape->layers ? shape->hidden : shape->n_weights;
        snprintf(name, sizeof name, "dnn.%zu.weight", 2 * l);
        rule_tensor_add(out, name, rows, l ? shape->hidden : inputs);
        snprintf(name, sizeof name, "dnn.%zu.bias", 2 * l);
        rule_tensor_add(out, name, rows, 0);
    }
}

void network_layout_gru(const struct rule_shape *shape, size_t inputs, struct tensors *out)
{
    size_t h = shape->hidden;
    rule_tensor_add(out, "gru.weight_ih_l0", 3 * h, inputs);
    rule_tensor_add(out, "gru.weight_hh_l0", 3 * h, h);
    rule_tensor_add(out, "gru.bias_ih_l0", 3 * h, 0);
    rule_tensor_add(out, "gru.bias_hh_l0", 3 * h, 0);
}

void network_init(const struct rule_shape *shape, const struct tensors *tensors, unsigned long seed,
                  double *theta)
{
    double bound = 1;
    for (size_t i = 0; i < tensors->n; i++) {
        const struct tensor *t = &tensors->item[i];
        double *values = theta + t->offset;
        if (strcmp(t->name, "scaling_factor") == 0) {
            for (size_t j = 0; j < t->size; j++)
                values[j] = 1e-3;
            continue;
        }
        if (strncmp(t->name, "gru.", 4) == 0)
            bound = 1 / sqrt((double)shape->hidden);
        else if (t->n_dimensions == 2) /* its bias follows with the same bound */
            bound = 1 / sqrt((double)t->cols);
        if (strcmp(t->name, "lapse") == 0)
            continue;
        struct rng rng = rng_stream(seed, RNG_INIT, (uint32_t)i, 0);
        for (size_t j = 0; j < t->size; j++)
            values[j] = (float)rng_between(&rng, -bound, bound);
    }
}

void textbook_layout(const struct rule_shape *shape, struct tensors *out)
{
    size_t n = shape->alpha == ALPHA_SHARED ? 1 : shape->n_weights;
    rule_tensor_add(out, "alpha", n, 0);
    if (shape->alpha_error)
        rule_tensor_add(out, "alpha_error", n, 0);
    for (size_t i = 0; setting_at(i); i++)
        if (setting_at(i)->term && setting_yes(setting_at(i), shape))
            rule_tensor_add(out, setting_at(i)->tensor, shape->n_weights, 0);
}

void textbook_layout_baseline(const struct rule_shape *shape, struct tensors *out)
{
    textbook_layout(shape, out);
    rule_tensor_add(out, "baseline", shape->n_weights, 0);
}

void textbook_init(const struct rule_shape *shape, const struct tensors *tensors,
                   unsigned long seed, double *theta)
{
    (void)shape, (void)seed;
    for (size_t i = 0; i < tensors->n; i++) {
        const struct tensor *t = &tensors->item[i];
        const struct setting *row = setting_of_tensor(t->name);
        for (size_t j = 0; j < t->size; j++)
            theta[t->offset + j] = row ? row->start : 0;
    }
}
