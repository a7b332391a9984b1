/* The truth of a simulated cohort: the agents that made it, read back from
 * cohort->truth, and the columns with the weights they had before every trial. */
#ifndef DELTAW_STUDY_TRUTH_H
#define DELTAW_STUDY_TRUTH_H

#include "deltaw/data/cohort.h"
#include "deltaw/study/agent.h"

enum { TRUTH_GROUPS = 8, TRUTH_DISTRACTORS = 100 };

struct truth {
    size_t n_groups; /* 1, or more for a mixture */
    struct agent group[TRUTH_GROUPS];
    unsigned share[TRUTH_GROUPS]; /* animals of the group in each round of them */
    char stimuli[16];             /* "ibl", "grid" or "cues" */
    uint64_t seed;
    size_t distractors; /* columns d1, d2, ... that nothing depends on */
};

/* False: the cohort has no truth, one that this version does not know, or one of a
 * network too large to be kept with it (err says which); nothing is in out then. */
bool truth_read(const struct cohort *cohort, struct truth *out, struct err *err);
void truth_free(struct truth *truth); /* its models; one of zeros is fine */

const struct policy *truth_policy(const struct truth *truth);
/* Does an update depend on the trials before? */
bool truth_remembers(const struct truth *truth);
/* Of the animal with this number in the order of the run, from 0. */
size_t truth_group(const struct truth *truth, size_t number);
/* The group of every animal of the cohort, known by its name since some may be filtered
 * out: group [n_animals].  False: a mixture, and an animal that simulate did not name. */
bool truth_groups(const struct truth *truth, const struct cohort *cohort, size_t *group,
                  struct err *err);
/* How much a group counts in a mean over animals; all of them sum to 1. */
double truth_weight(const struct truth *truth, size_t group);

#endif
