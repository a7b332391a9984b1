/* Fits side by side share the processors out: how many threads of each are at work, by the
 * time that each thread has spent. */
#include <dirent.h>
#include <poll.h>
#include <unistd.h>

#include "cohorts.h"
#include "deltaw/learn/fit.h"
#include "desk.h"

enum { SEED = 3, ANIMALS = 192, TRIALS = 41, THREADS = 4, MOST = 64, WINDOW = 40 /* ms */ };

/* --- threads of this process ------------------------------------------------------ */

struct threads {
    size_t n;
    long id[MOST];
    double spent[MOST]; /* ns on a processor */
};

static double spent_by(long id)
{
    char path[64];
    double ns = 0;
    snprintf(path, sizeof path, "/proc/self/task/%ld/schedstat", id);
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%lf", &ns) != 1)
        ns = 0;
    if (file)
        fclose(file);
    return ns;
}

static struct threads threads_now(void)
{
    struct threads t = {0};
    DIR *folder = opendir("/proc/self/task");
    for (struct dirent *entry; folder && (entry = readdir(folder)) && t.n < MOST;)
        if (entry->d_name[0] != '.') {
            t.id[t.n] = atol(entry->d_name);
            t.spent[t.n] = spent_by(t.id[t.n]);
            t.n++;
        }
    if (folder)
        closedir(folder);
    return t;
}

static bool among(const struct threads *t, long id)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->id[i] == id)
            return true;
    return false;
}

/* Those that are not among these. */
static struct threads threads_but(const struct threads *these)
{
    struct threads now = threads_now(), others = {0};
    for (size_t i = 0; i < now.n; i++)
        if (!among(these, now.id[i]))
            others.id[others.n++] = now.id[i];
    return others;
}

/* How many threads, but for these, do a quarter or more of the work of the busiest, until
 * that has done its WINDOW: those without a share wake now and then, too. */
static size_t at_work(const struct threads *but)
{
    struct threads t = threads_but(but);
    double before[MOST], spent[MOST] = {0}, most = 0;
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++)
        before[i] = spent_by(t.id[i]);
    for (int tries = 0; tries < 1000 && most < WINDOW * 1e6; tries++) {
        poll(NULL, 0, WINDOW / 4);
        for (size_t i = 0; i < t.n; i++) {
            spent[i] = spent_by(t.id[i]) - before[i];
            most = spent[i] > most ? spent[i] : most;
        }
    }
    for (size_t i = 0; i < t.n; i++)
        n += most > 0 && spent[i] >= most / 4;
    return n;
}

/* More than `least` at some time: on a busy machine not always. */
static bool comes_to_more(const struct threads *but, size_t least)
{
    for (int tries = 0; tries < 200; tries++)
        if (at_work(but) > least)
            return true;
    return false;
}

static bool stays_within(const struct threads *but, size_t most)
{
    size_t n = at_work(but);
    if (n > most)
        tap_note("%zu threads at work, %zu are its share", n, most);
    return n <= most;
}

/* --- a fit's own ------------------------------------------------------------------- */

static void passes(struct fit *fit, struct jobs *jobs, int more)
{
    int from = fit_status(fit).epoch;
    while (fit_active(fit) && fit_status(fit).epoch < from + more) {
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 1000);
        wake_drain(jobs_wake(jobs));
    }
}

/* Takes a place among the fits, and no time. */
static void idle_run(struct job *job)
{
    while (!atomic_load(&job->stop))
        poll(NULL, 0, 2);
}

static void test_fit(const struct threads *before, const struct cohort *c, struct jobs *jobs,
                     const char *what, size_t batch, bool fast)
{
    struct fit_settings s;
    fit_settings_default(&s);
    s.epochs = 10000000;
    s.shape.hidden = 96; /* so that waking costs little beside it */
    s.threads = THREADS;
    s.batch = batch;
    s.optimizer = fast ? OPTIMIZER_FAST : OPTIMIZER_ADAM;
    s.truncation = 100;
    struct fit *fit = fit_start(&s, c, "f", jobs, NULL, NULL);
    passes(fit, jobs, 2);
    tap_ok(comes_to_more(before, 1), "%s: a fit alone works with several threads", what);
    struct job idle = {.run = idle_run, .lane = JOB_FIT};
    job_send(jobs, &idle, NULL);
    while (job_state(&idle) != JOB_RUNNING)
        poll(NULL, 0, 1);
    passes(fit, jobs, 9); /* the losses of fast come by eight passes */
    tap_ok(stays_within(before, 1), "%s: beside another, of two threads, one works", what);
    job_recall(&idle);
    tap_ok(comes_to_more(before, 1), "%s: and all again", what);
    fit_close(fit);
}

/* --- of a session ------------------------------------------------------------------- */

/* Runs it, and waits for some epochs of the i-th model. */
static void news(struct desk *d, const char *text, size_t i)
{
    say(d, "x", text);
    int from = session_scene(d->session)->models[i].status.epoch;
    while (session_scene(d->session)->models[i].status.epoch < from + 4) {
        struct pollfd p = {session_wake(d->session)->fd, POLLIN, 0};
        poll(&p, 1, 1000);
        wake_drain(session_wake(d->session));
        session_step(d->session, &d->out);
    }
}

static void test_session(void)
{
    static const struct session_setup setup = {.threads = THREADS};
    struct desk *d = desk_new(&setup);
    say(d, "x", "simulate reinforce animals=192 trials=41 seed=3");
    struct threads main = threads_now();
    news(d, "fit dnn hidden=96 epochs=10000000 truncation=100", 0);
    tap_ok(comes_to_more(&main, THREADS / 2), "a fit alone has more than half of the threads");
    struct threads first = threads_now();
    news(d, "fit dnn hidden=96 epochs=10000000 truncation=100", 1);
    struct threads second = threads_but(&first);
    for (size_t i = 0; i < main.n; i++)
        second.id[second.n++] = main.id[i];
    tap_ok(stays_within(&second, THREADS / 2) && stays_within(&first, THREADS / 2),
           "two fits have half of them each");
    news(d, "pause dnn1", 1);
    tap_ok(comes_to_more(&first, THREADS / 2), "one that pauses leaves them to the other");
    news(d, "resume dnn1", 1);
    tap_ok(stays_within(&first, THREADS / 2), "until it goes on");
    say(d, "x", "stop dnn1; wait dnn1");
    news(d, "say it has ended", 1);
    tap_ok(comes_to_more(&first, THREADS / 2), "and one that ends for good");
    say(d, "x", "stop all");
    desk_free(d);
}

int main(void)
{
    struct wake wake;
    size_t counts[ANIMALS];
    if (access("/proc/self/schedstat", R_OK) != 0) {
        printf("1..0 # SKIP no /proc/self/schedstat\n");
        return 0;
    }
    if (!wake_open(&wake, NULL))
        return 1;
    for (size_t a = 0; a < ANIMALS; a++)
        counts[a] = TRIALS;
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    struct threads before = threads_now(); /* threads of the queue outlive their jobs */
    struct jobs *jobs = jobs_new(&wake);
    jobs_threads(jobs, 2);
    test_fit(&before, c, jobs, "adam", 0, false);
    test_fit(&before, c, jobs, "adam in batches", 96, false);
    test_fit(&before, c, jobs, "fast", 0, true);
    cohort_drop(c);
    jobs_free(jobs);
    wake_close(&wake);
    test_session();
    return tap_done();
}
