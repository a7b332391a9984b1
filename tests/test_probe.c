/* Maps, slices and recovery of a rule that is known in closed form: the linker
 * puts the functions below in the place of model_update and rule_state_step (--wrap).
 * Maps of rules that see the past are in test_past.c. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/study/probe.h"
#include "deltaw/study/simulate.h"
#include "scalar_rules.h"
#include "tap.h"

enum { STIM, BIAS, K, SEED = 20 };

static struct scalar_rule true_rule;
static enum { CURVED, TRUE_RULE, ZERO, SHIFTED } behaves;
static atomic_size_t n_updates;

/* A rule that is not linear in anything, so that means are not values at means. */
static void curved(const double *w, double s, double day, double y, double r, double side,
                   double *dw)
{
    dw[STIM] = .02 * w[STIM] * w[BIAS] - .1 * w[BIAS] * w[BIAS] + .3 * s * (2 * y - 1) * (r + .2) +
               .5 * day * w[STIM] + .07 * y + .01 * side;
    dw[BIAS] = sin(w[STIM] + 2 * s) * (1 + y) - .4 * r + w[BIAS];
}

static void known_update(const double *u, double *dw)
{
    const double *in = u + K;
    if (in[INPUT_ONE] != 1 || in[INPUT_SIDE] != (in[INPUT_STIMULUS] > 0))
        err_die("test_probe: inputs in the wrong places");
    double x[K] = {in[INPUT_STIMULUS], 1};
    switch (behaves) {
    case CURVED:
        curved(u, x[0], in[INPUT_DAY], in[INPUT_CHOICE], in[INPUT_REWARD], in[INPUT_SIDE], dw);
        break;
    case TRUE_RULE:
    case SHIFTED:
        scalar_step(&true_rule, NULL, u, x,
                    &(struct scalar_trial){in[INPUT_REWARD], in[INPUT_CHOICE] != 0, 0}, dw);
        dw[STIM] += behaves == SHIFTED ? .004 : 0;
        break;
    case ZERO: dw[STIM] = dw[BIAS] = 0; break;
    }
}

void __wrap_model_update(const struct model *model, size_t n, const double *u, double *dw);
void __wrap_model_update(const struct model *model, size_t n, const double *u, double *dw)
{
    (void)model;
    n_updates += n;
    for (size_t i = 0; i < n; i++)
        known_update(u + i * (K + INPUT_N), dw + i * K);
}

static const struct rule rule = {.name = "known"},
                         choice_rule = {.name = "tiny", .no_weights = true};
static struct model model = {.rule = &rule, .settings = {.shape = {.n_weights = K}}};

/* It has no state; the true rule has its own. */
static bool is_known(const void *state)
{
    return state == &model;
}

struct rule_state *__real_rule_state_new(const struct model *model, size_t n);
struct rule_state *__wrap_rule_state_new(const struct model *m, size_t n);
struct rule_state *__wrap_rule_state_new(const struct model *m, size_t n)
{
    return is_known(m) ? (struct rule_state *)m : __real_rule_state_new(m, n);
}

void __real_rule_state_step(struct rule_state *state, size_t n, const double *u, const double *x,
                            const double *answer, const double *next, double *dw);
void __wrap_rule_state_step(struct rule_state *state, size_t n, const double *u, const double *x,
                            const double *answer, const double *next, double *dw);
void __wrap_rule_state_step(struct rule_state *state, size_t n, const double *u, const double *x,
                            const double *answer, const double *next, double *dw)
{
    if (!is_known(state)) {
        __real_rule_state_step(state, n, u, x, answer, next, dw);
        return;
    }
    n_updates += n;
    for (size_t i = 0; i < n; i++) {
        if (x[i * K] != u[i * (K + INPUT_N) + K + INPUT_STIMULUS] || x[i * K + 1] != 1)
            err_die("test_probe: wrong features");
        known_update(u + i * (K + INPUT_N), dw + i * K);
    }
}

void __real_rule_state_reset(struct rule_state *state);
void __wrap_rule_state_reset(struct rule_state *state);
void __wrap_rule_state_reset(struct rule_state *state)
{
    if (!is_known(state))
        __real_rule_state_reset(state);
}

void __real_rule_state_free(struct rule_state *state);
void __wrap_rule_state_free(struct rule_state *state);
void __wrap_rule_state_free(struct rule_state *state)
{
    if (!is_known(state))
        __real_rule_state_free(state);
}

static struct cohort *make(const char *stimuli, const char *animals, const char *noise)
{
    struct args args = {0};
    struct cohort *c = NULL;
    args_set(&args, "stimuli", stimuli, 1);
    args_set(&args, "animals", animals, 1);
    args_set(&args, "trials", "700", 1);
    args_set(&args, "session", "100", 1);
    args_set(&args, "alpha", "2^-4", 1);
    args_set(&args, "noise", noise, 1);
    args_set(&args, "seed", "20", 1);
    simulate_run("reinforce", &args, NULL, NULL, NULL, &c, NULL);
    args_free(&args);
    return c;
}

static struct scalar_rule true_rule_of(const struct cohort *c)
{
    struct truth truth = {0};
    truth_read(c, &truth, NULL);
    struct scalar_rule found = scalar_of(truth.group[0].model);
    truth_free(&truth);
    return found;
}

static float *visited_of(const struct cohort *c)
{
    float *w = mem_new(c->n_trials * K, sizeof *w);
    for (size_t t = 0; t < c->n_trials; t++)
        for (size_t k = 0; k < K; k++)
            w[t * K + k] = c->columns[k].values[t];
    return w;
}

static struct map map_of(const struct cohort *c, const float *visited,
                         struct probe_request *request)
{
    struct err err = {0};
    struct map map = {0};
    if (!map_compute(&model, c, visited, request, &map, &err))
        tap_ok(false, "map: %s", err.message);
    return map;
}

/* Means over ALL visited trials, by the words of probe.h: w_stim and s are set,
 * the rest is the trial's; the choice is what gives this reward. */
static double mean_update(const struct cohort *c, const float *visited, double w_stim, double s,
                          double r, double w_bias)
{
    double sum = 0, n = 0, zero = 0, zero_right = 0;
    for (size_t t = 0; t < c->n_trials; t++) {
        zero += c->stimulus[t] == 0;
        zero_right += c->stimulus[t] == 0 && c->answer[t];
    }
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i < c->animals[a].count; i++) {
            size_t t = c->animals[a].first + i;
            double w[K] = {w_stim, isnan(w_bias) ? visited[t * K + BIAS] : w_bias}, dw[K];
            double right = s > 0 ? 1 : s < 0 ? 0 : zero_right / zero;
            for (int z = 0; z < 2; z++) {
                curved(w, s, i && i % 100 == 0, r > 0 ? z : 1 - z, r, s > 0, dw);
                sum += (z ? right : 1 - right) * dw[STIM];
            }
            n++;
        }
    return sum / n;
}

static void test_values(const struct cohort *c, const float *visited)
{
    struct probe_request request;
    behaves = CURVED;
    for (int fixed = 0; fixed < 2; fixed++) {
        probe_request_default(&request);
        request.sample = c->n_trials;
        request.ny = 7;
        request.fixed.w[BIAS] = fixed ? .125 : NAN;
        n_updates = 0;
        struct map map = map_of(c, visited, &request);
        double worst = 0, at_zero = 0;
        for (size_t p = 0; p < 2; p++)
            for (size_t i = 0; i < 7 * 11; i++) {
                double s = map.x.value[i % 11];
                double want = mean_update(c, visited, map.y.value[i / 11], s, (double)p,
                                          request.fixed.w[BIAS]);
                double *to = s == 0 ? &at_zero : &worst;
                *to = fmax(*to, fabs(map.panel[p].value[i] - want));
            }
        tap_ok(worst < 1e-9, "cells are means over visited trials, w_bias %s (%.2g)",
               fixed ? "fixed" : "visited", worst);
        tap_ok(at_zero < 1e-3, "at s = 0 either side pays as often as it did (%.2g)", at_zero);
        tap_ok(map.n_sample == c->n_trials, "all visited trials were asked for");
        if (fixed)
            tap_ok(n_updates - c->n_trials <= 2 * 4 * map.x.n * map.y.n,
                   "trials that differ in nothing but day and side are computed once (%zu)",
                   n_updates - c->n_trials);
        map_free(&map);
    }
    probe_request_default(&request);
    request.ny = 7;
    struct map map = map_of(c, visited, &request);
    double worst = 0;
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < 7 * 11; i++)
            worst = fmax(worst, fabs(map.panel[p].value[i] -
                                     mean_update(c, visited, map.y.value[i / 11],
                                                 map.x.value[i % 11], (double)p, NAN)));
    tap_ok(map.n_sample >= 64 && map.n_sample <= 512 && worst > 0 && worst < .03,
           "%zu trials stand for all (%.2g)", map.n_sample, worst);
    tap_ok(strstr(map.rest, "w_bias, day: mean over ") == map.rest, "rest: %s", map.rest);
    struct map again = map_of(c, visited, &request);
    tap_ok(memcmp(map.panel[1].value, again.panel[1].value, 77 * sizeof(double)) == 0,
           "the same map twice");
    map_free(&map);
    map_free(&again);
}

static void test_support(const struct cohort *c, const float *visited)
{
    struct probe_request request;
    probe_request_default(&request);
    struct map map = map_of(c, visited, &request);
    uint32_t want[2][11 * 41] = {{0}};
    size_t sum = 0, outside = 0, wrong = 0;
    tap_ok(map.x.levels && map.x.n == 11 && !map.y.levels && map.y.n == 41 && map.n_panels == 2,
           "11 stimuli by 41 cells of w_stim, two panels");
    tap_is_text(map.title[0], "error r=0", "panel 0");
    tap_is_text(map.title[1], "correct r=1", "panel 1");
    for (size_t t = 0; t < c->n_trials; t++) {
        size_t ix = 0, iy = 0;
        while (ix < 11 && (float)map.x.value[ix] != c->stimulus[t])
            ix++;
        while (iy < 41 &&
               !(visited[t * K] >= map.y.edge[iy] && visited[t * K] < map.y.edge[iy + 1]))
            iy++;
        if (ix < 11 && iy < 41)
            want[(int)c->reward[t]][iy * 11 + ix]++;
        else
            outside++;
    }
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < 11 * 41; i++) {
            wrong += want[p][i] != map.panel[p].support[i];
            sum += map.panel[p].support[i];
        }
    tap_ok(wrong == 0 && outside == 0, "support is the count of trials, cell by cell");
    tap_ok(sum == c->n_trials && map.n_visited == c->n_trials, "every trial is in one cell");
    double limit = 0;
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < 11 * 41; i++)
            if (map.panel[p].support[i])
                limit = fmax(limit, fabs(map.panel[p].value[i]));
    tap_near(map.limit, limit, 0, "the limit is the largest over supported cells");
    struct table table = {0};
    map_table(&map, &table);
    tap_ok(table.n_rows == 2 * 11 * 41 && table.n_columns == 9 &&
               strcmp(table.columns[0].name, "panel") == 0 &&
               strcmp(table.columns[1].name, "stimulus") == 0 &&
               strcmp(table.columns[2].name, "w_stim") == 0 &&
               strcmp(table.columns[3].name, "value") == 0 &&
               strcmp(table.columns[4].name, "support") == 0 &&
               strcmp(table.columns[5].name, "se") == 0 &&
               strcmp(table.columns[6].name, "lower") == 0 &&
               strcmp(table.columns[7].name, "upper") == 0 &&
               strcmp(table.columns[8].name, "truth") == 0,
           "table of a map: its columns");
    const struct table_cell *row = table.cells + (11 * 41 + 3 * 11 + 2) * 9;
    tap_ok(strcmp(row[0].text, "correct r=1") == 0 && row[1].number == map.x.value[2] &&
               row[2].number == map.y.value[3] && row[3].number == map.panel[1].value[35] &&
               row[4].number == map.panel[1].support[35],
           "table of a map: a row");
    table_free(&table);
    map_free(&map);
    request.fixed.w[BIAS] = .1;
    map = map_of(c, visited, &request);
    size_t near = 0;
    sum = 0;
    for (size_t t = 0; t < c->n_trials; t++)
        near += fabs(visited[t * K + BIAS] - .1) <= .25;
    for (size_t i = 0; i < 11 * 41; i++)
        sum += map.panel[0].support[i] + map.panel[1].support[i];
    tap_ok(near > 0 && near < c->n_trials && sum == near, "a fixed weight counts trials near it");
    tap_ok(strstr(map.rest, "support: w_bias -0.15 to 0.35") != NULL, "rest: %s", map.rest);
    map_free(&map);
}

/* What cannot be has no value; what hangs together goes together. */
static void test_consistency(const struct cohort *c, const float *visited)
{
    struct probe_request request;
    probe_request_default(&request);
    behaves = CURVED;
    strcpy(request.y, "choice");
    request.fixed.reward = 0;
    struct map map = map_of(c, visited, &request);
    size_t wrong = 0, possible = 0;
    for (size_t i = 0; i < 2 * map.x.n; i++) {
        double s = map.x.value[i % map.x.n];
        bool can = s == 0 || (i / map.x.n == 1) != (s > 0);
        wrong += isnan(map.panel[0].value[i]) == can;
        wrong += !can && map.panel[0].support[i];
        possible += can;
    }
    tap_ok(map.n_panels == 1 && map.y.levels && map.y.n == 2, "choice has two levels, one panel");
    tap_ok(wrong == 0 && possible == 12, "errors: only choices away from the stimulus exist");
    map_free(&map);

    probe_request_default(&request);
    request.fixed.choice = 1;
    map = map_of(c, visited, &request);
    wrong = 0;
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < map.x.n; i++) {
            double s = map.x.value[i];
            wrong += isnan(map.panel[p].value[i]) != (p ? s < 0 : s > 0);
        }
    tap_ok(map.n_panels == 2 && wrong == 0, "choice=1: correct needs s >= 0, error s <= 0");
    map_free(&map);

    probe_request_default(&request);
    strcpy(request.x, "reward");
    request.sample = c->n_trials;
    request.ny = 5;
    map = map_of(c, visited, &request);
    double worst = 0;
    for (size_t i = 0; i < 10; i++) {
        double sum = 0, r = (double)(i % 2);
        for (size_t a = 0; a < c->n_animals; a++)
            for (size_t j = 0; j < c->animals[a].count; j++) {
                size_t t = c->animals[a].first + j;
                double w[K] = {map.y.value[i / 2], visited[t * K + BIAS]}, dw[K];
                curved(w, c->stimulus[t], j && j % 100 == 0, r > 0 ? c->answer[t] : !c->answer[t],
                       r, c->stimulus[t] > 0, dw);
                sum += dw[STIM];
            }
        worst = fmax(worst, fabs(map.panel[0].value[i] - sum / (double)c->n_trials));
    }
    tap_ok(map.n_panels == 1 && map.x.levels && map.x.n == 2 && !*map.title[0],
           "x=reward: two columns, one panel");
    tap_ok(worst < 1e-9, "x=reward: means over stimuli, biases and days (%.2g)", worst);
    map_free(&map);

    probe_request_default(&request);
    strcpy(request.of, "w_bias");
    strcpy(request.x, "w_bias");
    request.fixed.stimulus = (float)-.30273722;
    request.fixed.choice = 0;
    map = map_of(c, visited, &request);
    size_t sum = 0, want = 0;
    for (size_t i = 0; i < map.x.n * map.y.n; i++)
        sum += map.panel[1].support[i];
    for (size_t t = 0; t < c->n_trials; t++)
        want += c->stimulus[t] == (float)-.30273722 && c->choice[t] == 0;
    double w[K] = {map.y.value[30], map.x.value[7]}, dw[K];
    curved(w, request.fixed.stimulus, 0, 0, 1, 0, dw);
    tap_near(map.panel[1].value[30 * map.x.n + 7], dw[BIAS], 1e-12, "of=w_bias, all fixed");
    tap_ok(sum == want && want > 100, "a fixed stimulus counts its trials");
    map_free(&map);
}

static void test_truth(const struct cohort *c, const float *visited)
{
    struct probe_request request;
    struct recovery found;
    struct err err = {0};
    probe_request_default(&request);
    behaves = TRUE_RULE;
    struct map map = map_of(c, visited, &request);
    double worst = 0, most = 0;
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < map.x.n * map.y.n; i++) {
            worst = fmax(worst, fabs(map.panel[p].value[i] - map.panel[p].truth[i]));
            most = fmax(most, fabs(map.panel[p].truth[i]));
        }
    tap_ok(worst < 1e-15 && most > .01, "the true rule's map is the truth's");
    tap_near(map.r2, 1, 1e-12, "and its R^2 is 1");
    map_free(&map);
    double sum[K] = {0}, squares[K] = {0}, n = (double)c->n_trials;
    for (size_t t = 0; t < c->n_trials; t++) {
        double w[K] = {visited[t * K], visited[t * K + 1]}, dw[K];
        double p = 1 / (1 + exp(-w[0] * c->stimulus[t] - w[1]));
        for (int k = 0; k < K; k++) {
            dw[k] =
                true_rule.alpha[k] * c->reward[t] * (c->choice[t] - p) * (k ? 1 : c->stimulus[t]);
            sum[k] += dw[k];
            squares[k] += dw[k] * dw[k];
        }
    }
    behaves = SHIFTED;
    tap_ok(recovery_compute(&model, c, &found, &err) && found.n_trials == c->n_trials &&
               found.n_visited == c->n_trials && found.n_weights == K,
           "recovery over all trials");
    double around = squares[STIM] - sum[STIM] * sum[STIM] / n;
    tap_near(found.r2[STIM], 1 - n * .004 * .004 / around, 1e-9, "R^2 of a shifted rule");
    tap_near(found.rmse[STIM], .004, 1e-12, "its RMSE");
    tap_near(found.null_rmse[STIM], sqrt(squares[STIM] / n), 1e-12, "RMSE of answering 0");
    if (true_rule.alpha[BIAS] > 0)
        tap_near(found.r2[BIAS], 1, 1e-12, "the bias is right");
    else
        tap_near(found.r2[BIAS], NAN, 0, "a bias that never learns has no R^2");
    behaves = ZERO;
    recovery_compute(&model, c, &found, NULL);
    tap_near(found.r2[STIM], 1 - squares[STIM] / around, 1e-9, "R^2 of answering 0");
    tap_near(found.rmse[STIM], found.null_rmse[STIM], 0, "RMSE of answering 0 is the null's");
}

static void refuse(const struct cohort *c, const float *visited, struct probe_request *request,
                   const char *says)
{
    struct err err = {0};
    struct map map = {.n_visited = 77};
    tap_ok(!map_compute(&model, c, visited, request, &map, &err) && strstr(err.message, says) &&
               map.n_visited == 77 && !map.x.value,
           "refused: %s", err.message);
    probe_request_default(request);
}

static void test_refusals(const struct cohort *c, const float *visited)
{
    struct probe_request r;
    struct err err = {0};
    probe_request_default(&r);
    strcpy(r.x, "stimulsu");
    refuse(c, visited, &r, "did you mean stimulus");
    strcpy(r.y, "past");
    refuse(c, visited, &r, "stimulus, choice, reward, day, side, w_stim, w_bias");
    strcpy(r.of, "stimulus");
    refuse(c, visited, &r, "w_stim, w_bias");
    strcpy(r.x, "w_stim");
    strcpy(r.y, "w_stim");
    refuse(c, visited, &r, "same");
    r.fixed.stimulus = .5;
    refuse(c, visited, &r, "stimulus");
    r.fixed.reward = .5;
    refuse(c, visited, &r, "0 or 1");
    r.fixed.w[STIM] = 1;
    refuse(c, visited, &r, "w_stim");
    r.fixed.w[BIAS] = INFINITY;
    refuse(c, visited, &r, "w_bias");
    r.y_lo = 3, r.y_hi = 3;
    refuse(c, visited, &r, "must go up");
    r.x_lo = 5;
    refuse(c, visited, &r, "no stimulus");
    r.ny = 100000;
    refuse(c, visited, &r, "at most");
    r.past = PAST_BOTH;
    refuse(c, visited, &r, "one past");
    r.lags = 11;
    refuse(c, visited, &r, "lags=11");
    model.rule = &choice_rule;
    refuse(c, visited, &r, "nothing to map");
    model.rule = &rule;
    struct recovery found;
    struct model other = model;
    fit_settings_policy(&other.settings, "bias+stim", NULL);
    err_clear(&err);
    tap_ok(!recovery_compute(&other, c, &found, &err), "recovery: %s", err.message);
}

static void test_axes(const struct cohort *c, const float *visited)
{
    struct probe_request r;
    probe_request_default(&r);
    r.x_lo = -.9, r.x_hi = 0, r.y_lo = -1, r.y_hi = 1, r.ny = 8;
    struct map map = map_of(c, visited, &r);
    tap_ok(map.x.n == 4 && map.x.value[3] == 0 && map.y.n == 8 && map.y.edge[0] == -1 &&
               map.y.edge[8] == 1,
           "ranges are taken, levels outside left out");
    map_free(&map);
    probe_request_default(&r);
    map = map_of(NULL, NULL, &r);
    size_t support = 0;
    for (size_t i = 0; i < map.x.n * map.y.n; i++)
        support += map.panel[0].support[i] + map.panel[1].support[i];
    double w[K] = {map.y.value[5], 0}, dw[K];
    curved(w, map.x.value[30], 0, 0, 0, 1, dw);
    tap_ok(map.x.n == 41 && map.x.edge[0] == -1 && support == 0 && map.n_sample == 0,
           "with no data: a map with no support");
    tap_near(map.panel[0].value[5 * 41 + 30], dw[STIM], 1e-12, "with no data: its values");
    tap_ok(map.limit > 0, "with no data: a limit");
    map_free(&map);
}

/* Continuous stimuli, unknown rewards, a weight that is no number. */
static void test_rough(void)
{
    struct rng rng = rng_stream(SEED, RNG_TEST, 1, 0);
    struct cohort_builder *b = cohort_builder_new();
    cohort_builder_animal(b, "a");
    cohort_builder_session(b, "1");
    size_t half = 0;
    for (int i = 0; i < 1000; i++) {
        float s = (float)rng_between(&rng, -.83, .94);
        bool y = rng_below(&rng, 2);
        struct cohort_trial trial = {
            .stimulus = s, .choice = y, .answer = s > 0, .reward = y == (s > 0), .trial = i + 1};
        if (i % 10 == 3) {
            trial.reward = .5;
            half++;
        }
        cohort_builder_trial(b, &trial, NULL);
    }
    struct cohort *c = cohort_builder_finish(b, "rough", "test");
    float *visited = mem_new(2000, sizeof *visited);
    for (size_t i = 0; i < 2000; i++)
        visited[i] = (float)rng_between(&rng, 1, 2);
    visited[100] = NAN;
    visited[201] = INFINITY;
    struct probe_request r;
    probe_request_default(&r);
    behaves = CURVED;
    struct map map = map_of(c, visited, &r);
    size_t sum = 0;
    for (size_t i = 0; i < map.x.n * map.y.n; i++)
        sum += map.panel[0].support[i] + map.panel[1].support[i];
    tap_ok(!map.x.levels && map.x.n == 41 && map.x.edge[0] <= -.83 && map.x.edge[41] >= .94,
           "many stimuli: 41 cells");
    tap_ok(sum == 1000 - half - 2 && map.n_visited == sum,
           "unknown rewards and lost weights are not counted");
    tap_ok(map.y.edge[0] <= 0 && map.y.edge[41] >= 2 && map.y.edge[41] < 2.6,
           "the weight axis holds zero and what was visited (%g to %g)", map.y.edge[0],
           map.y.edge[41]);
    tap_ok(map.panel[0].truth == NULL && isnan(map.r2), "no truth, no R^2");
    tap_ok(isfinite(map.panel[0].value[0]) && isfinite(map.limit), "the means are numbers");
    map_free(&map);
    free(visited);
    cohort_drop(c);
}

static void test_slices(const struct cohort *c, const float *visited)
{
    struct probe_request r;
    struct slice slice;
    struct err err = {0};
    behaves = CURVED;
    probe_request_default(&r);
    r.n_w = 3, r.w[0] = 2, r.w[1] = 0, r.w[2] = 1;
    r.sample = c->n_trials;
    if (!tap_ok(slice_compute(&model, c, visited, &r, &slice, &err), "slice %s", err.message))
        return;
    tap_ok(slice.n_lines == 6 && slice.line[0].w == 0 && slice.line[0].correct &&
               slice.line[5].w == 2 && !slice.line[5].correct && slice.x.n == 11,
           "three weights, correct and error each, ascending");
    double worst = 0;
    size_t sum = 0, want = 0;
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 11; j++) {
            if (slice.x.value[j] != 0)
                worst = fmax(worst, fabs(slice.line[i].cells.value[j] -
                                         mean_update(c, visited, slice.line[i].w, slice.x.value[j],
                                                     slice.line[i].correct, NAN)));
            sum += slice.line[i].cells.support[j];
        }
    for (size_t t = 0; t < c->n_trials; t++)
        want += visited[t * K] >= -.5 && visited[t * K] <= 2.5;
    tap_ok(worst < 1e-9, "the lines are means over visited trials (%.2g)", worst);
    tap_ok(sum == want, "support: weights within half a step");
    struct table table = {0};
    slice_table(&slice, &table);
    tap_ok(table.n_rows == 66 && table.n_columns == 9, "table of a slice");
    table_free(&table);
    slice_free(&slice);

    probe_request_default(&r);
    bool made = slice_compute(&model, c, visited, &r, &slice, &err);
    tap_ok(made && slice.n_lines == 6 && slice.request.w[0] == 0 && slice.request.w[1] == 2 &&
               slice.request.w[2] == 4,
           "three round weights from what was visited: %g %g %g", slice.request.w[0],
           slice.request.w[1], slice.request.w[2]);
    slice_free(&slice);
    strcpy(r.x, "w_stim");
    r.fixed.stimulus = 1, r.fixed.w[1] = .5, r.nx = 9;
    behaves = TRUE_RULE;
    tap_ok(slice_compute(&model, c, visited, &r, &slice, &err) && slice.n_lines == 2 &&
               slice.line[0].correct && isnan(slice.line[0].w) && slice.x.n == 9,
           "x=w_stim: one pair of lines");
    double w[K] = {slice.x.value[3], .5}, dw[K];
    scalar_step(&true_rule, NULL, w, (double[]){1, 1}, &(struct scalar_trial){1, 1, 1}, dw);
    tap_near(slice.line[0].cells.value[3], dw[STIM], 1e-12, "x=w_stim: correct, at stimulus 1");
    tap_near(slice.line[0].cells.truth[3], dw[STIM], 1e-12, "x=w_stim: its truth");
    tap_near(slice.r2, 1, 1e-12, "R^2 of the true rule");
    slice_free(&slice);
    strcpy(r.x, "reward");
    tap_ok(!slice_compute(&model, c, visited, &r, &slice, &err), "refused: %s", err.message);
    probe_request_default(&r);
    r.n_w = 2, r.w[0] = r.w[1] = 1;
    err_clear(&err);
    tap_ok(!slice_compute(&model, c, visited, &r, &slice, &err), "refused: %s", err.message);
}

int main(void)
{
    tap_note("seed %d", SEED);
    fit_settings_policy(&model.settings, "stim+bias", NULL);
    struct cohort *c = make("ibl", "8", ".02"), *grid = make("grid", "6", "0");
    float *visited = visited_of(c), *grid_visited = visited_of(grid);
    true_rule = true_rule_of(c);
    test_values(c, visited);
    test_support(c, visited);
    test_consistency(c, visited);
    test_axes(c, visited);
    test_rough();
    test_slices(c, visited);
    test_refusals(c, visited);
    test_truth(c, visited);
    true_rule = true_rule_of(grid);
    test_truth(grid, grid_visited);
    free(visited);
    free(grid_visited);
    cohort_drop(c);
    cohort_drop(grid);
    return tap_done();
}
