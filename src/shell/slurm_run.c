/* Slurm's own programs, and what they print. */
#include "slurm_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"

extern char **environ;

static const double patience = 60; /* seconds: a controller that is away is given up after 20 */

/* In a group of its own, so that what it starts can be ended with it; 0: started. */
static int start(const char *const *argv, const int *ends, pid_t *child)
{
    sigset_t none;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigemptyset(&none); /* threads of this program take no signals */
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    int failed = posix_spawnp(child, argv[0], &actions, &attributes, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

/* All that it prints.  False: it took too long, or (asking) the job is no longer wanted. */
static bool listen_to(int pipe, bool asking, struct strbuf *out)
{
    char bytes[4096];
    double until = clock_seconds() + patience;
    for (;;) {
        struct pollfd p = {.fd = pipe, .events = POLLIN};
        if (clock_seconds() > until || (asking && job_unwanted()))
            return false;
        if (poll(&p, 1, 50) <= 0)
            continue;
        ssize_t n = read(pipe, bytes, sizeof bytes);
        if (n == 0 || (n < 0 && errno != EINTR))
            return true;
        strbuf_add(out, bytes, n > 0 ? (size_t)n : 0);
    }
}

/* What it prints, errors too; its exit code, -1: it could not be run, or did not end.  One that
 * only asks is ended with its job. */
static int run(const char *const *argv, bool asking, struct strbuf *out)
{
    int ends[2], status = -1;
    pid_t child;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    int failed = start(argv, ends, &child);
    close(ends[1]);
    if (!failed && !listen_to(ends[0], asking, out))
        kill(-child, SIGKILL);
    close(ends[0]);
    while (!failed && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return failed || !WIFEXITED(status) ? -1 : WEXITSTATUS(status);
}

bool slurm_sbatch(const char *script, const char *parts, char **job, struct err *err)
{
    struct strbuf out = {0};
    char *array = mem_printf("--array=%s", parts);
    int code = run((const char *[]){"sbatch", "--parsable", array, script, NULL}, false, &out);
    free(array);
    if (out.len)
        out.text[strcspn(out.text, "\n;")] = '\0';
    bool good = code == 0 && out.len && out.text[0] >= '0' && out.text[0] <= '9';
    if (good)
        *job = strbuf_take(&out);
    else
        err_set(err, ERR_FAILED,
                code < 0 ? "sbatch cannot be run or does not answer; is Slurm here? submit=script "
                           "only writes %s"
                         : "sbatch %s: %s",
                script, strbuf_text(&out));
    strbuf_free(&out);
    return good;
}

bool slurm_squeue(const char *job, bool *queued, size_t n)
{
    struct strbuf out = {0};
    int code = run((const char *[]){"squeue", "-h", "-r", "-j", job, "-o", "%K", NULL}, true, &out);
    bool gone = code > 0 && strstr(strbuf_text(&out), "Invalid job id");
    for (char *rest = out.text, *line; code == 0 && rest && (line = strsep(&rest, "\n"));) {
        size_t part = (size_t)strtoull(line, NULL, 10);
        if (part >= 1 && part <= n)
            queued[part - 1] = true;
    }
    strbuf_free(&out);
    return code == 0 || gone;
}

void slurm_scancel(const char *job)
{
    struct strbuf out = {0};
    run((const char *[]){"scancel", job, NULL}, false, &out);
    strbuf_free(&out);
}
