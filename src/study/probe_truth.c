/* The truth beside a map or a slice: whether there is one, and R^2 against it. */
#include <math.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "probe_grid.h"
#include "truth.h"

/* Enough for three digits, few enough to be computed with every frame of a running fit.  Where
 * the past counts, animals are run from their first trial: few trials would come from a single
 * animal. */
enum { TRIALS_LEAST = 5000 };

bool probe_true_known(const struct cohort *cohort, const struct policy *policy)
{
    struct truth room = {0};
    bool known = cohort && truth_for_policy(cohort, policy, &room, NULL);
    truth_free(&room);
    return known;
}

bool probe_past_counts(const struct model *model, const struct cohort *cohort)
{
    struct truth truth = {0};
    if (probe_sees_past(model))
        return true;
    bool counts = cohort && truth_for_policy(cohort, &model->settings.policy, &truth, NULL) &&
                  probe_sees_past(truth.group[0].model);
    truth_free(&truth);
    return counts;
}

struct grid_r2 {
    struct grid grid; /* a copy: the cells change theirs in the meantime */
    struct truth truth;
    bool threaded;
    pthread_t thread;
    double value;
};

static void *r2_run(void *arg)
{
    struct grid_r2 *r2 = arg;
    const struct grid *grid = &r2->grid;
    struct recovery recovery;
    size_t most = 64 * grid->sample;
    if (grid_past(grid) && most < TRIALS_LEAST)
        most = TRIALS_LEAST;
    if (!grid->live)
        most = RECOVERY_MOST;
    bool found =
        recovery_over(grid->model, grid->cohort, grid->truth, most, grid->stop, &recovery, NULL);
    r2->value = found ? recovery.r2[grid->component] : NAN;
    return NULL;
}

struct grid_r2 *grid_r2_begin(struct grid *grid)
{
    struct grid_r2 *r2 = mem_new(1, sizeof *r2);
    const struct policy *policy = &grid->model->settings.policy;
    if (grid->cohort && truth_for_policy(grid->cohort, policy, &r2->truth, NULL))
        grid->truth = &r2->truth;
    r2->grid = *grid;
    r2->value = NAN;
    r2->threaded = grid->truth && grid->threads != 1 && thread_start(&r2->thread, r2_run, r2, NULL);
    if (grid->truth && !r2->threaded)
        r2_run(r2);
    return r2;
}

double grid_r2_end(struct grid_r2 *r2)
{
    if (r2->threaded)
        pthread_join(r2->thread, NULL);
    double value = r2->value;
    truth_free(&r2->truth);
    free(r2);
    return value;
}
