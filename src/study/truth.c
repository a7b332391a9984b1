#include "truth.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

/* What a column of true weights is called: TRUE_PREFIX "w_stim". */
#define TRUE_PREFIX "true_"

const char *const truth_rules[] = {"reinforce", NULL};

double sigmoid(double z)
{
    if (z >= 0)
        return 1 / (1 + exp(-z));
    double e = exp(z);
    return e / (1 + e);
}

void policy_at(const struct policy *policy, double stimulus, double *x)
{
    for (size_t k = 0; k < policy->n; k++)
        x[k] = policy->feature[k] == FEATURE_STIMULUS ? stimulus : 1;
}

/* SCIENCE 2, reinforce-base: dw_k = alpha_k (r - b_k) f(y) (1 - p_y) x_k.
 * 1 - p_y is the probability of the other side, sigmoid(-f(y) w.x). */
void truth_update(const struct truth *truth, const double *w, const double *x, int choice,
                  double reward, int answer, double *dw)
{
    (void)answer; /* reinforce sees the side that paid only through the reward */
    double z = 0;
    for (size_t k = 0; k < truth->policy.n; k++)
        z += w[k] * x[k];
    double eligibility = choice ? sigmoid(-z) : -sigmoid(z);
    for (size_t k = 0; k < truth->policy.n; k++)
        dw[k] = truth->alpha[k] * (reward - truth->baseline[k]) * eligibility * x[k];
}

static json_t *reals(const double *values, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_real(values[i]));
    return array;
}

char *truth_write(const struct truth *truth, const struct truth_layout *layout)
{
    json_t *o = json_object();
    json_object_set_new(o, "rule", json_string(truth->rule));
    json_object_set_new(o, "policy", json_string(truth->policy.text));
    json_object_set_new(o, "alpha", reals(truth->alpha, truth->policy.n));
    json_object_set_new(o, "baseline", reals(truth->baseline, truth->policy.n));
    json_object_set_new(o, "noise", json_real(truth->noise));
    json_object_set_new(o, "stimuli", json_string(truth->stimuli));
    json_object_set_new(o, "seed", json_integer((json_int_t)truth->seed));
    json_object_set_new(o, "animals", json_integer((json_int_t)layout->animals));
    json_object_set_new(o, "trials", json_integer((json_int_t)layout->trials));
    json_object_set_new(o, "session", json_integer((json_int_t)layout->session));
    json_object_set_new(o, "w0", json_real(layout->w0));
    json_object_set_new(o, "bias0", isnan(layout->bias0) ? json_string("spread")
                                                         : json_real(layout->bias0));
#ifdef PACKAGE_VERSION
    json_object_set_new(o, "version", json_string(PACKAGE_VERSION));
#endif
    /* A command that is not UTF-8 has no place in JSON: it is left out. */
    if (layout->command)
        json_object_set_new(o, "command", json_string(layout->command));
    char *dumped = json_dumps(o, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    json_decref(o);
    if (!dumped)
        die("out of memory");
    char *text = mem_text(dumped);
    free(dumped);
    return text;
}

/* A finite number at `key` or an array of n of them. */
static bool read_numbers(const json_t *object, const char *key, size_t n, double *out)
{
    const json_t *array = json_object_get(object, key);
    if (!json_is_array(array) || json_array_size(array) != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_number(item))
            return false;
        out[i] = json_number_value(item);
    }
    return true;
}

static bool read_word(const json_t *object, const char *key, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text || strlen(text) >= size)
        return false;
    strcpy(out, text);
    return true;
}

/* Fills out from the object; NULL, or the key that is missing or wrong. */
static const char *read_truth(const json_t *o, struct truth *out)
{
    char policy[sizeof out->policy.text];
    if (!read_word(o, "rule", out->rule, sizeof out->rule))
        return "rule";
    if (!read_word(o, "policy", policy, sizeof policy) ||
        !policy_parse(policy, &out->policy, NULL))
        return "policy";
    if (!read_numbers(o, "alpha", out->policy.n, out->alpha))
        return "alpha";
    if (!read_numbers(o, "baseline", out->policy.n, out->baseline))
        return "baseline";
    const json_t *noise = json_object_get(o, "noise");
    if (!json_is_number(noise) || json_number_value(noise) < 0)
        return "noise";
    out->noise = json_number_value(noise);
    if (!read_word(o, "stimuli", out->stimuli, sizeof out->stimuli))
        return "stimuli";
    const json_t *seed = json_object_get(o, "seed");
    if (!json_is_integer(seed) || json_integer_value(seed) < 0)
        return "seed";
    out->seed = (uint64_t)json_integer_value(seed);
    return NULL;
}

bool truth_read(const struct cohort *cohort, struct truth *out, struct err *err)
{
    if (!cohort->truth)
        return err_set(err, ERR_FAILED,
                       "%s has no truth: only simulated cohorts know their rule; make one with "
                       "`simulate reinforce`", cohort->name);
    json_error_t where;
    json_t *o = json_loads(cohort->truth, JSON_REJECT_DUPLICATES, &where);
    if (!o)
        return err_set(err, ERR_DATA, "the truth of %s is no JSON: line %d: %s", cohort->name,
                       where.line, where.text);
    struct truth truth = {0};
    const char *wrong = json_is_object(o) ? read_truth(o, &truth) : "rule";
    json_decref(o);
    if (wrong)
        return err_set(err, ERR_DATA, "the truth of %s: '%s' is missing or wrong", cohort->name,
                       wrong);
    if (strcmp(truth.rule, truth_rules[0]) != 0)
        return err_set(err, ERR_DATA,
                       "the truth of %s is the rule '%s', which this version does not know",
                       cohort->name, truth.rule);
    *out = truth;
    return true;
}

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

bool truth_for_policy(const struct cohort *cohort, const struct policy *policy,
                      struct truth *out, struct err *err)
{
    struct truth truth;
    if (!truth_read(cohort, &truth, err))
        return false;
    bool same = truth.policy.n == policy->n;
    for (size_t k = 0; same && k < policy->n; k++)
        same = strcmp(truth.policy.weight[k], policy->weight[k]) == 0;
    if (!same)
        return err_set(err, ERR_FAILED,
                       "%s was made with the policy %s, the model has %s: their updates cannot be "
                       "compared", cohort->name, truth.policy.text, policy->text);
    *out = truth;
    return true;
}
