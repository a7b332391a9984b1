/* The textbook rules: every update against its formula written out once more, and
 * alpha and baseline recovered from cohorts simulated with them. */
#include <math.h>
#include <unistd.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/option.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/simulate.h"
#include "tap.h"

enum { SEED = 21, TRIALS = 40, K = 2 };

/* A model of a rule with given parameters, no fit behind it. */
static struct model *model_of(const char *rule, const struct rule_shape *shape, const double *theta)
{
    struct model *m = mem_new(1, sizeof *m);
    m->name = mem_text(rule);
    m->rule = rule_find(rule);
    fit_settings_default(&m->settings);
    m->settings.shape = *shape;
    rule_layout(m->rule, shape, &m->tensors);
    m->theta = mem_copy(theta, m->tensors.size, sizeof *theta);
    m->references = 1;
    return m;
}

struct trial {
    double w[K], s, y, r, z;
};

static double right(const struct trial *t)
{
    return 1 / (1 + exp(-(t->w[0] * t->s + t->w[1])));
}

/* doc/science, textbook rules, with signs and sides spelled out: f(a) (1 - p_a) for a side. */
static double score(double side, double p)
{
    return side > .5 ? 1 - p : -p;
}

static void expected(const char *rule, const double *alpha, const double *extra,
                     const struct trial *t, size_t i, double *dw)
{
    const struct trial *now = &t[i];
    double p = right(now), x[K] = {now->s, 1}, correct = 0;
    for (size_t k = 0; k < K; k++) {
        if (!strcmp(rule, "reinforce"))
            dw[k] = alpha[k] * now->r * score(now->y, p) * x[k];
        else if (!strcmp(rule, "reinforce-base"))
            dw[k] = alpha[k] * (now->r - extra[k]) * score(now->y, p) * x[k];
        else if (!strcmp(rule, "predict-max"))
            dw[k] = alpha[k] * score(now->z, p) * x[k];
        else if (!strcmp(rule, "reward-max"))
            dw[k] = 2 * alpha[k] * (now->z > .5 ? 1 : -1) * p * (1 - p) * x[k];
        else if (!strcmp(rule, "static"))
            dw[k] = alpha[k] - now->w[k];
        else { /* trace, S = 5: this trial and the five before it */
            double sum = 0;
            correct = 0;
            for (size_t j = 0; j <= 5 && j <= i; j++) {
                const struct trial *past = &t[i - j];
                sum += score(past->y, right(past)) * (k ? 1 : past->s);
                correct += j < 5 ? past->r : 0;
            }
            dw[k] = alpha[k] * (correct >= 2.5) * sum;
        }
    }
}

static void test_update(const char *rule, const double *theta, const double *extra)
{
    struct rule_shape shape = {.n_weights = K, .window = 5};
    struct model *m = model_of(rule, &shape, theta);
    struct rule_state *state = rule_state_new(m, 1);
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    struct trial t[TRIALS];
    double worst = 0, size = 0;
    for (size_t i = 0; i < TRIALS; i++) {
        double z = rng_below(&rng, 2), y = rng_uniform(&rng) < .7 ? z : 1 - z, dw[K], want[K];
        t[i] = (struct trial){.s = rng_between(&rng, -1, 1),
                              .y = y,
                              .r = y == z,
                              .z = z,
                              .w = {rng_between(&rng, -2, 2), rng_between(&rng, -1, 1)}};
        double u[K + INPUT_N] = {t[i].w[0], t[i].w[1], t[i].s, 1, 0, y, t[i].r, t[i].s > 0};
        rule_state_step(state, 1, u, (double[]){t[i].s, 1}, &t[i].z, NULL, dw);
        expected(rule, theta, extra, t, i, want);
        for (size_t k = 0; k < K; k++) {
            worst = fmax(worst, fabs(dw[k] - want[k]));
            size = fmax(size, fabs(want[k]));
        }
    }
    tap_ok(worst < 1e-12 && size > .01, "%s: %d updates as the formula says (worst %.2g of %.2g)",
           rule, TRIALS, worst, size);
    rule_state_free(state);
    model_drop(m);
}

/* What perseverance adds, whatever the rule: nothing but its own term. */
static void test_perseverance(const char *rule)
{
    static const double alpha[] = {.2, .1}, extra[] = {.4, -.2}, add[] = {.07, -.03};
    struct rule_shape shape = {.n_weights = K, .window = 5, .perseverance = true};
    struct tensors tensors = {0};
    double theta[3 * K] = {.2, .1, .07, -.03, .4, -.2}, worst = 0; /* in the order of tensors */
    rule_layout(rule_find(rule), &shape, &tensors);
    struct model *m = model_of(rule, &shape, theta);
    for (size_t i = 0; i < 8; i++) {
        struct trial t = {.s = -.3, .y = i & 1, .r = i >> 1 & 1, .z = i >> 2, .w = {.5, -.8}};
        double u[K + INPUT_N] = {t.w[0], t.w[1], t.s, 1, 0, t.y, t.r, t.s > 0}, dw[K], want[K];
        struct rule_state *state = rule_state_new(m, 1);
        rule_state_step(state, 1, u, (double[]){t.s, 1}, &t.z, NULL, dw);
        expected(rule, alpha, extra, &t, 0, want);
        for (size_t k = 0; k < K; k++)
            worst =
                fmax(worst, fabs(dw[k] - want[k] - add[k] * (t.y > .5 ? 1 : -1) * (k ? 1 : t.s)));
        rule_state_free(state);
    }
    tap_ok(strcmp(tensors.item[1].name, "perseverance") == 0 && worst < 1e-15,
           "%s: perseverance adds f(y) x times its own (off by %.2g)", rule, worst);
    model_drop(m);
}

static struct model *fitted(const struct cohort *c, const char *rule)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    struct jobs *jobs = jobs_new(NULL);
    struct fit *fit = fit_start(&s, c, "m", jobs, NULL, NULL);
    while (fit_active(fit))
        usleep(2000);
    struct model *m = fit_model(fit);
    fit_close(fit);
    jobs_free(jobs);
    return m;
}

/* Each of alpha (stimulus, bias) and baseline (stimulus, bias) within two standard
 * errors in at least 18 of 20 cohorts. */
static void test_recovery(void)
{
    static const double truth[] = {.03, .02, -.3, .2};
    size_t within[4] = {0};
    for (unsigned seed = 1; seed <= 20; seed++) {
        struct args args = {0};
        struct cohort *c = NULL;
        struct err err = {0};
        char text[16];
        snprintf(text, sizeof text, "%u", seed);
        args_set(&args, "animals", "30", 0);
        args_set(&args, "trials", "800", 0);
        args_set(&args, "alpha", "0.03,0.02", 0);
        args_set(&args, "baseline", "-0.3,0.2", 0);
        args_set(&args, "seed", text, 0);
        if (!simulate_run("reinforce-base", &args, "test", NULL, NULL, &c, &err)) {
            tap_ok(false, "simulate: %s", err.message);
            return;
        }
        struct model *m = fitted(c, "reinforce-base");
        for (size_t i = 0; i < 4; i++)
            within[i] += m->errors && m->errors[i] > 0 && m->errors[i] < .5 &&
                         fabs(m->theta[i] - truth[i]) < 2 * m->errors[i];
        model_drop(m);
        cohort_drop(c);
        args_free(&args);
    }
    static const char *const names[] = {"alpha of w_stim", "alpha of w_bias", "baseline of w_stim",
                                        "baseline of w_bias"};
    for (size_t i = 0; i < 4; i++)
        tap_ok(within[i] >= 18, "%s within 2 standard errors in %zu of 20 seeds", names[i],
               within[i]);
}

int main(void)
{
    static const double theta[] = {.3, .2, -.4, .25};
    tap_note("seed %d", SEED);
    test_update("reinforce", theta, NULL);
    test_update("reinforce-base", theta, theta + 2);
    test_update("predict-max", theta, NULL);
    test_update("reward-max", theta, NULL);
    test_update("static", theta, NULL);
    test_update("trace", theta, NULL);
    test_perseverance("reinforce");
    test_perseverance("reinforce-base");
    test_perseverance("predict-max");
    test_perseverance("reward-max");
    test_perseverance("trace");
    test_recovery();
    return tap_done();
}
