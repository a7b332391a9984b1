/* How far a fitted rule is from the one that made the animals. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/inputs.h"
#include "deltaw/study/probe.h"
#include "recover_inside.h"
#include "truth.h"

enum { STIMULI = 17, WEIGHTS = 1001, BIASES = 3, CELLS = STIMULI * 2 * BIASES };
enum { VISITED_MOST = 50000 }; /* trials, of R^2 */

static size_t weight_of(const struct policy *policy, const char *name)
{
    size_t k = 0;
    while (k < policy->n && strcmp(policy->weight[k], name) != 0)
        k++;
    return k;
}

/* u [CELLS][rule_inputs] of all cells with this weight; other weights than it and the bias
 * are 0, and there are no trials before. */
static void put_cells(const struct model *model, double weight, double *u)
{
    const struct policy *policy = &model->settings.policy;
    const struct rule_shape *shape = &model->settings.shape;
    size_t stim = weight_of(policy, probe_weight(policy)), bias = weight_of(policy, "w_bias");
    for (int i = 0; i < CELLS; i++) {
        double w[POLICY_MAX] = {0};
        struct input_trial now = {.stimulus = -2 + .25 * (double)(i % STIMULI),
                                  .choice = i / STIMULI % 2};
        now.reward = now.choice == (now.stimulus > 0);
        w[stim] = weight;
        if (bias < policy->n)
            w[bias] = (double)(i / STIMULI / 2) - 1;
        inputs_rule(shape, w, &now, NULL, 0, u + (size_t)i * rule_inputs(shape));
    }
}

/* The first weight's updates of all cells, out [CELLS]. */
static void updates(const struct model *model, double w, double *u, double *dw, double *out)
{
    const struct policy *policy = &model->settings.policy;
    size_t stim = weight_of(policy, probe_weight(policy));
    put_cells(model, w, u);
    model_update(model, CELLS, u, dw);
    for (size_t i = 0; i < CELLS; i++)
        out[i] = dw[i * policy->n + stim];
}

void recover_grid(const struct model *model, const struct model *truth, double *rmse, double *null)
{
    double fitted[CELLS], real[CELLS], error = 0, square = 0;
    size_t own = rule_inputs(&model->settings.shape),
           true_own = rule_inputs(&truth->settings.shape);
    double *u = mem_new(CELLS * (own > true_own ? own : true_own), sizeof *u);
    double *dw = mem_new((size_t)CELLS * POLICY_MAX, sizeof *dw);
    for (int i = 0; i < WEIGHTS; i++) {
        double w = -2 + 4. * i / (WEIGHTS - 1);
        updates(model, w, u, dw, fitted);
        updates(truth, w, u, dw, real);
        for (size_t j = 0; j < CELLS; j++) {
            error += (fitted[j] - real[j]) * (fitted[j] - real[j]);
            square += real[j] * real[j];
        }
    }
    *rmse = sqrt(error / ((double)CELLS * WEIGHTS));
    *null = sqrt(square / ((double)CELLS * WEIGHTS));
    free(u), free(dw);
}

/* Puts trial t of every animal: its true weights, what the rule sees, what the policy does. */
static void put_trials(const struct model *model, const struct cohort *cohort, size_t t,
                       const float *const *true_w, double *u, double *x, double *answer)
{
    const struct rule_shape *shape = &model->settings.shape;
    size_t K = shape->n_weights, width = rule_inputs(shape);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        double w[POLICY_MAX];
        for (size_t k = 0; k < K; k++)
            w[k] = (double)true_w[k][animal->first + t];
        inputs_rule_of(shape, w, cohort, animal, animal->first + t, u + a * width);
        inputs_policy_of(&model->settings.policy, cohort, animal, animal->first + t, x + a * K);
        answer[a] = cohort->answer[animal->first + t];
    }
}

/* Over all trials of simulated animals, which are of one length. */
static void along_animals(const struct model *model, const struct cohort *cohort,
                          const float *const *true_w, double *rmse, double *null)
{
    const struct rule_shape *shape = &model->settings.shape;
    size_t n = cohort->n_animals, K = shape->n_weights, trials = cohort->animals[0].count;
    struct rule_state *state = rule_state_new(model, n);
    double *u = mem_new(n * rule_inputs(shape), sizeof *u), *answer = mem_new(n, sizeof *answer);
    double *x = mem_new(2 * n * K, sizeof *x), *dw = x + n * K, error = 0, square = 0;
    for (size_t t = 0; t + 1 < trials; t++) {
        put_trials(model, cohort, t, true_w, u, x, answer);
        rule_state_step(state, n, u, x, answer, NULL, dw);
        for (size_t a = 0; a < n; a++) {
            const float *w = true_w[0] + cohort->animals[a].first + t;
            double real = (double)w[1] - (double)w[0];
            error += (dw[a * K] - real) * (dw[a * K] - real);
            square += real * real;
        }
    }
    *rmse = sqrt(error / (double)(n * (trials - 1)));
    *null = sqrt(square / (double)(n * (trials - 1)));
    rule_state_free(state);
    free(u), free(x), free(answer);
}

void recover_errors(const struct model *model, const struct cohort *cohort,
                    enum recover_error error, const atomic_bool *stop, double *value)
{
    struct recovery visited;
    const float *true_w[POLICY_MAX];
    struct truth truth = {0};
    size_t last = model->settings.policy.n - 1;
    if (model->rule->no_weights || !truth_read(cohort, &truth, NULL))
        return;
    const struct model *real = truth.group[0].model;
    if (recovery_estimate(model, cohort, VISITED_MOST, stop, &visited, NULL)) {
        value[RECOVER_R2] = visited.r2[0];
        value[RECOVER_R2_BIAS] = last > 0 ? visited.r2[last] : NAN;
    }
    if (error == RECOVER_GRID)
        recover_grid(model, real, &value[RECOVER_RMSE], &value[RECOVER_NULL]);
    else if (error == RECOVER_VISITED && last + 1 == real->settings.policy.n &&
             truth_columns(cohort, &real->settings.policy, true_w, NULL))
        along_animals(model, cohort, true_w, &value[RECOVER_RMSE], &value[RECOVER_NULL]);
    truth_free(&truth);
}
