/* Signals: bits for the loop, and what happens when the loop does not take them. */
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "signals.h"
#include "tap.h"

/* --- in a child, whose end tells ---------------------------------------------------- */

static int told[2]; /* a pipe: what handlers write */

static void restore(void)
{
    ssize_t ignored = write(told[1], "r", 1);
    (void)ignored;
}

static void last(void)
{
    ssize_t ignored = write(told[1], "l", 1);
    (void)ignored;
}

/* The wait status of a child that does this; what its handlers told. */
static int ends(void (*work)(void), char text[8])
{
    struct rlimit none = {0, 0};
    int status = -1;
    if (pipe(told) != 0)
        abort();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &none);
        signals_on_crash(restore);
        signals_on_fatal(last);
        if (!signals_open(false, NULL))
            _exit(99);
        work();
        _exit(7);
    }
    close(told[1]);
    waitpid(child, &status, 0);
    ssize_t n = read(told[0], text, 7);
    text[n > 0 ? n : 0] = '\0';
    close(told[0]);
    return status;
}

static bool exits(void (*work)(void), int code, const char *tells)
{
    char text[8];
    int status = ends(work, text);
    tap_note("status %x, told '%s'", status, text);
    return WIFEXITED(status) && WEXITSTATUS(status) == code && strcmp(text, tells) == 0;
}

/* A sanitizer takes a fault for itself and exits. */
static bool faults(void (*work)(void), int number, const char *tells)
{
    char text[8];
    int status = ends(work, text);
    bool ended = WIFSIGNALED(status)
                     ? WTERMSIG(status) == number
                     : WEXITSTATUS(status) != 7 && getenv("SANITIZE") && *getenv("SANITIZE");
    tap_note("status %x, told '%s'", status, text);
    return ended && strcmp(text, tells) == 0;
}

static bool dies(void (*work)(void), int number, const char *tells)
{
    char text[8];
    int status = ends(work, text);
    tap_note("status %x, told '%s'", status, text);
    return WIFSIGNALED(status) && WTERMSIG(status) == number && strcmp(text, tells) == 0;
}

static void two_interrupts(void)
{
    raise(SIGINT), raise(SIGINT);
}

static void three_interrupts(void)
{
    raise(SIGINT), raise(SIGINT), raise(SIGINT);
}

static void five_taken(void)
{
    for (int i = 0; i < 5; i++) {
        raise(SIGINT);
        if (signals_take() != SIGNAL_INTERRUPT)
            _exit(98);
    }
}

static void terminate(void)
{
    raise(SIGTERM);
}

static void terminate_twice(void)
{
    raise(SIGTERM), raise(SIGTERM);
}

static void end_and_interrupt(void)
{
    raise(SIGHUP), raise(SIGTERM), raise(SIGINT), raise(SIGINT), raise(SIGINT);
}

static void terminate_late(void)
{
    signals_ending(0);
    raise(SIGTERM);
}

static void interrupt_late(void)
{
    signals_ending(0);
    raise(SIGINT);
}

static void hang_up_often(void)
{
    raise(SIGHUP), raise(SIGHUP), raise(SIGHUP);
}

static void crash(void)
{
    raise(SIGSEGV);
}

static void closed(void)
{
    signals_close();
    raise(SIGTERM);
}

static void test_ends(void)
{
    tap_ok(exits(two_interrupts, 7, ""), "two ^C without an answer do nothing yet");
    tap_ok(exits(three_interrupts, ERR_INTERRUPTED, "r"),
           "a third gives the terminal back and ends the program");
    tap_ok(exits(five_taken, 7, ""), "but those that are answered do not add up");
    tap_ok(exits(terminate, 7, ""), "a TERM is for the loop");
    tap_ok(exits(terminate_twice, 7, ""), "a second does not cut short what the loop does");
    tap_ok(exits(end_and_interrupt, 7, ""), "nor do a HUP and a few ^C");
    tap_ok(dies(terminate_late, SIGTERM, "r"), "when its time is over a TERM ends the program");
    tap_ok(dies(interrupt_late, SIGINT, "r"), "and so does a ^C");
    tap_ok(exits(hang_up_often, 7, ""), "a HUP comes more than once for one window");
    tap_ok(faults(crash, SIGSEGV, "rl"),
           "a fault gives the terminal back, then rescues, then ends");
    tap_ok(dies(closed, SIGTERM, ""), "closed, all is as it was");
}

/* --- bits --------------------------------------------------------------------------- */

static bool ready(void)
{
    return poll(&(struct pollfd){.fd = signals_fd(), .events = POLLIN}, 1, 0) == 1;
}

static void test_bits(void)
{
    static const struct {
        int number;
        unsigned bit;
    } all[] = {{SIGINT, SIGNAL_INTERRUPT},
               {SIGTERM, SIGNAL_END},
               {SIGHUP, SIGNAL_END},
               {SIGWINCH, SIGNAL_RESIZE},
               {SIGTSTP, SIGNAL_SUSPEND}};
    signal(SIGHUP, SIG_DFL);
    tap_ok(signals_open(true, NULL) && !ready() && signals_take() == 0, "open, and nothing came");
    for (size_t i = 0; i < 5; i++) {
        raise(all[i].number);
        bool woke = ready();
        unsigned bits = signals_take();
        tap_ok(woke && bits == all[i].bit && !ready() && signals_take() == 0,
               "signal %d wakes the loop once, as bit %u", all[i].number, bits);
        if (bits == SIGNAL_END)
            tap_ok(signals_last_end() == all[i].number, "and is known by its number");
        signals_close();
        signals_open(true, NULL); /* to end no longer */
    }
    raise(SIGWINCH), raise(SIGWINCH), raise(SIGINT);
    tap_ok(signals_take() == (SIGNAL_RESIZE | SIGNAL_INTERRUPT), "several are taken at once");
    raise(SIGPIPE);
    tap_ok(!ready(), "a reader that left is no signal");
    signals_close();
    struct sigaction ignored = {.sa_handler = SIG_IGN}, now;
    sigaction(SIGHUP, &ignored, NULL);
    signals_open(false, NULL);
    raise(SIGHUP);
    tap_ok(!ready() && signals_take() == 0, "under nohup a HUP stays ignored");
    sigaction(SIGTSTP, NULL, &now);
    tap_ok(now.sa_handler == SIG_DFL, "^Z stops as usual where it is not ours");
    signals_close();
}

int main(void)
{
    test_ends();
    test_bits();
    return tap_done();
}
