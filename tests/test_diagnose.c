/* Checks of models: right ones pass, each fault is named by its check; score tests against
 * what they estimate. */
#include <stdlib.h>
#include <time.h>

#include "deltaw/study/diagnose.h"
#include "agents.h"
#include "../src/study/score_test.h"

static struct model *fitted(const struct cohort *c, const char *rule, const char *text)
{
    struct fit_settings s;
    struct err err = {0};
    struct args args = words(text);
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    for (size_t i = 0; i < args.n; i++)
        if (!setting_set(setting_find(args.items[i].name), args.items[i].value, &s, &err))
            err_die("%s", err.message);
    struct jobs *jobs = jobs_new(NULL);
    struct fit *fit = fit_start(&s, c, rule, jobs, NULL, &err);
    while (fit && fit_active(fit))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    struct model *model = fit ? fit_model(fit) : NULL;
    if (!model)
        err_die("%s: %s", rule, err.message);
    fit_close(fit), jobs_free(jobs), fit_settings_free(&s), args_free(&args);
    return model;
}

static const struct finding *found(const struct diagnosis *d, const char *name)
{
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->finding[i].check->name, name) == 0)
            return &d->finding[i];
    err_die("no check %s", name);
}

static struct diagnosis diagnosed(const struct cohort *c, const struct model *m, size_t n_others,
                                  struct model *const *others)
{
    struct diagnosis d;
    struct err err = {0};
    const struct diagnosis_request request = {
        .model = m, .cohort = c, .n_others = n_others, .others = others};
    if (!diagnosis_run(&request, &d, &err))
        err_die("diagnose: %s", err.message);
    return d;
}

/* Fault NULL: none.  first: it is the one to begin with. */
static void test_case(const char *agent, const char *text, const char *rule, const char *fit,
                      const char *fault, bool first)
{
    struct cohort *c = make(agent, text);
    struct model *m = fitted(c, rule, fit);
    struct diagnosis d = diagnosed(c, m, 0, NULL);
    size_t called = 0;
    for (size_t i = 0; i < d.n; i++)
        if (d.finding[i].tried && d.finding[i].verdict != VERDICT_OK) {
            called++;
            tap_note("%s %.2f %s", d.finding[i].check->name, d.finding[i].value, d.finding[i].note);
        }
    if (fault)
        tap_ok(found(&d, fault)->verdict != VERDICT_OK, "%s of %s %s: %s (%.1f)", rule, agent, text,
               fault, found(&d, fault)->value);
    else
        tap_ok(called == 0 && !diagnosis_first(&d), "%s of %s %s: nothing", rule, agent, text);
    if (first)
        tap_ok(strcmp(diagnosis_first(&d)->check->name, fault) == 0, "  before all others");
    model_drop(m);
    cohort_drop(c);
}

/* The same without a fit: the model is the truth itself. */
static void test_truth(void)
{
    struct cohort *c = make("reinforce-base", "animals=10 trials=1500 seed=4 alpha=.03,.02 "
                                              "baseline=-.2 lapse=.06 decision=lapse");
    struct residuals r;
    struct directions none = {0}, lapse = {0};
    struct score_base base;
    struct score_result result;
    struct model *m = fitted(c, "reinforce-base", "lapse=fit");
    residuals_compute(m, c, &r);
    double sum = 0, variance = 0;
    for (size_t t = 0; t < r.n; t++)
        sum += r.residual[t], variance += r.variance[t];
    tap_ok(fabs(sum) < 4 * sqrt(variance), "residuals sum to about 0");
    tap_ok(r.variance[c->animals[1].first] == 0 && r.n_scored == c->n_trials - c->n_animals,
           "first trials do not count");
    float *column = directions_add(&lapse, r.n), *twice = directions_add(&lapse, r.n);
    for (size_t t = 0; t < r.n; t++)
        column[t] = 1, twice[t] = 2;
    score_base_new(&r, &none, &base);
    score_test(&base, &lapse, &result);
    tap_ok(result.df == 1 && result.chi2 > 0, "what depends on another direction is no more of it");
    score_base_free(&base);
    score_base_new(&r, &lapse, &base);
    score_test(&base, &lapse, &result);
    tap_ok(result.df == 0, "nor what the fitted ones do");
    score_base_free(&base);
    struct diagnosis d = diagnosed(c, m, 0, NULL);
    tap_ok(!found(&d, "lapse")->tried, "a fitted lapse is none: %s", found(&d, "lapse")->note);
    directions_free(&lapse);
    residuals_free(&r);
    model_drop(m);
    cohort_drop(c);
}

static void test_others(void)
{
    struct cohort *c = make("reinforce-base", "animals=8 trials=800 seed=6 alpha=.05");
    struct model *a = fitted(c, "dnn", "epochs=1 seed=1 hidden=4");
    struct model *b = fitted(c, "dnn", "epochs=1 seed=2 hidden=4");
    struct model *good = fitted(c, "reinforce-base", "holdout=sim003");
    struct model *trace = fitted(c, "trace", "holdout=sim003");
    struct model *all[] = {a, b, good, trace};
    struct diagnosis d = diagnosed(c, a, 4, all);
    tap_ok(found(&d, "seeds_disagree")->verdict == VERDICT_FAIL, "two untrained seeds disagree: %s",
           found(&d, "seeds_disagree")->note);
    tap_ok(found(&d, "plateau")->verdict == VERDICT_FAIL, "and are on the plateau (%.4f)",
           found(&d, "plateau")->value);
    d = diagnosed(c, good, 4, all);
    tap_ok(!found(&d, "seeds_disagree")->tried && !found(&d, "plateau")->tried,
           "a textbook rule has neither");
    tap_ok(found(&d, "overfit")->tried && found(&d, "overfit")->verdict == VERDICT_OK,
           "nor is it overfit: %s", found(&d, "overfit")->note);
    d = diagnosed(c, trace, 4, all);
    tap_ok(found(&d, "no_gain_from_memory")->tried && !found(&d, "memory")->tried,
           "a memory is compared: %s", found(&d, "no_gain_from_memory")->note);
    for (size_t k = 0; k < 2; k++)
        good->theta[k] = 3; /* alpha */
    d = diagnosed(c, good, 0, NULL);
    tap_ok(found(&d, "diverging")->verdict == VERDICT_FAIL, "weights that run away are seen: %s",
           found(&d, "diverging")->note);
    for (size_t i = 0; i < 4; i++)
        model_drop(all[i]);
    cohort_drop(c);
}

/* Blocks in which the animals are asleep: choices at random. */
static void test_states(void)
{
    struct cohort *c = make("reinforce-base", "animals=8 trials=3000 seed=8 alpha=.03");
    struct model *m = fitted(c, "reinforce-base", "");
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    for (size_t t = 0; t < c->n_trials; t++)
        if (t / 100 % 2 && t % 3000 > 500)
            c->choice[t] = (uint8_t)rng_below(&rng, 2);
    c->digest++; /* the weights that were visited are of other choices */
    struct diagnosis d = diagnosed(c, m, 0, NULL);
    tap_ok(found(&d, "states")->verdict == VERDICT_FAIL, "states show (%.1f, %s)",
           found(&d, "states")->value, found(&d, "states")->note);
    model_drop(m);
    cohort_drop(c);
}

int main(void)
{
    const char *base = "animals=12 trials=2000 seed=1 alpha=.03 baseline=-.2";
    char text[160];
    test_case("reinforce-base", base, "reinforce-base", "", NULL, false);
    snprintf(text, sizeof text, "%s decision=lapse lapse=.12", base);
    test_case("reinforce-base", text, "reinforce-base", "", "lapse", true);
    snprintf(text, sizeof text, "%s decision=temperature temperature=2.5", base);
    test_case("reinforce-base", text, "reinforce-base", "", "temperature", false);
    snprintf(text, sizeof text, "%s w0=-1", base);
    test_case("reinforce-base", text, "reinforce-base", "", "start_weights", false);
    test_case("reinforce-base", text, "reinforce-base", "w0=-1,0", NULL, false);
    test_case("reinforce-base", "animals=12 trials=2000 seed=1 alpha=.06/.015 baseline=-.2",
              "reinforce-base", "", "animals_differ", true);
    test_case("reinforce-base", "animals=12 trials=1500 seed=1 alpha=.1 decision=multiplicative",
              "reinforce-base", "policy=cue_left+cue_right", "columns", true);
    test_case("trace", "animals=20 trials=3000 seed=1 alpha=.02", "reinforce-base", "", "memory",
              false);
    test_case("reinforce-base",
              "animals=12 trials=1500 seed=1 alpha=.03 policy=stim+prevchoice+bias "
              "perseverance=.02",
              "reinforce-base", "", "history", false);
    test_truth();
    test_others();
    test_states();
    return tap_done();
}
