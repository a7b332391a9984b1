#include "deltaw/base/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "outpipe.h"

enum { LINKS_MOST = 40, NAME_TRIES = 100 };

char *path_expand(const char *path)
{
    if (path[0] != '~')
        return mem_text(path);
    size_t user = strcspn(path + 1, "/");
    const char *rest = path + 1 + user, *home = user ? NULL : getenv("HOME");
    if (!home || !*home) {
        char *name = mem_text_n(path + 1, user);
        struct passwd *entry = user ? getpwnam(name) : getpwuid(getuid());
        free(name);
        home = entry ? entry->pw_dir : NULL;
    }
    return home && *home ? mem_printf("%s%s", home, rest) : mem_text(path);
}

bool path_is_folder(const char *path)
{
    char *real = path_expand(path);
    struct stat st;
    bool folder = stat(real, &st) == 0 && S_ISDIR(st.st_mode);
    free(real);
    return folder;
}

char *path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_text(".");
    return slash == path ? mem_text("/") : mem_text_n(path, (size_t)(slash - path));
}

/* The file that a chain of symbolic links leads to, whether it exists or not: the rename
 * must replace that file and not the link.  NULL with errno. */
static char *follow_links(const char *path)
{
    char *here = mem_text(path);
    for (int i = 0; i < LINKS_MOST; i++) {
        struct stat st;
        if (lstat(here, &st) != 0 || !S_ISLNK(st.st_mode))
            return here;
        char to[PATH_MAX + 1];
        ssize_t n = readlink(here, to, sizeof to - 1);
        if (n < 0) {
            free(here);
            return NULL;
        }
        to[n] = '\0';
        char *folder = path_folder(here);
        char *next = to[0] == '/' ? mem_text(to) : mem_printf("%s/%s", folder, to);
        free(folder);
        free(here);
        here = next;
    }
    free(here);
    errno = ELOOP;
    return NULL;
}

/* /dev/stdout and its like name a descriptor we have: opening a redirected file again would
 * start at its first byte and overwrite it. */
static int own_descriptor(const char *path)
{
    if (!strcmp(path, "/dev/stdout"))
        return STDOUT_FILENO;
    if (!strcmp(path, "/dev/stderr"))
        return STDERR_FILENO;
    const char *number = !strncmp(path, "/dev/fd/", 8)          ? path + 8
                         : !strncmp(path, "/proc/self/fd/", 14) ? path + 14
                                                                : "";
    size_t n = strlen(number);
    return n && n < 6 && strspn(number, "0123456789") == n ? atoi(number) : -1;
}

/* Everything that failed ends here: nothing is left open, no temporary. */
static bool fail(struct outfile *out, struct err *err, const char *what)
{
    int reason = errno;
    bool kept = out->temporary && access(out->path, F_OK) == 0;
    char text[128];
    const char *why = strerror_r(reason, text, sizeof text);
    err_set(err, ERR_FAILED, "%s: %s%s%s", out->path, what, reason ? why : "not all was written",
            kept ? "; the old file is as it was" : "");
    outfile_abandon(out);
    return false;
}

static bool attach(struct outfile *out, int fd, struct err *err)
{
    struct stat st;
    if (fd < 0)
        return fail(out, err,
                    errno == ENXIO ? "nobody reads this pipe or socket: " : "cannot write: ");
    bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    out->file = regular ? fdopen(fd, "w") : outpipe_open(fd);
    if (out->file)
        return true;
    int reason = errno;
    close(fd);
    errno = reason;
    return fail(out, err, "cannot write: ");
}

static const char name_start[] = ".deltaw-", letters[] = "abcdefghijklmnopqrstuvwxyz234567";
enum { NAME_LETTERS = 8 };

/* The lock tells others that the writer is running.  Between the making of the file and its
 * locking they may have taken it for an abandoned one. */
static bool still_there(int fd)
{
    struct stat st;
    infile_lock(fd, 0);
    return fstat(fd, &st) != 0 || st.st_nlink > 0;
}

/* Names of our own, not mkostemp's: open() applies the umask to a new file's mode, while
 * reading the umask to apply it by hand is not safe with threads. */
static int open_temporary(struct outfile *out, mode_t mode)
{
    char *folder = path_folder(out->path);
    int fd = -1;
    errno = EEXIST;
    for (int i = 0; i < NAME_TRIES && fd < 0 && errno == EEXIST; i++) {
        unsigned char bytes[NAME_LETTERS];
        char name[sizeof bytes + 1] = "";
        if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
            break;
        for (size_t j = 0; j < sizeof bytes; j++)
            name[j] = letters[bytes[j] & 31];
        free(out->temporary);
        out->temporary = mem_printf("%s/%s%s", folder, name_start, name);
        fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (fd >= 0 && !still_there(fd)) {
            close(fd);
            fd = -1;
            errno = EEXIST;
        }
    }
    int reason = errno;
    if (fd < 0) {
        free(out->temporary);
        out->temporary = NULL;
    }
    free(folder);
    errno = reason;
    return fd;
}

static void sweep_beside(const char *path)
{
    char *folder = path_folder(path);
    outfile_sweep(folder);
    free(folder);
}

static bool open_beside(struct outfile *out, const struct stat *old, struct err *err)
{
    if (!*out->path || out->path[strlen(out->path) - 1] == '/') {
        errno = *out->path ? EISDIR : ENOENT;
        return fail(out, err, "cannot write: ");
    }
    /* A rename would replace even a file that its owner made read-only. */
    if (old && euidaccess(out->path, W_OK) != 0)
        return fail(out, err, "cannot write: ");
    sweep_beside(out->path);
    int fd = open_temporary(out, old ? 0600 : 0666);
    if (fd < 0)
        return fail(out, err, "cannot make a file beside it: ");
    if (old) {
        if (fchown(fd, old->st_uid, old->st_gid) != 0)
            (void)0; /* only root may; then the file becomes ours */
        if (fchmod(fd, old->st_mode & 07777) != 0) {
            int reason = errno;
            close(fd);
            errno = reason;
            return fail(out, err, "cannot set its mode: ");
        }
    }
    return attach(out, fd, err);
}

bool outfile_open(struct outfile *out, const char *path, struct err *err)
{
    *out = (struct outfile){.path = path_expand(path)};
    int own = own_descriptor(out->path);
    if (own >= 0) {
        if (own == STDOUT_FILENO)
            fflush(stdout); /* what was printed before must come first */
        return attach(out, fcntl(own, F_DUPFD_CLOEXEC, 3), err);
    }
    char *target = follow_links(out->path);
    if (!target)
        return fail(out, err, "cannot write: ");
    free(out->path);
    out->path = target;
    struct stat st;
    bool there = stat(target, &st) == 0;
    if (there && S_ISDIR(st.st_mode)) {
        err_set(err, ERR_FAILED, "%s is a folder; name a file in it", target);
        outfile_abandon(out);
        return false;
    }
    if (there && !S_ISREG(st.st_mode))
        return attach(out, open(target, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), err);
    return open_beside(out, there ? &st : NULL, err);
}

/* Makes the new name itself survive a crash.  Some file systems cannot; the file is written
 * all the same. */
static void sync_folder(const char *path)
{
    char *folder = path_folder(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

bool outfile_commit(struct outfile *out, struct err *err)
{
    errno = 0;
    if (job_unwanted()) { /* whoever gave it up is not to find it later */
        err_set(err, ERR_INTERRUPTED, "%s: interrupted", out->path);
        outfile_abandon(out);
        return false;
    }
    if (fflush(out->file) != 0 || ferror(out->file))
        return fail(out, err, "");
    /* Pipes and terminals have nothing to sync, and no descriptor here. */
    int fd = fileno(out->file);
    if (fd >= 0 && fsync(fd) != 0 && (out->temporary || (errno != EINVAL && errno != EROFS)))
        return fail(out, err, "");
    int closed = fclose(out->file);
    out->file = NULL;
    if (closed != 0)
        return fail(out, err, "");
    if (out->temporary) {
        if (rename(out->temporary, out->path) != 0)
            return fail(out, err, "cannot put the new file in place: ");
        sync_folder(out->path);
        free(out->temporary);
        out->temporary = NULL;
    }
    outfile_abandon(out);
    return true;
}

void outfile_abandon(struct outfile *out)
{
    if (out->file) {
        __fpurge(out->file); /* what was not written must not appear */
        fclose(out->file);
    }
    if (out->temporary)
        unlink(out->temporary);
    free(out->temporary);
    free(out->path);
    *out = (struct outfile){0};
}

bool outfile_begin(struct outfile *out, const char *path, const void *bytes, size_t n,
                   struct err *err)
{
    if (!outfile_open(out, path, err))
        return false;
    return !n || fwrite(bytes, 1, n, out->file) == n || fail(out, err, "");
}

bool outfile_write(const char *path, const void *bytes, size_t n, struct err *err)
{
    struct outfile out;
    return outfile_begin(&out, path, bytes, n, err) && outfile_commit(&out, err);
}

bool outfile_append(int fd, const void *bytes, size_t n)
{
    struct stat before;
    size_t done = 0;
    bool known = fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
    while (known && done < n) {
        ssize_t got = write(fd, (const char *)bytes + done, n - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    if (done == n)
        return true;
    int reason = errno ? errno : ENOSPC;
    if (done && ftruncate(fd, before.st_size) != 0)
        (void)0; /* then half of it stays: nothing more can be done */
    errno = reason;
    return false;
}

/* Where the last whole line of a file ends; -1: it cannot be read. */
static off_t lines_end(int fd, off_t size)
{
    char block[4096];
    while (size > 0) {
        size_t n = size < (off_t)sizeof block ? (size_t)size : sizeof block;
        if (pread(fd, block, n, size - (off_t)n) != (ssize_t)n)
            return -1;
        const char *end = memrchr(block, '\n', n);
        size -= (off_t)n;
        if (end)
            return size + (end - block) + 1;
    }
    return 0;
}

void outfile_heal(int fd, bool cut)
{
    struct stat st;
    off_t end = fstat(fd, &st) == 0 ? lines_end(fd, st.st_size) : -1;
    if (end >= 0 && end < st.st_size && !(cut && ftruncate(fd, end) == 0))
        outfile_append(fd, "\n", 1);
}

static bool is_temporary(int folder, const char *name)
{
    const size_t start = sizeof name_start - 1;
    struct stat st;
    return strncmp(name, name_start, start) == 0 && strlen(name) == start + NAME_LETTERS &&
           strspn(name + start, letters) == NAME_LETTERS &&
           fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           st.st_uid == geteuid();
}

/* A writer that is running holds the lock, on whatever machine. */
static void remove_abandoned(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && infile_lock(fd, 0))
        unlinkat(folder, name, 0);
    if (fd >= 0)
        close(fd);
}

void outfile_sweep(const char *folder)
{
    DIR *opened = opendir(folder);
    for (struct dirent *entry; opened && (entry = readdir(opened));)
        if (is_temporary(dirfd(opened), entry->d_name))
            remove_abandoned(dirfd(opened), entry->d_name);
    if (opened)
        closedir(opened);
}
