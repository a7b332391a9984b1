/* What was typed: readline's list, kept in XDG_STATE_HOME/deltaw/history (mode
 * 0600).  Every line is appended at once, so that a crash loses nothing. */
#ifndef SCREEN_RECALL_H
#define SCREEN_RECALL_H

#include <stdbool.h>
#include <stddef.h>

/* Reads the file into readline's list.  No file, or one that cannot be read or
 * written, is no error: the list then lasts as long as the program. */
void recall_open(void);
/* Appends, and drops an equal older line. */
void recall_add(const char *line);
/* The i-th line, oldest first; NULL after the last. */
const char *recall_line(size_t i);
const char *recall_at(void *unused, size_t i); /* the same, as a session asks */
/* Up and Down go through the lines that begin like what is typed; where inputrc leaves
 * them alone.  After rl_initialize. */
void recall_bind_arrows(void);
void recall_close(void);

#endif
