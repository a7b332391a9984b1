/* A recovery that runs: its runs are jobs, its results are session->recover. */
#ifndef SHELL_RECOVERING_H
#define SHELL_RECOVERING_H

#include "deltaw/study/recover.h"
#include "runs.h"

extern const char recovering_name[]; /* "recover" */

/* The newest results; takes them over.  Only when none is under way. */
void recovering_show(struct session *session, struct recover *r);
/* Runs [from, to) of session->recover that are not done are sent; file (taken over) is where
 * each goes, NULL: nowhere.  *sent: how many there are. */
bool recovering_start(struct session *session, struct result_file *file, size_t from, size_t to,
                      size_t *sent, struct err *err);
/* What session->recover says: tables and a sentence. */
void recovering_result(struct session *session, struct output *out);

#endif
