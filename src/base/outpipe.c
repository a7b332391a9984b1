#include "outpipe.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <unistd.h>

#include "deltaw/base/jobs.h"

static int descriptor(void *cookie)
{
    return (int)(intptr_t)cookie;
}

/* No more than a pipe that has room at all takes at once: a descriptor that others share
 * may not be made non-blocking. */
static ssize_t write_some(void *cookie, const char *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        struct pollfd p = {.fd = descriptor(cookie), .events = POLLOUT};
        size_t most = n - done < PIPE_BUF ? n - done : PIPE_BUF;
        if (job_unwanted()) {
            errno = EINTR;
            return 0; /* -1 is no answer of a stream's writer */
        }
        if (poll(&p, 1, 100) <= 0)
            continue;
        ssize_t got = write(p.fd, bytes + done, most);
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return 0;
        done += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)done;
}

static int close_it(void *cookie)
{
    return close(descriptor(cookie));
}

FILE *outpipe_open(int fd)
{
    static const cookie_io_functions_t calls = {.write = write_some, .close = close_it};
    return fopencookie((void *)(intptr_t)fd, "w", calls);
}
