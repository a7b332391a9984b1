#include "plan_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "fitting.h"

enum { MOST_PARTS = 1000000 };

bool plan_words_list(const char *verb, const struct args *args, const struct option_row *table,
                     const char *name, uint64_t least, uint64_t **out, size_t *n, struct err *err)
{
    const char *text = args_text(args, table, name);
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
                  "%s: %s=%s: this is a list of whole numbers from %llu on, each once, joined by "
                  "commas",
                  verb, name, text, (unsigned long long)least);
}

/* Options of `fit` that a run sets by itself. */
static const char *const own[] = {"name",    "holdout", "seed",  "init", "group",
                                  "threads", "members", "start", NULL};

/* "dnn lags=2" as the words of a line: the rule first. */
static bool split_words(const char *verb, const struct arg *arg, struct args *out, struct err *err)
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
                  "%s: '%s' is not a rule, nor a rule and its options in quotes, as \"dnn lags=2\"",
                  verb, arg->value);
}

static bool check_own(const char *verb, const struct args *args, struct err *err)
{
    for (size_t i = 0; own[i]; i++)
        if (args_given(args, own[i]))
            return err_set(err, ERR_USAGE, "%s: %s= is not the rule's here: %s says it", verb,
                           own[i], verb);
    return true;
}

static void write_words(const struct args *args, struct strbuf *out)
{
    for (size_t i = 0; i < args->n; i++)
        strbuf_printf(out, "%s%s%s%s", i ? " " : "", args->items[i].name ? args->items[i].name : "",
                      args->items[i].name ? "=" : "", args->items[i].value);
}

static bool read_rule(const char *verb, const struct args *words, const struct cohort *cohort,
                      struct cv_rule *out, struct err *err)
{
    const struct rule *rule = rule_need(args_at(words, 0), 0, verb, err);
    fit_settings_default(&out->settings);
    out->epochs_asked = args_given(words, "epochs");
    if (rule && rule->no_updates)
        return err_set(err, ERR_FAILED,
                       "%s: %s has no rule, which could tell of trials it was not fitted to", verb,
                       rule->name);
    return rule && check_own(verb, words, err) && args_check(words, fit_options, 1, verb, err) &&
           rule_check_args(rule, words, verb, err) &&
           rule_settings(rule, words, fit_options, NULL, verb, &out->settings, err) &&
           (!cohort || rule_check_settings(words, cohort, &out->settings, verb, err));
}

/* Errors point at the word; places within it are not reported. */
bool plan_words_rule(const struct session *session, const char *verb, const struct arg *arg,
                     const struct cohort *cohort, struct cv_rule *rules, size_t n, struct err *err)
{
    struct args words = {0};
    struct strbuf text = {0};
    struct err why = {0};
    struct cv_rule *rule = &rules[n];
    bool good = split_words(verb, arg, &words, &why) && read_rule(verb, &words, cohort, rule, &why);
    write_words(&words, &text);
    for (size_t i = 0; good && i < n; i++)
        if (strcmp(rules[i].words, strbuf_text(&text)) == 0)
            good = err_set(&why, ERR_USAGE, "%s: %s is named twice", verb, rules[i].words);
    rule->words = strbuf_take(&text);
    rule->settings.threads = session_threads(session);
    args_free(&words);
    return good || err_at(err, why.code, arg->column, "%s", why.message);
}

bool plan_words_shard(const char *verb, const struct args *args, const struct option_row *table,
                      size_t *i, size_t *n, struct err *err)
{
    const char *text = args_text(args, table, "shard");
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
                          "%s: shard=%s: this is which part of how many, as 2/10", verb, text);
}
