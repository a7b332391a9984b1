#include "deltaw/learn/policy.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *word, *weight;
    enum policy_feature feature;
} features[] = {
    {"stim", "w_stim", FEATURE_STIMULUS},
    {"bias", "w_bias", FEATURE_BIAS},
};

bool policy_parse(const char *text, struct policy *out, struct err *err)
{
    struct policy p = {0};
    const char *at = text;
    for (;;) {
        size_t n = strcspn(at, "+"), i = 0, count = sizeof features / sizeof *features;
        while (i < count && !(strlen(features[i].word) == n && !strncmp(features[i].word, at, n)))
            i++;
        if (i == count)
            return err_set(err, ERR_USAGE,
                           "policy '%s': '%.*s' is no feature; features are stim and bias, as in "
                           "policy=stim+bias", text, (int)n, at);
        for (size_t j = 0; j < p.n; j++)
            if (p.feature[j] == features[i].feature)
                return err_set(err, ERR_USAGE, "policy '%s' names %s twice", text,
                               features[i].word);
        p.feature[p.n] = features[i].feature;
        snprintf(p.weight[p.n++], POLICY_NAME, "%s", features[i].weight);
        if (!at[n])
            break;
        at += n + 1;
    }
    snprintf(p.text, sizeof p.text, "%s", text);
    *out = p;
    return true;
}

void policy_features(const struct policy *policy, const struct cohort *cohort,
                     const struct animal *animal, size_t trial, double *x)
{
    (void)animal;
    for (size_t k = 0; k < policy->n; k++)
        switch (policy->feature[k]) {
        case FEATURE_STIMULUS:
            x[k] = cohort->stimulus[trial];
            break;
        case FEATURE_BIAS:
            x[k] = 1;
            break;
        }
}

long policy_weight(const struct policy *policy, const char *name)
{
    for (size_t k = 0; k < policy->n; k++)
        if (strcmp(policy->weight[k], name) == 0)
            return (long)k;
    return -1;
}
