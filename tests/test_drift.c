/* Weights that drift (drift=): the filter against one written out, the rule that is left where
 * they are known, what fits find, what is refused, and agents. */
#include <time.h>

#include "deltaw/learn/engine.h"
#include "deltaw/study/truth.h"
#include "agents.h"

static struct model *fitted(const struct cohort *c, const char *rule, const char *text,
                            struct err *err)
{
    struct fit_settings s;
    struct args args = words(text);
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    bool good = true;
    for (size_t i = 0; i < args.n && good; i++)
        good = setting_set(setting_find(args.items[i].name), args.items[i].value, &s, err);
    s.threads = 1;
    struct jobs *jobs = jobs_new(NULL);
    struct fit *fit = good ? fit_start(&s, c, "m", jobs, NULL, err) : NULL;
    while (fit && fit_active(fit))
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    struct model *m = fit ? fit_model(fit) : NULL;
    fit_close(fit);
    jobs_free(jobs);
    args_free(&args);
    fit_settings_free(&s);
    return m;
}

static double *at(const struct model *m, const char *tensor)
{
    for (size_t i = 0; i < m->tensors.n; i++)
        if (strcmp(m->tensors.item[i].name, tensor) == 0)
            return m->theta + m->tensors.item[i].offset;
    err_die("no tensor %s", tensor);
}

/* --- the filter, one animal, two weights, in plain doubles ------------------------- */

static double sigmoid(double z)
{
    return 1 / (1 + exp(-z));
}

/* w [trials][2] before each trial. */
static void filtered(const struct model *m, const struct cohort *c, double *w)
{
    const double *alpha = at(m, "alpha"), *base = at(m, "baseline"), *sd = at(m, "drift");
    double mean[2] = {0}, P[2][2] = {{0}};
    for (size_t t = 0; t < c->animals[0].count; t++) {
        double x[2] = {c->stimulus[t], 1}, y = c->choice[t], r = c->reward[t];
        memcpy(w + 2 * t, mean, sizeof mean);
        double p = sigmoid(mean[0] * x[0] + mean[1]), q = p * (1 - p), px[2], v = 0, old[2][2];
        for (int k = 0; k < 2; k++)
            px[k] = P[k][0] * x[0] + P[k][1] * x[1], v += px[k] * x[k];
        for (int i = 0; i < 2; i++) {
            mean[i] += px[i] * (y - p) / (1 + q * v);
            for (int j = 0; j < 2; j++)
                old[i][j] = P[i][j] - q / (1 + q * v) * px[i] * px[j];
        }
        double shrink = 1 / sqrt(1 + M_PI / 8 * v / (1 + q * v)), a[2][2];
        double pr = sigmoid(shrink * (mean[0] * x[0] + mean[1]));
        for (int k = 0; k < 2; k++) {
            mean[k] += alpha[k] * (r - base[k]) * (y - pr) * x[k];
            for (int j = 0; j < 2; j++)
                a[k][j] =
                    (k == j) - alpha[k] * (r - base[k]) * pr * (1 - pr) * shrink * x[k] * x[j];
        }
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 2; j++) {
                P[i][j] = i == j ? sd[i] * sd[i] : 0;
                for (int k = 0; k < 2; k++)
                    for (int l = 0; l < 2; l++)
                        P[i][j] += a[i][k] * old[k][l] * a[j][l];
            }
    }
}

static void test_filter(void)
{
    struct err err = {0};
    struct cohort *c = make("reinforce", "animals=1 trials=300 alpha=2^-4 noise=2^-4 seed=3");
    struct model *m = fitted(c, "reinforce-base", "drift=.1,.03", &err);
    size_t n = c->n_trials;
    double *w = mem_new(2 * n, sizeof *w), worst = 0, most = 0;
    float *swept = mem_new(2 * n, sizeof *swept);
    at(m, "alpha")[0] = .05, at(m, "alpha")[1] = .02;
    at(m, "baseline")[0] = -.4, at(m, "baseline")[1] = .3;
    filtered(m, c, w);
    model_sweep(m, c, swept);
    for (size_t i = 0; i < 2 * n; i++) {
        worst = fmax(worst, fabs(swept[i] - w[i]));
        most = fmax(most, fabs(w[i]));
    }
    tap_ok(worst < 2e-6 && most > .5, "weights are the filter's: %.2g off, to %.2f", worst, most);
    free(w), free(swept);
    model_drop(m), cohort_drop(c);
}

/* --- what is left where weights are known -------------------------------------------- */

static void test_rule_alone(void)
{
    struct err err = {0};
    struct cohort *c = make("reinforce", "animals=2 trials=200 alpha=2^-4 seed=3");
    struct model *drifts = fitted(c, "reinforce-base", "drift=.2", &err);
    struct model *plain = fitted(c, "reinforce-base", "", &err);
    struct rule_state *followed = rule_state_new(drifts, 1), *alone = rule_state_new(drifts, 1);
    double u[2 + INPUT_N] = {.5, -.2, [2 + INPUT_STIMULUS] = 1, [2 + INPUT_ONE] = 1};
    double x[2] = {1, 1}, answer = 1, dw[4], first[2], later[2], once[2], again[2];
    u[2 + INPUT_CHOICE] = u[2 + INPUT_REWARD] = u[2 + INPUT_SIDE] = 1;
    for (int k = 0; k < 2; k++) {
        at(plain, "alpha")[k] = at(drifts, "alpha")[k] = .05;
        at(plain, "baseline")[k] = at(drifts, "baseline")[k] = -.1;
    }
    model_update(drifts, 1, u, dw), model_update(plain, 1, u, dw + 2);
    tap_ok(dw[0] == dw[2] && dw[1] == dw[3] && dw[0] > 0, "updates are the rule's: %g", dw[0]);
    model_drop(drifts), drifts = fitted(c, "reinforce-base", "drift=.2", &err);
    rule_state_follow(followed);
    rule_state_step(followed, 1, u, x, &answer, NULL, first);
    rule_state_step(followed, 1, u, x, &answer, NULL, later);
    rule_state_step(alone, 1, u, x, &answer, NULL, once);
    rule_state_step(alone, 1, u, x, &answer, NULL, again);
    tap_ok(once[0] == again[0] && once[0] == first[0],
           "on every trial of a rule that is looked at");
    tap_ok(later[0] > first[0] + .005, "choices move weights that are followed: %g, %g", first[0],
           later[0]);
    rule_state_free(followed), rule_state_free(alone);
    model_drop(drifts), model_drop(plain), cohort_drop(c);
}

/* --- fits ------------------------------------------------------------------------------ */

static void test_fits(void)
{
    struct err err = {0};
    struct cohort *c = make("reinforce", "animals=80 trials=300 alpha=2^-4 noise=2^-4 stimuli=grid "
                                         "w0=-2 bias0=0 seed=5");
    struct model *plain = fitted(c, "reinforce-base", "w0=truth", &err);
    struct model *drifts = fitted(c, "reinforce-base", "w0=truth drift=yes", &err);
    double gain = model_loss(plain, c, NULL, NULL) - model_loss(drifts, c, NULL, NULL);
    tap_ok(at(plain, "baseline")[0] < -1, "without drift errors seem to be repeated: baseline %.2f",
           at(plain, "baseline")[0]);
    tap_ok(fabs(at(drifts, "drift")[0] - .0625) < .02, "the drift is found: %.4f",
           at(drifts, "drift")[0]);
    tap_ok(fabs(at(drifts, "baseline")[0]) < .6, "with it there is no baseline: %.2f",
           at(drifts, "baseline")[0]);
    tap_ok(gain * 80 * 299 > 2, "its likelihood is greater: %.1f nats", gain * 80 * 299);
    model_drop(plain), model_drop(drifts), cohort_drop(c);

    c = make("reinforce", "animals=80 trials=300 alpha=2^-4 stimuli=grid w0=-2 bias0=0 seed=5");
    drifts = fitted(c, "reinforce-base", "w0=truth drift=yes", &err);
    tap_ok(at(drifts, "drift")[0] < .02, "none is found where there is none: %.4f",
           at(drifts, "drift")[0]);
    model_drop(drifts);
    tap_ok(!fitted(c, "reinforce-base", "drift=yes gain=animal", &err) &&
               strstr(err.message, "leave one of them out"),
           "gains beside it are refused: %s", err.message);
    cohort_drop(c);
}

/* --- agents: the rule on weights of their own, and the drift as their noise ------------- */

/* sd [2] of what moved the true weights beside the rule. */
static void beside_the_rule(const struct cohort *c, const struct model *m, double *sd)
{
    const float *w[2] = {values(c, "true_w_stim"), values(c, "true_w_bias")};
    double n = 0;
    sd[0] = sd[1] = 0;
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i + 1 < c->animals[a].count; i++, n++) {
            size_t t = c->animals[a].first + i;
            double x[2] = {c->stimulus[t], 1}, p = sigmoid(w[0][t] * x[0] + w[1][t]);
            for (int k = 0; k < 2; k++) {
                double dw = at(m, "alpha")[k] * (c->reward[t] - at(m, "baseline")[k]) *
                            (c->choice[t] - p) * x[k];
                sd[k] += pow((double)w[k][t + 1] - w[k][t] - dw, 2);
            }
        }
    sd[0] = sqrt(sd[0] / n), sd[1] = sqrt(sd[1] / n);
}

static double recorded_noise(const struct cohort *c, size_t k)
{
    struct truth truth = {0};
    struct err err = {0};
    bool good = truth_read(c, &truth, &err);
    double noise = good ? truth.group[0].noise[k] : NAN;
    tap_ok(good, "the truth is read %s", err.message);
    truth_free(&truth);
    return noise;
}

static void test_agents(void)
{
    struct err err = {0};
    struct cohort *c = make("reinforce", "animals=4 trials=100 alpha=2^-4 seed=5");
    struct model *m = fitted(c, "reinforce-base", "alpha=2^-4 baseline=-.5 drift=.06,0", &err);
    struct cohort *own = try_make(NULL, m, "animals=100 trials=400 seed=3", &err);
    struct cohort *none = try_make(NULL, m, "animals=3 trials=300 noise=0", &err);
    struct cohort *other = try_make(NULL, m, "animals=30 trials=300 noise=.02", &err);
    double sd[2];
    beside_the_rule(own, m, sd);
    tap_near(sd[0], .06, .001, "the drift of a model is noise of its agents");
    tap_ok(sd[1] < 1e-5, "of the weights that have it: %g", sd[1]);
    tap_ok(recorded_noise(own, 0) == .06 && recorded_noise(own, 1) == 0, "each is in the truth");
    beside_the_rule(none, m, sd);
    tap_ok(sd[0] < 1e-5 && recorded_noise(none, 0) == 0, "noise=0: the rule alone: %g", sd[0]);
    beside_the_rule(other, m, sd);
    tap_near(sd[0], .02, .001, "noise= is in the place of drift=");
    tap_near(sd[1], .02, .001, "of all weights");
    tap_ok(recorded_noise(other, 1) == .02, "and in the truth");
    struct model *again = fitted(own, "reinforce-base", "w0=truth drift=yes", &err);
    tap_near(at(again, "drift")[0], .06, .015, "a fit to the agents finds the drift back");
    tap_ok(at(again, "drift")[1] < .02, "and none where there is none: %.4f",
           at(again, "drift")[1]);
    model_drop(again), model_drop(m);
    cohort_drop(c), cohort_drop(own), cohort_drop(none), cohort_drop(other);
}

int main(void)
{
    test_filter();
    test_rule_alone();
    test_fits();
    test_agents();
    return tap_done();
}
