#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/ensemble.h"
#include "../state.h"

/* The models that are named; how many. */
static size_t named(const struct session *session, const struct args *args, const char **name,
                    int *column, struct model **members, struct err *err)
{
    size_t n = 0;
    bool as = false;
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        bool last = i + 2 == args->n;
        if (!as && last && strcmp(arg->value, "as") == 0) {
            as = true;
            continue;
        }
        if (as) {
            *name = arg->value;
            *column = arg->column;
            continue;
        }
        members[n] = session_need_model(session, arg->value, arg->column, err);
        if (!members[n])
            break;
        n++;
    }
    return n;
}

static void say(const struct model *model, const struct ensemble *e, struct output *out)
{
    struct strbuf list = {0};
    for (size_t i = 0; i < e->n; i++)
        strbuf_printf(&list, "%s%s", i ? ", " : "", e->member[i]->name);
    output_say(out, "%s is the mean of %zu models: %s", model->name, e->n, strbuf_text(&list));
    output_say(out, e->kind == INTERVAL_BOOTSTRAP
                        ? "each was fitted to a sample of animals of its own: maps have intervals"
                        : "they were not fitted to samples of animals: how far they lie apart is a "
                          "spread, no interval");
    const char **names = mem_new(e->n, sizeof *names);
    for (size_t i = 0; i < e->n; i++)
        names[i] = e->member[i]->name;
    output_field_text(out, "model", model->name);
    answer_texts(&out->object, "members", e->n, names);
    free(names);
    output_field_text(out, "interval", interval_word(e->kind));
    strbuf_free(&list);
}

static bool make(struct session *session, size_t n, struct model *const *members, const char *asked,
                 int column, struct output *out, struct err *err)
{
    char *name;
    struct err why = {0};
    if (!session_new_name(session, asked, "ensemble", column, &name, err))
        return false;
    struct model *model = ensemble_new(name, n, members, &why);
    free(name);
    if (!model)
        return err_set(err, why.code, "ensemble: %s", why.message);
    const struct cohort *cohort = session_cohort(session);
    for (size_t i = 0; i < session->n_fits; i++) {
        struct model *own = fit_model(session->fits[i].fit);
        if (own == members[0] && fit_cohort(session->fits[i].fit))
            cohort = fit_cohort(session->fits[i].fit);
        model_drop(own);
    }
    model_hold(model);
    struct fit *fit = fit_ensemble(model, cohort, session->jobs, err);
    if (fit) {
        session_add_fit(session, fit);
        say(model, model->ensemble, out);
    }
    model_drop(model);
    return fit;
}

static bool ensemble_run(struct session *session, const struct args *args, struct output *out,
                         struct err *err)
{
    struct model **members = mem_new(args->n, sizeof(struct model *));
    const char *name = NULL;
    int column = 0;
    struct err why = {0};
    size_t n = named(session, args, &name, &column, members, &why);
    bool good = why.code ? (*err = why, false) : make(session, n, members, name, column, out, err);
    for (size_t i = 0; i < n; i++)
        model_drop(members[i]);
    free(members);
    return good;
}

static const struct answer_row ensemble_answer[] = {
    {"model", .type = ANSWER_TEXT},
    {"members", .type = ANSWER_TEXTS},
    {"interval", ANSWER_TEXT, .meaning = "where the intervals of its maps are from"},
    {0},
};

const struct command command_ensemble = {
    .name = "ensemble",
    .group = GROUP_FIT,
    .arguments = "MODEL MODEL... [as NAME]",
    .summary = "several models as one: the mean of what they say",
    .detail =
        "P(right) is the mean over members, each with weights of its own, for score, compare, "
        "accuracy and psychometric; maps, slices and export updates show the mean of "
        "their updates.  Members were fitted to the same trials with the same policy and "
        "held-out animals; their rules may differ.  The ensemble stays as it is when "
        "they are forgotten, and is saved as one file.  Of members that differ in their "
        "seeds alone maps tell where they agree on the sign: a spread, which says nothing "
        "of how far all of them may be from the truth.  Intervals are of members that "
        "were fitted to samples of animals as well: fit members=8.",
    .examples = "fit dnn epochs=5 name=a; fit dnn epochs=6 name=b; wait; ensemble a b as both",
    .positional_type = OPTION_MODEL,
    .positional_min = 2,
    .positional_max = 102,
    .following_type = OPTION_MODEL,
    .answer = ensemble_answer,
    .trial_bytes = 120,
    .run = ensemble_run,
};
