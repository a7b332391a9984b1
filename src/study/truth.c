/* Who is whose agent, and the columns of true weights. */
#include "truth.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void truth_free(struct truth *truth)
{
    for (size_t g = 0; g < truth->n_groups; g++)
        model_drop(truth->group[g].model);
    *truth = (struct truth){0};
}

const struct policy *truth_policy(const struct truth *truth)
{
    return &truth->group[0].model->settings.policy;
}

bool truth_remembers(const struct truth *truth)
{
    const struct model *model = truth->group[0].model;
    return rule_remembers(model->rule, &model->settings.shape);
}

/* --- mixtures ---------------------------------------------------------------- */

static unsigned round_of(const struct truth *truth)
{
    unsigned round = 0;
    for (size_t g = 0; g < truth->n_groups; g++)
        round += truth->share[g];
    return round;
}

size_t truth_group(const struct truth *truth, size_t number)
{
    size_t g = 0;
    for (number %= round_of(truth); number >= truth->share[g]; g++)
        number -= truth->share[g];
    return g;
}

double truth_weight(const struct truth *truth, size_t group)
{
    return (double)truth->share[group] / round_of(truth);
}

/* "sim012" is number 11; false: no such name. */
static bool simulated_number(const char *name, size_t *number)
{
    char *end;
    if (strncmp(name, "sim", 3) != 0 || !isdigit((unsigned char)name[3]))
        return false;
    *number = strtoul(name + 3, &end, 10) - 1;
    return *end == 0 && *number + 1 > 0;
}

bool truth_groups(const struct truth *truth, const struct cohort *cohort, size_t *group,
                  struct err *err)
{
    for (size_t a = 0; a < cohort->n_animals; a++) {
        size_t number = 0;
        bool known = simulated_number(cohort->animals[a].name, &number);
        if (!known && truth->n_groups > 1)
            return err_set(err, ERR_DATA,
                           "%s is a mixture of agents, and '%s' is not a name that simulate gives: "
                           "whose rule it has is not known",
                           cohort->name, cohort->animals[a].name);
        group[a] = known ? truth_group(truth, number) : 0;
    }
    return true;
}

/* --- the columns ------------------------------------------------------------- */

bool truth_columns(const struct cohort *cohort, const struct policy *policy,
                   const float *columns[POLICY_MAX], struct err *err)
{
    for (size_t k = 0; k < policy->n; k++) {
        char name[sizeof TRUE_PREFIX + POLICY_NAME];
        snprintf(name, sizeof name, TRUE_PREFIX "%s", policy->weight[k]);
        const struct cohort_column *column = cohort_column(cohort, name);
        if (!column)
            return err_set(err, ERR_DATA, "%s has no column %s with the true weights of its trials",
                           cohort->name, name);
        columns[k] = column->values;
    }
    return true;
}

static bool same_weights(const struct policy *a, const struct policy *b)
{
    bool same = a->n == b->n;
    for (size_t k = 0; same && k < a->n; k++)
        same = strcmp(a->weight[k], b->weight[k]) == 0;
    return same;
}

bool truth_for_policy(const struct cohort *cohort, const struct policy *policy, struct truth *out,
                      struct err *err)
{
    if (!truth_read(cohort, out, err))
        return false;
    const struct model *model = out->group[0].model;
    bool good = !model->rule->no_weights && same_weights(truth_policy(out), policy);
    if (model->rule->no_weights)
        err_set(err, ERR_FAILED,
                "%s was made by %s, which has no weights whose updates could be compared",
                cohort->name, model->rule->name);
    else if (!good)
        err_set(
            err, ERR_FAILED,
            "%s was made with the policy %s, the model has %s: their updates cannot be compared",
            cohort->name, truth_policy(out)->text, policy->text);
    if (!good)
        truth_free(out);
    return good;
}
