#include "replay.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deltaw/base/mem.h"

static const double frame_seconds = 1. / 20, whole_seconds = 10;

struct replay {
    struct fit *fit;       /* not closed before this is freed */
    struct cohort *cohort; /* whose trials are swept; NULL: none */
    const struct wake *wake;
    struct jobs *jobs;
    struct job player; /* once there is something to play */
    atomic_int holders;
    struct replay *next; /* in the list of those ended */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool quit, playing;
    int from, to, target;
    double speed, since; /* playing: at `target` at the time `since`; NaN: snapshot by snapshot */
    struct model *model; /* shown; NULL: not prepared yet */
    int epoch;
};

/* --- where it is ------------------------------------------------------------- */

int replay_near(struct fit *fit, int epoch, int steps)
{
    int kept[SNAPSHOTS_MOST];
    size_t n = fit_epochs_kept(fit, kept), near = 0;
    for (size_t i = 1; i < n; i++)
        if (fabs((double)kept[i] - epoch) < fabs((double)kept[near] - epoch))
            near = i;
    long at = (long)near + steps;
    return n == 0 ? 0 : kept[at < 0 ? 0 : (size_t)at < n ? (size_t)at : n - 1];
}

static int newest_epoch(struct fit *fit)
{
    return replay_near(fit, INT_MAX, 0);
}

/* The last epoch to play. */
static int range_end(const struct replay *r)
{
    int newest = newest_epoch(r->fit);
    return r->to < newest ? r->to : newest;
}

/* Snapshots from here to the last one to play. */
static int snapshots_from(const struct replay *r, int epoch)
{
    int kept[SNAPSHOTS_MOST], end = range_end(r), n = 0;
    size_t n_kept = fit_epochs_kept(r->fit, kept);
    for (size_t i = 0; i < n_kept; i++)
        n += kept[i] > epoch && kept[i] <= end;
    return n;
}

/* Where it should be now.  Without a speed each snapshot gets the same time: they are dense
 * where much changes. */
static int position(const struct replay *r, double now)
{
    double at = r->target, seconds = now - r->since;
    int end = range_end(r);
    if (!r->playing)
        return r->target;
    if (isnan(r->speed))
        at = replay_near(r->fit, r->target,
                         (int)(seconds / whole_seconds * fmax(snapshots_from(r, r->from), 1)));
    else
        at += r->speed * seconds;
    return at < end ? (int)at : end;
}

/* The newest snapshot up to this epoch. */
static int kept_before(struct fit *fit, int epoch)
{
    int near = replay_near(fit, epoch, 0);
    return near > epoch ? replay_near(fit, epoch, -1) : near;
}

/* --- the player ---------------------------------------------------------------- */

struct visited *replay_visited(const struct model *model, const struct cohort *cohort, int epoch)
{
    struct visited *l = mem_new(1, sizeof *l);
    l->epoch = epoch;
    l->n_trials = cohort->n_trials;
    l->n_weights = model->settings.shape.n_weights;
    l->w = mem_new(l->n_trials * l->n_weights, sizeof *l->w);
    l->references = 1;
    model_sweep(model, cohort, l->w);
    return l;
}

struct model *replay_prepare(const struct replay *r, int epoch, int *found)
{
    struct model *model = fit_model_at(r->fit, epoch, found);
    if (model && r->cohort && r->cohort->n_trials > 0)
        model->visited = replay_visited(model, r->cohort, *found);
    return model;
}

static void wait_until(struct replay *r, double when)
{
    struct timespec at = {.tv_sec = (time_t)when, .tv_nsec = (long)(fmod(when, 1) * 1e9)};
    pthread_cond_timedwait(&r->changed, &r->lock, &at);
}

static void take_over(struct replay *r, struct model *model, int epoch)
{
    model_drop(r->model);
    r->model = model;
    r->epoch = epoch;
    wake_send(r->wake);
}

/* One frame, or a wait for the next; the lock is held at entry and return. */
static void player_turn(struct replay *r)
{
    double now = clock_seconds();
    int want = kept_before(r->fit, position(r, now)), found = 0;
    if (!r->model || want != r->epoch) {
        pthread_mutex_unlock(&r->lock);
        struct model *model = replay_prepare(r, want, &found);
        pthread_mutex_lock(&r->lock);
        if (model)
            take_over(r, model, found);
        while (!r->quit && clock_seconds() < now + frame_seconds)
            wait_until(r, now + frame_seconds);
    } else if (r->playing && position(r, now) >= range_end(r)) {
        r->target = want;
        r->playing = false;
        wake_send(r->wake);
    } else if (r->playing) {
        wait_until(r, now + frame_seconds / 2);
    } else {
        pthread_cond_wait(&r->changed, &r->lock);
    }
}

static void player_run(struct job *job)
{
    struct replay *r = job->data;
    pthread_mutex_lock(&r->lock);
    while (!r->quit)
        player_turn(r);
    pthread_mutex_unlock(&r->lock);
}

static bool need_player(struct replay *r, struct err *err)
{
    if (r->player.data)
        return true;
    r->player = (struct job){.run = player_run, .data = r, .lane = JOB_TASK};
    if (!job_send(r->jobs, &r->player, err))
        r->player.data = NULL;
    return r->player.data;
}

/* --- begin and end --------------------------------------------------------------- */

bool replay_begin(struct session *session, struct fit *fit, struct err *err)
{
    int kept[SNAPSHOTS_MOST];
    const struct cohort *cohort = fit_cohort(fit) ? fit_cohort(fit) : session_cohort(session);
    if (fit_epochs_kept(fit, kept) == 0)
        return err_set(err, ERR_FAILED,
                       fit_active(fit)
                           ? "replay: %s is at its first epoch; there is nothing to replay yet"
                       : fit_status(fit).epoch == 0
                           ? "replay: %s was stopped before its first epoch ended"
                           : "replay: %s has no snapshots of its epochs; its file was saved "
                             "without snapshots=yes",
                       fit_name(fit));
    struct model *model = fit_model(fit);
    bool meets = !cohort || model_meets(model, cohort, err);
    model_drop(model);
    if (!meets)
        return err_prefix(err, "replay"), false;
    replay_end(session);
    struct replay *r = mem_new(1, sizeof *r);
    r->fit = fit;
    r->cohort = cohort ? cohort_hold(cohort) : NULL;
    r->wake = &session->wake;
    r->jobs = session->jobs;
    r->from = r->target = kept[0];
    r->to = REPLAY_NEWEST;
    r->speed = NAN;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&r->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&r->lock, NULL);
    session->replay = r;
    return true;
}

void replay_end(struct session *session)
{
    struct replay *r = session->replay;
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->quit = true;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    r->next = session->replays_ended;
    session->replays_ended = r;
    session->replay = NULL;
    replay_reap(session, false);
}

static void replay_free(struct replay *r)
{
    job_recall(&r->player);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->changed);
    model_drop(r->model);
    cohort_drop(r->cohort);
    free(r);
}

void replay_reap(struct session *session, bool wait)
{
    for (struct replay **at = &session->replays_ended; *at;) {
        struct replay *r = *at;
        bool held = atomic_load(&r->holders) > 0;
        if (!held && (wait || !r->player.data || job_state(&r->player) == JOB_DONE)) {
            *at = r->next;
            replay_free(r);
        } else {
            at = &r->next;
        }
    }
}

struct replay *replay_hold(struct session *session)
{
    atomic_fetch_add(&session->replay->holders, 1);
    return session->replay;
}

void replay_let_go(struct replay *replay)
{
    atomic_fetch_sub(&replay->holders, 1);
}

bool replay_holds(const struct session *session, const struct fit *fit)
{
    bool holds = session->replay && session->replay->fit == fit;
    for (const struct replay *r = session->replays_ended; r; r = r->next)
        holds = holds || r->fit == fit;
    return holds;
}

struct fit *replay_fit(const struct session *session)
{
    return session->replay ? session->replay->fit : NULL;
}

/* --- moving it ---------------------------------------------------------------------- */

static void tell(struct replay *r)
{
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    wake_send(r->wake);
}

/* From now on it plays, or stands still, from where it is. */
static void settle(struct replay *r, bool playing)
{
    double now = clock_seconds();
    r->target = position(r, now);
    r->since = now;
    r->playing = playing;
}

void replay_range(struct session *session, int from, int to, double speed)
{
    struct replay *r = session->replay;
    pthread_mutex_lock(&r->lock);
    settle(r, r->playing);
    r->from = from;
    r->to = to;
    r->speed = speed;
    tell(r);
}

bool replay_play(struct session *session, struct err *err)
{
    struct replay *r = session->replay;
    if (!need_player(r, err))
        return false;
    pthread_mutex_lock(&r->lock);
    settle(r, true);
    if (r->target < r->from || r->target >= range_end(r))
        r->target = r->from;
    tell(r);
    return true;
}

void replay_pause(struct session *session)
{
    struct replay *r = session->replay;
    pthread_mutex_lock(&r->lock);
    settle(r, false);
    if (r->model) /* it stands where the picture is */
        r->target = r->epoch;
    tell(r);
}

bool replay_seek(struct session *session, int epoch, struct err *err)
{
    struct replay *r = session->replay;
    if (!need_player(r, err))
        return false;
    pthread_mutex_lock(&r->lock);
    r->playing = false;
    r->target = epoch;
    tell(r);
    return true;
}

void replay_show(struct session *session, struct model *model, int epoch)
{
    struct replay *r = session->replay;
    pthread_mutex_lock(&r->lock);
    r->playing = false;
    r->target = epoch;
    take_over(r, model, epoch);
    tell(r);
}

/* --- what is seen --------------------------------------------------------------------- */

static struct epoch_loss loss_at(const struct model *model, int epoch)
{
    size_t lo = 0, hi = model->n_history;
    while (lo < hi) { /* the first of this epoch or later */
        size_t mid = (lo + hi) / 2;
        if (model->history[mid].epoch < epoch)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < model->n_history && model->history[lo].epoch == epoch
               ? model->history[lo]
               : (struct epoch_loss){epoch, NAN, NAN, NAN};
}

bool replay_now(const struct session *session, struct replay_now *now)
{
    struct replay *r = session->replay;
    if (!r)
        return false;
    pthread_mutex_lock(&r->lock);
    *now = (struct replay_now){.epoch = r->model ? r->epoch : r->target,
                               .newest = newest_epoch(r->fit),
                               .target = r->target,
                               .playing = r->playing,
                               .speed = r->speed,
                               .loss = {r->epoch, NAN, NAN, NAN}};
    if (r->playing && r->model)
        now->target = r->epoch;
    if (r->model)
        now->loss = loss_at(r->model, r->epoch);
    pthread_mutex_unlock(&r->lock);
    return true;
}

void replay_scene(struct session *session, struct fit *fit, struct scene_model *seen)
{
    struct replay *r = session->replay;
    if (!r || r->fit != fit)
        return;
    pthread_mutex_lock(&r->lock);
    if (r->model) {
        seen->final = seen->model;
        seen->model = model_hold(r->model);
        seen->cohort = r->cohort;
        seen->replayed = true;
        seen->moving = r->playing;
        seen->newest = newest_epoch(fit);
        seen->epoch = r->epoch;
    }
    pthread_mutex_unlock(&r->lock);
}

void replay_words(struct fit *fit, const struct replay_now *now, struct strbuf *out)
{
    strbuf_printf(out, "%s %d of %d", fit_trained(fit) ? "epoch" : "evaluation", now->epoch,
                  now->newest);
}

void replay_note(const struct session *session, const struct view *view, struct strbuf *out)
{
    struct replay_now now;
    bool of_model = option_find(view_ops_of(view)->options, "model") != NULL;
    if (!of_model || !replay_now(session, &now))
        return;
    const char *name = fit_name(replay_fit(session));
    bool shown = view_model(view, 0) ? view_asks_model(view, name)
                                     : session->current && strcmp(session->current, name) == 0;
    if (!shown)
        return;
    strbuf_printf(out, ", %s at ", name);
    replay_words(replay_fit(session), &now, out);
}
