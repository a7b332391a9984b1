/* Opening and reading files without waiting for anybody: a pipe that nobody writes to must block
 * neither the main thread nor a job that is asked to stop. */
#ifndef DELTAW_BASE_INFILE_H
#define DELTAW_BASE_INFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"

/* A descriptor of a regular file, with the flags of open(2).  -1 with ERR_FAILED and errno:
 * there is none, or it is a folder (EISDIR), a pipe, a device or a socket (ENXIO). */
int infile_open(const char *path, int flags, struct err *err);
/* A descriptor of anything but a folder, to read.  -1 with ERR_FAILED. */
int infile_open_any(const char *path, struct err *err);
/* What comes until the end is added to out.  False with an error: more than `most` bytes, or
 * it cannot be read.  In a job (base/jobs.h) also as soon as the job is unwanted; elsewhere
 * only for files that are at hand. */
bool infile_read(int fd, const char *path, size_t most, struct strbuf *out, struct err *err);
/* The whole of a regular file of at most `most` bytes, and NUL; the caller frees.  NULL with an
 * error; *n is greater than `most` when that was the reason. */
char *infile_text(const char *path, size_t most, size_t *n, struct err *err);

/* Ours as long as the descriptor is open, if no other program has it; tried for `patience`
 * seconds.  Where the file system knows no locks it is refused. */
bool infile_lock(int fd, double patience);

#endif
