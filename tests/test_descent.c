/* What optimizer=fast is made of: the metric, the memory of L-BFGS; and fits. */
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/fit.h"
#include "lbfgs.h"
#include "tap.h"

enum { SEED = 17, N = 40, ROWS = 7, ANIMALS = 9 };

static void test_metric(void)
{
    struct rng rng = rng_stream(SEED, RNG_TEST, 1, 1);
    struct metric m = metric_new(N, ROWS);
    double v[N], back[N], worst = 0, square = 0;
    for (size_t i = 0; i < N; i++)
        back[i] = v[i] = rng_between(&rng, -1, 1);
    metric_solve(&m, back);
    tap_ok(memcmp(v, back, sizeof v) == 0, "without rows a metric changes nothing");
    for (size_t i = 0; i < ROWS * N; i++) {
        m.rows[i] = (float)rng_between(&rng, -1, 1);
        square += (double)m.rows[i] * m.rows[i];
    }
    tap_ok(metric_set(&m, .5), "rows are taken");
    tap_near(m.lambda, .5 * square / ROWS, 1e-9, "lambda is damping times their mean square");
    metric_solve(&m, back);
    for (size_t i = 0; i < N; i++) { /* (R'R + lambda I) back = v */
        double sum = m.lambda * back[i];
        for (size_t r = 0; r < ROWS; r++) {
            double dot = 0;
            for (size_t j = 0; j < N; j++)
                dot += m.rows[r * N + j] * back[j];
            sum += m.rows[r * N + i] * dot;
        }
        worst = fmax(worst, fabs(sum - v[i]));
    }
    tap_ok(worst < 1e-5, "the metric's inverse is the inverse (%.2g)", worst);
    memset(m.rows, 0, ROWS * N * sizeof *m.rows);
    tap_ok(!metric_set(&m, .5), "rows of zeros are refused");
    m.rows[3] = NAN;
    tap_ok(!metric_set(&m, .5), "and rows that are no numbers");
    metric_free(&m);
}

/* On a quadratic, exact line searches along L-BFGS directions end in N steps. */
static void test_memory(void)
{
    struct rng rng = rng_stream(SEED, RNG_TEST, 2, 1);
    struct lbfgs m = lbfgs_new(N, N);
    double h[N], x[N], g[N], d[N], s[N], y[N], size = 0;
    for (size_t i = 0; i < N; i++) {
        h[i] = exp(rng_between(&rng, -4, 4));
        x[i] = rng_between(&rng, -1, 1);
        g[i] = h[i] * x[i];
    }
    for (size_t step = 0; step < N + 2; step++) {
        double gd = 0, dhd = 0;
        memcpy(d, g, sizeof d);
        lbfgs_apply(&m, NULL, d);
        for (size_t i = 0; i < N; i++) {
            gd += g[i] * d[i];
            dhd += h[i] * d[i] * d[i];
        }
        for (size_t i = 0; i < N && dhd > 0; i++) {
            s[i] = -gd / dhd * d[i];
            y[i] = h[i] * s[i];
            x[i] += s[i];
            g[i] += y[i];
        }
        lbfgs_add(&m, s, y);
    }
    for (size_t i = 0; i < N; i++)
        size = fmax(size, fabs(x[i]));
    tap_ok(size < 1e-6, "L-BFGS ends on a quadratic of %d dimensions (%.2g)", N, size);
    size_t kept = m.kept;
    for (size_t i = 0; i < N; i++)
        y[i] = -(s[i] = 1);
    lbfgs_add(&m, s, y);
    tap_ok(m.kept == kept, "a pair of negative curvature is not taken");
    lbfgs_forget(&m);
    memcpy(d, s, sizeof d);
    lbfgs_apply(&m, NULL, d);
    tap_ok(memcmp(d, s, sizeof d) == 0, "forgotten is forgotten");
    lbfgs_free(&m);
}

static struct fit_status over(struct fit *fit, const struct wake *wake)
{
    while (fit_active(fit)) {
        poll(&(struct pollfd){.fd = wake->fd, .events = POLLIN}, 1, 1000);
        wake_drain(wake);
    }
    return fit_status(fit);
}

static void test_fits(const struct cohort *c, const struct wake *wake, const char *rule,
                      enum w0_kind w0)
{
    struct fit_settings s;
    struct err err = {0};
    double *first = NULL, adam = 0;
    size_t size = 0;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    s.epochs = 60;
    s.hidden = 8;
    s.truncation = 100;
    s.seed = SEED;
    s.w0 = w0;
    s.fit_lapse = w0 == W0_PSYCHOMETRIC;
    s.holdout = mem_text("a2");
    for (int threads = 0; threads <= 4; threads += threads ? threads : 1) {
        s.fast = threads > 0;
        s.threads = threads;
        struct fit *fit = fit_start(&s, c, "f", wake, &err);
        struct fit_status status = over(fit, wake);
        struct model *m = fit_model(fit);
        const struct epoch_loss *h = m->history, *last = &h[m->n_history - 1];
        if (!s.fast) {
            adam = last->train;
        } else {
            bool falls = true;
            for (size_t i = 25; i < m->n_history; i++)
                falls = falls && h[i].train <= h[i - 1].train + 2e-9;
            tap_ok(status.state == FIT_DONE && last->epoch <= 60 && falls,
                   "%s: fast is done at epoch %d and never goes up again", rule, last->epoch);
            tap_ok(last->train < adam - 1e-3, "%s: lower than Adam after as many (%.4f, %.4f)",
                   rule, last->train, adam);
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

/* Steps of Adam that are far too large: L-BFGS goes on from the best point. */
static void test_large_steps(const struct cohort *c, const struct wake *wake)
{
    struct fit_settings s;
    fit_settings_default(&s);
    s.epochs = 60;
    s.hidden = 8;
    s.seed = SEED;
    s.fast = true;
    s.rate = 2;
    struct fit *fit = fit_start(&s, c, "l", wake, NULL);
    struct fit_status status = over(fit, wake);
    struct model *m = fit_model(fit);
    const struct epoch_loss *h = m->history, *last = &h[m->n_history - 1];
    double most = 0;
    for (size_t i = 0; i < m->n_history; i++)
        most = fmax(most, h[i].train);
    tap_ok(status.state == FIT_DONE && most < 20 && last->train < h[0].train,
           "fast survives steps that are too large (%.4f to %.4f, at most %.3g)", h[0].train,
           last->train, most);
    tap_near(model_loss(m, c, NULL, NULL), last->train, 1e-7, "and keeps what it says");
    model_drop(m);
    fit_close(fit);
}

/* ridge= makes weights smaller, with either optimiser, and the loss shown is without it. */
static void test_ridge(const struct cohort *c, const struct wake *wake)
{
    double square[4] = {0};
    for (int i = 0; i < 4; i++) {
        struct fit_settings s;
        fit_settings_default(&s);
        s.epochs = 150;
        s.hidden = 8;
        s.seed = SEED;
        s.fast = i / 2;
        s.ridge = i % 2 ? .1 : 0;
        struct fit *fit = fit_start(&s, c, "r", wake, NULL);
        over(fit, wake);
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
    tap_ok(square[3] < .8 * square[2], "fast: ridge= makes weights smaller (%.3g, %.3g)",
           square[3], square[2]);
}

int main(void)
{
    static const size_t counts[ANIMALS] = {400, 320, 290, 150, 400, 60, 333, 1, 2};
    struct wake wake;
    tap_note("seed %d", SEED);
    if (!wake_open(&wake, NULL))
        return 1;
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    test_metric();
    test_memory();
    test_fits(c, &wake, "dnn", W0_ZERO);
    test_fits(c, &wake, "rnn", W0_ZERO);
    test_fits(c, &wake, "dnn", W0_PSYCHOMETRIC);
    test_large_steps(c, &wake);
    test_ridge(c, &wake);
    cohort_drop(c);
    wake_close(&wake);
    return tap_done();
}
