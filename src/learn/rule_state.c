/* A model's rule stepped by hand; of an ensemble, that of all members side by side. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/inputs.h"
#include "ensemble_inside.h"

struct rule_state {
    const struct engine *engine;
    struct compiled_rule *compiled;
    size_t n, n_state;
    bool alone;    /* the rule remembers nothing: what state there is is of no rule */
    double *state; /* [n][n_state]; of an ensemble those of its members, one after another */
    /* of an ensemble */
    size_t n_weights, n_inputs, n_members;
    struct rule_state **member; /* [n_members] */
    size_t *inputs;             /* [n_members] */
};

static struct rule_state *state_of_members(const struct model *model, size_t n)
{
    const struct ensemble *e = model->ensemble;
    struct rule_state *w = mem_new(1, sizeof *w);
    *w = (struct rule_state){.n = n,
                             .n_weights = model->settings.policy.n,
                             .n_inputs = rule_inputs(&model->settings.shape),
                             .n_members = e->n,
                             .member = mem_new(e->n, sizeof(struct rule_state *)),
                             .inputs = mem_new(e->n, sizeof(size_t))};
    for (size_t i = 0; i < e->n; i++) {
        w->member[i] = rule_state_new(e->member[i], n);
        w->inputs[i] = rule_inputs(&e->member[i]->settings.shape);
        w->n_state += w->member[i]->n_state;
    }
    w->state = mem_new(n * w->n_state, sizeof *w->state);
    return w;
}

/* Copies of member i's state out of the ensemble's, or back. */
static void move_states(struct rule_state *w, size_t i, size_t at, size_t n, bool back)
{
    struct rule_state *m = w->member[i];
    for (size_t j = 0; j < n && m->n_state; j++) {
        double *ours = w->state + j * w->n_state + at, *theirs = m->state + j * m->n_state;
        memcpy(back ? ours : theirs, back ? theirs : ours, m->n_state * sizeof *ours);
    }
}

/* Members may know fewer past trials: the first of the ensemble's inputs are theirs. */
static void step_members(struct rule_state *w, size_t n, const double *u, const double *x,
                         const double *answer, const double *next, double *dw)
{
    double *part = mem_new(n * w->n_weights, sizeof *part);
    double *in = mem_new(n * w->n_inputs, sizeof *in);
    memset(dw, 0, n * w->n_weights * sizeof *dw);
    for (size_t i = 0, at = 0; i < w->n_members; at += w->member[i++]->n_state) {
        for (size_t j = 0; j < n; j++)
            memcpy(in + j * w->inputs[i], u + j * w->n_inputs, w->inputs[i] * sizeof *in);
        move_states(w, i, at, n, false);
        rule_state_step(w->member[i], n, in, x, answer, next, part);
        move_states(w, i, at, n, true);
        for (size_t j = 0; j < n * w->n_weights; j++)
            dw[j] += part[j] / (double)w->n_members;
    }
    free(part), free(in);
}

struct rule_state *rule_state_new(const struct model *model, size_t n)
{
    if (model->ensemble)
        return state_of_members(model, n);
    struct rule_state *w = mem_new(1, sizeof *w);
    w->engine = engine_of(model->rule);
    struct rule_shape shape = model->settings.shape;
    shape.gain = (struct share){0}; /* of the typical animal, whose factor is 1 */
    w->compiled = w->engine->compiled_rule_new(model->rule, &shape, 1);
    w->engine->compiled_rule_set(w->compiled, model->theta);
    w->n = n;
    w->n_state = w->engine->compiled_rule_carry(w->compiled) - model->settings.shape.n_weights;
    w->state = mem_new(n * w->n_state, sizeof *w->state);
    w->alone = w->n_state > 0 && !rule_remembers(model->rule, &model->settings.shape);
    return w;
}

void rule_state_follow(struct rule_state *w)
{
    w->alone = false;
    for (size_t i = 0; i < w->n_members; i++)
        rule_state_follow(w->member[i]);
}

void rule_state_step(struct rule_state *w, size_t n, const double *u, const double *x,
                     const double *answer, const double *next_stimulus, double *dw)
{
    n = n < w->n ? n : w->n;
    if (w->alone)
        rule_state_reset(w);
    if (w->n_members)
        step_members(w, n, u, x, answer, next_stimulus, dw);
    else
        w->engine->update(w->compiled, n, u, x, answer, next_stimulus, w->state, dw);
}

bool rule_state_batch_mean(const struct rule_state *w, size_t n, size_t m, const double *u,
                           double *dw)
{
    return !w->n_members && w->n_state > 0 &&
           w->engine->batch_mean(w->compiled, m, u, n, w->state, dw);
}

void rule_state_copy(struct rule_state *to, size_t i, const struct rule_state *from, size_t j)
{
    memcpy(to->state + i * to->n_state, from->state + j * from->n_state,
           to->n_state * sizeof *to->state);
}

void rule_state_put(struct rule_state *state, size_t i, const double *values)
{
    memcpy(state->state + i * state->n_state, values, state->n_state * sizeof *values);
}

const double *rule_state_values(const struct rule_state *state, size_t i, size_t *n)
{
    *n = state->n_state;
    return state->n_state ? state->state + i * state->n_state : NULL;
}

void rule_state_reset(struct rule_state *w)
{
    memset(w->state, 0, w->n * w->n_state * sizeof *w->state);
}

void rule_state_free(struct rule_state *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n_members; i++)
        rule_state_free(w->member[i]);
    free(w->member), free(w->inputs);
    if (w->engine)
        w->engine->compiled_rule_free(w->compiled);
    free(w->state);
    free(w);
}

void model_update(const struct model *model, size_t n, const double *u, double *dw)
{
    const struct policy *policy = &model->settings.policy;
    size_t k = policy->n, given = k + INPUT_N, width = rule_inputs(&model->settings.shape);
    struct rule_state *state = rule_state_new(model, n);
    double *in = mem_new(n * width, sizeof *in), *x = mem_new(n * k, sizeof *x);
    double *answer = mem_new(n, sizeof *answer);
    for (size_t i = 0; i < n; i++) {
        const double *v = u + i * given + k;
        bool right = v[INPUT_CHOICE] > .5;
        struct input_trial now = {.stimulus = v[INPUT_STIMULUS],
                                  .choice = v[INPUT_CHOICE],
                                  .reward = v[INPUT_REWARD],
                                  .day = v[INPUT_DAY]};
        inputs_rule(&model->settings.shape, u + i * given, &now, NULL, 0, in + i * width);
        inputs_policy(policy, &now, NULL, 0, NULL, x + i * k);
        answer[i] = v[INPUT_REWARD] >= .5 ? right : !right;
    }
    rule_state_step(state, n, in, x, answer, NULL, dw);
    free(in), free(x), free(answer);
    rule_state_free(state);
}
