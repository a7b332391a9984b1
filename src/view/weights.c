/* weights: an animal's weights over its trials under the model, and the true
 * ones where they are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/view/view.h"
#include "deltaw/study/reference.h"
#include "choose.h"
#include "hold.h"
#include "source.h"
#include "watch.h"
#include "weights.h"

static const struct option_row weights_options[] = {
    {"animal", OPTION_ANIMAL, 0, 0, "auto", "auto",
     "name or number; auto: the first held-out animal, else the first"},
    {"model", OPTION_MODEL, 0, 0, "auto", "auto", "whose weights; auto: the model in use"},
    {"reference", OPTION_MODEL, 0, 0, "auto|none", "auto",
     "a randomwalk whose 90 % band to draw under a rule's path; auto: the newest of these trials"},
    {0},
};

static void weights_merge(struct args *kept, const struct args *fresh)
{
    if (args_positional(fresh) > 0)
        choose_forget(kept, "animal");
    if (args_given(fresh, "animal"))
        choose_forget(kept, NULL);
}

static bool weights_configure(void *state, const struct args *args, struct err *err)
{
    struct weights_state *s = state;
    const char *named = choose_text(args, weights_options, "animal");
    const char *placed = args_at(args, 0);
    if (named && placed) {
        return err_set(err, ERR_USAGE, "weights: animal given twice, '%s' and '%s'; give one",
                       placed, named);
    }
    const char *asked = named ? named : placed;
    const char *model = choose_text(args, weights_options, "model");
    free(s->asked);
    const char *reference = args_text(args, weights_options, "reference");
    free(s->model), free(s->reference);
    s->reference = mem_text(reference);
    s->asked = asked ? mem_text(asked) : NULL;
    s->model = model ? mem_text(model) : NULL;
    return true;
}

static bool reference_check(const struct scene *scene, const char *name, struct err *err)
{
    if (!name || strcmp(name, "auto") == 0 || strcmp(name, "none") == 0)
        return true;
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct model *model = scene->models[i].model;
        if (strcmp(name, model->name) == 0)
            return model->randomwalk ||
                   err_set(err, ERR_USAGE,
                           "weights: reference=%s is no randomwalk; name a model of "
                           "`fit randomwalk`",
                           name);
    }
    return err_set(err, ERR_USAGE, "weights: reference=%s: no such model; `models` lists them",
                   name);
}

static bool weights_check(const void *state, const struct scene *scene, struct err *err)
{
    const struct weights_state *s = state;
    if (!view_source_check(scene, s->model, false, err) ||
        !reference_check(scene, s->reference, err))
        return false;
    struct source there;
    return !s->asked || !view_source_there(scene, s->model, &there) || !there.cohort ||
           choose_animal(there.cohort, s->asked, err) >= 0;
}

static bool is_held_out(const struct model *model, const char *animal)
{
    for (size_t i = 0; i < model->n_animals; i++)
        if (strcmp(model->animals[i], animal) == 0)
            return model->held_out && model->held_out[i];
    return false;
}

static long shown_animal(const struct source *source, const char *asked, struct err *err)
{
    const struct cohort *cohort = source->cohort;
    if (asked)
        return choose_animal(cohort, asked, err);
    for (size_t i = 0; i < cohort->n_animals; i++)
        if (is_held_out(source->model, cohort->animals[i].name))
            return (long)i;
    return 0;
}

static void hold_path(struct weights_state *s, const struct trajectory *path)
{
    for (size_t i = 0; i < path->n * path->n_weights; i++) {
        hold_value(&s->hold, path->w[i]);
        hold_value(&s->hold, path->truth ? path->truth[i] : NAN);
    }
}

/* The newest random walk of the trials that the model was fitted to, or the one asked for;
 * NULL: none. */
static const struct model *find_walk(const struct weights_state *s, const struct scene *scene)
{
    const struct model *model = s->watch.wanted.model;
    bool any = !s->reference || strcmp(s->reference, "auto") == 0;
    for (size_t i = scene->n_models; i-- > 0;) {
        const struct model *walk = scene->models[i].model;
        if ((any || strcmp(s->reference, walk->name) == 0) && reference_for(walk, model) &&
            s->watch.wanted.cohort->digest == walk->cohort_digest)
            return walk;
    }
    return NULL;
}

enum { BAND_POINTS = 300 }; /* trials with an interval */

struct weights_job {
    struct view_job head;
    struct model *walk;
    size_t animal;
    struct trajectory path, newest; /* newest: in a replay */
};

static const struct view_work weights_work;

static bool weights_update(void *state, const struct scene *scene, bool pending,
                           struct view_job **job, struct err *err)
{
    struct weights_state *s = state;
    const struct cohort *cohort;
    if (!watch_update(&s->watch, scene, s->model, true, err))
        return false;
    cohort = s->watch.wanted.cohort;
    const struct model *walk = scene ? find_walk(s, scene) : s->wanted_walk;
    if (walk != s->wanted_walk)
        s->watch.stale = true;
    long animal = shown_animal(&s->watch.wanted, s->asked, err);
    if (animal < 0)
        return false;
    if (cohort->animals[animal].count == 0)
        return err_set(err, ERR_FAILED, "%s has no trials", cohort->animals[animal].name);
    if (animal != s->wanted_animal)
        s->watch.stale = s->watch.urgent = true;
    if (watch_due(&s->watch, pending)) {
        *job = watch_job(&s->watch, &weights_work);
        ((struct weights_job *)*job)->animal = (size_t)animal;
        ((struct weights_job *)*job)->walk = walk ? model_hold(walk) : NULL;
        s->wanted_animal = animal;
        s->wanted_walk = walk;
    }
    return true;
}

static bool weights_compute(struct view_job *head, const atomic_bool *stop, struct err *err)
{
    struct weights_job *job = (struct weights_job *)head;
    const struct source *source = &head->source;
    (void)err;
    trajectory_compute(source->model, source->cohort, job->animal, source->w, &job->path);
    if (!source->live && !atomic_load(stop))
        trajectory_band(job->walk ? job->walk : source->model, source->cohort, job->animal,
                        BAND_POINTS, &job->path);
    if (source->final) {
        trajectory_compute(source->final, source->cohort, job->animal, source->final_w,
                           &job->newest);
    }
    return true;
}

static void weights_job_release(struct view_job *head)
{
    struct weights_job *job = (struct weights_job *)head;
    trajectory_free(&job->path);
    trajectory_free(&job->newest);
    model_drop(job->walk);
}

/* In a replay the axis has room for the newest weights and stays. */
static void hold_newest(struct weights_state *s, const struct trajectory *newest)
{
    if (s->hold.of != s->watch.source.final || s->hold_animal != s->animal) {
        s->hold = (struct hold){.of = s->watch.source.final, .lo = INFINITY, .hi = -INFINITY};
        s->hold_animal = s->animal;
        hold_path(s, newest);
    }
}

static bool weights_adopt(void *state, struct view_job *head, struct err *err)
{
    struct weights_state *s = state;
    struct weights_job *job = (struct weights_job *)head;
    const struct source *source = &s->watch.source;
    (void)err;
    trajectory_free(&s->path);
    s->path = job->path;
    job->path = (struct trajectory){0};
    s->animal = (long)job->animal;
    model_drop(s->walk);
    s->walk = job->walk;
    job->walk = NULL;
    watch_adopt(&s->watch, head);
    hold_newest(s, &job->newest);
    const struct animal *who = &source->cohort->animals[s->animal];
    if (s->walk && source->w)
        reference_inside(s->walk, who->first, who->count, source->w, s->inside);
    s->held_out = is_held_out(source->model, source->cohort->animals[s->animal].name);
    return true;
}

static const struct view_work weights_work = {
    .size = sizeof(struct weights_job),
    .compute = weights_compute,
    .adopt = weights_adopt,
    .release = weights_job_release,
};

static void weights_table(const void *state, struct table *out)
{
    const struct weights_state *s = state;
    if (s->watch.source.model && s->path.n > 0) {
        trajectory_table(s->watch.source.model, s->watch.source.cohort, s->asked ? s->animal : -1,
                         s->watch.source.w, out);
    }
}

static bool weights_key(void *state, const char *key, struct strbuf *command)
{
    struct weights_state *s = state;
    bool back = strcmp(key, "[") == 0 || strcmp(key, "left") == 0;
    bool on = strcmp(key, "]") == 0 || strcmp(key, "right") == 0;
    if (!back && !on)
        return false;
    long next = s->animal + (on ? 1 : -1);
    if (next >= 0 && (size_t)next < s->watch.source.cohort->n_animals) {
        strbuf_puts(command, "weights ");
        args_word(s->watch.source.cohort->animals[next].name, command);
    }
    return true;
}

static void weights_release(void *state)
{
    struct weights_state *s = state;
    trajectory_free(&s->path);
    watch_release(&s->watch);
    model_drop(s->walk);
    free(s->asked), free(s->model), free(s->reference);
}

const struct view_ops weights_view = {
    .name = "weights",
    .summary = "an animal's weights over its trials, inferred and (where known) true",
    .keys = "[ ] animal  e export  y copy  z zoom",
    .options = weights_options,
    .positional = 1,
    .state_size = sizeof(struct weights_state),
    .merge = weights_merge,
    .configure = weights_configure,
    .check = weights_check,
    .update = weights_update,
    .work = &weights_work,
    .title = weights_title,
    .draw = weights_draw,
    .describe = weights_describe,
    .table = weights_table,
    .fields = weights_fields,
    .answer = weights_answer,
    .key = weights_key,
    .release = weights_release,
};
