/* Opening, configuring and updating views, whichever they are. */
#include "deltaw/view/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/figure.h"
#include "parts.h"
#include "view_state.h"

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
    for (size_t i = 0; all_views[i]; i++) {
        if (strcmp(all_views[i]->name, name) == 0) {
            return all_views[i];
        }
    }
    return NULL;
}

/* `fresh` over `kept`: fresh positional arguments replace all kept ones. */
static struct args args_merged(const struct view_ops *ops, const struct args *kept,
                               const struct args *fresh)
{
    struct args merged = args_copy(kept);
    if (ops->merge) {
        ops->merge(&merged, fresh);
    }
    if (args_positional(fresh) > 0) {
        parts_forget(&merged, NULL);
    }
    for (size_t i = 0; i < fresh->n; i++) {
        const struct arg *arg = &fresh->items[i];
        args_set(&merged, arg->name, arg->value, arg->column);
    }
    return merged;
}

bool view_configure(struct view *view, const struct args *args, struct err *err)
{
    const struct view_ops *ops = view->ops;
    const struct args none = {0};
    if (!args) {
        args = &none;
    }
    if (!args_check(args, ops->options, ops->positional, ops->name, err)) {
        return false;
    }
    struct args merged = args_merged(ops, &view->args, args);
    if (!ops->configure(view->state, &merged, err)) {
        args_free(&merged);
        return false;
    }
    args_free(&view->args);
    view->args = merged;
    return true;
}

/* The jobs under way; with a state they are to be made again. */
static void jobs_drop(struct view *view, void *state)
{
    if (view->pending) {
        worker_recall(view->worker, &view->errand);
        view->ops->discard(state, view->errand.job);
    }
    if (view->next) {
        view->ops->discard(state, view->next);
    }
    view->pending = false;
    view->next = NULL;
}

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

const char *view_model(const struct view *view)
{
    const struct option_row *options = view->ops->options;
    return option_find(options, "model") ? parts_chosen(&view->args, options, "model") : NULL;
}

void view_close(struct view *view)
{
    if (!view) {
        return;
    }
    jobs_drop(view, NULL);
    view->ops->release(view->state);
    free(view->state);
    args_free(&view->args);
    free(view);
}

const struct view_ops *view_ops_of(const struct view *view)
{
    return view->ops;
}

/* A reason stands below the view's own name, and after it in complaints. */
static void drop_name(char *message, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(message, name, n) == 0 && strncmp(message + n, ": ", 2) == 0) {
        memmove(message, message + n + 2, strlen(message + n + 2) + 1);
    }
}

const struct scene_model *view_scene_model(const struct view *view, const struct scene *scene)
{
    return option_find(view->ops->options, "model") ? parts_pick(scene, view_model(view), NULL)
                                                    : NULL;
}

/* In a replay of the model that the view shows, say so and which epoch. */
static void take_replay(struct view *view, const struct scene *scene)
{
    const struct scene_model *picked = view_scene_model(view, scene);
    view->replay_wanted[0] = '\0';
    if (picked && picked->replayed) {
        snprintf(view->replay_wanted, sizeof view->replay_wanted, "replay %*d/%d · ",
                 snprintf(NULL, 0, "%d", picked->newest), picked->epoch, picked->newest);
    }
}

static void job_adopt(struct view *view, void *job)
{
    struct err failure = {0};
    bool pictured = view->ops->adopt(view->state, job, &failure);
    if (view->ops->update) /* it said already whether there is a picture */
        return;
    view->failure = failure;
    view->pictured = pictured;
}

static void job_send(struct view *view, void *job)
{
    view->errand.run = view->ops->compute;
    view->errand.job = job;
    view->pending = true;
    memcpy(view->replay_sent, view->replay_wanted, sizeof view->replay);
    worker_send(view->worker, &view->errand);
}

/* What is done becomes the picture, unless something else is wanted by now. */
static void job_collect(struct view *view)
{
    if (!view->pending || !worker_done(view->worker, &view->errand)) {
        return;
    }
    view->pending = false;
    void *next = view->next;
    view->next = NULL;
    if (next) {
        view->ops->discard(NULL, view->errand.job);
        job_send(view, next);
    } else {
        job_adopt(view, view->errand.job);
        memcpy(view->replay, view->replay_sent, sizeof view->replay);
    }
}

static void job_later(struct view *view, void *job)
{
    if (!view->pending) {
        job_send(view, job);
        return;
    }
    if (view->next) {
        view->ops->discard(NULL, view->next);
    }
    view->next = job;
    worker_hurry(view->worker, &view->errand);
}

static void job_now(struct view *view, void *job)
{
    atomic_bool never;
    atomic_init(&never, false);
    view->ops->compute(job, &never);
    job_adopt(view, job);
}

/* Whether there is a picture, after all that could be done for it. */
static void settle(struct view *view, bool prepared, const struct err *reason)
{
    view->shown = prepared && view->pictured;
    if (!prepared) {
        view->reason = *reason;
    } else if (view->pending && !view->ops->update) {
        view->reason = (struct err){0}; /* the first one stays otherwise */
        err_set(&view->reason, ERR_FAILED, "computing ...");
    } else {
        view->reason = view->failure;
    }
}

static void prepare(struct view *view, const struct scene *scene)
{
    const struct view_ops *ops = view->ops;
    struct err reason = {0};
    void *job = NULL;
    job_collect(view);
    if (ops->update && scene) {
        view->failure = (struct err){0};
        view->pictured = ops->update(view->state, scene, &view->failure);
    }
    bool prepared = ops->prepare(view->state, scene, view->pending, &job, &reason);
    if (job && view->later) {
        job_later(view, job);
    } else if (job) {
        job_now(view, job);
    }
    settle(view, prepared, &reason);
}

static bool updated(struct view *view, const struct scene *scene, struct err *err)
{
    take_replay(view, scene);
    if (view->ops->prepare) {
        prepare(view, scene);
    } else {
        view->reason = (struct err){0};
        view->shown = view->ops->update(view->state, scene, &view->reason);
    }
    if (!view->pending) {
        memcpy(view->replay, view->replay_wanted, sizeof view->replay);
    }
    drop_name(view->reason.message, view->ops->name);
    return view_shown(view, err);
}

bool view_update(struct view *view, const struct scene *scene, struct err *err)
{
    jobs_drop(view, view->state);
    view->later = false;
    return updated(view, scene, err);
}

bool view_update_later(struct view *view, struct worker *worker, const struct scene *scene,
                       struct err *err)
{
    view->worker = worker;
    view->later = true;
    return updated(view, scene, err);
}

bool view_waits(struct view *view)
{
    if (view->pending) {
        prepare(view, NULL);
    }
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
    if (area.width <= 0 || area.height <= 0) {
        return;
    }
    if (view->ops->room) {
        view->ops->room(view->state, area, style);
        if (view->shown) {
            prepare(view, NULL);
        }
    }
    if (view->shown) {
        view->ops->draw(view->state, canvas, area, style);
    } else {
        parts_notice(canvas, area, view->reason.message, style);
    }
}

void view_describe(const struct view *view, struct strbuf *out)
{
    if (view->shown) {
        view->ops->describe(view->state, out);
    } else {
        strbuf_puts(out, view->reason.message);
    }
}

void view_table(const struct view *view, struct table *out)
{
    view->ops->table(view->state, out);
}

bool view_key(struct view *view, const char *key, struct strbuf *command)
{
    bool asked = view->shown || view->ops->always_keys;
    return (asked && view->ops->key(view->state, key, command)) ||
           (view->shown && parts_key(view->ops->name, key, command));
}

bool view_click(struct view *view, struct rect area, const struct style *style, int x, int y,
                struct strbuf *command)
{
    return view->shown && view->ops->click &&
           view->ops->click(view->state, area, style, x, y, command);
}
