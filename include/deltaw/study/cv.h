/* Cross-validation: each rule is fitted to a part of the trials and scored on others, in
 * the same way for every rule, over several seeds.  A seed says both how the data are
 * divided and how networks begin.
 *
 *   by=animal   animals are dealt out to the folds; those of a fold are left out and scored
 *   by=session  sessions of each animal are; weights pass through those left out
 *   future=N    the first trials of all animals are fitted, the next N of each are scored
 *
 * In each case animals are followed from their first trial: nothing restarts at w_0.  A run
 * is one rule, seed and fold, and of a sweep one size of the data.  Runs are numbered so
 * that any stretch of them is of all rules: rules first, then sizes, folds, seeds.
 *
 * What results is a struct cv, from runs or from a file; it needs no cohort. */
#ifndef DELTAW_STUDY_CV_H
#define DELTAW_STUDY_CV_H

#include "deltaw/base/jobs.h"
#include "deltaw/base/table.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/paired.h"
#include "deltaw/study/study.h"

enum cv_by { CV_ANIMAL, CV_SESSION, CV_FUTURE };

/* Of the data that are fitted; 0: all that there is. */
struct cv_size {
    size_t animals, trials; /* trials of each */
};

struct cv_rule {
    char *words;                  /* as it was asked for: "dnn lags=2" */
    struct fit_settings settings; /* seed and holdout have no meaning; of a file: not set */
    bool epochs_asked;            /* else optimizer=fast chooses them by the data */
};

struct cv_plan {
    enum cv_by by;
    size_t folds; /* 1 by future */
    size_t future;
    size_t n_rules, n_seeds, n_sizes; /* at least 1 of each */
    struct cv_rule *rules;
    uint64_t *seeds;
    struct cv_size *sizes;
    uint64_t digest;     /* of the cohort */
    char *cohort, *text; /* its name; the plan as JSON, with all settings and the version */
};

struct cv_score {
    size_t animal; /* index of its name in struct cv */
    double loglik; /* nats, summed over the scored trials; NaN: it is no number */
    size_t trials;
};

struct cv_result {
    bool done;
    char *failed; /* why the fit did; NULL: it did not */
    char engine[32];
    size_t n;
    struct cv_score *scores; /* [n] */
};

struct cv {
    struct study study;
    struct cv_plan plan;
    size_t n_animals;
    char **animals;            /* [n_animals] of those that have a score */
    struct cv_result *results; /* [study.n_runs] */
};

struct cv_run {
    size_t rule, size, fold, seed; /* indices */
};

/* --- plans ----------------------------------------------------------------- */

/* The digest of a plan: the cohort's, carried on over the values of the columns that the
 * rules' policies name. */
uint64_t cv_plan_digest(const struct cv_plan *plan, const struct cohort *cohort);
/* Writes plan->text from the rest. */
void cv_plan_write(struct cv_plan *plan);
void cv_plan_free(struct cv_plan *plan);
/* Do they go together: the same plan, data and version?  Else err names what differs. */
bool cv_plan_same(const struct cv_plan *a, const struct cv_plan *b, struct err *err);
/* Can the plan be carried out on the cohort? */
bool cv_plan_check(const struct cv_plan *plan, const struct cohort *cohort, struct err *err);

/* Takes the plan over. */
struct cv *cv_new(struct cv_plan *plan);
void cv_free(struct cv *cv); /* NULL is fine */
struct cv_run cv_run_at(const struct cv *cv, size_t run);

/* --- runs ------------------------------------------------------------------ */

/* fold [n_animals] of each animal; order [n_animals]: in which a sweep takes them up. */
void cv_fold_animals(size_t n_animals, size_t folds, uint64_t seed, size_t *fold, size_t *order);
/* scored [n_trials] 1 where a run scores. */
void cv_scored(const struct cv_plan *plan, const struct cv_run *run, const struct cohort *cohort,
               uint8_t *scored);
/* One run, in the thread of `job`.  False: it was stopped. */
bool cv_run(const struct cv_plan *plan, const struct cv_run *run, const struct cohort *cohort,
            struct job *job, struct cv_result *out, struct err *err);
void cv_result_clear(struct cv_result *result);
/* Takes the result over, whose animals are indices of `names`. */
void cv_put(struct cv *cv, size_t run, struct cv_result *result, const char *const *names);

/* --- what they say --------------------------------------------------------- */

/* Log-likelihood per trial of each animal, the mean over seeds, over the folds and seeds
 * that are done for both rules: mean [n_animals], NaN where there is none. */
void cv_animals(const struct cv *cv, size_t rule, size_t other, size_t size, double *mean);
/* The mean of that over animals, and how many there are (n may be NULL). */
double cv_mean(const struct cv *cv, size_t rule, size_t size, size_t *n);
/* a minus b of each animal, on the same trials: d [n_animals], NaN where there is none. */
void cv_differences(const struct cv *cv, size_t a, size_t b, size_t size, double *d);
/* What that says. */
void cv_pair(const struct cv *cv, size_t a, size_t b, size_t size, uint64_t seed,
             struct paired *out);
/* Is a score of the animal no number in some run that is done?  Then the rule's mean is without
 * it. */
bool cv_lost(const struct cv *cv, size_t rule, size_t size, size_t animal);
/* Of those that have a score on every animal that any has one on, and of which no run failed:
 * where the mean is greatest.  False: there is none. */
bool cv_best(const struct cv *cv, size_t *rule, size_t *size);
/* Index of the size with most data. */
size_t cv_largest(const struct cv_plan *plan);
/* A row per rule and size, of cv_columns. */
extern const struct column cv_columns[];
void cv_table(const struct cv *cv, struct table *out);
/* Rules and the animals on which they have no number, or do far worse than chance. */
void cv_say_failures(const struct cv *cv, struct strbuf *out);

#endif
