/* Numbers found out about a cohort, by a name that tells which: computed once, then kept
 * with the trials.  Any thread. */
#ifndef DELTAW_DATA_MEMO_H
#define DELTAW_DATA_MEMO_H

#include "deltaw/data/cohort.h"

/* False: it is not known. */
bool cohort_recall(const struct cohort *cohort, const char *name, double *value);
void cohort_remember(const struct cohort *cohort, const char *name, double value);

/* For cohort.c alone. */
struct cohort_memo *cohort_memo_new(void);
void cohort_memo_free(struct cohort_memo *memo);

#endif
