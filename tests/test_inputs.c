/* What rules and policies see: learn/inputs by hand, and the engine's own filling of
 * its rows against it, through what a rule makes of them. */
#include <math.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/fit.h"
#include "deltaw/learn/inputs.h"
#include "tap.h"

enum { SEED = 17, ANIMALS = 5 };

/* Ragged animals, one of a single trial, in short sessions, with a column of the log. */
static struct cohort *cohort_with_column(void)
{
    static const size_t counts[ANIMALS] = {130, 1, 2, 75, 41};
    struct cohort_builder *b = cohort_builder_new();
    const char *name = "light";
    char text[32];
    cohort_builder_columns(b, 1, &name);
    for (size_t a = 0; a < ANIMALS; a++) {
        struct rng rng = rng_stream(SEED, RNG_TEST, (uint32_t)a, 0);
        snprintf(text, sizeof text, "a%zu", a);
        cohort_builder_animal(b, text);
        for (size_t i = 0; i < counts[a]; i++) {
            float s = .5f * ((float)rng_below(&rng, 5) - 2), light = (float)rng_normal(&rng);
            uint8_t choice = (uint8_t)rng_below(&rng, 2), answer = (uint8_t)rng_below(&rng, 2);
            snprintf(text, sizeof text, "s%zu", i / 13);
            if (i % 13 == 0)
                cohort_builder_session(b, text);
            cohort_builder_trial(
                b,
                &(struct cohort_trial){.stimulus = s,
                                       .reward = i % 11 == 7 ? .5f : choice == answer,
                                       .choice = choice,
                                       .answer = answer,
                                       .gap = i % 17 == 3 || i == 60,
                                       .trial = (int32_t)i + 1},
                &light);
        }
    }
    return cohort_builder_finish(b, "test", "test");
}

static const char all_features[] = "stim+right+left+prevstim+prevchoice+bias+light";

/* A model with large random parameters, so that every input tells. */
static struct model *model_of(const char *rule, const char *policy, size_t lags)
{
    struct model *m = mem_new(1, sizeof *m);
    struct rng rng = rng_stream(SEED, RNG_TEST, 99, 0);
    m->rule = rule_find(rule);
    fit_settings_default(&m->settings);
    fit_settings_policy(&m->settings, policy, NULL);
    m->settings.shape.lags = lags, m->settings.shape.hidden = 6, m->settings.truncation = 7;
    m->settings.w0 = (struct w0){.kind = W0_VALUE, .value = {.5}};
    m->settings.shape.window = m->rule->memory && !m->rule->network ? 4 : 0;
    rule_layout(m->rule, &m->settings.shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof *m->theta);
    for (size_t i = 0; i < m->tensors.size; i++)
        m->theta[i] = (float)rng_between(&rng, -.4, .4);
    m->references = 1;
    return m;
}

/* One animal's trials by learn/inputs alone: its weights, [count][K], and its loss. */
static double run_trials(const struct model *m, const struct cohort *c, size_t a, double *visited)
{
    const struct animal *animal = &c->animals[a];
    size_t k_n = m->settings.shape.n_weights;
    double *u = mem_new(rule_inputs(&m->settings.shape), sizeof *u), w[POLICY_MAX], loss = 0;
    struct rule_state *state = rule_state_new(m, 1);
    model_start(m, c, a, w);
    for (size_t i = 0; i < animal->count; i++) {
        size_t t = animal->first + i;
        double x[POLICY_MAX], dw[POLICY_MAX], z = 0, answer = c->answer[t];
        double next = i + 1 < animal->count ? c->stimulus[t + 1] : 0;
        memcpy(visited + i * k_n, w, k_n * sizeof *w);
        inputs_policy_of(&m->settings.policy, c, animal, t, x);
        inputs_rule_of(&m->settings.shape, w, c, animal, t, u);
        for (size_t k = 0; k < k_n; k++)
            z += w[k] * x[k];
        loss += i > 0 ? log1p(exp(c->choice[t] ? -z : z)) : 0;
        rule_state_step(state, 1, u, x, &answer, &next, dw);
        for (size_t k = 0; k < k_n; k++)
            w[k] += dw[k];
    }
    rule_state_free(state);
    free(u);
    return loss;
}

static void test_engine(const struct cohort *c, const char *rule, const char *policy, size_t lags)
{
    struct model *m = model_of(rule, policy, lags);
    size_t k_n = m->settings.shape.n_weights;
    float *swept = mem_new(c->n_trials * k_n, sizeof *swept);
    double *losses = mem_new(c->n_animals, sizeof *losses), worst = 0, off = 0, size = 0;
    model_sweep(m, c, swept);
    model_loss(m, c, losses, NULL);
    for (size_t a = 0; a < c->n_animals; a++) {
        const struct animal *animal = &c->animals[a];
        double *visited = mem_new(animal->count * k_n, sizeof *visited);
        double loss = run_trials(m, c, a, visited);
        for (size_t i = 0; i < animal->count * k_n; i++) {
            worst = fmax(worst, fabs(visited[i] - (double)swept[animal->first * k_n + i]));
            size = fmax(size, fabs(visited[i]));
        }
        off = fmax(off, fabs(loss - losses[a]) / (1 + loss));
        free(visited);
    }
    tap_ok(worst < 1e-4 * size && size > .25,
           "%s %s lags=%zu: the engine's rows give the weights of these inputs (%.2g of %.2g)",
           rule, policy, lags, worst, size);
    tap_ok(off < 1e-4, "  and their loss (%.2g)", off);
    free(swept), free(losses);
    model_drop(m);
}

/* Trials 12, 13 and 14 of the first animal: the last of a session and the two after. */
static void test_by_hand(const struct cohort *c)
{
    struct rule_shape shape = {.n_weights = 2, .lags = 2};
    const struct animal *animal = &c->animals[0];
    const double w[] = {.25, -3};
    double u[2 + INPUT_N + 2 * PAST_N], x[POLICY_MAX];
    struct policy policy;
    size_t wrong = 0;
    policy_parse(all_features, &policy, NULL);
    for (size_t t = 12; t < 15; t++) {
        double s = c->stimulus[t];
        const double want[] = {.25,
                               -3,
                               s,
                               1,
                               t == 13,
                               c->choice[t],
                               c->reward[t],
                               s > 0,
                               c->stimulus[t - 1],
                               c->choice[t - 1],
                               c->reward[t - 1],
                               c->stimulus[t - 2],
                               c->choice[t - 2],
                               c->reward[t - 2]};
        const double features[] = {
            s, s > 0 ? s : 0,          s < 0 ? s : 0, c->stimulus[t - 1], c->choice[t - 1] ? 1 : -1,
            1, c->columns[0].values[t]};
        inputs_rule_of(&shape, w, c, animal, t, u);
        inputs_policy_of(&policy, c, animal, t, x);
        wrong += memcmp(u, want, sizeof want) != 0;
        for (size_t k = 0; k < policy.n; k++)
            wrong += x[k] != features[k];
    }
    tap_ok(wrong == 0, "inputs and features of trials in the middle of an animal's, written out");
    animal = &c->animals[3]; /* no trial of the animal before is its past */
    inputs_rule_of(&shape, w, c, animal, animal->first, u);
    inputs_policy_of(&policy, c, animal, animal->first, x);
    for (size_t i = 2 + INPUT_N; i < sizeof u / sizeof *u; i++)
        wrong += u[i] != 0;
    tap_ok(wrong == 0 && x[3] == 0 && x[4] == 0 && u[2 + INPUT_DAY] == 0,
           "an animal's first trial has no past and begins no day");
    inputs_rule_of(&shape, w, c, animal, animal->first + 1, u);
    tap_ok(u[2 + INPUT_N] == c->stimulus[animal->first] && u[2 + INPUT_N + PAST_N] == 0,
           "its second trial has one trial before it");
    inputs_policy_stimulus(&policy, -.75, x);
    tap_ok(x[0] == -.75 && x[1] == 0 && x[2] == -.75 && x[5] == 1 &&
               x[6] == c->columns[0].values[animal->first],
           "another stimulus changes the features that go with it alone");
}

/* The first animal has a gap before its trial 20, counted from 0. */
static void test_gap(const struct cohort *c)
{
    struct rule_shape shape = {.n_weights = 1, .lags = 2};
    const struct animal *animal = &c->animals[0];
    const double w[] = {.25};
    double u[1 + INPUT_N + 2 * PAST_N], x[POLICY_MAX];
    struct policy policy;
    size_t wrong = 0;
    policy_parse("prevstim+prevchoice", &policy, NULL);
    for (size_t t = 20; t < 23; t++) {
        double want[2 * PAST_N] = {0};
        for (size_t lag = 1; lag <= 2 && t - lag >= 20; lag++) {
            double *past = want + PAST_N * (lag - 1);
            past[PAST_STIMULUS] = c->stimulus[t - lag];
            past[PAST_CHOICE] = c->choice[t - lag];
            past[PAST_REWARD] = c->reward[t - lag];
        }
        inputs_rule_of(&shape, w, c, animal, t, u);
        inputs_policy_of(&policy, c, animal, t, x);
        wrong += memcmp(u + 1 + INPUT_N, want, sizeof want) != 0;
        wrong += x[0] != want[PAST_STIMULUS];
        wrong += x[1] != (t == 20 ? 0 : 2 * want[PAST_CHOICE] - 1);
    }
    tap_ok(wrong == 0, "no lag, prevstim or prevchoice looks back over a gap");
}

int main(void)
{
    struct cohort *c = cohort_with_column();
    tap_note("seed %d", SEED);
    test_by_hand(c);
    test_gap(c);
    test_engine(c, "dnn", all_features, 0);
    test_engine(c, "dnn", all_features, 3);
    test_engine(c, "rnn", all_features, 0);
    test_engine(c, "tinyrnn", "bias", 0);
    test_engine(c, "reinforce-base", all_features, 0);
    test_engine(c, "predict-max", all_features, 0);
    test_engine(c, "trace", all_features, 0);
    cohort_drop(c);
    return tap_done();
}
