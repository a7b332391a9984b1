/* The parameters of simulated agents from the arguments of `simulate`: an option is
 * named as the tensor that it fills. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/study/simulate.h"
#include "simulate_plan.h"

#define MOST_ALPHA 100.

/* Of one parameter: a list, or one for each group. */
struct values {
    size_t n; /* groups */
    double of[TRUTH_GROUPS][POLICY_MAX];
};

/* One number, or one per weight: out [n], given: how many there were. */
static bool read_list(const char *text, size_t n, double lo, double hi, double *out, size_t *given)
{
    char *copy = mem_text(text), *rest = copy;
    bool good = true;
    *given = 0;
    while (good && rest) {
        char *one = strsep(&rest, ",");
        good =
            *given < n && number_parse(one, &out[*given]) && out[*given] >= lo && out[*given] <= hi;
        *given += good;
    }
    free(copy);
    for (size_t k = 1; good && *given == 1 && k < n; k++)
        out[k] = out[0];
    return good && (*given == 1 || *given == n);
}

/* The bias of grid stimuli does not learn unless it is given values of its own. */
static void spare_bias(const struct plan *plan, const struct policy *policy, double *values)
{
    for (size_t k = 0; plan->world.kind == WORLD_GRID && k < policy->n; k++)
        if (policy->feature[k] == FEATURE_BIAS)
            values[k] = 0;
}

static bool read_values(const struct option_row *row, const char *text, const struct plan *plan,
                        const struct policy *policy, struct values *out, struct err *err)
{
    bool groups = row->type == OPTION_TEXT, good = true;
    double lo = groups ? 0 : row->min, hi = groups ? MOST_ALPHA : row->max;
    char *copy = mem_text(text), *rest = copy;
    out->n = 0;
    while (good && rest) {
        char *one = groups ? strsep(&rest, "/") : strsep(&rest, "");
        size_t given;
        good = out->n < TRUTH_GROUPS && read_list(one, policy->n, lo, hi, out->of[out->n], &given);
        if (good && given == 1)
            spare_bias(plan, policy, out->of[out->n]);
        out->n += good;
    }
    free(copy);
    return good || err_set(err, ERR_USAGE,
                           "simulate: %s=%s is not a number from %g to %g or one for each "
                           "of the %zu weights of %s%s",
                           row->name, text, lo, hi, policy->n, policy->text,
                           groups ? ", nor such lists for 2 to 8 groups joined by '/'" : "");
}

static bool read_shares(const struct args *args, struct truth *truth, struct err *err)
{
    const char *text = args_text(args, simulate_options, "share");
    for (size_t g = 0; g < truth->n_groups; g++)
        truth->share[g] = 1;
    if (!text)
        return true;
    if (truth->n_groups == 1)
        return err_set(err, ERR_USAGE,
                       "simulate: share=%s: there are no groups to share; give "
                       "alpha= a value for each, as alpha=2^-4/2^-7",
                       text);
    char *copy = mem_text(text), *rest = copy;
    size_t n = 0;
    bool good = true;
    while (good && rest) {
        char *one = strsep(&rest, "/");
        long long share = 0;
        good =
            n < truth->n_groups && number_parse_integer(one, &share) && share >= 1 && share <= 1000;
        if (good)
            truth->share[n++] = (unsigned)share;
    }
    free(copy);
    if (!good || n != truth->n_groups)
        return err_set(err, ERR_USAGE,
                       "simulate: share=%s is not %zu whole numbers from 1 to 1000 "
                       "joined by '/', one for each group of alpha=",
                       text, truth->n_groups);
    return true;
}

static void fill(const struct plan *plan, const struct tensor *tensor, const struct values *values,
                 size_t group, struct model *model)
{
    double *out = model->theta + tensor->offset;
    if (values->n > 0)
        memcpy(out, values->of[values->n > 1 ? group : 0], tensor->size * sizeof *out);
    else
        spare_bias(plan, &model->settings.policy, out);
}

/* Rates after errors are of no use where there is no update after errors. */
static bool check_error_rate(const struct args *args, const struct model *model, struct err *err)
{
    bool learns = true;
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        if (strcmp(t->name, "baseline") != 0)
            continue;
        learns = false;
        for (size_t k = 0; k < t->size; k++)
            learns |= model->theta[t->offset + k] != 0;
    }
    return learns || !args_given(args, "alpha_error") ||
           err_set(err, ERR_USAGE,
                   "simulate: alpha_error= means nothing to %s without a "
                   "baseline: there is no update after errors; give baseline= too",
                   model->rule->name);
}

bool simulate_plan_agents(const struct rule *rule, const struct fit_settings *settings,
                          const struct args *args, struct plan *plan, struct err *err)
{
    struct truth *truth = &plan->truth;
    struct values values[RULE_MAX_TENSORS] = {{0}};
    struct tensors tensors = {0};
    size_t n = 1;
    rule_layout(rule, &settings->shape, &tensors);
    for (size_t i = 0; i < tensors.n; i++) {
        const struct option_row *row = option_find(simulate_options, tensors.item[i].name);
        const char *text = row ? args_text(args, simulate_options, row->name) : NULL;
        if (text && !read_values(row, text, plan, &settings->policy, &values[i], err))
            return false;
        if (n > 1 && values[i].n > 1 && values[i].n != n)
            return err_set(err, ERR_USAGE,
                           "simulate: %s= has %zu groups, another option %zu; give both the same, "
                           "or one of them a single value",
                           row->name, values[i].n, n);
        n = values[i].n > n ? values[i].n : n;
    }
    for (truth->n_groups = 0; truth->n_groups < n; truth->n_groups++) {
        struct model *model = agent_model(rule, settings);
        for (size_t i = 0; i < tensors.n; i++)
            fill(plan, &tensors.item[i], &values[i], truth->n_groups, model);
        truth->group[truth->n_groups].model = model;
    }
    return read_shares(args, truth, err) && check_error_rate(args, truth->group[0].model, err);
}
