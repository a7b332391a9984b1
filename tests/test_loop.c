/* The closed loop: figures of known choices, agents of the truth pass, others do not. */
#include <stdlib.h>

#include "deltaw/learn/ensemble.h"
#include "deltaw/study/diagnose.h"
#include "agents.h"
#include "../src/study/loop_figures.h"

static struct model *rule_of(const char *rule, const char *text)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    struct args args = words(text);
    struct err err = {0};
    for (size_t i = 0; i < args.n; i++)
        if (!setting_set(setting_find(args.items[i].name), args.items[i].value, &s, &err))
            err_die("%s", err.message);
    struct model *m = agent_model(rule_find(rule), &s);
    args_free(&args), fit_settings_free(&s);
    return m;
}

static struct loop *looped(const struct model *m, const struct cohort *c, size_t runs)
{
    struct loop *loop = NULL;
    struct err err = {0};
    if (!loop_run(m, c, runs, 5, NULL, &loop, &err))
        err_die("%s", err.message);
    return loop;
}

static double least_p(const struct loop *loop)
{
    double p = 1;
    for (size_t i = 0; i < LOOP_PARTS; i++)
        p = fmin(p, loop->figure[i].p);
    return p;
}

static void test_truth(const char *rule, const char *agents, const char *settings,
                       const double *theta, size_t n)
{
    struct cohort *c = make(rule, agents);
    struct model *m = rule_of(rule, settings);
    memcpy(m->theta, theta, n * sizeof *theta);
    struct loop *a = looped(m, c, 120), *b = looped(m, c, 120);
    bool same = true, ordered = true;
    for (size_t i = 0; i < LOOP_PARTS; i++) {
        const struct loop_figure *f = &a->figure[i];
        same &= memcmp(f->mean, b->figure[i].mean, f->n * sizeof *f->mean) == 0;
        for (size_t j = 0; j < f->n; j++)
            ordered &= isnan(f->mean[j]) || (f->low[j] <= f->mean[j] && f->mean[j] <= f->high[j]);
    }
    tap_ok(least_p(a) > .01, "%s %s: the truth passes (p %.3f)", rule, agents, least_p(a));
    tap_ok(same && ordered, "  twice the same, means within their intervals");
    loop_free(a), loop_free(b);
    cohort_drop(c), model_drop(m);
}

static void test_wrong(void)
{
    const double fast[] = {.08, .08, 0, 0}, right[] = {.03, .03, -.2, -.2};
    struct cohort *c = make("reinforce-base", "animals=8 trials=900 seed=2 alpha=.03 baseline=-.2");
    struct model *m = rule_of("reinforce-base", "");
    memcpy(m->theta, fast, sizeof fast);
    struct loop *loop = looped(m, c, 120);
    struct diagnosis d = {0};
    diagnosis_loop(loop, &d);
    tap_ok(d.n == LOOP_PARTS && d.finding[0].verdict == VERDICT_FAIL &&
               strcmp(d.finding[0].check->name, "loop_learning_curve") == 0,
           "one that learns too fast does not: %s", d.finding[0].note);
    loop_free(loop);
    memcpy(m->theta, right, sizeof right);
    for (size_t t = 0; t < c->n_trials; t++) /* an animal that repeats itself now and then */
        if (t % 900 && t % 7 == 0) {
            c->choice[t] = c->choice[t - 1];
            c->reward[t] = c->choice[t] == c->answer[t];
        }
    loop = looped(m, c, 120);
    tap_ok(loop->figure[LOOP_HISTORY].p < .01 && loop->figure[LOOP_HISTORY].worst == 0,
           "nor one that does not repeat its choices");
    loop_free(loop);
    model_drop(m);
    struct err err = {0};
    m = rule_of("tinyrnn", "");
    tap_ok(!loop_run(m, c, 100, 1, NULL, &loop, &err) && strstr(err.message, "no weights"),
           "models without weights are refused: %s", err.message);
    model_drop(m);
    for (size_t t = 0; t < c->n_trials; t += 10)
        c->reward[t] = 1 - c->reward[t];
    m = rule_of("reinforce", "");
    err = (struct err){0};
    tap_ok(!loop_run(m, c, 100, 1, NULL, &loop, &err) && strstr(err.message, "correct side"),
           "so are rewards by chance: %s", err.message);
    model_drop(m);
    cohort_drop(c);
}

/* Animals that alternate and are always right where there is a stimulus. */
static void test_figures(void)
{
    struct cohort *c = make("reinforce", "animals=2 trials=960 seed=3");
    double *values = mem_new(loop_values(c), sizeof *values);
    for (size_t t = 0; t < c->n_trials; t++) {
        c->answer[t] = t % 2;
        c->choice[t] = t % 4 == 3 ? 0 : t % 2; /* every fourth is an error */
        c->reward[t] = c->choice[t] == c->answer[t];
    }
    loop_measure(c, c->choice, values);
    tap_near(values[0], .75, 1e-9, "share correct");
    tap_near(values[11], .75, 1e-9, "to the end");
    /* 0 1 0 0 | 0 1 0 0: after errors (t % 4 == 3) never a switch, after correct ones 2 of 3 */
    tap_near(values[12 + 24], 2 / 3., 1e-2, "switches after correct choices");
    tap_near(values[12 + 24 + 4], 0, 1e-9, "and after errors");
    tap_ok(values[12 + 24 + 8 + 3] > .3 && values[12 + 24 + 8] < 0,
           "of period 4, and alternating (%.2f, %.2f)", values[12 + 24 + 8 + 3],
           values[12 + 24 + 8]);
    free(values);
    cohort_drop(c);
}

/* Of an ensemble every other run is lived by the other member. */
static void test_members(void)
{
    struct cohort *c = make("reinforce", "animals=4 trials=600 seed=6 alpha=.1");
    struct model *m[2] = {rule_of("reinforce", ""), rule_of("reinforce", "")};
    struct err err = {0};
    const double alpha[2] = {.1, .0001};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++)
            m[i]->theta[k] = alpha[i];
    struct model *both = ensemble_new("both", 2, m, &err);
    tap_ok(both != NULL, "two models as one %s", err.message);
    struct loop *loop[3] = {looped(m[0], c, 100), looped(m[1], c, 100), looped(both, c, 200)};
    const struct loop_figure *f[3];
    for (size_t i = 0; i < 3; i++)
        f[i] = &loop[i]->figure[LOOP_LEARNING_CURVE];
    size_t last = f[0]->n - 1;
    tap_ok(f[0]->mean[last] > f[1]->mean[last] + .2, "one learns, the other does not");
    tap_near(f[2]->mean[last], (f[0]->mean[last] + f[1]->mean[last]) / 2, .02,
             "each lives half of the runs");
    tap_ok(f[2]->low[last] < f[1]->high[last] && f[2]->high[last] > f[0]->low[last],
           "and the band holds both");
    for (size_t i = 0; i < 3; i++)
        loop_free(loop[i]);
    model_drop(both), model_drop(m[0]), model_drop(m[1]);
    cohort_drop(c);
}

/* Agents learn from what they choose themselves: they are right in the end beside animals that
 * always go left, from whose choices only a bias is to be learnt. */
static void test_own_choices(void)
{
    struct cohort *c = make("reinforce", "animals=4 trials=600 seed=6 alpha=.1");
    struct model *m = rule_of("reinforce", "");
    memcpy(m->theta, (const double[]){.1, .1}, 2 * sizeof *m->theta);
    for (size_t t = 0; t < c->n_trials; t++) {
        c->choice[t] = 0;
        c->reward[t] = c->answer[t] == 0;
    }
    struct loop *loop = looped(m, c, 100);
    const struct loop_figure *f = &loop->figure[LOOP_LEARNING_CURVE];
    tap_ok(f->mean[f->n - 1] > .8, "agents learn from their own choices: %.2f", f->mean[f->n - 1]);
    loop_free(loop);
    model_drop(m);
    cohort_drop(c);
}

int main(void)
{
    test_members();
    test_own_choices();
    test_figures();
    test_truth("reinforce-base", "animals=8 trials=900 seed=2 alpha=.03,.02 baseline=-.2", "",
               (const double[]){.03, .02, -.2, -.2}, 4);
    test_truth("reinforce",
               "animals=8 trials=900 seed=4 policy=stim+prevchoice+bias alpha=.03 lapse=.1 "
               "decision=lapse",
               "policy=stim+prevchoice+bias lapse=.1", (const double[]){.03, .03, .03}, 3);
    test_truth("trace", "animals=6 trials=900 seed=5 alpha=.02", "", (const double[]){.02, .02}, 2);
    test_wrong();
    return tap_done();
}
