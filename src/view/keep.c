#include "keep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/probe.h"
#include "deltaw/study/psychometric.h"
#include "choose.h"
#include "held.h"

/* The variable that an argument names; NULL: none. */
static const char *variable_of(const struct view_ops *ops, const struct args *args, size_t i)
{
    const struct arg *arg = &args->items[i];
    const struct option_row *row = arg->name ? option_of(ops->options, arg->name) : NULL;
    if (!row)
        return NULL;
    if (row->type == OPTION_WEIGHT || row->type == OPTION_VARIABLE)
        return strcmp(arg->value, "auto") != 0 ? arg->value : NULL;
    return held_is(row) && !isnan(args_number(args, ops->options, arg->name)) ? arg->name : NULL;
}

static bool is_there(const struct model *model, const char *name)
{
    const char *one;
    for (size_t i = 0; (one = probe_variable(&model->settings.policy, i)); i++)
        if (strcmp(one, name) == 0)
            return true;
    return false;
}

bool keep_names_any(const struct view_ops *ops, const struct args *args)
{
    for (size_t i = 0; i < args->n; i++)
        if (variable_of(ops, args, i))
            return true;
    return false;
}

/* past=any asks for nothing. */
static bool asks_past(const struct view_ops *ops, const struct arg *arg)
{
    bool past = arg->name && strcmp(arg->name, "past") == 0;
    bool lags = arg->name && strcmp(arg->name, "lags") == 0;
    return option_find(ops->options, "past") && ((past && strcmp(arg->value, "any") != 0) || lags);
}

const struct arg *keep_asks_past(const struct view_ops *ops, const struct args *args)
{
    for (size_t i = 0; i < args->n; i++)
        if (asks_past(ops, &args->items[i]))
            return &args->items[i];
    return NULL;
}

/* Does the cohort have every animal named?  several: names with commas between. */
static bool all_there(const struct cohort *cohort, const char *words, bool several)
{
    char *copy = mem_text(words), *rest = copy;
    bool there = true;
    for (char *one; there && (one = several ? strsep(&rest, ",") : rest);) {
        there = !*one || choose_animal(cohort, one, NULL) >= 0;
        rest = several ? rest : NULL;
    }
    free(copy);
    return there;
}

/* Does it name an animal that the trials lack?  A tile's row without a fallback
 * asks for nothing. */
static bool is_absent(const struct view_ops *ops, const struct arg *arg,
                      const struct cohort *cohort)
{
    const struct option_row *row = option_find(ops->options, arg->name ? arg->name : "animal");
    bool animals = row && (row->type == OPTION_ANIMAL || row->type == OPTION_ANIMALS);
    return animals && row->fallback && strcmp(arg->value, row->fallback) != 0 &&
           strcmp(arg->value, "all") != 0 &&
           !all_there(cohort, arg->value, arg->name && row->type == OPTION_ANIMALS);
}

static bool is_option(const struct view_ops *ops, const struct arg *arg, const char *name)
{
    return arg->name && strcmp(arg->name, name) == 0 && option_find(ops->options, name);
}

/* Does it ask for a picture that needs the truth? */
static bool asks_truth(const struct view_ops *ops, const struct arg *arg)
{
    enum show show = is_option(ops, arg, "diff") ? choose_show(arg->value) : SHOW_FITTED;
    return show == SHOW_TRUE || show == SHOW_DIFFERENCE;
}

bool keep_asks_truth(const struct view_ops *ops, const struct args *args)
{
    for (size_t i = 0; i < args->n; i++)
        if (asks_truth(ops, &args->items[i]))
            return true;
    return false;
}

/* Does it ask for sessions alone, of which no animal has any? */
static bool is_past_last(const struct view_ops *ops, const struct arg *arg,
                         const struct cohort *cohort)
{
    struct psychometric_group group[PSYCHOMETRIC_GROUPS];
    size_t n = 0, most = 0;
    if (!is_option(ops, arg, "sessions") || !psychometric_groups(arg->value, group, &n, NULL))
        return false;
    for (size_t a = 0; a < cohort->n_animals; a++)
        most = cohort->animals[a].n_sessions > most ? cohort->animals[a].n_sessions : most;
    for (size_t g = 0; g < n; g++)
        if (group[g].kind != GROUP_SESSIONS || group[g].first <= (long)most)
            return false;
    return n > 0;
}

/* Is the argument of no use to the model and the trials?  who NULL: does it name a variable? */
static bool is_idle(const struct view_ops *ops, const struct args *args, size_t i,
                    const struct keep_for *who)
{
    const char *name = variable_of(ops, args, i);
    if (!who)
        return name;
    return (name && who->model && !is_there(who->model, name)) ||
           (who->model && !who->past && asks_past(ops, &args->items[i])) ||
           (who->model && who->cohort && !who->truth && asks_truth(ops, &args->items[i])) ||
           (who->cohort && (is_absent(ops, &args->items[i], who->cohort) ||
                            is_past_last(ops, &args->items[i], who->cohort)));
}

bool keep_goes_with(const struct view_ops *ops, const struct args *args, const struct keep_for *who)
{
    for (size_t i = 0; i < args->n; i++)
        if (is_idle(ops, args, i, who))
            return false;
    return true;
}

/* The option is as if it had never been given; what was said for its axis goes too. */
static void let_go(const struct view_ops *ops, struct args *kept, const struct arg *arg,
                   struct keep_gone *gone)
{
    struct args instead = {0};
    char *name = mem_text(arg->name ? arg->name : "animal");
    enum option_type type = option_of(ops->options, name)->type;
    bool animal = type == OPTION_ANIMAL || type == OPTION_ANIMALS;
    strbuf_printf(&gone->text, "%s%s=%s", gone->text.len ? " " : "", name, arg->value);
    *(animal                            ? &gone->animals
      : asks_past(ops, arg)             ? &gone->past
      : asks_truth(ops, arg)            ? &gone->truth
      : is_option(ops, arg, "sessions") ? &gone->sessions
                                        : &gone->variables) = true;
    args_set(&instead, name, option_of(ops->options, name)->fallback, 0);
    choose_forget(kept, name);
    if (ops->merge)
        ops->merge(kept, &instead);
    args_free(&instead);
    free(name);
}

/* All that they have no use for; who NULL: all that name a variable. */
static void let_all_go(const struct view_ops *ops, struct args *kept, const struct args *fresh,
                       const struct keep_for *who, struct keep_gone *gone)
{
    for (size_t i = 0; i < kept->n;) {
        const char *name = kept->items[i].name;
        bool asked = name ? args_given(fresh, name) : args_positional(fresh) > 0;
        if (asked || !is_idle(ops, kept, i, who)) {
            i++;
        } else {
            let_go(ops, kept, &kept->items[i], gone);
            i = 0; /* others may have gone with it */
        }
    }
}

/* Fresh positional arguments replace all kept ones. */
static struct args laid_over(const struct args *kept, const struct args *fresh)
{
    struct args merged = args_copy(kept);
    if (args_positional(fresh) > 0)
        choose_forget(&merged, NULL);
    for (size_t i = 0; i < fresh->n; i++) {
        const struct arg *arg = &fresh->items[i];
        args_set(&merged, arg->name, arg->value, arg->column);
    }
    return merged;
}

/* Do they go together? */
static bool is_one_request(const struct view_ops *ops, const struct args *args)
{
    void *trial = mem_new(1, ops->state_size);
    bool fit = ops->configure(trial, args, NULL);
    ops->release(trial);
    free(trial);
    return fit;
}

struct args keep_merged(const struct view_ops *ops, const struct args *kept,
                        const struct args *fresh, const struct keep_for *who,
                        struct keep_gone *gone)
{
    struct args left = args_copy(kept);
    if (ops->merge)
        ops->merge(&left, fresh);
    let_all_go(ops, &left, fresh, who, gone);
    struct args merged = laid_over(&left, fresh);
    if (gone->text.len && !is_one_request(ops, &merged)) {
        /* the axis that came instead is one that was held, or the other axis */
        let_all_go(ops, &left, fresh, NULL, gone);
        args_free(&merged);
        merged = laid_over(&left, fresh);
    }
    args_free(&left);
    return merged;
}
