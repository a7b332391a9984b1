/* Calls that put files on the disk, and the n-th of a kind failing: link with
 * -Wl,--wrap=fdopen,--wrap=fileno,--wrap=write,--wrap=fsync,--wrap=rename,
 * --wrap=close,--wrap=ftruncate64.  Streams are ours as well (a cookie over the
 * descriptor), since stdio's own write cannot be reached by a name.  Only regular files that are
 * written to are meant. */
#ifndef TESTS_FAULTY_H
#define TESTS_FAULTY_H

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum fault {
    FAULT_WRITE,
    FAULT_SHORT,
    FAULT_FSYNC,
    FAULT_RENAME,
    FAULT_CLOSE,
    FAULT_KINDS,
    FAULT_CUT /* where half a line was found */
};
static const char *const fault_names[] = {"write", "half a write", "fsync", "rename", "close"};

static struct {
    _Atomic enum fault kind;
    atomic_int left; /* calls until the one that fails; below 0: none does */
    atomic_bool hit;
    atomic_bool no_cut; /* nothing that was written is taken back */
} faulty = {.left = -1};

/* From now on call n (from 0) of the kind fails. */
static void faulty_set(enum fault kind, int n)
{
    atomic_store(&faulty.hit, false);
    atomic_store(&faulty.kind, kind);
    atomic_store(&faulty.left, n);
}

static bool faulty_now(enum fault kind)
{
    if (atomic_load(&faulty.kind) != kind || atomic_load(&faulty.left) < 0 ||
        atomic_fetch_sub(&faulty.left, 1) != 0)
        return false;
    atomic_store(&faulty.hit, true);
    return true;
}

static bool is_written(int fd)
{
    struct stat st;
    return fd > 2 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
           (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY;
}

static int fail_as(int reason)
{
    errno = reason;
    return -1;
}

ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    if (!is_written(fd))
        return __real_write(fd, bytes, n);
    if (faulty_now(FAULT_WRITE))
        return fail_as(ENOSPC);
    if (faulty_now(FAULT_SHORT)) { /* and the next finds no room at all */
        atomic_store(&faulty.kind, FAULT_WRITE);
        atomic_store(&faulty.left, 0);
        return __real_write(fd, bytes, n / 2);
    }
    return __real_write(fd, bytes, n);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    return is_written(fd) && faulty_now(FAULT_FSYNC) ? fail_as(EIO) : __real_fsync(fd);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    return faulty_now(FAULT_RENAME) ? fail_as(EIO) : __real_rename(from, to);
}

int __real_ftruncate64(int fd, off_t n);
int __wrap_ftruncate64(int fd, off_t n);
int __wrap_ftruncate64(int fd, off_t n)
{
    return faulty_now(FAULT_CUT) || atomic_load(&faulty.no_cut) ? fail_as(EIO)
                                                                : __real_ftruncate64(fd, n);
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    bool fails = is_written(fd) && faulty_now(FAULT_CLOSE);
    int result = __real_close(fd);
    return fails ? fail_as(EIO) : result;
}

/* --- streams ------------------------------------------------------------------------ */

enum { STREAMS = 16 };
static _Atomic(FILE *) stream_files[STREAMS];
static int stream_fds[STREAMS];

static ssize_t stream_write(void *cookie, const char *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = __wrap_write((int)(intptr_t)cookie, bytes + done, n - done);
        if (got <= 0)
            return 0; /* how a cookie says that it failed */
        done += (size_t)got;
    }
    return (ssize_t)n;
}

static int stream_close(void *cookie)
{
    int fd = (int)(intptr_t)cookie;
    for (int i = 0; i < STREAMS; i++)
        if (stream_fds[i] == fd)
            atomic_store(&stream_files[i], NULL);
    return __wrap_close(fd);
}

FILE *__real_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode)
{
    static const cookie_io_functions_t calls = {.write = stream_write, .close = stream_close};
    if (mode[0] == 'r' || !is_written(fd))
        return __real_fdopen(fd, mode);
    FILE *file = fopencookie((void *)(intptr_t)fd, mode, calls);
    for (int i = 0; file && i < STREAMS; i++) {
        FILE *none = NULL;
        if (atomic_compare_exchange_strong(&stream_files[i], &none, file)) {
            stream_fds[i] = fd;
            break;
        }
    }
    return file;
}

int __real_fileno(FILE *file);
int __wrap_fileno(FILE *file);
int __wrap_fileno(FILE *file)
{
    for (int i = 0; i < STREAMS; i++)
        if (file && atomic_load(&stream_files[i]) == file)
            return stream_fds[i];
    return __real_fileno(file);
}

#endif
