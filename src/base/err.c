#include "deltaw/base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/utf8.h"

/* Messages quote file names and fields of logs: no control character and no
 * broken byte of theirs may reach the terminal.  Works in place; what the
 * buffer cut in the middle of a character goes too. */
static void clean_message(char *message)
{
    size_t n = strlen(message), from = 0, to = 0;
    while (from < n) {
        uint32_t cp;
        size_t took = utf8_decode(message + from, n - from, &cp);
        bool broken = took == 1 && (unsigned char)message[from] >= 0x80;
        if (cp == '\n' || cp == '\r' || cp == '\t') {
            message[to++] = ' ';
        } else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || broken) {
            message[to++] = '?';
        } else {
            memmove(message + to, message + from, took);
            to += took;
        }
        from += took;
    }
    message[to] = '\0';
}

/* Words quoted at length would push the remedy, which comes last, off the end: the
 * middle goes. */
static void shorten(char *message, size_t room)
{
    enum { HEAD = 300, TAIL = 300 };
    size_t n = strlen(message), head = HEAD, tail = n - TAIL;
    if (n < room)
        return;
    while (head > 0 && ((unsigned char)message[head] & 0xc0) == 0x80)
        head--;
    while (tail < n && ((unsigned char)message[tail] & 0xc0) == 0x80)
        tail++;
    memcpy(message + head, "...", 3);
    memmove(message + head + 3, message + tail, n - tail + 1);
}

static bool set(struct err *err, enum err_code code, int column, const char *format, va_list ap)
{
    if (!err || err->code != ERR_NONE)
        return false;
    err->code = code;
    err->column = column;
    /* The format may quote err->message itself, hence the second buffer. */
    char *message = NULL;
    if (vasprintf(&message, format, ap) < 0)
        return false;
    shorten(message, sizeof err->message);
    clean_message(message);
    memcpy(err->message, message, strlen(message) + 1);
    free(message);
    return false;
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    set(err, code, 0, format, ap);
    va_end(ap);
    return false;
}

bool err_at(struct err *err, enum err_code code, int column, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    set(err, code, column, format, ap);
    va_end(ap);
    return false;
}

bool err_system(struct err *err, enum err_code code, const char *what)
{
    char reason[128];
    const char *text = strerror_r(errno, reason, sizeof reason);
    return err_set(err, code, "%s: %s", what, text);
}

void err_prefix(struct err *err, const char *format, ...)
{
    if (!err || err->code == ERR_NONE)
        return;
    char message[2 * sizeof err->message];
    va_list ap;
    va_start(ap, format);
    vsnprintf(message, sizeof err->message - 2, format, ap);
    va_end(ap);
    strcat(message, ": ");
    strcat(message, err->message);
    message[sizeof err->message - 1] = '\0';
    clean_message(message);
    memcpy(err->message, message, strlen(message) + 1);
}

void err_remedy(struct err *err, const char *remedy)
{
    if (!err || err->code == ERR_NONE)
        return;
    struct err told = {0};
    err_at(&told, err->code, err->column, "%s; %s", err->message, remedy);
    *err = told;
}

void err_clear(struct err *err)
{
    if (!err)
        return;
    err->code = ERR_NONE;
    err->column = 0;
    err->message[0] = '\0';
}

void err_die(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fputs("deltaw: ", stderr);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    abort();
}
