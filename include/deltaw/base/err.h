/* Errors: the caller owns a struct err; a function that can fail returns
 * false and fills it.  A message names the object, the place and the remedy:
 * "mice.csv.gz:1042: choice '3' is not 0, 1 or empty; map it with choice=...".
 * err_set on an error that is already set keeps the first message. */
#ifndef DELTAW_BASE_ERR_H
#define DELTAW_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

/* The numbers are the program's exit codes. */
enum err_code {
    ERR_NONE = 0,
    ERR_FAILED = 1,        /* a command failed */
    ERR_USAGE = 2,         /* wrong words */
    ERR_DATA = 3,          /* data refused */
    ERR_CHECK = 4,         /* a check failed */
    ERR_INTERRUPTED = 130, /* ^C or a stop */
};

struct err {
    enum err_code code;
    int column;         /* byte in the command line the error points at, from 1; 0: none */
    char message[1024]; /* one sentence, no newline; "" when code is ERR_NONE */
};

/* Set the error and return false, so that `return err_set(...)` reads well.
 * err may be NULL: the caller does not want to know. */
bool err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, pointing at a byte (from 1) of the command line. */
bool err_at(struct err *err, enum err_code code, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "WORD: strerror(errno)" */
bool err_system(struct err *err, enum err_code code, const char *what);

/* Put "PREFIX: " before the message that is there. */
void err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Put "; REMEDY" behind it. */
void err_remedy(struct err *err, const char *remedy);

void err_clear(struct err *err);

/* Broken invariants only: restore nothing, print "deltaw: ...", abort. */
_Noreturn void err_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
