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

bool inputs_with_stimulus(enum policy_feature feature)
{
    return feature == FEATURE_STIMULUS || feature == FEATURE_RIGHT || feature == FEATURE_LEFT;
}

static inline double feature_value(enum policy_feature feature, double s,
                                   const struct input_trial *past, size_t n_past, double column)
{
    switch (feature) {
    case FEATURE_STIMULUS: return s;
    case FEATURE_RIGHT: return s >= 0 ? s : 0;
    case FEATURE_LEFT: return s < 0 ? s : 0;
    case FEATURE_PREVSTIM: return n_past ? past->stimulus : 0;
    case FEATURE_PREVCHOICE: return n_past ? 2 * past->choice - 1 : 0;
    case FEATURE_BIAS: return 1;
    case FEATURE_COLUMN: return column;
    }
    return 0;
}

void inputs_policy_stimulus(const struct policy *policy, double s, double *x)
{
    for (size_t k = 0; k < policy->n; k++)
        if (inputs_with_stimulus(policy->feature[k]))
            x[k] = feature_value(policy->feature[k], s, NULL, 0, 0);
}

void inputs_policy(const struct policy *policy, const struct input_trial *now,
                   const struct input_trial *past, size_t n_past, const double *columns, double *x)
{
    for (size_t k = 0; k < policy->n; k++)
        x[k] = feature_value(policy->feature[k], now->stimulus, past, n_past,
                             columns ? columns[k] : 0);
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
    struct input_trial before;
    size_t n = SIZE_MAX;
    for (size_t k = 0; k < policy->n; k++) {
        enum policy_feature feature = policy->feature[k];
        double column = 0;
        if (feature == FEATURE_COLUMN)
            column = cohort_column(cohort, policy->weight[k] + 2)->values[trial];
        else if (n == SIZE_MAX && (feature == FEATURE_PREVSTIM || feature == FEATURE_PREVCHOICE))
            n = past_of(cohort, animal, trial, 1, &before);
        x[k] = feature_value(feature, cohort->stimulus[trial], &before, n, column);
    }
}
