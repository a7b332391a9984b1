/* A fit that stopped, was saved and goes on is the fit that never stopped, to the bit. */
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/fit.h"
#include "deltaw/learn/gains.h"
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

/* One of the fits that go on: asks 0: of 40 epochs 20, else those until it is stopped. */
struct trial {
    const char *rule;
    enum optimizer optimizer;
    size_t batch;
    enum w0_kind w0;
    int asks;
    bool gain;
    uint64_t bootstrap;
    int epochs; /* of the whole, 0: 40 */
};

static struct fit_settings settings_of(const struct trial *t)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", t->rule);
    s.optimizer = t->optimizer;
    s.batch = t->batch;
    s.w0.kind = t->w0;
    s.bootstrap = t->bootstrap;
    s.shape.hidden = 8;
    s.shape.lapse.fitted = t->w0 == W0_PSYCHOMETRIC;
    s.shape.gain.fitted = t->gain;
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

static bool same_gains(const struct model *a, const struct model *b)
{
    const struct gains *x = a->gains, *y = b->gains;
    return !x == !y && (!x || (x->spread == y->spread && x->low == y->low && x->high == y->high &&
                               memcmp(x->value, y->value, ANIMALS * sizeof *x->value) == 0 &&
                               memcmp(x->error, y->error, ANIMALS * sizeof *x->error) == 0));
}

static void test_same(const struct cohort *c, struct jobs *jobs, struct trial trial)
{
    struct fit_settings s = settings_of(&trial);
    const char *rule = trial.rule;
    bool fast = trial.optimizer == OPTIMIZER_FAST;
    int epochs = trial.epochs ? trial.epochs : 40, asks = trial.asks;
    struct err err = {0};
    s.epochs = epochs;
    struct fit *whole = fit_start(&s, c, "whole", jobs, NULL, &err);
    run(whole, jobs);
    struct model *straight = fit_model(whole);
    s.epochs = asks ? epochs : epochs / 2;
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
        tap_ok(same_fit(last, straight) && same_gains(last, straight),
               "%s, %d thread%s: parameters and %zu losses of the whole", rule, s.threads,
               s.threads > 1 ? "s" : "", straight->n_history);
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
    struct fit_settings s = settings_of(&(struct trial){.rule = "dnn"});
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

/* The rate of fast falls to 0 over its epochs: of others there is nothing to go on with. */
static void test_fast_anew(const struct cohort *c, struct jobs *jobs)
{
    struct fit_settings s =
        settings_of(&(struct trial){.rule = "dnn", .optimizer = OPTIMIZER_FAST});
    struct err err = {0};
    for (int stopped = 0; stopped <= 1; stopped++) {
        s.epochs = 16;
        atomic_store(&asks_left, stopped ? 12 : 0);
        struct fit *fit = fit_start(&s, c, "f", jobs, NULL, &err);
        run(fit, jobs);
        atomic_store(&asks_left, 0);
        struct model *m = fit_model(fit);
        int done = m->history[m->n_history - 1].epoch;
        tap_ok(stopped ? done > 0 && done < 16 : done == 16, "fast, stopped at epoch %d", done);
        s.init = mem_text("fast.npz");
        model_save(m, s.init, &err);
        s.epochs = 30;
        begins_anew(&s, c, jobs, "its schedule was of epochs=16");
        free(s.init), s.init = NULL;
        model_drop(m);
        fit_close(fit);
    }
    fit_settings_free(&s);
}

/* A file whose state lacks the w_0 that the fit trains. */
static void test_short_state(const struct cohort *c, struct jobs *jobs)
{
    struct fit_settings s = settings_of(&(struct trial){.rule = "dnn", .w0 = W0_PSYCHOMETRIC});
    struct err err = {0};
    s.epochs = 3;
    struct fit *fit = fit_start(&s, c, "f", jobs, NULL, &err);
    run(fit, jobs);
    struct model *m = fit_model(fit);
    s.init = mem_text("short.npz");
    s.epochs = 5;
    m->checkpoint->n = m->tensors.size;
    model_save(m, s.init, &err);
    begins_anew(&s, c, jobs, "no state of the optimizer");
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
    test_same(c, jobs, (struct trial){.rule = "dnn"});
    test_same(c, jobs, (struct trial){.rule = "dnn", .batch = 2, .w0 = W0_PSYCHOMETRIC});
    test_same(c, jobs, (struct trial){.rule = "dnn", .batch = 2, .asks = 55});
    test_same(c, jobs, (struct trial){.rule = "rnn", .w0 = W0_PSYCHOMETRIC});
    test_same(c, jobs, (struct trial){.rule = "rnn", .asks = 14});
    test_same(c, jobs,
              (struct trial){
                  .rule = "dnn", .optimizer = OPTIMIZER_FAST, .w0 = W0_PSYCHOMETRIC, .asks = 41});
    test_same(c, jobs, (struct trial){.rule = "rnn", .optimizer = OPTIMIZER_FAST, .asks = 40});
    /* the spread of gains is taken at the end, and at epoch 50, be it the end or not */
    test_same(c, jobs, (struct trial){.rule = "dnn", .gain = true, .w0 = W0_PSYCHOMETRIC});
    test_same(c, jobs, (struct trial){.rule = "dnn", .gain = true, .batch = 2, .epochs = 100});
    test_same(c, jobs, (struct trial){.rule = "dnn", .gain = true, .epochs = 56, .asks = 53});
    /* animals drawn again have a w_0 of their own, and are in no file */
    test_same(c, jobs, (struct trial){.rule = "dnn", .bootstrap = 5, .w0 = W0_PSYCHOMETRIC});
    test_same(c, jobs,
              (struct trial){.rule = "dnn", .bootstrap = 5, .gain = true, .batch = 2, .asks = 55});
    test_same(
        c, jobs,
        (struct trial){.rule = "rnn", .optimizer = OPTIMIZER_FAST, .bootstrap = 5, .asks = 40});
    test_fast_anew(c, jobs);
    test_anew(c, jobs);
    test_short_state(c, jobs);
    cohort_drop(c);
    jobs_free(jobs);
    wake_close(&wake);
    return tap_done();
}
