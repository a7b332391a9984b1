/* Maps of a rule that is known in closed form; of rules that see the past: test_past.c. */
#include "known_rule.h"

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
        probe_map_free(&map);
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
    probe_map_free(&map);
    probe_map_free(&again);
}

static void test_table(const struct map *map)
{
    struct table table = {0};
    probe_map_table(map, &table);
    tap_ok(table.n_rows == 2 * 11 * 41 && table.n_columns == 10 &&
               strcmp(table.columns[0].name, "panel") == 0 &&
               strcmp(table.columns[1].name, "stimulus") == 0 &&
               strcmp(table.columns[2].name, "w_stim") == 0 &&
               strcmp(table.columns[3].name, "value") == 0 &&
               strcmp(table.columns[4].name, "support") == 0 &&
               strcmp(table.columns[5].name, "se") == 0 &&
               strcmp(table.columns[6].name, "lower") == 0 &&
               strcmp(table.columns[7].name, "upper") == 0 &&
               strcmp(table.columns[8].name, "interval") == 0 &&
               strcmp(table.columns[9].name, "truth") == 0,
           "table of a map: its columns");
    const struct table_cell *row = table.cells + (11 * 41 + 3 * 11 + 2) * 10;
    tap_ok(strcmp(row[0].text, "correct r=1") == 0 && row[1].number == map->x.value[2] &&
               row[2].number == map->y.value[3] && row[3].number == map->panel[1].value[35] &&
               row[4].number == map->panel[1].support[35] && strcmp(row[8].text, "none") == 0,
           "table of a map: a row");
    table_free(&table);
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
    test_table(&map);
    probe_map_free(&map);
}

/* A fixed weight counts the trials near it. */
static void test_near(const struct cohort *c, const float *visited)
{
    struct probe_request request;
    probe_request_default(&request);
    request.fixed.w[BIAS] = .1;
    struct map map = map_of(c, visited, &request);
    size_t near = 0, sum = 0;
    for (size_t t = 0; t < c->n_trials; t++)
        near += fabs(visited[t * K + BIAS] - .1) <= .25;
    for (size_t i = 0; i < 11 * 41; i++)
        sum += map.panel[0].support[i] + map.panel[1].support[i];
    tap_ok(near > 0 && near < c->n_trials && sum == near, "a fixed weight counts trials near it");
    tap_ok(strstr(map.rest, "support: w_bias -0.15 to 0.35") != NULL, "rest: %s", map.rest);
    probe_map_free(&map);
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
    probe_map_free(&map);
}

static void test_fixed_choice(const struct cohort *c, const float *visited)
{
    struct probe_request request;
    probe_request_default(&request);
    request.fixed.choice = 1;
    struct map map = map_of(c, visited, &request);
    size_t wrong = 0;
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < map.x.n; i++) {
            double s = map.x.value[i];
            wrong += isnan(map.panel[p].value[i]) != (p ? s < 0 : s > 0);
        }
    tap_ok(map.n_panels == 2 && wrong == 0, "choice=1: correct needs s >= 0, error s <= 0");
    probe_map_free(&map);
}

static void test_reward_axis(const struct cohort *c, const float *visited)
{
    struct probe_request request;
    probe_request_default(&request);
    strcpy(request.x, "reward");
    request.sample = c->n_trials;
    request.ny = 5;
    struct map map = map_of(c, visited, &request);
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
    probe_map_free(&map);
}

static void test_all_fixed(const struct cohort *c, const float *visited)
{
    struct probe_request request;
    probe_request_default(&request);
    strcpy(request.of, "w_bias");
    strcpy(request.x, "w_bias");
    request.fixed.stimulus = (float)-.30273722;
    request.fixed.choice = 0;
    struct map map = map_of(c, visited, &request);
    size_t sum = 0, want = 0;
    for (size_t i = 0; i < map.x.n * map.y.n; i++)
        sum += map.panel[1].support[i];
    for (size_t t = 0; t < c->n_trials; t++)
        want += c->stimulus[t] == (float)-.30273722 && c->choice[t] == 0;
    double w[K] = {map.y.value[30], map.x.value[7]}, dw[K];
    curved(w, request.fixed.stimulus, 0, 0, 1, 0, dw);
    tap_near(map.panel[1].value[30 * map.x.n + 7], dw[BIAS], 1e-12, "of=w_bias, all fixed");
    tap_ok(sum == want && want > 100, "a fixed stimulus counts its trials");
    probe_map_free(&map);
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
    probe_map_free(&map);
    free(visited);
    cohort_drop(c);
}

int main(void)
{
    tap_note("seed %d", SEED);
    fit_settings_policy(&model.settings, "stim+bias", NULL);
    struct cohort *c = make("ibl", "8", ".02");
    float *visited = visited_of(c);
    true_rule = true_rule_of(c);
    test_values(c, visited);
    test_support(c, visited);
    test_near(c, visited);
    test_consistency(c, visited);
    test_fixed_choice(c, visited);
    test_reward_axis(c, visited);
    test_all_fixed(c, visited);
    test_rough();
    free(visited);
    cohort_drop(c);
    return tap_done();
}
