#include "choose.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/utf8.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"

void choose_forget(struct args *args, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < args->n; i++) {
        struct arg *arg = &args->items[i];
        bool same = name ? arg->name && strcmp(arg->name, name) == 0 : !arg->name;
        if (same) {
            free(arg->name);
            free(arg->value);
        } else {
            args->items[kept++] = *arg;
        }
    }
    args->n = kept;
}

const char *choose_text(const struct args *args, const struct option_row *table, const char *name)
{
    const char *text = args_text(args, table, name);
    return text && strcmp(text, "auto") != 0 ? text : NULL;
}

size_t choose_models(const struct args *args, const struct option_row *table,
                     char *names[VIEW_MOST_MODELS])
{
    const char *text = option_find(table, "model") ? choose_text(args, table, "model") : NULL;
    size_t n = 0;
    for (size_t length; text && *text; text += length + (text[length] == ',')) {
        length = strcspn(text, ",");
        if (n < VIEW_MOST_MODELS)
            names[n] = mem_text_n(text, length);
        n++;
    }
    return n;
}

void choose_models_free(char *names[VIEW_MOST_MODELS])
{
    for (size_t i = 0; i < VIEW_MOST_MODELS; i++) {
        free(names[i]);
        names[i] = NULL;
    }
}

static const char *animal_name_at(void *cohort, size_t i)
{
    const struct cohort *c = cohort;
    return i < c->n_animals ? c->animals[i].name : NULL;
}

long choose_animal(const struct cohort *cohort, const char *asked, struct err *err)
{
    long found = cohort_animal(cohort, asked);
    long long number;
    if (found >= 0)
        return found;
    if (number_parse_integer(asked, &number) && number >= 1 && (size_t)number <= cohort->n_animals)
        return (long)number - 1;
    struct cohort *listed = cohort_hold(cohort);
    const char *near = nearest_word(asked, animal_name_at, listed);
    if (near) {
        err_set(err, ERR_FAILED, "no animal '%s' in %s; did you mean '%s'?", asked, cohort->name,
                near);
    } else {
        err_set(err, ERR_FAILED, "no animal '%s' in %s, which has %zu; `animals` lists them", asked,
                cohort->name, cohort->n_animals);
    }
    cohort_drop(listed);
    return -1;
}

bool choose_key(const char *view, const char *key, struct strbuf *command)
{
    if (strcmp(key, "z") == 0) {
        strbuf_printf(command, "zoom %s", view);
        return true;
    }
    if (strcmp(key, "y") == 0) {
        strbuf_printf(command, "copy %s", view);
        return true;
    }
    if (strcmp(key, "e") == 0) {
        char stamp[40];
        time_t now = time(NULL);
        struct tm local;
        if (!localtime_r(&now, &local) ||
            strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &local) == 0)
            strcpy(stamp, "now");
        strbuf_printf(command, "export %s %s-%s.csv", view, view, stamp);
        return true;
    }
    return false;
}

enum show choose_show(const char *word)
{
    return strcmp(word, "no") == 0     ? SHOW_FITTED
           : strcmp(word, "true") == 0 ? SHOW_TRUE
           : strcmp(word, "bias") == 0 ? SHOW_BIAS
                                       : SHOW_DIFFERENCE;
}

const char *choose_truth_is(const struct cohort *cohort)
{
    return cohort && cohort->truth ? "of another policy" : "not known";
}

bool choose_no_truth(const char *view, const struct cohort *cohort, struct err *err)
{
    return err_set(err, ERR_FAILED,
                   "the true rule behind %s is %s; `%s diff=no` shows the fitted one",
                   cohort ? cohort->name : "it", choose_truth_is(cohort), view);
}

bool choose_names(const char *view, const struct args *args, const struct option_row *table,
                  struct err *err)
{
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        const struct option_row *row = arg->name ? option_find(table, arg->name) : NULL;
        bool weight = row && row->type == OPTION_WEIGHT && strcmp(arg->value, "auto") != 0;
        if (weight && strncmp(arg->value, "w_", 2) != 0) {
            return err_at(err, ERR_USAGE, arg->column,
                          "%s: %s=%s is not a weight; it takes a weight, as w_stim", view,
                          arg->name, arg->value);
        }
        if ((weight || (row && row->type == OPTION_VARIABLE)) && strlen(arg->value) >= PROBE_NAME) {
            return err_at(err, ERR_USAGE, arg->column, "%s: %s=%s: there are no such long names",
                          view, arg->name, arg->value);
        }
    }
    return true;
}

static const char *const past_words[] = {"any", "rewarded", "unrewarded", "both"};
enum { PASTS = sizeof past_words / sizeof past_words[0] };

const char *choose_past_word(enum past past)
{
    return past_words[past];
}

const char *choose_show_word(enum show show)
{
    static const char *const words[] = {"fitted", "true", "difference", "bias"};
    return words[show];
}

enum past choose_past(const char *word)
{
    for (size_t i = 0; i < PASTS; i++)
        if (strcmp(word, past_words[i]) == 0)
            return (enum past)i;
    return PAST_ANY;
}

bool choose_past_step(const char *key, enum past now, unsigned n, enum past *next)
{
    bool on = strcmp(key, "}") == 0;
    if (!on && strcmp(key, "{") != 0)
        return false;
    *next = (enum past)(((unsigned)now + (on ? 1 : n - 1)) % n);
    return true;
}
