/* Fitted against true updates at the true weights of visited trials, each animal's by its own
 * gain where there are gains.  Rules that depend on one trial alone take an even sample of
 * trials; those with a memory, and all when the truth has one, are run along animals' whole
 * histories. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/gains.h"
#include "deltaw/learn/inputs.h"
#include "probe_grid.h"
#include "truth.h"

enum { BATCH = 4096, SIDE_BY_SIDE = 64 };
/* Long histories are not run whole but in parts side by side, each after a run-up whose
 * updates do not count: by then a state that began at zero is as good as the real one. */
enum { PARTS = 16, RUN_UP = 200 };

/* Sums over trials, per weight.  The mean of the true update is small beside
 * its spread, so that the one-pass sum of squares is safe in double. */
struct sums {
    size_t n;
    double truth[POLICY_MAX], squares[POLICY_MAX], error[POLICY_MAX];
};

struct work {
    const struct model *model;
    const struct cohort *cohort;
    const struct truth *truth;
    const float *w[POLICY_MAX]; /* the columns of true weights */
    size_t n_weights;
    size_t *group; /* [n_animals] whose agents they are */
    double *gain;  /* [n_animals] each one's own factor on the model's updates */
    struct rule_state *state;
    struct agents *agents;
    /* [room][rule_inputs] of the model and of the truth, [K], 1, [K], [K] */
    double *u, *true_u, *x, *answer, *dw, *true_dw;
    size_t *who;    /* [room] the group of each */
    bool *counts;   /* [room] */
    double *factor; /* [room] gains of those it is of */
    struct sums sums;
    const atomic_bool *stop; /* NULL, or polled */
};

static bool stopped(const struct work *work)
{
    return work->stop && atomic_load_explicit(work->stop, memory_order_relaxed);
}

/* A trial whose reward and true weights are known. */
static bool usable(const struct work *work, size_t t)
{
    bool good = trial_known(work->cohort, t);
    for (size_t k = 0; good && k < work->n_weights; k++)
        good = isfinite(work->w[k][t]);
    return good;
}

enum { BLOCK = 1024 };

/* Of BLOCK trials; loops of a fixed length become vectors: this runs with every live map. */
static size_t count_block(const struct work *work, size_t first)
{
    uint8_t good[BLOCK];
    unsigned count = 0;
    const float *reward = work->cohort->reward + first;
    for (size_t i = 0; i < BLOCK; i++)
        good[i] = (reward[i] == 0) | (reward[i] == 1);
    for (size_t k = 0; k < work->n_weights; k++) {
        const float *w = work->w[k] + first;
        for (size_t i = 0; i < BLOCK; i++) /* an infinite one gives NaN */
            good[i] &= w[i] * 0 == 0;
    }
    for (size_t i = 0; i < BLOCK; i++)
        count += good[i];
    return count;
}

static size_t count_usable(const struct work *work)
{
    size_t all = 0, t = 0, n_trials = work->cohort->n_trials;
    for (; t + BLOCK <= n_trials; t += BLOCK)
        all += count_block(work, t);
    for (; t < n_trials; t++)
        all += usable(work, t);
    return all;
}

static const struct rule_shape *true_shape(const struct work *work)
{
    return &work->truth->group[0].model->settings.shape;
}

static void work_open(struct work *work, size_t room)
{
    size_t n = work->n_weights;
    work->state = rule_state_new(work->model, room);
    work->agents = agents_new(work->truth->n_groups, work->truth->group, room);
    work->u = mem_new(room * rule_inputs(&work->model->settings.shape), sizeof *work->u);
    work->true_u = mem_new(room * rule_inputs(true_shape(work)), sizeof *work->true_u);
    work->x = mem_new(room * n, sizeof *work->x);
    work->answer = mem_new(room, sizeof *work->answer);
    work->dw = mem_new(room * n, sizeof *work->dw);
    work->true_dw = mem_new(room * n, sizeof *work->true_dw);
    work->who = mem_new(room, sizeof *work->who);
    work->counts = mem_new(room, sizeof *work->counts);
    work->factor = mem_new(room, sizeof *work->factor);
}

static void work_close(struct work *work)
{
    rule_state_free(work->state);
    agents_free(work->agents);
    free(work->u), free(work->true_u), free(work->x), free(work->answer);
    free(work->dw), free(work->true_dw), free(work->who), free(work->counts), free(work->factor);
}

/* Puts trial t at place i; unknown weights stay as they were there. */
static void work_put(struct work *work, size_t i, size_t a, size_t t)
{
    const struct cohort *cohort = work->cohort;
    const struct animal *animal = &cohort->animals[a];
    const struct rule_shape *shape = &work->model->settings.shape, *own = true_shape(work);
    double *w = work->u + i * rule_inputs(shape);
    for (size_t k = 0; k < work->n_weights; k++)
        if (isfinite(work->w[k][t]))
            w[k] = work->w[k][t];
    inputs_rule_of(shape, w, cohort, animal, t, w);
    inputs_rule_of(own, w, cohort, animal, t, work->true_u + i * rule_inputs(own));
    inputs_policy_of(&work->model->settings.policy, cohort, animal, t,
                     work->x + i * work->n_weights);
    work->answer[i] = cohort->answer[t];
    work->counts[i] = usable(work, t);
    work->who[i] = work->group[a];
    work->factor[i] = work->gain[a];
}

static void work_step(struct work *work, size_t n)
{
    size_t n_weights = work->n_weights;
    if (n == 0)
        return;
    rule_state_step(work->state, n, work->u, work->x, work->answer, NULL, work->dw);
    agents_step(work->agents, n, work->true_u, work->x, work->answer, NULL, work->true_dw);
    for (size_t i = 0; i < n; i++) {
        if (!work->counts[i])
            continue;
        for (size_t k = 0; k < n_weights; k++) {
            double truth = work->true_dw[i * n_weights + k];
            double error = work->factor[i] * work->dw[i * n_weights + k] - truth;
            work->sums.truth[k] += truth;
            work->sums.squares[k] += truth * truth;
            work->sums.error[k] += error * error;
        }
        work->sums.n++;
    }
}

/* --- trial by trial ---------------------------------------------------------- */

static void over_trials(struct work *work, size_t all, size_t most)
{
    const struct cohort *cohort = work->cohort;
    size_t wanted = all < most ? all : most, rank = 0, taken = 0, n = 0;
    size_t next = probe_sample_rank(0, wanted, all);
    bool every = all == cohort->n_trials;
    work_open(work, BATCH);
    for (size_t a = 0; a < cohort->n_animals && !stopped(work); a++) {
        const struct animal *animal = &cohort->animals[a];
        size_t end = animal->first + animal->count;
        for (size_t t = animal->first; t < end; t++) {
            for (; every && rank < next && t + 1 < end; t++) /* nothing to look at */
                rank++;
            if ((!every && !usable(work, t)) || rank++ != next)
                continue;
            work_put(work, n++, a, t);
            next = probe_sample_rank(++taken, wanted, all);
            if (n == BATCH) {
                agents_begin(work->agents, n, work->who);
                work_step(work, n);
                n = 0;
                if (stopped(work))
                    break;
            }
        }
    }
    agents_begin(work->agents, n, work->who);
    work_step(work, n);
    work_close(work);
}

/* --- trials in order --------------------------------------------------------- */

struct stretch {
    size_t animal, begin, trials; /* from its trial `begin` on */
    size_t run_up;                /* of them, not counted */
};

static int longer_first(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    if (x->trials != y->trials)
        return x->trials < y->trials ? 1 : -1;
    if (x->animal != y->animal)
        return x->animal < y->animal ? -1 : 1;
    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static void run_together(struct work *work, struct stretch *stretches, size_t n)
{
    qsort(stretches, n, sizeof *stretches, longer_first);
    for (size_t i = 0; i < n; i++)
        work->who[i] = work->group[stretches[i].animal];
    rule_state_reset(work->state);
    agents_begin(work->agents, n, work->who);
    memset(work->u, 0, n * rule_inputs(&work->model->settings.shape) * sizeof *work->u);
    for (size_t t = 0; n > 0 && !stopped(work); t++) {
        while (n > 0 && stretches[n - 1].trials <= t)
            n--;
        for (size_t i = 0; i < n; i++) {
            const struct stretch *stretch = &stretches[i];
            size_t first = work->cohort->animals[stretch->animal].first + stretch->begin;
            work_put(work, i, stretch->animal, first + t);
            work->counts[i] = work->counts[i] && t >= stretch->run_up;
        }
        work_step(work, n);
    }
}

/* About `most` trials in PARTS parts, evenly over all of them. */
static void over_parts(struct work *work, size_t most)
{
    const struct cohort *cohort = work->cohort;
    struct stretch stretches[PARTS];
    size_t a = 0;
    work_open(work, PARTS);
    for (size_t j = 0; j < PARTS; j++) {
        size_t t = probe_sample_rank(j, PARTS, cohort->n_trials), length = most / PARTS;
        while (t >= cohort->animals[a].first + cohort->animals[a].count)
            a++;
        const struct animal *animal = &cohort->animals[a];
        size_t begin = t - animal->first;
        length = length < animal->count ? length : animal->count;
        begin = begin + length <= animal->count ? begin : animal->count - length;
        size_t run_up = begin < RUN_UP ? begin : RUN_UP;
        stretches[j] = (struct stretch){a, begin - run_up, length + run_up, run_up};
    }
    run_together(work, stretches, PARTS);
    work_close(work);
}

/* Animals spread evenly over the cohort, as many as make about `most` trials. */
static void over_animals(struct work *work, size_t most)
{
    const struct cohort *cohort = work->cohort;
    size_t wanted = cohort->n_animals, taken = 0, n = 0;
    struct stretch *stretches = mem_new(SIDE_BY_SIDE, sizeof *stretches);
    if (cohort->n_trials > most)
        wanted = (size_t)((double)most / (double)cohort->n_trials * (double)wanted);
    wanted = wanted ? wanted : 1;
    work_open(work, SIDE_BY_SIDE);
    for (size_t a = 0; a < cohort->n_animals && taken < wanted && !stopped(work); a++) {
        if (a != probe_sample_rank(taken, wanted, cohort->n_animals))
            continue;
        size_t count = cohort->animals[a].count;
        stretches[n++] = (struct stretch){a, 0, count < most ? count : most, 0};
        if (++taken == wanted || n == SIDE_BY_SIDE) {
            run_together(work, stretches, n);
            n = 0;
        }
    }
    work_close(work);
    free(stretches);
}

/* Are its histories, which cannot all be run, so long that only a few would be? */
static bool is_long(const struct cohort *cohort, size_t most)
{
    return cohort->n_trials > most && cohort->n_trials / cohort->n_animals > most / PARTS;
}

/* --- both -------------------------------------------------------------------- */

static void summarise(const struct sums *sums, size_t n_weights, struct recovery *out)
{
    double n = (double)sums->n;
    for (size_t k = 0; k < n_weights; k++) {
        double around = sums->squares[k] - sums->truth[k] * sums->truth[k] / n;
        bool varies = around > 1e-12 * sums->squares[k];
        out->r2[k] = varies ? 1 - sums->error[k] / around : NAN;
        out->rmse[k] = sqrt(sums->error[k] / n);
        out->null_rmse[k] = sqrt(sums->squares[k] / n);
    }
    out->n_trials = sums->n;
    out->n_weights = n_weights;
}

static bool run(struct work *work, size_t most, struct recovery *out, struct err *err)
{
    size_t all = count_usable(work);
    if (all > 0 && (rule_remembers(work->model->rule, &work->model->settings.shape) ||
                    truth_remembers(work->truth)))
        (is_long(work->cohort, most) ? over_parts : over_animals)(work, most);
    else if (all > 0)
        over_trials(work, all, most);
    if (stopped(work))
        return err_set(err, ERR_INTERRUPTED, "recovery: interrupted");
    if (work->sums.n == 0)
        return err_set(err, ERR_DATA, "%s has no trial with true weights and a known reward",
                       work->cohort->name);
    *out = (struct recovery){.n_visited = all};
    summarise(&work->sums, work->n_weights, out);
    return true;
}

bool recovery_over(const struct model *model, const struct cohort *cohort,
                   const struct truth *truth, size_t most, const atomic_bool *stop,
                   struct recovery *out, struct err *err)
{
    const struct policy *policy = &model->settings.policy;
    if (agent_stands_still(model))
        return err_set(err, ERR_FAILED,
                       "the rule %s does not learn, hence has no updates to compare with those "
                       "of %s",
                       model->rule->name, cohort->name);
    struct work work = {
        .model = model, .cohort = cohort, .truth = truth, .n_weights = policy->n, .stop = stop};
    work.group = mem_new(cohort->n_animals, sizeof *work.group);
    work.gain = mem_new(cohort->n_animals, sizeof *work.gain);
    for (size_t a = 0; a < cohort->n_animals; a++)
        work.gain[a] = exp(model_gain(model, cohort->animals[a].name));
    bool good = truth_columns(cohort, policy, work.w, err) && policy_check(policy, cohort, err) &&
                truth_groups(truth, cohort, work.group, err) && run(&work, most, out, err);
    free(work.group), free(work.gain);
    return good;
}

bool recovery_estimate(const struct model *model, const struct cohort *cohort, size_t most,
                       const atomic_bool *stop, struct recovery *out, struct err *err)
{
    struct truth truth = {0};
    if (!model_has_rule(model, err))
        return false;
    if (model->rule->no_weights)
        return err_set(err, ERR_FAILED,
                       "the rule %s has no weights, hence no updates to compare with those of %s",
                       model->rule->name, cohort->name);
    bool good = truth_for_policy(cohort, &model->settings.policy, &truth, err) &&
                recovery_over(model, cohort, &truth, most, stop, out, err);
    truth_free(&truth);
    return good;
}

bool recovery_compute(const struct model *model, const struct cohort *cohort,
                      const atomic_bool *stop, struct recovery *out, struct err *err)
{
    return recovery_estimate(model, cohort, RECOVERY_MOST, stop, out, err);
}
