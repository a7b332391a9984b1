/* Bringing back a session from a file: read and checked in a job, then taken over whole. */
#ifndef SHELL_RESTORING_H
#define SHELL_RESTORING_H

#include "state.h"

/* The path is expanded.  data: another file, folder or "none"; NULL: where it was.  changed:
 * trials that are not those of the session are taken, too. */
bool restoring_start(struct session *session, const char *path, const char *data, bool changed,
                     struct err *err);

/* commands/session.c: what is open now, as the answer. */
void restoring_tell(struct session *session, const char *path, struct output *out);

#endif
