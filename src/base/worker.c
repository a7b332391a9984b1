#include "deltaw/base/worker.h"

#include <stdlib.h>

#include "deltaw/base/mem.h"

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t sent, done;
    struct errand *first; /* queued */
    bool quit;
    const struct wake *wake;
};

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    thread_background(THREAD_BACKGROUND); /* and so are the threads it starts */
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->first && !w->quit)
            pthread_cond_wait(&w->sent, &w->lock);
        if (w->quit)
            break;
        struct errand *errand = w->first;
        w->first = errand->next;
        errand->state = ERRAND_RUNNING;
        pthread_mutex_unlock(&w->lock);
        errand->run(errand->job, &errand->stop);
        pthread_mutex_lock(&w->lock);
        errand->state = ERRAND_DONE;
        /* under the lock: who recalls may close the wake next */
        wake_send(w->wake);
        pthread_cond_signal(&w->done);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct worker *worker_new(const struct wake *wake, struct err *err)
{
    struct worker *w = mem_new(1, sizeof *w);
    w->wake = wake;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->sent, NULL);
    pthread_cond_init(&w->done, NULL);
    if (thread_start(&w->thread, worker_main, w, err))
        return w;
    free(w);
    return NULL;
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->quit = true;
    pthread_cond_signal(&w->sent);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->sent);
    pthread_cond_destroy(&w->done);
    free(w);
}

void worker_send(struct worker *w, struct errand *errand)
{
    errand->next = NULL;
    atomic_store(&errand->stop, false);
    pthread_mutex_lock(&w->lock);
    errand->state = ERRAND_QUEUED;
    struct errand **at = &w->first;
    while (*at)
        at = &(*at)->next;
    *at = errand;
    pthread_cond_signal(&w->sent);
    pthread_mutex_unlock(&w->lock);
}

bool worker_done(struct worker *w, struct errand *errand)
{
    pthread_mutex_lock(&w->lock);
    bool done = errand->state == ERRAND_DONE;
    if (done)
        errand->state = ERRAND_NONE;
    pthread_mutex_unlock(&w->lock);
    return done;
}

void worker_hurry(struct worker *w, struct errand *errand)
{
    (void)w;
    atomic_store(&errand->stop, true);
}

void worker_recall(struct worker *w, struct errand *errand)
{
    worker_hurry(w, errand);
    pthread_mutex_lock(&w->lock);
    for (struct errand **at = &w->first; *at; at = &(*at)->next)
        if (*at == errand) {
            *at = errand->next;
            errand->state = ERRAND_NONE;
            break;
        }
    while (errand->state == ERRAND_RUNNING)
        pthread_cond_wait(&w->done, &w->lock);
    errand->state = ERRAND_NONE;
    pthread_mutex_unlock(&w->lock);
}
