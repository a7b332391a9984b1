/* Agents: a model that says how they learn, noise on what they learn, and how they
 * decide.  The truth of a simulated cohort is such agents, in one group or several. */
#ifndef DELTAW_STUDY_AGENT_H
#define DELTAW_STUDY_AGENT_H

#include "deltaw/learn/model.h"

/* From weights and features to P(right); whichever it is, the rule learns with p =
 * sigmoid(w.x). */
enum decision {
    DECISION_GLM,            /* sigmoid(w.x) */
    DECISION_LAPSE,          /* lapse / 2 + (1 - lapse) sigmoid(w.x), see model_lapse */
    DECISION_TEMPERATURE,    /* sigmoid(w.x / temperature) */
    DECISION_MULTIPLICATIVE, /* sigmoid(w.x), x = [c x_left, (1 - c) x_right] */
};
extern const char *const agent_decisions[];                /* by enum decision, NULL-terminated */
bool agent_decision(const char *word, enum decision *out); /* false: no such word */

struct agent {
    struct model *model;      /* rule, parameters, policy, lapse */
    double noise[POLICY_MAX]; /* [K] sd of N(0, sd^2) added to weights after each trial */
    enum decision decision;
    double temperature; /* of that decision, else 0 */
};

/* A model of a rule, not fitted: its parameters are those that a fit begins with. */
struct model *agent_model(const struct rule *rule, const struct fit_settings *settings);
/* P(right) of these weights and features, [K] each. */
double agent_right(const struct agent *agent, const double *w, const double *x);
/* A rule whose weights do not depend on where they start (static): its agents keep those
 * they start with, and its updates only lead to them. */
bool agent_stands_still(const struct model *model);
/* learns [K]: does any trial change the weight? */
void agent_learns(const struct agent *agent, bool *learns);
/* sd [K]: by how much its weights drift (drift=), of members their mean; false: they do not,
 * and sd stays. */
bool agent_drifts(const struct model *model, double *sd);
bool agent_is_noisy(const struct agent *agent);

/* Agents side by side, each with a state of its own. */
struct agents;
/* n_groups agents that differ only in their parameters; at most n of them at once. */
struct agents *agents_new(size_t n_groups, const struct agent *groups, size_t n);
/* Forgets the past; from now on i belongs to group[i], [n]. */
void agents_begin(struct agents *agents, size_t n, const size_t *group);
/* One trial of the first n, as rule_state_step: dw [n][K] without noise.  Who fits weights
 * that drift has to follow them by their choices; agents have theirs and the rule alone. */
void agents_step(struct agents *agents, size_t n, const double *u, const double *x,
                 const double *answer, const double *next_stimulus, double *dw);
void agents_free(struct agents *agents);

#endif
