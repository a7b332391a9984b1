/* The truth as JSON, to and from cohort->truth.  Parameters stand under the names of
 * their tensors; those of a fitted model, with all its settings, under "model". */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/settings_file.h"
#include "truth.h"

/* A network of more is not kept with the cohort. */
enum { MOST_PARAMETERS = 20000 };

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

/* By the names of the weights, where each has its own. */
static json_t *start(const struct truth *truth, const struct truth_layout *layout)
{
    const struct policy *policy = truth_policy(truth);
    if (layout->model_w0 || !layout->each)
        return layout->model_w0 ? json_string("model") : range(&layout->w0);
    json_t *all = json_object();
    for (size_t k = 0; k < policy->n; k++)
        json_object_set_new(all, policy->weight[k], range(&layout->own[k]));
    return all;
}

static void put_layout(json_t *o, const struct truth *truth, const struct truth_layout *layout)
{
    if (truth->distractors)
        json_object_set_new(o, "distractors", count(truth->distractors));
    json_object_set_new(o, "stimuli", json_string(truth->stimuli));
    json_object_set_new(o, "seed", json_integer((json_int_t)truth->seed));
    json_object_set_new(o, "animals", count(layout->animals));
    json_object_set_new(o, "trials", count(layout->trials));
    json_object_set_new(o, "session", count(layout->session));
    json_object_set_new(o, "w0", start(truth, layout));
    if (!layout->each)
        json_object_set_new(o, "bias0",
                            layout->model_bias0 ? json_string("model") : range(&layout->bias0));
#ifdef PACKAGE_VERSION
    json_object_set_new(o, "version", json_string(PACKAGE_VERSION));
#endif
    /* JSON cannot hold a command that is not UTF-8: it is left out. */
    if (layout->command)
        json_object_set_new(o, "command", json_string(layout->command));
}

/* theta [size]: every tensor under its name. */
static void put_parameters(json_t *o, const struct model *model, const double *theta)
{
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        json_object_set_new(o, t->name, reals(theta + t->offset, t->size));
    }
}

/* Their means, and each group's own. */
static void put_groups(json_t *o, const struct truth *truth)
{
    const struct model *first = truth->group[0].model;
    double *mean = mem_new(first->tensors.size, sizeof *mean);
    json_t *groups = json_array(), *share = json_array();
    for (size_t g = 0; g < truth->n_groups; g++) {
        json_t *own = json_object();
        for (size_t i = 0; i < first->tensors.size; i++)
            mean[i] += truth_weight(truth, g) * truth->group[g].model->theta[i];
        put_parameters(own, first, truth->group[g].model->theta);
        json_array_append_new(groups, own);
        json_array_append_new(share, json_integer(truth->share[g]));
    }
    put_parameters(o, first, truth->n_groups > 1 ? mean : first->theta);
    json_object_del(o, "drift"); /* which is the noise that they have */
    if (truth->n_groups > 1) {
        json_object_set(o, "groups", groups);
        json_object_set(o, "share", share);
    }
    json_decref(groups);
    json_decref(share);
    free(mean);
}

/* Of all weights that have any, or of weights that drift one each. */
static json_t *noise_json(const struct agent *agent)
{
    size_t n = agent->model->settings.shape.n_weights;
    double least = agent->noise[0], most = least;
    for (size_t k = 1; k < n; k++)
        least = fmin(least, agent->noise[k]), most = fmax(most, agent->noise[k]);
    bool each = agent->model->settings.shape.drift && least < most;
    return each ? reals(agent->noise, n) : json_real(most);
}

static json_t *model_json(const struct model *model)
{
    json_t *o = json_object();
    json_object_set_new(o, "name", json_string(model->name ? model->name : ""));
    json_object_set_new(o, "settings", settings_write(&model->settings));
    if (model->n_history > 0)
        json_object_set_new(o, "epochs", json_integer(model->history[model->n_history - 1].epoch));
    if (model->cohort_name)
        json_object_set_new(o, "cohort", json_string(model->cohort_name));
    if (model->cohort_chain && *model->cohort_chain)
        json_object_set_new(o, "filters", json_string(model->cohort_chain));
    if (model->cohort_digest) {
        char digest[32];
        snprintf(digest, sizeof digest, "%016llx", (unsigned long long)model->cohort_digest);
        json_object_set_new(o, "digest", json_string(digest));
    }
    if (model->tensors.size <= MOST_PARAMETERS) {
        json_t *parameters = json_object();
        put_parameters(parameters, model, model->theta);
        json_object_set_new(o, "parameters", parameters);
    }
    return o;
}

/* The rule with what it is told beside its parameters. */
static void put_rule(json_t *o, const struct agent *agent, bool textbook)
{
    const struct rule_shape *shape = &agent->model->settings.shape;
    double lapse = model_lapse(agent->model);
    json_object_set_new(o, "noise", noise_json(agent));
    if (textbook && agent->model->rule->memory)
        json_object_set_new(o, "window", count(shape->window));
    if (agent->decision != DECISION_GLM)
        json_object_set_new(o, "decision", json_string(agent_decisions[agent->decision]));
    if (lapse > 0)
        json_object_set_new(o, "lapse", json_real(lapse));
    if (agent->decision == DECISION_TEMPERATURE)
        json_object_set_new(o, "temperature", json_real(agent->temperature));
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

char *truth_write(const struct truth *truth, const struct truth_layout *layout)
{
    const struct model *model = truth->group[0].model;
    bool textbook = rule_is_textbook(model->rule);
    bool parameters = textbook && (layout->fitted || !agent_stands_still(truth->group->model));
    json_t *o = json_object();
    json_object_set_new(o, "rule", json_string(model->rule->name));
    json_object_set_new(o, "policy", json_string(model->settings.policy.text));
    if (layout->fitted)
        json_object_set_new(o, "model", model_json(layout->fitted));
    if (parameters)
        put_groups(o, truth);
    put_rule(o, &truth->group[0], textbook);
    put_layout(o, truth, layout);
    return dump(o);
}

/* --- reading ----------------------------------------------------------------- */

/* The key that is missing or wrong. */
struct wrong {
    char key[48];
};

static bool is_wrong(struct wrong *wrong, const char *key)
{
    snprintf(wrong->key, sizeof wrong->key, "%s", key);
    return false;
}

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

/* All tensors of the model, from keys of their names. */
static bool read_parameters(const json_t *o, struct model *model, struct wrong *wrong)
{
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        const json_t *values = json_object_get(o, t->name);
        bool still = !values && agent_stands_still(model);
        if (!still && !array_numbers(values, t->size, model->theta + t->offset))
            return is_wrong(wrong, t->name);
    }
    return true;
}

/* A rule's shape: what it has a parameter of, and the window. */
static bool read_shape(const json_t *o, struct fit_settings *s, struct wrong *wrong)
{
    const struct setting *row;
    for (size_t i = 0; (row = setting_at(i)); i++)
        if (row->tensor && row->store == SETTING_YES && json_object_get(o, row->tensor))
            setting_set(row, "yes", s, NULL);
    if (!read_count(o, "window", 1, (size_t)setting_find("window")->option.max, &s->shape.window))
        return is_wrong(wrong, "window");
    return read_number(o, "lapse", 0, 1, &s->shape.lapse.value) || is_wrong(wrong, "lapse");
}

static bool any(const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_number_value(json_array_get(array, i)) != 0)
            return true;
    return false;
}

/* Before there was one way for both, reinforce took a baseline. */
static const char *rule_name(const json_t *o)
{
    const char *name = json_string_value(json_object_get(o, "rule"));
    bool base = name && strcmp(name, "reinforce") == 0 && any(json_object_get(o, "baseline"));
    return base ? "reinforce-base" : name;
}

static bool read_rule(const json_t *o, struct model **out, struct wrong *wrong)
{
    const char *name = rule_name(o), *policy = json_string_value(json_object_get(o, "policy"));
    const struct rule *rule = name ? rule_find(name) : NULL;
    struct fit_settings settings;
    fit_settings_default(&settings);
    if (!rule || !rule_is_textbook(rule))
        return is_wrong(wrong, "rule");
    snprintf(settings.rule, sizeof settings.rule, "%s", name);
    if (!policy || !fit_settings_policy(&settings, policy, NULL))
        return is_wrong(wrong, "policy");
    if (!read_shape(o, &settings, wrong))
        return false;
    *out = agent_model(rule, &settings);
    return read_parameters(o, *out, wrong);
}

/* A fitted model, with the parameters it had. */
static bool read_model(const json_t *model, struct model **out, struct wrong *wrong)
{
    struct fit_settings settings;
    fit_settings_default(&settings);
    struct err why = {0};
    const json_t *described = json_object_get(model, "settings");
    bool good = json_is_object(described) && settings_read(described, "", &settings, &why) &&
                rule_find(settings.rule);
    if (good)
        *out = agent_model(rule_find(settings.rule), &settings);
    fit_settings_free(&settings);
    return good ? read_parameters(json_object_get(model, "parameters"), *out, wrong)
                : is_wrong(wrong, "model");
}

/* The parameters of group g, into a copy of the first group's model.  Of old files alpha,
 * and in another array alpha_error. */
static bool read_group(const json_t *o, size_t g, struct truth *out, struct wrong *wrong)
{
    const json_t *share = json_array_get(json_object_get(o, "share"), g);
    const json_t *own = json_array_get(json_object_get(o, "groups"), g);
    json_int_t value = json_integer_value(share);
    json_t *all = json_copy((json_t *)o);
    if (json_is_object(own))
        json_object_update(all, (json_t *)own);
    else
        json_object_set(all, "alpha", (json_t *)own);
    if (json_object_get(o, "groups_error"))
        json_object_set(all, "alpha_error", json_array_get(json_object_get(o, "groups_error"), g));
    struct agent *agent = &out->group[g];
    *agent = out->group[0];
    agent->model = agent_model(agent->model->rule, &agent->model->settings);
    out->n_groups = g + 1;
    out->share[g] = value > 0 && value <= 1000 ? (unsigned)value : 0;
    bool good = out->share[g] > 0 && read_parameters(all, agent->model, wrong);
    json_decref(all);
    return good || is_wrong(wrong, "groups");
}

static bool read_groups(const json_t *o, struct truth *out, struct wrong *wrong)
{
    const json_t *groups = json_object_get(o, "groups");
    size_t n = json_array_size(groups);
    if (!groups)
        return true;
    if (n < 2 || n > TRUTH_GROUPS || json_array_size(json_object_get(o, "share")) != n)
        return is_wrong(wrong, "groups");
    struct model *mean = out->group[0].model;
    bool good = true;
    for (size_t g = 0; good && g < n; g++)
        good = read_group(o, g, out, wrong);
    model_drop(mean);
    return good;
}

static bool read_noise(const json_t *noise, struct agent *out)
{
    size_t n = out->model->settings.shape.n_weights;
    bool one = json_is_number(noise), good = one || array_numbers(noise, n, out->noise);
    for (size_t k = 0; good && k < n; k++) {
        out->noise[k] = one ? json_number_value(noise) : out->noise[k];
        good = out->noise[k] >= 0;
    }
    return good;
}

static bool read_agent(const json_t *o, struct agent *out, struct wrong *wrong)
{
    const json_t *model = json_object_get(o, "model"), *noise = json_object_get(o, "noise");
    const json_t *decision = json_object_get(o, "decision");
    bool fitted = json_object_get(model, "parameters") && json_object_get(model, "settings");
    if (!(fitted ? read_model(model, &out->model, wrong) : read_rule(o, &out->model, wrong)))
        return false;
    if (!read_noise(noise, out))
        return is_wrong(wrong, "noise");
    if (decision &&
        !(json_is_string(decision) && agent_decision(json_string_value(decision), &out->decision)))
        return is_wrong(wrong, "decision");
    return read_number(o, "temperature", 1e-6, 1e6, &out->temperature) ||
           is_wrong(wrong, "temperature");
}

static bool read_truth(const json_t *o, struct truth *out, struct wrong *wrong)
{
    const json_t *seed = json_object_get(o, "seed");
    const char *stimuli = json_string_value(json_object_get(o, "stimuli"));
    out->n_groups = out->share[0] = 1;
    if (!read_agent(o, &out->group[0], wrong) || !read_groups(o, out, wrong))
        return false;
    if (!stimuli || strlen(stimuli) >= sizeof out->stimuli)
        return is_wrong(wrong, "stimuli");
    strcpy(out->stimuli, stimuli);
    if (!json_is_integer(seed) || json_integer_value(seed) < 0)
        return is_wrong(wrong, "seed");
    out->seed = (uint64_t)json_integer_value(seed);
    return read_count(o, "distractors", 0, TRUTH_DISTRACTORS, &out->distractors) ||
           is_wrong(wrong, "distractors");
}

/* A network whose parameters are not kept, or were not by an older version. */
static bool is_bare_network(const struct cohort *cohort, const json_t *o, struct err *err)
{
    const json_t *model = json_object_get(o, "model");
    if (!json_is_object(model) || json_object_get(model, "parameters") ||
        json_object_get(o, "alpha"))
        return false;
    const char *name = json_string_value(json_object_get(model, "name"));
    const char *rule = json_string_value(json_object_get(o, "rule"));
    err_set(err, ERR_FAILED,
            "%s was simulated by the fitted model %.80s (%.40s): its true weights are kept, its "
            "true updates are not; compare with that model itself",
            cohort->name, name ? name : "?", rule ? rule : "?");
    return true;
}

static bool refuse(const struct cohort *cohort, const json_t *o, const struct wrong *wrong,
                   struct err *err)
{
    const char *rule = json_string_value(json_object_get(o, "rule"));
    if (strcmp(wrong->key, "rule") == 0 && rule)
        return err_set(err, ERR_DATA,
                       "the truth of %s is the rule '%.40s', which this version does not know",
                       cohort->name, rule);
    return err_set(err, ERR_DATA, "the truth of %s: '%s' is missing or wrong", cohort->name,
                   wrong->key);
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
        return err_set(err, ERR_DATA, "the truth of %s is not JSON: line %d: %s", cohort->name,
                       where.line, where.text);
    struct truth truth = {0};
    struct wrong wrong = {"rule"};
    bool good = false;
    if (!is_bare_network(cohort, o, err)) {
        good = json_is_object(o) && read_truth(o, &truth, &wrong);
        if (!good)
            refuse(cohort, o, &wrong, err);
    }
    json_decref(o);
    if (good)
        *out = truth;
    else
        truth_free(&truth);
    return good;
}
