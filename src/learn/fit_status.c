/* What the main thread asks of a fit while it is at work. */
#include "deltaw/learn/fit.h"

#include "deltaw/base/mem.h"
#include "deltaw/learn/snapshots.h"
#include "trainer.h"

const char *fit_name(const struct fit *fit)
{
    return fit->name;
}

const char *fit_state_name(enum fit_state state)
{
    static const char *const names[] = {"training", "paused", "done",  "stopped",
                                        "failed",   "opened", "queued"};
    return names[state];
}

/* Of a fit that has not reported its end; its job's state was asked for before.  One that has a
 * model already is about to begin. */
static enum fit_state state_of(struct fit *fit, enum job_state job, bool model)
{
    switch (job) {
    case JOB_QUEUED:
    case JOB_PAUSED:
        return fit_paused(fit) ? FIT_PAUSED : job == JOB_QUEUED && model ? FIT_RUNNING : FIT_QUEUED;
    case JOB_RUNNING: return FIT_RUNNING;
    case JOB_NONE:
    case JOB_DONE: return FIT_STOPPED; /* before it began */
    }
    return FIT_RUNNING;
}

/* A fit is over when its job is, which groups of them count by: not as soon as it has told of
 * its end. */
struct fit_status fit_status(struct fit *fit)
{
    enum job_state job = job_state(&fit->job);
    pthread_mutex_lock(&fit->lock);
    struct fit_status status = fit->status;
    bool model = fit->model;
    pthread_mutex_unlock(&fit->lock);
    if (status.state == FIT_RUNNING)
        status.state = state_of(fit, job, model);
    else if (job != JOB_NONE && job != JOB_DONE)
        status.state = FIT_RUNNING;
    return status;
}

bool fit_active(struct fit *fit)
{
    enum fit_state state = fit_status(fit).state;
    return state == FIT_RUNNING || state == FIT_PAUSED || state == FIT_QUEUED;
}

bool fit_paused(struct fit *fit)
{
    return job_paused(&fit->job);
}

const struct rule *fit_rule(const struct fit *fit)
{
    return fit->rule;
}

const struct job_group *fit_group(const struct fit *fit)
{
    return fit->job.group;
}

struct model *fit_model(struct fit *fit)
{
    pthread_mutex_lock(&fit->lock);
    struct model *model = fit->model ? model_hold(fit->model) : NULL;
    pthread_mutex_unlock(&fit->lock);
    return model;
}

const struct cohort *fit_cohort(const struct fit *fit)
{
    return fit->cohort;
}

void fit_pause(struct fit *fit)
{
    if (fit_active(fit))
        job_pause(&fit->job, true);
}

void fit_resume(struct fit *fit)
{
    if (fit_active(fit))
        job_pause(&fit->job, false);
}

void fit_stop(struct fit *fit)
{
    job_stop(&fit->job);
}

void fits_stop(struct fit *const *fits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fit_status(fits[i]).state == FIT_QUEUED)
            fit_stop(fits[i]);
    for (size_t i = 0; i < n; i++)
        fit_stop(fits[i]);
}
