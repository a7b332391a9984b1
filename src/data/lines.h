/* Lines of a text file, plain or gzip, counted from 1.
 *
 * A line is at most LINES_LIMIT bytes.  It is handed out without its LF or CRLF,
 * NUL-terminated, in a buffer the caller may change until the next call.  A UTF-8
 * byte order mark is skipped; NUL bytes are refused. */
#ifndef DATA_LINES_H
#define DATA_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"

enum { LINES_LIMIT = 1024 * 1024 };
enum lines_got { LINES_ERROR, LINES_LINE, LINES_END };

struct gz_in;
struct lines {
    const char *path; /* for messages */
    struct gz_in *gz;
    char *buffer;
    size_t start, end; /* unread bytes of the buffer */
    size_t searched;   /* no LF before this byte */
    size_t line;       /* number of the last line handed out */
    bool at_end;
    bool has_nul; /* somewhere in the unread bytes */
    bool unended; /* the line handed out last had no LF: it was the end of the file */
};

/* Both are the caller's and must outlive the lines. */
void lines_start(struct lines *lines, struct gz_in *gz, const char *path);
enum lines_got lines_next(struct lines *lines, char **text, size_t *n, struct err *err);
void lines_stop(struct lines *lines); /* a zeroed one is fine */

#endif
