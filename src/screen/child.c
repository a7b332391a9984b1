#include "child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "screen.h"
#include "signals.h"

extern char **environ;

/* Of the terminal's keys, which go to the child as well: it obeys them, deltaw does not. */
static const int keys[] = {SIGINT, SIGQUIT, SIGTSTP};
enum { KEYS = sizeof keys / sizeof *keys };

/* With the signals as a program expects them; ^Z would stop it with nobody to continue it. */
static int start(const char *command, pid_t *child)
{
    static const int usual[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGWINCH, SIGCHLD};
    char *const words[] = {"sh", "-c", (char *)command, NULL};
    posix_spawnattr_t how;
    sigset_t set;
    posix_spawnattr_init(&how);
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&how, &set);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        sigaddset(&set, usual[i]);
    posix_spawnattr_setsigdefault(&how, &set);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failed = posix_spawn(child, "/bin/sh", NULL, &how, words, environ);
    posix_spawnattr_destroy(&how);
    return failed;
}

/* When deltaw itself is to end, so is the child. */
static int await(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (signals_last_end())
            kill(child, SIGHUP);
        poll(NULL, 0, 10);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool child_run(const char *command, int *status, struct err *err)
{
    struct sigaction ignored = {.sa_handler = SIG_IGN}, before[KEYS];
    pid_t child;
    fflush(stdout);
    for (size_t i = 0; i < KEYS; i++)
        sigaction(keys[i], &ignored, &before[i]);
    int failed = start(command, &child);
    if (!failed)
        *status = await(child);
    for (size_t i = 0; i < KEYS; i++)
        sigaction(keys[i], &before[i], NULL);
    errno = failed;
    return !failed || err_system(err, ERR_FAILED, "/bin/sh");
}

/* --- from the full screen ---------------------------------------------------- */

/* What runs while the screen is away. */
struct away {
    const char *command;
    int status;
    bool good;
    struct err err;
};

static void await_key(void)
{
    static const char text[] = "\nAny key goes back. ";
    struct termios before, raw;
    char bytes[64];
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return;
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    screen_raw(text, strlen(text), NULL);
    while (!signals_last_end() &&
           poll(&(struct pollfd){.fd = STDIN_FILENO, .events = POLLIN}, 1, 100) == 0)
        ;
    ssize_t ignored = signals_last_end() ? 0 : read(STDIN_FILENO, bytes, sizeof bytes);
    (void)ignored;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

static void run_away(void *data)
{
    struct away *away = data;
    char *line = mem_printf("$ %s\n", away->command + strspn(away->command, " \t"));
    char *safe = utf8_visible(line, strlen(line), "\n");
    screen_raw(safe, strlen(safe), NULL);
    free(safe);
    free(line);
    away->good = child_run(away->command, &away->status, &away->err);
    await_key();
}

bool child_run_away(const char *command, int *status, struct err *err)
{
    struct away away = {.command = command};
    screen_suspend(run_away, &away);
    *status = away.status;
    return away.good || err_set(err, away.err.code, "%s", away.err.message);
}
