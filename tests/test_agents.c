/* Ground-truth agents of every rule: each update against its formula written out
 * once more, mixtures, decisions that are not the GLM's, models in closed loop,
 * and recovery along lives. */
#include <math.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/probe.h"
#include "deltaw/study/simulate.h"
#include "tap.h"

enum { SEED = 31, STIM = 0, BIAS = 1 };

static struct args words(const char *text)
{
    struct args args = {0};
    char *copy = mem_text(text), *rest = copy, *word;
    while ((word = strsep(&rest, " ")))
        if (*word) {
            char *value = strchr(word, '=');
            *value++ = 0;
            args_set(&args, word, value, 1);
        }
    free(copy);
    return args;
}

static struct cohort *try_make(const char *rule, const struct model *model, const char *text,
                               struct err *err)
{
    struct args args = words(text);
    struct cohort *c = NULL;
    if (!args_check(&args, simulate_options, 0, "simulate", err))
        c = NULL;
    else if (model)
        simulate_model(model, &args, text, NULL, NULL, &c, err);
    else
        simulate(rule, &args, text, NULL, NULL, &c, err);
    args_free(&args);
    return c;
}

static struct cohort *make(const char *rule, const char *text)
{
    struct err err = {0};
    struct cohort *c = try_make(rule, NULL, text, &err);
    if (!c)
        die("simulate %s %s: %s", rule, text, err.message);
    return c;
}

static const float *values(const struct cohort *c, const char *name)
{
    const struct cohort_column *column = cohort_column(c, name);
    if (!column)
        die("no column %s", name);
    return column->values;
}

static double logistic(double z)
{
    return 1 / (1 + exp(-z));
}

/* --- the rules, from the notes ------------------------------------------------ */

static double f(int side)
{
    return side ? 1 : -1;
}

static double of_side(int side, double right)
{
    return side ? right : 1 - right;
}

struct numbers {
    double alpha[2], error[2], baseline[2], forgetting[2];
    size_t window;
};

/* P(right) of the time, by the policy stim+bias. */
static double lived_right(const struct cohort *c, size_t t)
{
    return logistic(values(c, "true_w_stim")[t] * (double)c->stimulus[t] +
                    values(c, "true_w_bias")[t]);
}

static double trace_sum(const struct cohort *c, size_t first, size_t t, size_t window, int k)
{
    double sum = 0;
    for (size_t j = 0; j <= window && j <= t - first; j++) {
        int y = c->choice[t - j];
        sum += f(y) * (1 - of_side(y, lived_right(c, t - j))) * (k == BIAS ? 1 : c->stimulus[t - j]);
    }
    return sum;
}

static bool half_correct(const struct cohort *c, size_t first, size_t t, size_t window)
{
    size_t correct = 0;
    for (size_t j = 0; j < window && j <= t - first; j++)
        correct += c->choice[t - j] == c->answer[t - j];
    return 2 * correct >= window;
}

static double expected(const char *rule, const struct numbers *n, const struct cohort *c,
                       size_t first, size_t t, int k)
{
    int y = c->choice[t], z = c->answer[t], r = y == z;
    double p = lived_right(c, t), x = k == BIAS ? 1 : c->stimulus[t];
    double w = values(c, k == BIAS ? "true_w_bias" : "true_w_stim")[t];
    double alpha = r ? n->alpha[k] : n->error[k], dw = 0;
    if (strncmp(rule, "reinforce", 9) == 0)
        dw = alpha * (r - n->baseline[k]) * f(y) * (1 - of_side(y, p)) * x;
    else if (strcmp(rule, "reward-max") == 0)
        dw = 2 * alpha * f(z) * p * (1 - p) * x;
    else if (strcmp(rule, "predict-max") == 0)
        dw = alpha * f(z) * (1 - of_side(z, p)) * x;
    else if (strcmp(rule, "trace") == 0)
        dw = alpha * half_correct(c, first, t, n->window) * trace_sum(c, first, t, n->window, k);
    return dw - n->forgetting[k] * w;
}

static void test_rule(const char *rule, const char *text, const struct numbers *n)
{
    struct cohort *c = make(rule, text);
    double worst = 0, size = 0;
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i + 1 < c->animals[a].count; i++) {
            size_t first = c->animals[a].first, t = first + i;
            for (int k = 0; k < 2; k++) {
                const float *w = values(c, k ? "true_w_bias" : "true_w_stim");
                double want = expected(rule, n, c, first, t, k);
                worst = fmax(worst, fabs((double)w[t + 1] - w[t] - want));
                size = fmax(size, fabs(want));
            }
        }
    bool moves = strcmp(rule, "static") == 0 ? size == 0 : size > .005;
    tap_ok(worst < 2e-6 && moves, "%s %s: each update as its formula says (worst %.2g of %.2g)",
           rule, text, worst, size);
    cohort_drop(c);
}

static void test_rules(void)
{
    test_rule("reinforce-base", "animals=4 trials=600 alpha=2^-4,2^-5 baseline=.4,-.3",
              &(struct numbers){.alpha = {.0625, .03125}, .error = {.0625, .03125},
                                .baseline = {.4, -.3}});
    test_rule("reinforce-base", "animals=4 trials=600 alpha=.05 alpha_error=.02,.08 baseline=.4 "
              "forgetting=.01,.002",
              &(struct numbers){.alpha = {.05, .05}, .error = {.02, .08}, .baseline = {.4, .4},
                                .forgetting = {.01, .002}});
    test_rule("reward-max", "animals=4 trials=600 alpha=2^-4 alpha_error=2^-6",
              &(struct numbers){.alpha = {.0625, .0625}, .error = {.015625, .015625}});
    test_rule("predict-max", "animals=4 trials=600 alpha=2^-4,2^-6 w0=-1 bias0=.5",
              &(struct numbers){.alpha = {.0625, .015625}, .error = {.0625, .015625}});
    test_rule("predict-max", "animals=4 trials=600 alpha=2^-4 forgetting=.02 stimuli=grid w0=0",
              &(struct numbers){.alpha = {.0625}, .error = {.0625}, .forgetting = {.02}});
    test_rule("trace", "animals=4 trials=600 alpha=2^-6 w0=.5",
              &(struct numbers){.alpha = {.015625, .015625}, .error = {.015625, .015625},
                                .window = 10});
    test_rule("trace", "animals=4 trials=300 alpha=2^-6,2^-7 window=1",
              &(struct numbers){.alpha = {.015625, .0078125}, .error = {.015625, .0078125},
                                .window = 1});
    test_rule("trace", "animals=4 trials=300 alpha=2^-6 window=7 stimuli=grid w0=0",
              &(struct numbers){.alpha = {.015625}, .error = {.015625}, .window = 7});
    test_rule("static", "animals=2 trials=300 w0=2 bias0=-.5", &(struct numbers){0});
}

/* --- against the fitted rules ------------------------------------------------- */

static struct model *model_of(const char *rule, const struct rule_shape *shape, const char *policy,
                              const double *theta)
{
    struct model *m = mem_new(1, sizeof *m);
    m->name = mem_printf("%s1", rule);
    m->rule = rule_find(rule);
    m->shape = *shape;
    fit_settings_default(&m->settings);
    snprintf(m->settings.rule, sizeof m->settings.rule, "%s", rule);
    policy_parse(policy, &m->settings.policy, NULL);
    m->shape.n_weights = m->settings.policy.n;
    rule_layout(m->rule, &m->shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof *m->theta);
    if (theta)
        memcpy(m->theta, theta, m->tensors.size * sizeof *theta);
    else
        rule_init(m->rule, &m->shape, &m->tensors, SEED, m->theta);
    m->references = 1;
    return m;
}

/* Two lives of random trials, one after the other with a reset between. */
static void test_same_as_fitted(const struct truth *truth, const struct rule_shape *shape,
                                const double *theta)
{
    struct model *m = model_of(truth->rule, shape, "stim+bias", theta);
    struct walk *walk = walk_new(m, 1);
    struct truth_memory *memory = truth_memory_new(truth);
    struct rng rng = rng_stream(SEED, RNG_TEST, 1, 0);
    double worst = 0, size = 0;
    for (size_t i = 0; i < 400; i++) {
        if (i == 200) {
            walk_reset(walk);
            truth_memory_reset(memory);
        }
        double s = rng_between(&rng, -1, 1), z = s > 0, y = rng_uniform(&rng) < .6 ? z : 1 - z;
        double w[] = {rng_between(&rng, -3, 3), rng_between(&rng, -1, 1)}, x[] = {s, 1};
        double r = i % 17 == 5 ? .5 : y == z, dw[2], want[2];
        double u[2 + INPUT_N] = {w[0], w[1], s, 1, i % 50 == 0, y, r, s > 0};
        walk_step(walk, 1, u, x, &z, NULL, want);
        truth_step(truth, memory, w, x, (int)y, r, (int)z, dw);
        for (int k = 0; k < 2; k++) {
            worst = fmax(worst, fabs(dw[k] - want[k]));
            size = fmax(size, fabs(want[k]));
        }
    }
    tap_ok(worst < 1e-14 && size > .01, "%s: the true update is the fitted rule's (%.2g of %.2g)",
           truth->rule, worst, size);
    truth_memory_free(memory);
    walk_free(walk);
    model_drop(m);
}

static void test_fitted(void)
{
    struct truth t = {.rule = "trace", .window = 10, .alpha = {.02, .03}};
    policy_parse("stim+bias", &t.policy, NULL);
    test_same_as_fitted(&t, &(struct rule_shape){0}, (const double[]){.02, .03});
    t.window = 3;
    test_same_as_fitted(&t, &(struct rule_shape){.window = 3}, (const double[]){.02, .03});
    strcpy(t.rule, "reward-max");
    test_same_as_fitted(&t, &(struct rule_shape){0}, (const double[]){.02, .03});
    strcpy(t.rule, "predict-max");
    t.split = true;
    t.alpha_error[0] = .05, t.alpha_error[1] = .01;
    t.forgetting[0] = .004, t.forgetting[1] = .002;
    struct rule_shape split = {.split_alpha = true, .forgetting = true};
    test_same_as_fitted(&t, &split, (const double[]){.02, .03, .05, .01, .004, .002});
    strcpy(t.rule, "reinforce-base");
    t.baseline[0] = .3, t.baseline[1] = -.2;
    test_same_as_fitted(&t, &split, (const double[]){.02, .03, .05, .01, .004, .002, .3, -.2});
}

/* What is copied goes on alike; the first trial has no past. */
static void test_memory(void)
{
    struct truth t = {.rule = "trace", .window = 2, .alpha = {.5, .5}};
    policy_parse("stim+bias", &t.policy, NULL);
    struct truth_memory *one = truth_memory_new(&t), *two = truth_memory_new(&t);
    const double w[] = {0, 0}, x[] = {.5, 1};
    double dw[2], first[2], other[2];
    truth_update(&t, w, x, 1, 1, 1, first);
    truth_step(&t, one, w, x, 1, 1, 1, dw);
    tap_ok(dw[0] == first[0] && dw[1] == first[1] && first[1] == .25,
           "trace: an update is that of the first trial");
    truth_memory_copy(two, one);
    truth_step(&t, one, w, x, 0, 0, 1, dw);
    truth_step(&t, two, w, x, 0, 0, 1, other);
    tap_ok(dw[0] == other[0] && dw[1] == other[1] && dw[1] == 0,
           "trace: a copy of the memory goes on alike");
    truth_step(&t, one, w, x, 0, 0, 1, dw);
    tap_ok(dw[0] == 0 && dw[1] == 0, "trace: nothing is learned when less than half is correct");
    truth_memory_free(one);
    truth_memory_free(two);
}

/* --- mixtures ----------------------------------------------------------------- */

/* The alpha of w_bias that explains an animal's first update. */
static double own_alpha(const struct cohort *c, size_t animal)
{
    size_t t = c->animals[animal].first;
    while (!c->reward[t])
        t++;
    const float *w = values(c, "true_w_bias");
    return ((double)w[t + 1] - w[t]) / (f(c->choice[t]) * (1 - of_side(c->choice[t], lived_right(c, t))));
}

static void test_mixture(void)
{
    struct cohort *c = make("reinforce", "animals=9 trials=50 alpha=.25/.0625,.125");
    struct truth t, mine;
    struct err err = {0};
    bool good = truth_read(c, &t, &err);
    tap_ok(good && t.n_groups == 2 && t.group[0].alpha[0] == .25 && t.group[0].alpha[1] == .25 &&
               t.group[1].alpha[0] == .0625 && t.group[1].alpha[1] == .125,
           "a mixture's truth has the alphas of each group %s", err.message);
    tap_near(t.alpha[0], .15625, 1e-15, "and their mean");
    for (size_t a = 0; a < 9; a++) {
        truth_of_animal(&t, c, a, &mine);
        tap_near(own_alpha(c, a), a % 2 ? .125 : .25, 1e-5, "animal %zu learns as group %zu", a,
                 a % 2);
        tap_ok(mine.alpha[1] == (a % 2 ? .125 : .25), "and its truth says so");
    }
    const double w[] = {.3, -.2}, x[] = {-.5, 1};
    double dw[2], part[2][2];
    truth_update(&t, w, x, 0, 1, 0, dw);
    for (size_t g = 0; g < 2; g++) {
        truth_of_animal(&t, c, g, &mine);
        truth_update(&mine, w, x, 0, 1, 0, part[g]);
    }
    tap_near(dw[0], (part[0][0] + part[1][0]) / 2, 1e-16, "the mixture's update is the mean");
    /* Animals are told by name, since some may be filtered out. */
    char *second = c->animals[1].name;
    c->animals[1].name = c->animals[0].name;
    truth_of_animal(&t, c, 1, &mine);
    tap_ok(mine.alpha[1] == .25, "an animal moved to another place keeps its group");
    c->animals[1].name = mem_text("mouse");
    truth_of_animal(&t, c, 1, &mine);
    tap_ok(mine.alpha[0] == t.alpha[0], "an animal of unknown name gets the mean");
    free(c->animals[1].name);
    c->animals[1].name = second;
    cohort_drop(c);

    c = make("reinforce-base", "animals=7 trials=60 alpha=.25/.0625 alpha_error=0/.5 baseline=.5 "
             "share=2/1");
    tap_ok(truth_read(c, &t, NULL) && t.group[0].share == 2 && t.group[1].alpha_error[0] == .5 &&
               t.split, "shares and rates after errors are kept");
    tap_near(t.alpha[0], .1875, 1e-15, "the mean counts the shares");
    size_t wrong = 0;
    for (size_t a = 0; a < 7; a++)
        wrong += fabs(own_alpha(c, a) * 2 - (a % 3 == 2 ? .0625 : .25)) > 1e-5;
    tap_ok(wrong == 0, "share=2/1: two of the first group, one of the second");
    cohort_drop(c);
}

/* --- decisions ---------------------------------------------------------------- */

/* Choices against a probability: the difference in standard deviations, and the
 * mean log-likelihood. */
struct fitness {
    double surprise, spread, likelihood, n;
};

static void fitness_add(struct fitness *fitness, double p, int choice, double side)
{
    fitness->surprise += side * (choice - p); /* towards the side the logit favours */
    fitness->spread += side * side * p * (1 - p);
    fitness->likelihood += log(choice ? p : 1 - p);
    fitness->n++;
}

static void test_decision(const char *text, double lapse, double temperature)
{
    struct cohort *c = make("reinforce", text);
    struct fitness own = {0}, glm = {0};
    for (size_t t = 0; t < c->n_trials; t++) {
        double z = values(c, "true_w_stim")[t] * (double)c->stimulus[t] + values(c, "true_w_bias")[t];
        double p = lapse / 2 + (1 - lapse) * logistic(z / temperature);
        fitness_add(&own, p, c->choice[t], z);
        fitness_add(&glm, logistic(z), c->choice[t], z);
    }
    tap_ok(fabs(own.surprise) < 4 * sqrt(own.spread), "%s: choices follow it (%.2f sd)", text,
           own.surprise / sqrt(own.spread));
    tap_ok(fabs(glm.surprise) > 8 * sqrt(glm.spread), "%s: and not the GLM (%.1f sd)", text,
           glm.surprise / sqrt(glm.spread));
    cohort_drop(c);
}

static void test_multiplicative(void)
{
    struct cohort *c = make("reinforce", "animals=20 trials=2000 alpha=2^-3 policy=multiplicative");
    const float *left = values(c, "cue_left"), *right = values(c, "cue_right");
    const float *context = values(c, "context"), *gated_left = values(c, "gated_left");
    const float *gated_right = values(c, "gated_right");
    const float *w_left = values(c, "true_w_gated_left"), *w_right = values(c, "true_w_gated_right");
    struct fitness own = {0}, glm = {0};
    size_t wrong = 0;
    double worst = 0, mean[3] = {0};
    for (size_t t = 0; t < c->n_trials; t++) {
        double p = logistic((double)w_left[t] * context[t] * left[t] +
                            (double)w_right[t] * (1 - (double)context[t]) * right[t]);
        double plain = logistic((double)w_left[t] * left[t] + (double)w_right[t] * right[t]);
        fitness_add(&own, p, c->choice[t], 1);
        fitness_add(&glm, plain, c->choice[t], 1);
        wrong += left[t] < -1 || left[t] > 0 || right[t] < 0 || right[t] > 1 || context[t] < 0 ||
                 context[t] > 1 || c->stimulus[t] != left[t] + right[t] ||
                 c->answer[t] != (c->stimulus[t] > 0);
        wrong += fabs((double)gated_left[t] - (double)context[t] * left[t]) > 1e-7 ||
                 fabs((double)gated_right[t] - (1 - (double)context[t]) * right[t]) > 1e-7;
        mean[0] += left[t], mean[1] += right[t], mean[2] += context[t];
        if ((t + 1) % 2000 == 0)
            continue;
        int y = c->choice[t];
        double e = .125 * c->reward[t] * f(y) * (1 - of_side(y, p));
        worst = fmax(worst, fabs((double)w_left[t + 1] - w_left[t] - e * context[t] * left[t]));
        worst = fmax(worst, fabs((double)w_right[t + 1] - w_right[t] -
                                 e * (1 - (double)context[t]) * right[t]));
    }
    double n = (double)c->n_trials, bound = 4 * sqrt(1. / 12 / n);
    tap_ok(wrong == 0, "multiplicative: cues, context and gates agree, the larger cue pays");
    tap_ok(fabs(mean[0] / n + .5) < bound && fabs(mean[1] / n - .5) < bound &&
               fabs(mean[2] / n - .5) < bound, "cues and context are uniform");
    tap_ok(worst < 1e-6, "the rule learns the gated cues' weights (%.2g)", worst);
    tap_ok(fabs(own.surprise) < 4 * sqrt(own.spread) &&
               own.likelihood > glm.likelihood + 100, "choices follow the gated cues");
    struct truth t;
    tap_ok(truth_read(c, &t, NULL) && t.decision == DECISION_MULTIPLICATIVE &&
               strcmp(t.stimuli, "cues") == 0 && strcmp(t.policy.weight[0], "w_gated_left") == 0,
           "the truth says so");
    cohort_drop(c);
}

/* --- distractors, starts, streams ---------------------------------------------- */

static bool same_life(const struct cohort *a, const struct cohort *b, size_t animal)
{
    const struct animal *x = &a->animals[animal], *y = &b->animals[animal];
    size_t n = x->count * sizeof(float);
    return x->count == y->count &&
           memcmp(values(a, "true_w_stim") + x->first, values(b, "true_w_stim") + y->first, n) == 0 &&
           memcmp(a->choice + x->first, b->choice + y->first, x->count) == 0 &&
           memcmp(a->stimulus + x->first, b->stimulus + y->first, n) == 0;
}

static void test_distractors(void)
{
    struct cohort *none = make("reinforce", "animals=3 trials=4000 noise=.01");
    struct cohort *three = make("reinforce", "animals=3 trials=4000 noise=.01 distractors=3");
    struct cohort *ten = make("reinforce", "animals=9 trials=4000 noise=.01 distractors=10");
    tap_ok(same_life(none, three, 0) && same_life(three, ten, 2), "distractors change nothing");
    tap_ok(memcmp(values(three, "d2"), values(ten, "d2"), 12000 * sizeof(float)) == 0,
           "a distractor does not depend on how many there are");
    double sum = 0, squares = 0, both = 0, n = 12000;
    for (size_t t = 0; t < 12000; t++) {
        double d = values(ten, "d1")[t];
        sum += d;
        squares += d * d;
        both += d * values(ten, "d10")[t];
    }
    tap_ok(fabs(sum / n) < 4 / sqrt(n) && fabs(squares / n - 1) < 4 * sqrt(2 / n) &&
               fabs(both / n) < 4 / sqrt(n), "they are independent and N(0,1)");
    tap_ok(cohort_column(three, "d3") && !cohort_column(three, "d4"), "there are as many as asked");
    cohort_drop(none);
    cohort_drop(three);
    cohort_drop(ten);
}

static void test_starts(void)
{
    struct cohort *c = make("reinforce", "animals=400 trials=2 w0=-2..2 bias0=.5..1.5 stimuli=grid");
    struct cohort *few = make("reinforce", "animals=3 trials=2 w0=-2..2 bias0=.5..1.5 stimuli=grid");
    double sum = 0, squares = 0, bias = 0, both = 0;
    size_t out = 0;
    for (size_t a = 0; a < 400; a++) {
        double w = values(c, "true_w_stim")[2 * a], b = values(c, "true_w_bias")[2 * a];
        out += w < -2 || w > 2 || b < .5 || b > 1.5;
        sum += w, squares += w * w, bias += b, both += w * (b - 1);
    }
    tap_ok(out == 0 && fabs(sum / 400) < 4 * 1.1547 / 20 && fabs(squares / 400 - 4. / 3) < .24 &&
               fabs(bias / 400 - 1) < 4 * .2887 / 20 && fabs(both / 400) < 4 * 1.1547 * .2887 / 20,
           "w0=-2..2: uniform, the bias on its own (%.3f, %.3f)", sum / 400, squares / 400);
    tap_ok(same_life(c, few, 2), "a start does not depend on how many animals there are");
    tap_ok(strstr(c->truth, "\"w0\": [") && truth_read(c, &(struct truth){0}, NULL),
           "the range is in the truth");
    cohort_drop(c);
    cohort_drop(few);
}

static void test_features(void)
{
    struct cohort *c = make("reinforce", "animals=3 trials=400 features=stim+prevchoice+prevstim+d1+bias "
                            "distractors=1 alpha=.1,.2,.05,.03,.15 seed=8");
    struct policy policy;
    policy_parse("stim+prevchoice+prevstim+d1+bias", &policy, NULL);
    static const char *const names[] = {"true_w_stim", "true_w_prevchoice", "true_w_prevstim",
                                        "true_w_d1", "true_w_bias"};
    static const double alpha[] = {.1, .2, .05, .03, .15};
    double worst = 0;
    for (size_t t = 0; t < c->n_trials; t++) {
        double x[POLICY_MAX], z = 0;
        if ((t + 1) % 400 == 0)
            continue;
        policy_features(&policy, c, &c->animals[t / 400], t, x);
        for (int k = 0; k < 5; k++)
            z += x[k] * values(c, names[k])[t];
        double e = c->reward[t] * f(c->choice[t]) * (1 - of_side(c->choice[t], logistic(z)));
        for (int k = 0; k < 5; k++)
            worst = fmax(worst, fabs((double)values(c, names[k])[t + 1] - values(c, names[k])[t] -
                                     alpha[k] * e * x[k]));
    }
    tap_ok(worst < 1e-6, "features=: five weights learn, of past trials and columns too (%.2g)",
           worst);
    cohort_drop(c);
}

static void test_drift(void)
{
    struct cohort *c = make("static", "animals=20 trials=500 noise=.02 w0=1");
    double squares[2] = {0}, n = 20 * 499;
    for (size_t t = 0; t < c->n_trials; t++)
        for (int k = 0; (t + 1) % 500 != 0 && k < 2; k++) {
            const float *w = values(c, k ? "true_w_bias" : "true_w_stim");
            squares[k] += pow((double)w[t + 1] - w[t], 2);
        }
    for (int k = 0; k < 2; k++)
        tap_near(sqrt(squares[k] / n), .02, .02 * 4 / sqrt(2 * n), "static: weight %d drifts", k);
    cohort_drop(c);
}

/* --- the protocol of the trace rule -------------------------------------------- */

/* From w_0 = 0 at alpha 2^-6, 500 trials.  Numbers of a plain re-calculation with
 * another generator; the paper's protocol, whose window is not told exactly, ends
 * near them (1.8 and .80; after three correct trials .0242, after three errors
 * .0002). */
static void test_trace_protocol(void)
{
    struct cohort *c = make("trace", "animals=2000 trials=500 stimuli=grid alpha=2^-6 w0=0");
    const float *w = values(c, "true_w_stim"), *b = values(c, "true_w_bias");
    double end = 0, late = 0, sum[2] = {0}, n[2] = {0};
    for (size_t t = 0; t < c->n_trials; t++) {
        size_t i = t % 500;
        end += i == 499 ? w[t] / 2000 : 0;
        late += i >= 450 ? c->reward[t] / 100000 : 0;
        if (i < 3 || i == 499 || fabsf(w[t]) > .25f || b[t] != 0 || !c->reward[t])
            continue;
        int past = (int)(c->reward[t - 1] + c->reward[t - 2] + c->reward[t - 3]);
        if (past == 0 || past == 3) {
            sum[past == 3] += (double)w[t + 1] - w[t];
            n[past == 3]++;
        }
    }
    tap_near(end, 1.634, .05, "trace: w_stim ends at 1.63");
    tap_near(late, .764, .01, "trace: and accuracy at .764");
    tap_near(sum[1] / n[1], .0224, .0015, "trace: dw near w=0 after three correct trials (%g)", n[1]);
    tap_near(sum[0] / n[0], -.0013, .0015, "trace: dw near w=0 after three errors (%g)", n[0]);
    cohort_drop(c);
}

/* --- models in closed loop ------------------------------------------------------ */

static void test_loop_same(const char *rule, const struct rule_shape *shape, const char *policy,
                           const double *theta, const char *common, const char *as_rule)
{
    struct model *m = model_of(rule, shape, policy, theta);
    struct err err = {0};
    char *text = mem_printf("%s %s", common, as_rule);
    struct cohort *a = try_make(NULL, m, common, &err), *b = make(rule, text);
    if (!a)
        tap_ok(false, "simulate %s: %s", m->name, err.message);
    double worst = 0;
    for (size_t k = 0; a && k < m->settings.policy.n; k++)
        for (size_t t = 0; t < a->n_trials; t++)
            worst = fmax(worst, fabs((double)a->columns[k].values[t] - b->columns[k].values[t]));
    tap_ok(a && memcmp(a->choice, b->choice, a->n_trials) == 0 && worst < 1e-5,
           "%s %s: a model with these parameters lives as the rule does (%.2g)", rule, text, worst);
    free(text);
    cohort_drop(a);
    cohort_drop(b);
    model_drop(m);
}

/* The weights a network lived through are those a sweep over its log gives. */
static void test_loop_sweep(const char *rule, const struct rule_shape *shape, const char *policy,
                            const char *text)
{
    struct model *m = model_of(rule, shape, policy, NULL);
    for (size_t i = 0; i < m->tensors.n; i++)
        if (strcmp(m->tensors.item[i].name, "scaling_factor") == 0)
            for (size_t k = 0; k < m->tensors.item[i].size; k++)
                m->theta[m->tensors.item[i].offset + k] = .2;
    struct err err = {0};
    struct cohort *c = try_make(NULL, m, text, &err);
    if (!c) {
        tap_ok(false, "simulate %s %s: %s", m->name, text, err.message);
        return;
    }
    size_t n = m->settings.policy.n;
    float *w = mem_new(c->n_trials * n, sizeof *w);
    double worst = 0, size = 0;
    model_sweep(m, c, w);
    for (size_t t = 0; t < c->n_trials; t++)
        for (size_t k = 0; k < n; k++) {
            worst = fmax(worst, fabs((double)w[t * n + k] - c->columns[k].values[t]));
            size = fmax(size, fabs((double)w[t * n + k]));
        }
    tap_ok(worst < 1e-3 * size && size > .1, "%s %s: closed loop as its sweep (%.2g of %.2g)", rule,
           policy, worst, size);
    struct cohort *more = try_make(NULL, m, "animals=70 trials=200 session=60 distractors=2", &err);
    struct cohort *few = try_make(NULL, m, "animals=3 trials=200 session=60 distractors=2", &err);
    tap_ok(more && few && same_life(more, few, 0) && same_life(more, few, 2),
           "%s: an animal does not depend on how many there are %s", rule, err.message);
    free(w);
    cohort_drop(more);
    cohort_drop(few);
    cohort_drop(c);
    model_drop(m);
}

static void test_loops(void)
{
    const double two[] = {.05, .03}, base[] = {.05, .03, .3, -.2}, lapsing[] = {.05, .03, .2};
    const double three[] = {.05, .03, .02};
    test_loop_same("reinforce", &(struct rule_shape){0}, "stim+bias", two,
                   "animals=5 trials=500 seed=3", "alpha=.05,.03");
    test_loop_same("reinforce-base", &(struct rule_shape){0}, "stim+bias", base,
                   "animals=70 trials=300 w0=-1..1 bias0=.25 noise=.01", "alpha=.05,.03 baseline=.3,-.2");
    test_loop_same("trace", &(struct rule_shape){.window = 4}, "stim+bias", two,
                   "animals=5 trials=500 seed=3", "alpha=.05,.03 window=4");
    test_loop_same("predict-max", &(struct rule_shape){.fit_lapse = true}, "stim+bias", lapsing,
                   "animals=5 trials=500", "alpha=.05,.03 lapse=.2");
    test_loop_same("reward-max", &(struct rule_shape){.lapse = .3}, "stim+bias", two,
                   "animals=5 trials=500", "alpha=.05,.03 lapse=.3");
    test_loop_same("reinforce", &(struct rule_shape){0}, "stim+d2+prevchoice", three,
                   "animals=5 trials=500 distractors=2",
                   "alpha=.05,.03,.02 features=stim+d2+prevchoice");
    test_loop_same("static", &(struct rule_shape){0}, "stim+bias", (const double[]){2, -.5},
                   "animals=3 trials=300", "w0=2 bias0=-.5");
    const char *text = "animals=6 trials=400 session=90 distractors=1";
    test_loop_sweep("dnn", &(struct rule_shape){.hidden = 8, .layers = 2}, "stim+bias", text);
    test_loop_sweep("dnn", &(struct rule_shape){.hidden = 8, .layers = 2, .lags = 3},
                    "stim+prevstim+bias+d1", text);
    test_loop_sweep("rnn", &(struct rule_shape){.hidden = 8, .layers = 2}, "right+left+stim+bias",
                    text);
}

static void test_model_starts(void)
{
    struct model *m = model_of("reinforce", &(struct rule_shape){0}, "stim+bias",
                               (const double[]){.1, .1});
    m->n_animals = 2;
    m->w0 = mem_copy((const double[]){1, -.5, 2, .25}, 4, sizeof(double));
    m->animals = mem_new(2, sizeof *m->animals);
    m->animals[0] = mem_text("a");
    m->animals[1] = mem_text("b");
    struct err err = {0};
    struct cohort *c = try_make(NULL, m, "animals=3 trials=4", &err);
    tap_ok(c && values(c, "true_w_stim")[0] == 1 && values(c, "true_w_bias")[4] == .25f &&
               values(c, "true_w_stim")[8] == 1, "agents start as the fitted animals in turn %s",
           err.message);
    struct truth t;
    tap_ok(c && !truth_read(c, &t, &err) && strstr(err.message, "reinforce1") &&
               strstr(err.message, "true updates"), "no truth of updates: %s", err.message);
    tap_ok(c && strstr(c->truth, "\"parameters\"") && strstr(c->truth, "reinforce1") &&
               strstr(c->truth, "\"w0\": \"model\""), "the model is told in the truth");
    cohort_drop(c);
    c = try_make(NULL, m, "animals=2 trials=4 w0=3", &err);
    tap_ok(c && values(c, "true_w_stim")[0] == 3 && values(c, "true_w_bias")[0] == -.5f,
           "w0= goes before the model's, the bias stays the model's");
    cohort_drop(c);
    model_drop(m);

    m = model_of("tinyrnn", &(struct rule_shape){.hidden = 4}, "bias", NULL);
    err = (struct err){0};
    c = try_make(NULL, m, "animals=3 trials=300", &err);
    tap_ok(c && c->n_columns == 0 && c->n_trials == 900, "tinyrnn lives, and has no weights %s",
           err.message);
    struct recovery r;
    tap_ok(c && !recovery_compute(m, c, &r, &err) && strstr(err.message, "no weights"),
           "nor a recovery: %s", err.message);
    cohort_drop(c);
    model_drop(m);
}

/* The choices of tinyrnn follow its network over the trials before and the
 * stimulus of the trial itself. */
static void test_tinyrnn(void)
{
    struct model *m = model_of("tinyrnn", &(struct rule_shape){.hidden = 4}, "bias", NULL);
    for (size_t i = 0; i < m->tensors.size; i++)
        m->theta[i] *= 4;
    struct cohort *c = try_make(NULL, m, "animals=20 trials=1000", NULL);
    struct fitness own = {0};
    float *w = mem_new(c->n_trials, sizeof *w);
    double spread = 0;
    model_sweep(m, c, w);
    for (size_t t = 0; t < c->n_trials; t++)
        if (t % 1000) {
            fitness_add(&own, logistic(w[t]), c->choice[t], w[t]);
            spread += (double)w[t] * w[t] / (double)c->n_trials;
        }
    tap_ok(fabs(own.surprise) < 4 * sqrt(own.spread) && spread > .1,
           "tinyrnn: choices follow its logits (%.2f sd, logits of %.2f)",
           own.surprise / sqrt(own.spread), sqrt(spread));
    free(w);
    cohort_drop(c);
    model_drop(m);
}

/* --- recovery along lives -------------------------------------------------------- */

/* Animal a keeps all but its last 37 a trials. */
static struct cohort *ragged(const struct cohort *c)
{
    struct cohort_builder *b = cohort_builder_new();
    const char *names[] = {"true_w_stim", "true_w_bias"};
    cohort_builder_columns(b, 2, names);
    for (size_t a = 0; a < c->n_animals; a++) {
        cohort_builder_animal(b, c->animals[a].name);
        cohort_builder_session(b, "001");
        for (size_t i = 0; i + 37 * a < c->animals[a].count; i++) {
            size_t t = c->animals[a].first + i;
            const float w[] = {values(c, names[0])[t], values(c, names[1])[t]};
            cohort_builder_trial(b, &(struct cohort_trial){.stimulus = c->stimulus[t],
                                                           .reward = c->reward[t],
                                                           .choice = c->choice[t],
                                                           .answer = c->answer[t],
                                                           .trial = (int32_t)i + 1}, w);
        }
    }
    struct cohort *out = cohort_builder_finish(b, "ragged", "test");
    out->truth = mem_text(c->truth);
    return out;
}

static void test_recovery(void)
{
    struct cohort *whole = make("trace", "animals=9 trials=400 alpha=.02,.01 w0=.5 noise=.01");
    struct cohort *c = ragged(whole);
    struct model *same = model_of("trace", &(struct rule_shape){0}, "stim+bias",
                                  (const double[]){.02, .01});
    struct model *half = model_of("trace", &(struct rule_shape){0}, "stim+bias",
                                  (const double[]){.01, .005});
    struct model *wide = model_of("trace", &(struct rule_shape){.window = 5}, "stim+bias",
                                  (const double[]){.02, .01});
    struct model *plain = model_of("reinforce", &(struct rule_shape){0}, "stim+bias",
                                   (const double[]){.02, .01});
    struct recovery r;
    struct err err = {0};
    bool good = recovery_compute(same, c, &r, &err);
    tap_ok(good && r.n_trials == c->n_trials && r.n_weights == 2 && r.r2[0] > 1 - 1e-9 &&
               r.r2[1] > 1 - 1e-9, "trace is recovered by itself (%.10f, %.10f) %s", r.r2[0],
           r.r2[1], err.message);
    good = recovery_compute(half, c, &r, &err);
    tap_ok(good && fabs(r.rmse[0] / r.null_rmse[0] - .5) < 1e-9, "at half its rate the error is "
           "half that of answering 0");
    good = recovery_compute(wide, c, &r, &err);
    tap_ok(good && r.r2[0] > .2 && r.r2[0] < .95, "another window: in between (%.3f)", r.r2[0]);
    good = recovery_compute(plain, c, &r, &err);
    tap_ok(good && r.r2[0] < .5, "a rule without a memory misses most (%.3f)", r.r2[0]);
    model_drop(same);
    model_drop(half);
    model_drop(wide);
    model_drop(plain);
    cohort_drop(whole);
    cohort_drop(c);

    c = make("predict-max", "animals=4 trials=300 alpha=.02/.08");
    struct model *mean = model_of("predict-max", &(struct rule_shape){0}, "stim+bias",
                                  (const double[]){.05, .05});
    good = recovery_compute(mean, c, &r, &err);
    double squares = 0, error = 0;
    for (size_t t = 0; t < c->n_trials; t++) {
        double own = t / 300 % 2 ? .08 : .02;
        double e = f(c->answer[t]) * (1 - of_side(c->answer[t], lived_right(c, t)));
        squares += own * e * own * e;
        error += (own - .05) * e * (own - .05) * e;
    }
    tap_near(good ? r.rmse[1] / r.null_rmse[1] : NAN, sqrt(error / squares), 1e-9,
             "a mixture: each animal's own rate is the truth");
    model_drop(mean);
    cohort_drop(c);
}

/* --- refusals -------------------------------------------------------------------- */

static void test_refusals(void)
{
    static const struct {
        const char *rule, *text, *says;
    } cases[] = {
        {"reinforce", "alpha=1/", "alpha"},
        {"reinforce", "alpha=1/2/3/4/5/6/7/8/9", "8 groups"},
        {"reinforce", "alpha=.1/.2,.3,.4", "stim+bias"},
        {"reinforce", "share=1/1", "no groups"},
        {"reinforce", "alpha=.1/.2 share=1/0", "share"},
        {"reinforce", "alpha=.1/.2 share=1/1/1", "share"},
        {"reinforce-base", "alpha=.1/.2 alpha_error=.1/.2/.3 baseline=1", "alpha_error"},
        {"reinforce", "alpha_error=.1", "baseline"},
        {"trace", "alpha_error=.1", "nothing to trace"},
        {"trace", "baseline=.1", "nothing to trace"},
        {"trace", "window=0", "window"},
        {"reinforce", "window=10", "nothing to reinforce"},
        {"predict-max", "baseline=.5", "nothing to predict-max"},
        {"static", "alpha=.1", "nothing to static"},
        {"static", "forgetting=.1", "nothing to static"},
        {"reinforce", "forgetting=2", "forgetting"},
        {"reinforce", "policy=lapse", "needs lapse"},
        {"reinforce", "policy=glm lapse=.1", "policy=lapse alone"},
        {"reinforce", "policy=temperature", "needs temperature"},
        {"reinforce", "policy=temperature temperature=2 lapse=.1", "policy=lapse alone"},
        {"reinforce", "lapse=.1 temperature=2", "policy="},
        {"reinforce", "lapse=nan", "lapse"},
        {"reinforce", "policy=multiplicative stimuli=ibl", "cues"},
        {"reinforce", "policy=multiplicative features=stim", "features"},
        {"reinforce", "policy=multiplicative bias0=1", "no bias"},
        {"reinforce", "policy=multiplicative alpha=1,2,3", "alpha"},
        {"reinforce", "w0=2..-2", "w0"},
        {"reinforce", "w0=1..", "w0"},
        {"reinforce", "w0=..1", "w0"},
        {"reinforce", "w0=1..inf", "w0"},
        {"reinforce", "w0=", "w0"},
        {"reinforce", "features=stim+stim", "twice"},
        {"reinforce", "features=stim+d1", "distractors"},
        {"reinforce", "distractors=101", "distractors"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct cohort *c = try_make(cases[i].rule, NULL, cases[i].text, &err);
        tap_ok(!c && err.code == ERR_USAGE && strstr(err.message, cases[i].says), "%s %s: %s",
               cases[i].rule, cases[i].text, err.message);
        cohort_drop(c);
    }
    static const struct {
        const char *rule, *policy, *text, *says;
    } models[] = {
        {"reinforce", "stim+bias", "alpha=.1", "brings its own"},
        {"dnn", "stim+bias", "lapse=.1", "brings its own"},
        {"dnn", "stim+weather", "trials=10", "weather"},
        {"dnn", "stim", "bias0=1", "no bias"},
        {"tinyrnn", "bias", "noise=.1", "noise"},
        {"static", "stim+bias", "w0=1", "nothing to static"},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        struct err err = {0};
        struct model *m = model_of(models[i].rule, &(struct rule_shape){.hidden = 2, .layers = 1},
                                   models[i].policy, NULL);
        struct cohort *c = try_make(NULL, m, models[i].text, &err);
        tap_ok(!c && err.code == ERR_USAGE && strstr(err.message, models[i].says), "%s %s: %s",
               m->name, models[i].text, err.message);
        cohort_drop(c);
        model_drop(m);
    }
}

static void test_bad_truths(void)
{
    static const struct {
        const char *more, *key;
    } cases[] = {
        {"\"alpha_error\":[1]", "alpha_error"},
        {"\"window\":0", "window"},
        {"\"window\":1e9", "window"},
        {"\"decision\":\"oracle\"", "decision"},
        {"\"decision\":3", "decision"},
        {"\"lapse\":2", "lapse"},
        {"\"temperature\":0", "temperature"},
        {"\"distractors\":-1", "distractors"},
        {"\"forgetting\":[0,\"x\"]", "forgetting"},
        {"\"groups\":[[1,1]],\"share\":[1]", "groups"},
        {"\"groups\":[[1,1],[1,1]]", "groups"},
        {"\"groups\":[[1,1],[1,1]],\"share\":[1,0]", "groups"},
        {"\"groups\":[[1,1],[1]],\"share\":[1,1]", "groups"},
        {"\"groups\":{\"a\":1},\"share\":[1,1]", "groups"},
    };
    struct cohort *c = make("reinforce", "animals=1 trials=10");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct truth t;
        free(c->truth);
        c->truth = mem_printf("{\"rule\":\"trace\",\"policy\":\"stim+bias\",\"alpha\":[1,0],"
                              "\"baseline\":[0,0],\"noise\":0,\"stimuli\":\"ibl\",\"seed\":1,%s}",
                              cases[i].more);
        tap_ok(!truth_read(c, &t, &err) && err.code == ERR_DATA && strstr(err.message, cases[i].key),
               "refused: %s", err.message);
    }
    cohort_drop(c);
}

int main(void)
{
    test_rules();
    test_fitted();
    test_memory();
    test_mixture();
    test_decision("animals=12 trials=3000 alpha=2^-4 policy=lapse lapse=.2", .2, 1);
    test_decision("animals=12 trials=3000 alpha=2^-4 policy=temperature temperature=2", 0, 2);
    test_decision("animals=12 trials=3000 alpha=2^-4 temperature=.5", 0, .5);
    test_multiplicative();
    test_distractors();
    test_starts();
    test_features();
    test_drift();
    test_trace_protocol();
    test_loops();
    test_model_starts();
    test_tinyrnn();
    test_recovery();
    test_refusals();
    test_bad_truths();
    return tap_done();
}
