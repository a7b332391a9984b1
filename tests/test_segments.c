/* Gradients of segments against those of the rollout, which test_engine checks against
 * finite differences: in double precision, with signs, for rules with and without a
 * memory. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "segments.h"
#include "rollout.h"
#include "tap.h"

enum { SEED = 23, N = 5, LENGTH = 20, HIDDEN = 9 };

/* Updates are multiples of LENGTH, so that chunks of a rollout are the segments. */
static const size_t counts[N] = {201, 1, 401, 61, 301};
static const bool train[N] = {true, true, true, false, true};
enum { SCORED = 900, SEGMENTS = 45 };

struct setting {
    const struct rule *rule;
    struct rule_shape shape;
    struct tensors tensors;
    struct trials *trials;
    double *theta, w0[N * 2];
    struct rollout *rollout;
};

static struct setting setting_new(const char *rule, const struct cohort *cohort)
{
    struct setting s = {.rule = rule_find(rule),
                        .shape = {.n_weights = 2, .hidden = HIDDEN, .layers = 2}};
    struct policy policy;
    struct rng rng = rng_stream(SEED, RNG_TEST, 1, 1);
    policy_parse("stim+bias", &policy, NULL);
    s.trials = trials_new(cohort, &policy);
    rule_layout(s.rule, &s.shape, &s.tensors);
    s.theta = mem_new(s.tensors.size, sizeof *s.theta);
    rule_init(s.rule, &s.shape, &s.tensors, SEED, s.theta);
    for (size_t k = 0; k < 2; k++)
        s.theta[k] = .06 + .02 * (double)k; /* large updates show mistakes */
    for (size_t i = 0; i < N * 2; i++)
        s.w0[i] = rng_between(&rng, -1, 1);
    s.rollout = rollout_new(&(struct rollout_setup){.engine = engine_double(),
                                                    .rule = s.rule,
                                                    .shape = &s.shape,
                                                    .trials = s.trials,
                                                    .train = train,
                                                    .truncation = LENGTH,
                                                    .threads = 1});
    return s;
}

static void setting_free(struct setting *s)
{
    rollout_free(s->rollout);
    trials_free(s->trials);
    free(s->theta);
}

static struct segments *segments_with(const struct setting *s, size_t length, int threads)
{
    return segments_new(&(struct segments_setup){.engine = engine_double(),
                                                 .rule = s->rule,
                                                 .shape = &s->shape,
                                                 .trials = s->trials,
                                                 .train = train,
                                                 .length = length,
                                                 .threads = threads});
}

/* The sum over a pass: gradient [size], gradient_w0 [N * 2]. */
static void pass_sum(struct segments *p, const struct setting *s, const double *theta,
                     double *gradient, double *gradient_w0)
{
    size_t n = s->tensors.size, steps = segments_steps(segments_count(p)), all = segments_count(p);
    double *g = mem_new(n, sizeof *g), g_w0[N * 2];
    memset(gradient, 0, n * sizeof *gradient);
    memset(gradient_w0, 0, N * 2 * sizeof *gradient_w0);
    for (size_t i = 0; i < steps; i++) {
        double scored = LENGTH * (double)(all * (i + 1) / steps - all * i / steps);
        segments_step(p, i, theta, s->w0, g, g_w0);
        for (size_t j = 0; j < n; j++)
            gradient[j] += scored * g[j];
        for (size_t j = 0; j < N * 2; j++)
            gradient_w0[j] += scored * g_w0[j];
    }
    free(g);
}

/* Largest difference, against the largest entry (which must not be 0). */
static double apart(size_t n, const double *a, const double *b)
{
    double worst = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        worst = fmax(worst, fabs(a[i] - b[i]));
        size = fmax(size, fabs(b[i]));
    }
    return size > 0 ? worst / size : INFINITY;
}

static struct rollout_result truth(const struct setting *s, const double *theta)
{
    struct rollout_result result;
    rollout_run(s->rollout, &(struct rollout_task){.theta = theta, .w0 = s->w0, .gradient = true},
                &result);
    return result;
}

static void test_gradient(const struct setting *s)
{
    size_t n = s->tensors.size;
    double *g = mem_new(n, sizeof *g), g_w0[N * 2], *moved = mem_copy(s->theta, n, sizeof *moved);
    struct rollout_result want = truth(s, s->theta);
    struct segments *p = segments_with(s, LENGTH, 2);
    tap_ok(segments_count(p) == SEGMENTS && segments_steps(SEGMENTS) == 2,
           "%s: %zu segments of training animals in two steps", s->rule->name, segments_count(p));
    segments_start(p, s->theta, s->w0, NULL);
    pass_sum(p, s, s->theta, g, g_w0);
    tap_ok(apart(n, g, want.gradient) < 1e-10,
           "%s: a pass from exact starts sums to the truncated "
           "gradient (%.2g)",
           s->rule->name, apart(n, g, want.gradient));
    tap_ok(apart(N * 2, g_w0, want.gradient_w0) < 1e-10, "%s: and to that of w_0 (%.2g)",
           s->rule->name, apart(N * 2, g_w0, want.gradient_w0));
    struct rng rng = rng_stream(SEED, RNG_TEST, 2, 1);
    segments_shuffle(p, &rng);
    pass_sum(p, s, s->theta, g, g_w0);
    tap_ok(apart(n, g, want.gradient) < 1e-10, "%s: in any order", s->rule->name);

    /* elsewhere starts are old, and catch up by one segment of each animal a pass */
    for (size_t i = 0; i < n; i++)
        moved[i] += .05 * sin((double)i);
    want = truth(s, moved);
    pass_sum(p, s, moved, g, g_w0);
    tap_ok(apart(n, g, want.gradient) > 1e-4, "%s: after a move starts are old (%.2g)",
           s->rule->name, apart(n, g, want.gradient));
    for (size_t i = 0; i < SEGMENTS; i++)
        pass_sum(p, s, moved, g, g_w0);
    tap_ok(apart(n, g, want.gradient) < 1e-10, "%s: and exact when parameters rest (%.2g)",
           s->rule->name, apart(n, g, want.gradient));
    segments_free(p);
    free(g), free(moved);
}

/* The truncated gradient by segments one at a time, each from where the last one ended. */
static void one_by_one(const struct setting *s, double *gradient)
{
    const struct engine *e = engine_double();
    struct compiled_rule *compiled = e->compiled_rule_new(s->rule, &s->shape, LENGTH);
    struct tile *tile = e->tile_new(compiled);
    size_t n = s->tensors.size, size = e->compiled_rule_carry(compiled), lanes = e->lanes;
    double *g = mem_new(n, sizeof *g), *carry = mem_new(size * lanes, sizeof *carry);
    double *adjoint = mem_new(size * lanes, sizeof *adjoint), loss[8];
    memset(gradient, 0, n * sizeof *gradient);
    e->compiled_rule_set(compiled, s->theta);
    for (size_t a = 0; a < N; a++) {
        size_t updates = s->trials->count[a] - 1, of = segments_of(s->trials->count[a], LENGTH);
        memset(carry, 0, size * lanes * sizeof *carry);
        for (size_t k = 0; k < 2; k++)
            carry[k * lanes] = s->w0[a * 2 + k];
        for (size_t i = 0; train[a] && i < of; i++) {
            struct span span = {a, updates * i / of, updates * (i + 1) / of};
            memset(adjoint, 0, size * lanes * sizeof *adjoint);
            e->forward(compiled, tile, s->trials, &span, 1, carry, loss, NULL);
            e->backward(compiled, tile, g, adjoint);
            for (size_t j = 0; j < n; j++)
                gradient[j] += g[j];
        }
    }
    e->tile_free(tile);
    e->compiled_rule_free(compiled);
    free(g), free(carry), free(adjoint);
}

/* Segments of unlike lengths side by side: what is handed on is of each one's own end. */
static void test_ragged(const char *rule)
{
    static const size_t ragged[N] = {113, 1, 205, 67, 151};
    enum { RAGGED_SCORED = 112 + 204 + 150 };
    struct cohort *cohort = test_cohort(N, ragged, SEED);
    struct setting s = setting_new(rule, cohort);
    size_t n = s.tensors.size;
    double *g = mem_new(n, sizeof *g), *want = mem_new(n, sizeof *want), g_w0[N * 2];
    struct segments *p = segments_with(&s, LENGTH, 2);
    one_by_one(&s, want);
    tap_ok(segments_steps(segments_count(p)) == 1, "%s: %zu ragged segments in one step", rule,
           segments_count(p));
    for (int way = 0; way < 2; way++) { /* starts from segments_start, and handed on */
        if (way == 0)
            segments_start(p, s.theta, s.w0, NULL);
        for (int pass = 0; pass < (way ? 12 : 1); pass++)
            segments_step(p, 0, s.theta, s.w0, g, g_w0);
        for (size_t i = 0; i < n; i++)
            g[i] *= RAGGED_SCORED;
        tap_ok(apart(n, g, want) < 1e-10, "%s: they sum to what they are one by one (%.2g)", rule,
               apart(n, g, want));
        segments_free(p);
        p = segments_with(&s, LENGTH, 2);
    }
    segments_free(p);
    free(g), free(want);
    setting_free(&s);
    cohort_drop(cohort);
}

/* Segments of unlike lengths, and the same bits on any number of threads. */
static void test_threads(const struct setting *s)
{
    size_t n = s->tensors.size;
    double *one = mem_new(n, sizeof *one), *many = mem_new(n, sizeof *many), g_w0[N * 2];
    for (int threads = 1; threads <= 4; threads *= 2) {
        struct segments *p = segments_with(s, 13, threads);
        struct rng rng = rng_stream(SEED, RNG_TEST, 3, 1);
        double *g = threads == 1 ? one : many;
        segments_start(p, s->theta, s->w0, NULL);
        for (int pass = 0; pass < 3; pass++) {
            segments_shuffle(p, &rng);
            for (size_t i = 0; i < segments_steps(segments_count(p)); i++)
                segments_step(p, i, s->theta, s->w0, g, g_w0);
        }
        if (threads > 1)
            tap_ok(memcmp(one, many, n * sizeof *one) == 0, "%s: the same bits on %d threads",
                   s->rule->name, threads);
        segments_free(p);
    }
    free(one), free(many);
}

static void test_cuts(void)
{
    tap_ok(segments_of(0, 20) == 0 && segments_of(1, 20) == 0,
           "without a second trial, no segment");
    tap_ok(segments_of(2, 20) == 1 && segments_of(21, 20) == 1 && segments_of(22, 20) == 2,
           "segments are of at most their length");
    tap_ok(segments_steps(1) == 1 && segments_steps(32) == 1 && segments_steps(33) == 2,
           "a step is of some 32 segments");
    tap_ok(segments_steps(3200) == 100 && segments_steps(1000000) <= 100,
           "a pass is of at most 100 steps");
}

int main(void)
{
    tap_note("seed %d", SEED);
    struct cohort *cohort = test_cohort(N, counts, SEED);
    static const char *const rules[] = {"dnn", "rnn"};
    test_cuts();
    for (size_t i = 0; i < 2; i++) {
        struct setting s = setting_new(rules[i], cohort);
        test_gradient(&s);
        test_threads(&s);
        setting_free(&s);
        test_ragged(rules[i]);
    }
    cohort_drop(cohort);
    return tap_done();
}
