#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A child has the memory of all threads but only the one that crashed: a lock that another
 * held is never given back there, and the child hangs.  Here the others go on, so that the
 * next child finds it free. */
static const unsigned last_seconds[] = {1, 2, 5};
enum { UNANSWERED = 3 }; /* this many ^C without a response end the program */

static const int fatal_numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT};
enum { N_FATAL = sizeof fatal_numbers / sizeof fatal_numbers[0] };
static const int plain_numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGPIPE};
enum { N_PLAIN = sizeof plain_numbers / sizeof plain_numbers[0] };

static struct {
    int pipe[2];
    volatile sig_atomic_t bits[4], last_end, interrupts, ending_until, crashing;
    void (*volatile restore)(void), (*volatile last)(void);
    bool open, suspend;
    struct sigaction old_fatal[N_FATAL], old_plain[N_PLAIN];
} state = {.pipe = {-1, -1}};

static char crash_stack[2 << 20]; /* saving models needs some; unused it costs nothing */

static void note(int which)
{
    int saved = errno;
    state.bits[which] = 1;
    ssize_t ignored = write(state.pipe[1], "s", 1);
    (void)ignored; /* full: the loop is awake anyway */
    errno = saved;
}

static void give_back(void)
{
    void (*restore)(void) = state.restore;
    if (restore)
        restore();
}

static sig_atomic_t now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (sig_atomic_t)now.tv_sec;
}

void signals_ending(int seconds)
{
    state.ending_until = now_seconds() + seconds;
}

enum { ENDING_SECONDS = 10 }; /* to leave in order, with models saved */

/* Managers of sessions and impatient people send several, a closed window sends HUP twice;
 * none of them may cut the saving of models short.  True: this one was such. */
static bool is_repeated(int number)
{
    if (!state.ending_until)
        return false;
    if (now_seconds() >= state.ending_until) { /* it hangs */
        give_back();
        signal(number, SIG_DFL);
        raise(number);
    }
    return true;
}

static void on_plain(int number)
{
    switch (number) {
    case SIGINT:
        if (is_repeated(number))
            break;
        if (++state.interrupts >= UNANSWERED) {
            give_back();
            _exit(ERR_INTERRUPTED);
        }
        note(0);
        break;
    case SIGTERM:
    case SIGHUP:
        if (is_repeated(number))
            break;
        state.last_end = number;
        signals_ending(ENDING_SECONDS);
        note(1);
        break;
    case SIGWINCH: note(2); break;
    case SIGTSTP: note(3); break;
    }
}

/* False: it hung. */
static bool in_child(void (*work)(void), unsigned seconds)
{
    pid_t child = _Fork(); /* fork() would run what libraries do at it, and lock the heap */
    if (child == 0) {
        for (size_t i = 0; i < N_PLAIN; i++)
            signal(plain_numbers[i], SIG_IGN); /* the alarm bounds it */
        for (size_t i = 0; i < N_FATAL; i++)
            signal(fatal_numbers[i], SIG_DFL);
        alarm(seconds);
        work();
        _exit(0);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return !WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM;
}

/* Give the terminal back, then let the previous handler (a sanitizer's, or the
 * default) have it: returning repeats a synchronous fault. */
static void on_fatal(int number, siginfo_t *info, void *context)
{
    (void)context;
    int saved = errno;
    if (state.crashing && (info->si_code <= 0 || number == SIGQUIT))
        return; /* sent once more, and no fault: models are being saved */
    state.crashing = 1;
    void (*last)(void) = state.last;
    state.last = NULL;
    give_back();
    for (size_t i = 0; last && i < sizeof last_seconds / sizeof *last_seconds; i++)
        if (in_child(last, last_seconds[i]))
            break;
    for (size_t i = 0; i < N_FATAL; i++)
        if (fatal_numbers[i] == number)
            sigaction(number, &state.old_fatal[i], NULL);
    errno = saved;
    raise(number);
}

static void crash_stack_open(void)
{
    stack_t old;
    if (sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE)) {
        stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
        sigaltstack(&stack, NULL);
    }
}

bool signals_open(bool suspend, struct err *err)
{
    if (state.open)
        return true;
    if (pipe2(state.pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return err_system(err, ERR_FAILED, "pipe");
    state.suspend = suspend;
    state.ending_until = 0;
    state.open = true;
    crash_stack_open();
    struct sigaction action = {.sa_handler = on_plain, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < N_PLAIN; i++) {
        int number = plain_numbers[i];
        sigaction(number, NULL, &state.old_plain[i]);
        /* nohup and background shells set these to be ignored: leave it so */
        if (number != SIGPIPE && state.old_plain[i].sa_handler == SIG_IGN)
            continue;
        if (number == SIGTSTP && !suspend)
            continue;
        struct sigaction ignore = action;
        ignore.sa_handler = SIG_IGN; /* a reader that has gone shows up as EPIPE */
        sigaction(number, number == SIGPIPE ? &ignore : &action, NULL);
    }
    /* begun again: one sent while the terminal is given back must not cut that short */
    struct sigaction fatal = {.sa_sigaction = on_fatal,
                              .sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO | SA_RESTART};
    sigemptyset(&fatal.sa_mask);
    for (size_t i = 0; i < N_FATAL; i++)
        sigaction(fatal_numbers[i], &fatal, &state.old_fatal[i]);
    return true;
}

void signals_close(void)
{
    if (!state.open)
        return;
    state.open = false;
    for (size_t i = 0; i < N_PLAIN; i++)
        sigaction(plain_numbers[i], &state.old_plain[i], NULL);
    for (size_t i = 0; i < N_FATAL; i++)
        sigaction(fatal_numbers[i], &state.old_fatal[i], NULL);
    close(state.pipe[0]);
    close(state.pipe[1]);
    state.pipe[0] = state.pipe[1] = -1;
}

int signals_fd(void)
{
    return state.pipe[0];
}

unsigned signals_take(void)
{
    char bytes[64];
    while (state.pipe[0] >= 0 && read(state.pipe[0], bytes, sizeof bytes) > 0)
        ;
    unsigned taken = 0;
    for (int i = 0; i < 4; i++)
        if (state.bits[i]) {
            state.bits[i] = 0;
            taken |= 1u << i;
        }
    state.interrupts = 0;
    return taken;
}

int signals_last_end(void)
{
    return state.last_end;
}

void signals_on_crash(void (*restore)(void))
{
    state.restore = restore;
}

void signals_on_fatal(void (*last)(void))
{
    state.last = last;
}

void signals_suspend_now(void)
{
    struct sigaction old, usual = {.sa_handler = SIG_DFL};
    sigemptyset(&usual.sa_mask);
    sigaction(SIGTSTP, &usual, &old);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &old, NULL);
}

void signals_die_of(int number)
{
    signal(number, SIG_DFL);
    raise(number);
    _exit(128 + number);
}
