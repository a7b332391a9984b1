#include "deltaw/base/team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"

enum { LINGER = 2000 }; /* polls, about 50 us */

struct member {
    struct team *team;
    size_t number;
    pthread_t thread;
};

struct team {
    size_t most, n;         /* members possible; those there, [0] being the caller */
    size_t n_asked;         /* to take part */
    size_t n_now;           /* that take part in this call */
    struct member *members; /* [most] */
    pthread_mutex_t lock;
    pthread_cond_t begun, ended;
    atomic_ulong call;    /* counts them */
    atomic_size_t inside; /* helpers at this call's pieces */
    bool open, quit;      /* open: a helper that wakes now still takes part */
    atomic_size_t next;   /* piece to take */
    size_t n_pieces;
    void (*work)(void *context, size_t i, size_t member);
    void *context;
};

static void take_pieces(struct team *t, size_t member)
{
    size_t i;
    while ((i = atomic_fetch_add(&t->next, 1)) < t->n_pieces)
        t->work(t->context, i, member);
}

static inline void relax(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#endif
}

/* Calls follow one another closely and end together: polling for a while before going to
 * sleep makes a fit about 15 % faster. */
static void await_call(const struct team *t, unsigned long seen)
{
    for (int i = 0; i < LINGER && atomic_load(&t->call) == seen; i++)
        relax();
}

static void await_end(const struct team *t)
{
    for (int i = 0; i < LINGER && atomic_load(&t->inside) > 0; i++)
        relax();
}

/* Called and left with the lock held. */
static void team_join(struct team *t, size_t member)
{
    t->inside++;
    pthread_mutex_unlock(&t->lock);
    take_pieces(t, member);
    pthread_mutex_lock(&t->lock);
    if (--t->inside == 0)
        pthread_cond_signal(&t->ended);
}

static void *team_help(void *arg)
{
    struct member *m = arg;
    struct team *t = m->team;
    unsigned long seen = 0;
    thread_background(THREAD_BACKGROUND);
    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (t->call == seen && !t->quit)
            pthread_cond_wait(&t->begun, &t->lock);
        if (t->quit)
            break;
        seen = t->call;
        if (m->number >= t->n_now)
            continue;
        if (t->open)
            team_join(t, m->number);
        pthread_mutex_unlock(&t->lock);
        await_call(t, seen); /* also who came too late: the next one may be soon */
        pthread_mutex_lock(&t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

struct team *team_new(int threads)
{
    struct team *t = mem_new(1, sizeof *t);
    t->most = t->n_asked = threads > 1 ? (size_t)threads : 1;
    t->n = 1;
    t->members = mem_new(t->most, sizeof *t->members);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->begun, NULL);
    pthread_cond_init(&t->ended, NULL);
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

static void start_helpers(struct team *t, size_t wanted)
{
    for (; t->n < wanted; t->n++) {
        t->members[t->n] = (struct member){.team = t, .number = t->n};
        if (!thread_start(&t->members[t->n].thread, team_help, &t->members[t->n], NULL)) {
            t->most = t->n; /* fewer than asked for is slower, not wrong */
            t->n_asked = t->n_asked < t->most ? t->n_asked : t->most;
            return;
        }
    }
}

void team_run(struct team *t, size_t n, void (*work)(void *context, size_t i, size_t member),
              void *context)
{
    bool alone = n < 2 || t->n_asked < 2;
    pthread_mutex_lock(&t->lock);
    t->work = work;
    t->context = context;
    t->n_pieces = n;
    atomic_store(&t->next, 0);
    if (!alone) {
        t->n_now = n < t->n_asked ? n : t->n_asked;
        start_helpers(t, t->n_now);
        t->call++;
        t->open = true;
        pthread_cond_broadcast(&t->begun);
    }
    pthread_mutex_unlock(&t->lock);
    take_pieces(t, 0);
    if (alone)
        return;
    pthread_mutex_lock(&t->lock);
    t->open = false; /* members that have not woken by now are not waited for */
    pthread_mutex_unlock(&t->lock);
    await_end(t);
    pthread_mutex_lock(&t->lock);
    while (t->inside > 0)
        pthread_cond_wait(&t->ended, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

size_t team_limit(struct team *t, int threads)
{
    t->n_asked = threads > 0 && (size_t)threads < t->most ? (size_t)threads : t->most;
    return t->n_asked;
}

size_t team_most(const struct team *t)
{
    return t->most;
}

size_t team_asked(const struct team *t)
{
    return t->n_asked;
}
