#include "simulate_plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"

/* Two gigabytes or so while it is built. */
#define MOST_TRIALS 50000000.
#define MOST_WEIGHT 100.

#define FIELDS(...) __VA_ARGS__
const struct option_row simulate_options[] = {
    {"animals", OPTION_INTEGER, 1, 100000, NULL, "12", "animals to make"},
    {"trials", OPTION_INTEGER, 2, 10000000, NULL, "10000", "trials of each animal"},
    {"session", OPTION_INTEGER, 1, 10000000, NULL, "500", "trials of each session"},
    {"stimuli", OPTION_WORD, 0, 0, "ibl|grid|cues", "ibl",
     "ibl: 11 contrasts from -1 to 1; grid: 17 values from -2 to 2, bias does not learn; cues: "
     "s = cue_left + cue_right, uniform on [-1,0], [0,1], and a context on [0,1]"},
#define SETTING(...)
#define PARAMETER(id, tensor, fitted, simulated, ...) {.name = tensor, FIELDS simulated},
#define BOTH(...)
#include "deltaw/learn/settings.def"
    {"window", OPTION_INTEGER, 1, TRUTH_WINDOW, NULL, NULL,
     "trace: trials S that count for the reward and the sum; without it 10"},
    {"share", OPTION_TEXT, 0, 0, NULL, NULL,
     "animals of each group in a round of them, as 2/1; without it one each"},
    {"noise", OPTION_NUMBER, 0, 100, NULL, "0",
     "sd of the noise added to every learning weight after each trial"},
    {"policy", OPTION_WORD, 0, 0, "glm|lapse|temperature|multiplicative", "glm",
     "P(right): glm sigmoid(w.x); lapse: lapse/2 + (1-lapse) sigmoid(w.x); temperature: "
     "sigmoid(w.x/temperature); multiplicative: x = context*cue_left, (1-context)*cue_right"},
    {"lapse", OPTION_NUMBER, 0, 1, NULL, NULL, "policy=lapse: share of choices made by lot"},
    {"temperature", OPTION_NUMBER, 1e-3, 1e3, NULL, NULL, "policy=temperature: above 1 is noisier"},
    {"features", OPTION_TEXT, 0, 0, NULL, "stim+bias",
     "what the weights are of, as policy= of `fit`; columns are d1, d2, ... and those of cues"},
    {"distractors", OPTION_INTEGER, 0, TRUTH_DISTRACTORS, NULL, "0",
     "columns d1, d2, ... of N(0,1) that nothing depends on"},
    {"w0", OPTION_TEXT, 0, 0, NULL, NULL,
     "weights before the first trial but the bias; LO..HI: drawn between; ibl, cues 0, grid -2"},
    {"bias0", OPTION_TEXT, 0, 0, "spread", NULL,
     "w_bias before the first trial; LO..HI: drawn; spread: -1, 0, 1 by lot; grid spread, else 0"},
    {"seed", OPTION_INTEGER, 0, 9007199254740992., NULL, "99", "names the random draws"},
    {NULL, OPTION_NUMBER, 0, 0, NULL, NULL, NULL},
};

/* --- values ------------------------------------------------------------------ */

static bool read_bounded(const char *text, double lo, double hi, double *out)
{
    return number_parse(text, out) && *out >= lo && *out <= hi;
}

static bool read_range(const struct args *args, const char *name, struct truth_range *out,
                       struct err *err)
{
    const char *text = args_text(args, simulate_options, name), *dots = strstr(text, "..");
    char *low = dots ? mem_text_n(text, (size_t)(dots - text)) : mem_text(text);
    bool good = read_bounded(low, -MOST_WEIGHT, MOST_WEIGHT, &out->lo);
    free(low);
    out->hi = out->lo;
    if (good && dots)
        good = read_bounded(dots + 2, -MOST_WEIGHT, MOST_WEIGHT, &out->hi) && out->hi >= out->lo;
    return good || err_set(err, ERR_USAGE,
                           "simulate: %s=%s is not a number from %g to %g%s, nor a "
                           "range of such as -2..2",
                           name, text, -MOST_WEIGHT, MOST_WEIGHT,
                           strcmp(name, "bias0") == 0 ? " or 'spread'" : "");
}

/* --- what rules and models share --------------------------------------------- */

static bool plan_columns(struct plan *plan, struct err *err)
{
    const struct policy *policy = &plan->truth.policy;
    for (size_t k = 0; k < policy->n; k++) {
        size_t c = 0, n = world_columns(&plan->world);
        char name[POLICY_NAME] = "";
        if (policy->feature[k] != FEATURE_COLUMN)
            continue;
        for (; c < n; c++) {
            world_column_name(&plan->world, c, name);
            if (strcmp(name, policy->weight[k] + 2) == 0)
                break;
        }
        if (c == n)
            return err_set(err, ERR_USAGE,
                           "simulate: the policy %s sees the column %s, which is not simulated; "
                           "distractors=N makes d1, d2, ..., stimuli=cues cue_left, cue_right, "
                           "context, gated_left, gated_right",
                           policy->text, policy->weight[k] + 2);
        plan->column[k] = c;
    }
    return true;
}

static bool plan_size(const struct args *args, struct truth_layout *layout, struct err *err)
{
    layout->animals = (size_t)args_integer(args, simulate_options, "animals");
    layout->trials = (size_t)args_integer(args, simulate_options, "trials");
    layout->session = (size_t)args_integer(args, simulate_options, "session");
    double total = (double)layout->animals * (double)layout->trials;
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    return total <= MOST_TRIALS ||
           err_set(err, ERR_USAGE,
                   "simulate: %zu animals of %zu trials are %s trials; at most %s are made",
                   layout->animals, layout->trials, number_grouped(a, (long long)total),
                   number_grouped(b, (long long)MOST_TRIALS));
}

/* Stimuli, sizes, noise, seed. */
static bool plan_protocol(const struct args *args, const char *command, struct plan *plan,
                          struct err *err)
{
    static const char *const kinds[] = {"ibl", "grid", "cues"};
    struct truth *truth = &plan->truth;
    const char *word = plan->truth.decision == DECISION_MULTIPLICATIVE
                           ? "cues"
                           : args_text(args, simulate_options, "stimuli");
    for (int i = 0; i < 3; i++)
        if (strcmp(kinds[i], word) == 0)
            plan->world.kind = (enum world_kind)i;
    snprintf(truth->stimuli, sizeof truth->stimuli, "%s", word);
    truth->seed = plan->world.seed = (uint64_t)args_integer(args, simulate_options, "seed");
    truth->distractors = plan->world.distractors =
        (size_t)args_integer(args, simulate_options, "distractors");
    truth->noise = args_number(args, simulate_options, "noise");
    if (!isfinite(truth->noise))
        return err_set(err, ERR_USAGE, "simulate: noise= is not a number from 0 to 100");
    plan->layout.command = command;
    return plan_size(args, &plan->layout, err);
}

/* Where the two of doc/science, simulation protocols, differ, `stimuli` chooses. */
static bool plan_start(const struct args *args, struct plan *plan, struct err *err)
{
    struct truth_layout *layout = &plan->layout;
    bool grid = plan->world.kind == WORLD_GRID, has_bias = false;
    for (size_t k = 0; k < plan->truth.policy.n; k++)
        has_bias |= plan->truth.policy.feature[k] == FEATURE_BIAS;
    const char *bias0 = args_text(args, simulate_options, "bias0");
    layout->model_w0 = plan->model && !args_given(args, "w0");
    layout->model_bias0 = plan->model && !bias0;
    layout->w0.lo = layout->w0.hi = grid ? -2 : 0;
    if (args_given(args, "w0") && !read_range(args, "w0", &layout->w0, err))
        return false;
    if (bias0 && !has_bias)
        return err_set(err, ERR_USAGE, "simulate: bias0=: the policy %s has no bias",
                       plan->truth.policy.text);
    bool spread = bias0 ? strcmp(bias0, "spread") == 0 : grid && has_bias;
    layout->bias0.lo = layout->bias0.hi = spread ? NAN : 0;
    return !bias0 || spread || read_range(args, "bias0", &layout->bias0, err);
}

/* --- a rule ------------------------------------------------------------------ */

static bool find_rule(const char *rule, struct truth *truth, struct err *err)
{
    if (!rule)
        return err_set(err, ERR_USAGE, "simulate needs a rule: `simulate reinforce`");
    for (size_t i = 0; simulate_rules[i]; i++)
        if (strcmp(simulate_rules[i], rule) == 0) {
            snprintf(truth->rule, sizeof truth->rule, "%s", rule);
            return true;
        }
    const char *near = nearest_of(rule, simulate_rules);
    struct strbuf all = {0};
    for (size_t i = 0; simulate_rules[i]; i++)
        strbuf_printf(&all, "%s%s", i ? ", " : "", simulate_rules[i]);
    err_set(err, ERR_USAGE, "simulate: no rule '%s'%s%s%s; there are %s, and fitted models", rule,
            near ? " (did you mean " : "", near ? near : "", near ? "?)" : "", strbuf_text(&all));
    strbuf_free(&all);
    return false;
}

/* Options that would change nothing are refused, lest one believes they did. */
static bool check_taken(const struct args *args, const char *rule, struct err *err)
{
    static const struct {
        const char *option;
        unsigned needs;
    } rows[] = {
        {"alpha", TAKES_ALPHA},   {"baseline", TAKES_BASELINE}, {"alpha_error", TAKES_ERROR},
        {"window", TAKES_WINDOW}, {"share", TAKES_ALPHA},       {"forgetting", TAKES_FORGETTING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (args_given(args, rows[i].option) && !(truth_takes(rule) & rows[i].needs))
            return err_set(err, ERR_USAGE, "simulate: %s= means nothing to %s; leave it out",
                           rows[i].option, rule);
    return true;
}

static bool plan_decision(const struct args *args, struct plan *plan, struct err *err)
{
    struct truth *truth = &plan->truth;
    const char *word = args_text(args, simulate_options, "policy");
    bool named = args_given(args, "policy");
    bool lapse = args_given(args, "lapse"), temperature = args_given(args, "temperature");
    for (int i = 0; decision_names[i]; i++)
        if (strcmp(decision_names[i], word) == 0)
            truth->decision = (enum decision)i;
    if (!named && lapse && !temperature)
        truth->decision = DECISION_LAPSE;
    if (!named && temperature && !lapse)
        truth->decision = DECISION_TEMPERATURE;
    if (lapse != (truth->decision == DECISION_LAPSE))
        return err_set(err, ERR_USAGE,
                       lapse ? "simulate: lapse= goes with policy=lapse alone"
                             : "simulate: policy=lapse needs lapse=, as lapse=.1");
    if (temperature != (truth->decision == DECISION_TEMPERATURE))
        return err_set(err, ERR_USAGE,
                       temperature
                           ? "simulate: temperature= goes with policy=temperature alone"
                           : "simulate: policy=temperature needs temperature=, as temperature=2");
    if (truth->decision == DECISION_MULTIPLICATIVE &&
        (args_given(args, "features") ||
         (args_given(args, "stimuli") &&
          strcmp(args_text(args, simulate_options, "stimuli"), "cues") != 0)))
        return err_set(err, ERR_USAGE,
                       "simulate: policy=multiplicative has features of its own "
                       "and stimuli=cues; leave features= and other stimuli= out");
    truth->lapse = lapse ? args_number(args, simulate_options, "lapse") : 0;
    truth->temperature = temperature ? args_number(args, simulate_options, "temperature") : 0;
    return (isfinite(truth->lapse) && isfinite(truth->temperature)) ||
           err_set(err, ERR_USAGE, "simulate: lapse= or temperature= is not a number");
}

static bool plan_policy(const struct args *args, struct truth *truth, struct err *err)
{
    const char *text = args_text(args, simulate_options, "features");
    if (truth->decision == DECISION_MULTIPLICATIVE)
        text = "gated_left+gated_right";
    if (policy_parse(text, &truth->policy, err))
        return true;
    if (err)
        err_prefix(err, "simulate: features=");
    return false;
}

bool plan_rule(const char *rule, const struct args *args, const char *command, struct plan *plan,
               struct err *err)
{
    struct truth *truth = &plan->truth;
    if (!find_rule(rule, truth, err) || !check_taken(args, rule, err) ||
        !plan_decision(args, plan, err) || !plan_policy(args, truth, err) ||
        !plan_protocol(args, command, plan, err) || !plan_columns(plan, err) ||
        !plan_start(args, plan, err) || !plan_rates(args, plan, err))
        return false;
    if (truth_remembers(truth))
        truth->window = args_given(args, "window")
                            ? (size_t)args_integer(args, simulate_options, "window")
                            : 10;
    return true;
}

/* --- a model ----------------------------------------------------------------- */

/* A textbook rule's parameters are a truth like any other: out [K] of a tensor,
 * whose one entry may be of all weights.  False: there is none of this name. */
static bool take(const struct model *model, const char *name, double *out)
{
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        for (size_t k = 0; strcmp(t->name, name) == 0 && k < model->settings.policy.n; k++)
            out[k] = model->theta[t->offset + (t->size > 1 ? k : 0)];
        if (strcmp(t->name, name) == 0)
            return true;
    }
    return false;
}

static void take_model(const struct model *model, struct truth *truth)
{
    double lapse[POLICY_MAX] = {model->settings.shape.lapse.value};
    truth->policy = model->settings.policy;
    snprintf(truth->rule, sizeof truth->rule, "%s", model->rule->name);
    take(model, "lapse", lapse);
    truth->lapse = lapse[0];
    truth->decision = lapse[0] > 0 ? DECISION_LAPSE : DECISION_GLM;
    if (model->rule->network)
        return;
    take(model, "alpha", truth->alpha);
    take(model, "baseline", truth->baseline);
    take(model, "forgetting", truth->forgetting);
    truth->split = take(model, "alpha_error", truth->alpha_error);
    if (truth_remembers(truth))
        truth->window = model->settings.shape.window ? model->settings.shape.window : 10;
}

bool plan_model(const struct model *model, const struct args *args, const char *command,
                struct plan *plan, struct err *err)
{
    static const char *const own[] = {"alpha",  "alpha_error", "share", "baseline",    "forgetting",
                                      "window", "policy",      "lapse", "temperature", "features"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (args_given(args, own[i]))
            return err_set(err, ERR_USAGE,
                           "simulate %s: a fitted model brings its own rule and "
                           "policy; leave %s= out",
                           model->name, own[i]);
    plan->model = model;
    take_model(model, &plan->truth);
    if (!plan_protocol(args, command, plan, err) || !plan_columns(plan, err) ||
        !plan_start(args, plan, err))
        return false;
    if (plan->truth.noise > 0 && model->rule->no_start)
        return err_set(err, ERR_USAGE,
                       "simulate %s: noise= is of weights that learn, and %s has "
                       "none",
                       model->name, model->rule->name);
    if (model->rule->no_start && (args_given(args, "w0") || args_given(args, "bias0")))
        return err_set(err, ERR_USAGE, "simulate %s: w0= and bias0= mean nothing to %s",
                       model->name, model->rule->name);
    return true;
}
