/* The closed loop: agents that learn as the fitted model does are run on the animals' own
 * stimuli, many times, and what they do is compared with what the animals did.  A model can predict
 * each next choice well from the true past and yet not behave like the animals when it is
 * left alone. */
#ifndef DELTAW_STUDY_LOOP_H
#define DELTAW_STUDY_LOOP_H

#include "deltaw/base/jobs.h"
#include "deltaw/base/table.h"
#include "deltaw/learn/model.h"

enum loop_part {
    LOOP_LEARNING_CURVE, /* share correct over trials */
    LOOP_EARLY,          /* P(right) by stimulus in the first third of each animal's trials */
    LOOP_LATE,           /* in the last third */
    LOOP_SWITCH_CORRECT, /* share of choices unlike the one before, after a correct one, by
                          * quarters of each animal's trials */
    LOOP_SWITCH_ERROR,   /* after an error */
    LOOP_HISTORY,        /* by lag: P(right) above that of the stimulus after a choice to the
                          * right so many trials before, less half of the difference to left */
    LOOP_PARTS,
};

struct loop_figure {
    const char *name, *title, *x_name, *y_name; /* "learning_curve", ... */
    size_t n;
    double *x, *observed;      /* [n] of the animals; NaN: no trial */
    double *mean, *low, *high; /* [n] of the agents; 95 % of the runs lie between */
    /* How many runs are as far from the mean of the runs, at the point where they are
     * furthest, as the animals are: (1 + those) / (1 + runs). */
    double p;
    size_t worst; /* that point of the animals */
};

struct loop {
    char *model;
    size_t n_runs, n_animals;
    struct loop_figure figure[LOOP_PARTS];
};

/* Each animal begins with its weights under the model; random numbers are named by (seed,
 * animal, run).  In the thread of the job (NULL: any).  Of an ensemble each run follows one
 * member, in turn; with pool=each the animal's own.  Refuses models without weights or
 * a rule, and cohorts whose rewards do not follow from the correct side. */
bool loop_run(const struct model *model, const struct cohort *cohort, size_t runs, uint64_t seed,
              struct job *job, struct loop **out, struct err *err);
/* One such run of every animal, as a cohort that is like the animals' in all but choices and
 * rewards.  Columns of true weights are those of the animals, not of the agents. */
bool loop_cohort(const struct model *model, const struct cohort *cohort, uint64_t seed,
                 struct job *job, struct cohort **out, struct err *err);
void loop_free(struct loop *loop); /* NULL is fine */

/* figure, x, observed, mean, low, high */
extern const struct column loop_columns[];
void loop_table(const struct loop *loop, struct table *out);

#endif
