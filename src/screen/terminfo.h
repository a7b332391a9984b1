/* What terminfo says of the terminal, and what it ought to say. */
#ifndef SCREEN_TERMINFO_H
#define SCREEN_TERMINFO_H

#include <stdbool.h>

/* Does the environment say that the terminal takes red, green and blue?  (COLORTERM, or an
 * xterm that is new enough.)  Most such terminals have a TERM that knows of 256 colours. */
bool terminfo_says_direct(const char *term);

/* The description of terminal `term` with direct colours in the place of those of its
 * palette, as $TERMINFO may hold one ("hex:..."); the caller frees it.  NULL: it has
 * no colours, or direct ones already. */
char *terminfo_direct(const char *term);

#endif
