#include "deltaw/study/agent.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/fit.h"
#include "deltaw/learn/inputs.h"

const char *const agent_decisions[] = {
    [DECISION_GLM] = "glm",
    [DECISION_LAPSE] = "lapse",
    [DECISION_TEMPERATURE] = "temperature",
    [DECISION_MULTIPLICATIVE] = "multiplicative",
    [DECISION_MULTIPLICATIVE + 1] = NULL,
};

bool agent_decision(const char *word, enum decision *out)
{
    for (int i = 0; agent_decisions[i]; i++)
        if (strcmp(agent_decisions[i], word) == 0) {
            *out = (enum decision)i;
            return true;
        }
    return false;
}

struct model *agent_model(const struct rule *rule, const struct fit_settings *settings)
{
    struct model *m = mem_new(1, sizeof *m);
    m->name = mem_text(rule->name);
    m->rule = rule;
    m->settings = fit_settings_copy(settings);
    rule_layout(rule, &m->settings.shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof *m->theta);
    rule_init(rule, &m->settings.shape, &m->tensors, settings->seed, m->theta);
    m->references = 1;
    return m;
}

double agent_right(const struct agent *agent, const double *w, const double *x)
{
    double logit = 0;
    for (size_t k = 0; k < agent->model->settings.shape.n_weights; k++)
        logit += w[k] * x[k];
    if (agent->decision == DECISION_TEMPERATURE)
        logit /= agent->temperature;
    return policy_right(logit, model_lapse(agent->model));
}

bool agent_stands_still(const struct model *model)
{
    return model->rule->no_start && !model->rule->no_weights;
}

/* Trials of all kinds, then as many correct ones as a rule may need to see. */
void agent_learns(const struct agent *agent, bool *learns)
{
    const struct model *m = agent->model;
    size_t k_n = m->settings.shape.n_weights, n = 8 + m->settings.shape.window + 10;
    double *u = mem_new(rule_inputs(&m->settings.shape), sizeof *u), w[POLICY_MAX], x[POLICY_MAX];
    struct rule_state *state = rule_state_new(m, 1);
    for (size_t k = 0; k < k_n; k++)
        w[k] = .5, x[k] = 1, learns[k] = agent_stands_still(m);
    for (size_t i = 0; i < n && !agent_stands_still(m); i++) {
        double dw[POLICY_MAX], answer = i & 2 ? 1 : 0, correct = i < 8 ? i >> 2 : 1;
        struct input_trial now = {
            .stimulus = i & 1 ? 1 : -1, .choice = correct ? answer : 1 - answer, .reward = correct};
        inputs_rule(&m->settings.shape, w, &now, NULL, 0, u);
        rule_state_step(state, 1, u, x, &answer, NULL, dw);
        for (size_t k = 0; k < k_n; k++)
            learns[k] |= dw[k] != 0;
    }
    rule_state_free(state);
    free(u);
}

static void add_drift(const struct model *m, double *sd)
{
    for (size_t i = 0; i < m->tensors.n; i++)
        for (size_t k = 0;
             strcmp(m->tensors.item[i].name, "drift") == 0 && k < m->tensors.item[i].size; k++)
            sd[k] += m->theta[m->tensors.item[i].offset + k];
}

bool agent_drifts(const struct model *model, double *sd)
{
    size_t k_n = model->settings.shape.n_weights, n = model->ensemble ? model->ensemble->n : 1;
    double sum[POLICY_MAX] = {0};
    bool any = false;
    for (size_t i = 0; i < n; i++)
        add_drift(model->ensemble ? model->ensemble->member[i] : model, sum);
    for (size_t k = 0; k < k_n; k++)
        any |= sum[k] > 0;
    for (size_t k = 0; any && k < k_n; k++)
        sd[k] = sum[k] / (double)n;
    return any;
}

bool agent_is_noisy(const struct agent *agent)
{
    bool noisy = false;
    for (size_t k = 0; k < agent->model->settings.shape.n_weights; k++)
        noisy |= agent->noise[k] > 0;
    return noisy;
}

/* --- side by side ------------------------------------------------------------ */

struct agents {
    size_t n_groups, room, n_weights, width;
    bool still;
    size_t *group;             /* [room] */
    struct rule_state **state; /* [n_groups] */
    /* of one group, one after another; NULL when there is only one */
    size_t *who;
    double *u, *x, *answer, *next, *dw;
};

struct agents *agents_new(size_t n_groups, const struct agent *groups, size_t n)
{
    struct agents *a = mem_new(1, sizeof *a);
    const struct rule_shape *shape = &groups->model->settings.shape;
    size_t room = n_groups > 1 ? n : 0;
    *a = (struct agents){.n_groups = n_groups,
                         .room = n,
                         .n_weights = shape->n_weights,
                         .width = rule_inputs(shape),
                         .still = agent_stands_still(groups->model)};
    a->group = mem_new(n, sizeof *a->group);
    a->state = mem_new(n_groups, sizeof *a->state);
    for (size_t g = 0; g < n_groups; g++)
        a->state[g] = rule_state_new(groups[g].model, n);
    a->who = mem_new(room, sizeof *a->who);
    a->u = mem_new(room * a->width, sizeof *a->u);
    a->x = mem_new(room * a->n_weights, sizeof *a->x);
    a->answer = mem_new(room, sizeof *a->answer);
    a->next = mem_new(room, sizeof *a->next);
    a->dw = mem_new(room * a->n_weights, sizeof *a->dw);
    return a;
}

void agents_begin(struct agents *a, size_t n, const size_t *group)
{
    memcpy(a->group, group, n * sizeof *group);
    for (size_t g = 0; g < a->n_groups; g++)
        rule_state_reset(a->state[g]);
}

/* Those of one group come in the same order each time, so each keeps its state as long
 * as agents leave from the end. */
static void step_group(struct agents *a, size_t g, size_t n, const double *u, const double *x,
                       const double *answer, const double *next, double *dw)
{
    size_t k = a->n_weights, m = 0;
    for (size_t i = 0; i < n; i++) {
        if (a->group[i] != g)
            continue;
        memcpy(a->u + m * a->width, u + i * a->width, a->width * sizeof *u);
        memcpy(a->x + m * k, x + i * k, k * sizeof *x);
        a->answer[m] = answer[i];
        a->next[m] = next ? next[i] : 0;
        a->who[m++] = i;
    }
    rule_state_step(a->state[g], m, a->u, a->x, a->answer, a->next, a->dw);
    for (size_t j = 0; j < m; j++)
        memcpy(dw + a->who[j] * k, a->dw + j * k, k * sizeof *dw);
}

void agents_step(struct agents *a, size_t n, const double *u, const double *x, const double *answer,
                 const double *next_stimulus, double *dw)
{
    if (a->still)
        memset(dw, 0, n * a->n_weights * sizeof *dw);
    else if (a->n_groups == 1)
        rule_state_step(a->state[0], n, u, x, answer, next_stimulus, dw);
    else
        for (size_t g = 0; g < a->n_groups; g++)
            step_group(a, g, n, u, x, answer, next_stimulus, dw);
}

void agents_free(struct agents *a)
{
    if (!a)
        return;
    for (size_t g = 0; g < a->n_groups; g++)
        rule_state_free(a->state[g]);
    free(a->group), free(a->state), free(a->who), free(a->u), free(a->x);
    free(a->answer), free(a->next), free(a->dw);
    free(a);
}
