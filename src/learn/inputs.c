#include "deltaw/learn/inputs.h"

#include <string.h>

void inputs_rule(const struct rule_shape *shape, const double *w, const struct input_trial *now,
                 const struct input_trial *past, size_t n_past, double *u)
{
    memmove(u, w, shape->n_weights * sizeof *u);
    u += shape->n_weights;
    u[INPUT_STIMULUS] = now->stimulus;
    u[INPUT_ONE] = 1;
    u[INPUT_DAY] = now->day;
    u[INPUT_CHOICE] = now->choice;
    u[INPUT_REWARD] = now->reward;
    u[INPUT_SIDE] = now->stimulus > 0;
    u += INPUT_N;
    for (size_t lag = 0; lag < shape->lags; lag++, u += PAST_N) {
        u[PAST_STIMULUS] = lag < n_past ? past[lag].stimulus : 0;
        u[PAST_CHOICE] = lag < n_past ? past[lag].choice : 0;
        u[PAST_REWARD] = lag < n_past ? past[lag].reward : 0;
    }
}

/* False: the feature does not go with the stimulus. */
static inline bool stimulus_feature(enum policy_feature feature, double s, double *x)
{
    switch (feature) {
    case FEATURE_STIMULUS: *x = s; return true;
    case FEATURE_RIGHT: *x = s >= 0 ? s : 0; return true;
    case FEATURE_LEFT: *x = s < 0 ? s : 0; return true;
    default: return false;
    }
}

void inputs_policy_stimulus(const struct policy *policy, double s, double *x)
{
    for (size_t k = 0; k < policy->n; k++)
        stimulus_feature(policy->feature[k], s, &x[k]);
}

void inputs_policy(const struct policy *policy, const struct input_trial *now,
                   const struct input_trial *past, size_t n_past, const double *columns, double *x)
{
    for (size_t k = 0; k < policy->n; k++) {
        if (stimulus_feature(policy->feature[k], now->stimulus, &x[k]))
            continue;
        switch (policy->feature[k]) {
        case FEATURE_PREVSTIM: x[k] = n_past ? past->stimulus : 0; break;
        case FEATURE_PREVCHOICE: x[k] = n_past ? 2 * past->choice - 1 : 0; break;
        case FEATURE_BIAS: x[k] = 1; break;
        case FEATURE_COLUMN: x[k] = columns ? columns[k] : 0; break;
        default: break;
        }
    }
}

struct input_trial inputs_trial_of(const struct cohort *cohort, const struct animal *animal,
                                   size_t trial)
{
    return (struct input_trial){.stimulus = cohort->stimulus[trial],
                                .choice = cohort->choice[trial],
                                .reward = cohort->reward[trial],
                                .day = cohort_day(cohort, animal, trial)};
}

/* Up to `most` trials before this one, newest first; how many its past holds. */
static size_t past_of(const struct cohort *cohort, const struct animal *animal, size_t trial,
                      size_t most, struct input_trial *past)
{
    size_t n = cohort_past(cohort, animal, trial, most);
    for (size_t i = 0; i < n; i++)
        past[i] = inputs_trial_of(cohort, animal, trial - 1 - i);
    return n;
}

void inputs_rule_of(const struct rule_shape *shape, const double *w, const struct cohort *cohort,
                    const struct animal *animal, size_t trial, double *u)
{
    struct input_trial now = inputs_trial_of(cohort, animal, trial), past[shape->lags + 1];
    size_t n = past_of(cohort, animal, trial, shape->lags, past);
    inputs_rule(shape, w, &now, past, n, u);
}

void inputs_policy_of(const struct policy *policy, const struct cohort *cohort,
                      const struct animal *animal, size_t trial, double *x)
{
    struct input_trial now = {.stimulus = cohort->stimulus[trial]}, before;
    bool looks_back = false;
    double columns[POLICY_MAX];
    for (size_t k = 0; k < policy->n; k++) {
        enum policy_feature feature = policy->feature[k];
        looks_back |= feature == FEATURE_PREVSTIM || feature == FEATURE_PREVCHOICE;
        if (feature == FEATURE_COLUMN)
            columns[k] = cohort_column(cohort, policy->weight[k] + 2)->values[trial];
    }
    size_t n = looks_back ? past_of(cohort, animal, trial, 1, &before) : 0;
    inputs_policy(policy, &now, &before, n, columns, x);
}
