/* A cross-validation that runs: its runs are jobs, its results are session->cv. */
#ifndef SHELL_CROSSING_H
#define SHELL_CROSSING_H

#include "deltaw/study/cv.h"
#include "series.h"

extern const char crossing_name[]; /* "cv" */

/* The newest results; takes them over.  Only when no crossing is under way. */
void crossing_show(struct session *session, struct cv *cv);
/* Runs [from, to) of session->cv that are not done are sent; file (taken over) is where each
 * goes, NULL: nowhere.  How many there are. */
bool crossing_start(struct session *session, const struct cohort *cohort, struct cv_file *file,
                    size_t from, size_t to, size_t *sent, struct err *err);
/* What session->cv says: a sentence and a table. */
void crossing_result(struct session *session, struct output *out);

#endif
