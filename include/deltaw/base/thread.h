/* Threads and how they wake the main loop.  Every thread starts with all
 * signals blocked, so that signals reach only the main thread. */
#ifndef DELTAW_BASE_THREAD_H
#define DELTAW_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "deltaw/base/err.h"

bool thread_start(pthread_t *thread, void *(*run)(void *), void *arg, struct err *err);

/* Make the calling thread yield to the main one, by so many steps of nice (Linux: of the
 * thread), unless the thread that started it yields already. */
enum { THREAD_BACKGROUND = 5 };
void thread_background(int steps);

/* How many threads can run at once, at least 1. */
int thread_processors(void);

/* Seconds of the monotonic clock. */
double clock_seconds(void);

/* An eventfd: workers send, the loop polls .fd and drains. */
struct wake {
    int fd;
};
bool wake_open(struct wake *wake, struct err *err);
void wake_send(const struct wake *wake); /* never blocks; async-signal-safe; NULL is fine */
void wake_drain(const struct wake *wake);
void wake_close(struct wake *wake);

#endif
