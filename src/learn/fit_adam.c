/* Networks: Adam (doc/science, fitting).  One step per epoch on the whole cohort, or, with
 * batch=N, one step per N animals, in a new order of batches each epoch. */
#include <math.h>
#include <stdlib.h>

#include "adam.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "fit_gains.h"

enum { SPREAD_EVERY = 50 }; /* epochs: the spread of gains anew */
enum { DECAY_EVERY = 5 };   /* epochs (StepLR) */

static void take_step(struct trainer *t, struct adam *adam, int epoch)
{
    const struct fit_settings *s = &t->fit->settings;
    adam_step(adam, s->rate * pow(s->decay, epoch / DECAY_EVERY), t->theta, t->gradient);
    trainer_bound(t);
}

/* One pass over all batches; false: stopped, or a gradient that is no number. */
static bool pass(struct trainer *t, struct adam *adam, int epoch, const char **why)
{
    size_t n = trainer_batches(t), *order = mem_new(n, sizeof *order);
    struct rng rng = rng_stream(t->fit->settings.seed, RNG_BATCH, (uint32_t)epoch, 0);
    bool ok = true;
    rng_order(&rng, n, order);
    for (size_t i = 0; i < n && ok; i++) {
        ok = trainer_may_go_on(t) && trainer_batch(t, order[i]);
        if (ok && (*why = trainer_trouble(t, true)))
            ok = false;
        if (ok)
            take_step(t, adam, epoch);
    }
    free(order);
    return ok;
}

/* False: stopped. */
static bool spread_anew(struct trainer *t, int epoch, bool last)
{
    bool due = fit_gains_size(t) && epoch > 0 && (epoch % SPREAD_EVERY == 0 || last);
    return !due || fit_gains_spread(t);
}

const char *fit_adam(struct trainer *t)
{
    const struct fit_settings *s = &t->fit->settings;
    struct adam adam = adam_new(t->n_all);
    const char *why = NULL;
    bool batches = s->batch > 0;
    if (t->checkpoint)
        checkpoint_give(t->checkpoint, &adam);
    for (int epoch = trainer_first(t); epoch <= s->epochs; epoch++) {
        bool step = epoch < s->epochs;
        if (!trainer_may_go_on(t) || !trainer_evaluate(t, epoch, step && !batches, !step) ||
            (why = trainer_trouble(t, step && !batches)))
            break;
        /* before the spread: a fit that goes on takes its own, and only at its epochs */
        checkpoint_take(&t->checkpoint, epoch, t->theta, &adam, 0);
        bool spread = spread_anew(t, epoch, !step);
        trainer_keep(t);
        if (!spread)
            break;
        t->finished = !step;
        if (step && !batches)
            take_step(t, &adam, epoch);
        else if (step && !pass(t, &adam, epoch, &why))
            break;
    }
    adam_free(&adam);
    return why;
}
