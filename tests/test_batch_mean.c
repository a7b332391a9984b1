/* Means over states at once (learn/batch_mean.h), against step by step. */
#include <math.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/rule.h"
#include "tap.h"

enum { SEED = 11 };

/* Trials after states all at once, against one by one in double precision. */
struct batch_mean_case {
    size_t hidden, layers, states, trials;
    double spread; /* of the trials: the nearer, the fewer units of the network bend */
    double large;  /* times the parameters of a start */
};

/* Means over the states, one by one. */
static void batch_mean_slowly(const struct compiled_rule *compiled, const struct batch_mean_case *c,
                              size_t inputs, const double *u, const double *state, double *mean)
{
    size_t n = c->states;
    double *copy = mem_new(n * c->hidden, sizeof *copy), *each = mem_new(n * 2, sizeof *each);
    double *again = mem_new(n * inputs, sizeof *again), *zero = mem_new(2 * n, sizeof *zero);
    for (size_t i = 0; i < c->trials; i++) {
        memcpy(copy, state, n * c->hidden * sizeof *copy);
        for (size_t j = 0; j < n; j++)
            memcpy(again + j * inputs, u + i * inputs, inputs * sizeof *u);
        engine_double()->update(compiled, n, again, zero, zero, NULL, copy, each);
        mean[2 * i] = mean[2 * i + 1] = 0;
        for (size_t j = 0; j < 2 * n; j++)
            mean[2 * i + j % 2] += each[j] / (double)n;
    }
    free(copy), free(each), free(again), free(zero);
}

static void batch_mean_against_updates(const struct engine *engine, const struct batch_mean_case *c)
{
    enum { INPUTS = 2 + INPUT_N };
    const struct rule *rule = rule_find("rnn");
    const struct rule_shape shape = {.n_weights = 2, .hidden = c->hidden, .layers = c->layers};
    struct tensors tensors = {0};
    rule_layout(rule, &shape, &tensors);
    size_t m = c->trials, n = c->states;
    double *theta = mem_new(tensors.size, sizeof *theta), worst = 0, scale = 0;
    double *state = mem_new(n * c->hidden, sizeof *state), *u = mem_new(m * INPUTS, sizeof *u);
    double *dw = mem_new(2 * m, sizeof *dw), *mean = mem_new(2 * m, sizeof *mean);
    struct rng rng = rng_stream(SEED, RNG_SAMPLE, (uint32_t)c->hidden, (uint32_t)n);
    rule_init(rule, &shape, &tensors, SEED, theta);
    for (size_t i = 0; i < tensors.size; i++)
        theta[i] *= c->large;
    for (size_t i = 0; i < n * c->hidden; i++)
        state[i] = rng_between(&rng, -1, 1);
    for (size_t i = 0; i < m * INPUTS; i++)
        u[i] = i < INPUTS ? rng_between(&rng, -2, 2)
                          : u[i % INPUTS] + c->spread * rng_between(&rng, -2, 2);
    struct compiled_rule *compiled = engine->compiled_rule_new(rule, &shape, 1);
    struct compiled_rule *exact = engine_double()->compiled_rule_new(rule, &shape, 1);
    engine->compiled_rule_set(compiled, theta);
    engine_double()->compiled_rule_set(exact, theta);
    bool together = engine->batch_mean(compiled, m, u, n, state, dw);
    batch_mean_slowly(exact, c, INPUTS, u, state, mean);
    for (size_t i = 0; i < 2 * m; i++) {
        worst = fmax(worst, fabs(mean[i] - dw[i]));
        scale = fmax(scale, fabs(mean[i]));
    }
    tap_ok(together && scale > 0 && worst < scale * (engine == engine_double() ? 1e-12 : 5e-6),
           "%s: %zu trials after %zu states of %zu units all at once, %zu layers; off by %.2g of "
           "%.2g",
           engine->name, m, n, c->hidden, c->layers, worst, scale);
    u[2 + INPUT_STIMULUS] = 1e4;
    tap_ok(!engine->batch_mean(compiled, m, u, n, state, dw),
           "  which is refused where gates are far out");
    engine->compiled_rule_free(compiled);
    engine_double()->compiled_rule_free(exact);
    free(theta), free(state), free(u), free(dw), free(mean);
}

static void test_batch_mean(void)
{
    static const struct batch_mean_case cases[] = {
        {32, 2, 256, 5, 1, 1},    {13, 2, 21, 5, 1, 1},   {5, 2, 1, 5, 1, 1},
        {32, 2, 256, 37, .02, 1}, {32, 2, 64, 100, 1, 4}, {21, 1, 40, 16, .1, 4},
        {13, 3, 100, 18, .1, 4},  {1, 3, 3, 1, 1, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        batch_mean_against_updates(engine_double(), &cases[i]);
        for (size_t e = 0; engine_at(e); e++)
            batch_mean_against_updates(engine_at(e), &cases[i]);
    }
}

int main(void)
{
    test_batch_mean();
    return tap_done();
}
