#include "fitting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/base/number.h"

#define FIELDS(...) __VA_ARGS__
const struct option_row fit_options[] = {
    {"name", OPTION_TEXT, 0, 0, NULL, NULL, "name of the model; default: the rule and a number"},
#define SETTING(id, fields, ...) {.name = #id, FIELDS fields},
#include "deltaw/learn/settings.def"
    {"members", OPTION_INTEGER, 2, 100, NULL, NULL,
     "so many fits, each from a seed and to a sample of animals of its own, as one model with "
     "intervals"},
    {"group", OPTION_GROUP, 0, 0, NULL, NULL,
     "told of as one with the other fits of this group, after others in the queue"},
    {0},
};

/* --- what a rule takes -------------------------------------------------------- */

const char *rule_refuses(const struct rule *rule, const char *option)
{
    const struct setting *row = setting_find(option);
    if (strcmp(option, "members") == 0 && !rule->network)
        return "it has intervals of its own";
    return row ? setting_refused(row, rule) : NULL;
}

const char *rule_fallback(const struct rule *rule, const struct option_row *option)
{
    const struct setting *row = setting_find(option->name);
    bool own = row && rule->no_weights && row->without_weights;
    return own ? row->without_weights : option->fallback;
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
        const struct setting *row = arg->name ? setting_find(arg->name) : NULL;
        if (row && !setting_applies(row, rule, arg, verb, err))
            return false;
    }
    return true;
}

/* --- what they set --------------------------------------------------------------- */

int args_column(const struct args *args, const char *name)
{
    for (size_t i = 0; i < args->n; i++)
        if (args->items[i].name && strcmp(args->items[i].name, name) == 0)
            return args->items[i].column > 0 ? args->items[i].column + (int)strlen(name) + 1 : 0;
    return 0;
}

/* What a row is where it is not given: as `from` has it, or its default for the rule. */
static void unasked(const struct setting *row, const struct rule *rule,
                    const struct option_row *option, const struct fit_settings *from,
                    struct strbuf *out)
{
    const char *text = rule_fallback(rule, option ? option : &row->option);
    if (from && !row->unsaved && strcmp(from->rule, rule->name) == 0)
        setting_text(row, from, out);
    else
        strbuf_puts(out, text ? text : "");
}

bool rule_settings(const struct rule *rule, const struct args *args, const struct option_row *table,
                   const struct fit_settings *from, const char *verb, struct fit_settings *s,
                   struct err *err)
{
    const struct setting *row;
    bool good = true;
    snprintf(s->rule, sizeof s->rule, "%s", rule->name);
    for (size_t i = 0; good && (row = setting_at(i)); i++) {
        const char *name = row->option.name;
        const struct option_row *option = option_find(table, name);
        struct strbuf text = {0};
        struct err why = {0};
        if (option && args_given(args, name) && !setting_refused(row, rule))
            strbuf_puts(&text, args_text(args, table, name));
        else
            unasked(row, rule, option, from, &text);
        good = text.len == 0 || setting_set(row, strbuf_text(&text), s, &why) ||
               err_at(err, why.code, args_column(args, name), "%s: %s", verb, why.message);
        strbuf_free(&text);
    }
    return good;
}

size_t rule_parameters(const struct rule *rule, const struct fit_settings *settings,
                       struct tensors *tensors)
{
    struct tensors own = {0};
    rule_layout(rule, &settings->shape, &own);
    if (tensors)
        *tensors = own;
    return settings_fitted(settings, &own);
}

/* Does it describe anything of the fit? */
static bool tells(const struct setting *row, const struct rule *rule, const struct fit_settings *s)
{
    struct strbuf text = {0};
    setting_text(row, s, &text);
    const char *fallback = rule_fallback(rule, &row->option);
    bool plain = strcmp(strbuf_text(&text), fallback ? fallback : "") == 0;
    strbuf_free(&text);
    return !row->unsaved && !setting_refused(row, rule) && !(plain && (row->quiet || !fallback)) &&
           !(row->adam_only && s->optimizer != OPTIMIZER_ADAM) &&
           !(row->store == SETTING_SEED && !row->quiet &&
             !rule->network); /* nothing of it is drawn */
}

void fitting_words(const struct rule *rule, const struct fit_settings *s, struct strbuf *out)
{
    const struct setting *row;
    size_t n = 0;
    for (size_t i = 0; (row = setting_at(i)); i++) {
        if (!tells(row, rule, s))
            continue;
        strbuf_printf(out, "%s%s=", n++ ? " " : "", row->option.name);
        setting_text(row, s, out);
    }
}
