/* Psychometric curves against counts and formulas done here. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/study/psychometric.h"
#include "tap.h"

enum { SEED = 9 };

/* ann: 10 sessions of 10 trials, bob: 3 of 10, cid: none but one of 7.  The
 * stimulus goes round -1, -.5, .5, 1; ann chooses right from session 5 on where
 * that pays, and left always before. */
static struct cohort *three(void)
{
    static const float levels[] = {-1, -.5f, .5f, 1};
    static const struct {
        const char *name;
        int sessions, trials;
    } animals[] = {{"ann", 10, 10}, {"bob", 3, 10}, {"cid", 1, 7}};
    struct cohort_builder *b = cohort_builder_new();
    for (size_t a = 0; a < 3; a++) {
        cohort_builder_animal(b, animals[a].name);
        for (int s = 0; s < animals[a].sessions; s++) {
            char name[16];
            snprintf(name, sizeof name, "s%d", s + 1);
            cohort_builder_session(b, name);
            for (int i = 0; i < animals[a].trials; i++) {
                bool pays = levels[i % 4] > 0, right = s >= 4 ? pays : false;
                cohort_builder_trial(b,
                                     &(struct cohort_trial){.stimulus = levels[i % 4],
                                                            .choice = right,
                                                            .answer = pays,
                                                            .reward = right == pays,
                                                            .trial = i + 1},
                                     NULL);
            }
        }
    }
    return cohort_builder_finish(b, "three", "test");
}

static void test_groups(void)
{
    static const char *const refused[] = {"",          "0",   "early,",  "3..1",
                                          "late,dawn", "1..", "..2",     "1,2,3,4,5,6,7",
                                          "-1",        "1.5", "2000000", "1..2..3"};
    struct psychometric_group group[PSYCHOMETRIC_GROUPS];
    size_t n;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct err err = {0};
        tap_ok(!psychometric_groups(refused[i], group, &n, &err) && err.code == ERR_USAGE,
               "sessions=%s is refused: %s", refused[i], err.message);
    }
    tap_ok(psychometric_groups("early,middle,late,all,7,2..5", group, &n, NULL) && n == 6,
           "six kinds of groups");
    tap_ok(group[0].kind == GROUP_EARLY && group[1].kind == GROUP_MIDDLE &&
               group[2].kind == GROUP_LATE && group[3].kind == GROUP_ALL,
           "words");
    tap_ok(group[4].first == 7 && group[4].last == 7 && group[5].first == 2 && group[5].last == 5,
           "a session and a range");
    tap_is_text(group[5].name, "2..5", "a group is called as it was asked for");
}

static struct psychometric compute(const struct cohort *c, const char *who, const char *groups)
{
    struct psychometric_group group[PSYCHOMETRIC_GROUPS];
    struct psychometric p;
    bool chosen[3] = {0};
    size_t n;
    psychometric_groups(groups, group, &n, NULL);
    for (size_t a = 0; a < c->n_animals && a < 3; a++)
        chosen[a] = strstr(who, c->animals[a].name);
    psychometric_compute(c, *who ? chosen : NULL, group, n, &p);
    return p;
}

static void test_counts(const struct cohort *c)
{
    struct psychometric p = compute(c, "ann", "early,all,11");
    tap_ok(p.n_animals == 1 && p.n_stimuli == 4 && !p.binned && p.most_sessions == 10,
           "one animal, four stimuli, ten sessions");
    psychometric_free(&p);
    p = compute(c, "ann", "early,middle,late,all,5,2..3");
    tap_ok(p.stimulus[0] == -1 && p.stimulus[1] == -.5 && p.stimulus[3] == 1, "stimuli ascend");
    static const size_t trials[] = {20, 20, 20, 100, 10, 20}, sessions[] = {2, 2, 2, 10, 1, 2};
    for (size_t g = 0; g < 6; g++)
        tap_ok(p.points[g].n_trials == trials[g] && p.points[g].n_sessions == sessions[g],
               "%s: %zu trials in %zu sessions", p.group[g].name, p.points[g].n_trials,
               p.points[g].n_sessions);
    /* ten trials: -1 and -.5 come three times each, .5 and 1 twice */
    tap_ok(p.points[4].n[0] == 3 && p.points[4].n[1] == 3 && p.points[4].n[2] == 2 &&
               p.points[4].n[3] == 2,
           "trials per stimulus of a session");
    tap_near(p.points[0].p[3], 0, 0, "early: never right");
    tap_near(p.points[1].p[3], 1, 0, "middle: sessions 5 and 6, always right at 1");
    tap_near(p.points[2].p[3], 1, 0, "late: always right at 1");
    tap_near(p.points[3].p[2], .6, 1e-12, "all: right at .5 in 6 of 10 sessions");
    tap_near(p.points[0].accuracy, .6, 1e-12, "early: 6 of 10 rewarded");
    tap_near(p.points[2].accuracy, 1, 0, "late: all rewarded");
    tap_ok(isnan(p.points[0].slope) && isnan(p.points[2].slope), "no slope without an error");
    psychometric_free(&p);

    p = compute(c, "", "early,late");
    /* ann 2 sessions, bob (3 sessions) 6 of 30 trials, cid 1 of 7 */
    tap_ok(p.n_animals == 3 && p.points[0].n_trials == 27, "fifths of trials: %zu",
           p.points[0].n_trials);
    tap_ok(p.points[0].by_sessions == 1 && p.points[0].by_trials == 2, "and how many are which");
    psychometric_free(&p);
    p = compute(c, "bob", "4,1");
    tap_ok(p.points[0].n_trials == 0 && isnan(p.points[0].p[0]) && isnan(p.points[0].accuracy),
           "a session that bob has not");
    tap_ok(p.points[1].n_trials == 10, "beside one that he has");
    struct table table = {0};
    psychometric_table(&p, "bob", &table);
    tap_ok(table.n_columns == 11 && table.n_rows == 8, "a row per group and stimulus");
    tap_is_text(table.cells[4 * 11].text, "bob", "the subject");
    tap_is_text(table.cells[4 * 11 + 1].text, "1", "the group");
    tap_ok(table.cells[4 * 11 + 2].number == -1 && table.cells[4 * 11 + 3].number == 3 &&
               table.cells[4 * 11 + 4].number == 0 && isnan(table.cells[4 * 11 + 7].number),
           "stimulus, n, p, and no model");
    table_free(&table);
    psychometric_free(&p);
}

/* One animal, one session: n trials per level, `right` of them right. */
static struct cohort *counted(size_t n_levels, const float *level, const int *n, const int *right)
{
    struct cohort_builder *b = cohort_builder_new();
    cohort_builder_animal(b, "x");
    cohort_builder_session(b, "1");
    for (size_t i = 0; i < n_levels; i++)
        for (int k = 0; k < n[i]; k++)
            cohort_builder_trial(b,
                                 &(struct cohort_trial){
                                     .stimulus = level[i], .choice = k < right[i], .trial = k + 1},
                                 NULL);
    return cohort_builder_finish(b, "counted", "test");
}

static void test_numbers(void)
{
    static const float level[] = {-1, 0, 1};
    static const int n[] = {10, 20, 10}, right[] = {0, 11, 8};
    struct cohort *c = counted(3, level, n, right);
    struct psychometric p = compute(c, "", "all");
    const struct psychometric_points *points = &p.points[0];
    /* 8 of 10 and 0 of 10: the intervals of R's binom::binom.wilson */
    tap_near(points->lo[2], .4901625, 1e-7, "Wilson: 8 of 10, from");
    tap_near(points->hi[2], .9433178, 1e-7, "Wilson: 8 of 10, to");
    tap_near(points->lo[0], 0, 0, "Wilson: 0 of 10, from");
    tap_near(points->hi[0], .2775328, 1e-7, "Wilson: 0 of 10, to");
    double sum[2] = {0};
    for (size_t i = 0; i < 3; i++) {
        double off = right[i] - n[i] / (1 + exp(-points->slope * (level[i] - points->bias)));
        sum[0] += off;
        sum[1] += off * level[i];
    }
    tap_ok(fabs(sum[0]) < 1e-7 && fabs(sum[1]) < 1e-7 && points->slope > .1,
           "the slope %g and bias %g make the score zero", points->slope, points->bias);
    psychometric_free(&p);
    cohort_drop(c);
    c = counted(1, level, n, n);
    p = compute(c, "", "early");
    tap_ok(p.n_stimuli == 1 && p.points[0].n_trials == 2 && isnan(p.points[0].slope),
           "one stimulus has no slope");
    psychometric_free(&p);
    cohort_drop(c);
}

static void test_bins(void)
{
    enum { N = 4000 };
    float *level = mem_new(N, sizeof *level);
    int *n = mem_new(N, sizeof *n), *right = mem_new(N, sizeof *right);
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    for (size_t i = 0; i < N; i++) {
        level[i] = (float)rng_between(&rng, -2, 2);
        n[i] = 1;
        right[i] = rng_uniform(&rng) < 1 / (1 + exp(-3 * (level[i] - .25)));
    }
    struct cohort *c = counted(N, level, n, right);
    struct psychometric p = compute(c, "", "all");
    size_t total = 0, ordered = 0;
    for (size_t i = 0; i < p.n_stimuli; i++) {
        total += p.points[0].n[i];
        ordered += i == 0 || p.stimulus[i] > p.stimulus[i - 1];
    }
    tap_ok(p.binned && p.n_stimuli == 11 && total == N && ordered == 11, "11 bins hold all");
    tap_near(p.stimulus[5], 0, .03, "the middle bin is about 0");
    tap_near(p.points[0].bias, .25, .15, "the bias is found");
    tap_near(p.points[0].slope, 3, .5, "and the slope");
    psychometric_free(&p);
    cohort_drop(c);
    free(level), free(n), free(right);
}

static void test_expected(const struct cohort *c)
{
    struct model model = {.rule = rule_find("reinforce")};
    fit_settings_policy(&model.settings, "stim+bias", NULL);
    float *visited = mem_new(2 * c->n_trials, sizeof *visited);
    struct rng rng = rng_stream(SEED, RNG_TEST, 1, 0);
    for (size_t i = 0; i < 2 * c->n_trials; i++)
        visited[i] = (float)rng_between(&rng, -2, 2);
    struct psychometric p = compute(c, "bob", "2,all");
    psychometric_expect(&p, &model, c, visited, 0);
    double sum[4] = {0};
    size_t n[4] = {0};
    for (size_t i = 0; i < 10; i++) { /* bob's second session */
        size_t t = 100 + 10 + i, level = i % 4;
        double z = (double)visited[2 * t] * c->stimulus[t] + visited[2 * t + 1];
        sum[level] += 1 / (1 + exp(-z));
        n[level]++;
    }
    size_t wrong = 0;
    for (size_t i = 0; i < 4; i++)
        wrong += fabs(p.points[0].expected[i] - sum[i] / (double)n[i]) > 1e-12;
    tap_ok(wrong == 0, "the model's P(right) is the mean over the very trials");
    double before = p.points[1].expected[0];
    model.settings.shape.lapse.value = .5;
    psychometric_expect(&p, &model, c, visited, 0);
    tap_near(p.points[1].expected[0], .25 + .5 * before, 1e-12, "lapses count");
    psychometric_expect(&p, &model, c, visited, 10);
    size_t finite = 0;
    for (size_t i = 0; i < 4; i++)
        finite += isfinite(p.points[1].expected[i]) != 0;
    tap_ok(finite > 0, "fewer trials will do while a fit runs");
    psychometric_free(&p);
    free(visited);
}

int main(void)
{
    struct cohort *c = three();
    test_groups();
    test_counts(c);
    test_numbers();
    test_bins();
    test_expected(c);
    cohort_drop(c);
    return tap_done();
}
