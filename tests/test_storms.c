/* Bytes that nobody types and sizes that nobody wants, on lines as slow as they come: the
 * explorer lives, and gives the terminal back as it was. */
#include "explorer_pty.h"

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
    pty_type(&p, "\025stop\r"); /* while it trains it is never quiet */
    pty_shows(&p, "stopped");
    is_well(&p, .2, "a slow line");
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

/* No key that stops or ends the program, and no Enter: ^O takes lines too; and no `!`, by which
 * such a line would be the shell's. */
static void test_noise(unsigned seed)
{
    struct pty p = {.background = black};
    struct rng rng = rng_stream(seed, RNG_TEST, 0, 0);
    char noise[65536];
    for (size_t i = 0; i < sizeof noise; i++)
        do
            noise[i] = (char)rng_below(&rng, 256);
        while (noise[i] == 3 || noise[i] == 4 || noise[i] == 26 || noise[i] == 28 ||
               noise[i] == '\r' || noise[i] == '\n' || noise[i] == '!');
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
    if (!explorer_home())
        return 1;
    test_slow_line();
    test_resize_storm();
    test_garbage();
    test_big_paste();
    return tap_done();
}
