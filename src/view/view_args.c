/* The arguments of a view: new ones over those kept, as its model has what they name. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "keep.h"
#include "source.h"
#include "view_state.h"

void view_drop_name(char *message, const char *name)
{
    static const char *const after[] = {": ", " has "}; /* "map has no option 'q'" */
    size_t n = strlen(name);
    bool named = strncmp(message, name, n) == 0;
    for (size_t i = 0; named && i < sizeof after / sizeof *after; i++) {
        const char *rest = message + n + strlen(after[i]);
        if (strncmp(message + n, after[i], strlen(after[i])) == 0) {
            memmove(message, rest, strlen(rest) + 1);
            return;
        }
    }
}

/* Would all of it be taken?  Tried on a state of its own; scene NULL: any scene. */
static bool args_fit(const struct view_ops *ops, const struct args *args, const struct scene *scene,
                     struct err *err)
{
    void *trial = mem_new(1, ops->state_size);
    struct err why = {0};
    bool fit = ops->configure(trial, args, err);
    if (fit && scene && ops->check && !ops->check(trial, scene, &why)) {
        view_drop_name(why.message, ops->name);
        fit = err_at(err, why.code, why.column, "%s: %s", ops->name, why.message);
    }
    ops->release(trial);
    free(trial);
    return fit;
}

/* Takes the arguments over; they fit. */
static bool args_put(struct view *view, struct args *args, struct err *err)
{
    if (!view->ops->configure(view->state, args, err)) {
        args_free(args);
        return false;
    }
    args_free(&view->args);
    view->args = *args;
    choose_models_free(view->model);
    choose_models(args, view->ops->options, view->model);
    return true;
}

/* The model that it shows, the first of several, with these arguments over its own. */
static struct keep_for model_for(const struct view *view, const struct args *fresh,
                                 const struct scene *scene)
{
    const struct option_row *options = view->ops->options;
    struct source there;
    if (!scene || !option_find(options, "model"))
        return (struct keep_for){0};
    char *names[VIEW_MOST_MODELS] = {0};
    choose_models(args_given(fresh, "model") ? fresh : &view->args, options, names);
    const struct scene_model *picked = view_source_pick(scene, names[0], NULL);
    bool asked = keep_asks_past(view->ops, fresh) || keep_asks_past(view->ops, &view->args);
    bool past = false;
    for (size_t i = 0; asked && i < VIEW_MOST_MODELS && (i == 0 || names[i]); i++)
        past = past || (view_source_there(scene, names[i], &there) &&
                        probe_past_counts(there.model, there.cohort));
    bool own = !view->ops->loaded && view_source_there(scene, names[0], &there);
    const struct cohort *cohort = own ? there.cohort : scene->cohort;
    bool truth = (keep_asks_truth(view->ops, fresh) || keep_asks_truth(view->ops, &view->args)) &&
                 picked && probe_true_known(cohort, &picked->model->settings.policy);
    choose_models_free(names);
    return (struct keep_for){picked ? picked->model : NULL, cohort, past, truth};
}

/* Can it be told whether they have what the arguments name? */
static bool can_tell(const struct view *view, const struct keep_for *who)
{
    return who->model || (who->cohort && !keep_names_any(view->ops, &view->args));
}

__attribute__((format(printf, 3, 4))) static void add_reason(struct strbuf *out, bool *more,
                                                             const char *format, ...)
{
    va_list list;
    va_start(list, format);
    strbuf_puts(out, *more ? ", and " : "");
    strbuf_vprintf(out, format, list);
    va_end(list);
    *more = true;
}

/* Kept for view_let_go. */
static void note_gone(struct view *view, const struct keep_for *who, const struct keep_gone *gone)
{
    struct strbuf *out = &view->gone;
    const char *cohort = who->cohort ? who->cohort->name : "";
    bool more = false;
    if (gone->text.len == 0)
        return;
    strbuf_printf(out, "%slet go of %s, as ", out->len ? "; " : "", strbuf_text(&gone->text));
    if (gone->animals)
        add_reason(out, &more, "%s has no such animal", cohort);
    if (gone->sessions)
        add_reason(out, &more, "no animal of %s has so many", cohort);
    if (gone->truth)
        add_reason(out, &more, "the true rule behind %s is %s", cohort,
                   choose_truth_is(who->cohort));
    if (gone->variables)
        add_reason(out, &more, "%s's policy is %s", who->model->name,
                   who->model->settings.policy.text);
    if (gone->past && gone->variables)
        strbuf_puts(out, " and it sees no trials before");
    else if (gone->past)
        add_reason(out, &more, "%s sees no trials before", who->model->name);
}

/* What asks for trials before is refused where they do not count. */
static bool past_counts(const struct view *view, const struct args *args,
                        const struct keep_for *who, struct err *err)
{
    const struct arg *asks = who->model && !who->past ? keep_asks_past(view->ops, args) : NULL;
    return !asks ||
           err_at(err, ERR_USAGE, asks->column,
                  "%s: %s=%s: %s (rule %s) sees no trials before the one it learns from; rnn, "
                  "trace and dnn with lags= do",
                  view->ops->name, asks->name, asks->value, who->model->name,
                  who->model->rule->name);
}

bool view_request(struct view *view, const struct args *args, const struct scene *scene,
                  struct err *err)
{
    const struct view_ops *ops = view->ops;
    const struct args none = {0};
    args = args ? args : &none;
    if (!args_check(args, ops->options, ops->positional, ops->name, err))
        return false;
    struct keep_for who = model_for(view, args, scene);
    struct keep_gone gone = {0};
    struct args merged = keep_merged(ops, &view->args, args, &who, &gone);
    bool good = past_counts(view, &merged, &who, err) && args_fit(ops, &merged, scene, err);
    if (good)
        good = args_put(view, &merged, err);
    else
        args_free(&merged);
    if (good) {
        note_gone(view, &who, &gone);
        view->met = can_tell(view, &who) ? keep_goes_with(ops, &view->args, &who)
                                         : view->met && !keep_names_any(ops, args);
    }
    strbuf_free(&gone.text);
    return good;
}

void view_meet(struct view *view, const struct scene *scene)
{
    const struct args none = {0};
    struct keep_for who = model_for(view, &none, scene);
    struct keep_gone gone = {0};
    if (!can_tell(view, &who))
        return;
    if (view->met && !keep_goes_with(view->ops, &view->args, &who)) {
        struct args left = keep_merged(view->ops, &view->args, &none, &who, &gone);
        if (args_put(view, &left, NULL))
            note_gone(view, &who, &gone);
        strbuf_free(&gone.text);
    }
    view->met = keep_goes_with(view->ops, &view->args, &who);
}

bool view_let_go(struct view *view, struct strbuf *out)
{
    bool any = view->gone.len > 0;
    strbuf_puts(out, strbuf_text(&view->gone));
    strbuf_reset(&view->gone);
    return any;
}

bool view_configure(struct view *view, const struct args *args, struct err *err)
{
    return view_request(view, args, NULL, err);
}

const struct args *view_args(const struct view *view)
{
    return &view->args;
}

void view_restore(struct view *view, const struct args *args)
{
    struct args copy = args_copy(args);
    strbuf_reset(&view->gone);
    args_put(view, &copy, NULL);
}

/* The names of a list but one; true: it was among them.  others: empty at first. */
static bool without_name(const char *list, const char *name, struct strbuf *others)
{
    char *copy = mem_text(list), *rest = copy;
    bool found = false;
    for (char *one; (one = strsep(&rest, ","));) {
        bool same = strcmp(one, name) == 0;
        found = found || same;
        if (!same)
            strbuf_printf(others, "%s%s", others->len ? "," : "", one);
    }
    free(copy);
    return found;
}

bool view_forget(struct view *view, const char *model)
{
    struct args left = args_copy(&view->args);
    bool any = false;
    for (size_t i = 0; i < view->args.n; i++) {
        const struct arg *arg = &view->args.items[i];
        const struct option_row *row =
            arg->name ? option_find(view->ops->options, arg->name) : NULL;
        struct strbuf others = {0};
        if (row && (row->type == OPTION_MODEL || row->type == OPTION_MODELS) &&
            without_name(arg->value, model, &others)) {
            choose_forget(&left, row->name);
            if (others.len)
                args_set(&left, row->name, strbuf_text(&others), 0);
            any = true;
        }
        strbuf_free(&others);
    }
    if (any)
        return args_put(view, &left, NULL);
    args_free(&left);
    return false;
}
