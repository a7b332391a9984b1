#include "team.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"

enum { LINGER = 2000 }; /* looks, some 50 us */

struct member {
    struct team *team;
    size_t number;
    pthread_t thread;
};

struct team {
    size_t n, n_asked; /* members, [0] is the caller; that may take part, the first ones */
    size_t n_now;      /* that do, in this job */
    struct member *members;
    pthread_mutex_t lock;
    pthread_cond_t begun, ended;
    atomic_ulong job;      /* counts them */
    atomic_size_t at_work; /* helpers not yet through with this one */
    bool quit;
    atomic_size_t next; /* segment to take */
    size_t n_segments;
    void (*work)(void *context, size_t i, size_t member);
    void *context;
};

static void take_segments(struct team *t, size_t member)
{
    size_t i;
    while ((i = atomic_fetch_add(&t->next, 1)) < t->n_segments)
        t->work(t->context, i, member);
}

static inline void relax(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#endif
}

/* Jobs follow each other closely and end together: to look again before going to sleep
 * makes a fit some 15 % faster. */
static void await_job(const struct team *t, unsigned long seen)
{
    for (int i = 0; i < LINGER && atomic_load(&t->job) == seen; i++)
        relax();
}

static void await_end(const struct team *t)
{
    for (int i = 0; i < LINGER && atomic_load(&t->at_work) > 0; i++)
        relax();
}

static void *help(void *arg)
{
    struct member *m = arg;
    struct team *t = m->team;
    unsigned long seen = 0;
    thread_background();
    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (t->job == seen && !t->quit)
            pthread_cond_wait(&t->begun, &t->lock);
        if (t->quit)
            break;
        seen = t->job;
        if (m->number >= t->n_now)
            continue;
        pthread_mutex_unlock(&t->lock);
        take_segments(t, m->number);
        pthread_mutex_lock(&t->lock);
        if (--t->at_work == 0)
            pthread_cond_signal(&t->ended);
        pthread_mutex_unlock(&t->lock);
        await_job(t, seen);
        pthread_mutex_lock(&t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

struct team *team_new(int threads)
{
    struct team *t = mem_new(1, sizeof *t);
    t->members = mem_new(threads > 1 ? (size_t)threads : 1, sizeof *t->members);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->begun, NULL);
    pthread_cond_init(&t->ended, NULL);
    for (t->n = 1; t->n < (size_t)(threads > 1 ? threads : 1); t->n++) {
        t->members[t->n] = (struct member){.team = t, .number = t->n};
        if (!thread_start(&t->members[t->n].thread, help, &t->members[t->n], NULL))
            break;
    }
    t->n_asked = t->n;
    return t;
}

void team_free(struct team *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->quit = true;
    pthread_cond_broadcast(&t->begun);
    pthread_mutex_unlock(&t->lock);
    for (size_t i = 1; i < t->n; i++)
        pthread_join(t->members[i].thread, NULL);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->begun);
    pthread_cond_destroy(&t->ended);
    free(t->members);
    free(t);
}

void team_run(struct team *t, size_t n, void (*work)(void *context, size_t i, size_t member),
              void *context)
{
    pthread_mutex_lock(&t->lock);
    t->work = work;
    t->context = context;
    t->n_segments = n;
    t->n_now = n < t->n_asked ? n : t->n_asked;
    atomic_store(&t->next, 0);
    if (t->n_now > 1) {
        t->job++;
        t->at_work = t->n_now - 1;
        pthread_cond_broadcast(&t->begun);
    }
    pthread_mutex_unlock(&t->lock);
    take_segments(t, 0);
    await_end(t);
    pthread_mutex_lock(&t->lock);
    while (t->at_work > 0)
        pthread_cond_wait(&t->ended, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

void team_limit(struct team *t, int threads)
{
    pthread_mutex_lock(&t->lock);
    t->n_asked = threads > 0 && (size_t)threads < t->n ? (size_t)threads : t->n;
    pthread_mutex_unlock(&t->lock);
}

size_t team_size(const struct team *t)
{
    return t->n;
}
