/* Programs that a person asks for at the prompt. */
#ifndef SCREEN_CHILD_H
#define SCREEN_CHILD_H

#include <stdbool.h>

#include "deltaw/base/err.h"

/* The command by /bin/sh, with our terminal, until it ends.  ^C ends it, and nothing here;
 * TERM and HUP end it and are kept for the loop.  status: of its end, 128 + a signal's number;
 * false: it could not be started. */
bool child_run(const char *command, int *status, struct err *err);
/* The same in place of the full screen, which comes back with the next key. */
bool child_run_away(const char *command, int *status, struct err *err);

#endif
