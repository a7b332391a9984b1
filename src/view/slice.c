/* slice: lines through the map; how a weight changes with the stimulus at a few
 * values of it, after correct choices (solid) and errors (dashed). */
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
    {"model", OPTION_MODEL, 0, 0, "auto", "auto", "whose rule; auto: the model in use"},
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
    const char *model = choose_text(args, slice_options, "model");
    s->show = choose_show(args_text(args, slice_options, "diff"));
    free(s->model);
    s->model = model ? mem_text(model) : NULL;
    s->request = r;
    s->fixed = held;
    s->support = (uint32_t)args_integer(args, slice_options, "support");
    s->watch.stale = s->watch.urgent = true;
    s->hold.of = s->watch.held_for = NULL;
    return true;
}

/* All that computing a slice needs, and what comes out of it. */
struct slice_job {
    struct view_job head;
    struct probe_request request;
    struct slice slice;
    bool hold, held; /* in a replay, the first time: wanted, there */
    struct slice newest;
};

/* What is asked for, in the terms of a model. */
static bool full_request(const struct slice_state *s, const struct source *source,
                         struct probe_request *r, struct err *err)
{
    *r = s->request;
    return held_put("slice", &s->fixed, source->model, source->cohort, slice_options, &r->fixed,
                    err);
}

static const struct view_work slice_work;

static bool make_job(struct slice_state *s, struct view_job **out, struct err *err)
{
    const struct source *wanted = &s->watch.wanted;
    struct probe_request request;
    if (!full_request(s, wanted, &request, err))
        return false;
    *out = watch_job(&s->watch, &slice_work);
    struct slice_job *job = (struct slice_job *)*out;
    job->request = request;
    job->hold = s->hold.of != wanted->final;
    if (job->hold) {
        s->hold = (struct hold){0};
    } else if (s->hold.of && job->request.n_w == 0) {
        job->request.n_w = s->n_hold;
        memcpy(job->request.w, s->hold_w, sizeof job->request.w);
    }
    job->request.sample = !wanted->live ? 0 : probe_sees_past(wanted->model) ? 4 : 32;
    job->request.live = source_passing(wanted);
    job->request.histories = wanted->live ? 64 : 256;
    job->request.threads = wanted->threads;
    return true;
}

static bool check_show(const struct slice_state *s, struct err *err)
{
    return s->show == SHOW_FITTED || s->slice.line[0].cells.truth ||
           choose_no_truth("slice", s->watch.source.cohort, err);
}

static bool slice_fits(const void *state, const struct scene *scene, struct err *err)
{
    const struct slice_state *s = state;
    struct probe_request request;
    struct source there;
    if (!source_check(scene, s->model, false, err))
        return false;
    if (!source_there(scene, s->model, &there)) {
        return held_possible("slice", &s->fixed, scene->cohort, slice_options, err) &&
               held_axis_possible("slice", "x", s->request.x, scene->cohort, err);
    }
    return full_request(s, &there, &request, err) &&
           slice_check(there.model, there.cohort, &request, err) &&
           (s->show == SHOW_FITTED ||
            probe_true_known(there.cohort, &there.model->settings.policy) ||
            choose_no_truth("slice", there.cohort, err));
}

static bool slice_update(void *state, const struct scene *scene, bool pending,
                         struct view_job **job, struct err *err)
{
    struct slice_state *s = state;
    if (!watch_update(&s->watch, scene, s->model, false, err))
        return false;
    if (watch_due(&s->watch, pending))
        return make_job(s, job, err);
    return !s->watch.have || check_show(s, err);
}

/* In a replay lines and axis are those of the newest state. */
static void make_newest(struct slice_job *job)
{
    const struct source *source = &job->head.source;
    struct probe_request request = job->request;
    if (!job->hold || !source->final)
        return;
    request.sample = 4;
    request.histories = 16;
    job->held =
        slice_compute(source->final, source->cohort, source->final_w, &request, &job->newest, NULL);
    if (job->held && job->request.n_w == 0) {
        const struct probe_request *r = &job->newest.request;
        job->request.n_w = r->n_w < SLICE_MOST_W ? r->n_w : SLICE_MOST_W;
        memcpy(job->request.w, r->w, sizeof job->request.w);
    }
}

static void hold_newest(struct slice_state *s, struct slice_job *job)
{
    struct slice seen = s->slice;
    if (!job->held)
        return;
    s->hold = (struct hold){.of = s->watch.source.final, .lo = INFINITY, .hi = -INFINITY};
    s->slice = job->newest;
    slice_hold(s);
    s->slice = seen;
    s->n_hold = job->request.n_w;
    memcpy(s->hold_w, job->request.w, sizeof s->hold_w);
}

static bool slice_job_compute(struct view_job *head, const atomic_bool *stop, struct err *err)
{
    struct slice_job *job = (struct slice_job *)head;
    job->request.stop = stop;
    make_newest(job);
    return slice_compute(head->source.model, head->source.cohort, head->source.w, &job->request,
                         &job->slice, err);
}

static void slice_job_release(struct view_job *head)
{
    struct slice_job *job = (struct slice_job *)head;
    slice_free(&job->slice);
    slice_free(&job->newest);
}

static bool slice_adopt(void *state, struct view_job *head, struct err *err)
{
    struct slice_state *s = state;
    struct slice_job *job = (struct slice_job *)head;
    slice_free(&s->slice);
    s->slice = job->slice;
    job->slice = (struct slice){0};
    watch_adopt(&s->watch, head);
    hold_newest(s, job);
    return check_show(s, err);
}

static const struct view_work slice_work = {
    .size = sizeof(struct slice_job),
    .compute = slice_job_compute,
    .adopt = slice_adopt,
    .release = slice_job_release,
};

static void slice_table_full(const void *state, struct table *out)
{
    const struct slice_state *s = state;
    struct probe_request request;
    struct slice slice;
    const struct source *source = &s->watch.source;
    if (!s->watch.have || !full_request(s, source, &request, NULL))
        return;
    request.threads = source->threads;
    if (slice_compute(source->model, source->cohort, source->w, &request, &slice, NULL)) {
        slice_table(&slice, out);
        slice_free(&slice);
    }
}

static bool slice_key(void *state, const char *key, struct strbuf *command)
{
    struct slice_state *s = state;
    bool up = strcmp(key, "]") == 0;
    enum past past;
    if (choose_past_step(key, s->request.past, PAST_BOTH + 1, &past)) {
        strbuf_printf(command, "slice past=%s", choose_past_word(past));
        return true;
    }
    if (strcmp(key, "d") == 0) {
        static const char *const next[] = {"true", "yes", "no"};
        if (s->slice.line[0].cells.truth)
            strbuf_printf(command, "slice diff=%s", next[s->show]);
        return true;
    }
    if (strcmp(key, "m") == 0) {
        strbuf_puts(command, "map");
        return true;
    }
    if (!up && strcmp(key, "[") != 0)
        return false;
    const char *const axes[] = {s->request.x, s->slice.weight, NULL};
    held_step("slice", &s->fixed, &s->watch.source.model->settings.policy, axes, up, command);
    return true;
}

static void slice_release(void *state)
{
    struct slice_state *s = state;
    if (s->watch.have)
        slice_free(&s->slice);
    watch_release(&s->watch);
    free(s->model);
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
