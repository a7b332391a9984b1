/* Trials that a cohort leaves out because their reward is unknown, for those who need no
 * rewards: kept beside it, and put back in order. */
#ifndef DELTAW_DATA_UNREWARDED_H
#define DELTAW_DATA_UNREWARDED_H

#include <stddef.h>

#include "deltaw/data/cohort.h"

/* The cohort with them, rewards .5; a new reference.  *place [its n_trials], which the caller
 * frees: which trial of `cohort` each is, SIZE_MAX: none; NULL: they are the same. */
struct cohort *cohort_whole(const struct cohort *cohort, size_t **place);

/* While a cohort is built: zero at first. */
struct unrewarded {
    struct cohort_builder *builder;
    size_t n, room, *at;          /* as unrewarded_at */
    const char *animal, *session; /* of the last one */
};
/* One of this animal, after `before` trials of the cohort; columns as those of `names`. */
void unrewarded_add(struct unrewarded *unrewarded, size_t n_names, const char *const *names,
                    const char *animal, const char *session, size_t before,
                    const struct cohort_trial *trial, const float *extra);
/* They go to the cohort. */
void unrewarded_give(struct unrewarded *unrewarded, struct cohort *cohort);
void unrewarded_free(struct unrewarded *unrewarded);

#endif
