/* Learning rates, baselines and forgetting from the arguments of `simulate`. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "simulate_plan.h"

#define MOST_ALPHA 100.

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

static bool bad_list(const char *name, const char *text, const struct policy *policy, double lo,
                     double hi, bool groups, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "simulate: %s=%s is not a number from %g to %g or one for each "
                   "of the %zu weights of %s%s",
                   name, text, lo, hi, policy->n, policy->text,
                   groups ? ", nor such lists for 2 to 8 groups joined by '/'" : "");
}

/* The bias of grid stimuli does not learn unless it is given a rate of its own. */
static void spare_bias(const struct plan *plan, size_t given, double *values)
{
    const struct policy *policy = &plan->truth.policy;
    for (size_t k = 0; plan->world.kind == WORLD_GRID && given == 1 && k < policy->n; k++)
        if (policy->feature[k] == FEATURE_BIAS)
            values[k] = 0;
}

static bool read_numbers(const struct args *args, const char *name, const struct plan *plan,
                         double *out, struct err *err)
{
    const struct option_row *row = option_find(simulate_options, name);
    const struct policy *policy = &plan->truth.policy;
    const char *text = args_text(args, simulate_options, name);
    size_t given;
    if (!read_list(text, policy->n, row->min, row->max, out, &given))
        return bad_list(name, text, policy, row->min, row->max, false, err);
    if (strcmp(name, "forgetting") == 0)
        spare_bias(plan, given, out);
    return true;
}

/* Lists joined by '/': rates [TRUTH_GROUPS][POLICY_MAX]; n: how many. */
static bool read_groups(const struct args *args, const char *name, const struct plan *plan,
                        double rates[][POLICY_MAX], size_t *n, struct err *err)
{
    const struct policy *policy = &plan->truth.policy;
    const char *text = args_text(args, simulate_options, name);
    char *copy = mem_text(text), *rest = copy;
    bool good = true;
    *n = 0;
    while (good && rest) {
        char *one = strsep(&rest, "/");
        size_t given;
        good = *n < TRUTH_GROUPS && read_list(one, policy->n, 0, MOST_ALPHA, rates[*n], &given);
        if (good)
            spare_bias(plan, given, rates[(*n)++]);
    }
    free(copy);
    return good || bad_list(name, text, policy, 0, MOST_ALPHA, true, err);
}

static bool read_shares(const struct args *args, struct truth *truth, struct err *err)
{
    const char *text = args_text(args, simulate_options, "share");
    for (size_t g = 0; g < truth->n_groups; g++)
        truth->group[g].share = 1;
    if (!text)
        return true;
    if (truth->n_groups == 0)
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
            truth->group[n++].share = (unsigned)share;
    }
    free(copy);
    if (!good || n != truth->n_groups)
        return err_set(err, ERR_USAGE,
                       "simulate: share=%s is not %zu whole numbers from 1 to 1000 "
                       "joined by '/', one for each group of alpha=",
                       text, truth->n_groups);
    return true;
}

static bool read_alphas(const struct args *args, struct plan *plan, struct err *err)
{
    struct truth *truth = &plan->truth;
    double alpha[TRUTH_GROUPS][POLICY_MAX] = {{0}}, error[TRUTH_GROUPS][POLICY_MAX] = {{0}};
    size_t n = 1, n_error = 1;
    truth->split = args_given(args, "alpha_error");
    if (!(truth_takes(truth->rule) & TAKES_ALPHA))
        return true;
    if (!read_groups(args, "alpha", plan, alpha, &n, err) ||
        (truth->split && !read_groups(args, "alpha_error", plan, error, &n_error, err)))
        return false;
    if (n > 1 && n_error > 1 && n != n_error)
        return err_set(err, ERR_USAGE,
                       "simulate: alpha= has %zu groups, alpha_error= %zu; give "
                       "both the same, or one of them a single value",
                       n, n_error);
    size_t groups = n > n_error ? n : n_error;
    for (size_t g = 0; g < groups; g++) {
        memcpy(truth->group[g].alpha, alpha[n > 1 ? g : 0], sizeof *alpha);
        if (truth->split)
            memcpy(truth->group[g].alpha_error, error[n_error > 1 ? g : 0], sizeof *error);
    }
    memcpy(truth->alpha, alpha[0], sizeof truth->alpha);
    memcpy(truth->alpha_error, error[0], sizeof truth->alpha_error);
    truth->n_groups = groups > 1 ? groups : 0;
    if (!read_shares(args, truth, err))
        return false;
    truth_average(truth);
    return true;
}

static bool check_error_rate(const struct truth *truth, struct err *err)
{
    bool learns = false;
    if (!truth->split || !(truth_takes(truth->rule) & TAKES_BASELINE))
        return true;
    for (size_t k = 0; k < truth->policy.n; k++)
        learns |= truth->baseline[k] != 0;
    return learns || err_set(err, ERR_USAGE,
                             "simulate: alpha_error= means nothing to %s without a "
                             "baseline: there is no update after errors; give baseline= too",
                             truth->rule);
}

bool plan_rates(const struct args *args, struct plan *plan, struct err *err)
{
    struct truth *truth = &plan->truth;
    return read_alphas(args, plan, err) &&
           read_numbers(args, "baseline", plan, truth->baseline, err) &&
           read_numbers(args, "forgetting", plan, truth->forgetting, err) &&
           check_error_rate(truth, err);
}

bool plan_learns(const struct plan *plan, const struct truth *truth, size_t k)
{
    if (plan->model)
        return true;
    if (truth_takes(truth->rule) & TAKES_ALPHA)
        return truth->alpha[k] != 0 || (truth->split && truth->alpha_error[k] != 0) ||
               truth->forgetting[k] != 0;
    return plan->world.kind != WORLD_GRID || truth->policy.feature[k] != FEATURE_BIAS;
}
