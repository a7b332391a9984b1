/* Through a pseudo terminal: how long a key takes to be shown while a rule trains
 * on all processors, and what a frame costs.
 *   bench_screen RULE COHORT KEYS
 * prints "echo P50 P99 MAX" and "frame MEDIAN BYTES" (200x50, layout loss|map), in ms. */
#include "pty.h"

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool start(struct pty *p, const char *commands)
{
    static char path[8192], home[4200], state[4200], text[400];
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH"));
    snprintf(home, sizeof home, "HOME=%s", getenv("HOME") ? getenv("HOME") : "/");
    snprintf(text, sizeof text, "%s", commands);
    snprintf(state, sizeof state, "XDG_STATE_HOME=%s",
             getenv("XDG_STATE_HOME") ? getenv("XDG_STATE_HOME") : "/nowhere");
    char *environment[] = {
        path, home, state, "LC_ALL=C.UTF-8", "INPUTRC=/dev/null", "TERM=xterm-256color", NULL};
    char *command[] = {getenv("DELTAW"), "--no-rc", "-i", "-c", text, NULL};
    return pty_start(p, 200, 50, environment, command) && pty_shows(p, "loss .");
}

static void drain(struct pty *p, double seconds)
{
    double until = pty_clock() + seconds;
    while (pty_clock() < until) {
        pty_take(p, .002, 65536);
        if (p->n > 1 << 22)
            p->n = p->mark = p->answered = 0;
    }
}

static void time_keys(struct pty *p, int n)
{
    double *taken = calloc((size_t)n, sizeof *taken);
    drain(p, 2);
    for (int i = 0; i < n; i++) {
        drain(p, .03 + .001 * (i % 37)); /* at all phases of the frames */
        double at = pty_clock();
        pty_type(p, "~");
        while (!strchr(p->out + p->mark, '~') && pty_clock() < at + 2)
            pty_take(p, .05, 65536);
        taken[i] = 1e3 * (pty_clock() - at);
        pty_type(p, "\177");
    }
    qsort(taken, (size_t)n, sizeof *taken, by_size);
    printf("echo %.2f %.2f %.2f\n", taken[n / 2], taken[(n * 99 + 99) / 100 - 1], taken[n - 1]);
    free(taken);
}

/* ^L draws every cell anew: from the key until the last byte of it. */
static void time_frames(struct pty *p, int n)
{
    double *taken = calloc((size_t)n, sizeof *taken), bytes = 0;
    pty_type(p, "stop\r");
    pty_shows(p, "stopped");
    drain(p, 1);
    for (int i = 0; i < n; i++) {
        double at = pty_clock(), last = at;
        size_t before = p->n;
        pty_type(p, "\014");
        for (int quiet = 0; quiet < 5 || p->n == before;) {
            bool came = pty_take(p, .02, 65536);
            quiet = came ? 0 : quiet + 1;
            if (came)
                last = pty_clock();
            if (pty_clock() > at + 5)
                break;
        }
        taken[i] = 1e3 * (last - at);
        bytes += (double)(p->n - before) / n;
    }
    qsort(taken, (size_t)n, sizeof *taken, by_size);
    printf("frame %.2f %.0f\n", taken[n / 2], bytes);
    free(taken);
}

int main(int argc, char **argv)
{
    struct pty p = {.background = "\033]11;rgb:0000/0000/0000\033\\"};
    char commands[300];
    int keys = argc > 3 ? atoi(argv[3]) : 0;
    if (keys < 1 || !getenv("DELTAW")) {
        fprintf(stderr, "usage: DELTAW=... bench_screen RULE COHORT KEYS\n");
        return 2;
    }
    snprintf(commands, sizeof commands, "load %s; layout loss|map; fit %s epochs=100000", argv[2],
             argv[1]);
    if (!start(&p, commands)) {
        fprintf(stderr, "bench_screen: the program does not train\n%.*s\n", 2000, p.out);
        return 1;
    }
    time_keys(&p, keys);
    time_frames(&p, 21);
    pty_type(&p, "quit\r");
    pty_ends(&p);
    pty_free(&p);
    return 0;
}
