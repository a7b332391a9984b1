/* The memory that a fit takes: checked before it is sent, and again when it begins. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "blas.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/gp.h"
#include "rollout.h"
#include "trainer.h"

enum { SEGMENT = 500 }; /* trials of a chunk where none are cut off */

/* fast has its gradients from elsewhere: all animals may share tiles. */
static struct rollout_setup setup_of(const struct fit_settings *s, const struct rule *rule,
                                     const bool *train)
{
    bool network = rule->network, fast = network && s->optimizer == OPTIMIZER_FAST;
    return (struct rollout_setup){
        .engine = engine_of(rule),
        .rule = rule,
        .shape = &s->shape,
        .train = fast ? NULL : train,
        .truncation = network && !fast ? s->truncation : SEGMENT,
        .whole = !network,
        .batch = network ? s->batch : 0,
        .threads = s->threads > 0 ? s->threads : thread_processors(),
    };
}

/* Most of what a posterior takes beside: a mode for each point of the grid, with the factor of
 * its precision and what animals' starts share with it. */
static double posterior_bytes(const struct fit_settings *s, const struct cohort *cohort)
{
    enum { MODES = 40 };
    double k = (double)s->policy.n;
    double n = GP_N_TERMS * GP_DECAYS * k +
               (s->shape.remainder == REMAINDER_NONE
                    ? 0
                    : GP_CELLS * (double)(s->shape.basis ? s->shape.basis : 10) * k);
    double own = (double)cohort->n_animals * k * n;
    return MODES * (n * n + own) * sizeof(double);
}

bool trainer_check_memory(const struct fit_settings *s, const struct rule *rule,
                          const struct cohort *cohort, const bool *train, struct err *err)
{
    struct rollout_setup setup = setup_of(s, rule, train);
    size_t *length = mem_new(cohort->n_animals, sizeof *length);
    for (size_t a = 0; a < cohort->n_animals; a++)
        length[a] = cohort->animals[a].count;
    double bytes = rollout_bytes(&setup, cohort->n_animals, length) +
                   (double)cohort->n_trials * (double)(s->policy.n + 3) * sizeof(float);
    free(length);
    bytes += rule->posterior ? posterior_bytes(s, cohort) : 0;
    if (rule->posterior && !blas_room(setup.threads, "fit", err))
        return false;
    if (mem_room(bytes, "fit", err))
        return true;
    err_remedy(err, setup.train && setup.truncation && !setup.whole
                        ? "a longer truncation=, fewer hidden=, layers= or threads= take less"
                        : "fewer threads= take less");
    return false;
}

static struct rollout *new_rollout(const struct trainer *t)
{
    struct rollout_setup setup = setup_of(&t->fit->settings, t->rule, t->train);
    setup.trials = t->trials;
    setup.shape = t->shape;
    return rollout_new(&setup);
}

bool trainer_take_memory(struct trainer *t)
{
    static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;
    const struct fit *fit = t->fit;
    pthread_mutex_lock(&taking);
    bool room = trainer_check_memory(&fit->settings, t->rule, fit->cohort, t->train, &t->why);
    if (room && !t->rule->no_updates)
        t->rollout = new_rollout(t);
    pthread_mutex_unlock(&taking);
    return room;
}
