#include "lines.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "gz.h"

enum { READ = 128 * 1024, CAPACITY = LINES_LIMIT + 2 * READ };

void lines_start(struct lines *lines, struct gz_in *gz, const char *path)
{
    *lines = (struct lines){.path = path, .gz = gz};
    lines->buffer = mem_resize(NULL, CAPACITY + 1, 1);
}

static enum lines_got refuse(const struct lines *lines, struct err *err, const char *why)
{
    err_set(err, ERR_DATA, "%s", why);
    if (err && err->code != ERR_INTERRUPTED)
        err_prefix(err, "%s:%zu", lines->path, lines->line + 1);
    return LINES_ERROR;
}

static bool more(struct lines *lines, struct err *err)
{
    if (lines->start > 0) {
        memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
        lines->searched -= lines->start;
        lines->end -= lines->start;
        lines->start = 0;
    }
    ptrdiff_t n = gz_read(lines->gz, lines->buffer + lines->end, READ, err);
    if (n < 0) {
        refuse(lines, err, "");
        return false;
    }
    if (n == 0)
        lines->at_end = true;
    else if (memchr(lines->buffer + lines->end, 0, (size_t)n))
        lines->has_nul = true;
    lines->end += (size_t)n;
    return true;
}

static bool skip_mark(struct lines *lines, struct err *err)
{
    while (lines->end < 3 && !lines->at_end)
        if (!more(lines, err))
            return false;
    if (lines->end >= 3 && memcmp(lines->buffer, "\xef\xbb\xbf", 3) == 0)
        lines->start = lines->searched = 3;
    return true;
}

enum lines_got lines_next(struct lines *lines, char **text, size_t *n, struct err *err)
{
    char *newline;
    if (lines->line == 0 && lines->end == 0 && !skip_mark(lines, err))
        return LINES_ERROR;
    while (
        !(newline = memchr(lines->buffer + lines->searched, '\n', lines->end - lines->searched))) {
        lines->searched = lines->end;
        if (lines->end - lines->start > LINES_LIMIT)
            return refuse(lines, err, "the line is longer than 1 MiB; is this a trial log?");
        if (lines->at_end)
            break;
        if (!more(lines, err))
            return LINES_ERROR;
    }
    if (!newline && lines->start == lines->end)
        return LINES_END;
    char *from = lines->buffer + lines->start;
    char *to = newline ? newline : lines->buffer + lines->end;
    lines->start = lines->searched = (size_t)(to - lines->buffer) + (newline ? 1 : 0);
    if (to - from > LINES_LIMIT)
        return refuse(lines, err, "the line is longer than 1 MiB; is this a trial log?");
    if (lines->has_nul && memchr(from, 0, (size_t)(to - from)))
        return refuse(lines, err,
                      "there is a NUL byte here: this is not a text file, or not UTF-8");
    if (to > from && to[-1] == '\r')
        to--;
    *to = '\0';
    *text = from;
    *n = (size_t)(to - from);
    lines->unended = !newline;
    lines->line++;
    return LINES_LINE;
}

void lines_stop(struct lines *lines)
{
    free(lines->buffer);
    *lines = (struct lines){0};
}
