/* Maps and slices over any weight and any feature of a policy: against REINFORCE worked by
 * hand, dw_k = alpha r (y - p) x_k, and a network asked directly. */
#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/probe.h"
#include "tap.h"

enum { STIM, RIGHT, LEFT, BIAS, PREVSTIM, PREVCHOICE, BLOCK, K };
static const char policy_text[] = "stim+right+left+bias+prevstim+prevchoice+block";
static const double alpha = .0625;

enum { ANIMALS = 2, TRIALS = 120, SESSION = 30 };

static struct cohort *blocks(void)
{
    static const float levels[] = {-1, -.5f, 0, .5f, 1};
    static const char *const columns[] = {"block"};
    struct rng rng = rng_stream(11, RNG_TEST, 0, 0);
    struct cohort_builder *b = cohort_builder_new();
    cohort_builder_columns(b, 1, columns);
    for (int a = 0; a < ANIMALS; a++) {
        cohort_builder_animal(b, a ? "B" : "A");
        for (int t = 0; t < TRIALS; t++) {
            float s = levels[rng_below(&rng, 5)], block = t % 3 ? 1 : -2;
            bool right = rng_below(&rng, 2), pays = s > 0 || (s == 0 && rng_below(&rng, 2));
            if (t % SESSION == 0)
                cohort_builder_session(b, (const char[]){(char)('1' + t / SESSION), '\0'});
            cohort_builder_trial(b,
                                 &(struct cohort_trial){.stimulus = s,
                                                        .choice = right,
                                                        .answer = pays,
                                                        .reward = right == pays,
                                                        .trial = t + 1},
                                 &block);
        }
    }
    return cohort_builder_finish(b, "blocks", "test");
}

static struct model *model_of(const char *rule)
{
    struct model *m = mem_new(1, sizeof *m);
    m->references = 1;
    m->name = mem_text(rule);
    m->rule = rule_find(rule);
    fit_settings_default(&m->settings);
    policy_parse(policy_text, &m->settings.policy, NULL);
    m->settings.shape.n_weights = K;
    m->settings.shape.hidden = 4;
    rule_layout(m->rule, &m->settings.shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof *m->theta);
    rule_init(m->rule, &m->settings.shape, &m->tensors, 5, m->theta);
    for (size_t i = 0; i < m->tensors.size && !m->rule->network; i++)
        m->theta[i] = alpha;
    return m;
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* All weights held at 0 but one. */
static void hold_weights(struct fixed *fixed, size_t k, double w)
{
    for (size_t i = 0; i < K; i++)
        fixed->w[i] = i == k ? w : 0;
}

static bool make(const struct model *m, const struct cohort *c, const float *visited,
                 struct probe_request *r, const char *of, const char *x, const char *y,
                 struct map *map)
{
    struct err err = {0};
    snprintf(r->of, sizeof r->of, "%s", of);
    snprintf(r->x, sizeof r->x, "%s", x);
    snprintf(r->y, sizeof r->y, "%s", y);
    return tap_ok(probe_map_compute(m, c, visited, r, map, &err), "a map of %s over %s and %s: %s",
                  of, x, y, err.message);
}

/* A weight of any feature held, any weight along y: p moves with them. */
static void test_weights(const struct model *m, const struct cohort *c, const float *visited)
{
    struct probe_request r;
    struct map map;
    double worst = 0;
    probe_request_default(&r);
    hold_weights(&r.fixed, RIGHT, 1);
    r.fixed.w[LEFT] = NAN;
    if (!make(m, c, visited, &r, "w_right", "stimulus", "w_left", &map))
        return;
    for (size_t y = 0; y < map.y.n; y++)
        for (size_t x = 0; x < map.x.n; x++) {
            double s = map.x.value[x], right = s >= 0 ? s : 0, left = s < 0 ? s : 0;
            double p = sigmoid(right + map.y.value[y] * left);
            if (s != 0) /* there the side that pays is open */
                worst = fmax(worst, fabs(map.panel[1].value[y * map.x.n + x] -
                                         alpha * ((s > 0) - p) * right));
        }
    tap_near(worst, 0, 1e-12, "w_right held at 1 and w_left along y");
    probe_map_free(&map);
}

/* Features that no trial has by itself, on an axis and held. */
static void test_features(const struct model *m, const struct cohort *c, const float *visited)
{
    static const struct {
        const char *name;
        size_t k, n;
        double lo, hi;
    } cases[] = {{"block", BLOCK, 2, -2, 1},
                 {"prevchoice", PREVCHOICE, 3, -1, 1},
                 {"prevstim", PREVSTIM, 5, -1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct probe_request r;
        struct map map;
        double worst = 0;
        probe_request_default(&r);
        hold_weights(&r.fixed, K, 0);
        r.fixed.stimulus = 1;
        r.fixed.w[STIM] = NAN;
        if (!make(m, c, visited, &r, m->settings.policy.weight[cases[i].k], cases[i].name, "w_stim",
                  &map))
            continue;
        tap_ok(map.x.levels && map.x.n == cases[i].n && map.x.value[0] == cases[i].lo &&
                   map.x.value[map.x.n - 1] == cases[i].hi,
               "%s has the values that were visited", cases[i].name);
        for (size_t j = 0; j < map.x.n * map.y.n; j++)
            worst = fmax(worst, fabs(map.panel[1].value[j] -
                                     alpha * (1 - sigmoid(map.y.value[j / map.x.n])) *
                                         map.x.value[j % map.x.n]));
        tap_near(worst, 0, 1e-12, "the update goes with %s", cases[i].name);
        probe_map_free(&map);
        r.fixed.x[cases[i].k] = .5;
        if (!make(m, c, visited, &r, m->settings.policy.weight[cases[i].k], "reward", "w_stim",
                  &map))
            continue;
        tap_near(map.panel[0].value[1], alpha * (1 - sigmoid(map.y.value[0])) * .5, 1e-12,
                 "%s held at a value", cases[i].name);
        tap_near(map.panel[0].value[0], 0, 1e-15, "and no change without reward");
        probe_map_free(&map);
    }
}

/* The side that pays agrees with the stimulus where there is one. */
static void test_side(const struct model *m, const struct cohort *c, const float *visited)
{
    struct probe_request r;
    struct map map;
    size_t impossible = 0, wrong = 0;
    probe_request_default(&r);
    hold_weights(&r.fixed, K, 0);
    if (!make(m, c, visited, &r, "w_bias", "stimulus", "side", &map))
        return;
    for (size_t y = 0; y < 2; y++)
        for (size_t x = 0; x < map.x.n; x++) {
            double value = map.panel[1].value[y * map.x.n + x], s = map.x.value[x];
            bool can = s == 0 || (s > 0) == (y == 1);
            impossible += isnan(value);
            wrong += can && fabs(value - alpha * (y - .5)) > 1e-12;
        }
    tap_ok(impossible == 4 && wrong == 0, "a side that the stimulus denies: %zu cells, %zu wrong",
           impossible, wrong);
    probe_map_free(&map);
    r.fixed.side = 1; /* of free stimuli those of this side are taken */
    if (!make(m, c, visited, &r, "w_stim", "reward", "choice", &map))
        return;
    /* [choice][reward] */
    tap_ok(isnan(map.panel[0].value[1]) && isnan(map.panel[0].value[2]),
           "right pays: no left choice is rewarded, and every right one is");
    tap_ok(map.panel[0].value[0] == 0 && map.panel[0].value[3] > .2 * alpha,
           "the mean is over stimuli on the right: %g", map.panel[0].value[3]);
    probe_map_free(&map);
}

static void test_support(const struct model *m, const struct cohort *c, const float *visited)
{
    struct probe_request r;
    struct map map;
    size_t counted = 0, there = 0;
    probe_request_default(&r);
    hold_weights(&r.fixed, K, 0);
    r.fixed.x[BLOCK] = -2;
    r.fixed.day = 1;
    if (!make(m, c, visited, &r, "w_stim", "stimulus", "prevchoice", &map))
        return;
    for (size_t p = 0; p < map.n_panels; p++)
        for (size_t i = 0; i < map.x.n * map.y.n; i++)
            counted += map.panel[p].support[i];
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i < TRIALS; i++)
            there += i > 0 && i % SESSION == 0 && i % 3 == 0;
    tap_ok(counted == there && there == 6,
           "support of block=-2 on first trials of a session: %zu of %zu", counted, there);
    tap_ok(map.frozen.n == K + 2, "what is held is told in the table");
    probe_map_free(&map);
}

/* A network sees the day. */
static void test_day(const struct cohort *c, const float *visited)
{
    struct model *m = model_of("dnn");
    double value[2], dw[K], u[K + INPUT_N] = {0};
    for (size_t k = 0; k < K; k++)
        u[k] = .25 * (double)k;
    u[K + INPUT_STIMULUS] = .5, u[K + INPUT_ONE] = 1, u[K + INPUT_CHOICE] = 1;
    u[K + INPUT_REWARD] = 1, u[K + INPUT_SIDE] = 1;
    for (int day = 0; day < 2; day++) {
        struct probe_request r;
        struct map map;
        probe_request_default(&r);
        for (size_t k = 0; k < K; k++)
            r.fixed.w[k] = u[k];
        r.fixed.day = day;
        r.fixed.side = 1;
        if (!make(m, c, visited, &r, "w_left", "stimulus", "reward", &map))
            continue;
        u[K + INPUT_DAY] = day;
        model_update(m, 1, u, dw);
        value[day] = map.panel[0].value[map.x.n + 3];
        tap_near(map.x.value[3], .5, 0, "at stimulus .5");
        tap_near(value[day], dw[LEFT], 1e-9, "day=%d is what the network is asked", day);
        probe_map_free(&map);
    }
    tap_ok(value[0] != value[1], "and it makes a difference");
    model_drop(m);
}

static void test_slice(const struct model *m, const struct cohort *c, const float *visited)
{
    struct probe_request r;
    struct slice slice;
    struct err err = {0};
    probe_request_default(&r);
    snprintf(r.of, sizeof r.of, "w_right");
    snprintf(r.x, sizeof r.x, "w_prevchoice");
    hold_weights(&r.fixed, K, 0);
    r.fixed.w[RIGHT] = r.fixed.w[PREVCHOICE] = NAN;
    r.fixed.stimulus = 1;
    r.fixed.x[PREVCHOICE] = -1;
    r.n_w = 1, r.w[0] = 2, r.fixed.reward = 1;
    if (!tap_ok(probe_slice_compute(m, c, visited, &r, &slice, &err),
                "a slice along w_prevchoice: %s", err.message))
        return;
    double worst = 0;
    for (size_t i = 0; i < slice.x.n; i++)
        worst = fmax(worst, fabs(slice.line[0].cells.value[i] -
                                 alpha * (1 - sigmoid(2 - slice.x.value[i]))));
    tap_ok(slice.n_lines == 1 && worst < 1e-12, "lines of w_right, along another weight: %g",
           worst);
    probe_slice_free(&slice);
    r.fixed.w[RIGHT] = 1;
    tap_ok(!probe_slice_check(m, c, &r, &err) && strstr(err.message, "w_right"),
           "the lines' weight is not held as well: %s", err.message);
    r.fixed.w[RIGHT] = NAN;
    snprintf(r.x, sizeof r.x, "side");
    err_clear(&err);
    tap_ok(!probe_slice_check(m, c, &r, &err), "nor is there a line over two values: %s",
           err.message);
}

int main(void)
{
    struct cohort *c = blocks();
    struct model *m = model_of("reinforce");
    float *visited = mem_new(c->n_trials * K, sizeof *visited);
    test_weights(m, c, visited);
    test_features(m, c, visited);
    test_side(m, c, visited);
    test_support(m, c, visited);
    test_day(c, visited);
    test_slice(m, c, visited);
    free(visited);
    model_drop(m);
    cohort_drop(c);
    return tap_done();
}
