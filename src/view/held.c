#include "deltaw/base/number.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "held.h"
#include "numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool held_is(const struct option_row *row)
{
    return row && row->fallback &&
           (strcmp(row->fallback, "visited") == 0 || strcmp(row->name, "reward") == 0);
}

bool held_take(const char *view, const struct args *args, const struct option_row *table,
               struct frozen *out, struct err *err)
{
    enum { MOST = sizeof out->item / sizeof out->item[0] };
    out->n = 0;
    for (size_t i = 0; i < args->n; i++) {
        const char *name = args->items[i].name;
        const struct option_row *row = name ? option_of(table, name) : NULL;
        double value = held_is(row) ? args_number(args, table, name) : NAN;
        if (isnan(value))
            continue;
        if (row->max == 1 && value != 0 && value != 1)
            return err_set(err, ERR_USAGE, "%s: %s= is 0 or 1", view, name);
        if (!isfinite(value) || strlen(name) >= PROBE_NAME || out->n == MOST) {
            return err_set(err, ERR_USAGE, "%s: %s cannot be fixed at %s", view, name,
                           args->items[i].value);
        }
        snprintf(out->item[out->n].name, PROBE_NAME, "%s", name);
        out->item[out->n++].value = value;
    }
    return true;
}

double held_value(const struct frozen *held, const char *name)
{
    for (size_t i = 0; i < held->n; i++)
        if (strcmp(held->item[i].name, name) == 0)
            return held->item[i].value;
    return NAN;
}

void held_title(const struct frozen *held, struct strbuf *out)
{
    char number[NUMBER_SIZE];
    for (int weights = 1; weights >= 0; weights--) {
        for (size_t i = 0; i < held->n; i++) {
            if ((strncmp(held->item[i].name, "w_", 2) == 0) == weights) {
                strbuf_printf(out, " · %s %s", held->item[i].name,
                              numbers_short(number, held->item[i].value, 3));
            }
        }
    }
}

static bool is_listed(const char *name, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Which weight the keys step; NULL: none. */
static const char *stepped(const struct policy *policy, const char *const *axes)
{
    const char *first = NULL;
    for (size_t k = policy->n; k-- > 0;) {
        if (!is_listed(policy->weight[k], axes)) {
            first = policy->weight[k];
            if (policy->feature[k] == FEATURE_BIAS)
                return first;
        }
    }
    return first;
}

void held_step(const char *view, const struct frozen *held, const struct policy *policy,
               const char *const *axes, bool up, struct strbuf *command)
{
    const char *weight = stepped(policy, axes);
    double now = weight ? held_value(held, weight) : NAN;
    char number[NUMBER_SIZE];
    if (!weight || (isnan(now) && !up))
        return;
    double next = numbers_bias_step(now, up);
    strbuf_printf(command, "%s %s=%s", view, weight,
                  isnan(next) ? "visited" : numbers_short(number, next, 3));
}

/* Is the name one of those that any policy might have? */
static bool is_general(const char *name, const struct cohort *cohort)
{
    static const char *const names[] = {"stimulus", "choice",   "reward",    "day",
                                        "side",     "prevstim", "prevchoice"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return strncmp(name, "w_", 2) == 0 || (cohort && cohort_column(cohort, name));
}

bool held_put(const char *view, const struct frozen *held, const struct model *model,
              const struct cohort *cohort, const struct option_row *table, struct fixed *out,
              struct err *err)
{
    const struct policy *policy = &model->settings.policy;
    fixed_none(out);
    for (size_t i = 0; i < held->n; i++) {
        const char *name = held->item[i].name;
        if (fixed_put(out, policy, name, held->item[i].value))
            continue;
        if (!is_general(name, cohort))
            return option_unknown(table, name, 0, view, err);
        return err_set(err, ERR_FAILED, "%s's policy %s has no %s; `%s %s=visited` lets it go",
                       model->name, policy->text, name, view, name);
    }
    return true;
}

bool held_possible(const char *view, const struct frozen *held, const struct cohort *cohort,
                   const struct option_row *table, struct err *err)
{
    for (size_t i = 0; i < held->n; i++)
        if (!is_general(held->item[i].name, cohort))
            return option_unknown(table, held->item[i].name, 0, view, err);
    return true;
}

bool held_axis_possible(const char *view, const char *axis, const char *name,
                        const struct cohort *cohort, struct err *err)
{
    static const char *const likely[] = {"stimulus", "choice", "reward", "w_stim", "w_bias", NULL};
    const char *near = nearest_of(name, likely);
    return !*name || is_general(name, cohort) ||
           err_set(err, ERR_USAGE, "%s: %s=%s is not a variable%s%s%s", view, axis, name,
                   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}
