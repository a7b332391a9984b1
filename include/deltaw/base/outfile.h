/* Files written whole or not at all: a temporary file beside the target, then
 * flush, fsync, rename.  On any failure the old file stays as it was. */
#ifndef DELTAW_BASE_OUTFILE_H
#define DELTAW_BASE_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

#include "deltaw/base/err.h"

struct outfile {
    char *path, *temporary;
    FILE *file; /* write here */
};

/* "-" is not special here.  `path` may begin with "~/".  A target that exists
 * and is no regular file (a pipe, /dev/full, /dev/stdout) is written directly; in a job
 * (base/jobs.h) no longer than the job is wanted. */
bool outfile_open(struct outfile *out, const char *path, struct err *err);
/* Writes everything through to the disk and renames; false leaves the old file, also in a job
 * that is not wanted any more (base/jobs.h). */
bool outfile_commit(struct outfile *out, struct err *err);
void outfile_abandon(struct outfile *out);

/* Removes the user's temporary files whose writers were killed: those of writers at work are
 * locked.  outfile_open does it for the folder it writes to. */
void outfile_sweep(const char *folder);

/* Opened, with these bytes in it, for outfile_commit. */
bool outfile_begin(struct outfile *out, const char *path, const void *bytes, size_t n,
                   struct err *err);
/* Convenience: the whole text as a file. */
bool outfile_write(const char *path, const void *bytes, size_t n, struct err *err);

/* Onto the end of a regular file that was opened with O_APPEND, and locked where others write
 * to it too: all of the bytes, or none.  False with errno. */
bool outfile_append(int fd, const void *bytes, size_t n);
/* Before the first of these, of a file that can be read: half a line at its end, which a writer
 * could not take back, would swallow the next.  It is cut off (cut: other writers always end
 * their lines), or is ended. */
void outfile_heal(int fd, bool cut);

/* "~/x" and "~user" are not expanded by the shell inside name=value: do it here.
 * Caller frees. */
char *path_expand(const char *path);
bool path_is_folder(const char *path);
char *path_folder(const char *path); /* the folder it is in, "." for none; caller frees */

#endif
