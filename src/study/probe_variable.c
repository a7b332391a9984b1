#include "probe_variable.h"

#include <math.h>
#include <string.h>

#include "deltaw/base/option.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/learn/inputs.h"

static const char *const trial_variables[] = {"stimulus", "choice", "reward", "day", "side"};

/* Has no trial the feature by itself?  Then it is a variable of its own. */
static bool is_own(enum policy_feature feature)
{
    return feature == FEATURE_PREVSTIM || feature == FEATURE_PREVCHOICE ||
           feature == FEATURE_COLUMN;
}

bool variable_at(const struct policy *policy, size_t i, struct variable *out)
{
    *out = (struct variable){.kind = i < VARIABLE_WEIGHT ? (enum variable_kind)i : VARIABLE_WEIGHT};
    if (i < VARIABLE_WEIGHT)
        return true;
    out->which = i - VARIABLE_WEIGHT;
    if (out->which < policy->n)
        return true;
    size_t left = out->which - policy->n;
    out->kind = VARIABLE_FEATURE;
    for (out->which = 0; out->which < policy->n; out->which++)
        if (is_own(policy->feature[out->which]) && left-- == 0)
            return true;
    return false;
}

const char *variable_name(const struct policy *policy, const struct variable *v)
{
    return v->kind < VARIABLE_WEIGHT    ? trial_variables[v->kind]
           : v->kind == VARIABLE_WEIGHT ? policy->weight[v->which]
                                        : policy->weight[v->which] + strlen("w_");
}

static const char *next_name(void *policy, size_t i)
{
    struct variable v;
    return variable_at(policy, i, &v) ? variable_name(policy, &v) : NULL;
}

bool variable_find(const struct policy *policy, const char *verb, const char *option,
                   const char *name, struct variable *out, struct err *err)
{
    struct strbuf all = {0};
    for (size_t i = 0; variable_at(policy, i, out); i++) {
        const char *one = variable_name(policy, out);
        if (strcmp(one, name) == 0) {
            strbuf_free(&all);
            return true;
        }
        strbuf_printf(&all, "%s%s", i ? ", " : "", one);
    }
    struct policy names = *policy;
    const char *near = nearest_word(name, next_name, &names);
    err_set(err, ERR_USAGE, "%s: %s=%s is not a variable%s%s%s; there are %s", verb, option, name,
            near ? " (did you mean " : "", near ? near : "", near ? "?)" : "", strbuf_text(&all));
    strbuf_free(&all);
    return false;
}

bool variable_same(const struct variable *a, const struct variable *b)
{
    return a->kind == b->kind && (a->kind < VARIABLE_WEIGHT || a->which == b->which);
}

bool variable_binary(const struct variable *v)
{
    return v->kind != VARIABLE_STIMULUS && v->kind < VARIABLE_WEIGHT;
}

double *variable_fixed(struct fixed *fixed, const struct variable *v)
{
    switch (v->kind) {
    case VARIABLE_STIMULUS: return &fixed->stimulus;
    case VARIABLE_CHOICE: return &fixed->choice;
    case VARIABLE_REWARD: return &fixed->reward;
    case VARIABLE_DAY: return &fixed->day;
    case VARIABLE_SIDE: return &fixed->side;
    case VARIABLE_WEIGHT: return &fixed->w[v->which];
    case VARIABLE_FEATURE: break;
    }
    return &fixed->x[v->which];
}

void fixed_none(struct fixed *fixed)
{
    *fixed = (struct fixed){.stimulus = NAN, .choice = NAN, .reward = NAN, .day = NAN, .side = NAN};
    for (size_t k = 0; k < POLICY_MAX; k++)
        fixed->w[k] = fixed->x[k] = NAN;
}

bool fixed_put(struct fixed *fixed, const struct policy *policy, const char *name, double value)
{
    struct variable v;
    for (size_t i = 0; variable_at(policy, i, &v); i++)
        if (strcmp(variable_name(policy, &v), name) == 0) {
            *variable_fixed(fixed, &v) = value;
            return true;
        }
    return false;
}

const char *probe_variable(const struct policy *policy, size_t i)
{
    struct variable v;
    return variable_at(policy, i, &v) ? variable_name(policy, &v) : NULL;
}

void variable_bind(struct variable *v, const struct policy *policy, const struct cohort *cohort,
                   const float *visited)
{
    bool logged = v->kind == VARIABLE_FEATURE && policy->feature[v->which] == FEATURE_COLUMN;
    const struct cohort_column *column =
        logged && cohort ? cohort_column(cohort, variable_name(policy, v)) : NULL;
    v->policy = policy;
    v->cohort = cohort;
    v->stride = v->kind == VARIABLE_WEIGHT ? policy->n : 1;
    v->value = !cohort                        ? NULL
               : v->kind == VARIABLE_STIMULUS ? cohort->stimulus
               : v->kind == VARIABLE_REWARD   ? cohort->reward
               : v->kind == VARIABLE_WEIGHT   ? (visited ? visited + v->which : NULL)
               : column                       ? column->values
                                              : NULL;
}

/* The other features are all of the trial before. */
static double feature_visited(const struct variable *v, const struct animal *animal, size_t trial)
{
    bool first = cohort_past(v->cohort, animal, trial, 1) == 0;
    struct input_trial now = inputs_trial_of(v->cohort, animal, trial);
    struct input_trial before = first ? now : inputs_trial_of(v->cohort, animal, trial - 1);
    double x[POLICY_MAX];
    inputs_policy(v->policy, &now, &before, !first, NULL, x);
    return x[v->which];
}

double variable_worked_out(const struct variable *v, const struct animal *animal, size_t trial)
{
    return v->kind == VARIABLE_CHOICE ? v->cohort->choice[trial]
           : v->kind == VARIABLE_SIDE ? v->cohort->answer[trial]
           : v->kind == VARIABLE_DAY  ? cohort_day(v->cohort, animal, trial)
                                      : feature_visited(v, animal, trial);
}

bool component_find(const struct policy *policy, const char *verb, const char *name, size_t *out,
                    struct err *err)
{
    long k = policy_weight(policy, name);
    if (k >= 0) {
        *out = (size_t)k;
        return true;
    }
    struct strbuf all = {0};
    for (size_t i = 0; i < policy->n; i++)
        strbuf_printf(&all, "%s%s", i ? ", " : "", policy->weight[i]);
    err_set(err, ERR_USAGE, "%s: of=%s is not a weight; the model has %s", verb, name,
            strbuf_text(&all));
    strbuf_free(&all);
    return false;
}
