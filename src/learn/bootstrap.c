/* bootstrap=: which animals a fit is to. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/engine.h"
#include "trainer.h"

size_t *trainer_draw(struct trainer *t, const bool *train)
{
    size_t n = t->n_own, n_train = 0, *drawn = mem_new(2 * n, sizeof *drawn);
    size_t *of = mem_new(n, sizeof *of);
    t->train = mem_new(2 * n, sizeof *t->train);
    t->held_out = mem_new(2 * n, sizeof *t->held_out);
    for (size_t a = 0; a < n; a++) {
        drawn[a] = a;
        t->held_out[a] = !train[a];
        t->train[a] = train[a] && !t->fit->settings.bootstrap;
        if (train[a])
            of[n_train++] = a;
    }
    t->n_animals = n;
    struct rng rng = rng_stream(t->fit->settings.bootstrap, RNG_BOOTSTRAP, 0, 0);
    for (size_t i = 0; i < n_train && t->fit->settings.bootstrap; i++) {
        size_t a = of[rng_below(&rng, (uint32_t)n_train)];
        if (t->train[a])
            drawn[t->n_animals++] = a;
        t->train[a] = true;
    }
    for (size_t a = n; a < t->n_animals; a++)
        t->train[a] = true;
    trials_repeat(t->trials, drawn + n, t->n_animals - n);
    free(of);
    return drawn;
}
