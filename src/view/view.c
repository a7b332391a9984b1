/* Opening, configuring and updating views of any kind. */
#include "deltaw/view/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/figure.h"
#include "choose.h"
#include "source.h"
#include "view_state.h"
#include "watch.h"

#define VIEW(ops) extern const struct view_ops ops;
#include "views.def"
#undef VIEW

static const struct view_ops *const all_views[] = {
#define VIEW(ops) &ops,
#include "views.def"
#undef VIEW
    NULL,
};

const struct view_ops *view_at(size_t i)
{
    size_t n = sizeof all_views / sizeof all_views[0];
    return i < n ? all_views[i] : NULL;
}

const struct view_ops *view_find(const char *name)
{
    for (size_t i = 0; all_views[i]; i++)
        if (strcmp(all_views[i]->name, name) == 0)
            return all_views[i];
    return NULL;
}

/* --- jobs -------------------------------------------------------------------- */

struct view_job *view_job_new(const struct view_work *work, const struct source *source)
{
    struct view_job *job = mem_new(1, work->size);
    job->work = work;
    if (source)
        job->source = view_source_copy(source);
    return job;
}

void view_job_free(struct view_job *job)
{
    if (job) {
        job->work->release(job);
        view_source_release(&job->source);
        free(job);
    }
}

static void job_compute(struct view_job *job, const atomic_bool *stop)
{
    double before = clock_seconds();
    view_source_sweep(&job->source);
    job->ok = job->work->compute(job, stop, &job->err);
    job->seconds = clock_seconds() - before;
}

static void job_run(struct job *job)
{
    job_compute(job->data, &job->stop);
}

static void job_adopt(struct view *view, struct view_job *job)
{
    view->failure = job->err;
    view->pictured = job->ok && job->work->adopt(view->state, job, &view->failure);
    view_job_free(job);
}

static void job_now(struct view *view, struct view_job *job)
{
    atomic_bool never;
    atomic_init(&never, false);
    job_compute(job, &never);
    job_adopt(view, job);
}

static void job_begin(struct view *view, struct view_job *job)
{
    view->job.run = job_run;
    view->job.data = view->sent = job;
    view->job.lane = JOB_VIEW;
    view->pending = job_send(view->jobs, &view->job, NULL);
    memcpy(view->replay_sent, view->replay_wanted, sizeof view->replay);
    if (!view->pending)
        job_now(view, job);
}

/* What is done becomes the picture, unless something else is wanted by then. */
static void job_collect(struct view *view)
{
    if (!view->pending || !job_done(&view->job))
        return;
    struct view_job *next = view->next;
    view->pending = false;
    view->next = NULL;
    if (next) {
        view_job_free(view->sent);
        job_begin(view, next);
    } else {
        job_adopt(view, view->sent);
        memcpy(view->replay, view->replay_sent, sizeof view->replay);
    }
}

static void job_later(struct view *view, struct view_job *job)
{
    if (!view->pending) {
        job_begin(view, job);
        return;
    }
    view_job_free(view->next);
    view->next = job;
    job_stop(&view->job);
}

/* The jobs under way are done before this returns, the newest of them in full. */
static void jobs_finish(struct view *view)
{
    struct view_job *newest = view->next ? view->next : view->sent;
    if (!view->pending)
        return;
    bool done = !view->next && job_await(&view->job);
    if (view->next) {
        job_recall(&view->job);
        view_job_free(view->sent);
    }
    view->pending = false;
    view->next = NULL;
    if (done)
        job_adopt(view, newest);
    else
        job_now(view, newest);
}

static void jobs_drop(struct view *view)
{
    if (view->pending) {
        job_recall(&view->job);
        view_job_free(view->sent);
        view_job_free(view->next);
    }
}

/* --- one of them ------------------------------------------------------------- */

struct view *view_open(const struct view_ops *ops, const struct args *args, struct err *err)
{
    struct view *view = mem_new(1, sizeof *view);
    view->ops = ops;
    view->state = mem_new(1, ops->state_size);
    err_set(&view->reason, ERR_FAILED, "nothing to show yet");
    if (!view_configure(view, args, err)) {
        view_close(view);
        return NULL;
    }
    return view;
}

struct view *view_twin(const struct view *view, struct err *err)
{
    return view_open(view->ops, &view->args, err);
}

const char *view_model(const struct view *view, size_t i)
{
    return i < VIEW_MOST_MODELS ? view->model[i] : NULL;
}

bool view_asks_model(const struct view *view, const char *name)
{
    for (size_t i = 0; view_model(view, i); i++)
        if (strcmp(view->model[i], name) == 0)
            return true;
    return false;
}

void view_close(struct view *view)
{
    if (!view)
        return;
    jobs_drop(view);
    view->ops->release(view->state);
    free(view->state);
    args_free(&view->args);
    choose_models_free(view->model);
    strbuf_free(&view->gone);
    free(view);
}

const struct view_ops *view_ops_of(const struct view *view)
{
    return view->ops;
}

const struct scene_model *view_scene_model(const struct view *view, const struct scene *scene,
                                           size_t i)
{
    const char *name = view_model(view, i);
    bool there = option_find(view->ops->options, "model") && (name || i == 0);
    return there ? view_source_pick(scene, name, NULL) : NULL;
}

/* In a replay of a model that the view shows, say so and which epoch. */
static void take_replay(struct view *view, const struct scene *scene)
{
    view->replay_wanted[0] = '\0';
    for (size_t i = 0; i == 0 || view_model(view, i); i++) {
        const struct scene_model *picked = view_scene_model(view, scene, i);
        if (picked && picked->replayed) {
            snprintf(view->replay_wanted, sizeof view->replay_wanted, "replay %*d/%d · ",
                     snprintf(NULL, 0, "%d", picked->newest), picked->epoch, picked->newest);
        }
    }
}

/* Whether there is a picture, after all that could be done for it. */
static void settle(struct view *view, bool updated, const struct err *reason)
{
    const struct view_work *work = view->ops->work;
    view->shown = updated && (!work || work->beside || view->pictured);
    if (!updated) {
        view->reason = *reason;
    } else if (view->pending) {
        view->reason = (struct err){0}; /* the first one stays otherwise */
        err_set(&view->reason, ERR_FAILED, "computing ...");
    } else {
        view->reason = view->failure;
    }
}

/* What is computed of all trials takes some arrays of their number: weights, rows, losses; of
 * each model that is shown. */
static bool has_room(const struct view *view, const struct scene *scene, struct err *err)
{
    enum { TRIAL = 120 };
    size_t models = 1;
    while (view_model(view, models))
        models++;
    return !view->ops->work || !scene || !scene->cohort ||
           mem_room((double)(models * scene->cohort->n_trials) * TRIAL, NULL, err);
}

static void refresh(struct view *view, const struct scene *scene)
{
    struct err reason = {0};
    struct view_job *job = NULL;
    job_collect(view);
    bool updated = has_room(view, scene, &reason) &&
                   view->ops->update(view->state, scene, view->pending, &job, &reason);
    if (job && view->jobs)
        job_later(view, job);
    else if (job)
        job_now(view, job);
    settle(view, updated, &reason);
}

static bool updated(struct view *view, const struct scene *scene, struct err *err)
{
    view_meet(view, scene);
    take_replay(view, scene);
    refresh(view, scene);
    if (!view->pending)
        memcpy(view->replay, view->replay_wanted, sizeof view->replay);
    view_drop_name(view->reason.message, view->ops->name);
    return view_shown(view, err);
}

bool view_update(struct view *view, const struct scene *scene, struct err *err)
{
    jobs_finish(view);
    view->jobs = NULL;
    return updated(view, scene, err);
}

bool view_update_later(struct view *view, struct jobs *jobs, const struct scene *scene,
                       struct err *err)
{
    view->jobs = jobs;
    return updated(view, scene, err);
}

bool view_waits(struct view *view)
{
    if (view->pending)
        refresh(view, NULL);
    return view->pending;
}

bool view_shown(const struct view *view, struct err *err)
{
    return view->shown || err_set(err, view->reason.code, "%s", view->reason.message);
}

void view_title(const struct view *view, struct strbuf *out)
{
    strbuf_puts(out, view->replay);
    view->ops->title(view->state, out);
}

void view_draw(struct view *view, struct canvas *canvas, struct rect area,
               const struct style *style)
{
    if (area.width <= 0 || area.height <= 0)
        return;
    if (view->ops->room) {
        view->ops->room(view->state, area, style);
        if (view->shown)
            refresh(view, NULL);
    }
    if (view->shown) {
        view->ops->draw(view->state, canvas, area, style);
    } else {
        struct rect inside = {area.x + 1, area.y, area.width - 2, area.height};
        canvas_notice(canvas, area.width > 4 ? inside : area, view->reason.message, 0, style);
    }
}

void view_describe(const struct view *view, struct strbuf *out)
{
    if (view->shown)
        view->ops->describe(view->state, out);
    else
        strbuf_puts(out, view->reason.message);
}

void view_table(const struct view *view, struct table *out)
{
    view->ops->table(view->state, out);
}

void view_fields(const struct view *view, struct strbuf *object)
{
    if (view->ops->fields)
        view->ops->fields(view->state, object);
}

bool view_key(struct view *view, const char *key, struct strbuf *command)
{
    bool asked = view->shown || view->ops->always_keys;
    return (asked && view->ops->key && view->ops->key(view->state, key, command)) ||
           (view->shown && choose_key(view->ops->name, key, command));
}

bool view_click(struct view *view, struct rect area, const struct style *style, int x, int y,
                struct strbuf *command)
{
    return view->shown && view->ops->click &&
           view->ops->click(view->state, area, style, x, y, command);
}
