#include "deltaw/base/jobs.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "deltaw/base/mem.h"

enum { FITS_LEAST = 4, TASKS = 8 };

/* Below the main thread; a fit below what someone waits for. */
static const int nice_of[JOB_LANES] = {[JOB_VIEW] = 3, [JOB_TASK] = 5, [JOB_FIT] = 5};

struct lane {
    struct jobs *jobs;
    int most, at_work, blocked, returning; /* blocked: in job_goes_on; of these, not held */
    int nice;
    struct job *first; /* queued, in the order they are begun */
    pthread_cond_t changed;
    size_t n_threads, room;
    pthread_t *threads;
};

struct jobs {
    pthread_mutex_t lock;
    pthread_cond_t left; /* a job has ended, or blocked ones may go on */
    struct lane lanes[JOB_LANES];
    struct job *begun; /* running or blocked */
    const struct wake *wake;
    int threads;
    bool quit;
};

/* --- under the lock ---------------------------------------------------------- */

static void list_drop(struct job **list, struct job *job)
{
    while (*list != job)
        list = &(*list)->next;
    *list = job->next;
}

static void queue_in(struct lane *lane, struct job *job)
{
    struct job **at = &lane->first;
    while (*at && (*at)->priority >= job->priority)
        at = &(*at)->next;
    job->next = *at;
    *at = job;
}

static bool has_place(const struct lane *lane)
{
    return lane->at_work + lane->returning < lane->most;
}

/* The job to begin now; NULL: none. */
static struct job *next_job(const struct lane *lane)
{
    struct job *job = lane->first;
    while (job && job->held)
        job = job->next;
    return has_place(lane) ? job : NULL;
}

static double seconds_of(const struct job *job)
{
    bool works = job->state == JOB_RUNNING;
    return job->worked + (works ? clock_seconds() - job->began : 0);
}

static void job_begin(struct lane *lane, struct job *job)
{
    list_drop(&lane->first, job);
    job->next = lane->jobs->begun;
    lane->jobs->begun = job;
    job->state = JOB_RUNNING;
    job->began = clock_seconds();
    lane->at_work++;
}

static void job_end(struct job *job, bool ran)
{
    struct jobs *jobs = job->jobs;
    job->worked = seconds_of(job);
    job->state = JOB_DONE;
    if (job->group) {
        job->group->done++;
        job->group->ran += ran;
        job->group->seconds += job->worked;
    }
    pthread_cond_broadcast(&jobs->left);
    wake_send(jobs->wake); /* under the lock: whoever recalls it may close the wake next */
}

/* --- threads ----------------------------------------------------------------- */

static _Thread_local struct job *at_hand; /* what this thread runs */

bool job_unwanted(void)
{
    return at_hand && atomic_load(&at_hand->stop);
}

void job_disown(void)
{
    at_hand = NULL;
}

static void *lane_run(void *arg)
{
    struct lane *lane = arg;
    struct jobs *jobs = lane->jobs;
    thread_background(lane->nice);
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->quit) {
        struct job *job = next_job(lane);
        if (!job) {
            pthread_cond_wait(&lane->changed, &jobs->lock);
            continue;
        }
        job_begin(lane, job);
        pthread_mutex_unlock(&jobs->lock);
        at_hand = job;
        job->run(job);
        at_hand = NULL;
        pthread_mutex_lock(&jobs->lock);
        lane->at_work--;
        list_drop(&jobs->begun, job);
        job_end(job, true);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

/* A thread for each job that can be at work.  False: there is none at all. */
static bool lane_staff(struct lane *lane, struct err *err)
{
    size_t busy = (size_t)(lane->at_work + lane->blocked);
    size_t most = (size_t)(lane->most + lane->blocked);
    pthread_cond_signal(&lane->changed);
    if (!next_job(lane) || lane->n_threads >= most)
        return true;
    for (const struct job *job = lane->first; job && busy < lane->n_threads + 1; job = job->next)
        busy += !job->held;
    if (busy <= lane->n_threads)
        return true;
    lane->threads =
        mem_reserve(lane->threads, &lane->room, lane->n_threads + 1, sizeof *lane->threads);
    if (!thread_start(&lane->threads[lane->n_threads], lane_run, lane, err))
        return lane->n_threads > 0; /* the others do it later */
    lane->n_threads++;
    return true;
}

/* --- the queue --------------------------------------------------------------- */

struct jobs *jobs_new(const struct wake *wake)
{
    struct jobs *jobs = mem_new(1, sizeof *jobs);
    const int most[] = {[JOB_VIEW] = 1, [JOB_TASK] = TASKS, [JOB_FIT] = 1};
    jobs->wake = wake;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->left, NULL);
    for (size_t i = 0; i < JOB_LANES; i++) {
        jobs->lanes[i] = (struct lane){.jobs = jobs, .most = most[i], .nice = nice_of[i]};
        pthread_cond_init(&jobs->lanes[i].changed, NULL);
    }
    jobs_threads(jobs, 0);
    return jobs;
}

void jobs_free(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->quit = true;
    for (size_t i = 0; i < JOB_LANES; i++)
        pthread_cond_broadcast(&jobs->lanes[i].changed);
    pthread_mutex_unlock(&jobs->lock);
    for (size_t i = 0; i < JOB_LANES; i++) {
        struct lane *lane = &jobs->lanes[i];
        for (size_t t = 0; t < lane->n_threads; t++)
            pthread_join(lane->threads[t], NULL);
        pthread_cond_destroy(&lane->changed);
        free(lane->threads);
    }
    pthread_mutex_destroy(&jobs->lock);
    pthread_cond_destroy(&jobs->left);
    free(jobs);
}

static bool any_begun(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    bool any = jobs->begun != NULL;
    pthread_mutex_unlock(&jobs->lock);
    return any;
}

bool jobs_settle(struct jobs *jobs, double seconds)
{
    double until = clock_seconds() + seconds;
    pthread_mutex_lock(&jobs->lock);
    jobs->quit = true;
    for (struct job *job = jobs->begun; job; job = job->next)
        atomic_store(&job->stop, true);
    pthread_cond_broadcast(&jobs->left);
    pthread_mutex_unlock(&jobs->lock);
    while (any_begun(jobs)) {
        if (clock_seconds() >= until)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    return true;
}

const struct wake *jobs_wake(const struct jobs *jobs)
{
    return jobs->wake;
}

void jobs_limit(struct jobs *jobs, enum job_lane lane, int most)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->lanes[lane].most = most > 1 ? most : 1;
    lane_staff(&jobs->lanes[lane], NULL);
    pthread_cond_broadcast(&jobs->left);
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_threads(struct jobs *jobs, int threads)
{
    threads = threads > 0 ? threads : thread_processors();
    pthread_mutex_lock(&jobs->lock);
    jobs->threads = threads;
    pthread_mutex_unlock(&jobs->lock);
    jobs_limit(jobs, JOB_FIT, threads > FITS_LEAST ? threads : FITS_LEAST);
}

int job_threads(struct job *job)
{
    struct jobs *jobs = job->jobs;
    pthread_mutex_lock(&jobs->lock);
    int n = jobs->lanes[job->lane].at_work, all = jobs->threads;
    pthread_mutex_unlock(&jobs->lock);
    return n > 1 ? (all + n - 1) / n : 0;
}

bool jobs_room(struct jobs *jobs, enum job_lane which)
{
    pthread_mutex_lock(&jobs->lock);
    const struct lane *lane = &jobs->lanes[which];
    int waiting = 0;
    for (const struct job *job = lane->first; job; job = job->next)
        waiting += !job->held;
    bool room = lane->at_work + lane->returning + waiting < lane->most;
    pthread_mutex_unlock(&jobs->lock);
    return room;
}

bool job_send(struct jobs *jobs, struct job *job, struct err *err)
{
    struct lane *lane = &jobs->lanes[job->lane];
    job->jobs = jobs;
    job->held = false;
    job->worked = 0;
    atomic_store(&job->stop, false);
    atomic_store(&job->permille, -1);
    pthread_mutex_lock(&jobs->lock);
    job->state = JOB_QUEUED;
    queue_in(lane, job);
    bool ok = lane_staff(lane, err);
    if (!ok) {
        list_drop(&lane->first, job);
        job->state = JOB_NONE;
    } else if (job->group) {
        job->group->n++;
    }
    pthread_mutex_unlock(&jobs->lock);
    return ok;
}

enum job_state job_state(struct job *job)
{
    if (!job->jobs)
        return JOB_NONE;
    pthread_mutex_lock(&job->jobs->lock);
    enum job_state state = job->state;
    pthread_mutex_unlock(&job->jobs->lock);
    return state;
}

bool job_done(struct job *job)
{
    if (job_state(job) != JOB_DONE)
        return false;
    job->state = JOB_NONE;
    return true;
}

void job_stop(struct job *job)
{
    if (!job->jobs)
        return;
    pthread_mutex_lock(&job->jobs->lock);
    atomic_store(&job->stop, true);
    if (job->state == JOB_QUEUED) {
        list_drop(&job->jobs->lanes[job->lane].first, job);
        job_end(job, false);
    }
    pthread_cond_broadcast(&job->jobs->left);
    pthread_mutex_unlock(&job->jobs->lock);
}

void job_recall(struct job *job)
{
    if (!job->jobs)
        return;
    job_stop(job);
    pthread_mutex_lock(&job->jobs->lock);
    while (job->state == JOB_RUNNING || job->state == JOB_PAUSED)
        pthread_cond_wait(&job->jobs->left, &job->jobs->lock);
    job->state = JOB_NONE;
    pthread_mutex_unlock(&job->jobs->lock);
}

bool job_await(struct job *job)
{
    struct jobs *jobs = job->jobs;
    pthread_mutex_lock(&jobs->lock);
    bool queued = job->state == JOB_QUEUED;
    if (queued) {
        list_drop(&jobs->lanes[job->lane].first, job);
        job_end(job, false);
    }
    while (job->state == JOB_RUNNING || job->state == JOB_PAUSED)
        pthread_cond_wait(&jobs->left, &jobs->lock);
    job->state = JOB_NONE;
    pthread_mutex_unlock(&jobs->lock);
    return !queued;
}

/* --- pausing ----------------------------------------------------------------- */

bool job_paused(struct job *job)
{
    if (!job->jobs)
        return false;
    pthread_mutex_lock(&job->jobs->lock);
    bool held = job->held && job->state != JOB_NONE && job->state != JOB_DONE;
    pthread_mutex_unlock(&job->jobs->lock);
    return held;
}

void job_pause(struct job *job, bool pause)
{
    struct jobs *jobs = job->jobs;
    struct lane *lane = &jobs->lanes[job->lane];
    pthread_mutex_lock(&jobs->lock);
    if (job->state == JOB_PAUSED && job->held != pause)
        lane->returning += pause ? -1 : 1;
    job->held = pause;
    lane_staff(lane, NULL);
    pthread_cond_broadcast(&jobs->left);
    pthread_mutex_unlock(&jobs->lock);
}

/* Gives up its place until it gets one again or is told to stop. */
static void job_rest(struct job *job)
{
    struct jobs *jobs = job->jobs;
    struct lane *lane = &jobs->lanes[job->lane];
    job->worked = seconds_of(job);
    job->state = JOB_PAUSED;
    lane->at_work--;
    lane->blocked++;
    lane_staff(lane, NULL);
    pthread_cond_broadcast(&jobs->left);
    wake_send(jobs->wake);
    while (!atomic_load(&job->stop) && (job->held || lane->at_work >= lane->most))
        pthread_cond_wait(&jobs->left, &jobs->lock);
    lane->returning -= !job->held;
    lane->blocked--;
    lane->at_work++;
    job->state = JOB_RUNNING;
    job->began = clock_seconds();
}

bool job_goes_on(struct job *job)
{
    pthread_mutex_lock(&job->jobs->lock);
    if (job->held && !atomic_load(&job->stop))
        job_rest(job);
    pthread_mutex_unlock(&job->jobs->lock);
    return !atomic_load(&job->stop);
}

/* --- progress ---------------------------------------------------------------- */

double job_seconds(struct job *job)
{
    if (!job->jobs)
        return 0;
    pthread_mutex_lock(&job->jobs->lock);
    double seconds = seconds_of(job);
    pthread_mutex_unlock(&job->jobs->lock);
    return seconds;
}

/* Seconds the rest of a group will take; a job that has not begun counts as the mean of
 * those that have. */
void job_group_progress(struct jobs *jobs, const struct job_group *group, struct job_progress *out)
{
    int places = 0;
    pthread_mutex_lock(&jobs->lock);
    double known = (double)group->ran, seconds = group->seconds, left = 0;
    *out = (struct job_progress){.n = group->n, .done = group->done};
    for (size_t l = 0; l < JOB_LANES; l++)
        for (const struct job *job = jobs->lanes[l].first; job; job = job->next)
            if (job->group == group) {
                out->queued++;
                places = jobs->lanes[l].most;
            }
    size_t waiting = out->queued;
    for (const struct job *job = jobs->begun; job; job = job->next) {
        double share = atomic_load(&job->permille) / 1e3, so_far = seconds_of(job);
        if (job->group != group)
            continue;
        *(job->state == JOB_RUNNING ? &out->running : &out->queued) += 1;
        places = jobs->lanes[job->lane].most;
        waiting += !(share > 0);
        if (share > 0) {
            known++;
            seconds += so_far / share;
            left += so_far / share - so_far;
        }
    }
    pthread_mutex_unlock(&jobs->lock);
    size_t open = out->n - out->done, beside = open < (size_t)places ? open : (size_t)places;
    if (known > 0)
        left += (double)waiting * seconds / known;
    out->seconds_left = open == 0 ? 0 : known > 0 && beside > 0 ? left / (double)beside : NAN;
}
