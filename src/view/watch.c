/* What views of one model keep between updates: what is wanted, at which pace, on which
 * axes. */
#include "watch.h"

#include <math.h>

#include "deltaw/base/thread.h"
#include "hold.h"

void hold_value(struct hold *hold, double value)
{
    hold->lo = value < hold->lo ? value : hold->lo;
    hold->hi = value > hold->hi ? value : hold->hi;
}

void hold_range(const struct hold *hold, double *lo, double *hi)
{
    bool held = hold->of && hold->lo < hold->hi;
    double pad = (hold->hi - hold->lo) * .1;
    *lo = held ? hold->lo - pad : NAN;
    *hi = held ? hold->hi + pad : NAN;
}

bool pace_due(const struct pace *pace)
{
    return clock_seconds() - pace->ended >= 5 * pace->cost;
}

void pace_took(struct pace *pace, double seconds)
{
    pace->ended = clock_seconds();
    pace->cost = seconds;
}

bool watch_update(struct watch *w, const struct scene *scene, const char *model, bool needs_trials,
                  struct err *err)
{
    bool changed = false, was_live = w->wanted.live;
    if (scene && !view_source_want(&w->wanted, scene, model, needs_trials, &changed, err))
        return false;
    bool held = w->held_for == w->wanted.final;
    w->stale = w->stale || changed || !held;
    /* the last picture of a fit is made in full, and at once */
    w->urgent = w->urgent || was_live != w->wanted.live || !held;
    if (w->have && !changed && w->source.model == w->wanted.model)
        w->source.status = w->wanted.status;
    return true;
}

bool watch_due(const struct watch *w, bool pending)
{
    /* a replay is what is being looked at, and it does not hold up the fit's threads */
    bool due = !w->have || !w->wanted.live || w->wanted.replayed || pace_due(&w->pace);
    return w->stale && (w->urgent || (due && !pending));
}

static void watch_sent(struct watch *w)
{
    w->held_for = w->wanted.final;
    w->stale = w->urgent = false;
}

struct view_job *watch_job(struct watch *w, const struct view_work *work)
{
    watch_sent(w);
    return view_job_new(work, &w->wanted);
}

struct source watch_send(struct watch *w)
{
    watch_sent(w);
    return view_source_copy(&w->wanted);
}

void watch_take(struct watch *w, struct source *done, double seconds)
{
    pace_took(&w->pace, seconds);
    view_source_adopt(&w->source, &w->wanted, done);
    w->have = true;
}

void watch_adopt(struct watch *w, struct view_job *job)
{
    watch_take(w, &job->source, job->seconds);
}

void watch_release(struct watch *w)
{
    view_source_release(&w->source);
    view_source_release(&w->wanted);
}
