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
    char remark[200]; /* of a warning: what it may mean and what to do; else "" or a note */
};

struct cohort_check {
    size_t n, n_warnings;
    struct cohort_fact fact[CHECK_FACTS];
};

void cohort_check(const struct cohort *cohort, struct cohort_check *out);
/* fact, value, result ("ok" or "look"), remark */
void cohort_check_table(const struct cohort_check *check, struct table *out);

#endif
