/* Slurm's own programs, and what they print. */
#include "slurm_inside.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deltaw/base/mem.h"

extern char **environ;

/* What it prints, errors too; its exit code, -1: it could not be run. */
static int run(const char *const *argv, struct strbuf *out)
{
    int ends[2], status = -1;
    pid_t child;
    char bytes[4096];
    ssize_t n;
    sigset_t none;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (pipe(ends) != 0)
        return -1;
    sigemptyset(&none); /* threads of this program take no signals */
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    int failed = posix_spawnp(&child, argv[0], &actions, &attributes, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    while (!failed && ((n = read(ends[0], bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)))
        strbuf_add(out, bytes, n > 0 ? (size_t)n : 0);
    close(ends[0]);
    while (!failed && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return failed || !WIFEXITED(status) ? -1 : WEXITSTATUS(status);
}

bool slurm_sbatch(const char *script, const char *parts, char **job, struct err *err)
{
    struct strbuf out = {0};
    char *array = mem_printf("--array=%s", parts);
    int code = run((const char *[]){"sbatch", "--parsable", array, script, NULL}, &out);
    free(array);
    if (out.len)
        out.text[strcspn(out.text, "\n;")] = '\0';
    bool good = code == 0 && out.len && out.text[0] >= '0' && out.text[0] <= '9';
    if (good)
        *job = strbuf_take(&out);
    else
        err_set(err, ERR_FAILED,
                code < 0 ? "cv: sbatch cannot be run; is Slurm here? submit=script "
                           "only writes %s"
                         : "cv: sbatch %s: %s",
                script, strbuf_text(&out));
    strbuf_free(&out);
    return good;
}

bool slurm_squeue(const char *job, bool *queued, size_t n)
{
    struct strbuf out = {0};
    int code = run((const char *[]){"squeue", "-h", "-r", "-j", job, "-o", "%K", NULL}, &out);
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
    run((const char *[]){"scancel", job, NULL}, &out);
    strbuf_free(&out);
}
