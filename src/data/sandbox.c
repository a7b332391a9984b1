#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"

/* Of columns: what begins with each byte.  Counts are size_t, texts have theirs before them. */
enum mark { NUMBERS = 'N', TEXTS = 'T', ODD = 'O', FAILED = 'F', WHOLE = 'W' };

/* --- in the child ---------------------------------------------------------------- */

/* A byte of a log is at most some 20 of memory (a number of 1 byte is kept as 8, with what the
 * library keeps of it), once it is inflated, which is 1:1032 at the best. */
static const double small_bytes = 256e6, bytes_per_byte = 20e3;
static const double small_seconds = 10, seconds_per_byte = 5e-6;

static void limit_to(int what, double most)
{
    struct rlimit now;
    if (getrlimit(what, &now) != 0)
        return;
    now.rlim_cur = (rlim_t)fmin(most, (double)now.rlim_max);
    setrlimit(what, &now);
}

static void limit_all(const char *path)
{
    struct stat st = {0};
    double size = stat(path, &st) == 0 ? (double)st.st_size : 0;
    mem_limit(fmin(small_bytes + size * bytes_per_byte, mem_available()));
    limit_to(RLIMIT_CPU, ceil(small_seconds + size * seconds_per_byte));
    limit_to(RLIMIT_CORE, 0);
}

/* No file, lock or terminal of the parent stays open, but the file that may be in its memory. */
static void close_all(int pipe, const char *path)
{
    unsigned kept[2] = {(unsigned)pipe, (unsigned)pipe}, memory;
    if (sscanf(path, "/proc/self/fd/%u", &memory) == 1)
        kept[memory > kept[0]] = memory;
    int none = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2; fd++)
        dup2(none, fd);
    if (kept[0] > 3)
        close_range(3, kept[0] - 1, 0);
    if (kept[1] > kept[0] + 1)
        close_range(kept[0] + 1, kept[1] - 1, 0);
    close_range(kept[1] + 1, ~0u, 0);
}

/* Handlers would write into the parent's pipes, and save its models at a crash. */
static void usual_signals(void)
{
    static const int ours[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}; /* the parent's */
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        signal(ours[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void put_text(FILE *to, const char *text, size_t n)
{
    fwrite(&n, sizeof n, 1, to);
    fwrite(text, 1, n, to);
}

static void put_column(FILE *to, const struct log_source *source, size_t i)
{
    const struct memory_column *c = &memory_columns(source)[i];
    fputc(c->texts ? TEXTS : NUMBERS, to);
    put_text(to, source->columns[i].name, strlen(source->columns[i].name));
    fwrite(&c->n, sizeof c->n, 1, to);
    if (!c->texts)
        fwrite(c->values, sizeof *c->values, c->n, to);
    for (size_t k = 0; c->texts && k < c->n; k++)
        put_text(to, c->texts[k], strlen(c->texts[k]));
}

static void fill_apart(struct log_source *source, apart_fill fill, const void *library, int pipe)
{
    struct err err = {0};
    FILE *to = fdopen(pipe, "w");
    bool fine = fill(source, library, &err);
    for (size_t i = 0; fine && i < source->n_columns; i++)
        put_column(to, source, i);
    fputc(ODD, to);
    put_text(to, strbuf_text(&source->odd), source->odd.len);
    fputc(fine ? WHOLE : FAILED, to);
    if (!fine) {
        fwrite(&err.code, sizeof err.code, 1, to);
        put_text(to, err.message, strlen(err.message));
    }
    fflush(to);
}

/* The child's process, -1 without. */
static pid_t start(struct log_source *source, apart_fill fill, const void *library, int *pipe)
{
    int ends[2];
    sigset_t all, before;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        usual_signals();
        close_all(ends[1], source->file);
        limit_all(source->file);
        if (getppid() == parent)
            fill_apart(source, fill, library, ends[1]);
        _exit(0);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    if (child < 0)
        close(ends[0]);
    *pipe = ends[0];
    return child;
}

/* --- in the parent --------------------------------------------------------------- */

struct taking {
    int pipe;
    const char *path;
    struct err *err;
    bool ended; /* the child is gone, in the middle of what it said */
    size_t at, n;
    char block[1 << 16];
};

static bool refill(struct taking *t)
{
    for (;;) {
        struct pollfd p = {.fd = t->pipe, .events = POLLIN};
        if (job_unwanted())
            return err_set(t->err, ERR_INTERRUPTED, "%s: interrupted", t->path);
        if (poll(&p, 1, 50) <= 0)
            continue;
        ssize_t n = read(t->pipe, t->block, sizeof t->block);
        if (n < 0 && errno == EINTR)
            continue;
        t->at = 0;
        t->n = n > 0 ? (size_t)n : 0;
        t->ended = n <= 0;
        return n > 0;
    }
}

static bool take(struct taking *t, void *to, size_t n)
{
    for (size_t got = 0; got < n;) {
        if (t->at == t->n && !refill(t))
            return false;
        size_t k = n - got < t->n - t->at ? n - got : t->n - t->at;
        memcpy((char *)to + got, t->block + t->at, k);
        t->at += k;
        got += k;
    }
    return true;
}

/* NULL with an error. */
static char *take_text(struct taking *t)
{
    size_t n;
    if (!take(t, &n, sizeof n) || !mem_room((double)n, t->path, t->err))
        return NULL;
    char *text = mem_new(n + 1, 1);
    if (take(t, text, n))
        return text;
    free(text);
    return NULL;
}

static bool take_numbers(struct taking *t, struct log_source *source, const char *name, size_t n)
{
    double *values = mem_new(n, sizeof *values);
    memory_numbers(source, name, n, values);
    return take(t, values, n * sizeof *values);
}

static bool take_texts(struct taking *t, struct log_source *source, const char *name, size_t n)
{
    char **texts = mem_new(n, sizeof *texts);
    memory_texts(source, name, n, texts);
    for (size_t i = 0; i < n; i++)
        if (!(texts[i] = take_text(t)))
            return false;
    return true;
}

static bool take_column(struct taking *t, struct log_source *source, bool texts)
{
    enum { TEXT = 40 }; /* a pointer and the least that is allocated */
    size_t n;
    char *name = take_text(t);
    bool fine = name && take(t, &n, sizeof n) &&
                mem_room((double)n * (texts ? TEXT : sizeof(double)), t->path, t->err) &&
                (texts ? take_texts : take_numbers)(t, source, name, n);
    free(name);
    return fine;
}

static bool take_failure(struct taking *t)
{
    enum err_code code;
    char *message = take(t, &code, sizeof code) ? take_text(t) : NULL;
    if (message)
        err_set(t->err, code, "%s", message);
    free(message);
    return false;
}

static bool take_all(struct taking *t, struct log_source *source)
{
    char mark, *text;
    while (take(t, &mark, 1)) {
        if (mark == WHOLE)
            return true;
        if (mark == FAILED)
            return take_failure(t);
        if (mark == ODD) {
            if (!(text = take_text(t)))
                return false;
            strbuf_puts(&source->odd, text);
            free(text);
        } else if (!take_column(t, source, mark == TEXTS)) {
            return false;
        }
    }
    return false;
}

static bool refuse_dead(const struct taking *t, int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return err_set(t->err, ERR_DATA,
                       "%s: to read it takes longer than any such file may; it is damaged",
                       t->path);
    return err_set(t->err, ERR_DATA,
                   "%s: it cannot be read: it is damaged, or there is not enough memory", t->path);
}

bool sandbox_open(struct log_source *source, apart_fill fill, const void *library, struct err *err)
{
    if (&apart_inside)
        return fill(source, library, err) && memory_finish(source, NULL, err);
    struct taking *t = mem_new(1, sizeof *t);
    int status = 0;
    pid_t child = start(source, fill, library, &t->pipe);
    t->path = source->path;
    t->err = err;
    bool fine = child >= 0 ? take_all(t, source) : err_system(err, ERR_FAILED, source->path);
    if (child >= 0) {
        close(t->pipe);
        if (!fine && !t->ended)
            kill(child, SIGKILL);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    if (t->ended)
        fine = refuse_dead(t, status);
    free(t);
    return fine && memory_finish(source, NULL, err);
}
