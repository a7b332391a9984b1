/* The queue of jobs and the team of threads: order, places, pausing, giving up, progress. */
#include <math.h>
#include <poll.h>
#include <string.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/team.h"
#include "tap.h"

enum { MOST = 16 };

/* What jobs did, in which order, and a gate that holds those that run. */
struct scene {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct wake wake;
    struct jobs *jobs;
    size_t n_begun, n_ended, n_open; /* n_open: so many may end */
    int order[MOST];                 /* numbers of jobs as they began */
    size_t at_work, most_at_work;
};

struct piece {
    struct job job;
    struct scene *scene;
    int number;
};

static void scene_new(struct scene *s, int most)
{
    *s = (struct scene){0};
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    wake_open(&s->wake, NULL);
    s->jobs = jobs_new(&s->wake);
    jobs_limit(s->jobs, JOB_FIT, most);
}

static void scene_free(struct scene *s)
{
    jobs_free(s->jobs);
    wake_close(&s->wake);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

/* Begins, waits for the gate, can be paused, ends. */
static void piece_run(struct job *job)
{
    struct piece *p = job->data;
    struct scene *s = p->scene;
    pthread_mutex_lock(&s->lock);
    s->order[s->n_begun++] = p->number;
    s->at_work++;
    s->most_at_work = s->at_work > s->most_at_work ? s->at_work : s->most_at_work;
    pthread_cond_broadcast(&s->changed);
    while (s->n_open == 0 && !atomic_load(&job->stop)) {
        pthread_mutex_unlock(&s->lock);
        job_goes_on(job);
        poll(NULL, 0, 1);
        pthread_mutex_lock(&s->lock);
    }
    s->n_open -= s->n_open > 0;
    s->at_work--;
    s->n_ended++;
    pthread_mutex_unlock(&s->lock);
}

static void open_gate(struct scene *s, size_t n)
{
    pthread_mutex_lock(&s->lock);
    s->n_open += n;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void await_begun(struct scene *s, size_t n)
{
    pthread_mutex_lock(&s->lock);
    while (s->n_begun < n)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void await_state(struct scene *s, struct job *job, enum job_state state)
{
    while (job_state(job) != state) {
        poll(&(struct pollfd){.fd = s->wake.fd, .events = POLLIN}, 1, 100);
        wake_drain(&s->wake);
    }
}

static void send(struct scene *s, struct piece *p, int number, int priority,
                 struct job_group *group)
{
    *p = (struct piece){
        .job = {.run = piece_run, .data = p, .lane = JOB_FIT, .priority = priority, .group = group},
        .scene = s,
        .number = number};
    job_send(s->jobs, &p->job, NULL);
}

static void test_order(void)
{
    struct scene s;
    struct piece p[7];
    const int priority[7] = {0, 0, 1, 2, 1, 0, 2};
    scene_new(&s, 1);
    send(&s, &p[0], 0, priority[0], NULL);
    await_begun(&s, 1);
    for (int i = 1; i < 7; i++)
        send(&s, &p[i], i, priority[i], NULL);
    tap_ok(job_state(&p[3].job) == JOB_QUEUED, "with one place the others are queued");
    open_gate(&s, 7);
    for (int i = 0; i < 7; i++)
        await_state(&s, &p[i].job, JOB_DONE);
    const int want[7] = {0, 3, 6, 2, 4, 1, 5};
    tap_ok(memcmp(s.order, want, sizeof want) == 0,
           "the highest priority first, equals as they were sent: %d %d %d %d %d %d %d", s.order[0],
           s.order[1], s.order[2], s.order[3], s.order[4], s.order[5], s.order[6]);
    tap_ok(s.most_at_work == 1, "one at a time");
    tap_ok(job_done(&p[0].job) && !job_done(&p[0].job), "a job is done once");
    scene_free(&s);
}

static void test_places(void)
{
    struct scene s;
    struct piece p[MOST];
    scene_new(&s, 3);
    for (int i = 0; i < MOST; i++)
        send(&s, &p[i], i, 0, NULL);
    await_begun(&s, 3);
    tap_ok(!jobs_room(s.jobs, JOB_FIT) && job_state(&p[3].job) == JOB_QUEUED,
           "three places: three at work, the fourth waits");
    open_gate(&s, MOST);
    for (int i = 0; i < MOST; i++)
        await_state(&s, &p[i].job, JOB_DONE);
    tap_ok(s.most_at_work <= 3, "never more than three at work: %zu", s.most_at_work);
    scene_free(&s);
}

static void test_giving_up(void)
{
    struct scene s;
    struct piece p[3];
    scene_new(&s, 1);
    for (int i = 0; i < 3; i++)
        send(&s, &p[i], i, 0, NULL);
    await_begun(&s, 1);
    job_stop(&p[1].job);
    tap_ok(job_done(&p[1].job), "what is queued is over as soon as it is stopped");
    job_stop(&p[0].job);
    await_state(&s, &p[0].job, JOB_DONE);
    tap_ok(true, "what runs gives up");
    await_begun(&s, 2);
    tap_ok(s.order[1] == 2, "and the next begins; the one that was stopped never does");
    job_recall(&p[2].job);
    tap_ok(s.n_ended == 2 && job_state(&p[2].job) == JOB_NONE, "a recall waits for what runs");
    scene_free(&s);
}

static void test_pausing(void)
{
    struct scene s;
    struct piece p[3];
    scene_new(&s, 1);
    for (int i = 0; i < 2; i++)
        send(&s, &p[i], i, 0, NULL);
    await_begun(&s, 1);
    job_pause(&p[0].job, true);
    await_begun(&s, 2);
    tap_ok(job_state(&p[0].job) == JOB_PAUSED && job_state(&p[1].job) == JOB_RUNNING,
           "a paused job leaves its place to the next");
    send(&s, &p[2], 2, 0, NULL);
    job_pause(&p[0].job, false);
    tap_ok(job_state(&p[0].job) == JOB_PAUSED, "resumed, it waits for a place");
    job_stop(&p[1].job);
    await_state(&s, &p[0].job, JOB_RUNNING);
    tap_ok(job_state(&p[2].job) == JOB_QUEUED, "and comes before what has not begun");
    job_pause(&p[2].job, true);
    job_stop(&p[0].job);
    await_state(&s, &p[0].job, JOB_DONE);
    poll(NULL, 0, 20);
    tap_ok(job_state(&p[2].job) == JOB_QUEUED, "a job paused in the queue is not begun");
    job_pause(&p[2].job, false);
    await_state(&s, &p[2].job, JOB_RUNNING);
    job_pause(&p[2].job, true);
    await_state(&s, &p[2].job, JOB_PAUSED);
    job_recall(&p[2].job);
    tap_ok(s.n_ended == 3, "a paused job can be recalled");
    job_recall(&p[1].job);
    scene_free(&s);
}

static void test_lanes(void)
{
    struct scene s;
    struct piece fit, view;
    scene_new(&s, 1);
    send(&s, &fit, 0, 9, NULL);
    await_begun(&s, 1);
    view = (struct piece){
        .job = {.run = piece_run, .data = &view, .lane = JOB_VIEW}, .scene = &s, .number = 1};
    job_send(s.jobs, &view.job, NULL);
    await_begun(&s, 2);
    tap_ok(job_state(&fit.job) == JOB_RUNNING, "a view does not wait for a place among the fits");
    job_recall(&view.job);
    job_recall(&fit.job);
    scene_free(&s);
}

static void test_groups(void)
{
    struct scene s;
    struct piece p[6], other;
    struct job_group cv = {.name = "cv"};
    struct job_progress at;
    scene_new(&s, 2);
    job_group_progress(s.jobs, &cv, &at);
    tap_ok(at.n == 0 && at.seconds_left == 0, "an empty group has nothing left");
    for (int i = 0; i < 6; i++)
        send(&s, &p[i], i, 0, &cv);
    send(&s, &other, 6, 0, NULL);
    await_begun(&s, 2);
    job_group_progress(s.jobs, &cv, &at);
    tap_ok(at.n == 6 && at.running == 2 && at.queued == 4 && at.done == 0,
           "six jobs of a group, two at work: %zu %zu %zu", at.n, at.running, at.queued);
    tap_ok(isnan(at.seconds_left), "nobody knows how long yet");
    poll(NULL, 0, 20);
    atomic_store(&p[0].job.permille, 500);
    double least = job_seconds(&p[0].job);
    job_group_progress(s.jobs, &cv, &at);
    double most = job_seconds(&p[0].job);
    /* the other half of one and five more, two beside each other */
    tap_ok(at.seconds_left >= 11 * least / 2 && at.seconds_left <= 11 * most / 2,
           "half of one done in %.3f s: %.3f s to go", least, at.seconds_left);
    job_stop(&p[5].job);
    open_gate(&s, 7);
    for (int i = 0; i < 6; i++)
        await_state(&s, &p[i].job, JOB_DONE);
    job_group_progress(s.jobs, &cv, &at);
    tap_ok(at.done == 6 && at.queued == 0 && at.seconds_left == 0, "all six are over, one stopped");
    job_recall(&other.job);
    scene_free(&s);
}

/* --- the team ---------------------------------------------------------------- */

enum { PIECES = 1000, MEMBERS = 3 };

struct share {
    atomic_int times[PIECES];
    atomic_size_t most_member;
};

static void count(void *context, size_t i, size_t member)
{
    struct share *share = context;
    size_t most = atomic_load(&share->most_member);
    atomic_fetch_add(&share->times[i], 1);
    while (member > most && !atomic_compare_exchange_weak(&share->most_member, &most, member))
        ;
}

static void test_team(void)
{
    static struct share share;
    struct team *team = team_new(MEMBERS);
    bool once = true;
    for (int run = 0; run < 300; run++) {
        size_t n = (size_t)(run * 7 % PIECES);
        memset(&share, 0, sizeof share);
        size_t limit = team_limit(team, run % 5);
        team_run(team, n, count, &share);
        for (size_t i = 0; i < PIECES; i++)
            once = once && share.times[i] == (i < n);
        once = once && share.most_member < limit;
    }
    tap_ok(once, "every piece is done once, by the members that were asked");
    tap_ok(team_limit(team, 0) == MEMBERS && team_limit(team, 99) == MEMBERS, "0: all of them");
    team_free(team);
}

int main(void)
{
    test_order();
    test_places();
    test_giving_up();
    test_pausing();
    test_lanes();
    test_groups();
    test_team();
    return tap_done();
}
