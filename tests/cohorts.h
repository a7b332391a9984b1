/* Small cohorts for the tests: ragged, with sessions, seeded. */
#ifndef TESTS_COHORTS_H
#define TESTS_COHORTS_H

#include <stdio.h>

#include "deltaw/base/rng.h"
#include "deltaw/data/cohort.h"

/* `n` animals a0, a1, ... of counts[i] trials in sessions of 60. */
__attribute__((unused)) static struct cohort *test_cohort(size_t n, const size_t *counts,
                                                          unsigned seed)
{
    static const float levels[] = {-1, -.5f, -.25f, 0, .25f, .5f, 1};
    struct cohort_builder *b = cohort_builder_new();
    for (size_t a = 0; a < n; a++) {
        char name[32];
        struct rng rng = rng_stream(seed, RNG_TEST, (uint32_t)a, 0);
        snprintf(name, sizeof name, "a%zu", a);
        cohort_builder_animal(b, name);
        for (size_t i = 0; i < counts[a]; i++) {
            if (i % 60 == 0) {
                snprintf(name, sizeof name, "s%zu", i / 60);
                cohort_builder_session(b, name);
            }
            float s = levels[rng_below(&rng, 7)];
            bool right = s > 0 || (s == 0 && rng_below(&rng, 2));
            bool correct = rng_uniform(&rng) < .5 + .3 * (double)i / (double)counts[a];
            cohort_builder_trial(b,
                                 &(struct cohort_trial){.stimulus = s,
                                                        .reward = correct,
                                                        .choice = right == correct,
                                                        .answer = right,
                                                        .trial = (int32_t)(i + 1)},
                                 NULL);
        }
    }
    return cohort_builder_finish(b, "test", "test");
}

#endif
