/* A file given to the wrong verb.  Called when it was refused, these say so in its place
 * where that is the reason; they return false. */
#ifndef SHELL_WRONG_FILE_H
#define SHELL_WRONG_FILE_H

#include <stdatomic.h>
#include <stddef.h>

#include "deltaw/base/err.h"

/* A log, or a session, where a model was wanted; *stop ends the look into it. */
bool wrong_file_log(const char *path, const atomic_bool *stop, struct err *err);
/* A model or a session among the logs. */
bool wrong_file_model(const char *const *paths, size_t n, struct err *err);

#endif
