#include "simulate_plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/base/number.h"

/* About two gigabytes while it is built. */
#define MOST_TRIALS 50000000.
#define MOST_WEIGHT 100.

#define FIELDS(...) __VA_ARGS__
/* clang-format off */
const struct option_row simulate_options[] = {
    {"animals", OPTION_INTEGER, 1, 100000, NULL, "12", "animals to make"},
    {"trials", OPTION_INTEGER, 2, 10000000, NULL, "10000", "trials of each animal"},
    {"session", OPTION_INTEGER, 1, 10000000, NULL, "500", "trials of each session"},
    {"stimuli", OPTION_WORD, 0, 0, "ibl|grid|cues", "ibl",
     "ibl: 11 contrasts from -1 to 1; grid: 17 values from -2 to 2, bias does not learn; cues: "
     "s = cue_left + cue_right, uniform on [-1,0], [0,1], and a context on [0,1]"},
#define SETTING(...)
#define BOTH(id, option, ...) {.name = #id, FIELDS option},
#define PARAMETER(id, tensor, fitted, simulated, ...) {.name = tensor, FIELDS simulated},
#include "deltaw/learn/settings.def"
    {"share", OPTION_TEXT, 0, 0, NULL, NULL,
     "animals of each group in a round of them, as 2/1; without it one each"},
    {"noise", OPTION_NUMBER, 0, 100, NULL, "0",
     "sd of the noise added to every learning weight after each trial (drift= of fit); "
     "of a model its drift, unless given"},
    {"decision", OPTION_WORD, 0, 0, "glm|lapse|temperature|multiplicative", "glm",
     "P(right): glm sigmoid(w.x); lapse: lapse/2 + (1-lapse) sigmoid(w.x); temperature: "
     "sigmoid(w.x/temperature); multiplicative: x = context*cue_left, (1-context)*cue_right"},
    {"lapse", OPTION_NUMBER, 0, 1, NULL, NULL, "decision=lapse: share of choices made at random"},
    {"temperature", OPTION_NUMBER, 1e-3, 1e3, NULL, NULL,
     "decision=temperature: above 1 is noisier"},
    {"distractors", OPTION_INTEGER, 0, TRUTH_DISTRACTORS, NULL, "0",
     "columns d1, d2, ... of N(0,1) that nothing depends on"},
    {"w0", OPTION_TEXT, 0, 0, NULL, NULL,
     "weights before the first trial: of all but the bias, or one each as in fit, or zero; "
     "LO..HI: drawn between; ibl, cues 0, grid -2"},
    {"bias0", OPTION_TEXT, 0, 0, "spread", NULL,
     "w_bias before the first trial; LO..HI: drawn; spread: -1, 0, 1 at random; "
     "grid: spread, else 0"},
    {"seed", OPTION_INTEGER, 0, SEED_MOST, NULL, "99", "names the random draws"},
    {NULL, OPTION_NUMBER, 0, 0, NULL, NULL, NULL},
};
/* clang-format on */

/* --- values ------------------------------------------------------------------ */

static bool read_bounded(const char *text, double lo, double hi, double *out)
{
    return number_parse(text, out) && *out >= lo && *out <= hi;
}

/* "-.5", "-2..2" */
static bool read_range(const char *text, struct truth_range *out)
{
    const char *dots = strstr(text, "..");
    char *low = dots ? mem_text_n(text, (size_t)(dots - text)) : mem_text(text);
    bool good = read_bounded(low, -MOST_WEIGHT, MOST_WEIGHT, &out->lo);
    free(low);
    out->hi = out->lo;
    return good && (!dots || (read_bounded(dots + 2, -MOST_WEIGHT, MOST_WEIGHT, &out->hi) &&
                              out->hi >= out->lo));
}

static bool read_bias0(const char *text, struct truth_range *out, struct err *err)
{
    return read_range(text, out) ||
           err_set(err, ERR_USAGE,
                   "simulate: bias0=%s is not a number from %g to %g, a range of such as -2..2, or "
                   "'spread'",
                   text, -MOST_WEIGHT, MOST_WEIGHT);
}

/* As fit has it: a word, a value of all weights but the bias, or one each. */
static bool read_w0(const char *text, const struct policy *policy, struct truth_layout *layout,
                    struct err *err)
{
    char *copy = mem_text(text), *rest = copy, *one;
    size_t n = 0, most = policy->n;
    bool good = true, zero = strcmp(text, "zero") == 0;
    while (!zero && good && (one = strsep(&rest, ",")))
        good = n < most && read_range(one, &layout->own[n++]);
    free(copy);
    layout->each = zero || n == most;
    if (!layout->each)
        layout->w0 = layout->own[0];
    return (good && (zero || n == 1 || n == most)) ||
           err_set(
               err, ERR_USAGE,
               "simulate: w0=%s is not zero, a number from %g to %g or a range of such as -2..2 "
               "for all weights but the bias, or %zu of them for the weights of %s",
               text, -MOST_WEIGHT, MOST_WEIGHT, most, policy->text);
}

/* --- what rules and models share --------------------------------------------- */

static bool plan_columns(struct plan *plan, struct err *err)
{
    const struct policy *policy = truth_policy(&plan->truth);
    for (size_t k = 0; k < policy->n; k++) {
        size_t c = 0, n = task_columns(&plan->world);
        char name[POLICY_NAME] = "";
        if (policy->feature[k] != FEATURE_COLUMN)
            continue;
        for (; c < n; c++) {
            task_column_name(&plan->world, c, name);
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

/* Stimuli, sizes, seed: what does not depend on who is simulated. */
static bool plan_protocol(const struct args *args, const char *command, enum decision decision,
                          struct plan *plan, struct err *err)
{
    static const char *const kinds[] = {"ibl", "grid", "cues"};
    struct truth *truth = &plan->truth;
    const char *word =
        decision == DECISION_MULTIPLICATIVE ? "cues" : args_text(args, simulate_options, "stimuli");
    for (int i = 0; i < 3; i++)
        if (strcmp(kinds[i], word) == 0)
            plan->world.kind = (enum world_kind)i;
    snprintf(truth->stimuli, sizeof truth->stimuli, "%s", word);
    truth->seed = plan->world.seed = (uint64_t)args_integer(args, simulate_options, "seed");
    truth->distractors = plan->world.distractors =
        (size_t)args_integer(args, simulate_options, "distractors");
    plan->layout.command = command;
    return plan_size(args, &plan->layout, err);
}

/* Where the two protocols of doc/science differ, `stimuli` chooses the default. */
static bool plan_start(const struct args *args, struct plan *plan, struct err *err)
{
    const struct policy *policy = truth_policy(&plan->truth);
    struct truth_layout *layout = &plan->layout;
    bool grid = plan->world.kind == WORLD_GRID, has_bias = false;
    for (size_t k = 0; k < policy->n; k++)
        has_bias |= policy->feature[k] == FEATURE_BIAS;
    const char *bias0 = args_text(args, simulate_options, "bias0");
    layout->model_w0 = layout->fitted && !args_given(args, "w0");
    layout->w0.lo = layout->w0.hi = grid ? -2 : 0;
    if (args_given(args, "w0") &&
        !read_w0(args_text(args, simulate_options, "w0"), policy, layout, err))
        return false;
    layout->model_bias0 = layout->fitted && !bias0 && !layout->each;
    if (bias0 && layout->each)
        return err_set(err, ERR_USAGE,
                       "simulate: w0= has the bias already, among the weights of %s; leave bias0= "
                       "out",
                       policy->text);
    if (bias0 && !has_bias)
        return err_set(err, ERR_USAGE, "simulate: bias0=: the policy %s has no bias", policy->text);
    bool spread = bias0 ? strcmp(bias0, "spread") == 0 : grid && has_bias;
    layout->bias0.lo = layout->bias0.hi = spread ? NAN : 0;
    return !bias0 || spread || read_bias0(bias0, &layout->bias0, err);
}

/* Weights that learn are noisy; fixed ones are not, unless all are fixed.  A model that drifts
 * has noise of its own. */
static void take_noise(const struct plan *plan, double noise, bool given, struct agent *agent)
{
    const struct policy *policy = &agent->model->settings.policy;
    bool learns[POLICY_MAX], grid = plan->world.kind == WORLD_GRID;
    bool still = agent_stands_still(agent->model);
    agent_learns(agent, learns);
    for (size_t k = 0; k < policy->n; k++) {
        bool fixed = !learns[k] || (grid && still && policy->feature[k] == FEATURE_BIAS);
        agent->noise[k] = fixed ? 0 : noise;
    }
    if (!given)
        agent_drifts(agent->model, agent->noise);
}

/* Noise and decision of all agents. */
static bool plan_choices(const struct args *args, const struct agent *like, struct plan *plan,
                         struct err *err)
{
    double noise = args_number(args, simulate_options, "noise");
    if (!isfinite(noise))
        return err_set(err, ERR_USAGE, "simulate: noise= is not a number from 0 to 100");
    for (size_t g = 0; g < plan->truth.n_groups; g++) {
        struct agent *agent = &plan->truth.group[g];
        take_noise(plan, noise, args_given(args, "noise"), agent);
        agent->decision = like->decision;
        agent->temperature = like->temperature;
    }
    return true;
}

/* --- a rule ------------------------------------------------------------------ */

const char *simulate_rule_at(size_t i)
{
    for (size_t j = 0; rule_at(j); j++)
        if (rule_is_textbook(rule_at(j)) && i-- == 0)
            return rule_at(j)->name;
    return NULL;
}

static const char *rule_name_at(void *unused, size_t i)
{
    (void)unused;
    return simulate_rule_at(i);
}

void simulate_rules(struct strbuf *out)
{
    for (size_t i = 0; simulate_rule_at(i); i++)
        strbuf_printf(out, "%s%s", i ? ", " : "", simulate_rule_at(i));
}

static const struct rule *find_rule(const char *name, struct err *err)
{
    const struct rule *rule = name ? rule_find(name) : NULL;
    if (!name)
        err_set(err, ERR_USAGE, "simulate needs a rule: `simulate reinforce`");
    if (!name || (rule && rule_is_textbook(rule)))
        return rule;
    const char *near = nearest_word(name, rule_name_at, NULL);
    struct strbuf all = {0};
    simulate_rules(&all);
    err_set(err, ERR_USAGE, "simulate: no rule '%s'%s%s%s; there are %s, and fitted models", name,
            near ? " (did you mean " : "", near ? near : "", near ? "?)" : "", strbuf_text(&all));
    strbuf_free(&all);
    return NULL;
}

/* The setting that an option of `simulate` is about; NULL: none. */
static const struct setting *setting_of(const char *option)
{
    const struct setting *row = setting_of_tensor(strcmp(option, "share") == 0 ? "alpha" : option);
    row = row ? row : setting_find(option);
    return row && setting_shapes(row) ? row : NULL;
}

bool simulate_takes(const struct rule *rule, const char *option)
{
    const struct setting *row = setting_of(option);
    return !row || !setting_refused(row, rule);
}

/* The shape that the options ask for: those of parameters ask for the parameter. */
static bool read_shape(const struct rule *rule, const struct args *args, const char *policy,
                       struct fit_settings *s, struct err *err)
{
    struct err why = {0};
    fit_settings_default(s);
    snprintf(s->rule, sizeof s->rule, "%s", rule->name);
    if (!fit_settings_policy(s, policy, &why))
        return err_set(err, why.code, "simulate: policy=: %s", why.message);
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        const struct setting *row = arg->name ? setting_of(arg->name) : NULL;
        if (row && !setting_applies(row, rule, arg, "simulate", err))
            return false;
        if (!row || row->store == SETTING_POLICY)
            continue;
        bool value = !row->tensor || row->store == SETTING_SHARE; /* not a parameter's */
        if (row->store == SETTING_YES || value)
            setting_set(row, value ? arg->value : "yes", s, NULL);
    }
    return true;
}

static bool bad_decision(const struct args *args, enum decision decision, struct err *err)
{
    bool lapse = args_given(args, "lapse"), temperature = args_given(args, "temperature");
    if (lapse != (decision == DECISION_LAPSE))
        return !err_set(err, ERR_USAGE,
                        lapse ? "simulate: lapse= goes with decision=lapse alone"
                              : "simulate: decision=lapse needs lapse=, as lapse=.1");
    if (temperature != (decision == DECISION_TEMPERATURE))
        return !err_set(
            err, ERR_USAGE,
            temperature ? "simulate: temperature= goes with decision=temperature alone"
                        : "simulate: decision=temperature needs temperature=, as temperature=2");
    if (decision == DECISION_MULTIPLICATIVE &&
        (args_given(args, "policy") ||
         (args_given(args, "stimuli") &&
          strcmp(args_text(args, simulate_options, "stimuli"), "cues") != 0)))
        return !err_set(err, ERR_USAGE,
                        "simulate: decision=multiplicative has features of its own "
                        "and stimuli=cues; leave policy= and other stimuli= out");
    return false;
}

static bool read_decision(const struct args *args, struct agent *out, struct err *err)
{
    bool lapse = args_given(args, "lapse"), temperature = args_given(args, "temperature");
    agent_decision(args_text(args, simulate_options, "decision"), &out->decision);
    if (!args_given(args, "decision") && lapse != temperature)
        out->decision = lapse ? DECISION_LAPSE : DECISION_TEMPERATURE;
    if (bad_decision(args, out->decision, err))
        return false;
    out->temperature = temperature ? args_number(args, simulate_options, "temperature") : 0;
    return (isfinite(out->temperature) &&
            (!lapse || isfinite(args_number(args, simulate_options, "lapse")))) ||
           err_set(err, ERR_USAGE, "simulate: lapse= or temperature= is not a number");
}

bool simulate_plan_rule(const char *name, const struct args *args, const char *command,
                        struct plan *plan, struct err *err)
{
    const struct rule *rule = find_rule(name, err);
    struct agent like = {0};
    struct fit_settings settings;
    if (!rule || !read_decision(args, &like, err))
        return false;
    const char *policy = like.decision == DECISION_MULTIPLICATIVE
                             ? "gated_left+gated_right"
                             : args_text(args, simulate_options, "policy");
    return read_shape(rule, args, policy, &settings, err) &&
           plan_protocol(args, command, like.decision, plan, err) &&
           simulate_plan_agents(rule, &settings, args, plan, err) && plan_columns(plan, err) &&
           plan_start(args, plan, err) && plan_choices(args, &like, plan, err);
}

/* --- a model ----------------------------------------------------------------- */

bool simulate_plan_model(const struct model *model, const struct args *args, const char *command,
                         struct plan *plan, struct err *err)
{
    struct err why = {0};
    if (!model_has_rule(model, &why))
        return err_set(err, why.code, "simulate %s: %s", model->name, why.message);
    struct agent like = {.decision = model_lapse(model) > 0 ? DECISION_LAPSE : DECISION_GLM};
    static const char *const own[] = {"share", "decision", "lapse", "temperature"};
    for (size_t i = 0; i < args->n; i++) {
        const char *name = args->items[i].name;
        bool brings = name && setting_of(name);
        for (size_t j = 0; name && j < sizeof own / sizeof *own; j++)
            brings |= strcmp(own[j], name) == 0;
        if (brings)
            return err_set(err, ERR_USAGE,
                           "simulate %s: a fitted model brings its own rule and "
                           "policy; leave %s= out",
                           model->name, name);
    }
    plan->truth.n_groups = plan->truth.share[0] = 1;
    plan->truth.group[0].model = model_hold(model);
    plan->layout.fitted = model;
    if (!plan_protocol(args, command, like.decision, plan, err) || !plan_columns(plan, err) ||
        !plan_start(args, plan, err) || !plan_choices(args, &like, plan, err))
        return false;
    if (agent_is_noisy(&plan->truth.group[0]) && model->rule->no_start)
        return err_set(err, ERR_USAGE,
                       "simulate %s: noise= is of weights that learn, and %s has "
                       "none",
                       model->name, model->rule->name);
    if (model->rule->no_start && (args_given(args, "w0") || args_given(args, "bias0")))
        return err_set(err, ERR_USAGE, "simulate %s: w0= and bias0= mean nothing to %s",
                       model->name, model->rule->name);
    return true;
}
