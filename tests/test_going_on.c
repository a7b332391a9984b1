/* A fit that stopped, was saved and goes on is the fit that never stopped, to the bit. */
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/fit.h"
#include "tap.h"
#include "trainer.h"

enum { SEED = 29, ANIMALS = 5 };
static const size_t counts[ANIMALS] = {900, 760, 1, 810, 450};

/* The optimiser asks before each of its steps: 0, or how often until it is told to stop,
 * which may be in the middle of a pass. */
static atomic_int asks_left;

bool __real_trainer_may_go_on(struct trainer *t);
bool __wrap_trainer_may_go_on(struct trainer *t);
bool __wrap_trainer_may_go_on(struct trainer *t)
{
    bool stop = atomic_load(&asks_left) > 0 && atomic_fetch_sub(&asks_left, 1) == 1;
    return !stop && __real_trainer_may_go_on(t);
}

static void run(struct fit *fit, struct jobs *jobs)
{
    while (fit && fit_active(fit)) {
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 1000);
        wake_drain(jobs_wake(jobs));
    }
}

static struct fit_settings settings_of(const char *rule, enum optimizer optimizer, size_t batch,
                                       enum w0_kind w0)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    s.optimizer = optimizer;
    s.batch = batch;
    s.w0.kind = w0;
    s.shape.hidden = 8;
    s.shape.lapse.fitted = w0 == W0_PSYCHOMETRIC;
    s.truncation = 60;
    s.seed = SEED;
    s.threads = 1;
    s.holdout = mem_text("a3");
    return s;
}

static bool same_fit(const struct model *a, const struct model *b)
{
    bool same = a->n_history == b->n_history &&
                memcmp(a->theta, b->theta, a->tensors.size * sizeof *a->theta) == 0 &&
                memcmp(a->w0, b->w0, ANIMALS * a->settings.policy.n * sizeof *a->w0) == 0;
    for (size_t i = 0; i < a->n_history && same; i++)
        same = a->history[i].epoch == b->history[i].epoch &&
               a->history[i].train == b->history[i].train &&
               a->history[i].held_out == b->history[i].held_out;
    return same;
}

/* asks 0: of 40 epochs 20, else those until it is stopped. */
static void test_same(const struct cohort *c, struct jobs *jobs, const char *rule,
                      enum optimizer optimizer, size_t batch, enum w0_kind w0, int asks)
{
    struct fit_settings s = settings_of(rule, optimizer, batch, w0);
    bool fast = optimizer == OPTIMIZER_FAST;
    struct err err = {0};
    s.epochs = 40;
    struct fit *whole = fit_start(&s, c, "whole", jobs, NULL, &err);
    run(whole, jobs);
    struct model *straight = fit_model(whole);
    s.epochs = asks ? 40 : 20;
    atomic_store(&asks_left, asks);
    struct fit *part = fit_start(&s, c, "part", jobs, NULL, &err);
    run(part, jobs);
    atomic_store(&asks_left, 0);
    struct model *m = fit_model(part);
    int done = m->history[m->n_history - 1].epoch;
    tap_ok(done > 0 && done < straight->settings.epochs && model_save(m, "part.npz", &err),
           "%s: %s, stopped at epoch %d and saved", rule, fast ? "fast" : "adam", done);
    s.epochs = straight->settings.epochs;
    s.init = mem_text("part.npz");
    for (s.threads = 1; s.threads <= 2; s.threads++) {
        struct fit *on = fit_start(&s, c, "on", jobs, NULL, &err);
        tap_ok(on && fit_went_on(on) == done && !fit_began_anew(on), "goes on%s", err.message);
        run(on, jobs);
        struct model *last = fit_model(on);
        tap_ok(same_fit(last, straight), "%s, %d thread%s: parameters and %zu losses of the whole",
               rule, s.threads, s.threads > 1 ? "s" : "", straight->n_history);
        tap_ok(last->history[last->n_history - 1].seconds >= m->history[m->n_history - 1].seconds,
               "and the seconds add up");
        model_drop(last);
        fit_close(on);
    }
    model_drop(m);
    model_drop(straight);
    fit_close(part);
    fit_close(whole);
    fit_settings_free(&s);
}

/* Why a fit with another setting, cohort or file begins anew. */
static void begins_anew(const struct fit_settings *s, const struct cohort *c, struct jobs *jobs,
                        const char *why)
{
    struct err err = {0};
    struct fit *fit = fit_start(s, c, "anew", jobs, NULL, &err);
    const char *said = fit ? fit_began_anew(fit) : err.message;
    tap_ok(said && strstr(said, why) && fit && fit_went_on(fit) == -1, "%s",
           said ? said : "goes on");
    run(fit, jobs);
    struct model *m = fit_model(fit);
    tap_ok(m->history[0].epoch == 0, "from epoch 0");
    model_drop(m);
    fit_close(fit);
}

static void test_anew(const struct cohort *c, struct jobs *jobs)
{
    struct fit_settings s = settings_of("dnn", OPTIMIZER_ADAM, 0, W0_ZERO);
    struct err err = {0};
    s.epochs = 5;
    struct fit *fit = fit_start(&s, c, "f", jobs, NULL, &err);
    run(fit, jobs);
    struct model *m = fit_model(fit);
    s.init = mem_text("anew.npz");
    model_save(m, s.init, &err);
    begins_anew(&s, c, jobs, "epochs=5 is no more than the 5 behind them");
    s.epochs = 9;
    s.rate = .01;
    begins_anew(&s, c, jobs, "rate= is another");
    s.rate = .001;
    struct cohort *other = test_cohort(ANIMALS, counts, SEED + 1);
    begins_anew(&s, other, jobs, "the cohort is another");
    cohort_drop(other);
    m->theta[3] += .1; /* as if the array had been edited */
    model_save(m, s.init, &err);
    begins_anew(&s, c, jobs, "no state of the optimizer");
    m->theta[3] -= .1;
    m->checkpoint->v[2] = -1;
    model_save(m, s.init, &err);
    tap_ok(!fit_start(&s, c, "on", jobs, NULL, &err) && strstr(err.message, "optimizer_v"), "%s",
           err.message);
    err_clear(&err);
    m->checkpoint->v[2] = 0;
    m->checkpoint->epoch = 3;
    model_save(m, s.init, &err);
    tap_ok(!fit_start(&s, c, "on", jobs, NULL, &err) && strstr(err.message, "of epoch 3"), "%s",
           err.message);
    model_drop(m);
    fit_close(fit);
    fit_settings_free(&s);
}

int main(void)
{
    struct wake wake;
    tap_note("seed %d", SEED);
    if (!wake_open(&wake, NULL))
        return 1;
    struct jobs *jobs = jobs_new(&wake);
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    test_same(c, jobs, "dnn", OPTIMIZER_ADAM, 0, W0_ZERO, 0);
    test_same(c, jobs, "dnn", OPTIMIZER_ADAM, 2, W0_PSYCHOMETRIC, 0);
    test_same(c, jobs, "dnn", OPTIMIZER_ADAM, 2, W0_ZERO, 55);
    test_same(c, jobs, "rnn", OPTIMIZER_ADAM, 0, W0_PSYCHOMETRIC, 0);
    test_same(c, jobs, "rnn", OPTIMIZER_ADAM, 0, W0_ZERO, 14);
    test_same(c, jobs, "dnn", OPTIMIZER_FAST, 0, W0_PSYCHOMETRIC, 41);
    test_same(c, jobs, "rnn", OPTIMIZER_FAST, 0, W0_ZERO, 40);
    test_anew(c, jobs);
    cohort_drop(c);
    jobs_free(jobs);
    wake_close(&wake);
    return tap_done();
}
