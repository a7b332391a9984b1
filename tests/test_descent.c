/* Fits by optimizer=fast. */
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/fit.h"
#include "tap.h"

enum { SEED = 17, ANIMALS = 9 };

static struct fit_status over(struct fit *fit, struct jobs *jobs)
{
    while (fit_active(fit)) {
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 1000);
        wake_drain(jobs_wake(jobs));
    }
    return fit_status(fit);
}

static void test_fits(const struct cohort *c, struct jobs *jobs, const char *rule, enum w0_kind w0)
{
    struct fit_settings s;
    struct err err = {0};
    double *first = NULL, adam = 0;
    size_t size = 0;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    s.shape.hidden = 8;
    s.truncation = 100;
    s.seed = SEED;
    s.w0.kind = w0;
    s.shape.lapse.fitted = w0 == W0_PSYCHOMETRIC;
    s.holdout = mem_text("a2");
    for (int threads = 0; threads <= 4; threads += threads ? threads : 1) {
        bool fast = threads > 0;
        s.optimizer = fast ? OPTIMIZER_FAST : OPTIMIZER_ADAM;
        s.epochs = fast ? 200 : 100;
        s.threads = threads;
        struct fit *fit = fit_start(&s, c, "f", jobs, NULL, &err);
        struct fit_status status = over(fit, jobs);
        struct model *m = fit_model(fit);
        const struct epoch_loss *h = m->history, *last = &h[m->n_history - 1];
        if (!fast) {
            adam = last->train;
        } else {
            tap_ok(status.state == FIT_DONE && last->epoch == 200 && m->n_history >= 32,
                   "%s: fast is done at epoch %d, with %zu losses on the way", rule, last->epoch,
                   m->n_history);
            tap_ok(last->train < adam + 5e-4 && last->train < h[0].train - .02,
                   "%s: no higher than Adam after 100 (%.4f, %.4f)", rule, last->train, adam);
        }
        if (threads == 1) {
            double loss[ANIMALS], sum = 0;
            size_t n[ANIMALS], trials = 0;
            model_loss(m, c, loss, n);
            for (size_t a = 0; a < ANIMALS; a++) {
                sum += a == 2 ? 0 : loss[a];
                trials += a == 2 ? 0 : n[a];
            }
            tap_near(sum / (double)trials, last->train, 1e-7, "%s: which is the model's", rule);
            size = m->tensors.size;
            first = mem_copy(m->theta, size, sizeof *first);
        }
        if (threads > 1)
            tap_ok(memcmp(first, m->theta, size * sizeof *first) == 0,
                   "%s, %d threads: the same bits as one", rule, threads);
        model_drop(m);
        fit_close(fit);
    }
    free(first);
    fit_settings_free(&s);
}

/* Steps that are far too large are quartered from the last good point on. */
static void test_large_steps(const struct cohort *c, struct jobs *jobs)
{
    struct fit_settings s;
    fit_settings_default(&s);
    s.epochs = 60;
    s.shape.hidden = 8;
    s.seed = SEED;
    s.optimizer = OPTIMIZER_FAST;
    s.rate = 2;
    struct fit *fit = fit_start(&s, c, "l", jobs, NULL, NULL);
    struct fit_status status = over(fit, jobs);
    struct model *m = fit_model(fit);
    const struct epoch_loss *h = m->history, *last = &h[m->n_history - 1];
    double most = 0;
    for (size_t i = 0; i < m->n_history; i++)
        most = fmax(most, h[i].train);
    tap_ok(m->n_history < 61, "steps that are too large fail: %zu losses", m->n_history);
    tap_ok(status.state == FIT_DONE && most < 20 && last->train < h[0].train,
           "fast survives them (%.4f to %.4f, at most %.3g)", h[0].train, last->train, most);
    tap_near(model_loss(m, c, NULL, NULL), last->train, 1e-7, "and keeps what it says");
    model_drop(m);
    fit_close(fit);
}

/* Stopped half-way, what was reached is kept; a pause holds it. */
static void test_stop(const struct cohort *c, struct jobs *jobs)
{
    struct fit_settings s;
    fit_settings_default(&s);
    s.epochs = 10000000;
    s.shape.hidden = 8;
    s.optimizer = OPTIMIZER_FAST;
    struct fit *fit = fit_start(&s, c, "s", jobs, NULL, NULL);
    while (fit_status(fit).epoch < 16)
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 100),
            wake_drain(jobs_wake(jobs));
    fit_pause(fit);
    while (fit_status(fit).state != FIT_PAUSED)
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 100),
            wake_drain(jobs_wake(jobs));
    tap_ok(fit_active(fit), "fast pauses at epoch %d", fit_status(fit).epoch);
    fit_resume(fit);
    fit_stop(fit);
    struct fit_status status = over(fit, jobs);
    struct model *m = fit_model(fit);
    tap_ok(status.state == FIT_STOPPED && status.epoch >= 16, "and stops at epoch %d",
           status.epoch);
    tap_near(model_loss(m, c, NULL, NULL), m->history[m->n_history - 1].train, 1e-7,
             "with the parameters of its last loss");
    model_drop(m);
    fit_close(fit);
}

/* ridge= makes weights smaller, with either optimiser, and the loss shown is without it. */
static void test_ridge(const struct cohort *c, struct jobs *jobs)
{
    double square[4] = {0};
    for (int i = 0; i < 4; i++) {
        struct fit_settings s;
        fit_settings_default(&s);
        s.epochs = 150;
        s.shape.hidden = 8;
        s.seed = SEED;
        s.optimizer = i / 2 ? OPTIMIZER_FAST : OPTIMIZER_ADAM;
        s.ridge = i % 2 ? .1 : 0;
        struct fit *fit = fit_start(&s, c, "r", jobs, NULL, NULL);
        over(fit, jobs);
        struct model *m = fit_model(fit);
        for (size_t j = 0; j < m->tensors.n; j++)
            for (size_t k = 0; m->tensors.item[j].n_dimensions == 2 && k < m->tensors.item[j].size;
                 k++)
                square[i] += m->theta[m->tensors.item[j].offset + k] *
                             m->theta[m->tensors.item[j].offset + k];
        tap_near(model_loss(m, c, NULL, NULL), m->history[m->n_history - 1].train, 1e-7,
                 "the loss shown is without the penalty");
        model_drop(m);
        fit_close(fit);
    }
    tap_ok(square[1] < .95 * square[0], "adam: ridge= makes weights smaller (%.3g, %.3g)",
           square[1], square[0]);
    tap_ok(square[3] < .8 * square[2], "fast: ridge= makes weights smaller (%.3g, %.3g)", square[3],
           square[2]);
}

int main(void)
{
    static const size_t counts[ANIMALS] = {400, 320, 290, 150, 400, 60, 333, 1, 2};
    struct wake wake;
    tap_note("seed %d", SEED);
    if (!wake_open(&wake, NULL))
        return 1;
    struct jobs *jobs = jobs_new(&wake);
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    test_fits(c, jobs, "dnn", W0_ZERO);
    test_fits(c, jobs, "rnn", W0_ZERO);
    test_fits(c, jobs, "dnn", W0_PSYCHOMETRIC);
    test_large_steps(c, jobs);
    test_stop(c, jobs);
    test_ridge(c, jobs);
    cohort_drop(c);
    jobs_free(jobs);
    wake_close(&wake);
    return tap_done();
}
