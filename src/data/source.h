/* A log as the loader sees it: named columns, and one row after the other.
 *
 * Every kind of file is a row of formats.def and fills a struct log_source; nothing
 * else in this layer knows of files' kinds.  A column of texts hands out cells
 * {text, n}; one of numbers hands out cells {number}, NaN where nothing was
 * recorded. */
#ifndef DATA_SOURCE_H
#define DATA_SOURCE_H

#include <stdarg.h>
#include <stdint.h>

#include "deltaw/base/strbuf.h"
#include "deltaw/data/load.h"
#include "gz.h"
#include "inputs.h"

enum log_type { LOG_TEXT, LOG_NUMBER };
enum log_got { LOG_ERROR, LOG_ROW, LOG_END };

struct log_column {
    char *name; /* made safe to print */
    enum log_type type;
};

struct log_cell {
    char *text; /* LOG_TEXT: NUL-terminated, blanks around it cut off; good until the next row */
    size_t n;
    double number; /* LOG_NUMBER */
};

struct log_source {
    const struct log_format *format;
    const struct load_options *options;
    const struct input *input;
    char *path;       /* as messages name it */
    struct gz_in *in; /* the file's bytes, unpacked; owned; NULL for a folder of arrays */
    const char *file; /* of a format that is read whole: a file with all of them */
    size_t n_columns;
    struct log_column *columns; /* [n_columns] */
    struct log_cell *cells;     /* [n_columns], of the row read last */
    bool *wanted;               /* [n_columns]: the others' cells are not looked at */
    size_t row;                 /* where that row is: its line, or its number from 1 */
    const char *note;           /* how the file was taken apart: "separator=tab"; may be NULL */
    struct strbuf odd;          /* what was strange, a sentence a line */
    bool tanh5;                 /* contrasts go through f(c) = tanh(5 c) / tanh 5 */
    void *state;                /* the format's own */
};

/* A row of formats.def. */
struct log_format {
    const char *name; /* of load's format= */
    const char *text; /* in one line, for people */
    const char *unit; /* before the number in FILE:NUMBER, "" for lines */
    bool any;         /* takes what no other row knows: what is known to be no log is refused */
    bool whole;       /* read through `file`, not through `in` */
    /* Do these bytes begin such a file?  Asked in order of the table. */
    bool (*sniff)(const unsigned char *head, size_t n);
    /* Fills columns and state; cells and wanted are made for it. */
    bool (*open)(struct log_source *source, struct err *err);
    enum log_got (*next)(struct log_source *source, struct err *err);
    void (*close)(struct log_source *source); /* frees state; NULL is one that was not opened */
};

/* The file's format is found by its bytes unless options->format names one.  On
 * failure there is nothing to close. */
bool source_open(struct log_source *source, const struct input *input,
                 const struct load_options *options, struct err *err);
static inline enum log_got source_next(struct log_source *source, struct err *err)
{
    return source->format->next(source, err);
}
void source_close(struct log_source *source); /* a zeroed one is fine */

/* Sets "FILE:ROW: MESSAGE" for the row read last; returns false. */
bool source_refuse(const struct log_source *source, struct err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for a row of any file. */
bool source_refuse_at(const struct log_format *kind, const char *path, size_t row, struct err *err,
                      const char *format, va_list list) __attribute__((format(printf, 5, 0)));

/* What a cell is as a number; NaN when nothing was recorded.  False: other text. */
bool source_cell_number(const struct log_source *source, size_t column, double *out);
/* "", nan, na, n/a, null, none, "." and the like, in any case: nothing was recorded. */
bool source_text_missing(const char *text, size_t n);

#endif
