/* The truth as JSON, to and from cohort->truth.  What is at its default is left
 * out, but for the keys the first version had. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "truth.h"

const char *const decision_names[] = {
    [DECISION_GLM] = "glm",
    [DECISION_LAPSE] = "lapse",
    [DECISION_TEMPERATURE] = "temperature",
    [DECISION_MULTIPLICATIVE] = "multiplicative",
    [DECISION_MULTIPLICATIVE + 1] = NULL,
};

/* --- writing ----------------------------------------------------------------- */

static json_t *reals(const double *values, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_real(values[i]));
    return array;
}

static json_t *count(size_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *range(const struct truth_range *r)
{
    if (isnan(r->lo))
        return json_string("spread");
    return r->lo == r->hi ? json_real(r->lo) : reals((const double[]){r->lo, r->hi}, 2);
}

static bool any(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (values[i] != 0)
            return true;
    return false;
}

static void put_layout(json_t *o, const struct truth *truth, const struct truth_layout *layout)
{
    json_object_set_new(o, "stimuli", json_string(truth->stimuli));
    json_object_set_new(o, "seed", json_integer((json_int_t)truth->seed));
    json_object_set_new(o, "animals", count(layout->animals));
    json_object_set_new(o, "trials", count(layout->trials));
    json_object_set_new(o, "session", count(layout->session));
    json_object_set_new(o, "w0", layout->model_w0 ? json_string("model") : range(&layout->w0));
    json_object_set_new(o, "bias0",
                        layout->model_bias0 ? json_string("model") : range(&layout->bias0));
#ifdef PACKAGE_VERSION
    json_object_set_new(o, "version", json_string(PACKAGE_VERSION));
#endif
    /* A command that is not UTF-8 has no place in JSON: it is left out. */
    if (layout->command)
        json_object_set_new(o, "command", json_string(layout->command));
}

static void put_groups(json_t *o, const struct truth *truth)
{
    json_t *alpha = json_array(), *errors = json_array(), *share = json_array();
    for (size_t g = 0; g < truth->n_groups; g++) {
        json_array_append_new(alpha, reals(truth->group[g].alpha, truth->policy.n));
        json_array_append_new(errors, reals(truth->group[g].alpha_error, truth->policy.n));
        json_array_append_new(share, json_integer(truth->group[g].share));
    }
    if (truth->n_groups > 0) {
        json_object_set(o, "groups", alpha);
        json_object_set(o, "share", share);
    }
    if (truth->n_groups > 0 && truth->split)
        json_object_set(o, "groups_error", errors);
    json_decref(alpha);
    json_decref(errors);
    json_decref(share);
}

static void put_rule(json_t *o, const struct truth *truth)
{
    size_t n = truth->policy.n;
    if (truth->split)
        json_object_set_new(o, "alpha_error", reals(truth->alpha_error, n));
    if (any(truth->forgetting, n))
        json_object_set_new(o, "forgetting", reals(truth->forgetting, n));
    if (truth->window)
        json_object_set_new(o, "window", count(truth->window));
    if (truth->decision != DECISION_GLM)
        json_object_set_new(o, "decision", json_string(decision_names[truth->decision]));
    if (truth->decision == DECISION_LAPSE)
        json_object_set_new(o, "lapse", json_real(truth->lapse));
    if (truth->decision == DECISION_TEMPERATURE)
        json_object_set_new(o, "temperature", json_real(truth->temperature));
    put_groups(o, truth);
}

static char *dump(json_t *o)
{
    char *dumped = json_dumps(o, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    json_decref(o);
    if (!dumped)
        err_die("out of memory");
    char *text = mem_text(dumped);
    free(dumped);
    return text;
}

/* --- a model as the truth ---------------------------------------------------- */

/* The few parameters of a textbook rule; those of a network are in its file. */
static json_t *parameters(const struct model *model)
{
    json_t *o = json_object();
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        json_object_set_new(o, t->name, reals(model->theta + t->offset, t->size));
    }
    return o;
}

static json_t *model_json(const struct model *model)
{
    json_t *o = json_object();
    char *settings = model_settings_json(model);
    json_object_set_new(o, "name", json_string(model->name ? model->name : ""));
    json_object_set_new(o, "settings", json_loads(settings, 0, NULL));
    free(settings);
    if (!model->rule->network)
        json_object_set_new(o, "parameters", parameters(model));
    if (model->n_history > 0)
        json_object_set_new(o, "epochs", json_integer(model->history[model->n_history - 1].epoch));
    if (model->cohort_name)
        json_object_set_new(o, "cohort", json_string(model->cohort_name));
    if (model->cohort_digest) {
        char digest[32];
        snprintf(digest, sizeof digest, "%016llx", (unsigned long long)model->cohort_digest);
        json_object_set_new(o, "digest", json_string(digest));
    }
    return o;
}

char *truth_write(const struct truth *truth, const struct truth_layout *layout,
                  const struct model *model)
{
    bool closed_form = !model || !model->rule->network;
    json_t *o = json_object();
    json_object_set_new(o, "rule", json_string(truth->rule));
    json_object_set_new(o, "policy", json_string(truth->policy.text));
    if (model)
        json_object_set_new(o, "model", model_json(model));
    if (closed_form) {
        json_object_set_new(o, "alpha", reals(truth->alpha, truth->policy.n));
        json_object_set_new(o, "baseline", reals(truth->baseline, truth->policy.n));
    }
    json_object_set_new(o, "noise", json_real(truth->noise));
    if (closed_form)
        put_rule(o, truth);
    if (truth->distractors)
        json_object_set_new(o, "distractors", count(truth->distractors));
    put_layout(o, truth, layout);
    return dump(o);
}

/* --- reading ----------------------------------------------------------------- */

static bool array_numbers(const json_t *array, size_t n, double *out)
{
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

static bool read_numbers(const json_t *object, const char *key, size_t n, double *out)
{
    return array_numbers(json_object_get(object, key), n, out);
}

/* Absent: *out stays as it is. */
static bool read_number(const json_t *object, const char *key, double lo, double hi, double *out)
{
    const json_t *item = json_object_get(object, key);
    if (!item)
        return true;
    *out = json_number_value(item);
    return json_is_number(item) && *out >= lo && *out <= hi;
}

static bool read_count(const json_t *object, const char *key, size_t least, size_t most,
                       size_t *out)
{
    const json_t *item = json_object_get(object, key);
    if (!item)
        return true;
    json_int_t value = json_integer_value(item);
    *out = value > 0 ? (size_t)value : 0;
    return json_is_integer(item) && value >= (json_int_t)least && value <= (json_int_t)most;
}

static bool read_word(const json_t *object, const char *key, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text || strlen(text) >= size)
        return false;
    strcpy(out, text);
    return true;
}

static bool read_decision(const json_t *o, struct truth *out)
{
    const json_t *item = json_object_get(o, "decision");
    for (int i = 0; item && decision_names[i]; i++)
        if (json_is_string(item) && strcmp(json_string_value(item), decision_names[i]) == 0) {
            out->decision = (enum decision)i;
            return true;
        }
    return !item;
}

static bool read_group(const json_t *o, size_t g, size_t n, bool split, struct truth_rates *out)
{
    const json_t *share = json_array_get(json_object_get(o, "share"), g);
    json_int_t value = json_integer_value(share);
    out->share = value > 0 && value <= 1000 ? (unsigned)value : 0;
    return out->share > 0 &&
           array_numbers(json_array_get(json_object_get(o, "groups"), g), n, out->alpha) &&
           (!split || array_numbers(json_array_get(json_object_get(o, "groups_error"), g), n,
                                    out->alpha_error));
}

static bool read_groups(const json_t *o, struct truth *out)
{
    const json_t *groups = json_object_get(o, "groups");
    size_t n = json_array_size(groups);
    if (!groups)
        return true;
    if (n < 2 || n > TRUTH_GROUPS || json_array_size(json_object_get(o, "share")) != n)
        return false;
    for (size_t g = 0; g < n; g++)
        if (!read_group(o, g, out->policy.n, out->split, &out->group[g]))
            return false;
    out->n_groups = n;
    return true;
}

/* The keys that are there only when they say something. */
static const char *read_more(const json_t *o, struct truth *out)
{
    size_t n = out->policy.n;
    out->split = json_object_get(o, "alpha_error") != NULL;
    out->window = strcmp(out->rule, "trace") == 0 ? 10 : 0;
    if (out->split && !read_numbers(o, "alpha_error", n, out->alpha_error))
        return "alpha_error";
    if (json_object_get(o, "forgetting") && !read_numbers(o, "forgetting", n, out->forgetting))
        return "forgetting";
    if (!read_count(o, "window", 1, TRUTH_WINDOW, &out->window))
        return "window";
    if (!read_decision(o, out))
        return "decision";
    if (!read_number(o, "lapse", 0, 1, &out->lapse))
        return "lapse";
    if (!read_number(o, "temperature", 1e-6, 1e6, &out->temperature))
        return "temperature";
    if (!read_count(o, "distractors", 0, TRUTH_DISTRACTORS, &out->distractors))
        return "distractors";
    return read_groups(o, out) ? NULL : "groups";
}

/* Fills out from the object; NULL, or the key that is missing or wrong. */
static const char *read_truth(const json_t *o, struct truth *out)
{
    char policy[sizeof out->policy.text];
    if (!read_word(o, "rule", out->rule, sizeof out->rule))
        return "rule";
    if (!read_word(o, "policy", policy, sizeof policy) || !policy_parse(policy, &out->policy, NULL))
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
    return read_more(o, out);
}

/* A network: its updates have no closed form. */
static bool is_network(const struct cohort *cohort, const json_t *o, struct err *err)
{
    const json_t *model = json_object_get(o, "model");
    if (!json_is_object(model) || json_object_get(o, "alpha"))
        return false;
    const char *name = json_string_value(json_object_get(model, "name"));
    const char *rule = json_string_value(json_object_get(o, "rule"));
    err_set(err, ERR_FAILED,
            "%s was simulated by the fitted model %.80s (%.40s): its true weights are kept, its "
            "true updates are not; compare with that model itself",
            cohort->name, name ? name : "?", rule ? rule : "?");
    return true;
}

bool truth_read(const struct cohort *cohort, struct truth *out, struct err *err)
{
    if (!cohort->truth)
        return err_set(err, ERR_FAILED,
                       "%s has no truth: only simulated cohorts know their rule; make one with "
                       "`simulate reinforce`",
                       cohort->name);
    json_error_t where;
    json_t *o = json_loads(cohort->truth, JSON_REJECT_DUPLICATES, &where);
    if (!o)
        return err_set(err, ERR_DATA, "the truth of %s is no JSON: line %d: %s", cohort->name,
                       where.line, where.text);
    if (is_network(cohort, o, err)) {
        json_decref(o);
        return false;
    }
    struct truth truth = {0};
    const char *wrong = json_is_object(o) ? read_truth(o, &truth) : "rule";
    json_decref(o);
    if (wrong)
        return err_set(err, ERR_DATA, "the truth of %s: '%s' is missing or wrong", cohort->name,
                       wrong);
    if (!truth_takes(truth.rule) && strcmp(truth.rule, "static") != 0)
        return err_set(err, ERR_DATA,
                       "the truth of %s is the rule '%s', which this version does not know",
                       cohort->name, truth.rule);
    *out = truth;
    return true;
}
