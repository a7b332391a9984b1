/* slice: lines through the map; how a weight changes with the stimulus at a few
 * values of it, after correct choices (solid) and errors (dashed); of one model or several. */
#include "slice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "hold.h"
#include "numbers.h"
#include "source.h"
#include "watch.h"

static const struct option_row slice_options[] = {
    {"of", OPTION_WEIGHT, 0, 0, "auto", "auto",
     "the weight whose change is shown; auto: the first that goes with the stimulus"},
    {"x", OPTION_VARIABLE, 0, 0, "stimulus", "stimulus",
     "what goes along x: stimulus, a weight or another feature of the policy"},
    {"w", OPTION_NUMBERS, 0, 0, "auto", "auto",
     "values of that weight, one pair of lines each, at most 8; auto: three of those visited, "
     "one for past=both"},
    HELD_OPTIONS,
    {"past", OPTION_WORD, 0, 0, CHOOSE_PASTS "|both", "any",
     "whether the trials before were rewarded; both: a line for each"},
    {"lags", OPTION_INTEGER, 1, PAST_MOST_LAGS, NULL, "3",
     "how many trials before; for rules that see them"},
    {"model", OPTION_MODELS, 0, 0, "auto", "auto",
     "whose rules, at most 6 of one policy, each a colour at one w; auto: the model in use"},
    {"diff", OPTION_WORD, 0, 0, "no|true|yes", "no",
     "no: fitted, with the truth in dots; true: the truth alone; yes: fitted minus true"},
    {"interval", OPTION_WORD, 0, 0, "model|robust", "model",
     "intervals of a gp: as its posterior has them, or by how the animals scatter (sandwich)"},
    {"support", OPTION_INTEGER, 0, 1e9, NULL, "1",
     "leave out points of fewer visited trials; 0 draws all"},
    {0},
};

static void slice_merge(struct args *kept, const struct args *fresh)
{
    if (args_given(fresh, "x")) {
        const char *x = args_text(fresh, slice_options, "x");
        choose_forget(kept, x);
        if (strcmp(x, "stimulus") != 0 && strcmp(x, "w_bias") != 0)
            choose_forget(kept, "w");
    }
}

static bool several_fit(size_t n, const struct probe_request *r, struct err *err)
{
    if (n > VIEW_MOST_MODELS)
        return err_set(err, ERR_USAGE, "slice: model= names %zu models; at most %d", n,
                       VIEW_MOST_MODELS);
    if (n > 1 && r->n_w > 1)
        return err_set(err, ERR_USAGE,
                       "slice: several models are shown at one value of the "
                       "weight; choose one, as in w=0, or w=auto");
    return n < 2 || r->past != PAST_BOTH ||
           err_set(err, ERR_USAGE,
                   "slice: several models are shown with one past; choose "
                   "past=any, past=rewarded or past=unrewarded");
}

/* Which models; none stays in names on failure. */
static bool models_take(const struct args *args, const struct probe_request *r,
                        char *names[VIEW_MOST_MODELS], size_t *n, struct err *err)
{
    *n = choose_models(args, slice_options, names);
    bool good = several_fit(*n, r, err);
    for (size_t i = 0; good && i < *n; i++)
        for (size_t k = 0; good && k < i; k++)
            if (strcmp(names[i], names[k]) == 0)
                good = err_set(err, ERR_USAGE, "slice: model= names %s twice", names[i]);
    if (!good)
        choose_models_free(names);
    *n = *n ? *n : 1;
    return good;
}

static bool slice_configure(void *state, const struct args *args, struct err *err)
{
    struct slice_state *s = state;
    struct probe_request r;
    struct frozen held;
    probe_request_default(&r);
    if (!choose_names("slice", args, slice_options, err) ||
        !held_take("slice", args, slice_options, &held, err))
        return false;
    const char *of = choose_text(args, slice_options, "of");
    snprintf(r.of, sizeof r.of, "%s", of ? of : "");
    snprintf(r.x, sizeof r.x, "%s", args_text(args, slice_options, "x"));
    const char *w = choose_text(args, slice_options, "w");
    r.n_w = 0;
    if (w && (r.n_w = numbers_list(w, r.w, SLICE_MOST_W)) == 0) {
        return err_set(err, ERR_USAGE,
                       "slice: w=%s must be auto or up to %d numbers, as in "
                       "w=-1,0,1",
                       w, SLICE_MOST_W);
    }
    if (!isnan(held_value(&held, r.x)) || (strcmp(r.x, "w_stim") == 0 && r.n_w > 0)) {
        return err_set(err, ERR_USAGE, "slice: %s is on the x axis and cannot be fixed as well",
                       r.x);
    }
    r.past = choose_past(args_text(args, slice_options, "past"));
    r.robust = strcmp(args_text(args, slice_options, "interval"), "robust") == 0;
    r.lags = (size_t)args_integer(args, slice_options, "lags");
    char *names[VIEW_MOST_MODELS] = {0};
    size_t n_models;
    if (!models_take(args, &r, names, &n_models, err))
        return false;
    r.middle = n_models > 1;
    s->show = choose_show(args_text(args, slice_options, "diff"));
    choose_models_free(s->model);
    memcpy(s->model, names, sizeof names);
    s->n_models = n_models;
    s->request = r;
    s->fixed = held;
    s->support = (uint32_t)args_integer(args, slice_options, "support");
    for (size_t i = 0; i < n_models; i++) {
        s->part[i].watch.stale = s->part[i].watch.urgent = true;
        s->part[i].watch.held_for = NULL;
    }
    s->hold.of = NULL;
    return true;
}

bool slice_request(const struct slice_state *s, const struct source *source,
                   struct probe_request *r, struct err *err)
{
    *r = s->request;
    return held_put("slice", &s->fixed, source->model, source->cohort, slice_options, &r->fixed,
                    err);
}

static bool one_fits(const struct slice_state *s, const struct scene *scene, const char *name,
                     const struct source *first, struct err *err)
{
    struct probe_request request;
    struct source there;
    if (!view_source_check(scene, name, false, err))
        return false;
    if (!view_source_there(scene, name, &there)) {
        return held_possible("slice", &s->fixed, scene->cohort, slice_options, err) &&
               held_axis_possible("slice", "x", s->request.x, scene->cohort, err);
    }
    return (!first->model || slice_agree(first, &there, err)) &&
           slice_request(s, &there, &request, err) &&
           probe_slice_check(there.model, there.cohort, &request, err) &&
           (s->show == SHOW_FITTED ||
            probe_true_known(there.cohort, &there.model->settings.policy) ||
            choose_no_truth("slice", there.cohort, err));
}

static bool slice_fits(const void *state, const struct scene *scene, struct err *err)
{
    const struct slice_state *s = state;
    struct source first = {0};
    bool fit = true;
    for (size_t i = 0; fit && i < s->n_models; i++) {
        fit = one_fits(s, scene, s->model[i], &first, err);
        if (i == 0 && !view_source_there(scene, s->model[0], &first))
            first = (struct source){0};
    }
    return fit;
}

static bool slice_key(void *state, const char *key, struct strbuf *command)
{
    struct slice_state *s = state;
    const struct slice_part *first = &s->part[0];
    bool up = strcmp(key, "]") == 0;
    enum past past;
    if (choose_past_step(key, s->request.past, s->n_models > 1 ? PAST_BOTH : PAST_BOTH + 1,
                         &past)) {
        strbuf_printf(command, "slice past=%s", choose_past_word(past));
        return true;
    }
    if (strcmp(key, "d") == 0) {
        static const char *const next[] = {"true", "yes", "no"};
        if (first->slice.line[0].cells.truth)
            strbuf_printf(command, "slice diff=%s", next[s->show]);
        return true;
    }
    if (strcmp(key, "m") == 0) {
        strbuf_puts(command, "map");
        return true;
    }
    if (!up && strcmp(key, "[") != 0)
        return false;
    const char *const axes[] = {s->request.x, first->slice.weight, NULL};
    held_step("slice", &s->fixed, &first->watch.source.model->settings.policy, axes, up, command);
    return true;
}

static void slice_release(void *state)
{
    struct slice_state *s = state;
    for (size_t i = 0; i < VIEW_MOST_MODELS; i++) {
        probe_slice_free(&s->part[i].slice);
        watch_release(&s->part[i].watch);
    }
    choose_models_free(s->model);
}

const struct view_ops slice_view = {
    .name = "slice",
    .summary = "lines through the map: change of a weight by stimulus at a few weights",
    .keys = "[ ] weight  { } past  d fitted/true/difference  m map  e export  y copy  z zoom",
    .options = slice_options,
    .state_size = sizeof(struct slice_state),
    .merge = slice_merge,
    .configure = slice_configure,
    .check = slice_fits,
    .update = slice_update,
    .work = &slice_work,
    .title = slice_title,
    .draw = slice_draw,
    .describe = slice_describe,
    .table = slice_table_full,
    .fields = slice_fields,
    .answer = slice_answer,
    .key = slice_key,
    .release = slice_release,
};
