#include "fitting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"

const struct option_row fit_options[] = {
    {"name", OPTION_TEXT, 0, 0, NULL, NULL, "name of the model; default: the rule and a number"},
    {"policy", OPTION_FEATURES, 0, 0, NULL, "stim+bias",
     "features of the choice: stim right left prevstim prevchoice bias or columns, joined by +"},
    {"w0", OPTION_NUMBERS, 0, 0, "zero|psychometric|psychometric-fixed|truth", "zero",
     "start weights: 0; of the first 100 trials, trained on or fixed; the simulated truth; or a "
     "number for the first weight or for each"},
    {"hidden", OPTION_INTEGER, 1, 256, NULL, "32", "units of each hidden layer; tinyrnn 8"},
    {"layers", OPTION_INTEGER, 1, 8, NULL, "2", "hidden layers"},
    {"lags", OPTION_INTEGER, 0, 20, NULL, "0", "past trials among the inputs"},
    {"window", OPTION_INTEGER, 1, 1000, NULL, "10", "past trials that the trace sums over"},
    {"order", OPTION_WORD, 0, 0, "gru-mlp|mlp-gru", "gru-mlp", "which of the networks is first"},
    {"alpha", OPTION_WORD, 0, 0, "each|shared", "each", "a learning rate per weight or for all"},
    {"split", OPTION_WORD, 0, 0, "yes|no", "no", "learning rates apart after correct and error"},
    {"forgetting", OPTION_WORD, 0, 0, "yes|no", "no", "weights decay by a fitted share a trial"},
    {"baseline", OPTION_WORD, 0, 0, "free|nonneg", "free", "whether baselines may be negative"},
    {"lapse", OPTION_NUMBER, 0, .99, "fit", "0", "share of choices made by lot, or fit it"},
    {"epochs", OPTION_INTEGER, 0, 10000000, NULL, "1000",
     "steps, each on the whole cohort; of optimizer=fast: passes over it"},
    {"rate", OPTION_NUMBER, 1e-9, 10, NULL, "1e-3", "step of Adam"},
    {"decay", OPTION_NUMBER, 1e-3, 1, NULL, "0.999", "factor on the rate every 5 epochs"},
    {"truncation", OPTION_INTEGER, 1, 1e7, NULL, "500", "trials after which no gradient passes"},
    {"batch", OPTION_INTEGER, 0, 1e6, NULL, "0", "animals per step, 0: all of them at once"},
    {"ridge", OPTION_NUMBER, 0, 10, NULL, "0", "penalty on squared network weights, half of it"},
    {"optimizer", OPTION_WORD, 0, 0, "adam|fast", "adam",
     "as published, or many steps a pass: fewer passes"},
    {"holdout", OPTION_ANIMALS, 0, 0, NULL, NULL, "animals to leave out and score"},
    {"seed", OPTION_INTEGER, 0, 9007199254740991., NULL, "99", "of the initial parameters"},
    {"init", OPTION_FILE, 0, 0, NULL, NULL, "start from the parameters of this .npz"},
    {"threads", OPTION_INTEGER, 0, 1024, NULL, NULL, "default: the setting; 0: all cores"},
    {0},
};

/* --- what a rule takes -------------------------------------------------------- */

static struct tensors layout_of(const struct rule *rule, struct rule_shape shape)
{
    struct tensors tensors = {0};
    rule_layout(rule, &shape, &tensors);
    return tensors;
}

/* Does the option change which parameters there are? */
static bool layout_changes(const struct rule *rule, struct rule_shape shape)
{
    struct rule_shape plain = {.n_weights = shape.n_weights, .hidden = 4, .layers = 2};
    struct tensors a = layout_of(rule, plain), b = layout_of(rule, shape);
    bool same = a.n == b.n && a.size == b.size;
    for (size_t i = 0; i < a.n && same; i++)
        same = strcmp(a.item[i].name, b.item[i].name) == 0 && a.item[i].size == b.item[i].size;
    return !same;
}

static bool has_tensor(const struct rule *rule, const char *name)
{
    struct tensors t =
        layout_of(rule, (struct rule_shape){.n_weights = 2, .hidden = 4, .layers = 2});
    for (size_t i = 0; i < t.n; i++)
        if (strcmp(t.item[i].name, name) == 0)
            return true;
    return false;
}

static const char *training_refuses(const struct rule *rule, const char *option)
{
    static const char *const words[] = {"epochs", "rate",      "decay", "truncation",
                                        "batch",  "optimizer", "ridge"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!rule->network && strcmp(option, words[i]) == 0)
            return "its few parameters are found by a search for the greatest likelihood, which "
                   "ends by itself";
    return NULL;
}

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* Options that show in which parameters a rule has. */
static const char *layout_refuses(const struct rule *rule, const char *option)
{
    const struct rule_shape plain = {
        .n_weights = rule->no_weights ? 1 : 3, .hidden = 4, .layers = 2};
    const struct {
        const char *option;
        struct rule_shape shape;
        const char *why;
    } rows[] = {
        {"hidden", {.hidden = 5, .layers = 2}, "it is no network"},
        {"layers", {.hidden = 4, .layers = 3}, "it has no hidden layers to count"},
        {"lags", {.hidden = 4, .layers = 2, .lags = 1}, "past trials are none of its inputs"},
        {"order",
         {.hidden = 4, .layers = 2, .mlp_first = true},
         "it has no two networks to put in order"},
        {"alpha", {.shared_alpha = true}, "it has no alpha"},
        {"split",
         {.split_alpha = true},
         has_tensor(rule, "alpha") ? "it has the one alpha" : "it has no alpha"},
        {"forgetting", {.forgetting = true}, "it has no such parameter"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rule_shape shape = rows[i].shape;
        if (strcmp(option, rows[i].option) != 0)
            continue;
        shape.n_weights = plain.n_weights;
        shape.hidden = shape.hidden ? shape.hidden : plain.hidden;
        shape.layers = shape.layers ? shape.layers : plain.layers;
        return layout_changes(rule, shape) ? NULL : rows[i].why;
    }
    return NULL;
}

const char *rule_refuses(const struct rule *rule, const char *option)
{
    if (is(option, "policy") && rule->no_weights)
        return "it predicts choices without the weights of a policy";
    if (is(option, "w0") && rule->no_start)
        return "it has no start weights";
    if (is(option, "lags") && rule->memory)
        return "it remembers past trials itself";
    if (is(option, "window") && (rule->network || !rule->memory))
        return "it sums over no window";
    if (is(option, "baseline") && !has_tensor(rule, "baseline"))
        return "it has no baseline";
    const char *why = training_refuses(rule, option);
    return why ? why : layout_refuses(rule, option);
}

const char *rule_fallback(const struct rule *rule, const struct option_row *option)
{
    return rule->no_weights && is(option->name, "hidden") ? "8" : option->fallback;
}

bool rule_takes_word(const char *name, const char *option)
{
    const struct rule *rule = rule_find(name);
    return !rule || !rule_refuses(rule, option);
}

static const char *rule_name_at(void *unused, size_t i)
{
    (void)unused;
    return rule_at(i) ? rule_at(i)->name : NULL;
}

const struct rule *rule_need(const char *name, int column, const char *verb, struct err *err)
{
    const struct rule *rule = rule_find(name);
    const char *near = rule ? NULL : nearest_word(name, rule_name_at, NULL);
    if (!rule)
        err_at(err, ERR_USAGE, column,
               near ? "%s: no rule '%s'; did you mean '%s'?"
                    : "%s: no rule '%s'; `rules` lists them",
               verb, name, near);
    return rule;
}

bool rule_check_args(const struct rule *rule, const struct args *args, const char *verb,
                     struct err *err)
{
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        const char *why = arg->name ? rule_refuses(rule, arg->name) : NULL;
        if (why)
            return err_at(err, ERR_USAGE, arg->column, "%s: %s= does not apply to %s: %s", verb,
                          arg->name, rule->name, why);
    }
    return true;
}

/* --- what they set --------------------------------------------------------------- */

int args_column(const struct args *args, const char *name)
{
    for (size_t i = 0; i < args->n; i++)
        if (args->items[i].name && is(args->items[i].name, name))
            return args->items[i].column > 0 ? args->items[i].column + (int)strlen(name) + 1 : 0;
    return 0;
}

/* The value of a row that the table has and the rule takes, else NULL. */
static const char *value_of(const struct rule *rule, const struct args *args,
                            const struct option_row *table, const char *name)
{
    const struct option_row *row = option_find(table, name);
    if (!row || rule_refuses(rule, name))
        return NULL;
    return args_given(args, name) ? args_text(args, table, name) : rule_fallback(rule, row);
}

static size_t count_of(const struct rule *rule, const struct args *args,
                       const struct option_row *table, const char *name, size_t otherwise)
{
    const char *text = value_of(rule, args, table, name);
    long long value;
    return text && number_parse_integer(text, &value) ? (size_t)value : otherwise;
}

static bool chosen(const struct rule *rule, const struct args *args, const struct option_row *table,
                   const char *name, const char *word)
{
    const char *text = value_of(rule, args, table, name);
    return text && is(text, word);
}

bool rule_settings(const struct rule *rule, const struct args *args, const struct option_row *table,
                   const char *verb, struct fit_settings *s, struct err *err)
{
    struct err why = {0};
    const char *policy = value_of(rule, args, table, "policy");
    const char *lapse = value_of(rule, args, table, "lapse");
    if (!policy_parse(policy ? policy : "bias", &s->policy, &why))
        return err_at(err, why.code, args_column(args, "policy"), "%s: %s", verb, why.message);
    snprintf(s->rule, sizeof s->rule, "%s", rule->name);
    s->hidden = count_of(rule, args, table, "hidden", s->hidden);
    s->layers = count_of(rule, args, table, "layers", s->layers);
    s->lags = count_of(rule, args, table, "lags", 0);
    s->window = count_of(rule, args, table, "window", 0);
    s->mlp_first = chosen(rule, args, table, "order", "mlp-gru");
    s->shared_alpha = chosen(rule, args, table, "alpha", "shared");
    s->split_alpha = chosen(rule, args, table, "split", "yes");
    s->forgetting = chosen(rule, args, table, "forgetting", "yes");
    s->nonneg = chosen(rule, args, table, "baseline", "nonneg");
    s->fit_lapse = lapse && is(lapse, "fit");
    if (lapse && !s->fit_lapse)
        number_parse(lapse, &s->lapse);
    return true;
}

size_t rule_parameters(const struct rule *rule, const struct fit_settings *settings,
                       struct tensors *tensors)
{
    struct tensors own = layout_of(rule, fit_shape(settings));
    if (tensors)
        *tensors = own;
    return own.size;
}

static void start_words(const struct fit_settings *s, struct strbuf *out)
{
    static const char *const words[] = {[W0_ZERO] = "zero",
                                        [W0_PSYCHOMETRIC] = "psychometric",
                                        [W0_TRUTH] = "truth",
                                        [W0_VALUE] = ""};
    char buf[NUMBER_SIZE];
    strbuf_printf(out, " w0=%s%s", words[s->w0],
                  s->w0 == W0_PSYCHOMETRIC && s->w0_fixed ? "-fixed" : "");
    for (size_t k = 0; s->w0 == W0_VALUE && k < s->policy.n; k++)
        strbuf_printf(out, "%s%s", k ? "," : "", number_double(buf, s->w0_value[k]));
}

static void shape_words(const struct rule *rule, const struct fit_settings *s, struct strbuf *out)
{
    char buf[NUMBER_SIZE];
    if (!rule_refuses(rule, "hidden"))
        strbuf_printf(out, " hidden=%zu", s->hidden);
    if (!rule_refuses(rule, "layers"))
        strbuf_printf(out, " layers=%zu", s->layers);
    if (s->lags)
        strbuf_printf(out, " lags=%zu", s->lags);
    if (!rule_refuses(rule, "window"))
        strbuf_printf(out, " window=%zu", s->window ? s->window : 10);
    if (!rule_refuses(rule, "order"))
        strbuf_printf(out, " order=%s", s->mlp_first ? "mlp-gru" : "gru-mlp");
    if (!rule_refuses(rule, "alpha"))
        strbuf_printf(out, " alpha=%s", s->shared_alpha ? "shared" : "each");
    if (!rule_refuses(rule, "split"))
        strbuf_printf(out, " split=%s", s->split_alpha ? "yes" : "no");
    if (!rule_refuses(rule, "forgetting"))
        strbuf_printf(out, " forgetting=%s", s->forgetting ? "yes" : "no");
    if (!rule_refuses(rule, "baseline"))
        strbuf_printf(out, " baseline=%s", s->nonneg ? "nonneg" : "free");
    if (s->fit_lapse || s->lapse > 0)
        strbuf_printf(out, " lapse=%s", s->fit_lapse ? "fit" : number_double(buf, s->lapse));
}

void settings_words(const struct rule *rule, const struct fit_settings *s, struct strbuf *out)
{
    char rate[NUMBER_SIZE], decay[NUMBER_SIZE];
    struct strbuf words = {0};
    if (!rule->no_weights)
        strbuf_printf(&words, " policy=%s", s->policy.text);
    if (!rule->no_start)
        start_words(s, &words);
    shape_words(rule, s, &words);
    if (rule->network) {
        strbuf_printf(&words, "%s epochs=%d rate=%s", s->fast ? " optimizer=fast" : "", s->epochs,
                      number_double(rate, s->rate));
        if (!s->fast)
            strbuf_printf(&words, " decay=%s", number_double(decay, s->decay));
        strbuf_printf(&words, " truncation=%zu", s->truncation);
        if (s->batch)
            strbuf_printf(&words, " batch=%zu", s->batch);
        if (s->ridge > 0)
            strbuf_printf(&words, " ridge=%s", number_double(rate, s->ridge));
        strbuf_printf(&words, " seed=%" PRIu64, s->seed);
    }
    if (s->holdout)
        strbuf_printf(&words, " holdout=%s", s->holdout);
    if (s->init)
        strbuf_printf(&words, " init=%s", s->init);
    strbuf_puts(out, strbuf_text(&words) + (words.len > 0));
    strbuf_free(&words);
}
