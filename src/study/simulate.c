/* Running agents: stimuli, choices, rewards, and what they learn from them. */
#include "deltaw/study/simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/inputs.h"
#include "simulate_plan.h"

/* Animals run side by side: models step several at once. */
enum { BATCH = 16, BATCH_TRIALS = 4000000, CHECK_EVERY = 8192 };

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

/* One animal.  Streams are named by (seed, purpose, animal): animal i is the same
 * however many animals there are. */
struct simulated {
    size_t group; /* of the agents */
    struct rng choices, noise;
    double w[POLICY_MAX];
    struct cohort_trial *trial; /* [trials] */
    float *columns;             /* [trials][task_columns] */
    float *weights;             /* [trials][K], before each trial */
};

/* What a batch gives the rules and gets back; [n][...]. */
struct batch {
    const struct plan *plan;
    size_t n;
    struct simulated animal[BATCH];
    struct agents *agents;
    double *u, *x, *dw, *answer, *next;
};

static double range_draw(const struct truth_range *range, struct rng *rng)
{
    return range->lo == range->hi ? range->lo : rng_between(rng, range->lo, range->hi);
}

/* A rule whose weights do not depend on where they start, nor on any past, has
 * them before the first trial too. */
static void fixed_weights(const struct model *model, double *w)
{
    double u[POLICY_MAX + INPUT_N] = {0}, dw[POLICY_MAX];
    model_update(model, 1, u, dw);
    memcpy(w, dw, model->settings.policy.n * sizeof *w);
}

static void model_weights(const struct model *model, size_t animal, double *w)
{
    size_t n = model->settings.policy.n;
    memset(w, 0, n * sizeof *w);
    if (model->rule->no_start && !model->rule->memory)
        fixed_weights(model, w);
    else if (!model->rule->no_start && model->n_animals > 0 && model->w0)
        memcpy(w, model->w0 + animal % model->n_animals * n, n * sizeof *w);
    else if (!model->rule->no_start && model->settings.w0.kind == W0_VALUE)
        memcpy(w, model->settings.w0.value, n * sizeof *w);
}

static void start_weights(const struct plan *plan, size_t animal, double *w)
{
    const struct truth_layout *layout = &plan->layout;
    const struct policy *policy = truth_policy(&plan->truth);
    struct rng spread = rng_stream(plan->truth.seed, RNG_START, (uint32_t)animal, 0);
    struct rng start = rng_stream(plan->truth.seed, RNG_START, (uint32_t)animal, 1);
    struct rng bias = rng_stream(plan->truth.seed, RNG_START, (uint32_t)animal, 2);
    if (layout->fitted)
        model_weights(layout->fitted, animal, w);
    for (size_t k = 0; k < policy->n; k++) {
        bool is_bias = policy->feature[k] == FEATURE_BIAS;
        if (is_bias ? layout->model_bias0 : layout->model_w0)
            continue;
        w[k] = layout->each              ? range_draw(&layout->own[k], is_bias ? &bias : &start)
               : !is_bias                ? range_draw(&layout->w0, &start)
               : isnan(layout->bias0.lo) ? (double)rng_below(&spread, 3) - 1
                                         : range_draw(&layout->bias0, &bias);
    }
}

static void animal_begin(const struct plan *plan, size_t animal, struct simulated *one)
{
    struct world_stream stream;
    size_t columns = task_columns(&plan->world);
    one->choices = rng_stream(plan->truth.seed, RNG_CHOICES, (uint32_t)animal, 0);
    one->noise = rng_stream(plan->truth.seed, RNG_NOISE, (uint32_t)animal, 0);
    one->group = truth_group(&plan->truth, animal);
    start_weights(plan, animal, one->w);
    task_begin(&plan->world, animal, &stream);
    for (size_t t = 0; t < plan->layout.trials; t++) {
        one->trial[t] = (struct cohort_trial){.trial = (int32_t)(t % plan->layout.session) + 1};
        task_next(&plan->world, &stream, &one->trial[t], one->columns + t * columns);
    }
}

static struct input_trial trial_inputs(const struct plan *plan, const struct simulated *one,
                                       size_t t)
{
    const struct cohort_trial *trial = &one->trial[t];
    return (struct input_trial){.stimulus = trial->stimulus,
                                .choice = trial->choice,
                                .reward = trial->reward,
                                .day = t > 0 && t % plan->layout.session == 0};
}

/* Up to `most` trials before t, newest first. */
static size_t past_inputs(const struct plan *plan, const struct simulated *one, size_t t,
                          size_t most, struct input_trial *past)
{
    most = most < t ? most : t;
    for (size_t i = 0; i < most; i++)
        past[i] = trial_inputs(plan, one, t - 1 - i);
    return most;
}

static void features(const struct plan *plan, const struct simulated *one, size_t t, double *x)
{
    const struct policy *policy = truth_policy(&plan->truth);
    const struct cohort_trial *trial = &one->trial[t], *last = trial - (t > 0);
    struct input_trial now = {.stimulus = trial->stimulus};
    struct input_trial before = {.stimulus = last->stimulus, .choice = last->choice};
    double columns[POLICY_MAX];
    for (size_t k = 0; k < policy->n; k++)
        if (policy->feature[k] == FEATURE_COLUMN)
            columns[k] = one->columns[t * task_columns(&plan->world) + plan->column[k]];
    inputs_policy(policy, &now, &before, t > 0, columns, x);
}

static void choose(const struct plan *plan, struct simulated *one, size_t t, const double *x)
{
    struct cohort_trial *trial = &one->trial[t];
    size_t n = truth_policy(&plan->truth)->n;
    for (size_t k = 0; k < n; k++)
        one->weights[t * n + k] = (float)one->w[k];
    double right = agent_right(&plan->truth.group[one->group], one->w, x);
    trial->choice = rng_uniform(&one->choices) < right;
    trial->reward = trial->choice == trial->answer;
}

/* What the rule sees of trial t: u [rule_inputs]. */
static void inputs(const struct plan *plan, const struct simulated *one, size_t t, double *u)
{
    const struct rule_shape *shape = &plan->truth.group[0].model->settings.shape;
    struct input_trial now = trial_inputs(plan, one, t), past[shape->lags + 1];
    size_t n = past_inputs(plan, one, t, shape->lags, past);
    inputs_rule(shape, one->w, &now, past, n, u);
}

static void add_update(const struct plan *plan, struct simulated *one, const double *dw)
{
    const double *noise = plan->truth.group[one->group].noise;
    for (size_t k = 0; k < truth_policy(&plan->truth)->n; k++) {
        one->w[k] += dw[k];
        if (noise[k] > 0)
            one->w[k] += noise[k] * rng_normal(&one->noise);
    }
}

static void live_trial(struct batch *batch, size_t t)
{
    const struct plan *plan = batch->plan;
    const struct rule_shape *shape = &plan->truth.group[0].model->settings.shape;
    size_t n = shape->n_weights;
    for (size_t i = 0; i < batch->n; i++) {
        struct simulated *one = &batch->animal[i];
        double *x = batch->x + i * n;
        features(plan, one, t, x);
        choose(plan, one, t, x);
        inputs(plan, one, t, batch->u + i * rule_inputs(shape));
        batch->answer[i] = one->trial[t].answer;
        batch->next[i] = t + 1 < plan->layout.trials ? one->trial[t + 1].stimulus : 0;
    }
    agents_step(batch->agents, batch->n, batch->u, batch->x, batch->answer, batch->next, batch->dw);
    for (size_t i = 0; i < batch->n; i++)
        add_update(plan, &batch->animal[i], batch->dw + i * n);
}

/* False: cancelled. */
static bool run_trials(struct batch *batch, struct progress *progress)
{
    size_t trials = batch->plan->layout.trials, told = 0;
    for (size_t t = 0; t < trials; t++) {
        live_trial(batch, t);
        if ((t + 1 - told) * batch->n < CHECK_EVERY)
            continue;
        if (progress_stop(progress, (t + 1 - told) * batch->n))
            return false;
        told = t + 1;
    }
    return !progress_stop(progress, (trials - told) * batch->n);
}

static size_t weight_columns(const struct plan *plan)
{
    bool none = plan->truth.group[0].model->rule->no_weights;
    return none ? 0 : truth_policy(&plan->truth)->n;
}

static void write_animal(const struct plan *plan, const struct simulated *one, size_t animal,
                         struct cohort_builder *builder)
{
    size_t weights = weight_columns(plan), more = task_columns(&plan->world);
    float row[POLICY_MAX + WORLD_MOST_COLUMNS];
    char name[32];
    snprintf(name, sizeof name, "sim%03zu", animal + 1);
    cohort_builder_animal(builder, name);
    for (size_t t = 0; t < plan->layout.trials; t++) {
        if (t % plan->layout.session == 0) {
            snprintf(name, sizeof name, "%03zu", t / plan->layout.session + 1);
            cohort_builder_session(builder, name);
        }
        memcpy(row, one->weights + t * weights, weights * sizeof *row);
        memcpy(row + weights, one->columns + t * more, more * sizeof *row);
        cohort_builder_trial(builder, &one->trial[t], row);
    }
}

static struct batch *batch_new(const struct plan *plan, size_t n)
{
    struct batch *batch = mem_new(1, sizeof *batch);
    const struct truth *truth = &plan->truth;
    size_t k = truth_policy(truth)->n, trials = plan->layout.trials;
    batch->plan = plan;
    batch->n = n;
    batch->u = mem_new(n * rule_inputs(&truth->group[0].model->settings.shape), sizeof *batch->u);
    batch->x = mem_new(n * k, sizeof *batch->x);
    batch->dw = mem_new(n * k, sizeof *batch->dw);
    batch->answer = mem_new(n, sizeof *batch->answer);
    batch->next = mem_new(n, sizeof *batch->next);
    batch->agents = agents_new(truth->n_groups, truth->group, n);
    for (size_t i = 0; i < n; i++) {
        struct simulated *one = &batch->animal[i];
        one->trial = mem_new(trials, sizeof *one->trial);
        one->weights = mem_new(trials * k, sizeof *one->weights);
        one->columns = mem_new(trials * task_columns(&plan->world), sizeof *one->columns);
    }
    return batch;
}

static void batch_begin(struct batch *batch, size_t first, size_t n)
{
    size_t group[BATCH];
    batch->n = n;
    for (size_t i = 0; i < n; i++) {
        animal_begin(batch->plan, first + i, &batch->animal[i]);
        group[i] = batch->animal[i].group;
    }
    agents_begin(batch->agents, n, group);
}

static void batch_free(struct batch *batch, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(batch->animal[i].trial);
        free(batch->animal[i].weights);
        free(batch->animal[i].columns);
    }
    free(batch->u), free(batch->x), free(batch->dw), free(batch->answer), free(batch->next);
    agents_free(batch->agents);
    free(batch);
}

/* How many animals are simulated side by side. */
static size_t batch_side(const struct plan *plan)
{
    size_t animals = plan->layout.animals, side = BATCH_TRIALS / plan->layout.trials;
    side = side < BATCH ? side : BATCH;
    side = side < animals ? side : animals;
    return side ? side : 1;
}

static bool live_all(const struct plan *plan, struct progress *progress,
                     struct cohort_builder *builder)
{
    size_t animals = plan->layout.animals, side = batch_side(plan);
    struct batch *batch = batch_new(plan, side);
    bool going = true;
    for (size_t first = 0; going && first < animals; first += side) {
        batch_begin(batch, first, animals - first < side ? animals - first : side);
        going = run_trials(batch, progress);
        for (size_t i = 0; going && i < batch->n; i++)
            write_animal(plan, &batch->animal[i], first + i, builder);
    }
    batch_free(batch, side);
    return going;
}

static void name_columns(const struct plan *plan, struct cohort_builder *builder)
{
    char text[POLICY_MAX + WORLD_MOST_COLUMNS][sizeof TRUE_PREFIX + POLICY_NAME];
    const char *names[POLICY_MAX + WORLD_MOST_COLUMNS];
    size_t weights = weight_columns(plan), more = task_columns(&plan->world);
    for (size_t i = 0; i < weights + more; i++) {
        names[i] = text[i];
        if (i < weights)
            snprintf(text[i], sizeof *text, TRUE_PREFIX "%s",
                     truth_policy(&plan->truth)->weight[i]);
        else
            task_column_name(&plan->world, i - weights, text[i]);
    }
    cohort_builder_columns(builder, weights + more, names);
}

/* "made by simulate; true weights in true_w_stim, true_w_bias" */
static char *mapping_words(const struct plan *plan)
{
    struct strbuf out = {0};
    strbuf_puts(&out, "made by simulate");
    for (size_t k = 0; k < weight_columns(plan); k++)
        strbuf_printf(&out, "%s" TRUE_PREFIX "%s", k ? ", " : "; true weights in ",
                      truth_policy(&plan->truth)->weight[k]);
    return strbuf_take(&out);
}

/* The cohort, whose arrays grow by doubling, and what the animals of a batch keep; `more` of
 * the caller for each trial. */
static bool has_room(const struct plan *plan, double more, struct err *err)
{
    enum { TRIAL = 23, SESSION = 160 }; /* bytes */
    double each = (double)plan->layout.trials, all = each * (double)plan->layout.animals;
    double columns = (double)(truth_policy(&plan->truth)->n + task_columns(&plan->world));
    double own = columns * sizeof(float), side = (double)batch_side(plan);
    double bytes = 2 * all * (TRIAL + own) + each / (double)plan->layout.session * SESSION +
                   side * each * ((double)sizeof(struct cohort_trial) + own) + more * all;
    return mem_room(bytes, "simulate", err);
}

static bool run(const struct plan *plan, const atomic_bool *cancel, atomic_int *permille,
                struct cohort **out, struct err *err)
{
    struct progress progress = {.cancel = cancel,
                                .permille = permille,
                                .total =
                                    (double)plan->layout.animals * (double)plan->layout.trials};
    const char *command = plan->layout.command;
    if (!has_room(plan, 0, err)) {
        err_remedy(err, "fewer animals= or trials= take less");
        return false;
    }
    struct cohort_builder *builder = cohort_builder_new();
    name_columns(plan, builder);
    if (!live_all(plan, &progress, builder)) {
        cohort_builder_free(builder);
        return err_set(err, ERR_INTERRUPTED, "simulate: interrupted, no cohort was made");
    }
    char *plain = mem_printf("simulate %s", plan->truth.group[0].model->name);
    struct cohort *cohort = cohort_builder_finish(builder, "simulated", command ? command : plain);
    free(plain);
    cohort->truth = truth_write(&plan->truth, &plan->layout);
    cohort->report.n_rows = cohort->n_trials;
    free(cohort->report.mapping);
    cohort->report.mapping = mapping_words(plan);
    free(cohort->report.sides);
    cohort->report.sides = mem_text("choice 1 = right, 0 = left; stimulus positive = right");
    *out = cohort;
    return true;
}

bool simulate_check(const char *rule, const struct args *args, double more, struct err *err)
{
    struct plan plan = {0};
    bool good = simulate_plan_rule(rule, args, NULL, &plan, err) && has_room(&plan, more, err);
    truth_free(&plan.truth);
    return good;
}

bool simulate_run(const char *rule, const struct args *args, const char *command,
                  const atomic_bool *cancel, atomic_int *permille, struct cohort **out,
                  struct err *err)
{
    struct plan plan = {0};
    bool good = simulate_plan_rule(rule, args, command, &plan, err) &&
                run(&plan, cancel, permille, out, err);
    truth_free(&plan.truth);
    return good;
}

bool simulate_model(const struct model *model, const struct args *args, const char *command,
                    const atomic_bool *cancel, atomic_int *permille, struct cohort **out,
                    struct err *err)
{
    struct plan plan = {0};
    bool good = simulate_plan_model(model, args, command, &plan, err) &&
                run(&plan, cancel, permille, out, err);
    truth_free(&plan.truth);
    return good;
}
