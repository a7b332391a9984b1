/* Psychometric curves: the share of rightward choices by stimulus, in groups of sessions
 * (or of trials, where there are no sessions), and what a model expected on the same
 * trials.  Intervals are Wilson's (1927, J Am Stat Assoc 22:209), 95 %; they take trials as
 * independent. */
#ifndef DELTAW_STUDY_PSYCHOMETRIC_H
#define DELTAW_STUDY_PSYCHOMETRIC_H

#include <stdint.h>

#include "deltaw/base/table.h"
#include "deltaw/learn/model.h"

enum { PSYCHOMETRIC_GROUPS = 6, PSYCHOMETRIC_STIMULI = 25, PSYCHOMETRIC_NAME = 24 };

/* Early, middle, late: a fifth of an animal's sessions, rounded; of its
 * trials where it has fewer than five sessions. */
enum psychometric_kind { GROUP_EARLY, GROUP_MIDDLE, GROUP_LATE, GROUP_ALL, GROUP_SESSIONS };

struct psychometric_group {
    enum psychometric_kind kind;
    long first, last;             /* GROUP_SESSIONS: of each animal, from 1 */
    char name[PSYCHOMETRIC_NAME]; /* "early", "5", "1..3" */
};

/* "early,late", "1,5,20", "1..3,all": at most PSYCHOMETRIC_GROUPS of them. */
bool psychometric_groups(const char *text, struct psychometric_group *out, size_t *n,
                         struct err *err);

struct psychometric_points {
    size_t n_trials, n_sessions;   /* in the group, all animals together */
    size_t by_sessions, by_trials; /* animals whose fifth is of sessions, of trials */
    size_t *n;                     /* [n_stimuli] trials */
    size_t *right;                 /* [n_stimuli] rightward choices */
    double *p, *lo, *hi;           /* [n_stimuli] share and interval, NaN: no trial */
    double *expected;              /* [n_stimuli] mean P(right) of the model; NaN: none */
    double *low, *high;            /* [n_stimuli] its 90 % interval; NaN: none */
    double accuracy;               /* share of rewarded among trials whose reward is known */
    /* logit P(right) = slope (s - bias), by maximum likelihood, without lapses. NaN where
     * the choices do not determine it (one stimulus, no error at all). */
    double bias, slope;
};

struct psychometric {
    size_t n_stimuli;
    bool binned;                /* more than PSYCHOMETRIC_STIMULI values: means of equal bins */
    double *stimulus;           /* [n_stimuli] ascending */
    size_t n_groups, n_animals; /* animals that are pooled */
    struct psychometric_group group[PSYCHOMETRIC_GROUPS];
    struct psychometric_points points[PSYCHOMETRIC_GROUPS];
    long most_sessions;          /* of an animal that is pooled */
    enum interval_kind interval; /* where low and high of the points are from */
    /* of every trial, so that a model's part takes one pass */
    uint8_t *level;  /* [n_trials] index into stimulus */
    uint8_t *member; /* [n_trials] bit g: in group g */
};

/* chosen [n_animals]: which to pool; NULL: all. */
void psychometric_compute(const struct cohort *cohort, const bool *chosen,
                          const struct psychometric_group *group, size_t n_groups,
                          struct psychometric *out);
/* Fills `expected` from the weights visited under the model, [n_trials][K], over
 * about `most` trials evenly spread (0: all). */
void psychometric_expect(struct psychometric *p, const struct model *model,
                         const struct cohort *cohort, const float *visited, size_t most);
/* Fills `low` and `high` from the model's posterior; false: it has none. */
bool psychometric_band(struct psychometric *p, const struct model *model,
                       const struct cohort *cohort);
void psychometric_free(struct psychometric *p);
/* subject, sessions, stimulus, n, p_right, lo, hi, model, model_low, model_high,
 * interval (where these two are from, see interval_word): `subject` as
 * given. */
void psychometric_table(const struct psychometric *p, const char *subject, struct table *out);

#endif
