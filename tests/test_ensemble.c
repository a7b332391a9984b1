/* Ensembles: P(right), losses, weights, updates and intervals against sums by hand; what is
 * refused; files; and fits to animals drawn with replacement. */
#include <math.h>
#include <poll.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/fit.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/inputs.h"
#include "deltaw/study/behaviour.h"
#include "deltaw/study/probe.h"
#include "tap.h"

enum { SEED = 5, K = 2, N = 3, ANIMALS = 4 };

static const size_t counts[ANIMALS] = {130, 97, 1, 64};

static struct model *fitted(const struct fit_settings *s, const struct cohort *c, const char *name,
                            struct jobs *jobs)
{
    struct err err = {0};
    struct fit *fit = fit_start(s, c, name, jobs, NULL, &err);
    if (!tap_ok(fit != NULL, "%s begins %s", name, err.message))
        exit(tap_done());
    while (fit_active(fit)) {
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 20);
        wake_drain(jobs_wake(jobs));
    }
    struct model *m = fit_model(fit);
    fit_close(fit);
    m->textbook = 0; /* nobody has looked where the plateau is */
    return m;
}

static struct fit_settings settings_of(const char *rule, unsigned seed)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    s.shape.hidden = 4;
    s.epochs = 3;
    s.rate = .05;
    s.seed = seed;
    s.threads = 1;
    return s;
}

/* --- what it says ------------------------------------------------------------------- */

static double right_by_hand(struct model *const *m, float *const *w, const struct cohort *c,
                            const struct animal *animal, size_t t)
{
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        double x[K];
        inputs_policy_of(&m[i]->settings.policy, c, animal, t, x);
        sum += policy_right((double)w[i][t * K] * x[0] + (double)w[i][t * K + 1] * x[1],
                            model_lapse(m[i]));
    }
    return sum / N;
}

static void test_trials(const struct model *e, struct model *const *m, const struct cohort *c)
{
    float *w[N], *mean = mem_new(c->n_trials * K, sizeof *mean);
    double loss[ANIMALS], worst = 0, away = 0, lost = 0;
    size_t scored[ANIMALS];
    for (size_t i = 0; i < N; i++) {
        w[i] = mem_new(c->n_trials * K, sizeof *w[i]);
        model_sweep(m[i], c, w[i]);
    }
    model_sweep(e, c, mean);
    for (size_t j = 0; j < c->n_trials * K; j++)
        away = fmax(away, fabs(mean[j] - (w[0][j] + w[1][j] + w[2][j]) / 3.));
    model_loss(e, c, loss, scored);
    for (size_t a = 0; a < ANIMALS; a++) {
        const struct animal *animal = &c->animals[a];
        double sum = 0;
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            double p = right_by_hand(m, w, c, animal, t);
            worst = fmax(worst, fabs(p - trajectory_p_right(e, c, animal, t, mean + t * K)));
            sum -= t > animal->first ? log(c->choice[t] ? p : 1 - p) : 0;
        }
        lost = fmax(lost, fabs(sum - loss[a]));
    }
    tap_near(away, 0, 1e-6, "weights are means over members");
    tap_near(worst, 0, 1e-6, "P(right) is the mean of what members say of their own weights");
    tap_near(lost, 0, 1e-6, "losses are of that mean");
    tap_ok(scored[0] == counts[0] - 1 && scored[2] == 0, "first trials are not scored");
    for (size_t i = 0; i < N; i++)
        free(w[i]);
    free(mean);
}

/* Each member keeps its own state and sees as many past trials as it knows. */
static void test_updates(const struct model *e, struct model *const *m, const struct cohort *c)
{
    struct rule_state *own[N], *all = rule_state_new(e, 2);
    double worst = 0;
    for (size_t i = 0; i < N; i++)
        own[i] = rule_state_new(m[i], 1);
    for (size_t t = 3; t < 9; t++) {
        const double w[K] = {.3, -.2}, answer[2] = {c->answer[t], c->answer[t]};
        double u[2 * 64], x[2 * K], dw[2 * K], sum[K] = {0}, part[K];
        for (size_t j = 0; j < 2; j++) {
            inputs_rule_of(&e->settings.shape, w, c, &c->animals[0], t,
                           u + j * rule_inputs(&e->settings.shape));
            inputs_policy_of(&e->settings.policy, c, &c->animals[0], t, x + j * K);
        }
        rule_state_step(all, 2, u, x, answer, NULL, dw);
        for (size_t i = 0; i < N; i++) {
            inputs_rule_of(&m[i]->settings.shape, w, c, &c->animals[0], t, u);
            rule_state_step(own[i], 1, u, x, answer, NULL, part);
            for (size_t k = 0; k < K; k++)
                sum[k] += part[k] / N;
        }
        for (size_t k = 0; k < K; k++)
            worst = fmax(worst, fmax(fabs(dw[k] - sum[k]), fabs(dw[K + k] - sum[k])));
    }
    tap_near(worst, 0, 1e-9, "updates are means over members, each with its memory");
    size_t n_all, n_one;
    rule_state_values(all, 1, &n_all);
    rule_state_values(own[1], 0, &n_one);
    tap_ok(n_all == n_one && n_one > 0, "the state is that of those that have one");
    for (size_t i = 0; i < N; i++)
        rule_state_free(own[i]);
    rule_state_free(all);
}

/* --- intervals ---------------------------------------------------------------------- */

static const double t_2 = 2.9199855803537; /* 95 % of Student's t, 2 degrees of freedom */

static void test_intervals(const struct model *e, struct model *const *m, const struct cohort *c)
{
    size_t n = c->n_trials;
    uint8_t *keep = mem_new(n, 1);
    struct gp_value dw[2 * K], w[2 * K];
    float *own = mem_new(n * K, sizeof *own);
    double value[N], mean = 0, square = 0;
    keep[50] = keep[counts[0] - 1] = 1; /* the second is the last of its animal */
    tap_ok(model_trajectory(e, c, false, keep, dw, w),
           "members of animals drawn anew tell intervals");
    for (size_t i = 0; i < N; i++) {
        model_sweep(m[i], c, own);
        value[i] = (double)own[51 * K + 1] - (double)own[50 * K + 1];
        mean += value[i] / N;
    }
    for (size_t i = 0; i < N; i++)
        square += (value[i] - mean) * (value[i] - mean) / (N - 1);
    tap_near(dw[1].mean, mean, 1e-9, "the mean update as visited");
    tap_near(dw[1].high - mean, t_2 * sqrt(square), 1e-8, "and t times the deviation above");
    tap_near(mean - dw[1].low, t_2 * sqrt(square), 1e-8, "and below");
    tap_ok(isnan(dw[K].mean) && isfinite(w[K].low), "no update after the last trial");
    free(keep), free(own);
}

/* A sum's interval is of the members' sums. */
static void test_sums(const struct model *e, struct model *const *m)
{
    const double u[2 * (K + INPUT_N)] = {.4, .1, 1, 1, 0, 1, 1, 1, .4, .1, -.5, 1, 0, 1, 0, 0};
    const double x[2 * K] = {1, 1, -.5, 1}, answer[2] = {1, 0}, weight[2] = {.25, .75};
    const size_t sum[2] = {0, 0};
    double mean, low, high, v[N], all = 0, square = 0;
    struct interval_request r = {.n_sums = 1,
                                 .n = 2,
                                 .sum = sum,
                                 .weight = weight,
                                 .u = u,
                                 .x = x,
                                 .answer = answer,
                                 .component = 0};
    for (size_t i = 0; i < N; i++) {
        double dw[2 * K];
        struct rule_state *state = rule_state_new(m[i], 2);
        rule_state_step(state, 2, u, x, answer, NULL, dw);
        v[i] = .25 * dw[0] + .75 * dw[K];
        all += v[i] / N;
        rule_state_free(state);
    }
    for (size_t i = 0; i < N; i++)
        square += (v[i] - all) * (v[i] - all) / (N - 1);
    tap_ok(model_interval(e, &r, &mean, &low, &high), "a cell has an interval");
    tap_near(mean, all, 1e-9, "about its mean");
    tap_near(high - low, 2 * t_2 * sqrt(square), 1e-8, "of the members' sums");
}

/* What is expected of trials: an interval of the members' means. */
static void test_expectation(const struct model *e, struct model *const *m, const struct cohort *c)
{
    const size_t trial[3] = {20, 40, 60}, sum[3] = {0, 1, 1};
    const double factor[3] = {1, .5, -.5};
    struct expectation_request r = {
        .n = 3, .n_sums = 2, .trial = trial, .sum = sum, .factor = factor};
    struct gp_value out[2];
    float *own = mem_new(c->n_trials * K, sizeof *own);
    double value[N], mean = 0, square = 0, x[K];
    tap_ok(model_expectation(e, c, &r, out), "expectations have intervals");
    for (size_t i = 0; i < N; i++) {
        model_sweep(m[i], c, own);
        value[i] = 0;
        for (size_t j = 1; j < 3; j++) {
            inputs_policy_of(&e->settings.policy, c, &c->animals[0], trial[j], x);
            double z = (double)own[trial[j] * K] * x[0] + (double)own[trial[j] * K + 1] * x[1];
            value[i] += factor[j] / (1 + exp(-z));
        }
        mean += value[i] / N;
    }
    for (size_t i = 0; i < N; i++)
        square += (value[i] - mean) * (value[i] - mean) / (N - 1);
    tap_near(out[1].mean, mean, 1e-9, "the members' mean");
    tap_near(out[1].high - out[1].low, 2 * t_2 * sqrt(square), 1e-8, "t times their deviation");
    tap_ok(out[0].low < out[0].mean && out[0].mean < out[0].high, "each sum of its own trials");
    free(own);
}

/* One on the plateau: nothing is claimed. */
static void test_plateau(struct model *e, struct model **m, const struct cohort *c)
{
    uint8_t *keep = mem_new(c->n_trials, 1);
    struct gp_value dw[K];
    double train = m[1]->history[m[1]->n_history - 1].train;
    keep[5] = 1;
    m[1]->textbook = train + .001;
    tap_ok(!model_on_plateau(e) && model_interval_kind(e) == INTERVAL_BOOTSTRAP,
           "better than the textbook rule: intervals");
    m[1]->textbook = train - .001;
    tap_ok(model_on_plateau(e) && ensemble_on_plateau(e->ensemble) == 1, "one on the plateau");
    tap_ok(model_interval_kind(e) == INTERVAL_NONE &&
               !model_trajectory(e, c, false, keep, dw, NULL),
           "then there is no interval");
    m[1]->textbook = 0;
    free(keep);
}

/* Members on the plateau are left out where enough are off it. */
static void test_trained(struct model *const *m)
{
    struct model all[6], *list[6];
    for (size_t i = 0; i < 6; i++) {
        all[i] = *m[i % N];
        all[i].textbook = i == 0 || i == 3 ? 1e-9 : 10;
        list[i] = &all[i];
    }
    tap_ok(ensemble_trained(6, list) == 4, "two of six are left out");
    tap_ok(list[0] == &all[1] && list[1] == &all[2] && list[2] == &all[4] && list[3] == &all[5] &&
               list[4] == &all[0] && list[5] == &all[3],
           "members keep their order");
    for (size_t i = 0; i < 6; i++)
        list[i] = &all[i];
    all[5].textbook = 1e-9;
    tap_ok(ensemble_trained(6, list) == 6 && list[0] == &all[0], "three are too few: all stay");
    all[0].textbook = all[3].textbook = all[5].textbook = 10;
    tap_ok(ensemble_trained(6, list) == 6, "none on the plateau: all stay");
}

/* --- refusals, files ----------------------------------------------------------------- */

static void refused(struct model *a, struct model *b, const char *part)
{
    struct err err = {0};
    struct model *e = ensemble_new("e", 2, (struct model *[]){a, b}, &err);
    tap_ok(!e && strstr(err.message, part), "refused: %s", err.message);
    model_drop(e);
}

static void test_refusals(struct model *e, struct model *m, const struct cohort *c,
                          struct jobs *jobs)
{
    struct fit_settings s = settings_of("reinforce", 1);
    struct cohort *other = test_cohort(2, counts, SEED + 1);
    struct model *apart = fitted(&s, other, "apart", jobs);
    refused(m, apart, "different trials");
    s.holdout = mem_text("a1");
    struct model *held = fitted(&s, c, "held", jobs);
    refused(m, held, "held out different animals");
    fit_settings_policy(&s, "stim+prevchoice+bias", NULL);
    struct model *wide = fitted(&s, c, "wide", jobs);
    refused(held, wide, "different policies");
    refused(m, m, "named twice");
    refused(m, e, "is an ensemble itself");
    fit_settings_free(&s);
    model_drop(apart), model_drop(held), model_drop(wide);
    cohort_drop(other);
}

static void test_file(const struct model *e, const struct cohort *c)
{
    struct err err = {0};
    struct model *o = NULL, *scored = ensemble_scored(e, .5, .75);
    tap_ok(model_save(scored, "e.npz", &err) && model_open("e.npz", "o", &o, &err),
           "saved as one file and opened: %s", err.message);
    if (!o)
        return;
    tap_ok(o->ensemble && o->ensemble->n == N && o->ensemble->kind == e->ensemble->kind &&
               strcmp(o->ensemble->member[2]->name, e->ensemble->member[2]->name) == 0,
           "with its members under their names");
    tap_ok(o->ensemble->left_out == e->ensemble->left_out, "%zu were left out",
           e->ensemble->left_out);
    tap_ok(model_loss(o, c, NULL, NULL) == model_loss(e, c, NULL, NULL), "and says the same");
    tap_ok(o->history[0].train == .5 && o->history[0].held_out == .75, "and its losses are there");
    model_drop(o), model_drop(scored);
}

/* --- animals drawn anew --------------------------------------------------------------- */

static struct cohort *repeated(const struct cohort *c, const size_t *times)
{
    struct cohort_builder *b = cohort_builder_new();
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i < times[a]; i++) {
            char name[48];
            snprintf(name, sizeof name, "%s_%zu", c->animals[a].name, i);
            cohort_builder_animal(b, name);
            for (size_t t = c->animals[a].first; t < c->animals[a].first + c->animals[a].count;
                 t++) {
                cohort_builder_session(b, c->session_names[c->session[t]]);
                cohort_builder_trial(b,
                                     &(struct cohort_trial){.stimulus = c->stimulus[t],
                                                            .reward = c->reward[t],
                                                            .choice = c->choice[t],
                                                            .answer = c->answer[t],
                                                            .trial = c->trial[t]},
                                     NULL);
            }
        }
    return cohort_builder_finish(b, "repeated", "test");
}

static double distance(const struct model *a, const struct model *b)
{
    double worst = 0;
    for (size_t i = 0; i < a->tensors.size; i++)
        worst = fmax(worst, fabs(a->theta[i] - b->theta[i]));
    return worst;
}

/* As often as drawn, with the same loss and parameters as a cohort in which they stand so
 * often; a2 has no trial to score, and a3 is held out. */
static void test_drawn(const struct cohort *c, const char *rule, const char *w0, double close,
                       struct jobs *jobs)
{
    struct fit_settings s = settings_of(rule, 3);
    size_t times[ANIMALS] = {0}, n[ANIMALS];
    s.bootstrap = 12;
    s.holdout = mem_text("a3");
    setting_set(setting_find("w0"), w0, &s, NULL);
    struct rng rng = rng_stream(12, RNG_BOOTSTRAP, 0, 0);
    for (size_t i = 0; i < 3; i++)
        times[rng_below(&rng, 3)]++;
    struct model *m = fitted(&s, c, "m", jobs);
    s.threads = 3;
    struct model *again = fitted(&s, c, "m", jobs);
    tap_ok(distance(m, again) == 0, "%s: the same bits on three threads", rule);
    tap_ok(m->n_animals == ANIMALS && m->held_out[3] && !m->held_out[0] && !m->held_out[1],
           "%s: the cohort is whole: %zu, %zu, %zu times", rule, times[0], times[1], times[2]);
    struct cohort *same = repeated(c, (size_t[]){times[0], times[1], times[2], 1});
    s.bootstrap = 0;
    free(s.holdout);
    s.holdout = mem_text("a3_0");
    struct model *want = fitted(&s, same, "want", jobs);
    tap_near(distance(m, want), 0, close, "%s: the parameters of a cohort with them so often",
             rule);
    tap_near(m->history[0].train, want->history[0].train, 1e-6, "%s: and its loss", rule);
    tap_near(m->history[0].held_out, want->history[0].held_out, 1e-6, "%s: and held out", rule);
    double loss[ANIMALS], held;
    model_loss(m, c, loss, n);
    held = loss[3] / (double)n[3];
    tap_near(m->history[m->n_history - 1].held_out, held, 1e-6, "%s: w_0 are the animals'", rule);
    model_drop(m), model_drop(again), model_drop(want);
    cohort_drop(same);
    fit_settings_free(&s);
}

int main(void)
{
    struct wake wake;
    struct err err = {0};
    wake_open(&wake, &err);
    struct jobs *jobs = jobs_new(&wake);
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    static const char *const rules[N] = {"dnn", "rnn", "reinforce"};
    struct model *mixed[N], *drawn[N];
    for (unsigned i = 0; i < N; i++) {
        struct fit_settings s = settings_of(rules[i], i);
        s.shape.lags = i == 0 ? 2 : 0;
        s.shape.lapse.value = i == 2 ? .1 : 0;
        mixed[i] = fitted(&s, c, rules[i], jobs);
        s = settings_of("dnn", i);
        s.bootstrap = i + 20;
        drawn[i] = fitted(&s, c, "member", jobs);
    }
    struct model *e = ensemble_new("e", N, mixed, &err), *b = ensemble_new("b", N, drawn, &err);
    if (!tap_ok(e && b, "made: %s", err.message))
        return tap_done();
    tap_ok(model_interval_kind(e) == INTERVAL_SPREAD &&
               model_interval_kind(b) == INTERVAL_BOOTSTRAP,
           "a spread, and a bootstrap");
    tap_ok(e->rule->memory && !b->rule->memory && !e->rule->network && b->rule->network,
           "the rule has what members have");
    test_trials(e, mixed, c);
    test_updates(e, mixed, c);
    uint8_t keep[1024] = {0};
    tap_ok(!model_trajectory(e, c, false, keep, NULL, NULL), "no intervals of a spread");
    test_intervals(b, drawn, c);
    test_expectation(b, drawn, c);
    test_sums(b, drawn);
    test_plateau(b, drawn, c);
    test_trained(drawn);
    b->ensemble->left_out = 2;
    test_refusals(e, mixed[2], c, jobs);
    test_file(e, c);
    test_file(b, c);
    test_drawn(c, "dnn", "zero", 1e-5, jobs);
    test_drawn(c, "dnn", "psychometric", 1e-5, jobs);
    test_drawn(c, "reinforce", "zero", 1e-3, jobs);
    for (size_t i = 0; i < N; i++)
        model_drop(mixed[i]), model_drop(drawn[i]);
    model_drop(e), model_drop(b);
    cohort_drop(c);
    jobs_free(jobs);
    wake_close(&wake);
    return tap_done();
}
