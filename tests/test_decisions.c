/* Agents whose choices are not the GLM's, whose starts are drawn, whose weights are
 * of other features, and distractors. */
#include "agents.h"
#include "deltaw/learn/inputs.h"

/* --- decisions ---------------------------------------------------------------- */

static void test_decision(const char *text, double lapse, double temperature)
{
    struct cohort *c = make("reinforce", text);
    const float *stim = values(c, "true_w_stim"), *bias = values(c, "true_w_bias");
    struct fitness own = {0}, glm = {0}, right = {0};
    for (size_t t = 0; t < c->n_trials; t++) {
        double z = stim[t] * (double)c->stimulus[t] + bias[t];
        double p = lapse / 2 + (1 - lapse) * logistic(z / temperature);
        fitness_add(&own, p, c->choice[t], z);
        fitness_add(&glm, logistic(z), c->choice[t], z);
        fitness_add(&right, p, c->choice[t], 1); /* a lapse goes to either side */
    }
    tap_ok(fabs(own.surprise) < 4 * sqrt(own.spread), "%s: choices follow it (%.2f sd)", text,
           own.surprise / sqrt(own.spread));
    tap_ok(fabs(right.surprise) < 4 * sqrt(right.spread), "%s: to neither side more (%.2f sd)",
           text, right.surprise / sqrt(right.spread));
    tap_ok(fabs(glm.surprise) > 8 * sqrt(glm.spread), "%s: and not the GLM (%.1f sd)", text,
           glm.surprise / sqrt(glm.spread));
    cohort_drop(c);
}

static void test_multiplicative(void)
{
    struct cohort *c =
        make("reinforce", "animals=20 trials=2000 alpha=2^-3 decision=multiplicative");
    const float *left = values(c, "cue_left"), *right = values(c, "cue_right");
    const float *context = values(c, "context"), *gated_left = values(c, "gated_left");
    const float *gated_right = values(c, "gated_right");
    const float *w_left = values(c, "true_w_gated_left");
    const float *w_right = values(c, "true_w_gated_right");
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
               fabs(mean[2] / n - .5) < bound,
           "cues and context are uniform");
    tap_ok(worst < 1e-6, "the rule learns the gated cues' weights (%.2g)", worst);
    tap_ok(fabs(own.surprise) < 4 * sqrt(own.spread) && own.likelihood > glm.likelihood + 100,
           "choices follow the gated cues");
    struct truth t = {0};
    tap_ok(truth_read(c, &t, NULL) && t.group[0].decision == DECISION_MULTIPLICATIVE &&
               strcmp(t.stimuli, "cues") == 0 &&
               strcmp(truth_policy(&t)->weight[0], "w_gated_left") == 0,
           "the truth says so");
    truth_free(&t);
    cohort_drop(c);
}

/* --- distractors, starts, streams ---------------------------------------------- */

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
               fabs(both / n) < 4 / sqrt(n),
           "they are independent and N(0,1)");
    tap_ok(cohort_column(three, "d3") && !cohort_column(three, "d4"), "there are as many as asked");
    cohort_drop(none);
    cohort_drop(three);
    cohort_drop(ten);
}

static void test_starts(void)
{
    struct cohort *c =
        make("reinforce", "animals=400 trials=2 w0=-2..2 bias0=.5..1.5 stimuli=grid");
    struct cohort *few =
        make("reinforce", "animals=3 trials=2 w0=-2..2 bias0=.5..1.5 stimuli=grid");
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
    struct truth t = {0};
    tap_ok(strstr(c->truth, "\"w0\": [") && truth_read(c, &t, NULL), "the range is in the truth");
    truth_free(&t);
    cohort_drop(c);
    cohort_drop(few);
}

static void test_features(void)
{
    struct cohort *c = make("reinforce", "animals=3 trials=400 distractors=1 seed=8 "
                                         "policy=stim+prevchoice+prevstim+d1+bias "
                                         "alpha=.1,.2,.05,.03,.15");
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
        inputs_policy_of(&policy, c, &c->animals[t / 400], t, x);
        for (int k = 0; k < 5; k++)
            z += x[k] * values(c, names[k])[t];
        double e = c->reward[t] * f(c->choice[t]) * (1 - of_side(c->choice[t], logistic(z)));
        for (int k = 0; k < 5; k++)
            worst = fmax(worst, fabs((double)values(c, names[k])[t + 1] - values(c, names[k])[t] -
                                     alpha[k] * e * x[k]));
    }
    tap_ok(worst < 1e-6, "policy=: five weights learn, of past trials and columns too (%.2g)",
           worst);
    cohort_drop(c);
}

/* alpha 0 and forgetting: a weight that only decays is noisy, too. */
static void test_decay(void)
{
    struct cohort *c = make("reinforce", "animals=20 trials=500 alpha=0 forgetting=.05,0 noise=.01 "
                                         "w0=1 bias0=1");
    const float *w = values(c, "true_w_stim"), *b = values(c, "true_w_bias");
    double squares = 0, n = 20 * 499;
    size_t moved = 0;
    for (size_t t = 0; t < c->n_trials; t++) {
        moved += b[t] != 1;
        if ((t + 1) % 500)
            squares += pow(w[t + 1] - .95 * w[t], 2);
    }
    tap_near(sqrt(squares / n), .01, .01 * 4 / sqrt(2 * n), "a weight that decays is noisy");
    tap_ok(moved == 0, "one that does neither stays");
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

int main(void)
{
    test_decision("animals=12 trials=3000 alpha=2^-4 decision=lapse lapse=.2", .2, 1);
    test_decision("animals=12 trials=3000 alpha=2^-4 decision=temperature temperature=2", 0, 2);
    test_decision("animals=12 trials=3000 alpha=2^-4 temperature=.5", 0, .5);
    test_multiplicative();
    test_distractors();
    test_starts();
    test_features();
    test_decay();
    test_drift();
    return tap_done();
}
