/* Do settings go with each other and with a cohort?  For verbs that fit. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "fitting.h"

/* Does the cohort have the columns of true start weights? */
static bool check_truth(const struct args *args, const struct cohort *cohort,
                        const struct fit_settings *s, const char *verb, struct err *err)
{
    for (size_t k = 0; s->w0.kind == W0_TRUTH && k < s->policy.n; k++) {
        char *name = mem_printf("true_%s", s->policy.weight[k]);
        bool found = cohort_column(cohort, name);
        if (!found)
            err_at(err, ERR_FAILED, args_column(args, "w0"),
                   "%s: w0=truth: %s has no column %s; only simulated cohorts know their weights",
                   verb, cohort->name, name);
        free(name);
        if (!found)
            return false;
    }
    return true;
}

/* optimizer=fast has no use for some options. */
static bool check_optimizer(const struct args *args, const struct fit_settings *s, const char *verb,
                            struct err *err)
{
    const struct setting *row;
    for (size_t i = 0; s->optimizer == OPTIMIZER_FAST && (row = setting_at(i)); i++) {
        const char *name = row->option.name;
        if (row->adam_only && args_given(args, name))
            return err_at(err, ERR_USAGE, args_column(args, name),
                          "%s: optimizer=fast has no %s=; leave one of the two out", verb, name);
    }
    return true;
}

static bool check_policy(const struct args *args, const struct cohort *cohort,
                         const struct fit_settings *s, const char *verb, struct err *err)
{
    struct err why = {0};
    return policy_check(&s->policy, cohort, &why) ||
           err_at(err, why.code, args_column(args, "policy"), "%s: %s", verb, why.message);
}

bool rule_check_settings(const struct args *args, const struct cohort *cohort,
                         const struct fit_settings *s, const char *verb, struct err *err)
{
    return check_policy(args, cohort, s, verb, err) && check_optimizer(args, s, verb, err) &&
           check_truth(args, cohort, s, verb, err);
}
