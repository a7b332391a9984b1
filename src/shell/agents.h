/* commands/simulate.c: what other files need to make the same agents again. */
#ifndef SHELL_AGENTS_H
#define SHELL_AGENTS_H

#include "state.h"

/* The command of these words, with the seed that counts.  Caller frees. */
char *agents_command(const struct args *args);

#endif
