/* A thread that computes for the main one, an errand at a time in the order they
 * were sent.  The main thread sends, asks and takes back; it never waits but in
 * worker_recall and worker_free. */
#ifndef DELTAW_BASE_WORKER_H
#define DELTAW_BASE_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "deltaw/base/thread.h"

enum errand_state { ERRAND_NONE, ERRAND_QUEUED, ERRAND_RUNNING, ERRAND_DONE };

/* One place for work, owned by who sends it; all zero at first. */
struct errand {
    /* `stop` turns true when the result is not wanted any more: give up soon. */
    void (*run)(void *job, const atomic_bool *stop);
    void *job; /* the worker's from worker_send until worker_done or worker_recall */
    /* private */
    enum errand_state state; /* under the worker's lock */
    atomic_bool stop;
    struct errand *next;
};

struct worker;
/* wake: sent whenever an errand is done; must outlive the worker's errands. */
struct worker *worker_new(const struct wake *wake, struct err *err);
/* Errands must have been taken back.  NULL is fine. */
void worker_free(struct worker *worker);

void worker_send(struct worker *worker, struct errand *errand);
/* True once: the job is the caller's again. */
bool worker_done(struct worker *worker, struct errand *errand);
/* Ask what runs to give up; it will still be done some day. */
void worker_hurry(struct worker *worker, struct errand *errand);
/* The job is the caller's again, finished or not; waits where it runs. */
void worker_recall(struct worker *worker, struct errand *errand);

#endif
