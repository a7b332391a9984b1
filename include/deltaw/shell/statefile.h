/* Where files that outlive a run are. */
#ifndef DELTAW_SHELL_STATEFILE_H
#define DELTAW_SHELL_STATEFILE_H

#include <stddef.h>
#include <time.h>

/* XDG_STATE_HOME/deltaw/NAME, else ~/.local/state/deltaw/NAME; missing folders are made,
 * for the user alone.  NULL when that fails.  Caller frees. */
char *statefile_path(const char *name);
/* XDG_CONFIG_HOME/deltaw/NAME, else ~/.config/deltaw/NAME; NULL: there is no such place.
 * Caller frees. */
char *statefile_config_path(const char *name);

/* Models that a session left unsaved, as files NAME-DATE-TIME-PROCESS.npz in the folder
 * kept/ of those above. */
struct kept {
    char *path;
    struct timespec at;
};
/* Newest first; folder with a slash at its end. */
struct kept *statefile_kept_list(const char *folder, size_t *n);
void statefile_kept_free(struct kept *list, size_t n);
/* How many at the front of the list are of one session, the newest. */
size_t statefile_kept_newest(const struct kept *list, size_t n);
/* Bytes of a file's name (without folder and ending) that are the model's own. */
size_t statefile_kept_stem(const char *name);

#endif
