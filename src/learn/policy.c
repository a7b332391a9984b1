#include "deltaw/learn/policy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    enum policy_feature feature;
} features[] = {
    {"stim", FEATURE_STIMULUS},     {"right", FEATURE_RIGHT},           {"left", FEATURE_LEFT},
    {"prevstim", FEATURE_PREVSTIM}, {"prevchoice", FEATURE_PREVCHOICE}, {"bias", FEATURE_BIAS},
};

static bool add_feature(struct policy *p, const char *text, const char *word, struct err *err)
{
    enum policy_feature feature = FEATURE_COLUMN;
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (strcmp(features[i].word, word) == 0)
            feature = features[i].feature;
    if (!*word || strlen(word) + 3 > POLICY_NAME)
        return err_set(err, ERR_USAGE,
                       "policy '%s': '%s' is not a feature; write stim, right, left, "
                       "prevstim, prevchoice, bias or columns of the log, as in stim+bias",
                       text, word);
    if (p->n == POLICY_MAX)
        return err_set(err, ERR_USAGE, "policy '%s' has more than %d features", text, POLICY_MAX);
    p->feature[p->n] = feature;
    snprintf(p->weight[p->n], POLICY_NAME, "w_%.*s", POLICY_NAME - 3, word);
    for (size_t j = 0; j < p->n; j++)
        if (strcmp(p->weight[j], p->weight[p->n]) == 0)
            return err_set(err, ERR_USAGE, "policy '%s' names %s twice", text, word);
    p->n++;
    return true;
}

bool policy_parse(const char *text, struct policy *out, struct err *err)
{
    struct policy p = {0};
    for (const char *at = text;; at++) {
        size_t n = strcspn(at, "+");
        char word[POLICY_NAME];
        snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word), at);
        if (!add_feature(&p, text, word, err))
            return false;
        at += n;
        if (!*at)
            break;
    }
    if (strlen(text) >= sizeof p.text)
        return err_set(err, ERR_USAGE, "policy '%s' is longer than %zu characters", text,
                       sizeof p.text - 1);
    strcpy(p.text, text);
    *out = p;
    return true;
}

uint64_t policy_digest(const struct policy *policy, const struct cohort *cohort)
{
    uint64_t digest = 0;
    for (size_t i = 0; i < cohort->n_columns; i++)
        for (size_t k = 0; k < policy->n; k++)
            if (policy->feature[k] == FEATURE_COLUMN &&
                strcmp(policy->weight[k] + 2, cohort->columns[i].name) == 0)
                digest = cohort_digest_column(digest, &cohort->columns[i], cohort->n_trials);
    return digest;
}

bool policy_check(const struct policy *policy, const struct cohort *cohort, struct err *err)
{
    for (size_t k = 0; k < policy->n; k++) {
        if (policy->feature[k] != FEATURE_COLUMN)
            continue;
        const char *name = policy->weight[k] + 2;
        const struct cohort_column *column = cohort_column(cohort, name);
        if (!column)
            return err_set(
                err, ERR_USAGE,
                "policy %s: '%s' is not a feature and %s has no numeric column of this name",
                policy->text, name, cohort->name);
        for (size_t i = 0; i < cohort->n_trials; i++)
            if (!isfinite(column->values[i]))
                return err_set(
                    err, ERR_DATA,
                    "policy %s: the column %s of %s has no value on trial %zu; drop such "
                    "trials or leave the feature out",
                    policy->text, name, cohort->name, i + 1);
    }
    return true;
}

double policy_sigmoid(double logit)
{
    double e = exp(-fabs(logit));
    return logit >= 0 ? 1 / (1 + e) : e / (1 + e);
}

double policy_right(double logit, double lapse)
{
    return lapse / 2 + (1 - lapse) * policy_sigmoid(logit);
}

long policy_weight(const struct policy *policy, const char *name)
{
    for (size_t k = 0; k < policy->n; k++)
        if (strcmp(policy->weight[k], name) == 0)
            return (long)k;
    return -1;
}
