/* Lapses, P(right) = lapse / 2 + (1 - lapse) sigmoid(w.x), wherever they count: in losses,
 * in choices of simulated models, in fits, whose lapse rate stays within 0 and .5. */
#include <unistd.h>

#include "agents.h"

static double loss_by_hand(const struct model *m, const struct cohort *c)
{
    double sum = 0, n = 0, lapse = model_lapse(m);
    float *w = mem_new(c->n_trials * 2, sizeof *w);
    model_sweep(m, c, w);
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t t = c->animals[a].first + 1; t < c->animals[a].first + c->animals[a].count;
             t++) {
            double z = (double)w[2 * t] * c->stimulus[t] + w[2 * t + 1];
            double right = lapse / 2 + (1 - lapse) * logistic(z);
            sum -= log(c->choice[t] ? right : 1 - right);
            n++;
        }
    free(w);
    return sum / n;
}

static void test_loss(const struct cohort *c, const char *rule, double lapse, bool fitted)
{
    struct rule_shape shape = {.hidden = 8, .layers = 2};
    if (fitted)
        shape.lapse.fitted = true;
    else
        shape.lapse.value = lapse;
    struct model *m = model_of(rule, &shape, "stim+bias", NULL);
    for (size_t k = 0; k < 2; k++) /* large updates tell more */
        m->theta[k] = .05;
    if (fitted)
        m->theta[m->tensors.size - 1] = lapse;
    tap_near(model_lapse(m), lapse, 0, "%s: the lapse rate", rule);
    tap_near(model_loss(m, c, NULL, NULL), loss_by_hand(m, c), 2e-6,
             "%s, lapse rate %g%s: the loss is that of P(right) with lapses", rule, lapse,
             fitted ? ", fitted" : "");
    model_drop(m);
}

/* Choices of a model that always goes right but for its lapses, half of which do, too. */
static void test_choices(void)
{
    struct rule_shape shape = {.hidden = 4, .layers = 1, .lapse = {.value = .4}};
    struct model *m = model_of("dnn", &shape, "stim+bias", NULL);
    struct err err = {0};
    m->theta[0] = m->theta[1] = 0; /* no learning */
    struct cohort *c = try_make(NULL, m, "animals=10 trials=1000 w0=0 bias0=20", &err);
    if (!c)
        err_die("%s", err.message);
    double right = 0, n = (double)c->n_trials;
    for (size_t t = 0; t < c->n_trials; t++)
        right += c->choice[t];
    tap_near(right / n, .8, 4 * sqrt(.8 * .2 / n), "lapses of a model go to either side");
    cohort_drop(c);
    model_drop(m);
}

/* Choices of certain animals, of one side or the other, but for a share of them by a coin, in
 * short lives. */
static struct cohort *certain(double coins, bool against)
{
    struct cohort_builder *b = cohort_builder_new();
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    for (int i = 0; i < 600; i++) {
        char name[16];
        snprintf(name, sizeof name, "m%d", i / 3);
        if (i % 3 == 0) {
            cohort_builder_animal(b, name);
            cohort_builder_session(b, "s");
        }
        bool right = rng_below(&rng, 2);
        bool choice = rng_uniform(&rng) < coins ? rng_below(&rng, 2) : right != against;
        cohort_builder_trial(b,
                             &(struct cohort_trial){.stimulus = right ? 1 : -1,
                                                    .choice = choice,
                                                    .reward = choice == right,
                                                    .answer = right,
                                                    .trial = i % 3 + 1},
                             NULL);
    }
    return cohort_builder_finish(b, "certain", "test");
}

static double fitted_lapse(const struct cohort *c, bool fast, double weight)
{
    struct fit_settings s;
    struct err err = {0};
    fit_settings_default(&s);
    s.epochs = 100;
    s.shape.hidden = 4;
    s.rate = fast ? 2e-4 : 2e-2;
    s.optimizer = fast ? OPTIMIZER_FAST : OPTIMIZER_ADAM;
    s.shape.lapse.fitted = true;
    s.ridge = 10; /* so that it is the lapses that learn */
    s.w0.kind = W0_VALUE;
    s.w0.value[0] = weight;
    struct jobs *jobs = jobs_new(NULL);
    struct fit *fit = fit_start(&s, c, "f", jobs, NULL, &err);
    if (!fit)
        err_die("%s", err.message);
    while (fit_active(fit))
        usleep(2000);
    struct model *m = fit_model(fit);
    double lapse = model_lapse(m);
    model_drop(m);
    fit_close(fit);
    jobs_free(jobs);
    return lapse;
}

static void test_bounds(void)
{
    struct cohort *against = certain(0, true), *sure = certain(0, false);
    struct cohort *some = certain(.3, false);
    for (int fast = 0; fast < 2; fast++) {
        const char *how = fast ? "fast" : "adam";
        tap_near(fitted_lapse(against, fast, 12), .5, 1e-12,
                 "%s: all choices against a large weight: the most is .5", how);
        tap_near(fitted_lapse(sure, fast, 2), 0, 1e-12, "%s: none by one: the least is 0", how);
        double found = fitted_lapse(some, fast, 12);
        tap_ok(found > .2 && found < .4, "%s: three of ten: %.3f", how, found);
    }
    cohort_drop(against), cohort_drop(sure), cohort_drop(some);
}

int main(void)
{
    static const char *const rules[] = {"dnn", "rnn"};
    tap_note("seed %d", SEED);
    struct cohort *c = make("reinforce", "animals=4 trials=150 alpha=2^-4");
    for (size_t i = 0; i < 2; i++) {
        test_loss(c, rules[i], 0, false);
        test_loss(c, rules[i], .25, false);
        test_loss(c, rules[i], .25, true);
    }
    test_choices();
    test_bounds();
    cohort_drop(c);
    return tap_done();
}
