/* Options and arguments: one row per option is the only place that knows its
 * name, type, range, default and text.  Parsing, checking, help, completion and
 * the man page read the same row. */
#ifndef DELTAW_BASE_OPTION_H
#define DELTAW_BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"

enum option_type {
    OPTION_NUMBER,  /* within [min,max] */
    OPTION_INTEGER, /* within [min,max] */
    OPTION_NUMBERS, /* numbers separated by commas */
    OPTION_WORD,    /* one of `words` */
    OPTION_TEXT,
    OPTION_FILE,
    OPTION_ANIMAL,
    OPTION_ANIMALS, /* names separated by commas */
    OPTION_COLUMN,
    OPTION_LESSON,   /* or a script */
    OPTION_FEATURES, /* of a policy, joined by + */
    OPTION_MODEL,
    OPTION_MODELS, /* names separated by commas */
    OPTION_GROUP,  /* of fits */
    OPTION_JOB,    /* a fit or a group of them */
    OPTION_RULE,
    OPTION_VIEW,
    OPTION_LAYOUT, /* a name, or views with | , / between */
    OPTION_VERB,
    OPTION_SETTING,
    OPTION_WEIGHT,   /* of a policy: w_right */
    OPTION_VARIABLE, /* what a rule sees: a weight, stimulus, a column of the log ... */
};

struct option_row {
    const char *name; /* NULL ends a table; "w_NAME": any that begins so, "NAME": any at
                       * all, which only the reader can tell from a slip */
    enum option_type type;
    double min, max;      /* numbers; min == max == 0: any */
    const char *words;    /* OPTION_WORD: "a|b|c"; a NUMBER may also be one of these words */
    const char *fallback; /* default as text; NULL: none */
    const char *text;     /* one line for help, no full stop */
};

struct arg {
    char *name; /* NULL: positional */
    char *value;
    int column; /* byte in the command line, from 1 */
};

struct args {
    size_t n;
    struct arg *items;
};

void args_free(struct args *args);
struct args args_copy(const struct args *args);
/* Set or replace name=value (name NULL: append positional). */
void args_set(struct args *args, const char *name, const char *value, int column);
/* A word as it is typed in a command: what would end it or mean something there comes
 * behind a backslash.  A newline cannot be typed. */
void args_word(const char *word, struct strbuf *out);
/* All of them so, a blank before each. */
void args_words(const struct args *args, struct strbuf *out);
/* How many positional arguments, and the i-th (NULL when there is none). */
size_t args_positional(const struct args *args);
const char *args_at(const struct args *args, size_t i);

/* Every named argument is a row of `table` and of its type and range; at most
 * `positional` positional ones.  Messages say what would be right, with "did
 * you mean". */
bool args_check(const struct args *args, const struct option_row *table, size_t positional,
                const char *verb, struct err *err);

/* Values after args_check: the argument, else the fallback.  args_text may
 * return NULL (no fallback).  args_number on a word or a missing value is NaN,
 * args_integer 0. */
bool args_given(const struct args *args, const char *name);
const char *args_text(const struct args *args, const struct option_row *table, const char *name);
double args_number(const struct args *args, const struct option_row *table, const char *name);
long args_integer(const struct args *args, const struct option_row *table, const char *name);

const struct option_row *option_find(const struct option_row *table, const char *name);
/* The same, or the row that stands for such names. */
const struct option_row *option_of(const struct option_row *table, const char *name);
/* Does the row stand for other names than its own?  How many bytes they begin with. */
bool option_stands(const struct option_row *row, size_t *begins);
/* False, and err: the verb has no such option; which are like it. */
bool option_unknown(const struct option_row *table, const char *name, int column, const char *verb,
                    struct err *err);
/* Is it one of the option's words? */
bool option_has_word(const struct option_row *option, const char *value);
/* "1 to 5000", "zero|psychometric|NUMBER", "FILE" ... for help and errors. */
void option_range(const struct option_row *option, struct strbuf *out);

/* The candidate nearest to `word` by edit distance, NULL when none is near.
 * get(context, i) returns the i-th candidate, NULL after the last. */
const char *nearest_word(const char *word, const char *(*get)(void *context, size_t i),
                         void *context);
const char *nearest_of(const char *word, const char *const *words); /* NULL-terminated */

#endif
