/* Which model a view looks at, and over which trials. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/gp.h"
#include "deltaw/study/agent.h"
#include "deltaw/view/view.h"
#include "pace.h"
#include "source.h"
#include "wording.h"

static const char *model_name_at(void *scene, size_t i)
{
    const struct scene *s = scene;
    return i < s->n_models ? s->models[i].model->name : NULL;
}

static bool no_such_model(const struct scene *scene, const char *name, struct err *err)
{
    for (size_t i = 0; i < scene->n_jobs; i++) {
        if (strcmp(scene->jobs[i].name, name) == 0) {
            return err_set(err, ERR_FAILED, "%s is %s and no model yet; `jobs` tells of it", name,
                           fit_state_name(scene->jobs[i].status.state));
        }
    }
    struct scene copy = *scene;
    const char *near = nearest_word(name, model_name_at, &copy);
    if (near)
        return err_set(err, ERR_FAILED, "no model '%s'; did you mean '%s'?", name, near);
    if (strchr(name, ','))
        return err_set(err, ERR_FAILED, "no model '%s'; only `slice model=%s` shows several", name,
                       name);
    return err_set(err, ERR_FAILED, "no model '%s'; `models` lists them", name);
}

const struct scene_model *view_source_pick(const struct scene *scene, const char *name,
                                           struct err *err)
{
    if (scene->n_models == 0) {
        err_set(err, ERR_FAILED,
                scene->cohort ? "no fit yet; start one with `fit gp` or `fit dnn`"
                              : WORDING_NO_TRIALS ", then `fit gp`; " WORDING_HELPERS);
        return NULL;
    }
    if (!name) {
        bool known = scene->current >= 0 && (size_t)scene->current < scene->n_models;
        return &scene->models[known ? (size_t)scene->current : scene->n_models - 1];
    }
    for (size_t i = scene->n_models; i-- > 0;)
        if (strcmp(scene->models[i].model->name, name) == 0)
            return &scene->models[i];
    no_such_model(scene, name, err);
    return NULL;
}

bool view_source_running(const struct scene_model *picked)
{
    return view_source_active(picked->status.state);
}

bool view_source_active(enum fit_state state)
{
    return state == FIT_QUEUED || state == FIT_RUNNING || state == FIT_PAUSED;
}

/* The model's own visited weights, when they belong to these trials. */
static struct visited *own_weights(const struct model *model, const struct cohort *cohort)
{
    struct visited *visited = model->visited;
    bool fits = visited && model_knows(model, cohort) && visited->n_trials == cohort->n_trials &&
                visited->n_weights == model->settings.shape.n_weights;
    return fits ? visited : NULL;
}

/* Is what was computed from `source` still right for this model? */
static bool still_right(const struct source *source, const struct model *model,
                        const struct cohort *cohort, bool live)
{
    if (!source->model || source->cohort != cohort || source->live != live)
        return false;
    return source->model == model ||
           (live && model->visited && source->model->visited == model->visited);
}

/* Takes the new reference before dropping the old: they may be the same. */
static void source_replace(struct source *source, const struct model *model,
                           const struct cohort *cohort, const struct visited *visited)
{
    struct source fresh = {
        .model = model_hold(model),
        .cohort = cohort ? cohort_hold(cohort) : NULL,
        .visited = visited ? visited_hold(visited) : NULL,
        .w = visited ? visited->w : NULL,
        .live = source->live,
        .foreign = source->foreign,
        .replayed = source->replayed,
        .epoch = source->epoch,
        .newest = source->newest,
        .status = source->status,
        .final = source->final,
        .final_visited = source->final_visited,
        .final_w = source->final_w,
    };
    source->final = NULL;
    source->final_visited = NULL;
    view_source_release(source);
    *source = fresh;
}

static void final_release(struct source *source)
{
    model_drop(source->final);
    visited_drop(source->final_visited);
    source->final = NULL;
    source->final_visited = NULL;
    source->final_w = NULL;
}

static void final_take(struct source *source, const struct scene_model *picked,
                       const struct cohort *cohort)
{
    if (source->final && picked->final && strcmp(source->final->name, picked->final->name) == 0)
        return;
    final_release(source);
    if (!picked->final)
        return;
    source->final = model_hold(picked->final);
    struct visited *visited = cohort ? own_weights(source->final, cohort) : NULL;
    source->final_visited = visited ? visited_hold(visited) : NULL;
    source->final_w = visited ? visited->w : NULL;
}

static struct visited *swept(const struct model *model, const struct cohort *cohort)
{
    struct visited *visited = mem_new(1, sizeof *visited);
    *visited = (struct visited){.n_trials = cohort->n_trials,
                                .n_weights = model->settings.shape.n_weights,
                                .references = 1};
    visited->w = mem_new(visited->n_trials * visited->n_weights, sizeof *visited->w);
    model_sweep(model, cohort, visited->w);
    return visited;
}

void view_source_sweep(struct source *source)
{
    if (source->cohort && !source->visited) {
        source->visited = swept(source->model, source->cohort);
        source->w = source->visited->w;
    }
    if (source->cohort && source->final && !source->final_visited) {
        source->final_visited = swept(source->final, source->cohort);
        source->final_w = source->final_visited->w;
    }
}

struct source view_source_copy(const struct source *source)
{
    struct source copy = *source;
    copy.model = model_hold(source->model);
    copy.cohort = source->cohort ? cohort_hold(source->cohort) : NULL;
    copy.visited = source->visited ? visited_hold(source->visited) : NULL;
    copy.final = source->final ? model_hold(source->final) : NULL;
    copy.final_visited = source->final_visited ? visited_hold(source->final_visited) : NULL;
    return copy;
}

void view_source_adopt(struct source *source, struct source *wanted, struct source *done)
{
    bool same = wanted->cohort == done->cohort;
    if (same && !wanted->visited && done->visited && wanted->model == done->model) {
        wanted->visited = visited_hold(done->visited);
        wanted->w = done->w;
    }
    if (same && !wanted->final_visited && done->final_visited && wanted->final == done->final) {
        wanted->final_visited = visited_hold(done->final_visited);
        wanted->final_w = done->final_w;
    }
    view_source_release(source);
    *source = *done;
    memset(done, 0, sizeof *done);
}

/* The trials that a model looks at; NULL: none. */
static const struct cohort *trials_of(const struct scene_model *picked, const struct scene *scene)
{
    const struct cohort *cohort = picked->cohort ? picked->cohort : scene->cohort;
    return cohort && cohort->n_trials > 0 ? cohort : NULL;
}

bool view_source_want(struct source *source, const struct scene *scene, const char *name,
                      bool needs_trials, bool *changed, struct err *err)
{
    *changed = false;
    const struct scene_model *picked = view_source_pick(scene, name, err);
    if (!picked)
        return false;
    const struct model *model = picked->model;
    const struct cohort *cohort = trials_of(picked, scene);
    bool live = picked->replayed ? picked->moving : view_source_running(picked);
    if (cohort && !model_meets(model, cohort, err))
        return false;
    if (!cohort && needs_trials) {
        return err_set(err, ERR_FAILED, "%s has no trials to look at; `load FILE` first",
                       model->name);
    }
    const struct visited *visited = cohort ? own_weights(model, cohort) : NULL;
    if (cohort && !visited && live) {
        return err_set(err, ERR_FAILED, "%s has only begun; its first weights come soon",
                       model->name);
    }
    bool foreign = cohort && cohort != scene->cohort; /* it is in the title */
    *changed = source->foreign != foreign || !still_right(source, model, cohort, live);
    source->status = picked->status;
    source->foreign = foreign;
    source->live = live;
    source->threads = scene->threads;
    source->replayed = picked->replayed;
    source->epoch = picked->epoch;
    source->newest = picked->newest;
    if (*changed)
        source_replace(source, model, cohort, visited);
    final_take(source, picked, cohort);
    return true;
}

bool view_source_there(const struct scene *scene, const char *name, struct source *there)
{
    const struct scene_model *picked = view_source_pick(scene, name, NULL);
    if (!picked)
        return false;
    *there = (struct source){.model = (struct model *)picked->model,
                             .cohort = (struct cohort *)trials_of(picked, scene)};
    return !there->cohort || model_meets(there->model, there->cohort, NULL);
}

static bool goes_beside(const struct scene_model *picked, const struct scene *scene,
                        struct err *err)
{
    if (picked->cohort && picked->cohort != scene->cohort) {
        return err_set(err, ERR_FAILED, "%s was fitted to %s, which is not the cohort loaded now",
                       picked->model->name, picked->cohort->name);
    }
    return !scene->cohort || model_meets(picked->model, scene->cohort, err);
}

bool view_source_check(const struct scene *scene, const char *name, bool beside, struct err *err)
{
    if (!name)
        return true;
    const struct scene_model *picked = view_source_pick(scene, name, err);
    if (!picked || beside)
        return picked && goes_beside(picked, scene, err);
    const struct cohort *cohort = trials_of(picked, scene);
    return !cohort || model_meets(picked->model, cohort, err);
}

enum beside view_source_beside(struct source *source, const struct scene *scene, const char *name,
                               const struct pace *pace, struct err *err)
{
    struct err why = {0};
    bool changed;
    const struct scene_model *picked = view_source_pick(scene, name, &why);
    if (!picked || !goes_beside(picked, scene, &why))
        return name ? err_set(err, why.code, "%s", why.message), BESIDE_REFUSED : BESIDE_NONE;
    if (view_source_running(picked) && pace && !pace_due(pace))
        return BESIDE_SAME;
    if (!view_source_want(source, scene, name, true, &changed, &why))
        return BESIDE_NONE; /* it has only begun */
    return changed || !pace ? BESIDE_CHANGED : BESIDE_SAME;
}

bool view_source_passing(const struct source *source)
{
    return source->live || (source->replayed && source->epoch < source->newest);
}

void view_source_release(struct source *source)
{
    model_drop(source->model);
    cohort_drop(source->cohort);
    visited_drop(source->visited);
    final_release(source);
    memset(source, 0, sizeof *source);
}

void view_source_title(const struct source *source, struct strbuf *out)
{
    if (source->model) {
        strbuf_printf(out, " · %s", source->model->name);
        if (agent_stands_still(source->model))
            strbuf_puts(out, " (does not learn)");
        if (model_on_plateau(source->model))
            strbuf_puts(out, " (on the plateau)");
        if (source->foreign)
            strbuf_printf(out, " on %s", source->cohort->name);
    }
}

void view_source_words(const struct source *source, struct strbuf *out)
{
    const struct fit_status *status = &source->status;
    strbuf_puts(out, source->model->name);
    if (source->replayed) {
        strbuf_printf(out, " at %s %d of %d", source->model->rule->network ? "epoch" : "evaluation",
                      source->epoch, source->newest);
        if (source->model->rule->posterior && !source->model->gp)
            strbuf_puts(out, " (the mode of that step; intervals are of the end)");
    } else if (source->model->ensemble) {
        strbuf_printf(out, " (mean of %zu models)", source->model->ensemble->n);
    } else if (!source->model->rule->network && status->state == FIT_RUNNING) {
        strbuf_printf(out, " after %d evaluation%s", status->epoch, status->epoch == 1 ? "" : "s");
    } else if (!source->model->rule->network && status->state != FIT_OPENED) {
        strbuf_puts(out, source->model->rule->posterior    ? " (posterior mean)"
                         : source->model->rule->no_updates ? " (posterior mode)"
                                                           : " (maximum likelihood)");
    } else if (status->state != FIT_OPENED) {
        if (status->epoch < status->epochs)
            strbuf_printf(out, " after %d of %d epochs", status->epoch, status->epochs);
        else
            strbuf_printf(out, " after %d epochs", status->epoch);
    }
    if (source->foreign)
        strbuf_printf(out, " on %s", source->cohort->name);
    if (agent_stands_still(source->model))
        strbuf_puts(out, ", which does not learn (its updates are the way to weights that never "
                         "change)");
    if (model_on_plateau(source->model))
        strbuf_puts(out, ", still on the plateau (it does worse than reinforce-base on the trials "
                         "of its fit, so its updates are not to be trusted)");
}

void view_source_truth_words(const struct source *source, struct strbuf *out)
{
    strbuf_printf(out, "the rule that made %s", source->cohort->name);
}

const struct answer_row view_source_answer[] = {
    {"model", .type = ANSWER_TEXT},
    {"state", .type = ANSWER_TEXT},
    {"epoch", ANSWER_COUNT, .meaning = "that is shown; of textbook rules an evaluation"},
    {"epochs", ANSWER_COUNT, .meaning = "asked for, or in a replay the newest"},
    {"cohort", ANSWER_TEXT, .meaning = "whose trials it is shown on"},
    {0},
};

double view_source_epoch(const struct source *source)
{
    bool opened = source->status.state == FIT_OPENED && !source->replayed;
    return !source->model || opened ? NAN : source->replayed ? source->epoch : source->status.epoch;
}

void view_source_fields(const struct source *source, struct strbuf *object)
{
    const struct fit_status *s = &source->status;
    bool there = source->model, opened = s->state == FIT_OPENED && !source->replayed;
    answer_text(object, "model", there ? source->model->name : NULL);
    answer_text(object, "state", there ? fit_state_name(s->state) : NULL);
    answer_number(object, "epoch", view_source_epoch(source));
    answer_number(object, "epochs",
                  source->replayed                                   ? source->newest
                  : there && !opened && source->model->rule->network ? s->epochs
                                                                     : NAN);
    answer_text(object, "cohort", source->cohort ? source->cohort->name : NULL);
}

void view_source_truth_fields(const struct source *source, struct strbuf *object)
{
    const struct source truth = {.cohort = source->cohort};
    view_source_fields(&truth, object);
}

void view_source_doubt(const struct source *source, struct strbuf *out)
{
    const struct gp *gp = source->model->gp;
    if (gp && gp_animals_differ(gp))
        strbuf_puts(out, "; animals differ or weights are noisy: too narrow");
    if (gp && gp->log_bayes_missing > GP_CLEAR)
        strbuf_puts(out, "; memory is missing: a trial's total later effect");
}
