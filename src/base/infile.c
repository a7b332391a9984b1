#include "deltaw/base/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/outfile.h"

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)    ? "a folder"
           : S_ISFIFO(mode) ? "a pipe"
           : S_ISSOCK(mode) ? "a socket"
                            : "a device";
}

static int refuse(int fd, const char *path, mode_t mode, struct err *err)
{
    err_set(err, ERR_FAILED, "%s: is %s, not a file", path, kind_of(mode));
    if (fd >= 0)
        close(fd);
    errno = S_ISDIR(mode) ? EISDIR : ENXIO;
    return -1;
}

/* Not blocking: neither a pipe without a writer nor a line without a carrier. */
static int open_kind(const char *path, int flags, bool any, struct err *err)
{
    struct stat st;
    char *real = path_expand(path);
    int fd = open(real, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
    if (fd < 0 && (errno == ENXIO || errno == EISDIR) && stat(real, &st) == 0)
        fd = refuse(-1, path, st.st_mode, err);
    else if (fd < 0)
        err_system(err, ERR_FAILED, path);
    else if (fstat(fd, &st) != 0 || (any ? S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode)))
        fd = refuse(fd, path, st.st_mode, err);
    int reason = errno;
    free(real);
    errno = reason;
    return fd;
}

int infile_open(const char *path, int flags, struct err *err)
{
    return open_kind(path, flags, false, err);
}

int infile_open_any(const char *path, struct err *err)
{
    return open_kind(path, O_RDONLY, true, err);
}

/* Until there is something to read; a writer that has not come yet is waited for, too. */
static bool wait_for(int fd, const char *path, struct err *err)
{
    while (!job_unwanted()) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 100) != 0)
            return true;
    }
    return err_set(err, ERR_INTERRUPTED, "%s: interrupted", path);
}

bool infile_read(int fd, const char *path, size_t most, struct strbuf *out, struct err *err)
{
    char block[16384];
    size_t before = out->len;
    for (;;) {
        if (!wait_for(fd, path, err))
            return false;
        ssize_t n = read(fd, block, sizeof block);
        if (n == 0)
            return true;
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return err_system(err, ERR_FAILED, path);
        strbuf_add(out, block, (size_t)n);
        if (out->len - before > most)
            return err_set(err, ERR_FAILED, "%s: is longer than %zu bytes", path, most);
    }
}

char *infile_text(const char *path, size_t most, size_t *n, struct err *err)
{
    struct strbuf text = {0};
    int fd = infile_open(path, O_RDONLY, err);
    bool fine = fd >= 0 && infile_read(fd, path, most, &text, err);
    if (fd >= 0)
        close(fd);
    strbuf_puts(&text, "");
    *n = text.len;
    if (!fine)
        strbuf_free(&text);
    return fine ? strbuf_take(&text) : NULL;
}

bool infile_lock(int fd, double patience)
{
    for (double until = clock_seconds() + patience;; poll(NULL, 0, 10)) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if ((errno != EWOULDBLOCK && errno != EINTR) || clock_seconds() >= until)
            return false;
    }
}
