/* Fits in the queue: equal bits, memory, and what a session says and does with them. */
#include <jansson.h>
#include <poll.h>
#include <unistd.h>

#include "cohorts.h"
#include "deltaw/learn/snapshots.h"
#include "desk.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || !defined __linux__
enum { MEASURED = 0 };
#else
enum { MEASURED = 1 };
#endif

enum { SEED = 11, MANY = 9, ANIMALS = 60, TRIALS = 2000, QUEUED = 1000 };

/* What a thread may be slow at: whoever asks meanwhile must not be told half of it. */
static pthread_t main_thread;
static atomic_bool slow;

void __real_wake_send(const struct wake *wake);
void __wrap_wake_send(const struct wake *wake);
void __wrap_wake_send(const struct wake *wake)
{
    __real_wake_send(wake);
    if (atomic_load(&slow) && !pthread_equal(pthread_self(), main_thread))
        poll(NULL, 0, 100);
}

/* Where a fit at work is stopped there is time for the next to begin. */
void __real_job_stop(struct job *job);
void __wrap_job_stop(struct job *job);
void __wrap_job_stop(struct job *job)
{
    bool works = job_state(job) == JOB_RUNNING;
    __real_job_stop(job);
    if (works)
        poll(NULL, 0, 50);
}

static struct fit_settings settings_of(int i, int epochs)
{
    struct fit_settings s;
    fit_settings_default(&s);
    s.epochs = epochs;
    s.shape.hidden = 8;
    s.truncation = 60;
    s.optimizer = i % 3 == 2 ? OPTIMIZER_FAST : OPTIMIZER_ADAM;
    s.threads = 1 + i % 3;
    s.seed = (uint64_t)(SEED + i);
    return s;
}

static void await(struct fit *fit, enum fit_state until, struct jobs *jobs)
{
    while (fit_active(fit) && fit_status(fit).state != until) {
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 20);
        wake_drain(jobs_wake(jobs));
    }
}

/* --- bits -------------------------------------------------------------------- */

static void test_bits(struct jobs *jobs)
{
    static const size_t counts[] = {300, 211, 150, 90};
    struct cohort *c = test_cohort(4, counts, SEED);
    struct fit *fits[MANY];
    bool same = true;
    for (int i = 0; i < MANY; i++) {
        struct fit_settings s = settings_of(i, 12);
        fits[i] = fit_start(&s, c, "f", jobs, NULL, NULL);
    }
    tap_ok(fit_status(fits[MANY - 1]).state == FIT_QUEUED && !fit_model(fits[MANY - 1]),
           "the last of %d is queued and has no model", MANY);
    for (int i = 0; i < MANY; i++)
        await(fits[i], FIT_DONE, jobs);
    for (int i = 0; i < MANY; i++) {
        struct fit_settings s = settings_of(i, 12);
        struct fit *alone = fit_start(&s, c, "f", jobs, NULL, NULL);
        await(alone, FIT_DONE, jobs);
        struct model *a = fit_model(fits[i]), *b = fit_model(alone);
        same =
            same && a && b && memcmp(a->theta, b->theta, a->tensors.size * sizeof *a->theta) == 0;
        model_drop(a), model_drop(b);
        fit_close(alone), fit_close(fits[i]);
    }
    tap_ok(same, "%d fits side by side and queued have the bits of each alone", MANY);
    cohort_drop(c);
}

/* --- memory ------------------------------------------------------------------- */

static double resident(void)
{
    long pages = 0, skipped;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &skipped, &pages) != 2)
        pages = 0;
    if (file)
        fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

static void test_memory(struct jobs *jobs)
{
    size_t counts[ANIMALS];
    struct fit **fits = mem_new(QUEUED, sizeof *fits);
    for (size_t a = 0; a < ANIMALS; a++)
        counts[a] = TRIALS;
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    double four = 0, before = resident();
    for (int i = 0; i < QUEUED; i++) {
        struct fit_settings s = settings_of(0, 1000000);
        fits[i] = fit_start(&s, c, "f", jobs, NULL, NULL);
        while (i < 4 && fit_status(fits[i]).epoch < 2)
            poll(NULL, 0, 2);
        four = i == 3 ? resident() - before : four;
    }
    double rest = resident() - before - four;
    size_t begun = 0;
    for (int i = 0; i < QUEUED; i++)
        begun += fit_status(fits[i]).state != FIT_QUEUED;
    tap_ok(begun == 4, "of %d fits 4 are at work", QUEUED);
    if (MEASURED)
        tap_ok(four > 2 && rest < QUEUED * four / 4 / 50,
               "4 at work take %.1f MiB, the rest %.1f MiB, not a fiftieth for each", four, rest);
    else
        tap_skip("memory is the sanitizer's");
    fits_stop(fits, QUEUED);
    begun = 0;
    for (int i = 0; i < QUEUED; i++) {
        struct model *m = fit_model(fits[i]);
        begun += m != NULL;
        model_drop(m);
    }
    tap_ok(begun == 4, "none begins in the place of those that are stopped: %zu have begun", begun);
    tap_ok(fit_status(fits[QUEUED - 1]).state == FIT_STOPPED && !fit_active(fits[QUEUED - 1]),
           "a queued fit is over as soon as it is stopped");
    for (int i = 0; i < QUEUED; i++)
        fit_close(fits[i]);
    free(fits);
    cohort_drop(c);
}

static void test_snapshots(struct jobs *jobs)
{
    static const size_t counts[] = {60, 50};
    int epochs[SNAPSHOTS_MOST];
    struct cohort *c = test_cohort(2, counts, SEED);
    struct fit_settings s = settings_of(0, 60);
    struct fit *fit = fit_start(&s, c, "f", jobs, NULL, NULL);
    await(fit, FIT_DONE, jobs);
    struct model *m = fit_model(fit);
    size_t all = fit_epochs_kept(fit, epochs), bytes = m->tensors.size * sizeof(double);
    fit_snapshots_limit(fit, 10 * bytes);
    size_t few = fit_epochs_kept(fit, epochs);
    tap_ok(all == 61 && few == 10 && epochs[0] == 0 && epochs[9] == 60,
           "of %zu snapshots %zu are left, the first and the newest among them", all, few);
    struct model *at = fit_model_at(fit, epochs[4], NULL);
    tap_near(model_loss(at, c, NULL, NULL), m->history[epochs[4]].train, 1e-6,
             "with the parameters of their epochs");
    fit_slim(fit);
    struct model *slim = fit_model(fit);
    tap_ok(m->visited && !slim->visited &&
               memcmp(m->theta, slim->theta, m->tensors.size * sizeof *m->theta) == 0,
           "slimmed it lacks only what a sweep gives");
    model_drop(m), model_drop(at), model_drop(slim);
    fit_close(fit);
    cohort_drop(c);
}

/* --- a session ---------------------------------------------------------------- */

static const struct scene_job *job_of(struct desk *d, const char *name)
{
    const struct scene *scene = session_scene(d->session);
    size_t i = 0;
    while (i + 1 < scene->n_jobs && strcmp(scene->jobs[i].name, name) != 0)
        i++;
    return &scene->jobs[i];
}

static const char four[] = "set threads=2; simulate reinforce animals=3 trials=300; "
                           "fit dnn epochs=1000000; fit dnn epochs=1000000; "
                           "fit dnn epochs=1000000; fit dnn epochs=1000000";

static void test_words(void)
{
    struct desk *d = desk_new(NULL);
    struct strbuf line = {0};
    say(d, "x", four);
    say(d, "x", "fit rnn epochs=3; jobs");
    tap_ok(has(&d->result, "it is queued") && has(&d->result, "rnn1") &&
               has(&d->result, "queued") &&
               strcmp(session_scene(d->session)->jobs[4].name, "rnn1") == 0,
           "a fifth fit is queued, and that is said");
    session_header(d->session, 200, &line);
    tap_ok(has(&line, "dnn4 training") && has(&line, "1 queued"), "also in the header");
    tap_ok(session_scene(d->session)->n_models == 4, "it is no model");
    static const char *const asked[] = {"show rnn1",         "save rnn1 r.npz", "score rnn1",
                                        "use rnn1",          "map model=rnn1",  "simulate rnn1",
                                        "weights model=rnn1"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        tap_ok(say(d, "x", asked[i]) == STEP_FAILED && has(&d->complaint, "rnn1 is queued"),
               "%s is refused: it is queued", asked[i]);
    tap_ok(say(d, "x", "pause rnn1; stop dnn1; jobs") == STEP_IDLE && has(&d->result, "paused"),
           "a queued fit can be paused");
    tap_ok(say(d, "x", "resume rnn1; wait rnn1") == STEP_IDLE &&
               has(&d->result, "rnn1 done: 3 epochs"),
           "resumed it has the place of one that was stopped");
    tap_ok(say(d, "x", "fit rnn; fit rnn; stop rnn3; show rnn3") == STEP_FAILED &&
               has(&d->result, "rnn3 was queued and will not begin") &&
               has(&d->complaint, "rnn3 never began"),
           "a queued fit that is stopped never begins");
    tap_ok(say(d, "x", "fit rnn name=held; pause held; stop held; wait held") != STEP_QUIT &&
               has(&d->result, "held was queued and will not begin"),
           "nor does one that was paused in the queue");
    tap_ok(say(d, "x", "forget rnn3; stop all; wait; say over") == STEP_IDLE &&
               has(&d->result, "over") && !session_busy(d->session),
           "all can be stopped");
    strbuf_free(&line);
    desk_free(d);
}

static void test_group(void)
{
    struct desk *d = desk_new(NULL);
    struct strbuf line = {0};
    say(d, "x",
        "set threads=2; simulate reinforce animals=3 trials=300; fit dnn epochs=1000000 name=own");
    for (int i = 0; i < 6; i++) {
        char text[96];
        snprintf(text, sizeof text, "fit dnn epochs=%d hidden=4 seed=%d group=cv",
                 i < 4 ? 1000000 : 3, i);
        say(d, "x", text);
    }
    say(d, "x", "fit dnn epochs=1000000 name=late");
    session_feed(d->session, "wait cv", "x");
    session_step(d->session, &d->out);
    session_waiting(d->session, &line);
    tap_ok(has(&line, "cv 0/6"), "a group is waited for as one");
    session_cancel(d->session);
    desk_run(d);
    say(d, "x", "jobs");
    tap_ok(has(&d->result, "cv") && has(&d->result, "own") &&
               !strstr(strbuf_text(&d->result), "dnn5"),
           "jobs shows the group and what trains of it");
    tap_ok(say(d, "x", "fit dnn group=own") == STEP_FAILED &&
               say(d, "x", "fit dnn name=cv") == STEP_FAILED,
           "groups and fits do not share names");
    say(d, "x", "stop dnn1");
    while (job_of(d, "late")->status.state == FIT_QUEUED)
        pause_for_news(d), session_step(d->session, &d->out);
    tap_ok(job_of(d, "dnn4")->status.state == FIT_QUEUED,
           "a fit of no group comes before those of one");
    say(d, "x", "stop own late dnn2 dnn3 dnn4");
    tap_ok(say(d, "x", "wait cv") == STEP_IDLE && has(&d->result, "cv done: 6 fits, 4 stopped"),
           "a group is done when all of it is");
    tap_ok(!strstr(strbuf_text(&d->complaint), "dnn5"), "and nothing is said of its members");
    tap_ok(say(d, "x", "pause cv") == STEP_FAILED && say(d, "x", "stop cv") == STEP_FAILED,
           "then it is over");
    strbuf_free(&line);
    desk_free(d);
}

/* A fit that has told of its end is at work until its thread has tidied up. */
static void test_group_ends_as_one(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=3 trials=300");
    atomic_store(&slow, true);
    say(d, "x", "fit reinforce name=solo group=h; wait h");
    const struct job_progress p = session_scene(d->session)->groups[0].progress;
    tap_ok(has(&d->result, "h done: 1 fit"), "a group of one is done");
    tap_ok(p.n == 1 && p.done == 1 && p.running == 0 && !session_busy(d->session),
           "then none of it trains: %zu of %zu done, %zu at work", p.done, p.n, p.running);
    atomic_store(&slow, false);
    desk_free(d);
}

static void test_json(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", four);
    say(d, "x", "fit dnn group=g");
    d->out.mode = OUTPUT_JSON;
    say(d, "x", "jobs");
    json_t *root = json_loads(strbuf_text(&d->result), 0, NULL);
    json_t *jobs = json_object_get(root, "jobs"), *groups = json_object_get(root, "groups");
    json_t *last = json_array_get(jobs, 4), *first = json_array_get(jobs, 0),
           *g = json_array_get(groups, 0);
    tap_ok(json_array_size(jobs) == 5 &&
               strcmp(json_string_value(json_object_get(last, "state")), "queued") == 0 &&
               strcmp(json_string_value(json_object_get(last, "group")), "g") == 0,
           "JSON has every fit, with its state and group");
    tap_ok(json_is_number(json_object_get(first, "seconds")) &&
               json_is_null(json_object_get(last, "seconds_left")),
           "times are numbers, or null");
    tap_ok(json_integer_value(json_object_get(g, "of")) == 1 ||
               json_real_value(json_object_get(g, "of")) == 1,
           "and the groups");
    json_decref(root);
    desk_free(d);
    tap_ok(true, "a session ends while fits are queued");
}

static void test_rescue(void)
{
    struct desk *d = desk_new(NULL);
    struct strbuf told = {0};
    say(d, "x", four);
    say(d, "x", "fit dnn; fit dnn");
    while (job_of(d, "dnn1")->status.epoch < 3)
        pause_for_news(d), session_step(d->session, &d->out);
    session_rescue(d->session, ".", 20, 0, NULL, &told);
    tap_ok(has(&told, "dnn1, epoch ") && !strstr(strbuf_text(&told), "dnn5") &&
               !session_busy(d->session),
           "a rescue saves what trained and stops what is queued");
    strbuf_free(&told);
    desk_free(d);
}

int main(void)
{
    struct wake wake;
    tap_note("seed %d", SEED);
    main_thread = pthread_self();
    if (!wake_open(&wake, NULL))
        return 1;
    struct jobs *jobs = jobs_new(&wake);
    jobs_threads(jobs, 2);
    test_bits(jobs);
    test_snapshots(jobs);
    test_memory(jobs);
    jobs_free(jobs);
    wake_close(&wake);
    test_words();
    test_group();
    test_group_ends_as_one();
    test_json();
    test_rescue();
    return tap_done();
}
