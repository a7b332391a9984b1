/* The terminal is given back as it was from every way out, and no epoch is lost. */
#include <dirent.h>
#include <math.h>
#include <sys/stat.h>

#include "deltaw/base/rng.h"
#include "pty.h"
#include "tap.h"

static const char black[] = "\033]11;rgb:0000/0000/0000\033\\";
static char home[4096], kept[4200];

/* The explorer in a pty of its own; `more`: of its environment, may be NULL. */
static bool start(struct pty *p, char *term, char *more, char *commands)
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

static size_t count_kept(bool remove_them, char *one)
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

static void left(struct pty *p, int status, int signal, const char *what)
{
    tap_ok(pty_ends(p), "%s: ends", what);
    bool as_due = signal ? WIFSIGNALED(p->status) && WTERMSIG(p->status) == signal
                         : WIFEXITED(p->status) && WEXITSTATUS(p->status) == status;
    if (!tap_ok(as_due, "%s: as it should", what)) {
        tap_note("status %d, in the end:", p->status);
        tap_show("out", p->out + (p->n > 6000 ? p->n - 6000 : 0));
    }
    tap_ok(pty_modes_as_before(p), "%s: the terminal's modes are as before", what);
    int unread = 0;
    ioctl(p->slave, FIONREAD, &unread);
    tap_ok(unread == 0, "%s: nothing is left for the shell to read", what);
}

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

static char training[] = "simulate reinforce animals=2 trials=300; fit dnn epochs=1000000 hidden=8";

/* Epochs done as the header told last; 0: none or not told. */
static long epochs_told(const struct pty *p)
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
static bool trains(struct pty *p)
{
    bool good = start(p, "TERM=xterm-256color", NULL, training) && pty_shows(p, "dnn1 training");
    double until = pty_clock() + PTY_PATIENCE;
    while (good && epochs_told(p) == 0 && pty_clock() < until) {
        pty_type(p, "\014"); /* the whole screen anew, not what changed of it */
        pty_take(p, .5, 65536);
        pty_take(p, .1, 65536);
    }
    return good && epochs_told(p) > 0;
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
        kill(p.child, signal);
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL); /* it has begun to answer */
        kill(p.child, signal); /* as some send it */
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

/* Why there is no full screen. */
static void test_strange_terminal(char *term, const char *why)
{
    struct pty p = {0};
    static char path[8192];
    char *command[] = {getenv("DELTAW"), "--no-rc", NULL};
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH"));
    char *environment[] = {path, "HOME=/nowhere", "LC_ALL=C.UTF-8", term, NULL};
    pty_start(&p, 80, 24, environment, command);
    bool shown = pty_shows(&p, "deltaw> ");
    tap_ok(shown && !strstr(p.out, "no full screen") == !why, "%s: %s", term,
           why ? "it says why there are lines only" : "lines were asked for");
    if (why)
        tap_ok(strstr(p.out, why) && strstr(p.out, "set TERM="), "%s: and what to do", term);
    pty_type(&p, "quit\r");
    tap_ok(pty_ends(&p) && WIFEXITED(p.status) && WEXITSTATUS(p.status) == 0, "%s: it works", term);
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

/* After a ^C, which leaves whatever the bytes have begun, it does what is typed. */
static void is_well(struct pty *p, double quiet, const char *what)
{
    pty_settle(p, quiet);
    pty_type(p, "\003");
    pty_settle(p, .2);
    pty_type(p, "\025quit\r"); /* status 0 says that it did what was typed */
    left(p, 0, 0, what);
}

/* Takes 1,200 bytes a second, until `text` came after the mark, for so long. */
static void take_slowly(struct pty *p, double seconds, const char *text)
{
    double from = pty_clock(), now;
    size_t taken = 0;
    while ((now = pty_clock() - from) < seconds && !(text && strstr(p->out + p->mark, text))) {
        size_t due = (size_t)(1200 * now) - taken, before = p->n;
        if (due > 0)
            pty_take(p, .005, due);
        taken += p->n > before ? p->n - before : due;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
}

/* Frames wait until the last one is through: at most one is before a key's echo, not
 * all that the line has not carried yet. */
static void test_slow_line(void)
{
    struct pty p = {.background = black};
    size_t widest = 0;
    trains(&p);
    take_slowly(&p, 4, NULL);
    for (int i = 0; i < 5; i++) {
        p.mark = p.n;
        pty_send(&p, "~", 1);
        take_slowly(&p, PTY_PATIENCE, "~");
        widest = p.n - p.mark > widest ? p.n - p.mark : widest;
        take_slowly(&p, .3, NULL);
    }
    /* a whole frame is 5 kB here; without waiting 16 kB were before the echo */
    tap_ok(widest < 9000, "a slow line: %zu bytes at most are before a key's echo", widest);
    is_well(&p, .5, "a slow line");
    pty_free(&p);
}

static void test_resize_storm(void)
{
    struct pty p = {.background = black};
    struct rng rng = rng_stream(7, RNG_TEST, 0, 0);
    trains(&p);
    for (int i = 0; i < 100; i++) {
        pty_resize(&p, 1 + (int)rng_below(&rng, 200), 1 + (int)rng_below(&rng, 60));
        pty_take(&p, .01, 65536);
    }
    pty_resize(&p, 100, 30);
    p.mark = p.n;
    if (!tap_ok(pty_shows(&p, "F1 help"), "100 sizes in a second: the last one is drawn"))
        tap_note("%.*s", 3000, p.out + p.mark);
    pty_type(&p, "stop\r");
    pty_shows(&p, "stopped");
    is_well(&p, .2, "a storm of sizes");
    pty_free(&p);
}

/* It still runs and does what it is told, told by what the words do not hold. */
static void is_alive(struct pty *p, const char *what)
{
    pty_settle(p, .3);
    pty_type(p, "\003");
    pty_settle(p, .2);
    pty_type(p, "\025set animals=2\r");
    tap_ok(pty_shows(p, "has no option"), "%s: it answers", what);
    p->gone = waitpid(p->child, &p->status, WNOHANG) == p->child;
    tap_ok(!p->gone, "%s: it lives", what);
}

/* No key that stops or ends the program, and no Enter: ^O takes lines too. */
static void test_noise(unsigned seed)
{
    struct pty p = {.background = black};
    struct rng rng = rng_stream(seed, RNG_TEST, 0, 0);
    char noise[65536];
    for (size_t i = 0; i < sizeof noise; i++)
        do
            noise[i] = (char)rng_below(&rng, 256);
        while (noise[i] == 3 || noise[i] == 4 || noise[i] == 26 || noise[i] == 28 ||
               noise[i] == '\r' || noise[i] == '\n');
    start(&p, "TERM=xterm-256color", NULL, NULL);
    pty_settle(&p, .2);
    pty_send(&p, noise, sizeof noise);
    is_alive(&p, "random bytes");
    is_well(&p, .2, "random bytes");
    pty_free(&p);
}

static void test_garbage(void)
{
    struct pty p = {.background = black};
    test_noise(20); /* these two ended in freed undo lists of readline 8.2 */
    test_noise(10);
    static const char *const broken[] = {
        "\033[",  "\033[1;",      "\033]11;rgb:",     "\033O",
        "\033",   "\xe6\xbc",     "\xff\xfe\xc0\x80", "\033[200~half a paste",
        "\033[?", "\033]0;title", "\033P+q\033[M"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        start(&p, "TERM=xterm-256color", NULL, NULL);
        pty_settle(&p, .2);
        pty_type(&p, broken[i]);
        if (strstr(broken[i], "200~")) /* whose end is waited for */
            tap_ok(pty_shows(&p, "half a paste"), "an unfinished paste is taken in the end");
        is_well(&p, .2, "an unfinished sequence");
        pty_free(&p);
    }
}

static void test_big_paste(void)
{
    struct pty p = {.background = black};
    enum { MB = 1 << 20 };
    char *text = malloc(MB);
    for (size_t i = 0; i < MB; i++)
        text[i] = i % 61 == 60 ? '\n' : (char)('a' + i % 23);
    start(&p, "TERM=xterm-256color", NULL, NULL);
    pty_settle(&p, .2);
    pty_send(&p, "\033[200~", 6);
    pty_send(&p, text, MB);
    pty_send(&p, "\033[201~", 6);
    is_well(&p, .2, "a paste of 1 MB");
    pty_free(&p);
    free(text);
}

int main(void)
{
    if (!getenv("DELTAW") || !getcwd(home, sizeof home - 100)) {
        printf("Bail out! DELTAW is not set\n");
        return 1;
    }
    snprintf(kept, sizeof kept, "%s/state/deltaw/kept", home);
    signal(SIGPIPE, SIG_IGN);
    test_quit();
    test_quit_saving();
    test_background();
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
    test_strange_terminal("TERM=no-such-thing", "terminfo knows no terminal TERM=no-such-thing");
    test_strange_terminal("TERM=", "TERM is not set");
    test_strange_terminal("TERM=dumb", NULL);
    test_slow_line();
    test_resize_storm();
    test_garbage();
    test_big_paste();
    return tap_done();
}
