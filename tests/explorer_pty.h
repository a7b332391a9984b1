/* The explorer in a pty of its own, for the tests of what it does there. */
#ifndef TESTS_EXPLORER_PTY_H
#define TESTS_EXPLORER_PTY_H

#include <dirent.h>
#include <math.h>
#include <sys/stat.h>

#include "deltaw/base/rng.h"
#include "pty.h"
#include "tap.h"

PTY_USED static const char black[] = "\033]11;rgb:0000/0000/0000\033\\";
static char home[4096];
PTY_USED static char kept[4200]; /* where models go that were in no file */

/* The explorer in a pty of its own; `more`: of its environment, may be NULL. */
PTY_USED static bool start(struct pty *p, char *term, char *more, char *commands)
{
    static char path[8192], home_is[4200], state_is[4200];
    char *program = getenv("DELTAW");
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH"));
    snprintf(home_is, sizeof home_is, "HOME=%s", home);
    snprintf(state_is, sizeof state_is, "XDG_STATE_HOME=%s/state", home);
    char *environment[16] = {path, home_is, state_is, "LC_ALL=C.UTF-8", "INPUTRC=/dev/null", term};
    static const char *const passed_on[] = {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"};
    static char passed[3][4096];
    size_t n = 6;
    for (size_t i = 0; i < 3; i++)
        if (getenv(passed_on[i])) {
            snprintf(passed[i], sizeof passed[i], "%s=%s", passed_on[i], getenv(passed_on[i]));
            environment[n++] = passed[i];
        }
    environment[n] = more;
    char *plain[] = {program, "--no-rc", NULL};
    char *with[] = {program, "--no-rc", "-i", "-c", commands, NULL};
    bool good = pty_start(p, 80, 24, environment, commands ? with : plain);
    return good && pty_shows(p, "F1 help");
}

PTY_USED static size_t count_kept(bool remove_them, char *one)
{
    DIR *folder = opendir(kept);
    size_t n = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[4600];
        snprintf(path, sizeof path, "%s/%s", kept, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        n++;
        if (one)
            snprintf(one, 4600, "%s", path);
        if (remove_them)
            unlink(path);
    }
    if (folder)
        closedir(folder);
    return n;
}

/* Bytes that were typed and that the program has not read. */
PTY_USED static int unread(const struct pty *p)
{
    int n = 0;
    ioctl(p->slave, FIONREAD, &n);
    return n;
}

PTY_USED static void left(struct pty *p, int status, int signal, const char *what)
{
    tap_ok(pty_ends(p), "%s: ends", what);
    bool as_due = signal ? WIFSIGNALED(p->status) && WTERMSIG(p->status) == signal
                         : WIFEXITED(p->status) && WEXITSTATUS(p->status) == status;
    if (!tap_ok(as_due, "%s: as it should", what)) {
        tap_note("status %d, in the end:", p->status);
        tap_show("out", p->out + (p->n > 6000 ? p->n - 6000 : 0));
    }
    tap_ok(pty_modes_as_before(p), "%s: the terminal's modes are as before", what);
    tap_ok(unread(p) == 0, "%s: nothing is left for the shell to read", what);
}

PTY_USED static char training[] =
    "simulate reinforce animals=2 trials=300; fit dnn epochs=1000000 hidden=8";

/* Epochs done as the header told last; 0: none or not told. */
PTY_USED static long epochs_told(const struct pty *p)
{
    long told = 0;
    for (const char *at = p->out + p->mark; (at = strstr(at, "/1000000")); at++) {
        const char *digits = at;
        while (digits > p->out && digits[-1] >= '0' && digits[-1] <= '9')
            digits--;
        told = digits < at ? atol(digits) : told;
    }
    return told;
}

/* Until it has done an epoch, which is what there is to keep. */
PTY_USED static bool trains(struct pty *p)
{
    bool good = start(p, "TERM=xterm-256color", NULL, training) && pty_shows(p, "dnn1 training");
    double until = pty_clock() + PTY_PATIENCE;
    while (good && epochs_told(p) == 0 && pty_clock() < until) {
        pty_type(p, "\014"); /* the whole screen anew, not what changed of it */
        pty_take(p, .5, 65536);
        pty_take(p, .1, 65536);
    }
    while (good && unread(p) && pty_clock() < until) /* a busy machine: not before it is ended */
        pty_take(p, .05, 65536);
    return good && epochs_told(p) > 0;
}

/* Its home is the folder that the test runs in.  False: there is nothing to test. */
PTY_USED static bool explorer_home(void)
{
    if (!getenv("DELTAW") || !getcwd(home, sizeof home - 100)) {
        printf("Bail out! DELTAW is not set\n");
        return false;
    }
    snprintf(kept, sizeof kept, "%s/state/deltaw/kept", home);
    signal(SIGPIPE, SIG_IGN);
    return true;
}

#endif
