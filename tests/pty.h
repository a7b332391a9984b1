/* A pseudo terminal with the program in it, for tests that need to be exact about
 * bytes and times: what goes in, what comes out, how it is left behind. */
#ifndef TESTS_PTY_H
#define TESTS_PTY_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PTY_USED __attribute__((unused))
enum { PTY_MODES = 6, PTY_PATIENCE = 120, PTY_RESTLESS = 10 };
/* Cursor keys, cursor, alternate screen, mouse, paste, synchronized output. */
static const int pty_mode_numbers[PTY_MODES] = {1, 25, 1049, 1000, 2004, 2026};

struct pty {
    int master, slave;
    pid_t child;
    struct termios before;
    char *out; /* all that came, ended by 0 */
    size_t n, room, mark;
    bool modes[PTY_MODES];
    /* what the terminal says when it is asked for its background; NULL: nothing */
    const char *background;
    double answer_after; /* seconds */
    double asked_at;     /* 0: not yet */
    size_t answered;     /* of `out`, up to here */
    bool gone;
    int status; /* of waitpid */
};

PTY_USED static double pty_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* background and answer_after are given in p.  `environment`: NAME=VALUE, ended by NULL;
 * of ours only PATH is passed on. */
PTY_USED static bool pty_start(struct pty *p, int width, int height, char *const *environment,
                               char *const *command)
{
    struct winsize size = {.ws_col = (unsigned short)width, .ws_row = (unsigned short)height};
    *p = (struct pty){
        .modes = {[1] = true}, .background = p->background, .answer_after = p->answer_after};
    if (openpty(&p->master, &p->slave, NULL, NULL, &size) != 0)
        return false;
    tcgetattr(p->slave, &p->before);
    fcntl(p->master, F_SETFL, O_NONBLOCK);
    p->child = fork();
    if (p->child == 0) {
        close(p->master);
        setsid();
        ioctl(p->slave, TIOCSCTTY, 0);
        for (int fd = 0; fd < 3; fd++)
            dup2(p->slave, fd);
        close(p->slave);
        execvpe(*command, command, environment);
        _exit(127);
    }
    return p->child > 0;
}

/* The modes as the newest bytes leave them. */
static void pty_track(struct pty *p, size_t from)
{
    for (size_t i = from > 16 ? from - 16 : 0; i + 4 < p->n; i++) {
        char *end;
        if (memcmp(p->out + i, "\033[?", 3) != 0)
            continue;
        long number = strtol(p->out + i + 3, &end, 10);
        for (int m = 0; m < PTY_MODES; m++)
            if (pty_mode_numbers[m] == number && (*end == 'h' || *end == 'l'))
                p->modes[m] = *end == 'h';
    }
}

PTY_USED static void pty_send(struct pty *p, const char *bytes, size_t n);

/* As a terminal does: status at once, background when it is time. */
static void pty_answer(struct pty *p)
{
    char *at;
    if (!p->background)
        return;
    while ((at = strstr(p->out + p->answered, "\033["))) {
        if (!at[2]) /* the rest is to come */
            return;
        p->answered = (size_t)(at - p->out) + 2;
        if (strncmp(at, "\033[5n", 4) == 0)
            pty_send(p, "\033[0n", 4);
        else if (strncmp(at, "\033[c", 3) == 0)
            p->asked_at = pty_clock();
    }
    if (p->asked_at > 0 && pty_clock() >= p->asked_at + p->answer_after) {
        p->asked_at = 0;
        if (*p->background)
            pty_send(p, p->background, strlen(p->background));
        pty_send(p, "\033[?62;22c", 9);
    }
}

/* Take what comes within this time, at most `most` bytes.  False: nothing came. */
PTY_USED static bool pty_take(struct pty *p, double seconds, size_t most)
{
    struct pollfd fd = {.fd = p->master, .events = POLLIN};
    if (p->n + 65537 > p->room)
        p->out = realloc(p->out, p->room = 2 * p->room + 131072);
    bool came = poll(&fd, 1, (int)(seconds * 1e3)) > 0 && fd.revents & POLLIN;
    ssize_t n = came ? read(p->master, p->out + p->n, most < 65536 ? most : 65536) : 0;
    size_t from = p->n;
    p->n += n > 0 ? (size_t)n : 0;
    p->out[p->n] = '\0';
    for (size_t i = from; i < p->n; i++)
        if (!p->out[i])
            p->out[i] = ' '; /* a filler; it would hide the rest */
    pty_track(p, from);
    pty_answer(p);
    return n > 0;
}

PTY_USED static void pty_send(struct pty *p, const char *bytes, size_t n)
{
    double until = pty_clock() + PTY_PATIENCE;
    while (n > 0 && pty_clock() < until) {
        ssize_t sent = write(p->master, bytes, n < 512 ? n : 512);
        if (sent > 0) {
            bytes += sent;
            n -= (size_t)sent;
        } else {
            pty_take(p, .01, 65536);
        }
    }
}

PTY_USED static void pty_type(struct pty *p, const char *text)
{
    p->mark = p->n;
    pty_send(p, text, strlen(text));
}

/* Until this came, after what was typed last. */
PTY_USED static bool pty_shows(struct pty *p, const char *text)
{
    double until = pty_clock() + PTY_PATIENCE;
    while (!p->out || !strstr(p->out + p->mark, text)) {
        if (pty_clock() > until)
            return false;
        pty_take(p, .02, 65536);
    }
    return true;
}

/* Until nothing comes for so long, which may never be. */
PTY_USED static void pty_settle(struct pty *p, double quiet)
{
    double until = pty_clock() + PTY_RESTLESS;
    while (pty_take(p, quiet, 65536) && pty_clock() < until)
        ;
}

PTY_USED static bool pty_ends(struct pty *p)
{
    double until = pty_clock() + PTY_PATIENCE;
    while (!p->gone && pty_clock() < until) {
        if (p->master >= 0)
            pty_take(p, .02, 65536);
        p->gone = waitpid(p->child, &p->status, WNOHANG) == p->child;
    }
    if (p->master >= 0)
        pty_settle(p, .05);
    return p->gone;
}

PTY_USED static bool pty_modes_as_before(const struct pty *p)
{
    struct termios now;
    bool same = tcgetattr(p->slave, &now) == 0 && now.c_iflag == p->before.c_iflag &&
                now.c_oflag == p->before.c_oflag && now.c_cflag == p->before.c_cflag &&
                now.c_lflag == p->before.c_lflag &&
                memcmp(now.c_cc, p->before.c_cc, sizeof now.c_cc) == 0;
    for (int m = 0; m < PTY_MODES; m++)
        same = same && p->modes[m] == (pty_mode_numbers[m] == 25);
    return same;
}

PTY_USED static void pty_resize(struct pty *p, int width, int height)
{
    struct winsize size = {.ws_col = (unsigned short)width, .ws_row = (unsigned short)height};
    ioctl(p->master, TIOCSWINSZ, &size);
}

PTY_USED static void pty_free(struct pty *p)
{
    if (!p->gone) {
        kill(p->child, SIGKILL);
        waitpid(p->child, NULL, 0);
    }
    if (p->master >= 0)
        close(p->master);
    if (p->slave >= 0)
        close(p->slave);
    free(p->out);
}

#endif
