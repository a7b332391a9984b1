/* Simulated cohorts: the update formula, doc/science, simulation protocols,
 * the truth that travels with them. */
#include <math.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/simulate.h"
#include "scalar_rules.h"
#include "tap.h"

enum { STIM, BIAS };

/* "animals=3 seed=4" -> args */
static struct args words(const char *text)
{
    struct args args = {0};
    char *copy = mem_text(text), *rest = copy, *word;
    while ((word = strsep(&rest, " ")))
        if (*word) {
            char *value = strchr(word, '=');
            *value++ = 0;
            args_set(&args, word, value, 1);
        }
    free(copy);
    return args;
}

static struct cohort *make_rule(const char *rule, const char *text, struct err *err)
{
    struct args args = words(text);
    struct cohort *c = NULL;
    if (args_check(&args, simulate_options, 0, "simulate", err))
        simulate_run(rule, &args, text, NULL, NULL, &c, err);
    args_free(&args);
    return c;
}

/* By reinforce, or reinforce-base where there is a baseline. */
static struct cohort *make(const char *text)
{
    struct err err = {0};
    struct cohort *c =
        make_rule(strstr(text, "baseline") ? "reinforce-base" : "reinforce", text, &err);
    if (!c)
        tap_ok(false, "simulate %s: %s", text, err.message);
    return c;
}

static double logistic(double z)
{
    return 1 / (1 + exp(-z));
}

/* Reinforce climbs reward times the log-probability of the choice. */
static void test_formula(void)
{
    struct scalar_rule rule = {
        .name = "reinforce-base", .k = 2, .alpha = {.25, .5}, .baseline = {.3, -.4}};
    const double w[] = {.8, -.5}, x[] = {-.75, 1};
    for (int choice = 0; choice < 2; choice++)
        for (int reward = 0; reward < 2; reward++) {
            double dw[2];
            scalar_step(&rule, NULL, w, x, &(struct scalar_trial){reward, choice, choice == reward},
                        dw);
            for (int k = 0; k < 2; k++) {
                double h = 1e-5, up[] = {w[0], w[1]}, down[] = {w[0], w[1]};
                up[k] += h;
                down[k] -= h;
                double f = choice ? 1 : -1;
                double slope = (log(logistic(f * (up[0] * x[0] + up[1] * x[1]))) -
                                log(logistic(f * (down[0] * x[0] + down[1] * x[1])))) /
                               (2 * h);
                tap_near(dw[k], rule.alpha[k] * (reward - rule.baseline[k]) * slope, 1e-9,
                         "update of weight %d, choice %d, reward %d", k, choice, reward);
            }
        }
    /* alpha (r - b) f(y) (1 - p_y) x by hand: z = -1.1, p(left) = .7502601 */
    double dw[2];
    scalar_step(&rule, NULL, w, x, &(struct scalar_trial){1, 0, 0}, dw);
    tap_near(dw[STIM], .25 * .7 * -1 * (1 - .75026010559511769) * -.75, 1e-15, "left, rewarded");
    tap_ok(dw[STIM] > 0 && dw[BIAS] < 0, "a rewarded left choice to a left stimulus: signs");
    const double far[] = {800, 0};
    scalar_step(&rule, NULL, far, (const double[]){1, 1}, &(struct scalar_trial){1, 1, 1}, dw);
    tap_ok(dw[STIM] >= 0 && dw[STIM] < 1e-300, "no update, no NaN where the choice is certain");
}

/* Every trial follows from the one before; the columns agree with each other. */
static void test_trials(const char *text)
{
    struct cohort *c = make(text);
    struct truth truth = {0};
    struct err err = {0};
    if (!c || !tap_ok(truth_read(c, &truth, &err), "%s: truth %s", text, err.message))
        return;
    struct scalar_rule rule = scalar_of(truth.group[0].model);
    const float *w[] = {cohort_column(c, "true_w_stim")->values,
                        cohort_column(c, "true_w_bias")->values};
    double worst = 0, surprise = 0, spread = 0;
    size_t wrong = 0, zero = 0, zero_right = 0;
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i < c->animals[a].count; i++) {
            size_t t = c->animals[a].first + i;
            double now[] = {w[0][t], w[1][t]}, x[] = {c->stimulus[t], 1}, dw[2];
            double p = logistic(now[0] * x[0] + now[1]);
            surprise += c->choice[t] - p;
            spread += p * (1 - p);
            wrong += c->reward[t] != (c->choice[t] == c->answer[t]);
            wrong += c->stimulus[t] != 0 && c->answer[t] != (c->stimulus[t] > 0);
            zero += c->stimulus[t] == 0;
            zero_right += c->stimulus[t] == 0 && c->answer[t];
            if (i + 1 == c->animals[a].count)
                continue;
            scalar_step(&rule, NULL, now, x,
                        &(struct scalar_trial){c->reward[t], c->choice[t], c->answer[t]}, dw);
            for (int k = 0; k < 2; k++)
                worst = fmax(worst, fabs(w[k][t + 1] - now[k] - dw[k]));
        }
    tap_ok(worst < 1e-6, "%s: each weight is the one before plus its update (%.2g)", text, worst);
    tap_ok(wrong == 0, "%s: answer follows the stimulus, reward the answer", text);
    tap_ok(fabs(surprise) < 4 * sqrt(spread),
           "%s: choices as often right as their probability "
           "says (%.2f sd)",
           text, surprise / sqrt(spread));
    double share = (double)zero_right / (double)zero;
    if (strcmp(truth.stimuli, "grid") == 0)
        tap_ok(zero > 0 && zero_right == 0, "%s: at stimulus 0 left pays", text);
    else
        tap_ok(zero > 0 && fabs(share - .5) < 4 * .5 / sqrt((double)zero),
               "%s: at stimulus 0 either side pays (%.3f right)", text, share);
    truth_free(&truth);
    cohort_drop(c);
}

static void test_levels(const char *text, size_t n, const double *level)
{
    struct cohort *c = make(text);
    size_t count[32] = {0}, strange = 0;
    double chi2 = 0, expected = (double)c->n_trials / (double)n;
    for (size_t t = 0; t < c->n_trials; t++) {
        size_t i = 0;
        while (i < n && c->stimulus[t] != (float)level[i])
            i++;
        if (i < n)
            count[i]++;
        else
            strange++;
    }
    for (size_t i = 0; i < n; i++)
        chi2 += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
    tap_ok(strange == 0, "%s: the stimuli are the %zu of the protocol", text, n);
    tap_ok(chi2 < (double)n - 1 + 4 * sqrt(2 * ((double)n - 1)),
           "%s: each as often as another (chi2 %.1f)", text, chi2);
    cohort_drop(c);
}

static bool same_animal(const struct cohort *a, const struct cohort *b, size_t animal)
{
    const struct animal *x = &a->animals[animal], *y = &b->animals[animal];
    if (x->count != y->count || strcmp(x->name, y->name) != 0)
        return false;
    for (size_t k = 0; k < 2; k++)
        if (memcmp(a->columns[k].values + x->first, b->columns[k].values + y->first,
                   x->count * sizeof(float)) != 0)
            return false;
    return memcmp(a->choice + x->first, b->choice + y->first, x->count) == 0 &&
           memcmp(a->stimulus + x->first, b->stimulus + y->first, x->count * sizeof(float)) == 0;
}

static void test_streams(void)
{
    struct cohort *few = make("animals=3 trials=300 seed=5 noise=.01 stimuli=grid");
    struct cohort *again = make("animals=3 trials=300 seed=5 noise=.01 stimuli=grid");
    struct cohort *more = make("animals=7 trials=300 seed=5 noise=.01 stimuli=grid");
    struct cohort *other = make("animals=3 trials=300 seed=6 noise=.01 stimuli=grid");
    tap_ok(few->digest == again->digest && same_animal(few, again, 0) && same_animal(few, again, 2),
           "same seed, same bits");
    tap_ok(same_animal(few, more, 0) && same_animal(few, more, 2),
           "an animal does not depend on how many there are");
    tap_ok(few->digest != other->digest && !same_animal(few, other, 0), "another seed, others");
    size_t n = few->animals[0].count;
    tap_ok(memcmp(few->stimulus, few->stimulus + n, n * sizeof(float)) != 0 &&
               memcmp(few->choice, few->choice + n, n) != 0,
           "animals have streams of their own");
    cohort_drop(few);
    cohort_drop(again);
    cohort_drop(more);
    cohort_drop(other);
}

static void test_start_and_sessions(void)
{
    struct cohort *c = make("animals=600 trials=7 session=3 stimuli=grid");
    size_t at[3] = {0}, wrong = 0;
    for (size_t a = 0; a < c->n_animals; a++) {
        size_t t = c->animals[a].first;
        float bias = cohort_column(c, "true_w_bias")->values[t];
        wrong += cohort_column(c, "true_w_stim")->values[t] != -2;
        wrong += cohort_column(c, "true_w_bias")->values[t + 6] != bias;
        wrong += c->animals[a].n_sessions != 3 || c->trial[t + 3] != 1 || c->trial[t + 5] != 3;
        wrong += cohort_day(c, &c->animals[a], t) || !cohort_day(c, &c->animals[a], t + 3);
        at[bias < 0 ? 0 : bias > 0 ? 2 : 1]++;
        wrong += bias != -1 && bias != 0 && bias != 1;
    }
    tap_ok(wrong == 0, "grid: w_stim starts at -2, w_bias stays, three sessions of 3, 3, 1");
    tap_ok(at[0] > 150 && at[1] > 150 && at[2] > 150,
           "grid: w_bias starts at -1, 0, 1 alike "
           "(%zu, %zu, %zu)",
           at[0], at[1], at[2]);
    cohort_drop(c);
    c = make("animals=2 trials=5 w0=1.5 bias0=-.25");
    tap_ok(cohort_column(c, "true_w_stim")->values[5] == 1.5f &&
               cohort_column(c, "true_w_bias")->values[5] == -.25f,
           "w0= and bias0= are taken");
    cohort_drop(c);
    c = make("animals=2 trials=5 policy=stim+prevchoice+bias w0=.5,1..2,-1");
    const float *prev = cohort_column(c, "true_w_prevchoice")->values;
    tap_ok(cohort_column(c, "true_w_stim")->values[5] == .5f && prev[0] > 1 && prev[5] > 1 &&
               prev[0] < 2 && prev[0] != prev[5] &&
               cohort_column(c, "true_w_bias")->values[5] == -1 &&
               strstr(c->truth, "\"w_prevchoice\": ["),
           "w0= has one value for each weight, as in fit, or a range: %s", c->truth);
    cohort_drop(c);
    c = make("animals=2 trials=5 stimuli=grid w0=zero");
    tap_ok(cohort_column(c, "true_w_stim")->values[0] == 0 &&
               cohort_column(c, "true_w_bias")->values[5] == 0,
           "w0=zero is fit's: no weight has a start");
    cohort_drop(c);
    c = make("animals=2 trials=5 session=500");
    tap_ok(cohort_column(c, "true_w_stim")->values[0] == 0 &&
               cohort_column(c, "true_w_bias")->values[0] == 0,
           "ibl: weights start at 0");
    tap_ok(c->animals[0].n_sessions == 1 && c->report.n_rows == 10 && c->n_trials == 10,
           "one session when it is longer than the trials");
    cohort_drop(c);
}

static void test_noise(void)
{
    struct cohort *c = make("animals=20 trials=1000 noise=.05 alpha=2^-6,2^-7 seed=11");
    struct truth truth = {0};
    truth_read(c, &truth, NULL);
    struct scalar_rule rule = scalar_of(truth.group[0].model);
    tap_near(rule.alpha[BIAS], 1. / 128, 0, "two values of alpha: the second is the bias's");
    tap_near(truth.group[0].noise[0], .05, 0, "noise is kept");
    truth_free(&truth);
    double squares[2] = {0}, both = 0, n = 0;
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i + 1 < c->animals[a].count; i++) {
            size_t t = c->animals[a].first + i;
            double w[] = {c->columns[0].values[t], c->columns[1].values[t]}, dw[2], e[2];
            scalar_step(&rule, NULL, w, (double[]){c->stimulus[t], 1},
                        &(struct scalar_trial){c->reward[t], c->choice[t], c->answer[t]}, dw);
            for (int k = 0; k < 2; k++) {
                e[k] = c->columns[k].values[t + 1] - w[k] - dw[k];
                squares[k] += e[k] * e[k];
            }
            both += e[0] * e[1];
            n++;
        }
    for (int k = 0; k < 2; k++)
        tap_near(sqrt(squares[k] / n), .05, .05 * 4 / sqrt(2 * n), "noise of weight %d", k);
    tap_ok(fabs(both / n) < 4 * .0025 / sqrt(n), "the noise of the two weights is independent");
    cohort_drop(c);
    c = make("animals=2 trials=50 noise=.05 stimuli=grid");
    tap_ok(c->columns[1].values[0] == c->columns[1].values[49],
           "a weight that does not learn gets no noise");
    cohort_drop(c);
}

/* doc/science, simulation protocols: w_stim ends at 2.22 +- .18, accuracy .19 -> .83, mean
 * log-likelihood of the true model -.466. */
static void test_protocol(void)
{
    struct cohort *c = make("animals=1000 trials=500 alpha=2^-4 stimuli=grid");
    const float *stim = cohort_column(c, "true_w_stim")->values;
    const float *bias = cohort_column(c, "true_w_bias")->values;
    double sum = 0, squares = 0, likelihood = 0, early = 0, late = 0;
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i < 500; i++) {
            size_t t = c->animals[a].first + i;
            double p = logistic(stim[t] * c->stimulus[t] + bias[t]);
            likelihood += log(c->choice[t] ? p : 1 - p);
            early += i < 20 ? c->reward[t] : 0;
            late += i >= 450 ? c->reward[t] : 0;
            sum += i == 499 ? stim[t] : 0;
            squares += i == 499 ? stim[t] * stim[t] : 0;
        }
    double mean = sum / 1000;
    tap_near(mean, 2.22, .025, "fig2: w_stim ends at 2.22");
    tap_near(sqrt(squares / 1000 - mean * mean), .18, .015, "fig2: +- .18 over animals");
    tap_near(likelihood / 5e5, -.466, .003, "fig2: log-likelihood of the true model");
    tap_near(early / 2e4, .19, .02, "fig2: accuracy begins at .19");
    tap_near(late / 5e4, .83, .01, "fig2: and ends at .83");
    cohort_drop(c);
}

static void test_refusals(void)
{
    static const struct {
        const char *rule, *text, *says;
    } cases[] = {
        {"reinforce", "alpha=x", "alpha"},
        {"reinforce", "alpha=1,2,3", "alpha"},
        {"reinforce", "alpha=-1", "alpha"},
        {"reinforce", "alpha=nan", "alpha"},
        {"reinforce", "alpha=.1,", "alpha"},
        {"reinforce-base", "baseline=1000", "baseline"},
        {"reinforce", "noise=nan", "noise"},
        {"reinforce", "w0=nan", "w0"},
        {"reinforce", "bias0=wide", "bias0"},
        {"reinforce", "animals=0", "animals"},
        {"reinforce", "trials=1", "trials"},
        {"reinforce", "animals=100000 trials=10000000", "50,000,000"},
        {"reinforce", "stimuli=round", "grid"},
        {"reinforce", "decision=gml", "glm"},
        {"reinfroce", "animals=2", "did you mean reinforce"},
        {"dnn", "animals=2", "reinforce"},
        {NULL, "animals=2", "simulate reinforce"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct cohort *c = make_rule(cases[i].rule, cases[i].text, &err);
        tap_ok(!c && err.code == ERR_USAGE && strstr(err.message, cases[i].says), "%s: %s",
               cases[i].text, err.message);
        cohort_drop(c);
    }
    struct args args = words("animals=3 trials=20000");
    struct cohort *c = NULL;
    struct err err = {0};
    atomic_bool cancel = true;
    atomic_int permille = 0;
    tap_ok(!simulate_run("reinforce", &args, NULL, &cancel, NULL, &c, &err) && !c &&
               err.code == ERR_INTERRUPTED,
           "cancelled: %s", err.message);
    cancel = false;
    tap_ok(simulate_run("reinforce", &args, NULL, &cancel, &permille, &c, NULL) && permille == 1000,
           "progress ends at 1000");
    cohort_drop(c);
    args_free(&args);
}

static void test_truth_text(void)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{",
        "{}",
        "{\"rule\":\"reinforce\"}",
        "{\"rule\":\"magic\",\"policy\":\"stim+bias\",\"alpha\":[1,0],\"baseline\":[0,0],"
        "\"noise\":0,\"stimuli\":\"ibl\",\"seed\":1}",
        "{\"rule\":\"reinforce\",\"policy\":\"stim+bias\",\"alpha\":[1],\"baseline\":[0,0],"
        "\"noise\":0,\"stimuli\":\"ibl\",\"seed\":1}",
        "{\"rule\":\"reinforce\",\"policy\":\"stim+bias\",\"alpha\":[1,\"0\"],\"baseline\":[0,0],"
        "\"noise\":0,\"stimuli\":\"ibl\",\"seed\":1}",
        "{\"rule\":\"reinforce\",\"policy\":\"nose\",\"alpha\":[1,0],\"baseline\":[0,0],"
        "\"noise\":0,\"stimuli\":\"ibl\",\"seed\":1}",
        "{\"rule\":\"reinforce\",\"policy\":\"stim+bias\",\"alpha\":[1,0],\"baseline\":[0,0],"
        "\"noise\":-1,\"stimuli\":\"ibl\",\"seed\":1}",
        "{\"rule\":\"reinforce\",\"policy\":\"stim+bias\",\"alpha\":[1,0],\"baseline\":[0,0],"
        "\"noise\":0,\"stimuli\":\"aaaaaaaaaaaaaaaaaaaaaaaa\",\"seed\":1}",
    };
    struct cohort *c = make("animals=1 trials=10 alpha=.1,.3 baseline=.7,-.2 seed=77 w0=2");
    struct truth truth = {0};
    truth_read(c, &truth, NULL);
    struct scalar_rule rule = scalar_of(truth.group[0].model);
    tap_ok(truth.seed == 77 && rule.alpha[STIM] == .1 && rule.alpha[BIAS] == .3 &&
               rule.baseline[STIM] == .7 && rule.baseline[BIAS] == -.2 &&
               truth_policy(&truth)->n == 2 && strcmp(rule.name, "reinforce-base") == 0 &&
               strcmp(truth.stimuli, "ibl") == 0,
           "the truth reads back as it was given");
    truth_free(&truth);
    tap_ok(strstr(c->truth, "seed=77 w0=2") != NULL, "the command is in the truth");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {0};
        free(c->truth);
        c->truth = mem_text(bad[i]);
        tap_ok(!truth_read(c, &truth, &err) && err.code == ERR_DATA, "refused: %s", err.message);
    }
    free(c->truth);
    c->truth = NULL;
    struct err err = {0};
    tap_ok(!truth_read(c, &truth, &err) && strstr(err.message, "simulate"), "no truth: %s",
           err.message);
    cohort_drop(c);
}

/* Files of users and of the first version: reinforce with a baseline, lists of alphas. */
static void test_old_truths(void)
{
    struct cohort *c = make("animals=2 trials=10");
    struct truth t = {0};
    struct err err = {0};
    free(c->truth);
    c->truth = mem_text("{\"rule\":\"reinforce\",\"policy\":\"stim+bias\",\"alpha\":[0.5,0.25],"
                        "\"baseline\":[0.3,-0.2],\"noise\":0.01,\"alpha_error\":[0.1,0.2],"
                        "\"forgetting\":[0.01,0.0],\"decision\":\"lapse\",\"lapse\":0.2,"
                        "\"distractors\":2,\"stimuli\":\"ibl\",\"seed\":1}");
    if (tap_ok(truth_read(c, &t, &err), "an old truth: %s", err.message)) {
        struct scalar_rule r = scalar_of(t.group[0].model);
        tap_ok(strcmp(r.name, "reinforce-base") == 0 && r.alpha[1] == .25 && r.baseline[0] == .3 &&
                   r.alpha_error[1] == .2 && r.forgetting[0] == .01,
               "reinforce with a baseline is reinforce-base");
        tap_ok(t.group[0].decision == DECISION_LAPSE && model_lapse(t.group[0].model) == .2 &&
                   t.group[0].noise[0] == .01 && t.distractors == 2,
               "and keeps lapse, noise, distractors");
        truth_free(&t);
    }
    free(c->truth);
    c->truth = mem_text("{\"rule\":\"trace\",\"policy\":\"stim+bias\",\"alpha\":[0.3,0.3],"
                        "\"baseline\":[0.0,0.0],\"noise\":0.0,\"window\":5,"
                        "\"groups\":[[0.25,0.25],[0.4,0.4]],\"share\":[2,1],"
                        "\"stimuli\":\"grid\",\"seed\":1}");
    if (tap_ok(truth_read(c, &t, &err), "an old mixture: %s", err.message)) {
        struct scalar_rule r = scalar_of(t.group[1].model);
        tap_ok(t.n_groups == 2 && r.alpha[1] == .4 && r.window == 5 && t.share[0] == 2,
               "its groups and their shares");
        truth_free(&t);
    }
    cohort_drop(c);
}

int main(void)
{
    static const double ibl[] = {-1,        -.98670389, -.84836067, -.55465008, -.30273722, 0,
                                 .30273722, .55465008,  .84836067,  .98670389,  1};
    double grid[17];
    for (int i = 0; i < 17; i++)
        grid[i] = -2 + .25 * i;
    test_formula();
    test_trials("animals=12 trials=3000 alpha=2^-5 seed=3");
    test_trials("animals=12 trials=3000 alpha=2^-5 baseline=.5,-.25 seed=4");
    test_trials("animals=12 trials=3000 alpha=2^-5 stimuli=grid seed=5");
    test_levels("animals=10 trials=2000", 11, ibl);
    test_levels("animals=10 trials=2000 stimuli=grid", 17, grid);
    test_streams();
    test_start_and_sessions();
    test_noise();
    test_protocol();
    test_refusals();
    test_truth_text();
    test_old_truths();
    return tap_done();
}
