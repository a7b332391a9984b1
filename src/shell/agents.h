/* commands/simulate.c: what other files need to make the same agents again. */
#ifndef SHELL_AGENTS_H
#define SHELL_AGENTS_H

#include "state.h"

/* The command of these words, with the seed that counts.  Caller frees. */
char *agents_command(const struct args *args);
/* Is there memory for so many? */
bool agents_room(const struct args *args, struct err *err);

#endif
