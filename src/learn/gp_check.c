/* `check gradient gp`: the forward sensitivities against central differences. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "gp_data.h"
#include "gp_inside.h"

static const double tolerance = 1e-6, step = 1e-5;

enum kind { KIND_TERMS, KIND_TRACES, KIND_REMAINDER, KIND_LAPSE, KIND_W0, KIND_GAIN, N_KINDS };
static const char *const names[N_KINDS] = {"terms", "traces", "remainder", "lapse", "w0", "gain"};

struct check {
    struct gp_data data;
    struct gp_cohort cohort;
    struct gp_shape shape;
    struct gp_sums sums, other;
    struct gp_basis *basis;
    double *theta, *w0;
};

static void check_set(struct check *c, const struct rule_shape *shape, const struct trials *trials,
                      uint64_t seed)
{
    size_t K = shape->n_weights, n_w0 = trials->n_animals * (K + 1);
    struct rng rng = rng_stream(seed, RNG_TEST, 1, 0);
    float *w = mem_new(trials->n_trials * K, sizeof *w);
    double scales[1 + GP_WEIGHTS] = {1, 2, 2, 2, 2, 2};
    c->w0 = mem_new(n_w0, sizeof *c->w0);
    for (size_t i = 0; i < n_w0; i++)
        c->w0[i] = rng_between(&rng, -1, 1);
    for (size_t i = 0; i < trials->n_trials * K; i++)
        w[i] = (float)rng_between(&rng, -2, 2);
    c->data = gp_data_of(trials, NULL, c->w0);
    gp_cohort_set(&c->cohort, &c->data);
    if (shape->remainder == REMAINDER_SMOOTH)
        c->basis = gp_basis_new(&c->data, w, scales, shape->basis ? shape->basis : 10);
    c->shape = (struct gp_shape){.n_weights = K,
                                 .n_decays = 2,
                                 .decay = {.6, .9},
                                 .average = .8,
                                 .smooth = {true, true, true, true, true},
                                 .basis = c->basis,
                                 .fit_lapse = shape->lapse.fitted,
                                 .fit_w0 = true,
                                 .gains = rule_gains(shape),
                                 .lapse = shape->lapse.value};
    gp_shape_set(&c->shape, shape->terms);
    c->theta = mem_new(c->shape.n, sizeof *c->theta);
    for (size_t i = 0; i < c->shape.n; i++)
        c->theta[i] = rng_between(&rng, .01, .05);
    gp_sums_set(&c->sums, &c->shape, c->cohort.n);
    gp_sums_set(&c->other, &c->shape, c->cohort.n);
    free(w);
}

static void check_clear(struct check *c)
{
    gp_sums_clear(&c->sums), gp_sums_clear(&c->other);
    gp_cohort_clear(&c->cohort);
    gp_data_clear(&c->data);
    gp_basis_drop(c->basis);
    free(c->theta), free(c->w0);
}

static enum kind kind_of(const struct gp_shape *s, size_t i)
{
    size_t k = 0;
    if (i == s->n_rule)
        return KIND_LAPSE;
    while (i >= s->at[k + 1])
        k++;
    i -= s->at[k];
    return i < s->n_simple                              ? KIND_TERMS
           : i < s->n_simple + s->n_decays * s->n_kinds ? KIND_TRACES
                                                        : KIND_REMAINDER;
}

static double difference(struct check *c, double *entry)
{
    double old = *entry, d[2];
    for (int i = 0; i < 2; i++) {
        *entry = i ? old - step : old + step;
        gp_sum(&c->cohort, &c->shape, c->theta, c->w0, false, NULL, &c->other);
        d[i] = c->other.log_likelihood;
    }
    *entry = old;
    return (d[0] - d[1]) / (2 * step);
}

static void compare(struct check *c, double *entry, double analytic, struct gradient_row *row,
                    double *largest)
{
    double numeric = difference(c, entry);
    row->size++;
    row->norm += analytic * analytic;
    *largest = fmax(*largest, fabs(analytic));
    row->error = fmax(row->error, fabs(analytic - numeric));
    row->n_signs += analytic * numeric < 0 && fabs(analytic) > 1e-3;
}

bool gp_check_gradient(const struct rule_shape *shape, const struct trials *trials, uint64_t seed,
                       struct gradient_row *rows, size_t *n_rows, struct err *err)
{
    struct gradient_row all[N_KINDS];
    double largest[N_KINDS] = {0};
    memset(all, 0, sizeof all);
    struct check c = {0};
    size_t failed = 0;
    check_set(&c, shape, trials, seed);
    gp_sum(&c.cohort, &c.shape, c.theta, c.w0, true, NULL, &c.sums);
    for (size_t i = 0; i < c.shape.n; i++) {
        enum kind kind = kind_of(&c.shape, i);
        compare(&c, &c.theta[i], c.sums.gradient[i], &all[kind], &largest[kind]);
    }
    size_t K = shape->n_weights, own = gp_own(&c.shape), width = c.shape.n + own;
    for (size_t i = 0; i < c.cohort.n * own; i++) { /* all animals are fitted */
        enum kind kind = i % own < K ? KIND_W0 : KIND_GAIN;
        compare(&c, &c.w0[i], c.sums.score[i / own * width + c.shape.n + i % own], &all[kind],
                &largest[kind]);
    }
    *n_rows = 0;
    for (int kind = 0; kind < N_KINDS; kind++) {
        struct gradient_row *r = &all[kind];
        if (r->size == 0)
            continue;
        snprintf(r->tensor, sizeof r->tensor, "%s", names[kind]);
        r->norm = sqrt(r->norm);
        r->error /= largest[kind] > 0 ? largest[kind] : 1;
        r->passed = r->norm > 0 && r->error < tolerance && r->n_signs == 0;
        failed += !r->passed;
        rows[(*n_rows)++] = *r;
    }
    check_clear(&c);
    if (failed)
        return err_set(err, ERR_CHECK,
                       "the gradient of gp is wrong in %zu of %zu kinds of "
                       "parameters",
                       failed, *n_rows);
    return true;
}
