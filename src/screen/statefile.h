/* Where the program keeps what is between its runs. */
#ifndef SCREEN_STATEFILE_H
#define SCREEN_STATEFILE_H

/* XDG_STATE_HOME/deltaw/NAME, else ~/.local/state/deltaw/NAME; the folders on the
 * way are made, for the user alone.  NULL when that cannot be.  Caller frees. */
char *statefile_path(const char *name);

#endif
