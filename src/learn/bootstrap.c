/* bootstrap=: which animals a fit is to. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/engine.h"
#include "trainer.h"

/* drawn [2 n]: the cohort's, then those drawn again; chosen [n]: trained on.  Returns how many
 * there are. */
static size_t draw(const struct fit_settings *s, size_t n, const bool *train, size_t *drawn,
                   bool *chosen)
{
    size_t n_train = 0, n_all = n, *of = mem_new(n, sizeof *of);
    for (size_t a = 0; a < n; a++) {
        drawn[a] = a;
        chosen[a] = train[a] && !s->bootstrap;
        if (train[a])
            of[n_train++] = a;
    }
    struct rng rng = rng_stream(s->bootstrap, RNG_BOOTSTRAP, 0, 0);
    for (size_t i = 0; i < n_train && s->bootstrap; i++) {
        size_t a = of[rng_below(&rng, (uint32_t)n_train)];
        if (chosen[a])
            drawn[n_all++] = a;
        chosen[a] = true;
    }
    free(of);
    return n_all;
}

size_t *trainer_draw(struct trainer *t, const bool *train)
{
    size_t n = t->n_own, *drawn = mem_new(2 * n, sizeof *drawn);
    t->train = mem_new(2 * n, sizeof *t->train);
    t->held_out = mem_new(2 * n, sizeof *t->held_out);
    t->n_animals = draw(&t->fit->settings, n, train, drawn, t->train);
    for (size_t a = 0; a < n; a++)
        t->held_out[a] = !train[a];
    for (size_t a = n; a < t->n_animals; a++)
        t->train[a] = true;
    trials_repeat(t->trials, drawn + n, t->n_animals - n);
    return drawn;
}

size_t trainer_animals(const struct fit_settings *s, size_t n, const bool *train)
{
    size_t *drawn = mem_new(2 * n, sizeof *drawn);
    bool *chosen = mem_new(n, sizeof *chosen);
    size_t n_all = draw(s, n, train, drawn, chosen);
    free(drawn), free(chosen);
    return n_all;
}
