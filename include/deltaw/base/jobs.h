/* Jobs: work done in threads of their own, a bounded number at a time.
 *
 * A job waits in the queue of its lane until one of that lane's places is free; of those
 * that wait, the one of the highest priority is next, and of equals the one that was sent
 * first.  Lanes do not wait for each other, so that a picture is computed at once however
 * many fits are queued.  A queued job costs no thread, only what its owner put into it.
 *
 * The main thread sends, asks and takes back; it waits in job_recall, job_await and
 * jobs_free only.  All functions but job_goes_on, job_threads
 * and job_unwanted are for the main thread. */
#ifndef DELTAW_BASE_JOBS_H
#define DELTAW_BASE_JOBS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/thread.h"

/* Who waits for it: someone looking at the screen, a command, nobody. */
enum job_lane { JOB_VIEW, JOB_TASK, JOB_FIT, JOB_LANES };
enum job_state { JOB_NONE, JOB_QUEUED, JOB_RUNNING, JOB_PAUSED, JOB_DONE };

/* One piece of work, owned by who sends it; all zero at first. */
struct job {
    /* In a thread.  It polls job->stop, which turns true when the result is no longer
     * wanted, and then returns soon. */
    void (*run)(struct job *job);
    void *data; /* the thread's from job_send until job_done or job_recall */
    enum job_lane lane;
    int priority;            /* among those that wait */
    struct job_group *group; /* NULL: none; outlives the job */
    atomic_bool stop;
    atomic_int permille; /* of the work that is done, by run; -1: unknown */
    /* private */
    struct jobs *jobs;
    enum job_state state; /* under the lock of jobs */
    bool held;            /* by job_pause */
    double began, worked; /* at work since; seconds before that */
    struct job *next;
};

/* Jobs reported as one; the owner's, zero at first but for the name. */
struct job_group {
    const char *name;
    /* private */
    size_t n, done, ran; /* jobs sent; finished; of the finished, those that had begun */
    double seconds;      /* taken by those that ran, together */
};

struct job_progress {
    size_t n, queued, running, done; /* queued: also those that are paused */
    double seconds_left;             /* NaN: unknown */
};

struct jobs;
/* wake: sent whenever a job is done or pauses (NULL: none); outlives the jobs. */
struct jobs *jobs_new(const struct wake *wake);
/* Jobs must have been taken back.  NULL is fine. */
void jobs_free(struct jobs *jobs);
/* The program is to end: all are asked to give up and none is begun any more.  True: within
 * so many seconds none was at work.  False: what they use must not be freed. */
bool jobs_settle(struct jobs *jobs, double seconds);
const struct wake *jobs_wake(const struct jobs *jobs);
/* Threads that jobs at work share; 0, and at first: as many as processors.  So many fits,
 * but at least 4, are at work at once. */
void jobs_threads(struct jobs *jobs, int threads);
/* At most so many of a lane are at work at once, at least 1.  At first: 1 of the views and
 * 8 tasks. */
void jobs_limit(struct jobs *jobs, enum job_lane lane, int most);
/* Would a job that is sent now be begun at once? */
bool jobs_room(struct jobs *jobs, enum job_lane lane);

/* False: there is no thread for it and none can be started. */
bool job_send(struct jobs *jobs, struct job *job, struct err *err);
enum job_state job_state(struct job *job);
/* Is it to pause?  Where it runs, its state tells when it does. */
bool job_paused(struct job *job);
/* True once: it is over, and what it worked on is the caller's again. */
bool job_done(struct job *job);
/* Ask what runs to give up; it finishes later.  What has not begun is done now. */
void job_stop(struct job *job);
/* The job is the caller's again, run or not; waits where it runs. */
void job_recall(struct job *job);
/* Returns when it is over, true.  False: it had not begun and is the caller's again. */
bool job_await(struct job *job);
/* A paused job is not begun; where it runs it stops at its next job_goes_on, and another
 * has its place until it is resumed and a place is free. */
void job_pause(struct job *job, bool pause);
/* Seconds it has been at work, pauses not counted. */
double job_seconds(struct job *job);
void job_group_progress(struct jobs *jobs, const struct job_group *group, struct job_progress *out);

/* For run: the threads it should use now, for others of its lane are at work as well: each
 * alone on a processor gets more done than all on all.  0: as many as it likes. */
int job_threads(struct job *job);
/* For run: a point at which it can be paused.  False: give up. */
bool job_goes_on(struct job *job);
/* In a job's own thread: is the result no longer wanted?  Elsewhere never.  For code that is too
 * deep to be passed the job, such as reading and unpacking. */
bool job_unwanted(void);
/* This thread works for no job any more: in the child of a crash, whose work is always wanted. */
void job_disown(void);

#endif
