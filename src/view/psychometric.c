/* psychometric: the share of rightward choices by stimulus, early and late in
 * training or in any sessions, with what a model expected on the same trials. */
#include "psychometric.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "pace.h"
#include "source.h"
#include "watch.h"
#include "wording.h"

static const struct option_row psychometric_options[] = {
    {"animal", OPTION_ANIMALS, 0, 0, "auto", "auto", "those to pool, as words do; auto: all"},
    {"sessions", OPTION_TEXT, 0, 0, NULL, "early,late",
     "up to 6 groups: early, middle, late (fifths), all, a number, a range 1..3"},
    {"model", OPTION_MODEL, 0, 0, "auto", "auto",
     "whose expectation to show; auto: the model in use"},
    {0},
};

enum { ANIMALS_MOST = 64 };

struct psychometric_job {
    struct view_job head; /* its source: whose expectation, if any */
    struct cohort *cohort;
    bool *chosen;
    long only;
    char *subject;
    size_t n_groups;
    struct psychometric_group group[PSYCHOMETRIC_GROUPS];
    struct psychometric curves;
};

static const struct view_work psychometric_work;

static void psychometric_merge(struct args *kept, const struct args *fresh)
{
    if (args_positional(fresh) > 0)
        choose_forget(kept, "animal");
    if (args_given(fresh, "animal"))
        choose_forget(kept, NULL);
}

/* Those that were asked for, one a positional argument; none: all. */
static void take_asked(struct psychometric_state *s, const struct args *args, const char *named)
{
    args_free(&s->asked);
    s->asked = (struct args){0};
    for (size_t i = 0; i < args_positional(args); i++)
        args_set(&s->asked, NULL, args_at(args, i), 0);
    char *copy = named ? mem_text(named) : NULL, *rest = copy;
    for (char *one; (one = strsep(&rest, ","));)
        if (*one)
            args_set(&s->asked, NULL, one, 0);
    free(copy);
}

static bool psychometric_configure(void *state, const struct args *args, struct err *err)
{
    struct psychometric_state *s = state;
    struct psychometric_group group[PSYCHOMETRIC_GROUPS];
    size_t n;
    const char *named = choose_text(args, psychometric_options, "animal");
    if (named && args_positional(args) > 0)
        return err_set(err, ERR_USAGE,
                       "psychometric: animals given twice, '%s' and '%s'; give them once",
                       args_at(args, 0), named);
    if (!psychometric_groups(args_text(args, psychometric_options, "sessions"), group, &n, err))
        return err_prefix(err, "psychometric"), false;
    const char *model = choose_text(args, psychometric_options, "model");
    take_asked(s, args, named);
    memcpy(s->group, group, sizeof group);
    s->n_groups = n;
    free(s->model);
    s->model = model ? mem_text(model) : NULL;
    s->fresh = true;
    return true;
}

/* Which animals, and what they are called together; NULL and err when one is
 * not there.  The caller frees. */
static bool *choose(struct psychometric_state *s, const struct cohort *cohort, struct err *err)
{
    size_t n = args_positional(&s->asked);
    bool *chosen = mem_new(cohort->n_animals + 1, sizeof *chosen);
    bool all = n == 0 || (n == 1 && strcmp(args_at(&s->asked, 0), "all") == 0 &&
                          cohort_animal(cohort, "all") < 0);
    struct strbuf names = {0};
    long last = -1;
    for (size_t i = 0; i < n && !all; i++) {
        long found = choose_animal(cohort, args_at(&s->asked, i), err);
        if (found < 0) {
            strbuf_free(&names);
            free(chosen);
            return NULL;
        }
        if (!chosen[found])
            strbuf_printf(&names, "%s%s", names.len ? "+" : "", cohort->animals[found].name);
        last = last < 0 || last == found ? found : (long)cohort->n_animals;
        chosen[found] = true;
    }
    for (size_t i = 0; i < cohort->n_animals && all; i++)
        chosen[i] = true;
    s->only = last < (long)cohort->n_animals ? last : -1;
    free(s->subject);
    s->subject = all ? mem_text("all") : mem_text(strbuf_text(&names));
    strbuf_free(&names);
    return chosen;
}

static bool psychometric_check(const void *state, const struct scene *scene, struct err *err)
{
    const struct psychometric_state *s = state;
    if (scene->cohort) {
        struct psychometric_state tried = {.asked = s->asked};
        bool *chosen = choose(&tried, scene->cohort, err);
        free(chosen);
        free(tried.subject);
        if (!chosen)
            return false;
    }
    return view_source_check(scene, s->model, true, err);
}

/* Other trials, or options: which animals that is. */
static bool take_animals(struct psychometric_state *s, const struct cohort *cohort, struct err *err)
{
    if (!s->fresh && s->wanted_cohort == cohort)
        return true;
    s->fresh = true;
    bool *chosen = choose(s, cohort, err);
    if (!chosen)
        return false;
    struct cohort *held = cohort_hold(cohort);
    cohort_drop(s->wanted_cohort);
    s->wanted_cohort = held;
    free(s->chosen);
    s->chosen = chosen;
    return true;
}

static bool take_model(struct psychometric_state *s, const struct scene *scene, struct err *err)
{
    const struct pace none = {0}; /* one job at a time limits the pace enough */
    switch (view_source_beside(&s->wanted, scene, s->model, &none, err)) {
    case BESIDE_REFUSED: return false;
    case BESIDE_NONE:
        s->stale = s->stale || s->wanted.model;
        view_source_release(&s->wanted);
        break;
    case BESIDE_CHANGED: s->stale = true; break;
    case BESIDE_SAME: break;
    }
    return true;
}

static struct view_job *job_make(struct psychometric_state *s)
{
    struct view_job *head = view_job_new(&psychometric_work, s->wanted.model ? &s->wanted : NULL);
    struct psychometric_job *job = (struct psychometric_job *)head;
    job->cohort = cohort_hold(s->wanted_cohort);
    job->chosen = mem_copy(s->chosen, s->wanted_cohort->n_animals, sizeof *s->chosen);
    job->only = s->only;
    job->subject = mem_text(s->subject);
    job->n_groups = s->n_groups;
    memcpy(job->group, s->group, sizeof job->group);
    s->fresh = s->stale = false;
    return head;
}

static bool psychometric_update(void *state, const struct scene *scene, bool pending,
                                struct view_job **job, struct err *err)
{
    struct psychometric_state *s = state;
    const struct cohort *cohort = scene ? scene->cohort : s->wanted_cohort;
    if (!cohort || cohort->n_trials == 0) {
        return err_set(err, ERR_FAILED,
                       cohort ? "no trials are left; `undo` or `reset`"
                              : WORDING_NO_TRIALS "; " WORDING_HELPERS);
    }
    if (scene && (!take_animals(s, cohort, err) || !take_model(s, scene, err)))
        return false;
    if (!s->stale && s->source.model && s->source.model == s->wanted.model)
        s->source.status = s->wanted.status;
    s->stale = s->stale || (!pending && !s->have);
    if (s->fresh || (s->stale && !pending))
        *job = job_make(s);
    return true;
}

static bool psychometric_job_compute(struct view_job *head, const atomic_bool *stop,
                                     struct err *err)
{
    struct psychometric_job *job = (struct psychometric_job *)head;
    const struct source *source = &head->source;
    (void)err;
    psychometric_compute(job->cohort, job->chosen, job->group, job->n_groups, &job->curves);
    if (source->model && !atomic_load(stop)) {
        psychometric_expect(&job->curves, source->model, job->cohort, source->w,
                            source->live ? SOURCE_LIVE_TRIALS : 0);
        if (!source->live && !atomic_load(stop))
            psychometric_band(&job->curves, source->model, job->cohort);
    }
    return true;
}

static void psychometric_job_release(struct view_job *head)
{
    struct psychometric_job *job = (struct psychometric_job *)head;
    psychometric_free(&job->curves);
    cohort_drop(job->cohort);
    free(job->chosen);
    free(job->subject);
}

static void picture_free(struct psychometric_state *s)
{
    if (s->have)
        psychometric_free(&s->curves);
    cohort_drop(s->cohort);
    free(s->seen_subject);
}

static bool psychometric_adopt(void *state, struct view_job *head, struct err *err)
{
    struct psychometric_state *s = state;
    struct psychometric_job *job = (struct psychometric_job *)head;
    picture_free(s);
    s->curves = job->curves;
    s->have = true;
    s->cohort = job->cohort;
    s->seen_only = job->only;
    s->seen_subject = job->subject;
    s->expects = head->source.model;
    job->curves = (struct psychometric){0};
    job->cohort = NULL;
    job->subject = NULL;
    view_source_adopt(&s->source, &s->wanted, &head->source);
    size_t n_trials = 0;
    for (size_t g = 0; g < s->curves.n_groups; g++)
        n_trials += s->curves.points[g].n_trials;
    return n_trials > 0 ||
           err_set(err, ERR_FAILED, "%s has no session %s; the most of one animal is %ld",
                   s->seen_only >= 0 ? s->seen_subject : s->cohort->name, s->curves.group[0].name,
                   s->curves.most_sessions);
}

static const struct view_work psychometric_work = {
    .size = sizeof(struct psychometric_job),
    .compute = psychometric_job_compute,
    .adopt = psychometric_adopt,
    .release = psychometric_job_release,
};

static void psychometric_data(const void *state, struct table *out)
{
    const struct psychometric_state *s = state;
    if (!s->have)
        return;
    psychometric_table(&s->curves, s->seen_subject, out);
}

/* --- keys ------------------------------------------------------------------------- */

/* One session at a time: the next after the group that is shown alone. */
static void step_session(const struct psychometric_state *s, bool on, struct strbuf *command)
{
    const struct psychometric_group *group = &s->group[0];
    bool alone = s->n_groups == 1 && group->kind == GROUP_SESSIONS;
    long next = alone ? (on ? group->last + 1 : group->first - 1) : 1;
    if (next >= 1 && next <= s->curves.most_sessions)
        strbuf_printf(command, "psychometric sessions=%ld", next);
}

static bool psychometric_key(void *state, const char *key, struct strbuf *command)
{
    struct psychometric_state *s = state;
    if (!s->have)
        return false;
    if (strcmp(key, "c") == 0) {
        bool pair = s->n_groups == 2 && s->group[0].kind == GROUP_EARLY;
        strbuf_printf(command, "psychometric sessions=%s", pair ? "all" : "early,late");
        return true;
    }
    if (strcmp(key, "{") == 0 || strcmp(key, "}") == 0) {
        step_session(s, key[0] == '}', command);
        return true;
    }
    bool on = strcmp(key, "]") == 0;
    if (on || strcmp(key, "[") == 0) {
        long next = s->only + (on ? 1 : -1);
        if (next == -1 && s->only == 0) {
            strbuf_puts(command, "psychometric all");
        } else if (next >= 0 && (size_t)next < s->wanted_cohort->n_animals) {
            strbuf_puts(command, "psychometric ");
            args_word(s->wanted_cohort->animals[next].name, command);
        }
        return true;
    }
    return false;
}

static void psychometric_release(void *state)
{
    struct psychometric_state *s = state;
    picture_free(s);
    view_source_release(&s->source);
    view_source_release(&s->wanted);
    cohort_drop(s->wanted_cohort);
    free(s->chosen);
    args_free(&s->asked);
    free(s->subject);
    free(s->model);
}

const struct view_ops psychometric_view = {
    .name = "psychometric",
    .summary = "share of rightward choices by stimulus, early and late in training",
    .keys = "[ ] animal  { } session  c early and late/all  e export  y copy  z zoom",
    .options = psychometric_options,
    .positional = ANIMALS_MOST,
    .loaded = true,
    .state_size = sizeof(struct psychometric_state),
    .merge = psychometric_merge,
    .configure = psychometric_configure,
    .check = psychometric_check,
    .update = psychometric_update,
    .work = &psychometric_work,
    .title = psychometric_title,
    .draw = psychometric_draw,
    .describe = psychometric_describe,
    .table = psychometric_data,
    .fields = psychometric_fields,
    .answer = psychometric_answer,
    .key = psychometric_key,
    .always_keys = true, /* the keys must get past an animal without the session */
    .release = psychometric_release,
};
