/* The plan of a cross-validation as JSON, which is what makes two of them the same. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/learn/settings_file.h"
#include "cv_inside.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

static const char *const by_names[] = {"animal", "session", "future"};

static json_t *count(size_t n)
{
    return json_integer((json_int_t)n);
}

/* What a run sets by itself is no setting. */
json_t *cv_rule_settings(const struct cv_rule *rule)
{
    json_t *o = settings_write(&rule->settings);
    json_object_del(o, "seed");
    json_object_del(o, "holdout");
    json_object_del(o, "init");
    if (rule->settings.optimizer == OPTIMIZER_FAST && !rule->epochs_asked)
        json_object_set_new(o, "epochs", json_string("auto"));
    return o;
}

static bool any_names(const struct cv_plan *plan, const char *column)
{
    for (size_t i = 0; i < plan->n_rules; i++) {
        const struct policy *p = &plan->rules[i].settings.policy;
        for (size_t k = 0; k < p->n; k++)
            if (p->feature[k] == FEATURE_COLUMN && strcmp(p->weight[k] + 2, column) == 0)
                return true;
    }
    return false;
}

uint64_t cv_plan_digest(const struct cv_plan *plan, const struct cohort *cohort)
{
    uint64_t digest = cohort->digest;
    for (size_t i = 0; i < cohort->n_columns; i++)
        if (any_names(plan, cohort->columns[i].name))
            digest = cohort_digest_column(digest, &cohort->columns[i], cohort->n_trials);
    return digest;
}

void cv_plan_write(struct cv_plan *plan)
{
    json_t *o = json_object(), *rules = json_array(), *settings = json_array();
    json_t *seeds = json_array(), *sizes = json_array();
    for (size_t i = 0; i < plan->n_rules; i++) {
        json_array_append_new(rules, json_string(plan->rules[i].words));
        json_array_append_new(settings, cv_rule_settings(&plan->rules[i]));
    }
    for (size_t i = 0; i < plan->n_seeds; i++)
        json_array_append_new(seeds, json_integer((json_int_t)plan->seeds[i]));
    for (size_t i = 0; i < plan->n_sizes; i++) {
        json_t *size = json_array();
        json_array_append_new(size, count(plan->sizes[i].animals));
        json_array_append_new(size, count(plan->sizes[i].trials));
        json_array_append_new(sizes, size);
    }
    json_object_set_new(o, "rules", rules);
    json_object_set_new(o, "by", json_string(by_names[plan->by]));
    json_object_set_new(o, "folds", count(plan->folds));
    json_object_set_new(o, "seeds", seeds);
    json_object_set_new(o, "future", count(plan->future));
    json_object_set_new(o, "sizes", sizes);
    json_object_set_new(o, "settings", settings);
    json_object_set_new(o, "program", json_string("deltaw " PACKAGE_VERSION));
    free(plan->text);
    plan->text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(o);
}

/* --- reading --------------------------------------------------------------- */

static bool read_sizes(const json_t *sizes, struct cv_plan *plan)
{
    plan->n_sizes = json_array_size(sizes);
    plan->sizes = mem_new(plan->n_sizes, sizeof *plan->sizes);
    for (size_t i = 0; i < plan->n_sizes; i++) {
        const json_t *size = json_array_get(sizes, i);
        json_int_t animals = json_integer_value(json_array_get(size, 0));
        json_int_t trials = json_integer_value(json_array_get(size, 1));
        if (json_array_size(size) != 2 || animals < 0 || trials < 0)
            return false;
        plan->sizes[i] = (struct cv_size){(size_t)animals, (size_t)trials};
    }
    return plan->n_sizes > 0;
}

bool cv_rules_read(const json_t *names, size_t *n, struct cv_rule **out)
{
    size_t all = json_array_size(names);
    *out = mem_new(all, sizeof **out);
    for (*n = 0; *n < all;) {
        const char *words = json_string_value(json_array_get(names, *n));
        (*out)[(*n)++].words = mem_text(words ? words : "");
        if (!words)
            return false;
    }
    return all > 0;
}

bool cv_seeds_read(const json_t *seeds, size_t *n, uint64_t **out)
{
    *n = json_array_size(seeds);
    *out = mem_new(*n, sizeof **out);
    for (size_t i = 0; i < *n; i++) {
        const json_t *seed = json_array_get(seeds, i);
        (*out)[i] = (uint64_t)json_integer_value(seed);
        if (!json_is_integer(seed))
            return false;
    }
    return *n > 0;
}

bool cv_plan_read(const json_t *line, struct cv_plan *plan)
{
    const json_t *o = json_object_get(line, "plan");
    const char *by = json_string_value(json_object_get(o, "by"));
    const char *digest = json_string_value(json_object_get(line, "digest"));
    const char *cohort = json_string_value(json_object_get(line, "cohort"));
    json_int_t folds = json_integer_value(json_object_get(o, "folds"));
    json_int_t future = json_integer_value(json_object_get(o, "future"));
    size_t known = 0;
    *plan = (struct cv_plan){0};
    while (by && known < 3 && strcmp(by, by_names[known]) != 0)
        known++;
    if (!by || known == 3 || !digest || folds < 1 || folds > MOST_FOLDS || future < 0)
        return false;
    plan->by = (enum cv_by)known;
    plan->folds = (size_t)folds;
    plan->future = (size_t)future;
    plan->digest = number_digest(digest);
    plan->cohort = mem_text(cohort ? cohort : "");
    plan->text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(17));
    return cv_rules_read(json_object_get(o, "rules"), &plan->n_rules, &plan->rules) &&
           cv_seeds_read(json_object_get(o, "seeds"), &plan->n_seeds, &plan->seeds) &&
           read_sizes(json_object_get(o, "sizes"), plan);
}

bool cv_plan_same(const struct cv_plan *a, const struct cv_plan *b, struct err *err)
{
    if (a->digest != b->digest)
        return err_set(err, ERR_DATA,
                       "it is of other data: digest %016llx (%s) there, %016llx (%s) here; load "
                       "those, or give another file=",
                       (unsigned long long)b->digest, b->cohort, (unsigned long long)a->digest,
                       a->cohort);
    return study_texts_same(a->text, b->text, err);
}
