#include "keep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/probe.h"
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

bool keep_goes_with(const struct view_ops *ops, const struct args *args, const struct model *model)
{
    for (size_t i = 0; i < args->n; i++) {
        const char *name = variable_of(ops, args, i);
        if (name && !is_there(model, name))
            return false;
    }
    return true;
}

/* The option is as if it had never been given; what was said for its axis goes too. */
static void let_go(const struct view_ops *ops, struct args *kept, const struct arg *arg,
                   struct strbuf *gone)
{
    struct args instead = {0};
    char *name = mem_text(arg->name);
    strbuf_printf(gone, "%s%s=%s", gone->len ? " " : "", name, arg->value);
    args_set(&instead, name, option_of(ops->options, name)->fallback, 0);
    choose_forget(kept, name);
    if (ops->merge)
        ops->merge(kept, &instead);
    args_free(&instead);
    free(name);
}

/* All that the model lacks; NULL: all that name a variable. */
static void let_all_go(const struct view_ops *ops, struct args *kept, const struct args *fresh,
                       const struct model *model, struct strbuf *gone)
{
    for (size_t i = 0; i < kept->n;) {
        const char *name = variable_of(ops, kept, i);
        bool stays =
            !name || args_given(fresh, kept->items[i].name) || (model && is_there(model, name));
        if (stays) {
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
                        const struct args *fresh, const struct model *model, struct strbuf *gone)
{
    struct args left = args_copy(kept);
    if (ops->merge)
        ops->merge(&left, fresh);
    if (model)
        let_all_go(ops, &left, fresh, model, gone);
    struct args merged = laid_over(&left, fresh);
    if (gone->len && !is_one_request(ops, &merged)) {
        /* the axis that came instead is one that was held, or the other axis */
        let_all_go(ops, &left, fresh, NULL, gone);
        args_free(&merged);
        merged = laid_over(&left, fresh);
    }
    args_free(&left);
    return merged;
}
