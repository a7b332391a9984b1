/* Fits: the optimiser, holding out, pausing, stopping, divergence, equal bits. */
#include <math.h>
#include <poll.h>

#include "adam.h"
#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/fit.h"
#include "start.h"
#include "tap.h"

enum { SEED = 5, ANIMALS = 6 };
static const size_t counts[ANIMALS] = {400, 320, 290, 150, 400, 60};

/* Poll the wake descriptor until the fit is in `state` or over; no clock. */
static struct fit_status wait_for(struct fit *fit, struct jobs *jobs, enum fit_state state,
                                  int epoch)
{
    for (;;) {
        struct fit_status s = fit_status(fit);
        if ((s.state == state && s.epoch >= epoch) || !fit_active(fit))
            return s;
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 1000);
        wake_drain(jobs_wake(jobs));
    }
}

static struct fit_settings quick(int epochs, int threads)
{
    struct fit_settings s;
    fit_settings_default(&s);
    s.epochs = epochs;
    s.threads = threads;
    s.truncation = 60;
    s.shape.hidden = 8;
    s.seed = SEED;
    return s;
}

static void test_adam(void)
{
    /* Two steps by hand: m = .1 g1, v = .001 g1^2 makes the first step rate *
     * sign(g); the second mixes 1.9 and 1.999 parts. */
    struct adam adam = adam_new(2);
    double theta[2] = {1, -1};
    adam_step(&adam, .01, theta, (double[]){.5, -2});
    tap_near(theta[0], .99, 1e-9, "the first Adam step is -rate for a positive gradient");
    tap_near(theta[1], -.99, 1e-9, "and +rate for a negative one");
    adam_step(&adam, .01, theta, (double[]){0, 0});
    double m = .9 * .1 * .5 / (1 - .81), v = .999 * .001 * .25 / (1 - .998001);
    tap_near(theta[0], .99 - .01 * m / (sqrt(v) + 1e-8), 1e-9, "bias correction, second step");
    adam_free(&adam);
}

static void test_training(const struct cohort *c, struct jobs *jobs)
{
    struct err err = {0};
    double *first = NULL;
    size_t size = 0;
    for (int threads = 1; threads <= 4; threads += threads) {
        struct fit_settings s = quick(60, threads);
        s.holdout = mem_text("a1,a3");
        struct fit *fit = fit_start(&s, c, "dnn1", jobs, NULL, &err);
        struct fit_status status = wait_for(fit, jobs, FIT_DONE, 60);
        struct model *m = fit_model(fit);
        tap_ok(status.state == FIT_DONE && status.epoch == 60 && m->n_history == 61,
               "%d threads: 60 epochs, 61 losses", threads);
        tap_ok(m->history[60].train < m->history[0].train - .005, "the loss falls: %.4f to %.4f",
               m->history[0].train, m->history[60].train);
        tap_ok(isfinite(m->history[60].held_out), "there is a held-out loss");
        tap_ok(!m->held_out[0] && m->held_out[1] && m->held_out[3], "the right ones are held out");
        if (threads == 1) {
            double loss[ANIMALS];
            size_t n[ANIMALS];
            model_loss(m, c, loss, n);
            tap_near((loss[1] + loss[3]) / (double)(n[1] + n[3]), m->history[60].held_out, 1e-7,
                     "the held-out loss is the mean over the held-out animals' scored trials");
            tap_near((loss[0] + loss[2] + loss[4] + loss[5]) / (double)(n[0] + n[2] + n[4] + n[5]),
                     m->history[60].train, 1e-7, "the training loss over the others'");
            tap_ok(m->visited && m->visited->epoch == 60,
                   "weights passed through are of the last epoch");
            float *w = mem_new(c->n_trials * 2, sizeof *w);
            model_sweep(m, c, w);
            tap_ok(memcmp(w, m->visited->w, c->n_trials * 2 * sizeof *w) == 0,
                   "and the same as a sweep of the model");
            free(w);
            size = m->tensors.size;
            first = mem_copy(m->theta, size, sizeof *first);
        }
        tap_ok(memcmp(first, m->theta, size * sizeof *first) == 0,
               "%d threads: the same bits as one", threads);
        model_drop(m);
        fit_close(fit);
        fit_settings_free(&s);
    }
    free(first);
}

static void test_control(const struct cohort *c, struct jobs *jobs)
{
    struct err err = {0};
    struct fit_settings s = quick(1000000, 1);
    struct fit *fit = fit_start(&s, c, "dnn2", jobs, NULL, &err);
    struct fit *beside = fit_start(&s, c, "dnn3", jobs, NULL, &err);
    wait_for(fit, jobs, FIT_RUNNING, 3);
    wait_for(beside, jobs, FIT_RUNNING, 3);
    tap_ok(fit_active(fit) && fit_active(beside), "two fits run at once");
    fit_pause(fit);
    struct fit_status paused = wait_for(fit, jobs, FIT_PAUSED, 0);
    tap_ok(paused.state == FIT_PAUSED, "pause");
    struct fit_status other = fit_status(beside);
    wait_for(beside, jobs, FIT_RUNNING, other.epoch + 5);
    tap_ok(fit_status(fit).epoch == paused.epoch, "a paused fit stands still while another runs");
    fit_resume(fit);
    wait_for(fit, jobs, FIT_RUNNING, paused.epoch + 3);
    tap_ok(fit_status(fit).epoch >= paused.epoch + 3, "resume goes on");
    fit_pause(fit);
    wait_for(fit, jobs, FIT_PAUSED, 0);
    fit_stop(fit);
    struct fit_status stopped = wait_for(fit, jobs, FIT_STOPPED, 0);
    struct model *m = fit_model(fit);
    tap_ok(stopped.state == FIT_STOPPED && m->n_history > 3, "stop, from a pause, keeps %zu losses",
           m->n_history);
    tap_near(model_loss(m, c, NULL, NULL), m->history[m->n_history - 1].train, 1e-7,
             "and the parameters of the newest of them");
    model_drop(m);
    fit_close(fit);
    fit_close(beside); /* while it runs */
}

static void test_trouble(const struct cohort *c, struct jobs *jobs)
{
    struct err err = {0};
    struct fit_settings s = quick(200, 1);
    s.rate = 1e9;
    struct fit *fit = fit_start(&s, c, "dnn4", jobs, NULL, &err);
    struct fit_status status = wait_for(fit, jobs, FIT_FAILED, 0);
    struct model *m = fit_model(fit);
    tap_ok(status.state == FIT_FAILED && strstr(status.reason, "rate="),
           "divergence ends the fit with a reason: %s", status.reason);
    double loss = model_loss(m, c, NULL, NULL);
    tap_ok(isfinite(loss) && fabs(loss - m->history[m->n_history - 1].train) < 1e-6,
           "the last good parameters are kept (loss %.4f)", loss);
    model_drop(m);
    fit_close(fit);

    s = quick(5, 1);
    s.holdout = mem_text("a0,b7");
    tap_ok(!fit_start(&s, c, "x", jobs, NULL, &err) && strstr(err.message, "'b7'"), "%s",
           err.message);
    fit_settings_free(&s);
    err_clear(&err);
    s.holdout = mem_text("a0,a1,a2,a3,a4,a5");
    tap_ok(!fit_start(&s, c, "x", jobs, NULL, &err), "%s", err.message);
    fit_settings_free(&s);
    err_clear(&err);
    snprintf(s.rule, sizeof s.rule, "nope");
    tap_ok(!fit_start(&s, c, "x", jobs, NULL, &err), "%s", err.message);
}

/* An animal whose choice is always that of the stimulus' side, over so many trials; `lapses`
 * of them on the right are not. */
static void test_certain(size_t n, size_t lapses, double slope, double intercept)
{
    struct cohort_builder *b = cohort_builder_new();
    cohort_builder_animal(b, "m");
    cohort_builder_session(b, "s");
    for (size_t i = 0; i < n; i++) {
        bool right = i % 2, choice = right && i / 2 >= lapses;
        cohort_builder_trial(b,
                             &(struct cohort_trial){.stimulus = right ? 1 : -1,
                                                    .choice = choice,
                                                    .reward = choice == right,
                                                    .answer = right,
                                                    .trial = (int32_t)i + 1},
                             NULL);
    }
    struct cohort *c = cohort_builder_finish(b, "p", "p");
    struct fit_settings s = quick(1, 1);
    double w0[2];
    s.w0.kind = W0_PSYCHOMETRIC;
    start_weights(&s, c, 0, w0);
    tap_near(w0[0], slope, 1e-6, "%zu trials, %zu against: slope", n, lapses);
    tap_near(w0[1], intercept, 1e-6, "%zu trials, %zu against: intercept", n, lapses);
    cohort_drop(c);
}

/* Shares of 0 and 1 count as .01 and .99; .02 is what it is. */
static void test_clamp(void)
{
    double most = log(.99 / .01), nearly = log(.98 / .02);
    test_certain(100, 0, most, 0);
    test_certain(100, 1, (nearly + most) / 2, (nearly - most) / 2);
    test_certain(1, 0, 0, -most); /* one side alone has no slope */
    test_certain(400, 0, most, 0);
}

/* Psychometric start weights by hand: s in {-1, 1}, P(right) .2 and .9. */
static void test_psychometric(struct jobs *jobs)
{
    struct cohort_builder *b = cohort_builder_new();
    cohort_builder_animal(b, "m");
    cohort_builder_session(b, "s");
    for (int i = 0; i < 140; i++) {
        bool right = i % 2, late = i >= 100;
        int nth = i / 2 % 10;
        bool choice = late || (right ? nth < 9 : nth < 2);
        cohort_builder_trial(b,
                             &(struct cohort_trial){.stimulus = right ? 1 : -1,
                                                    .choice = choice,
                                                    .reward = choice == right,
                                                    .answer = right,
                                                    .trial = i + 1},
                             NULL);
    }
    struct cohort *c = cohort_builder_finish(b, "p", "p");
    struct fit_settings s = quick(30, 1);
    double w0[2], low = log(.2 / .8), high = log(.9 / .1);
    s.w0.kind = W0_PSYCHOMETRIC;
    start_weights(&s, c, 0, w0);
    tap_near(w0[0], (high - low) / 2, 1e-6, "psychometric slope from the first 100 trials");
    tap_near(w0[1], (high + low) / 2, 1e-6, "psychometric intercept");
    struct fit *fit = fit_start(&s, c, "p", jobs, NULL, NULL);
    wait_for(fit, jobs, FIT_DONE, 30);
    struct model *m = fit_model(fit);
    tap_ok(fabs(m->w0[0] - w0[0]) > 1e-3, "w_0 is trained with the network (%.4f to %.4f)", w0[0],
           m->w0[0]);
    tap_near(model_loss(m, c, NULL, NULL), m->history[30].train, 1e-7,
             "and used when the model is scored");
    model_drop(m);
    fit_close(fit);
    cohort_drop(c);
}

/* Of evaluations that are not all better, a fit of a textbook rule keeps the best. */
static void test_best(const struct cohort *c, struct jobs *jobs)
{
    static const char *const rules[] = {"reinforce", "reinforce-base", "trace"};
    for (size_t i = 0; i < 3; i++) {
        struct fit_settings s = quick(0, 1);
        bool falls = true;
        snprintf(s.rule, sizeof s.rule, "%s", rules[i]);
        struct fit *fit = fit_start(&s, c, "m", jobs, NULL, NULL);
        wait_for(fit, jobs, FIT_DONE, 0);
        struct model *m = fit_model(fit);
        for (size_t e = 1; e < m->n_history; e++)
            falls = falls && m->history[e].train <= m->history[e - 1].train;
        double least = m->history[m->n_history - 1].train;
        tap_ok(falls && m->n_history > 3, "%s: the best of %zu evaluations so far is shown",
               rules[i], m->n_history);
        tap_near(model_loss(m, c, NULL, NULL), least, 1e-9, "%s: and kept", rules[i]);
        model_drop(m);
        fit_close(fit);
        fit_settings_free(&s);
    }
}

int main(void)
{
    struct wake wake;
    tap_note("seed %d", SEED);
    if (!wake_open(&wake, NULL))
        return 1;
    struct jobs *jobs = jobs_new(&wake);
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    test_adam();
    test_training(c, jobs);
    test_control(c, jobs);
    test_trouble(c, jobs);
    test_psychometric(jobs);
    test_clamp();
    test_best(c, jobs);
    cohort_drop(c);
    jobs_free(jobs);
    wake_close(&wake);
    return tap_done();
}
