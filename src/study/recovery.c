/* Fitted against true updates at the true weights of visited trials.  Rules that
 * depend on one trial alone take an even sample of trials; those with a memory,
 * and all when the truth has one, are run along whole lives. */
#include "recovery.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/inputs.h"
#include "probe_axis.h"
#include "truth.h"

enum { BATCH = 4096, SIDE_BY_SIDE = 64 };
/* Of long lives that are not all taken, parts side by side, each after a run-up whose
 * updates do not count: by then a state that began at zero is as good as visited. */
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
    struct rule_state *state;
    size_t n;
    double *u, *x, *answer, *dw, *true_dw; /* [room][rule_inputs], [K], 1, [K], [K] */
    bool *counts;                          /* [room] */
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
    for (size_t k = 0; good && k < work->truth->policy.n; k++)
        good = isfinite(work->w[k][t]);
    return good;
}

static size_t count_usable(const struct work *work)
{
    size_t all = 0;
    for (size_t t = 0; t < work->cohort->n_trials; t++)
        all += usable(work, t);
    return all;
}

static void work_open(struct work *work, size_t room)
{
    size_t n = work->truth->policy.n;
    work->state = rule_state_new(work->model, room);
    work->u = mem_new(room * rule_inputs(&work->model->settings.shape), sizeof *work->u);
    work->x = mem_new(room * n, sizeof *work->x);
    work->answer = mem_new(room, sizeof *work->answer);
    work->dw = mem_new(room * n, sizeof *work->dw);
    work->true_dw = mem_new(room * n, sizeof *work->true_dw);
    work->counts = mem_new(room, sizeof *work->counts);
}

static void work_close(struct work *work)
{
    rule_state_free(work->state);
    free(work->u), free(work->x), free(work->answer);
    free(work->dw), free(work->true_dw), free(work->counts);
}

/* Trial t into place i; weights that are not known stay what they were there. */
static void work_put(struct work *work, size_t i, const struct truth *truth,
                     struct truth_memory *memory, const struct animal *animal, size_t t)
{
    const struct cohort *cohort = work->cohort;
    const struct rule_shape *shape = &work->model->settings.shape;
    size_t n = truth->policy.n;
    double *w = work->u + i * rule_inputs(shape), *x = work->x + i * n;
    for (size_t k = 0; k < n; k++)
        if (isfinite(work->w[k][t]))
            w[k] = work->w[k][t];
    inputs_rule_of(shape, w, cohort, animal, t, w);
    inputs_policy_of(&truth->policy, cohort, animal, t, x);
    work->answer[i] = cohort->answer[t];
    truth_step(truth, memory, w, x, cohort->choice[t], cohort->reward[t], cohort->answer[t],
               work->true_dw + i * n);
    work->counts[i] = usable(work, t);
}

static void work_step(struct work *work, size_t n)
{
    size_t n_weights = work->truth->policy.n;
    if (n == 0)
        return;
    rule_state_step(work->state, n, work->u, work->x, work->answer, NULL, work->dw);
    for (size_t i = 0; i < n; i++) {
        if (!work->counts[i])
            continue;
        for (size_t k = 0; k < n_weights; k++) {
            double truth = work->true_dw[i * n_weights + k];
            double error = work->dw[i * n_weights + k] - truth;
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
    size_t next = sample_rank(0, wanted, all);
    work_open(work, BATCH);
    for (size_t a = 0; a < cohort->n_animals && !stopped(work); a++) {
        const struct animal *animal = &cohort->animals[a];
        struct truth truth;
        truth_of_animal(work->truth, cohort, a, &truth);
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            if (!usable(work, t) || rank++ != next)
                continue;
            work_put(work, n++, &truth, NULL, animal, t);
            next = sample_rank(++taken, wanted, all);
            if (n == BATCH) {
                work_step(work, n);
                n = 0;
                if (stopped(work))
                    break;
            }
        }
    }
    work_step(work, n);
    work_close(work);
}

/* --- along lives ------------------------------------------------------------- */

struct life {
    const struct animal *animal;
    size_t begin, trials; /* from its trial `begin` on */
    size_t run_up;        /* of them, not counted */
    struct truth truth;
    struct truth_memory *memory;
};

static int longer_first(const void *a, const void *b)
{
    const struct life *x = a, *y = b;
    if (x->trials != y->trials)
        return x->trials < y->trials ? 1 : -1;
    size_t first = x->animal->first + x->begin, other = y->animal->first + y->begin;
    return first < other ? -1 : first > other;
}

static void live_together(struct work *work, struct life *lives, size_t n)
{
    qsort(lives, n, sizeof *lives, longer_first);
    rule_state_reset(work->state);
    memset(work->u, 0, n * rule_inputs(&work->model->settings.shape) * sizeof *work->u);
    for (size_t t = 0; n > 0 && !stopped(work); t++) {
        while (n > 0 && lives[n - 1].trials <= t)
            n--;
        for (size_t i = 0; i < n; i++) {
            const struct life *life = &lives[i];
            work_put(work, i, &life->truth, life->memory, life->animal,
                     life->animal->first + life->begin + t);
            work->counts[i] = work->counts[i] && t >= life->run_up;
        }
        work_step(work, n);
    }
}

static void life_open(const struct work *work, size_t animal, size_t begin, size_t end,
                      size_t run_up, struct life *life)
{
    *life = (struct life){.animal = &work->cohort->animals[animal],
                          .begin = begin,
                          .trials = end - begin,
                          .run_up = run_up};
    truth_of_animal(work->truth, work->cohort, animal, &life->truth);
    life->memory = truth_memory_new(&life->truth);
}

/* About `most` trials in PARTS parts, evenly over all of them. */
static void over_parts(struct work *work, size_t most)
{
    const struct cohort *cohort = work->cohort;
    struct life lives[PARTS];
    size_t a = 0;
    work_open(work, PARTS);
    for (size_t j = 0; j < PARTS; j++) {
        size_t t = sample_rank(j, PARTS, cohort->n_trials), length = most / PARTS;
        while (t >= cohort->animals[a].first + cohort->animals[a].count)
            a++;
        const struct animal *animal = &cohort->animals[a];
        size_t begin = t - animal->first;
        length = length < animal->count ? length : animal->count;
        begin = begin + length <= animal->count ? begin : animal->count - length;
        size_t run_up = begin < RUN_UP ? begin : RUN_UP;
        life_open(work, a, begin - run_up, begin + length, run_up, &lives[j]);
    }
    live_together(work, lives, PARTS);
    for (size_t j = 0; j < PARTS; j++)
        truth_memory_free(lives[j].memory);
    work_close(work);
}

/* Animals evenly over the cohort, so many that about `most` trials are run. */
static void over_lives(struct work *work, size_t most)
{
    const struct cohort *cohort = work->cohort;
    size_t wanted = cohort->n_animals, taken = 0, n = 0;
    struct life *lives = mem_new(SIDE_BY_SIDE, sizeof *lives);
    if (cohort->n_trials > most)
        wanted = (size_t)((double)most / (double)cohort->n_trials * (double)wanted);
    wanted = wanted ? wanted : 1;
    work_open(work, SIDE_BY_SIDE);
    for (size_t a = 0; a < cohort->n_animals && taken < wanted && !stopped(work); a++) {
        if (a != sample_rank(taken, wanted, cohort->n_animals))
            continue;
        size_t count = cohort->animals[a].count;
        life_open(work, a, 0, count < most ? count : most, 0, &lives[n++]);
        if (++taken == wanted || n == SIDE_BY_SIDE) {
            live_together(work, lives, n);
            while (n > 0)
                truth_memory_free(lives[--n].memory);
        }
    }
    work_close(work);
    free(lives);
}

/* Are its lives, of which not all can be run, so long that few would be? */
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

bool recovery_over(const struct model *model, const struct cohort *cohort,
                   const struct truth *truth, size_t most, const atomic_bool *stop,
                   struct recovery *out, struct err *err)
{
    struct work work = {.model = model, .cohort = cohort, .truth = truth, .stop = stop};
    if (!truth_columns(cohort, &truth->policy, work.w, err) ||
        !policy_check(&truth->policy, cohort, err))
        return false;
    size_t all = count_usable(&work);
    if (all > 0 && (rule_remembers(model->rule, &model->settings.shape) || truth_remembers(truth)))
        (is_long(cohort, most) ? over_parts : over_lives)(&work, most);
    else if (all > 0)
        over_trials(&work, all, most);
    if (stopped(&work))
        return err_set(err, ERR_INTERRUPTED, "recovery: interrupted");
    if (work.sums.n == 0)
        return err_set(err, ERR_DATA, "%s has no trial with true weights and a known reward",
                       cohort->name);
    *out = (struct recovery){.n_visited = all};
    summarise(&work.sums, truth->policy.n, out);
    return true;
}

bool recovery_estimate(const struct model *model, const struct cohort *cohort, size_t most,
                       const atomic_bool *stop, struct recovery *out, struct err *err)
{
    struct truth truth;
    if (model->rule->no_weights)
        return err_set(err, ERR_FAILED,
                       "the rule %s has no weights, hence no updates to compare with those of %s",
                       model->rule->name, cohort->name);
    return truth_for_policy(cohort, &model->settings.policy, &truth, err) &&
           recovery_over(model, cohort, &truth, most, stop, out, err);
}

bool recovery_compute(const struct model *model, const struct cohort *cohort, struct recovery *out,
                      struct err *err)
{
    return recovery_estimate(model, cohort, RECOVERY_MOST, NULL, out, err);
}
