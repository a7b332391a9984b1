/* A condition on trials, parsed once and tested on every trial. */
#ifndef DATA_CONDITION_H
#define DATA_CONDITION_H

#include "deltaw/data/cohort.h"

struct term;
struct condition {
    size_t n;
    struct term *terms;
};

/* One trial to test. */
struct condition_trial {
    const struct cohort *cohort;
    size_t animal, trial;
    size_t session; /* of the animal, from 1 */
};

/* See filter.h.  On failure nothing is to be freed.  It may be tested on trials of another
 * cohort with the same columns. */
bool condition_read(const char *text, const struct cohort *cohort, struct condition *out,
                    struct err *err);
bool condition_holds(const struct condition *condition, const struct condition_trial *trial);
void condition_free(struct condition *condition);

#endif
