#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "../state.h"

static const struct option fit_table[] = {
    {"name", OPTION_TEXT, 0, 0, NULL, NULL, "name of the model; default: the rule and a number"},
    {"hidden", OPTION_INTEGER, 1, 256, NULL, "32", "units of each hidden layer"},
    {"layers", OPTION_INTEGER, 1, 8, NULL, "2", "hidden layers"},
    {"epochs", OPTION_INTEGER, 0, 10000000, NULL, "1000", "steps, each on the whole cohort"},
    {"rate", OPTION_NUMBER, 1e-9, 10, NULL, "1e-3", "step of Adam"},
    {"decay", OPTION_NUMBER, 1e-3, 1, NULL, "0.999", "factor on the rate every 5 epochs"},
    {"truncation", OPTION_INTEGER, 1, 1e7, NULL, "500",
     "trials after which no gradient passes"},
    {"batch", OPTION_INTEGER, 0, 1e6, NULL, "0", "animals per step, 0: all of them at once"},
    {"optimizer", OPTION_WORD, 0, 0, "adam", "adam", "how steps are taken"},
    {"policy", OPTION_TEXT, 0, 0, NULL, "stim+bias", "features of the choice"},
    {"w0", OPTION_NUMBERS, 0, 0, "zero|psychometric|truth", "zero",
     "start weights: 0, from the first 100 trials, the simulated truth, or w_stim[,w_bias]"},
    {"holdout", OPTION_ANIMALS, 0, 0, NULL, NULL, "animals to leave out and score"},
    {"seed", OPTION_INTEGER, 0, 9007199254740991., NULL, "99", "of the initial parameters"},
    {"init", OPTION_FILE, 0, 0, NULL, NULL, "start from the parameters of this .npz"},
    {"threads", OPTION_INTEGER, 0, 1024, NULL, NULL, "default: the setting; 0: all cores"},
    {0},
};

static int column_of(const struct args *args, const char *name)
{
    for (size_t i = 0; i < args->n; i++)
        if (args->items[i].name && strcmp(args->items[i].name, name) == 0)
            return args->items[i].column;
    return 0;
}

/* zero, psychometric, a number for w_stim (the others 0), or one per weight. */
static bool take_w0(const struct args *args, struct fit_settings *s, struct err *err)
{
    const char *text = args_text(args, fit_table, "w0");
    if (strcmp(text, "zero") == 0 || strcmp(text, "psychometric") == 0 ||
        strcmp(text, "truth") == 0) {
        s->w0 = text[0] == 'z' ? W0_ZERO : text[0] == 't' ? W0_TRUTH : W0_PSYCHOMETRIC;
        return true;
    }
    s->w0 = W0_VALUE;
    char *copy = mem_text(text), *rest = copy, *one;
    size_t n = 0;
    bool good = true;
    while (good && (one = strsep(&rest, ",")))
        good = n < s->policy.n && number_parse(one, &s->w0_value[n]) &&
               isfinite(s->w0_value[n++]);
    free(copy);
    if (!good || (n != 1 && n != s->policy.n))
        return err_at(err, ERR_USAGE, column_of(args, "w0"), "fit: w0=%s is not zero, "
                      "psychometric, a number for w_stim, or %zu numbers for the weights of %s",
                      text, s->policy.n, s->policy.text);
    return true;
}

/* Names checked here, so that the error points at the word. */
static bool take_holdout(const struct args *args, const struct cohort *cohort,
                         struct fit_settings *s, struct err *err)
{
    const char *text = args_text(args, fit_table, "holdout");
    if (!text)
        return true;
    char *copy = mem_text(text), *rest = copy, *one;
    const char **names = mem_new(cohort->n_animals + 1, sizeof *names);
    bool good = true;
    for (size_t i = 0; i < cohort->n_animals; i++)
        names[i] = cohort->animals[i].name;
    while (good && (one = strsep(&rest, ","))) {
        if (cohort_animal(cohort, one) >= 0)
            continue;
        const char *near = nearest_of(one, names);
        good = err_at(err, ERR_FAILED, column_of(args, "holdout"),
                      near ? "fit: holdout: no animal '%s'; did you mean '%s'?"
                           : "fit: holdout: no animal '%s'; `animals` lists them", one, near);
    }
    free(names);
    free(copy);
    if (good)
        s->holdout = mem_text(text);
    return good;
}

static bool take_settings(const struct session *session, const struct args *args,
                          const struct cohort *cohort, struct fit_settings *s, struct err *err)
{
    fit_settings_default(s);
    snprintf(s->rule, sizeof s->rule, "%s", args_at(args, 0));
    s->hidden = (size_t)args_integer(args, fit_table, "hidden");
    s->layers = (size_t)args_integer(args, fit_table, "layers");
    s->epochs = (int)args_integer(args, fit_table, "epochs");
    s->rate = args_number(args, fit_table, "rate");
    s->decay = args_number(args, fit_table, "decay");
    s->truncation = (size_t)args_integer(args, fit_table, "truncation");
    s->batch = (size_t)args_integer(args, fit_table, "batch");
    s->seed = (uint64_t)args_integer(args, fit_table, "seed");
    const char *threads = args_text(args, fit_table, "threads");
    s->threads = atoi(threads ? threads : session_setting(session, "threads"));
    const char *init = args_text(args, fit_table, "init");
    struct err policy = {0};
    if (!policy_parse(args_text(args, fit_table, "policy"), &s->policy, &policy))
        return err_at(err, policy.code, column_of(args, "policy"), "fit: %s", policy.message);
    if (!take_w0(args, s, err) || !take_holdout(args, cohort, s, err))
        return false;
    s->init = init ? path_expand(init) : NULL;
    return true;
}

static const char *rule_name_at(void *unused, size_t i)
{
    (void)unused;
    return rule_at(i) ? rule_at(i)->name : NULL;
}

static bool check_rule(const struct args *args, struct err *err)
{
    const struct arg *arg = &args->items[0];
    for (size_t i = 1; arg->name && i < args->n; i++)
        arg = &args->items[i];
    if (rule_find(arg->value))
        return true;
    const char *near = nearest_word(arg->value, rule_name_at, NULL);
    return err_at(err, ERR_USAGE, arg->column,
                  near ? "fit: no rule '%s'; did you mean '%s'?"
                       : "fit: no rule '%s'; `rules` lists them", arg->value, near);
}

static bool fit_run(struct session *session, const struct args *args, struct output *out,
                    struct err *err)
{
    if (!check_rule(args, err))
        return false;
    const struct cohort *cohort = session_need_cohort(session, err);
    if (!cohort)
        return false;
    struct args all = args_copy(args);
    settings_seed(session, &all);
    struct fit_settings settings = {0};
    char *name = NULL;
    struct fit *fit = NULL;
    if (take_settings(session, &all, cohort, &settings, err) &&
        session_new_name(session, args_text(&all, fit_table, "name"), settings.rule,
                         column_of(&all, "name"), &name, err))
        fit = fit_start(&settings, cohort, name, &session->wake, err);
    if (fit) {
        struct strbuf words = {0};
        cohort_words(cohort, &words);
        session_add_fit(session, fit);
        output_say(out, "%s trains in the background: %d epochs on %s%s%s", name, settings.epochs,
                   strbuf_text(&words), settings.holdout ? ", without " : "",
                   settings.holdout ? settings.holdout : "");
        output_field_text(out, "model", name);
        output_field_number(out, "epochs", settings.epochs);
        output_field_number(out, "seed", (double)settings.seed);
        strbuf_free(&words);
    }
    free(name);
    fit_settings_free(&settings);
    args_free(&all);
    return fit != NULL;
}

extern const struct command command_fit;
const struct command command_fit = {
    .name = "fit",
    .group = GROUP_FIT,
    .arguments = "RULE [name=value]...",
    .summary = "fit a learning rule to the cohort, in the background",
    .detail = "Maximises the likelihood of the animals' choices under a policy whose weights the "
              "rule changes after every trial, by truncated backpropagation.  The prompt is free "
              "at once; `loss` and `map` show it move.  Another fit can start beside it.  The same "
              "seed gives the same bits on any number of threads.",
    .examples = "fit dnn\n"
                "fit dnn name=small hidden=8 layers=1 epochs=20 seed=1\n"
                "fit dnn epochs=10 holdout=sim001,sim002\n"
                "fit dnn epochs=10 w0=psychometric truncation=100 rate=2^-9\n"
                "fit dnn epochs=10 init=dnn1.npz hidden=8",
    .options = fit_table,
    .positional_type = OPTION_RULE,
    .positional_min = 1,
    .positional_max = 1,
    .run = fit_run,
};
