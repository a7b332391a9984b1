/* Looking a cohort over before a fit: facts about it, and which of them deserve a second
 * look.  Nothing is changed or dropped. */
#ifndef DELTAW_STUDY_CHECK_H
#define DELTAW_STUDY_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/table.h"
#include "deltaw/data/cohort.h"

enum { CHECK_FACTS = 20 };

struct cohort_fact {
    char name[32];   /* "trials per animal" */
    char value[160]; /* "3,120 to 8,230, median 5,669" */
    bool warning;
    bool failed;      /* a warning of what makes any fit meaningless */
    char remark[200]; /* of a warning: what it may mean and what to do; else "" or a note */
    /* The same in numbers, NaN: it has none of that kind.  number: of what is counted, the
     * median of a range; of: how many there are. */
    double number, of, least, greatest, percent, first_percent;
    size_t at; /* the first trial of which it is a warning, SIZE_MAX: none */
};

struct cohort_check {
    size_t n, n_warnings, n_failed;
    struct cohort_fact fact[CHECK_FACTS];
};

/* The stimuli that occur, out [most], in the order in which they do; how many, of more than
 * `most` most + 1. */
size_t cohort_stimuli(const struct cohort *cohort, size_t most, float *out);
void cohort_check(const struct cohort *cohort, struct cohort_check *out);
/* A row per animal: trials, sessions, share correct in its first and last tenth, choices
 * right, unknown rewards, different stimuli, trial numbers that go back, rewards against
 * the correct side, where the first of these is (session and trial, and the file's row), and
 * a verdict: ok, look or fail.  Returns
 * how many fail. */
struct animal_verdict {
    const char *verdict, *why;
    char place[96]; /* "session 3 trial 17", "" when there is none */
    size_t at;      /* that trial; SIZE_MAX */
};
/* verdicts: [n_animals] */
size_t cohort_check_animals(const struct cohort *cohort, struct animal_verdict *verdicts,
                            size_t *looks, struct table *out);
extern const struct column cohort_fact_columns[], cohort_animal_columns[];
void cohort_check_table(const struct cohort *cohort, const struct cohort_check *check,
                        struct table *out);

#endif
