/* The steps of optimizer=fast, taken again by hand: Adam with short memories at a rate that
 * comes up over the first steps and goes down to 0 along a cosine.  And how many there are. */
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/snapshots.h"
#include "rollout.h"
#include "tap.h"

enum { SEED = 29, ANIMALS = 6 };
static const size_t counts[ANIMALS] = {200, 160, 190, 150, 200, 60};

static struct fit *finished(const struct fit_settings *s, const struct cohort *c, struct jobs *jobs)
{
    struct fit *fit = fit_start(s, c, "f", jobs, NULL, NULL);
    while (fit_active(fit)) {
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 1000);
        wake_drain(jobs_wake(jobs));
    }
    return fit;
}

/* What takes steps by hand: all animals are one segment each, and a pass is one step. */
struct hand {
    struct rollout *rollout;
    struct trials *trials;
    size_t n;
    double w0[ANIMALS * 2], *theta, *m, *v;
    double ridge;
    const struct tensors *tensors;
};

static struct hand hand_new(const struct model *model, const struct cohort *c, const double *theta)
{
    static const bool train[ANIMALS] = {true, true, true, true, true, true};
    size_t n = model->tensors.size;
    struct hand h = {.trials = trials_new(c, &model->settings.policy),
                     .n = n,
                     .theta = mem_copy(theta, n, sizeof *theta),
                     .m = mem_new(n, sizeof(double)),
                     .v = mem_new(n, sizeof(double)),
                     .ridge = model->settings.ridge,
                     .tensors = &model->tensors};
    h.rollout = rollout_new(&(struct rollout_setup){.engine = engine_pick(),
                                                    .rule = model->rule,
                                                    .shape = &model->settings.shape,
                                                    .trials = h.trials,
                                                    .train = train,
                                                    .truncation = 1000,
                                                    .threads = 1});
    return h;
}

static void hand_free(struct hand *h)
{
    rollout_free(h->rollout);
    trials_free(h->trials);
    free(h->theta), free(h->m), free(h->v);
}

static void hand_gradient(struct hand *h, double *gradient)
{
    struct rollout_result result;
    double scored = 0;
    rollout_run(h->rollout,
                &(struct rollout_task){.theta = h->theta, .w0 = h->w0, .gradient = true}, &result);
    for (size_t a = 0; a < ANIMALS; a++)
        scored += (double)result.n_scored[a];
    for (size_t i = 0; i < h->n; i++)
        gradient[i] = result.gradient[i] / scored;
    for (size_t j = 0; j < h->tensors->n; j++) {
        const struct tensor *x = &h->tensors->item[j];
        for (size_t i = x->offset; x->n_dimensions == 2 && i < x->offset + x->size; i++)
            gradient[i] += h->ridge * h->theta[i];
    }
}

/* The rate of step `step` of `steps` over the largest. */
static double share_of_rate(int step, int steps)
{
    double warm = steps < 100 ? steps / 5. : 20;
    double up = step < warm ? (step + 1) / (warm + 1) : 1;
    return up * .5 * (1 + cos(M_PI * step / steps));
}

static void hand_step(struct hand *h, double rate, int step)
{
    double *g = mem_new(h->n, sizeof *g);
    hand_gradient(h, g);
    for (size_t i = 0; i < h->n; i++) {
        h->m[i] = .8 * h->m[i] + .2 * g[i];
        h->v[i] = .99 * h->v[i] + .01 * g[i] * g[i];
        double mean = h->m[i] / (1 - pow(.8, step + 1));
        double size = sqrt(h->v[i] / (1 - pow(.99, step + 1)));
        h->theta[i] -= rate * mean / (size + 1e-8);
    }
    free(g);
}

static double apart(const struct hand *h, const double *from)
{
    double sum = 0;
    for (size_t i = 0; i < h->n; i++)
        sum += pow(h->theta[i] - from[i], 2);
    return sqrt(sum);
}

static void test_steps(const struct cohort *c, struct jobs *jobs, const char *rule, double factor,
                       int epochs, double ridge)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    s.optimizer = OPTIMIZER_FAST;
    s.epochs = epochs;
    s.shape.hidden = 8;
    s.seed = SEED;
    s.rate = 2e-4;
    s.ridge = ridge;
    s.truncation = 1000;
    struct fit *fit = finished(&s, c, jobs);
    struct snapshots *path = fit_snapshots(fit);
    struct model *model = fit_model(fit);
    struct hand hand = hand_new(model, c, path->values[0]);
    double worst = 0;
    size_t next = 1;
    for (int step = 0; step < epochs; step++) {
        hand_step(&hand, factor * s.rate * share_of_rate(step, epochs), step);
        if (next == path->n || path->epoch[next] != step + 1)
            continue;
        double way = apart(&hand, path->values[0]);
        worst = fmax(worst, apart(&hand, path->values[next]) / way);
        next++;
    }
    tap_ok(next == path->n && path->n > 30, "%s, %d steps: %zu states are kept", rule, epochs,
           path->n);
    tap_ok(worst < 1e-3, "%s, %d steps, ridge %.2g: steps by hand lead to all of them (%.2g)", rule,
           epochs, ridge, worst);
    tap_ok(apart(&hand, path->values[0]) > .1, "%s: which is some way", rule);
    hand_free(&hand);
    model_drop(model);
    snapshots_free(path);
    fit_close(fit);
}

/* Passes, where epochs= does not say: some 1000 steps, but not any number of passes. */
static void test_passes(void)
{
    static const struct {
        const char *rule;
        size_t animals, trials;
        int passes;
    } cases[] = {
        {"dnn", 2, 501, 270}, /* 10 segments, a step a pass: more would be 1050 passes */
        {"rnn", 2, 501, 140},   {"dnn", 32, 501, 210}, /* 160 segments, 5 steps a pass */
        {"rnn", 64, 501, 94},                          /* 320, 10 */
        {"dnn", 320, 1001, 20},                        /* 3200, 100: the fewest */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t *many = mem_new(cases[i].animals, sizeof *many);
        struct fit_settings s;
        for (size_t a = 0; a < cases[i].animals; a++)
            many[a] = cases[i].trials;
        struct cohort *c = test_cohort(cases[i].animals, many, SEED);
        fit_settings_default(&s);
        snprintf(s.rule, sizeof s.rule, "%s", cases[i].rule);
        s.optimizer = OPTIMIZER_FAST;
        s.truncation = 100;
        int passes = fit_minibatch_epochs(&s, c);
        tap_ok(passes == cases[i].passes, "%s: %zu animals of %zu trials take %d passes",
               cases[i].rule, cases[i].animals, cases[i].trials, passes);
        cohort_drop(c);
        free(many);
    }
}

int main(void)
{
    struct wake wake;
    tap_note("seed %d", SEED);
    if (!wake_open(&wake, NULL))
        return 1;
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    struct jobs *jobs = jobs_new(&wake);
    test_steps(c, jobs, "dnn", 22, 120, 0);
    test_steps(c, jobs, "dnn", 22, 50, .02);
    test_steps(c, jobs, "rnn", 10, 110, 0);
    test_passes();
    cohort_drop(c);
    jobs_free(jobs);
    wake_close(&wake);
    return tap_done();
}
