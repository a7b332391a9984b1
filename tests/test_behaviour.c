/* Learning curves and weights over trials against counts made here. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/study/behaviour.h"
#include "deltaw/study/simulate.h"
#include "tap.h"

enum { SEED = 4 };

/* Animals of 10, 7 and 3 trials, sessions of 4; correct where bit i of `bits`
 * is set, reward unknown where bit i of `unknown` is. */
static struct cohort *small(void)
{
    static const struct {
        const char *name;
        int count;
        unsigned bits, unknown;
    } animals[] = {{"ann", 10, 0x2f5, 0x006}, {"bob", 7, 0x01b, 0}, {"cid", 3, 0x7, 0x7}};
    struct cohort_builder *b = cohort_builder_new();
    for (size_t a = 0; a < 3; a++) {
        cohort_builder_animal(b, animals[a].name);
        for (int i = 0; i < animals[a].count; i++) {
            if (i % 4 == 0)
                cohort_builder_session(b, i < 4 ? "mon" : i < 8 ? "tue" : "wed");
            bool correct = animals[a].bits >> i & 1, right = i % 3 == 0;
            struct cohort_trial trial = {.stimulus = right ? .5f : -.25f,
                                         .answer = right,
                                         .choice = right == correct,
                                         .reward = correct,
                                         .trial = i % 4 + 1};
            if (animals[a].unknown >> i & 1)
                trial.reward = .5;
            cohort_builder_trial(b, &trial, NULL);
        }
    }
    return cohort_builder_finish(b, "small", "test");
}

static void test_curve(const struct cohort *c)
{
    struct learning_curve curve;
    learning_curve_compute(c, 4, &curve);
    tap_ok(curve.n_bins == 3 && curve.bin == 4 && curve.n_animals == 3, "three bins of 4");
    /* ann: 0x2f5 = 10 1111 0101 from the right: 1 . . 0 | 1 1 1 1 | 0 1 */
    tap_near(curve.animal[0], .5, 1e-12, "ann, bin 1: one of two known");
    tap_near(curve.animal[1], 1, 1e-12, "ann, bin 2");
    tap_near(curve.animal[2], .5, 1e-12, "ann, bin 3");
    /* bob: 0x1b = 1 1 0 1 | 1 0 0 */
    tap_near(curve.animal[3], .75, 1e-12, "bob, bin 1");
    tap_near(curve.animal[4], 1. / 3, 1e-12, "bob, bin 2: three trials");
    tap_near(curve.animal[5], NAN, 0, "bob has no bin 3");
    tap_near(curve.animal[6], NAN, 0, "cid has no known reward");
    tap_ok(curve.n[0] == 2 && curve.n[1] == 2 && curve.n[2] == 1, "animals per bin");
    tap_near(curve.mean[0], .625, 1e-12, "mean of bin 1");
    tap_near(curve.sem[0], .125, 1e-12, "sem of bin 1: |.75 - .5| / 2");
    tap_near(curve.mean[1], 2. / 3, 1e-12, "mean of bin 2");
    tap_near(curve.sem[2], NAN, 0, "one animal has no sem");
    struct table table = {0};
    learning_curve_table(c, &curve, NULL, &table);
    tap_ok(table.n_rows == 3 && table.n_columns == 8 && strcmp(table.columns[6].name, "bob") == 0,
           "table: a row a bin");
    tap_ok(table.cells[8].number == 5 && table.cells[8 + 1].number == 8 &&
               table.cells[8 + 4].number == 2 && table.cells[8 + 5].number == 1,
           "table: trials 5 to 8, two animals, ann all correct");
    table_free(&table);
    learning_curve_free(&curve);
}

static void test_bins(void)
{
    static const struct {
        const char *trials;
        size_t bin, n;
    } cases[] = {{"40", 50, 1},       {"5000", 50, 100},  {"5001", 100, 51},
                 {"10000", 100, 100}, {"12000", 200, 60}, {"30001", 500, 61}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct args args = {0};
        struct cohort *c = NULL;
        struct learning_curve curve;
        args_set(&args, "animals", "1", 1);
        args_set(&args, "trials", cases[i].trials, 1);
        simulate_run("reinforce", &args, NULL, NULL, NULL, &c, NULL);
        learning_curve_compute(c, 0, &curve);
        tap_ok(curve.bin == cases[i].bin && curve.n_bins == cases[i].n,
               "%s trials: %zu bins of %zu", cases[i].trials, curve.n_bins, curve.bin);
        learning_curve_free(&curve);
        cohort_drop(c);
        args_free(&args);
    }
}

/* The mean over animals of each one's mean P(correct), lapses counted. */
static void test_expected(const struct model *model, const struct cohort *c)
{
    struct rng rng = rng_stream(SEED, RNG_TEST, 2, 0);
    struct learning_curve curve;
    struct model lapsing = *model;
    double expected[3], few[3], by_hand = 0;
    float *visited = mem_new(2 * c->n_trials, sizeof *visited);
    for (size_t i = 0; i < 2 * c->n_trials; i++)
        visited[i] = (float)rng_between(&rng, -3, 3);
    lapsing.settings.shape.lapse.value = .1;
    learning_curve_compute(c, 4, &curve);
    learning_curve_expect(&curve, &lapsing, c, visited, 0, expected);
    for (size_t a = 0; a < 2; a++) { /* cid has no known reward */
        double sum = 0;
        size_t n = 0;
        for (size_t t = c->animals[a].first; t < c->animals[a].first + 4; t++) {
            double z = (double)visited[2 * t] * c->stimulus[t] + visited[2 * t + 1];
            double right = .05 + .9 / (1 + exp(-z));
            if (c->reward[t] != .5f) {
                sum += c->answer[t] ? right : 1 - right;
                n++;
            }
        }
        by_hand += sum / (double)n / 2;
    }
    tap_near(expected[0], by_hand, 1e-12, "what the model expects of bin 1");
    learning_curve_expect(&curve, &lapsing, c, visited, 5, few);
    tap_ok(isfinite(few[0]) && few[0] > 0 && few[0] < 1, "and over fewer trials");
    learning_curve_free(&curve);
    free(visited);
}

static void test_trajectory_table(const struct model *model, const struct cohort *c,
                                  const float *visited, const struct trajectory *path)
{
    struct table table = {0};
    trajectory_table(model, c, 1, visited, &table);
    tap_ok(table.n_rows == 7 && table.n_columns == 6 &&
               strcmp(table.columns[0].name, "subject") == 0 &&
               strcmp(table.columns[1].name, "session") == 0 &&
               strcmp(table.columns[2].name, "trial") == 0 &&
               strcmp(table.columns[3].name, "p_right") == 0 &&
               strcmp(table.columns[4].name, "w_stim") == 0 &&
               strcmp(table.columns[5].name, "w_bias") == 0,
           "table of weights: its columns");
    const struct table_cell *row = table.cells + 5 * 6;
    tap_ok(strcmp(row[0].text, "bob") == 0 && strcmp(row[1].text, "tue") == 0 &&
               row[2].number == 2 && row[3].number == path->p_right[5] &&
               row[5].number == path->w[11],
           "table of weights: a row");
    table_free(&table);
    trajectory_table(model, c, -1, visited, &table);
    tap_ok(table.n_rows == 20, "all animals: 20 rows");
    table_free(&table);
}

static void test_trajectory(const struct model *model, const struct cohort *c)
{
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    float *visited = mem_new(2 * c->n_trials, sizeof *visited);
    for (size_t i = 0; i < 2 * c->n_trials; i++)
        visited[i] = (float)rng_between(&rng, -3, 3);
    struct trajectory path;
    trajectory_compute(model, c, 1, visited, &path);
    size_t wrong = 0;
    for (size_t i = 0; i < path.n; i++) {
        size_t t = 10 + i;
        double z = (double)visited[2 * t] * c->stimulus[t] + visited[2 * t + 1];
        wrong += path.w[2 * i] != visited[2 * t] || path.w[2 * i + 1] != visited[2 * t + 1];
        wrong += fabs(path.p_right[i] - 1 / (1 + exp(-z))) > 1e-12;
        wrong += path.day[i] != (i == 4);
    }
    tap_ok(path.n == 7 && path.n_weights == 2 && wrong == 0, "weights, P(right), days of bob");
    tap_ok(path.truth == NULL, "no truth here");
    struct model lapsing = *model;
    struct trajectory with;
    lapsing.settings.shape.lapse.value = .2;
    trajectory_compute(&lapsing, c, 1, visited, &with);
    for (size_t i = 0; i < path.n; i++)
        wrong += fabs(with.p_right[i] - (.1 + .8 * path.p_right[i])) > 1e-12;
    tap_ok(wrong == 0, "P(right) with a lapse rate of .2");
    struct sides sides;
    trajectory_sides(&path, c, 1, 4, &sides);
    /* bob's trials 0 and 3, then 6 are of the right; 1 and 2, then 4 and 5 of the left */
    double right = (path.p_right[0] + path.p_right[3]) / 2;
    tap_ok(sides.n_bins == 2 && sides.n[0] == 4 && sides.n[1] == 3, "seven trials, two bins");
    tap_near(sides.x[0], 2.5, 0, "the first bin is about trial 2.5");
    tap_near(sides.x[1], 6, 0, "the second, of three, about 6");
    tap_near(sides.expected[1][0], right, 1e-12, "P(right) of right stimuli, bin 1");
    tap_near(sides.expected[1][1], path.p_right[6], 1e-12, "of the only one in bin 2");
    tap_near(sides.chosen[1][0], (c->choice[10] + c->choice[13]) / 2., 0, "and as chosen");
    tap_near(sides.chosen[0][1], (c->choice[14] + c->choice[15]) / 2., 0, "left ones as chosen");
    trajectory_sides_free(&sides);
    trajectory_free(&with);
    test_trajectory_table(model, c, visited, &path);
    trajectory_free(&path);
    free(visited);
}

static void test_true_weights(const struct model *model)
{
    struct args args = {0};
    struct cohort *c = NULL;
    args_set(&args, "animals", "2", 1);
    args_set(&args, "trials", "60", 1);
    simulate_run("reinforce", &args, NULL, NULL, NULL, &c, NULL);
    float *visited = mem_new(2 * c->n_trials, sizeof *visited);
    struct trajectory path;
    trajectory_compute(model, c, 1, visited, &path);
    tap_ok(path.truth && path.truth[2 * 59] == cohort_column(c, "true_w_stim")->values[119] &&
               path.truth[1] == 0 && path.p_right[3] == .5,
           "the truth goes along");
    trajectory_free(&path);
    free(visited);
    cohort_drop(c);
    args_free(&args);
}

int main(void)
{
    tap_note("seed %d", SEED);
    struct model model = {0};
    fit_settings_policy(&model.settings, "stim+bias", NULL);
    struct cohort *c = small();
    test_curve(c);
    test_bins();
    test_expected(&model, c);
    test_trajectory(&model, c);
    test_true_weights(&model);
    cohort_drop(c);
    return tap_done();
}
