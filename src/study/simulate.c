#include "deltaw/study/simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/rng.h"
#include "truth.h"

/* Two gigabytes or so while it is built. */
#define MOST_TRIALS 50000000.

enum { STIM, BIAS }; /* weights of the policy stim+bias */

const struct option simulate_options[] = {
    {"animals", OPTION_INTEGER, 1, 100000, NULL, "12", "animals to make"},
    {"trials", OPTION_INTEGER, 2, 10000000, NULL, "10000", "trials of each animal"},
    {"session", OPTION_INTEGER, 1, 10000000, NULL, "500", "trials of each session"},
    {"stimuli", OPTION_WORD, 0, 0, "ibl|grid", "ibl",
     "ibl: 11 contrasts from -1 to 1; grid: 17 values from -2 to 2, bias weight does not learn"},
    {"alpha", OPTION_NUMBERS, 0, 100, NULL, "2^-6",
     "learning rate: of both weights (grid: of w_stim), or w_stim,w_bias"},
    {"baseline", OPTION_NUMBERS, -100, 100, NULL, "0",
     "what the reward is compared with: of both weights, or w_stim,w_bias"},
    {"noise", OPTION_NUMBER, 0, 100, NULL, "0",
     "sd of the noise added to every learning weight after each trial"},
    {"w0", OPTION_NUMBER, -100, 100, NULL, NULL, "w_stim before the first trial; ibl 0, grid -2"},
    {"bias0", OPTION_NUMBER, -100, 100, "spread", NULL,
     "w_bias before the first trial; spread: -1, 0 or 1 by lot; ibl 0, grid spread"},
    {"seed", OPTION_INTEGER, 0, 9007199254740992., NULL, "99", "names the random draws"},
    {NULL, OPTION_NUMBER, 0, 0, NULL, NULL, NULL},
};

/* One or two numbers within the option's range, for w_stim and w_bias. */
static bool read_pair(const struct args *args, const char *name, double out[2], size_t *given,
                      struct err *err)
{
    const struct option *row = option_find(simulate_options, name);
    const char *text = args_text(args, simulate_options, name);
    char *copy = mem_text(text), *rest = copy;
    *given = 0;
    bool good = true;
    while (good && rest) {
        char *one = strsep(&rest, ",");
        double value;
        good = *given < 2 && number_parse(one, &value) && value >= row->min && value <= row->max;
        if (good)
            out[(*given)++] = value;
    }
    free(copy);
    if (!good)
        return err_set(err, ERR_USAGE,
                       "simulate: %s=%s is not one or two numbers from %g to %g (w_stim,w_bias)",
                       name, text, row->min, row->max);
    if (*given == 1)
        out[1] = out[0];
    return true;
}

struct plan {
    struct truth truth;
    struct truth_layout layout;
    bool grid;
};

static bool plan_rule(const char *rule, struct plan *plan, struct err *err)
{
    if (!rule)
        return err_set(err, ERR_USAGE, "simulate needs a rule: `simulate reinforce`");
    if (strcmp(rule, truth_rules[0]) != 0) {
        const char *near = nearest_of(rule, truth_rules);
        return err_set(err, ERR_USAGE, "simulate: no rule '%s'%s%s%s; there is reinforce", rule,
                       near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
    }
    snprintf(plan->truth.rule, sizeof plan->truth.rule, "%s", rule);
    return policy_parse("stim+bias", &plan->truth.policy, err);
}

/* Where SCIENCE 4 and Ashwood's protocol differ, `stimuli` chooses the default. */
static bool plan_read(const char *rule, const struct args *args, const char *command,
                      struct plan *plan, struct err *err)
{
    if (!plan_rule(rule, plan, err))
        return false;
    struct truth *truth = &plan->truth;
    struct truth_layout *layout = &plan->layout;
    const struct option *table = simulate_options;
    plan->grid = strcmp(args_text(args, table, "stimuli"), "grid") == 0;
    snprintf(truth->stimuli, sizeof truth->stimuli, "%s", plan->grid ? "grid" : "ibl");
    size_t given;
    if (!read_pair(args, "baseline", truth->baseline, &given, err) ||
        !read_pair(args, "alpha", truth->alpha, &given, err))
        return false;
    if (plan->grid && given == 1)
        truth->alpha[BIAS] = 0;
    truth->noise = args_number(args, table, "noise");
    if (!isfinite(truth->noise))
        return err_set(err, ERR_USAGE, "simulate: noise= is not a number from 0 to 100");
    truth->seed = (uint64_t)args_integer(args, table, "seed");

    layout->animals = (size_t)args_integer(args, table, "animals");
    layout->trials = (size_t)args_integer(args, table, "trials");
    layout->session = (size_t)args_integer(args, table, "session");
    double total = (double)layout->animals * (double)layout->trials;
    if (total > MOST_TRIALS) {
        char a[NUMBER_SIZE], b[NUMBER_SIZE];
        return err_set(err, ERR_USAGE,
                       "simulate: %zu animals of %zu trials are %s trials; at most %s are made",
                       layout->animals, layout->trials, number_grouped(a, (long long)total),
                       number_grouped(b, (long long)MOST_TRIALS));
    }
    layout->w0 = args_number(args, table, "w0");
    if (isnan(layout->w0))
        layout->w0 = plan->grid ? -2 : 0;
    const char *bias0 = args_text(args, table, "bias0");
    bool spread = bias0 ? strcmp(bias0, "spread") == 0 : plan->grid;
    layout->bias0 = spread ? NAN : bias0 ? args_number(args, table, "bias0") : 0;
    layout->command = command;
    return true;
}

/* SCIENCE 5: contrasts 0, .0625, .125, .25, .5, 1 through tanh(5 c) / tanh 5. */
static const double ibl_levels[] = {0, .30273722, .55465008, .84836067, .98670389, 1};
enum { IBL_LEVELS = sizeof ibl_levels / sizeof *ibl_levels, GRID_LEVELS = 17 };

/* Stimulus and side that pays.  Values pass through float, as they are kept, so
 * that the update can be recomputed from the cohort alone. */
static void draw_stimulus(bool grid, struct rng *rng, struct cohort_trial *trial)
{
    if (grid) {
        trial->stimulus = -2 + .25f * (float)rng_below(rng, GRID_LEVELS);
        trial->answer = trial->stimulus > 0;
        return;
    }
    int level = (int)rng_below(rng, 2 * IBL_LEVELS - 1) - (IBL_LEVELS - 1);
    double size = ibl_levels[abs(level)];
    trial->stimulus = (float)(level < 0 ? -size : size);
    trial->answer = level ? level > 0 : (uint8_t)rng_below(rng, 2);
}

static void start_weights(const struct plan *plan, size_t animal, double w[2])
{
    w[STIM] = plan->layout.w0;
    w[BIAS] = plan->layout.bias0;
    if (isnan(w[BIAS])) {
        struct rng rng = rng_stream(plan->truth.seed, RNG_START, (uint32_t)animal, 0);
        w[BIAS] = (double)rng_below(&rng, 3) - 1;
    }
}

/* Progress shared by the animals of one run. */
struct progress {
    const atomic_bool *cancel;
    atomic_int *permille;
    double done, total;
};

static bool progress_stop(struct progress *progress, size_t trials)
{
    progress->done += (double)trials;
    if (progress->permille)
        atomic_store(progress->permille, (int)(1000 * progress->done / progress->total));
    return progress->cancel && atomic_load(progress->cancel);
}

/* Streams are named by (seed, purpose, animal): animal i is the same however
 * many animals there are.  False: cancelled. */
static bool live(const struct plan *plan, size_t animal, struct cohort_builder *builder,
                 struct progress *progress)
{
    const struct truth *truth = &plan->truth;
    struct rng stimuli = rng_stream(truth->seed, RNG_STIMULI, (uint32_t)animal, 0);
    struct rng choices = rng_stream(truth->seed, RNG_CHOICES, (uint32_t)animal, 0);
    struct rng noise = rng_stream(truth->seed, RNG_NOISE, (uint32_t)animal, 0);
    double w[2], x[2], dw[2];
    start_weights(plan, animal, w);
    for (size_t t = 0; t < plan->layout.trials; t++) {
        if (t % plan->layout.session == 0) {
            char name[32];
            snprintf(name, sizeof name, "%03zu", t / plan->layout.session + 1);
            cohort_builder_session(builder, name);
        }
        struct cohort_trial trial = {0};
        draw_stimulus(plan->grid, &stimuli, &trial);
        policy_at(&truth->policy, trial.stimulus, x);
        double right = sigmoid(w[STIM] * x[STIM] + w[BIAS] * x[BIAS]);
        trial.choice = rng_uniform(&choices) < right;
        trial.reward = trial.choice == trial.answer;
        trial.trial = (int32_t)(t % plan->layout.session) + 1;
        float before[2] = {(float)w[STIM], (float)w[BIAS]};
        cohort_builder_trial(builder, &trial, before);

        truth_update(truth, w, x, trial.choice, trial.reward, trial.answer, dw);
        for (size_t k = 0; k < 2; k++) {
            w[k] += dw[k];
            if (truth->noise > 0 && truth->alpha[k] != 0)
                w[k] += truth->noise * rng_normal(&noise);
        }
        if (t % 8192 == 8191 && progress_stop(progress, 8192))
            return false;
    }
    return !progress_stop(progress, plan->layout.trials % 8192);
}

bool simulate(const char *rule, const struct args *args, const char *command,
              const atomic_bool *cancel, atomic_int *permille, struct cohort **out,
              struct err *err)
{
    struct plan plan = {0};
    if (!plan_read(rule, args, command, &plan, err))
        return false;
    struct progress progress = {.cancel = cancel, .permille = permille,
                                .total = (double)plan.layout.animals * (double)plan.layout.trials};
    static const char *const columns[] = {"true_w_stim", "true_w_bias"};
    struct cohort_builder *builder = cohort_builder_new();
    cohort_builder_columns(builder, 2, columns);
    for (size_t i = 0; i < plan.layout.animals; i++) {
        char name[32];
        snprintf(name, sizeof name, "sim%03zu", i + 1);
        cohort_builder_animal(builder, name);
        if (!live(&plan, i, builder, &progress)) {
            cohort_builder_free(builder);
            return err_set(err, ERR_INTERRUPTED, "simulate: interrupted, no cohort was made");
        }
    }
    struct cohort *cohort = cohort_builder_finish(builder, "simulated",
                                                  command ? command : "simulate reinforce");
    cohort->truth = truth_write(&plan.truth, &plan.layout);
    cohort->report.n_rows = cohort->n_trials;
    free(cohort->report.mapping);
    cohort->report.mapping = mem_text("made by simulate; true weights in true_w_stim, true_w_bias");
    free(cohort->report.sides);
    cohort->report.sides = mem_text("choice 1 = right, 0 = left; stimulus positive = right");
    *out = cohort;
    return true;
}
