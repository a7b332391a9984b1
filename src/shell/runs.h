/* Runs of a study in the background, each a job.  To verbs and tiles they are one series. */
#ifndef SHELL_RUNS_H
#define SHELL_RUNS_H

#include "studying.h"

/* Those of the runs [from, to) of the session's study that are not done are sent; *sent: how
 * many.  file is where each result goes, NULL: nowhere; it is taken over, also where it fails. */
bool runs_start(struct session *session, const struct studying *of, const struct cohort *cohort,
                struct study_file *file, size_t from, size_t to, size_t *sent, struct err *err);

#endif
