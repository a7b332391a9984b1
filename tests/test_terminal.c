/* The terminal is given back as it was from every way out that is asked for, and where
 * there is no full screen it is said why. */
#include "explorer_pty.h"

static void test_quit(void)
{
    struct pty p = {.background = black};
    tap_ok(start(&p, "TERM=xterm-256color", NULL, NULL), "the explorer comes up");
    tap_ok(p.modes[2] && p.modes[4], "it takes the alternate screen and marked pastes");
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit");
    pty_free(&p);
    start(&p, "TERM=xterm-256color", NULL, NULL);
    pty_settle(&p, .2);
    pty_type(&p, "\003");
    pty_shows(&p, "Nothing to cancel");
    pty_type(&p, "\003");
    left(&p, 130, 0, "^C^C");
    pty_free(&p);
}

/* What is being written when one leaves is there, whole. */
static void test_quit_saving(void)
{
    struct pty p = {.background = black};
    static char commands[] = "simulate reinforce animals=20 trials=20000 seed=1";
    tap_ok(start(&p, "TERM=xterm-256color", NULL, commands) && pty_shows(&p, ", 400,000 trials"),
           "there is much to save");
    pty_type(&p, "save data much.csv.gz\rquit\r");
    left(&p, 0, 0, "quit while a log is saved");
    pty_free(&p);
    tap_ok(system("gzip -t much.csv.gz && test $(gzip -dc much.csv.gz | wc -l) = 400001") == 0,
           "all of it was saved");
    tap_ok(access("much.csv.gz.truth.json", F_OK) == 0, "and its truth");
}

static void test_background(void)
{
    struct pty p = {.background = black};
    static char commands[] = "simulate reinforce animals=2 trials=300; fit dnn epochs=5; wait";
    start(&p, "TERM=xterm-256color", NULL, commands);
    tap_ok(pty_shows(&p, "8;5;239"), "a black background: dark colours");
    pty_type(&p, "set background=light\r");
    tap_ok(pty_shows(&p, "8;5;253"), "a setting is stronger");
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit, black");
    pty_free(&p);
    p.background = "\033]11;rgb:ffff/ffff/dddd\007";
    start(&p, "TERM=xterm-256color", NULL, commands);
    tap_ok(pty_shows(&p, "8;5;253"), "a cream background: light colours");
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit, cream");
    pty_free(&p);
    p.background = "";
    start(&p, "TERM=xterm-256color", "COLORFGBG=0;15", commands);
    tap_ok(pty_shows(&p, "8;5;253"), "a terminal that does not know: COLORFGBG");
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit, COLORFGBG");
    pty_free(&p);
    /* the answer comes when the program is already leaving */
    p.answer_after = .5;
    start(&p, "TERM=xterm-256color", NULL, NULL);
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "a late answer");
    pty_free(&p);
    p.answer_after = 0;
    start(&p, "TERM=linux", NULL, NULL);
    tap_ok(!strstr(p.out, "\033]11"), "a console that would print the question is not asked");
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit, linux");
    pty_free(&p);
}

/* The prompt of lines, whatever the terminal can do. */
static void start_lines(struct pty *p, char *term)
{
    static char path[8192];
    char *command[] = {getenv("DELTAW"), "--no-rc", "--plain", NULL};
    if (strcmp(term, "TERM=xterm") != 0)
        command[2] = NULL;
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH"));
    char *environment[] = {path, "HOME=/nowhere", "LC_ALL=C.UTF-8", term, NULL};
    pty_start(p, 80, 24, environment, command);
}

/* Why there is no full screen. */
static void test_strange_terminal(char *term, const char *why)
{
    struct pty p = {0};
    start_lines(&p, term);
    bool shown = pty_shows(&p, "deltaw> ");
    tap_ok(shown && !strstr(p.out, "no full screen") == !why, "%s: %s", term,
           why ? "it says why there are lines only" : "lines were asked for");
    if (why)
        tap_ok(strstr(p.out, why) && strstr(p.out, "set TERM="), "%s: and what to do", term);
    pty_type(&p, "quit\r");
    tap_ok(pty_ends(&p) && WIFEXITED(p.status) && WEXITSTATUS(p.status) == 0, "%s: it works", term);
    pty_free(&p);
}

/* A signal in the moment in which a line comes is not forgotten for the line. */
static void test_line_and_signal(int signal)
{
#ifdef __SANITIZE_THREAD__ /* it keeps a signal until the program calls something */
    tap_skip("signals come late under ThreadSanitizer");
    return;
#endif
    enum { TIMES = 8 };
    size_t ended = 0;
    for (size_t i = 0; i < TIMES && ended == i; i++) {
        struct pty p = {0};
        start_lines(&p, "TERM=xterm");
        pty_shows(&p, "deltaw> ");
        kill(p.child, SIGSTOP); /* both are there when it looks again */
        pty_type(&p, "say hello\r");
        kill(p.child, signal);
        kill(p.child, SIGCONT);
        double until = pty_clock() + 20; /* sanitizers are slow */
        while (!p.gone && pty_clock() < until) {
            pty_take(&p, .02, 65536);
            p.gone = waitpid(p.child, &p.status, WNOHANG) == p.child;
        }
        ended += p.gone && WIFSIGNALED(p.status) && WTERMSIG(p.status) == signal;
        pty_free(&p);
    }
    tap_ok(ended == TIMES, "signal %d with a line: ends %zu of %d times", signal, ended, TIMES);
}

int main(void)
{
    if (!explorer_home())
        return 1;
    test_quit();
    test_quit_saving();
    test_background();
    test_strange_terminal("TERM=no-such-thing", "terminfo knows no terminal TERM=no-such-thing");
    test_strange_terminal("TERM=", "TERM is not set");
    test_strange_terminal("TERM=dumb", NULL);
    test_line_and_signal(SIGTERM);
    test_line_and_signal(SIGHUP);
    return tap_done();
}
