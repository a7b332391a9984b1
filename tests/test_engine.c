/* The engines against a plain re-calculation: losses, gradient, weights visited
 * through, equal bits for any number of threads, like numbers for any engine. */
#include <math.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/fit.h"
#include "rollout.h"
#include "tap.h"

enum { SEED = 11, ANIMALS = 21 };

static size_t counts[ANIMALS];

/* dw of the dnn rule by its formula, in double precision, from the tensors. */
static void plain_update(const struct tensors *t, const double *theta, size_t layers,
                         const double *u, double *dw)
{
    double in[64], out[64];
    memcpy(in, u, 8 * sizeof *u);
    for (size_t l = 0; l <= layers; l++) {
        const struct tensor *w = &t->item[1 + 2 * l], *b = w + 1;
        for (size_t o = 0; o < w->rows; o++) {
            out[o] = theta[b->offset + o];
            for (size_t i = 0; i < w->cols; i++)
                out[o] += theta[w->offset + o * w->cols + i] * in[i];
            if (l < layers)
                out[o] = out[o] > 0 ? out[o] : 0;
        }
        memcpy(in, out, w->rows * sizeof *in);
    }
    for (size_t k = 0; k < 2; k++)
        dw[k] = theta[t->item[0].offset + k] * out[k];
}

/* Loss of one animal trial by trial (doc/science, the model), and its last weights. */
static double plain_loss(const struct cohort *c, size_t animal, const struct tensors *t,
                         const double *theta, size_t layers, const double *w0, double *w)
{
    const struct animal *a = &c->animals[animal];
    double loss = 0;
    w[0] = w0[0], w[1] = w0[1];
    for (size_t i = a->first; i + 1 < a->first + a->count; i++) {
        double u[8] = {w[0],         w[1],         c->stimulus[i],    1, cohort_day(c, a, i),
                       c->choice[i], c->reward[i], c->stimulus[i] > 0},
               dw[2];
        plain_update(t, theta, layers, u, dw);
        w[0] += dw[0], w[1] += dw[1];
        double z = w[0] * c->stimulus[i + 1] + w[1];
        loss += log1p(exp(c->choice[i + 1] ? -z : z));
    }
    return loss;
}

struct setup {
    const struct rule *rule;
    struct rule_shape shape;
    struct tensors tensors;
    double *theta, *w0;
    struct cohort *cohort;
    struct trials *trials;
};

static struct setup setting_new(size_t hidden, size_t layers)
{
    struct setup s = {.rule = rule_find("dnn"),
                      .shape = {.n_weights = 2, .hidden = hidden, .layers = layers}};
    struct policy policy;
    struct rng rng = rng_stream(SEED, RNG_TEST, 1, 1);
    for (size_t a = 0; a < ANIMALS; a++)
        counts[a] = a == 3 ? 1 : a == 4 ? 2 : 30 + 13 * a;
    policy_parse("stim+bias", &policy, NULL);
    s.cohort = test_cohort(ANIMALS, counts, SEED);
    s.trials = trials_new(s.cohort, &policy);
    s.rule->layout(&s.shape, &s.tensors);
    s.theta = mem_new(s.tensors.size, sizeof *s.theta);
    s.rule->init(&s.shape, &s.tensors, SEED, s.theta);
    for (size_t k = 0; k < 2; k++)
        s.theta[k] = .04 + .01 * (double)k; /* large updates show mistakes */
    s.w0 = mem_new(ANIMALS * 2, sizeof *s.w0);
    for (size_t i = 0; i < ANIMALS * 2; i++)
        s.w0[i] = rng_between(&rng, -1, 1);
    return s;
}

static void setting_free(struct setup *s)
{
    trials_free(s->trials);
    cohort_drop(s->cohort);
    free(s->theta), free(s->w0);
}

static struct rollout *rollout_of(const struct setup *s, const struct engine *engine,
                                  const bool *train, size_t truncation, int threads)
{
    return rollout_new(&(struct rollout_setup){.engine = engine,
                                               .rule = s->rule,
                                               .shape = &s->shape,
                                               .trials = s->trials,
                                               .train = train,
                                               .truncation = truncation,
                                               .threads = threads});
}

static void test_losses(const struct setup *s, const struct engine *engine)
{
    double tolerance = engine == engine_double() ? 1e-9 : 2e-4, worst = 0, visited_worst = 0;
    size_t n = s->cohort->n_trials;
    float *visited = mem_new(n * 2, sizeof *visited);
    struct rollout *r = rollout_of(s, engine, NULL, 37, 1);
    struct rollout_result result;
    rollout_run(r, &(struct rollout_task){.theta = s->theta, .w0 = s->w0, .visited = visited},
                &result);
    for (size_t a = 0; a < ANIMALS; a++) {
        double w[2], loss = plain_loss(s->cohort, a, &s->tensors, s->theta, s->shape.layers,
                                       s->w0 + 2 * a, w);
        size_t last = s->cohort->animals[a].first + s->cohort->animals[a].count - 1;
        worst = fmax(worst, fabs(loss - result.loss[a]));
        for (size_t k = 0; k < 2; k++)
            visited_worst = fmax(visited_worst, fabs(w[k] - visited[2 * last + k]));
    }
    tap_ok(worst < tolerance, "%s: losses of ragged animals, hidden %zu layers %zu (worst %.2g)",
           engine->name, s->shape.hidden, s->shape.layers, worst);
    tap_ok(visited_worst < 1e-4, "%s: weights at each animal's last trial (worst %.2g)",
           engine->name, visited_worst);
    tap_ok(result.n_scored[3] == 0 && result.n_scored[4] == 1,
           "%s: an animal of one trial scores none, of two one", engine->name);
    tap_near(visited[2 * s->cohort->animals[3].first], s->w0[6], 1e-6,
             "%s: an animal of one trial stays at w_0", engine->name);
    rollout_free(r);
    free(visited);
}

/* Each engine's gradient against the double engine's, which fit_check_gradient
 * holds against differences. */
static void test_gradients(const struct setup *s, size_t truncation)
{
    bool train[ANIMALS];
    for (size_t a = 0; a < ANIMALS; a++)
        train[a] = a % 5 != 2;
    struct rollout *exact = rollout_of(s, engine_double(), train, truncation, 1);
    struct rollout_task task = {.theta = s->theta, .w0 = s->w0, .gradient = true};
    struct rollout_result want, got;
    rollout_run(exact, &task, &want);
    for (size_t i = 0; i < s->tensors.n; i++) {
        double size = 0;
        for (size_t j = 0; j < s->tensors.item[i].size; j++)
            size += fabs(want.gradient[s->tensors.item[i].offset + j]);
        tap_ok(size > 0, "truncation %zu: the gradient of %s is not all zero", truncation,
               s->tensors.item[i].name);
    }
    tap_ok(want.gradient_w0[2 * 2] == 0, "a held-out animal has no gradient of w_0");
    for (size_t e = 0; engine_at(e); e++) {
        struct rollout *r = rollout_of(s, engine_at(e), train, truncation, 1);
        rollout_run(r, &task, &got);
        double largest = 0, worst = 0;
        for (size_t i = 0; i < s->tensors.size; i++)
            largest = fmax(largest, fabs(want.gradient[i]));
        for (size_t i = 0; i < s->tensors.size; i++)
            worst = fmax(worst, fabs(got.gradient[i] - want.gradient[i]));
        for (size_t i = 0; i < ANIMALS * 2; i++)
            worst = fmax(worst, fabs(got.gradient_w0[i] - want.gradient_w0[i]));
        tap_ok(worst < 1e-3 * largest, "%s: gradient, truncation %zu, hidden %zu (%.2g of %.2g)",
               engine_at(e)->name, truncation, s->shape.hidden, worst, largest);
        rollout_free(r);
    }
    rollout_free(exact);
}

static void test_threads(const struct setup *s)
{
    bool train[ANIMALS];
    for (size_t a = 0; a < ANIMALS; a++)
        train[a] = a != 7;
    double *first = mem_new(s->tensors.size, sizeof *first);
    for (int threads = 1; threads <= 4; threads++) {
        struct rollout *r = rollout_of(s, engine_pick(), train, 20, threads);
        bool same = true;
        for (int run = 0; run < 20; run++) {
            struct rollout_result result;
            rollout_run(r, &(struct rollout_task){.theta = s->theta, .w0 = s->w0, .gradient = true},
                        &result);
            if (threads == 1 && run == 0)
                memcpy(first, result.gradient, s->tensors.size * sizeof *first);
            same = same && memcmp(first, result.gradient, s->tensors.size * sizeof *first) == 0;
        }
        tap_ok(same, "%d threads: the same bits in 20 runs", threads);
        rollout_free(r);
    }
    free(first);
}

/* batch=: every training animal in one batch, and the batches' gradients sum to
 * the whole. */
static void test_batches(const struct setup *s)
{
    bool train[ANIMALS];
    size_t n = s->tensors.size;
    double *sum = mem_new(n, sizeof *sum), largest = 0, worst = 0;
    for (size_t a = 0; a < ANIMALS; a++)
        train[a] = a != 7;
    struct rollout *all = rollout_of(s, engine_double(), train, 37, 1);
    struct rollout *r = rollout_new(&(struct rollout_setup){.engine = engine_double(),
                                                            .rule = s->rule,
                                                            .shape = &s->shape,
                                                            .trials = s->trials,
                                                            .train = train,
                                                            .truncation = 37,
                                                            .batch = 3,
                                                            .threads = 2});
    struct rollout_task task = {.theta = s->theta, .w0 = s->w0, .gradient = true};
    struct rollout_result whole, part;
    tap_ok(rollout_batches(all) == 1, "without batch= there is one batch");
    tap_ok(rollout_batches(r) == 7, "19 animals with two trials or more make 7 batches of 3");
    rollout_run(all, &task, &whole);
    task.one_batch = true;
    for (task.batch = 0; task.batch < rollout_batches(r); task.batch++) {
        rollout_run(r, &task, &part);
        for (size_t i = 0; i < n; i++)
            sum[i] += part.gradient[i];
    }
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs(whole.gradient[i]));
        worst = fmax(worst, fabs(whole.gradient[i] - sum[i]));
    }
    tap_ok(largest > 0 && worst < 1e-10 * largest, "batches' gradients sum to the whole (%.2g)",
           worst);
    for (size_t a = 0; a < ANIMALS; a++) {
        size_t in = 0;
        for (size_t b = 0; b < rollout_batches(r); b++)
            in += rollout_in_batch(r, b, a);
        if (in != (a != 7 && a != 3))
            tap_ok(false, "animal %zu is in %zu batches", a, in);
    }
    free(sum);
    rollout_free(all);
    rollout_free(r);
}

static struct setup setting_of(const char *rule)
{
    struct setup s = setting_new(5, 2);
    s.rule = rule_find(rule);
    s.tensors = (struct tensors){0};
    rule_layout(s.rule, &s.shape, &s.tensors);
    free(s.theta);
    s.theta = mem_new(s.tensors.size, sizeof *s.theta);
    rule_init(s.rule, &s.shape, &s.tensors, SEED, s.theta);
    for (size_t k = 0; s.rule->network && k < 2; k++)
        s.theta[k] = .04;
    return s;
}

/* What crosses chunk ends: the gradient in segments is that of one long chunk. */
static void test_whole(const char *name)
{
    struct setup s = setting_of(name);
    struct rollout_task task = {.theta = s.theta, .w0 = s.w0, .gradient = true};
    bool train[ANIMALS];
    for (size_t a = 0; a < ANIMALS; a++)
        train[a] = a % 5 != 2;
    struct rollout *one = rollout_of(&s, engine_double(), train, 0, 1);
    struct rollout *cut = rollout_of(&s, engine_double(), train, 37, 1);
    struct rollout_result want, got;
    double largest = 0, missing = 0, *first = mem_new(s.tensors.size, sizeof *first);
    rollout_run(one, &task, &want);
    rollout_run(cut, &task, &got);
    for (size_t i = 0; i < s.tensors.size; i++) {
        largest = fmax(largest, fabs(want.gradient[i]));
        missing = fmax(missing, fabs(want.gradient[i] - got.gradient[i]));
    }
    tap_ok(missing > 1e-3 * largest, "%s: a truncated gradient lacks something (%.2g of %.2g)",
           name, missing, largest);
    for (int threads = 1; threads <= 4; threads++) {
        struct rollout *r = rollout_new(&(struct rollout_setup){.engine = engine_double(),
                                                                .rule = s.rule,
                                                                .shape = &s.shape,
                                                                .trials = s.trials,
                                                                .train = train,
                                                                .truncation = 37,
                                                                .whole = true,
                                                                .threads = threads});
        double worst = 0, lost = 0;
        for (int run = 0; run < 10; run++)
            rollout_run(r, &task, &got);
        for (size_t i = 0; i < s.tensors.size; i++)
            worst = fmax(worst, fabs(want.gradient[i] - got.gradient[i]));
        for (size_t i = 0; i < ANIMALS * 2; i++)
            worst = fmax(worst, fabs(want.gradient_w0[i] - got.gradient_w0[i]));
        for (size_t a = 0; a < ANIMALS; a++)
            lost = fmax(lost, fabs(want.loss[a] - got.loss[a]));
        tap_ok(worst < 1e-11 * largest && lost < 1e-9,
               "%s, %d threads: the whole gradient in segments of 37 (%.2g of %.2g)", name, threads,
               worst, largest);
        if (threads == 1)
            memcpy(first, got.gradient, s.tensors.size * sizeof *first);
        tap_ok(memcmp(first, got.gradient, s.tensors.size * sizeof *first) == 0,
               "%s, %d threads: the same bits", name, threads);
        rollout_free(r);
    }
    free(first);
    rollout_free(one);
    rollout_free(cut);
    setting_free(&s);
}

/* A long ragged cohort: 100 animals of 200 to 2,000 trials. */
static void test_padding(void)
{
    enum { N = 100 };
    size_t lengths[N];
    bool train[N];
    struct policy policy;
    struct rng rng = rng_stream(SEED, RNG_TEST, 3, 1);
    struct rule_shape shape = {.n_weights = 2, .hidden = 4, .layers = 2};
    policy_parse("stim+bias", &policy, NULL);
    for (size_t a = 0; a < N; a++) {
        lengths[a] = 200 + rng_below(&rng, 1800);
        train[a] = true;
    }
    struct cohort *c = test_cohort(N, lengths, SEED);
    struct trials *trials = trials_new(c, &policy);
    for (size_t e = 0; engine_at(e); e++) {
        struct rollout *r = rollout_new(&(struct rollout_setup){.engine = engine_at(e),
                                                                .rule = rule_find("dnn"),
                                                                .shape = &shape,
                                                                .trials = trials,
                                                                .train = train,
                                                                .truncation = 50,
                                                                .threads = 1});
        tap_ok(rollout_padding(r) < .1, "%s: %.1f %% of the lanes' steps are padding",
               engine_at(e)->name, 100 * rollout_padding(r));
        rollout_free(r);
    }
    trials_free(trials);
    cohort_drop(c);
}

/* A rule under which w doubles on every step but a real trial's: what happens in
 * lanes without an animal, or after an animal's last trial, must not show. */
static void test_idle_lanes(struct setup *s)
{
    const struct tensor *t = s->tensors.item;
    bool train[ANIMALS];
    memset(train, 1, sizeof train);
    memset(s->theta, 0, s->tensors.size * sizeof *s->theta);
    s->theta[t[0].offset] = s->theta[t[0].offset + 1] = 1;
    for (size_t l = 0; l <= s->shape.layers; l++)
        s->theta[t[1 + 2 * l].offset] = 1;
    s->theta[t[1].offset + 3] = -1000; /* the input that is 1 on every trial */
    s->theta[t[2].offset] = .5;
    for (size_t e = 0; engine_at(e); e++) {
        struct rollout *r = rollout_of(s, engine_at(e), train, 1000, 1);
        struct rollout_result result;
        bool finite = true;
        rollout_run(r, &(struct rollout_task){.theta = s->theta, .w0 = s->w0, .gradient = true},
                    &result);
        for (size_t i = 0; i < s->tensors.size; i++)
            finite = finite && isfinite(result.gradient[i]);
        tap_ok(finite, "%s: idle lanes leave the gradient alone", engine_at(e)->name);
        rollout_free(r);
    }
}

static void test_check(void)
{
    static const struct rule_shape shapes[] = {
        {.n_weights = 2, .hidden = 9, .layers = 2},
        {.n_weights = 3,
         .hidden = 5,
         .layers = 1,
         .lags = 2,
         .window = 4,
         .alpha_error = true,
         .forgetting = true,
         .perseverance = true},
        {.n_weights = 2,
         .hidden = 13,
         .layers = 3,
         .window = 3,
         .alpha = ALPHA_SHARED,
         .alpha_error = true,
         .lapse = {.fitted = true}},
        {.n_weights = 1, .hidden = 4, .layers = 1, .lapse = {.value = .1}, .drift = true},
        {.n_weights = 3,
         .hidden = 4,
         .layers = 1,
         .alpha_error = true,
         .forgetting = true,
         .perseverance = true,
         .drift = true},
        {.n_weights = 2, .hidden = 7, .layers = 2, .order = ORDER_MLP_GRU},
    };
    struct gradient_row rows[RULE_MAX_TENSORS + 1];
    size_t n;
    for (size_t i = 0; rule_at(i); i++)
        for (size_t v = 0; !rule_at(i)->no_updates && v < sizeof shapes / sizeof *shapes; v++) {
            struct err err = {0};
            struct rule_shape shape = shapes[v];
            if (rule_at(i)->no_weights)
                shape.n_weights = 1;
            if (!rule_at(i)->network)
                shape.lags = 0;
            bool ok = fit_check_gradient(rule_at(i), &shape, SEED, rows, &n, &err);
            tap_ok(ok, "check gradient of %s, variant %zu, passes: %s", rule_at(i)->name, v,
                   err.message);
            for (size_t j = 0; j < n; j++)
                tap_ok((rows[j].norm > 0 || (rule_at(i)->no_start && j + 1 == n)) &&
                           rows[j].error < 1e-6,
                       "  %s: norm %.3g, error %.2g", rows[j].tensor, rows[j].norm, rows[j].error);
        }
}

int main(void)
{
    static const size_t sizes[][2] = {{32, 2}, {13, 1}, {21, 3}};
    tap_note("seed %d", SEED);
    for (size_t i = 0; i < 3; i++) {
        struct setup s = setting_new(sizes[i][0], sizes[i][1]);
        test_losses(&s, engine_double());
        for (size_t e = 0; engine_at(e); e++)
            test_losses(&s, engine_at(e));
        test_gradients(&s, 20);
        test_gradients(&s, 37);
        if (i == 0)
            test_threads(&s);
        if (i == 0)
            test_batches(&s);
        if (i == 0)
            test_idle_lanes(&s);
        setting_free(&s);
    }
    test_whole("dnn");
    test_whole("rnn");
    test_whole("reinforce-base");
    test_padding();
    test_check();
    return tap_done();
}
