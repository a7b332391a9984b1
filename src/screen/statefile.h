/* Where the program keeps files between its runs. */
#ifndef SCREEN_STATEFILE_H
#define SCREEN_STATEFILE_H

/* XDG_STATE_HOME/deltaw/NAME, else ~/.local/state/deltaw/NAME; missing folders are made,
 * for the user alone.  NULL when that fails.  Caller frees. */
char *statefile_path(const char *name);

#endif
