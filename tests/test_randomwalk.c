/* The random walk of weights: mode, evidence and covariance against dense linear algebra,
 * the gradient of the evidence against differences, sizes of steps found again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/positive.h"
#include "deltaw/learn/randomwalk.h"
#include "tap.h"

enum { SEED = 11, MOST_TRIALS = 12000 };

struct world {
    struct randomwalk_trials trials;
    double *x;
    uint8_t *choice;
    bool *day;
};

/* Choices of weights that walk with steps sigma [k] and sigma_day [k] every `session` trials. */
static struct world world_new(size_t n, size_t k, const double *sigma, const double *sigma_day,
                              size_t session)
{
    struct world w = {.x = mem_new(n * k, sizeof *w.x), .choice = mem_new(n, 1)};
    w.day = mem_new(n, sizeof *w.day);
    struct rng rng = rng_stream(SEED, RNG_TEST, (uint32_t)n, (uint32_t)k);
    double weight[RANDOMWALK_MOST] = {0};
    for (size_t t = 0; t < n; t++) {
        double z = 0;
        w.day[t] = t % session == 0;
        for (size_t i = 0; i < k; i++) {
            w.x[t * k + i] = i == 0 ? 1 : rng_between(&rng, -2, 2);
            weight[i] += (w.day[t] && sigma_day ? sigma_day : sigma)[i] * rng_normal(&rng);
            z += weight[i] * w.x[t * k + i];
        }
        w.choice[t] = rng_uniform(&rng) < 1 / (1 + exp(-z));
    }
    w.trials = (struct randomwalk_trials){n, k, w.x, w.choice, w.day};
    return w;
}

static void world_free(struct world *w)
{
    free(w->x), free(w->choice), free(w->day);
}

/* Inverse variance of the step into trial t. */
static double dense_q(const struct world *w, const double *log_sigma, size_t t, size_t i)
{
    size_t k = w->trials.n_weights;
    return t == 0 ? 1 / 256. : exp(-2 * log_sigma[(w->day[t] ? k : 0) + i]);
}

/* Gradient and negative Hessian h [m][m], m = n k, of the log posterior at v; its value. */
static double dense_posterior(const struct world *w, const double *log_sigma, const double *v,
                              double *gradient, double *h)
{
    size_t n = w->trials.n, k = w->trials.n_weights, m = n * k;
    double value = 0;
    memset(gradient, 0, m * sizeof *gradient);
    memset(h, 0, m * m * sizeof *h);
    for (size_t t = 0; t < n; t++) {
        double z = 0;
        for (size_t i = 0; i < k; i++)
            z += v[t * k + i] * w->x[t * k + i];
        double p = 1 / (1 + exp(-z));
        value += log(w->choice[t] ? p : 1 - p);
        for (size_t i = 0; i < k; i++) {
            size_t now = t * k + i;
            double q = dense_q(w, log_sigma, t, i), d = v[now] - (t ? v[now - k] : 0);
            value += (log(q) - q * d * d) / 2;
            gradient[now] += (w->choice[t] - p) * w->x[now] - q * d;
            h[now * m + now] += q;
            for (size_t j = 0; j < k; j++)
                h[now * m + t * k + j] += p * (1 - p) * w->x[now] * w->x[t * k + j];
            if (t == 0)
                continue;
            gradient[now - k] += q * d;
            h[(now - k) * m + now - k] += q;
            h[now * m + now - k] -= q;
            h[(now - k) * m + now] -= q;
        }
    }
    return value;
}

static void test_dense(void)
{
    enum { N = 60, K = 3, M = N * K };
    struct world w = world_new(N, K, (double[]){.1, .2, .05}, (double[]){.5, .5, .5}, 20);
    double sizes[2 * K] = {log(.1), log(.2), log(.05), log(.5), log(.7), log(.3)};
    double *v = mem_new(M, sizeof *v), *g = mem_new(M, sizeof *g), *h = mem_new(M * M, sizeof *h);
    double value = 0, log_det = 0, worst = 0, wide = 0;
    for (int round = 0; round < 40; round++) {
        value = dense_posterior(&w, sizes, v, g, h);
        positive_invert(M, h);
        for (size_t i = 0; i < M; i++)
            for (size_t j = 0; j < M; j++)
                v[i] += h[i * M + j] * g[j];
    }
    double *factor = mem_new(M * M, sizeof *factor);
    dense_posterior(&w, sizes, v, g, h);
    positive_factor(M, h, factor);
    for (size_t i = 0; i < M; i++)
        log_det += 2 * log(factor[i * M + i]);
    positive_invert(M, h);

    struct randomwalk_mode *mode = randomwalk_mode_new(&w.trials, true);
    double evidence = randomwalk_evidence(mode, sizes, NULL);
    double *at = mem_new(M, sizeof *at), *sd = mem_new(M, sizeof *sd), logit[N];
    randomwalk_mode_read(mode, at, sd, logit);
    for (size_t i = 0; i < M; i++) {
        worst = fmax(worst, fabs(at[i] - v[i]));
        wide = fmax(wide, fabs(sd[i] - sqrt(h[i * M + i])));
    }
    tap_ok(worst < 1e-4, "the mode is that of dense Newton steps (worst %.2g)", worst);
    tap_ok(wide < 1e-5, "standard deviations are those of the dense inverse (worst %.2g)", wide);
    tap_near(evidence, value - log_det / 2, 1e-6, "so is the evidence");
    double variance = 0;
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            variance += w.x[7 * K + i] * h[(7 * K + i) * M + 7 * K + j] * w.x[7 * K + j];
    tap_near(logit[7], sqrt(variance), 1e-5, "and the deviation of a trial's logit");
    randomwalk_mode_free(mode);
    free(v), free(g), free(h), free(factor), free(at), free(sd);
    world_free(&w);
}

static void test_gradient(void)
{
    enum { K = 5, N = 2 * K };
    struct world w =
        world_new(700, K, (double[]){.1, .05, .02, .1, .2}, (double[]){.5, .3, .2, .1, .4}, 50);
    struct randomwalk_mode *mode = randomwalk_mode_new(&w.trials, true);
    double at[N], g[N], worst = 0, most = 0;
    for (int i = 0; i < N; i++)
        at[i] = log(i < K ? .06 : .3) + .1 * i;
    randomwalk_evidence(mode, at, g);
    for (int i = 0; i < N; i++) {
        const double step = 1e-3;
        at[i] += step;
        double up = randomwalk_evidence(mode, at, NULL);
        at[i] -= 2 * step;
        double down = randomwalk_evidence(mode, at, NULL);
        at[i] += step;
        worst = fmax(worst, fabs(g[i] - (up - down) / (2 * step)));
        most = fmax(most, fabs(g[i]));
    }
    tap_ok(worst < 1e-3 * most && most > 1, "gradient of the evidence: off by %.2g of %.2g", worst,
           most);
    randomwalk_mode_free(mode);
    world_free(&w);
}

static void test_recovery(void)
{
    struct err err = {0};
    double sigma[2] = {.04, .06}, sigma_day[2] = {.5, .5};
    struct world w = world_new(MOST_TRIALS, 2, sigma, sigma_day, 300);
    struct randomwalk walk, plain;
    tap_ok(randomwalk_fit(&w.trials, true, NULL, &walk, &err), "a walk is fitted");
    for (int i = 0; i < 4; i++) {
        double off = walk.log_sigma[i] - log(i < 2 ? sigma[i] : sigma_day[i - 2]);
        tap_ok(fabs(off) < 3 * walk.log_error[i] && walk.log_error[i] < 1,
               "size %d is found: off by %.2f, error %.2f", i, off, walk.log_error[i]);
    }
    randomwalk_fit(&w.trials, false, NULL, &plain, &err);
    tap_ok(plain.log_evidence < walk.log_evidence - 2 && !plain.by_day,
           "days are worth evidence where they matter: %.1f, %.1f", plain.log_evidence,
           walk.log_evidence);
    randomwalk_free(&walk);
    randomwalk_free(&plain);
    world_free(&w);
}

static void test_refusals(void)
{
    struct err err = {0};
    struct randomwalk walk;
    struct world w = world_new(400, 1, (double[]){.1}, NULL, 50);
    atomic_bool stop = true;
    tap_ok(!randomwalk_fit(&w.trials, true, &stop, &walk, &err) && err.code == ERR_INTERRUPTED &&
               !walk.w,
           "stopped: nothing is left");
    err_clear(&err);
    struct randomwalk_trials one = w.trials;
    one.n = 1;
    tap_ok(!randomwalk_fit(&one, false, NULL, &walk, &err) && err.code == ERR_DATA,
           "one trial is refused: %s", err.message);
    memset(w.choice, 1, 400);
    err_clear(&err);
    bool fitted = randomwalk_fit(&w.trials, true, NULL, &walk, &err);
    tap_ok(fitted && walk.w[399] > 1 && isfinite(walk.log_evidence),
           "an animal that always goes right has a finite mode: %.1f", fitted ? walk.w[399] : NAN);
    randomwalk_free(&walk);
    world_free(&w);
}

/* Log evidence of psytrack 2.0.2 on real mice: doc/science says which data. */
static void test_mice(void)
{
    static const struct {
        const char *animal;
        double evidence;
    } known[] = {{"DAP011", -3277.5},
                 {"DAP014", -1822.8},
                 {"DAP022", -3317.4},
                 {"DAP024", -3665.3},
                 {"DAP037", -1389.1}};
    enum { KNOWN = sizeof known / sizeof *known };
    char path[4096];
    const char *top = getenv("srcdir");
    snprintf(path, sizeof path, "%s/../shared/data/mice.csv.gz", top ? top : ".");
    FILE *there = fopen(path, "r");
    for (int i = 0; !there && i < KNOWN; i++)
        tap_skip("no ../shared/data/mice.csv.gz");
    if (!there)
        return;
    fclose(there);
    char command[8192];
    for (int i = 0; i < KNOWN; i++) {
        snprintf(command, sizeof command, "zcat '%s' | grep '^%s,'", path, known[i].animal);
        FILE *rows = popen(command, "r");
        double *x = mem_new(2 * MOST_TRIALS, sizeof *x), left, right, scale = tanh(5);
        uint8_t *choice = mem_new(MOST_TRIALS, 1);
        bool *day = mem_new(MOST_TRIALS, sizeof *day);
        int session, trial, side, last = -1;
        size_t n = 0;
        while (fscanf(rows, "%*[^,],%d,%d,%lf,%lf,%d%*[^\n]\n", &session, &trial, &left, &right,
                      &side) == 5) {
            x[2 * n] = 1, x[2 * n + 1] = (tanh(5 * right) - tanh(5 * left)) / scale;
            choice[n] = (uint8_t)side, day[n++] = session != last;
            last = session;
        }
        pclose(rows);
        struct randomwalk walk;
        struct err err = {0};
        randomwalk_fit(&(struct randomwalk_trials){n, 2, x, choice, day}, true, NULL, &walk, &err);
        tap_near(walk.log_evidence, known[i].evidence, .1, "%s: the evidence of psytrack",
                 known[i].animal);
        randomwalk_free(&walk);
        free(x), free(choice), free(day);
    }
}

int main(void)
{
    test_dense();
    test_gradient();
    test_recovery();
    test_refusals();
    test_mice();
    return tap_done();
}
