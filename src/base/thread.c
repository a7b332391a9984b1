#include "deltaw/base/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* The new thread inherits the mask, so there is no moment in which it could
 * take a signal. */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *arg, struct err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed)
        return true;
    errno = failed;
    return err_system(err, ERR_FAILED, "cannot start a thread");
}

/* A thread starts with the priority of its creator, and keeps one that is already lower. */
void thread_background(int steps)
{
    errno = 0;
    int main_thread = getpriority(PRIO_PROCESS, (id_t)getpid());
    int own = getpriority(PRIO_PROCESS, (id_t)gettid());
    if (errno == 0 && own <= main_thread)
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), main_thread + steps);
}

int thread_processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool wake_open(struct wake *wake, struct err *err)
{
    wake->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return wake->fd >= 0 || err_system(err, ERR_FAILED, "cannot make an event descriptor");
}

void wake_send(const struct wake *wake)
{
    if (!wake || wake->fd < 0)
        return;
    int keep = errno; /* a signal handler may be calling */
    uint64_t one = 1;
    ssize_t n = write(wake->fd, &one, sizeof one); /* full: the loop is awake anyway */
    (void)n;
    errno = keep;
}

void wake_drain(const struct wake *wake)
{
    uint64_t count;
    ssize_t n = read(wake->fd, &count, sizeof count);
    (void)n;
}

void wake_close(struct wake *wake)
{
    if (wake->fd >= 0)
        close(wake->fd);
    wake->fd = -1;
}
