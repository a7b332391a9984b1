#include "cv_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "fitting.h"

enum { MOST_PARTS = 1000000 };

const struct option_row cv_options[] = {
    {"folds", OPTION_INTEGER, 2, 1000, NULL, "5", "parts that are left out in turn"},
    {"seeds", OPTION_TEXT, 0, 0, NULL, "99,41,42,43",
     "each divides the data anew and begins networks anew"},
    {"by", OPTION_WORD, 0, 0, "animal|session", "animal",
     "what is left out: whole animals, or sessions of each"},
    {"future", OPTION_INTEGER, 1, 1e7, NULL, NULL,
     "fit the first trials of all animals and score so many after those (no folds)"},
    {"animals", OPTION_TEXT, 0, 0, NULL, NULL,
     "fit so many animals, 10,30,100: scores against the size of the data"},
    {"trials", OPTION_TEXT, 0, 0, NULL, NULL, "fit so many trials of each, likewise"},
    {"file", OPTION_FILE, 0, 0, NULL, NULL,
     "JSON lines where each result goes, and is gone on from"},
    {"submit", OPTION_WORD, 0, 0, "slurm|script", NULL,
     "as an array of Slurm's jobs, in FILE.parts; script: only write what `sbatch` takes"},
    {"partition", OPTION_TEXT, 0, 0, NULL, NULL, "of Slurm"},
    {"time", OPTION_TEXT, 0, 0, NULL, NULL, "that a part may take, as Slurm writes it: 2:00:00"},
    {"per", OPTION_INTEGER, 1, 1e6, NULL, "1", "runs of a part"},
    {"shard", OPTION_TEXT, 0, 0, NULL, NULL, "do part i of n, 2/10; `merge` joins the files"},
    {0},
};

/* --- lists of numbers -------------------------------------------------------- */

/* "10,30,100": whole numbers from `least` on, each once.  Caller frees *out. */
static bool take_list(const struct args *args, const char *name, uint64_t least, uint64_t **out,
                      size_t *n, struct err *err)
{
    const char *text = args_text(args, cv_options, name);
    char *copy = text ? mem_text(text) : NULL, *rest = copy, *one;
    bool good = true;
    *out = NULL;
    *n = 0;
    while (good && (one = strsep(&rest, ","))) {
        long long value;
        good = number_parse_integer(one, &value) && value >= (long long)least && value <= SEED_MOST;
        for (size_t i = 0; good && i < *n; i++)
            good = (*out)[i] != (uint64_t)value;
        *out = mem_resize(*out, *n + 1, sizeof **out);
        if (good)
            (*out)[(*n)++] = (uint64_t)value;
    }
    free(copy);
    if (good)
        return true;
    free(*out);
    *out = NULL;
    return err_at(err, ERR_USAGE, args_column(args, name),
                  "cv: %s=%s: this is a list of whole numbers from %llu on, each once, joined by "
                  "commas",
                  name, text, (unsigned long long)least);
}

/* Every number of animals with every number of trials; 0: all. */
static bool take_sizes(const struct args *args, struct cv_plan *plan, struct err *err)
{
    uint64_t *animals, *trials, all = 0;
    size_t n_animals, n_trials;
    if (!take_list(args, "animals", 1, &animals, &n_animals, err))
        return false;
    bool good = take_list(args, "trials", 2, &trials, &n_trials, err);
    size_t na = n_animals ? n_animals : 1, nt = n_trials ? n_trials : 1;
    plan->sizes = mem_new(na * nt, sizeof *plan->sizes);
    for (size_t i = 0; good && i < na; i++)
        for (size_t j = 0; j < nt; j++)
            plan->sizes[plan->n_sizes++] = (struct cv_size){(size_t)(n_animals ? animals : &all)[i],
                                                            (size_t)(n_trials ? trials : &all)[j]};
    free(animals), free(trials);
    return good;
}

/* --- rules ------------------------------------------------------------------- */

/* Options of `fit` that a run sets by itself. */
static const char *const own[] = {"name",    "holdout", "seed",  "init", "group",
                                  "threads", "members", "start", NULL};

/* "dnn lags=2" as the words of a line: the rule first. */
static bool split_words(const struct arg *arg, struct args *out, struct err *err)
{
    struct words words;
    size_t at = 0;
    int line = 1;
    struct err why = {0};
    bool good = line_next(arg->value, &at, &line, &words, &why);
    for (size_t i = 0; good && i < words.n; i++) {
        struct word *w = &words.items[i];
        if (w->equals)
            w->text[w->equals] = '\0';
        args_set(out, w->equals ? w->text : NULL, w->equals ? w->text + w->equals + 1 : w->text, 0);
    }
    words_free(&words);
    if (good && arg->value[at] == '\0' && args_positional(out) == 1 && !out->items[0].name)
        return true;
    return err_at(err, ERR_USAGE, arg->column,
                  "cv: '%s' is not a rule, nor a rule and its options in quotes, as \"dnn lags=2\"",
                  arg->value);
}

static bool check_own(const struct args *args, struct err *err)
{
    for (size_t i = 0; own[i]; i++)
        if (args_given(args, own[i]))
            return err_set(err, ERR_USAGE, "cv: %s= is not the rule's here: cv says it", own[i]);
    return true;
}

static void write_words(const struct args *args, struct strbuf *out)
{
    for (size_t i = 0; i < args->n; i++)
        strbuf_printf(out, "%s%s%s%s", i ? " " : "", args->items[i].name ? args->items[i].name : "",
                      args->items[i].name ? "=" : "", args->items[i].value);
}

static bool read_rule(const struct args *words, const struct cohort *cohort, struct cv_rule *out,
                      struct err *err)
{
    const struct rule *rule = rule_need(args_at(words, 0), 0, "cv", err);
    fit_settings_default(&out->settings);
    out->epochs_asked = args_given(words, "epochs");
    if (rule && rule->no_updates)
        return err_set(err, ERR_FAILED,
                       "cv: %s has no rule, which could tell of trials it was not fitted to",
                       rule->name);
    return rule && check_own(words, err) && args_check(words, fit_options, 1, "cv", err) &&
           rule_check_args(rule, words, "cv", err) &&
           rule_settings(rule, words, fit_options, NULL, "cv", &out->settings, err) &&
           rule_check_settings(words, cohort, &out->settings, "cv", err);
}

/* Errors point at the word; places within it are not told. */
static bool take_rule(const struct session *session, const struct arg *arg,
                      const struct cohort *cohort, struct cv_plan *plan, struct err *err)
{
    struct args words = {0};
    struct strbuf text = {0};
    struct err why = {0};
    struct cv_rule *rule = &plan->rules[plan->n_rules];
    bool good = split_words(arg, &words, &why) && read_rule(&words, cohort, rule, &why);
    write_words(&words, &text);
    for (size_t i = 0; good && i < plan->n_rules; i++)
        if (strcmp(plan->rules[i].words, strbuf_text(&text)) == 0)
            good = err_set(&why, ERR_USAGE, "cv: %s is named twice", plan->rules[i].words);
    rule->words = strbuf_take(&text);
    rule->settings.threads = atoi(session_setting(session, "threads"));
    plan->n_rules++;
    args_free(&words);
    return good || err_at(err, why.code, arg->column, "%s", why.message);
}

static bool take_rules(const struct session *session, const struct args *args,
                       const struct cohort *cohort, struct cv_plan *plan, struct err *err)
{
    bool good = true;
    plan->rules = mem_new(args_positional(args), sizeof *plan->rules);
    for (size_t i = 0; good && i < args->n; i++)
        if (!args->items[i].name)
            good = take_rule(session, &args->items[i], cohort, plan, err);
    return good;
}

/* --- the plan ---------------------------------------------------------------- */

static bool take_by(const struct args *args, struct cv_plan *plan, struct err *err)
{
    bool future = args_given(args, "future");
    bool session = strcmp(args_text(args, cv_options, "by"), "session") == 0;
    const char *other = args_given(args, "folds") ? "folds" : args_given(args, "by") ? "by" : NULL;
    if (future && other)
        return err_at(err, ERR_USAGE, args_column(args, other),
                      "cv: future= leaves out what comes last, so there is no %s=; leave one out",
                      other);
    const char *size = args_given(args, "animals")  ? "animals"
                       : args_given(args, "trials") ? "trials"
                                                    : NULL;
    if (session && size)
        return err_at(err, ERR_USAGE, args_column(args, size),
                      "cv: by=session fits all that it does not score, so there is no %s=", size);
    plan->by = future ? CV_FUTURE : session ? CV_SESSION : CV_ANIMAL;
    plan->folds = future ? 1 : (size_t)args_integer(args, cv_options, "folds");
    plan->future = future ? (size_t)args_integer(args, cv_options, "future") : 0;
    return true;
}

bool cv_plan_ask(const struct session *session, const struct args *args,
                 const struct cohort *cohort, struct cv_plan *out, struct err *err)
{
    struct cv_plan plan = {.cohort = mem_text(cohort->name)};
    struct err why = {0};
    bool good = take_by(args, &plan, err) &&
                take_list(args, "seeds", 0, &plan.seeds, &plan.n_seeds, err) &&
                take_sizes(args, &plan, err) && take_rules(session, args, cohort, &plan, err);
    if (good && !cv_plan_check(&plan, cohort, &why))
        good = err_set(err, why.code, "cv: %s", why.message);
    if (good) {
        plan.digest = cv_plan_digest(&plan, cohort);
        cv_plan_write(&plan);
        *out = plan;
    } else {
        cv_plan_free(&plan);
    }
    return good;
}

bool cv_plan_shard(const struct args *args, size_t *i, size_t *n, struct err *err)
{
    const char *text = args_text(args, cv_options, "shard");
    char *copy = mem_text(text ? text : "1/1"), *of = strchr(copy, '/');
    long long part = 0, parts = 0;
    bool good = of != NULL;
    if (good) {
        *of = '\0';
        good = number_parse_integer(copy, &part) && number_parse_integer(of + 1, &parts) &&
               part >= 1 && part <= parts && parts <= MOST_PARTS;
    }
    free(copy);
    *i = (size_t)part;
    *n = (size_t)parts;
    return good || err_at(err, ERR_USAGE, args_column(args, "shard"),
                          "cv: shard=%s: this is which part of how many, as 2/10", text);
}
