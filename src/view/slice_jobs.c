/* Computing slices: of all models in one job, along the values of the first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "choose.h"
#include "hold.h"
#include "slice.h"
#include "source.h"
#include "watch.h"

/* All that computing needs, and what comes out of it. */
struct slice_job {
    struct view_job head; /* its source: the first model */
    size_t n;
    struct source beside[VIEW_MOST_MODELS]; /* from [1]: the others */
    struct probe_request request[VIEW_MOST_MODELS];
    struct slice slice[VIEW_MOST_MODELS];
    size_t replayed; /* which of them */
    bool hold, held; /* in a replay, the first time: wanted, there */
    struct slice newest;
};

bool slice_agree(const struct source *first, const struct source *other, struct err *err)
{
    const struct policy *a = &first->model->settings.policy, *b = &other->model->settings.policy;
    return strcmp(a->text, b->text) == 0 ||
           err_set(err, ERR_FAILED,
                   "slice: %s has the policy %s and %s has %s; models of one policy go together",
                   first->model->name, a->text, other->model->name, b->text);
}

/* Which of the models is being replayed; the first, if none. */
static size_t find_replayed(const struct slice_state *s)
{
    for (size_t i = 0; i < s->n_models; i++)
        if (s->part[i].watch.wanted.final)
            return i;
    return 0;
}

static void set_effort(struct probe_request *request, const struct source *wanted)
{
    request->sample = !wanted->live ? 0 : probe_sees_past(wanted->model) ? 4 : 32;
    request->live = view_source_passing(wanted);
    request->histories = wanted->live ? 64 : 256;
    request->threads = wanted->threads;
}

static bool make_job(struct slice_state *s, struct view_job **out, struct err *err)
{
    struct probe_request request[VIEW_MOST_MODELS];
    for (size_t i = 0; i < s->n_models; i++) {
        const struct source *wanted = &s->part[i].watch.wanted;
        if ((i && !slice_agree(&s->part[0].watch.wanted, wanted, err)) ||
            !slice_request(s, wanted, &request[i], err))
            return false;
        set_effort(&request[i], wanted);
    }
    *out = watch_job(&s->part[0].watch, &slice_work);
    struct slice_job *job = (struct slice_job *)*out;
    job->n = s->n_models;
    job->replayed = find_replayed(s);
    memcpy(job->request, request, job->n * sizeof *request);
    for (size_t i = 1; i < job->n; i++)
        job->beside[i] = watch_send(&s->part[i].watch);
    job->hold = s->hold.of != s->part[job->replayed].watch.wanted.final;
    if (job->hold) {
        s->hold = (struct hold){0};
    } else if (s->hold.of && job->request[0].n_w == 0) {
        job->request[0].n_w = s->n_hold;
        memcpy(job->request[0].w, s->hold_w, sizeof job->request[0].w);
    }
    return true;
}

static bool check_show(const struct slice_state *s, struct err *err)
{
    for (size_t i = 0; s->show != SHOW_FITTED && i < s->n_parts; i++)
        if (!s->part[i].slice.line[0].cells.truth)
            return choose_no_truth("slice", s->part[i].watch.source.cohort, err);
    return true;
}

bool slice_update(void *state, const struct scene *scene, bool pending, struct view_job **job,
                  struct err *err)
{
    struct slice_state *s = state;
    bool due = false;
    for (size_t i = 0; i < s->n_models; i++) {
        struct watch *watch = &s->part[i].watch;
        if (!watch_update(watch, scene, s->model[i], false, err))
            return false;
        due = due || watch_due(watch, pending);
    }
    return due ? make_job(s, job, err) : check_show(s, err);
}

static struct source *source_of(struct slice_job *job, size_t i)
{
    return i ? &job->beside[i] : &job->head.source;
}

/* In a replay lines and axis are those of the newest state. */
static void make_newest(struct slice_job *job)
{
    const struct source *source = source_of(job, job->replayed);
    struct probe_request request = job->request[job->replayed];
    if (!job->hold || !source->final)
        return;
    request.sample = 4;
    request.histories = 16;
    job->held = probe_slice_compute(source->final, source->cohort, source->final_w, &request,
                                    &job->newest, NULL);
    if (job->held && job->request[0].n_w == 0) {
        const struct probe_request *r = &job->newest.request;
        job->request[0].n_w = r->n_w < SLICE_MOST_W ? r->n_w : SLICE_MOST_W;
        memcpy(job->request[0].w, r->w, sizeof r->w);
    }
}

static void hold_newest(struct slice_state *s, struct slice_job *job)
{
    struct slice_part *part = &s->part[job->replayed];
    if (!job->held)
        return;
    s->hold = (struct hold){.of = part->watch.source.final, .lo = INFINITY, .hi = -INFINITY};
    slice_hold(s, part, &job->newest);
    for (size_t i = 0; i < s->n_parts; i++)
        if (i != job->replayed)
            slice_hold(s, &s->part[i], &s->part[i].slice);
    s->n_hold = job->request[0].n_w;
    memcpy(s->hold_w, job->request[0].w, sizeof s->hold_w);
}

/* The lines and the x axis of the first model are those of the others too. */
static void follow_first(const struct slice *first, struct probe_request *r)
{
    r->n_w = first->request.n_w;
    memcpy(r->w, first->request.w, sizeof r->w);
    if (!first->x.levels) {
        r->nx = first->x.n;
        r->x_lo = first->x.edge[0];
        r->x_hi = first->x.edge[first->x.n];
    }
}

/* All of them along the values of the first.  Those that were made are the caller's. */
static bool compute_all(size_t n, const struct source *const *sources,
                        struct probe_request *requests, struct slice *out, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            follow_first(&out[0], &requests[i]);
        if (!probe_slice_compute(sources[i]->model, sources[i]->cohort, sources[i]->w, &requests[i],
                                 &out[i], err))
            return false;
    }
    return true;
}

static bool slice_job_compute(struct view_job *head, const atomic_bool *stop, struct err *err)
{
    struct slice_job *job = (struct slice_job *)head;
    const struct source *sources[VIEW_MOST_MODELS];
    for (size_t i = 0; i < job->n; i++) {
        sources[i] = source_of(job, i);
        job->request[i].stop = stop;
    }
    for (size_t i = 1; i < job->n; i++)
        view_source_sweep(&job->beside[i]);
    make_newest(job);
    return compute_all(job->n, sources, job->request, job->slice, err);
}

static void slice_job_release(struct view_job *head)
{
    struct slice_job *job = (struct slice_job *)head;
    for (size_t i = 0; i < job->n; i++)
        probe_slice_free(&job->slice[i]);
    for (size_t i = 1; i < job->n; i++)
        view_source_release(&job->beside[i]);
    probe_slice_free(&job->newest);
}

static bool slice_adopt(void *state, struct view_job *head, struct err *err)
{
    struct slice_state *s = state;
    struct slice_job *job = (struct slice_job *)head;
    for (size_t i = 0; i < VIEW_MOST_MODELS; i++) {
        struct slice_part *part = &s->part[i];
        probe_slice_free(&part->slice);
        part->slice = job->slice[i];
        job->slice[i] = (struct slice){0};
        if (i < job->n) {
            watch_take(&part->watch, source_of(job, i), head->seconds);
        } else {
            watch_release(&part->watch);
            part->watch = (struct watch){0};
        }
    }
    s->n_parts = job->n;
    hold_newest(s, job);
    return check_show(s, err);
}

const struct view_work slice_work = {
    .size = sizeof(struct slice_job),
    .compute = slice_job_compute,
    .adopt = slice_adopt,
    .release = slice_job_release,
};

void slice_table_full(const void *state, struct table *out)
{
    const struct slice_state *s = state;
    struct probe_request requests[VIEW_MOST_MODELS];
    struct slice slices[VIEW_MOST_MODELS] = {0};
    const struct source *sources[VIEW_MOST_MODELS];
    const struct slice *made[VIEW_MOST_MODELS];
    bool good = s->n_parts > 0;
    for (size_t i = 0; good && i < s->n_parts; i++) {
        sources[i] = &s->part[i].watch.source;
        made[i] = &slices[i];
        good = slice_request(s, sources[i], &requests[i], NULL);
        requests[i].threads = sources[i]->threads;
    }
    if (good && compute_all(s->n_parts, sources, requests, slices, NULL))
        probe_slice_table(s->n_parts, made, out);
    for (size_t i = 0; i < s->n_parts; i++)
        probe_slice_free(&slices[i]);
}
