#include "recovery.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "probe_axis.h"
#include "deltaw/base/mem.h"
#include "truth.h"

enum { BATCH = 4096 };

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
    const float *w[POLICY_MAX];
    size_t n;
    double *u, *dw, *true_dw; /* [BATCH][K + INPUT_N], [BATCH][K], [BATCH][K] */
    struct sums sums;
};

static void work_flush(struct work *work)
{
    size_t n_weights = work->truth->policy.n;
    if (work->n == 0)
        return;
    model_update(work->model, work->n, work->u, work->dw);
    for (size_t i = 0; i < work->n * n_weights; i++) {
        size_t k = i % n_weights;
        double error = work->dw[i] - work->true_dw[i];
        work->sums.truth[k] += work->true_dw[i];
        work->sums.squares[k] += work->true_dw[i] * work->true_dw[i];
        work->sums.error[k] += error * error;
    }
    work->sums.n += work->n;
    work->n = 0;
}

static void work_put(struct work *work, const struct animal *animal, size_t t)
{
    const struct cohort *cohort = work->cohort;
    size_t n_weights = work->truth->policy.n;
    if (work->n == BATCH)
        work_flush(work);
    double *u = work->u + work->n * (n_weights + INPUT_N), *w = u, x[POLICY_MAX];
    for (size_t k = 0; k < n_weights; k++)
        *u++ = work->w[k][t];
    u[INPUT_STIMULUS] = cohort->stimulus[t];
    u[INPUT_ONE] = 1;
    u[INPUT_DAY] = cohort_day(cohort, animal, t);
    u[INPUT_CHOICE] = cohort->choice[t];
    u[INPUT_REWARD] = cohort->reward[t];
    u[INPUT_SIDE] = cohort->stimulus[t] > 0;
    policy_features(&work->truth->policy, cohort, animal, t, x);
    truth_update(work->truth, w, x, cohort->choice[t], cohort->reward[t], cohort->answer[t],
                 work->true_dw + work->n * n_weights);
    work->n++;
}

/* A trial whose reward and true weights are known. */
static bool usable(const struct work *work, size_t t)
{
    bool good = trial_known(work->cohort, t);
    for (size_t k = 0; good && k < work->truth->policy.n; k++)
        good = isfinite(work->w[k][t]);
    return good;
}

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
                   const struct truth *truth, size_t most, struct recovery *out, struct err *err)
{
    struct work work = {.model = model, .cohort = cohort, .truth = truth};
    size_t n_weights = truth->policy.n, all = 0, rank = 0, taken = 0;
    if (!truth_columns(cohort, &truth->policy, work.w, err))
        return false;
    for (size_t t = 0; t < cohort->n_trials; t++)
        all += usable(&work, t);
    if (all == 0)
        return err_set(err, ERR_DATA, "%s has no trial with true weights and a known reward",
                       cohort->name);
    size_t n = all < most ? all : most;
    work.u = mem_new(BATCH * (n_weights + INPUT_N), sizeof *work.u);
    work.dw = mem_new(BATCH * n_weights, sizeof *work.dw);
    work.true_dw = mem_new(BATCH * n_weights, sizeof *work.true_dw);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count; t++)
            if (usable(&work, t) && rank++ == sample_rank(taken, n, all)) {
                work_put(&work, animal, t);
                taken++;
            }
    }
    work_flush(&work);
    *out = (struct recovery){.n_lived = all};
    summarise(&work.sums, n_weights, out);
    free(work.u);
    free(work.dw);
    free(work.true_dw);
    return true;
}

bool recovery_compute(const struct model *model, const struct cohort *cohort,
                      struct recovery *out, struct err *err)
{
    struct truth truth;
    if (model->rule->memory)
        return err_set(err, ERR_FAILED,
                       "the rule %s has a memory, and its update cannot be compared with %s yet",
                       model->rule->name, cohort->name);
    return truth_for_policy(cohort, &model->settings.policy, &truth, err) &&
           recovery_over(model, cohort, &truth, RECOVERY_MOST, out, err);
}
