/* Random walks of a cohort's animals as one thing, shared by reference. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/randomwalk.h"

struct randomwalk_set *randomwalk_set_new(size_t n_animals, size_t n_weights, size_t n_trials)
{
    struct randomwalk_set *set = mem_new(1, sizeof *set);
    set->n_animals = n_animals, set->n_weights = n_weights, set->n_trials = n_trials;
    set->animal = mem_new(n_animals, sizeof *set->animal);
    set->w = mem_new(n_trials * n_weights, sizeof *set->w);
    set->sd = mem_new(n_trials * n_weights, sizeof *set->sd);
    set->logit_sd = mem_new(n_trials, sizeof *set->logit_sd);
    set->references = 1;
    return set;
}

struct randomwalk_set *randomwalk_set_hold(const struct randomwalk_set *set)
{
    struct randomwalk_set *s = (struct randomwalk_set *)set;
    if (s)
        __atomic_add_fetch(&s->references, 1, __ATOMIC_RELAXED);
    return s;
}

void randomwalk_set_drop(struct randomwalk_set *set)
{
    if (!set || __atomic_sub_fetch(&set->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    free(set->animal), free(set->w), free(set->sd), free(set->logit_sd);
    free(set);
}

double randomwalk_set_evidence(const struct randomwalk_set *set)
{
    double sum = 0;
    for (size_t a = 0; a < set->n_animals; a++)
        if (set->animal[a].n_trials > 1)
            sum += set->animal[a].log_evidence;
    return sum;
}
