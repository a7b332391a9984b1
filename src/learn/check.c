/* `check gradient`: the adjoint against central differences, in double precision, tile by
 * tile.  A truncated gradient is the gradient of each tile's loss with the weights at its
 * start held fixed, so that is the function differenced: for truncations that divide the
 * lengths, that do not, and without truncation (one tile per animal). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/fit.h"
#include "gp_data.h"

static const double tolerance = 1e-6, step = 1e-5;

/* A ragged cohort in memory: no choice depends on the rule under test. */
static struct trials *check_trials(size_t n_weights, uint64_t seed)
{
    static const size_t counts[] = {41, 33, 26, 2, 18};
    struct trials *t = mem_new(1, sizeof *t);
    size_t n = sizeof counts / sizeof *counts;
    t->n_animals = n;
    t->n_weights = n_weights;
    t->first = mem_new(n, sizeof *t->first);
    t->count = mem_copy(counts, n, sizeof *counts);
    for (size_t a = 0; a < n; a++) {
        t->first[a] = t->n_trials;
        t->n_trials += counts[a];
    }
    t->x = mem_new(t->n_trials * n_weights, sizeof *t->x);
    t->stimulus = mem_new(t->n_trials, sizeof *t->stimulus);
    t->reward = mem_new(t->n_trials, sizeof *t->reward);
    t->flags = mem_new(t->n_trials, sizeof *t->flags);
    struct rng rng = rng_stream(seed, RNG_TEST, 0, 0);
    for (size_t i = 0; i < t->n_trials; i++) {
        bool choice = rng_below(&rng, 2), answer = rng_below(&rng, 2);
        t->stimulus[i] = (float)rng_between(&rng, -1, 1);
        t->reward[i] = choice == answer;
        t->flags[i] = (uint8_t)((choice ? TRIAL_CHOICE : 0) | (answer ? TRIAL_ANSWER : 0) |
                                (rng_below(&rng, 9) == 0 ? TRIAL_DAY : 0) |
                                (i % 13 == 5 ? TRIAL_UNSCORED : 0));
        for (size_t k = 0; k < n_weights; k++)
            t->x[i * n_weights + k] = k == 0               ? t->stimulus[i]
                                      : k + 1 == n_weights ? 1
                                                           : (float)rng_between(&rng, -1, 1);
    }
    return t;
}

/* Every tile of the cohort for one truncation. */
struct check {
    const struct engine *engine;
    const struct trials *trials;
    struct compiled_rule *compiled;
    struct tile *tile;
    size_t truncation, n_starts, n_carry, n_tiles;
    double *starts; /* [n_tiles][carry][lanes] */
};

/* Loss of all tiles; starts are recorded on the first pass and used after. */
static double check_loss(struct check *c, const double *theta, const double *w0, bool record,
                         double *gradient, double *gradient_w0, size_t n_parameters)
{
    size_t lanes = c->engine->lanes, size = c->n_carry * lanes, tile = 0;
    double sum = 0, *carry = mem_new(size, sizeof *carry);
    double *g = mem_new(n_parameters, sizeof *g), *start = mem_new(size, sizeof *start);
    c->engine->compiled_rule_set(c->compiled, theta);
    for (size_t a = 0; a < c->trials->n_animals; a++) {
        size_t updates = c->trials->count[a] - 1;
        for (size_t begin = 0; begin < updates; begin += c->truncation, tile++) {
            size_t end = begin + c->truncation < updates ? begin + c->truncation : updates;
            struct span span = {a, begin, end};
            double loss, *from = c->starts + tile * size;
            if (begin == 0) {
                memset(carry, 0, size * sizeof *carry);
                for (size_t k = 0; k < c->n_starts; k++)
                    carry[k * lanes] = w0[a * c->n_starts + k];
            } else {
                memcpy(carry, record ? carry : from, size * sizeof *carry);
            }
            if (record && begin > 0)
                memcpy(from, carry, size * sizeof *carry);
            c->engine->forward(c->compiled, c->tile, c->trials, &span, 1, carry, &loss, NULL);
            sum += loss;
            if (!gradient)
                continue;
            memset(start, 0, size * sizeof *start);
            c->engine->backward(c->compiled, c->tile, g, start);
            for (size_t i = 0; i < n_parameters; i++)
                gradient[i] += g[i];
            for (size_t k = 0; begin == 0 && k < c->n_starts; k++)
                gradient_w0[a * c->n_starts + k] = start[k * lanes];
        }
    }
    free(carry), free(g), free(start);
    return sum;
}

/* Central difference at h and h/2: where they differ, a ReLU switches between
 * and there is no derivative to compare with. */
static double difference(struct check *c, double *theta, const double *w0, double *entry, size_t n,
                         bool *kink)
{
    double old = *entry, d[2];
    for (int i = 0; i < 2; i++) {
        double h = i ? step / 2 : step;
        *entry = old + h;
        double up = check_loss(c, theta, w0, false, NULL, NULL, n);
        *entry = old - h;
        double down = check_loss(c, theta, w0, false, NULL, NULL, n);
        *entry = old;
        d[i] = (up - down) / (2 * h);
    }
    *kink = fabs(d[0] - d[1]) > 1e-7 * fmax(1, fabs(d[0]));
    return d[1];
}

/* Compare n entries of theta (or w0) from `entry` on; adds to the row. */
static void compare(struct check *c, double *theta, double *w0, double *entry,
                    const double *analytic, size_t n, size_t n_parameters, struct gradient_row *row)
{
    double largest = 0, worst = 0, norm = 0;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs(analytic[i]));
        norm += analytic[i] * analytic[i];
    }
    for (size_t i = 0; i < n; i++) {
        bool kink;
        double numeric = difference(c, theta, w0, entry + i, n_parameters, &kink);
        if (kink) {
            row->n_kinks++;
            continue;
        }
        worst = fmax(worst, fabs(analytic[i] - numeric));
        if (analytic[i] * numeric < 0 && fabs(analytic[i]) > 1e-4 * largest)
            row->n_signs++;
    }
    row->norm = row->norm == 0 ? sqrt(norm) : fmin(row->norm, sqrt(norm));
    if (largest > 0)
        row->error = fmax(row->error, worst / largest);
}

static void check_one(const struct rule *rule, const struct rule_shape *shape,
                      const struct tensors *tensors, const struct trials *trials, size_t truncation,
                      double *theta, double *w0, struct gradient_row *rows)
{
    size_t n = tensors->size, n_w0 = trials->n_animals * rule_starts(shape);
    struct check c = {.engine = engine_double(),
                      .trials = trials,
                      .truncation = truncation,
                      .n_starts = rule_starts(shape)};
    c.compiled = c.engine->compiled_rule_new(rule, shape, truncation);
    c.tile = c.engine->tile_new(c.compiled);
    c.n_carry = c.engine->compiled_rule_carry(c.compiled);
    for (size_t a = 0; a < trials->n_animals; a++)
        c.n_tiles += (trials->count[a] - 1 + truncation - 1) / truncation;
    c.starts = mem_new(c.n_tiles * c.n_carry * c.engine->lanes, sizeof *c.starts);
    double *g = mem_new(n, sizeof *g), *g_w0 = mem_new(n_w0, sizeof *g_w0);
    check_loss(&c, theta, w0, true, g, g_w0, n);
    for (size_t i = 0; i < tensors->n; i++) {
        const struct tensor *t = &tensors->item[i];
        compare(&c, theta, w0, theta + t->offset, g + t->offset, t->size, n, &rows[i]);
    }
    compare(&c, theta, w0, w0, g_w0, n_w0, n, &rows[tensors->n]);
    free(g), free(g_w0), free(c.starts);
    c.engine->tile_free(c.tile);
    c.engine->compiled_rule_free(c.compiled);
}

bool fit_check_gradient(const struct rule *rule, const struct rule_shape *shape, uint64_t seed,
                        struct gradient_row *rows, size_t *n_rows, struct err *err)
{
    static const size_t truncations[] = {8, 15, 1000};
    struct tensors tensors = {0};
    if (rule->no_updates)
        return err_set(err, ERR_USAGE,
                       "%s has no rule whose gradient could be checked; name another", rule->name);
    rule_layout(rule, shape, &tensors);
    struct trials *trials = check_trials(shape->n_weights, seed);
    if (rule->posterior) {
        bool good = gp_check_gradient(shape, trials, seed, rows, n_rows, err);
        trials_free(trials);
        return good;
    }
    size_t n_w0 = trials->n_animals * rule_starts(shape), failed = 0;
    double *theta = mem_new(tensors.size, sizeof *theta), *w0 = mem_new(n_w0, sizeof *w0);
    struct rng rng = rng_stream(seed, RNG_TEST, 1, 0);
    rule_init(rule, shape, &tensors, (unsigned long)seed, theta);
    *n_rows = tensors.n + 1;
    for (size_t i = 0; i < *n_rows; i++) {
        const struct tensor *t = &tensors.item[i];
        rows[i] = (struct gradient_row){.size = i < tensors.n ? t->size : n_w0};
        snprintf(rows[i].tensor, sizeof rows[i].tensor, "%s", i < tensors.n ? t->name : "w0");
        /* A scale of 1e-3 would drown most gradients in rounding, and textbook
         * rules start at zeros. */
        bool move = !rule->network || strcmp(t->name, "scaling_factor") == 0;
        for (size_t j = 0; i < tensors.n && move && j < t->size; j++)
            theta[t->offset + j] = rng_between(&rng, .05, .15);
    }
    for (size_t i = 0; i < n_w0; i++)
        w0[i] = rng_between(&rng, -1, 1);
    for (size_t i = 0; i < sizeof truncations / sizeof *truncations; i++)
        check_one(rule, shape, &tensors, trials, truncations[i], theta, w0, rows);
    for (size_t i = 0; i < *n_rows; i++) {
        struct gradient_row *r = &rows[i];
        size_t compared = r->size * sizeof truncations / sizeof *truncations;
        bool zero = i == tensors.n && rule->no_start; /* as it should be */
        r->passed = (zero ? r->norm == 0 : r->norm > 0) && r->error < tolerance &&
                    r->n_signs == 0 && r->n_kinks * 5 < compared;
        failed += !r->passed;
    }
    trials_free(trials);
    free(theta), free(w0);
    if (failed)
        return err_set(err, ERR_CHECK, "the gradient of %s is wrong in %zu of %zu tensors",
                       rule->name, failed, *n_rows);
    return true;
}
