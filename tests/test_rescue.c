/* The terminal is given back as it was, and no epoch is lost, when the program is ended,
 * when its terminal goes, and when it crashes. */
#include "explorer_pty.h"

/* Twice, and the second while the first is being answered: the terminal takes nothing in between,
 * so that whoever answers waits to give it back. */
static void send_twice(const struct pty *p, int signal)
{
    tcflow(p->slave, TCOOFF);
    for (int again = 0; again < 20; again++) {
        kill(p->child, signal);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    tcflow(p->slave, TCOON);
}

static void test_rescue(const char *what, int signal, bool close_it)
{
    struct pty p = {.background = black};
    char path[4600] = "", command[9200];
    count_kept(true, NULL);
    tap_ok(trains(&p), "%s: a fit trains", what);
    if (close_it) {
        close(p.master);
        close(p.slave);
        p.master = p.slave = -1;
        tap_ok(pty_ends(&p), "%s: ends", what);
    } else {
        p.mark = p.n;
        send_twice(&p, signal);
        left(&p, 0, signal, what);
        tap_ok(strstr(p.out + p.mark, "was not saved; `open"), "%s: says where it is", what);
    }
    tap_ok(count_kept(false, path) == 1, "%s: the model is kept", what);
    struct stat status = {0};
    tap_ok(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600, "%s: for the user alone",
           what);
    snprintf(command, sizeof command, "'%s' --no-rc -q -c 'open %s' -c models >/dev/null",
             getenv("DELTAW"), path);
    tap_ok(system(command) == 0, "%s: the file opens", what);
    pty_free(&p);
    start(&p, "TERM=xterm-256color", NULL, NULL);
    tap_ok(pty_shows(&p, "work unsaved"), "%s: the next start tells of it", what);
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit after that");
    pty_free(&p);
    start(&p, "TERM=xterm-256color", NULL, NULL);
    pty_settle(&p, .2);
    tap_ok(!strstr(p.out, "work unsaved"), "%s: and only that one", what);
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit once more");
    pty_free(&p);
}

/* Nothing loaded, and a fit that has done no epoch yet. */
static void test_nothing_to_keep(int signal, char *commands, const char *what)
{
    struct pty p = {.background = black};
    count_kept(true, NULL);
    tap_ok(start(&p, "TERM=xterm-256color", NULL, commands), "%s: it is there", what);
    if (commands)
        tap_ok(pty_shows(&p, "rnn1"), "%s: the fit has begun", what);
    kill(p.child, signal);
    left(&p, 0, signal, what);
    tap_ok(count_kept(false, NULL) == 0, "%s: nothing is kept", what);
    pty_free(&p);
}

static char quick_fits[] = "simulate static animals=1 trials=50; fit static name=one; "
                           "fit static name=two; wait; save two two.npz; trials 1..49";

/* `quit` keeps what is in no file, and says so; `open kept` has it back. */
static void test_kept_at_quit(void)
{
    struct pty p = {.background = black};
    count_kept(true, NULL);
    start(&p, "TERM=xterm-256color", NULL, quick_fits);
    tap_ok(pty_shows(&p, "49 trials"), "two models, one of them saved");
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit with work");
    tap_ok(strstr(p.out + p.mark, "not saved, so kept: one; `open kept`"),
           "quit says what it keeps");
    tap_ok(count_kept(false, NULL) == 1, "and keeps what is in no file");
    pty_free(&p);
    start(&p, "TERM=xterm-256color", NULL, NULL);
    pty_type(&p, "open kept; models\r");
    tap_ok(pty_shows(&p, "one: static"), "open kept reads it, under its name");
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit with an opened model");
    tap_ok(count_kept(true, NULL) == 1, "which is kept once");
    pty_free(&p);
}

static void test_given_up(bool end_of_input)
{
    struct pty p = {.background = black};
    start(&p, "TERM=xterm-256color", NULL, quick_fits);
    pty_shows(&p, "49 trials");
    pty_type(&p, end_of_input ? "\004" : "quit!\r");
    left(&p, 0, 0, end_of_input ? "^D" : "quit!");
    tap_ok(count_kept(true, NULL) == (end_of_input ? 1 : 0), "%s",
           end_of_input ? "^D keeps as quit does" : "quit! keeps nothing");
    pty_free(&p);
}

static void test_many_kept(void)
{
    struct pty p = {.background = black};
    for (int i = 0; i < 55; i++) {
        char path[4600];
        snprintf(path, sizeof path, "%s/old%d.npz", kept, i);
        FILE *file = fopen(path, "w");
        if (file)
            fclose(file);
    }
    start(&p, "TERM=xterm-256color", NULL, NULL);
    tap_ok(pty_shows(&p, "50 are kept"), "too many kept models: it says that the oldest go");
    tap_ok(count_kept(true, NULL) == 50, "and the newest 50 stay");
    pty_type(&p, "quit\r");
    left(&p, 0, 0, "quit with many");
    pty_free(&p);
}

int main(void)
{
    if (!explorer_home())
        return 1;
    test_rescue("TERM", SIGTERM, false);
    test_rescue("a closed terminal", 0, true);
    test_rescue("HUP", SIGHUP, false);
    if (!*(getenv("SANITIZE") ? getenv("SANITIZE") : "")) /* these report a crash instead */
        test_rescue("a crash", SIGSEGV, false);
    static char slow[] = "simulate reinforce animals=10 trials=8000; fit rnn hidden=100";
    test_nothing_to_keep(SIGTERM, NULL, "TERM, nothing loaded");
    test_nothing_to_keep(SIGHUP, NULL, "HUP, nothing loaded");
    test_nothing_to_keep(SIGTERM, slow, "TERM in the first epoch");
    test_nothing_to_keep(SIGHUP, slow, "HUP in the first epoch");
    test_many_kept();
    test_kept_at_quit();
    test_given_up(false);
    test_given_up(true);
    return tap_done();
}
