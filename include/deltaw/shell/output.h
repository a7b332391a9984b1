/* Where the output of commands goes.  Text: sentences and tables as they come. JSON: one
 * object a line and command, {"command":..., "ok":true, ...}; CSV: only tables.  Results go
 * to `result` (stdout, or the transcript), progress and complaints to `complaint` (stderr,
 * or the transcript, marked). */
#ifndef DELTAW_SHELL_OUTPUT_H
#define DELTAW_SHELL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/base/table.h"
#include "deltaw/draw/canvas.h"

enum output_mode { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_CSV, OUTPUT_HTML }; /* HTML: of a report */

struct output {
    enum output_mode mode;
    int width;          /* cells; 80 in a pipe */
    struct style style; /* what pictures may use */
    bool quiet;         /* -q: no progress, no chatter on `complaint` */
    int echoed;         /* cells before the line just typed, while that line is directly
                         * above the next output; 0: it is not.  Hosts set it. */
    void *host;
    void (*result)(void *host, const char *bytes, size_t n);
    void (*complaint)(void *host, const char *bytes, size_t n);
    struct strbuf object;        /* JSON being collected */
    const char *verb;            /* of the command; NULL: it has none that is known */
    bool any;                    /* in CSV a table was printed */
    struct strbuf command, text; /* JSON: the command line; the text put out */
};

/* A sentence or a block of text: text mode prints it (newline added when
 * missing), JSON collects it under "text". */
void output_say(struct output *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void output_block(struct output *out, const char *text);
/* What canvas_emit made, with the colours in it.  All else is made safe to show by
 * utf8_visible (JSON by its own escapes) and need not be before. */
void output_picture(struct output *out, const char *text);
/* "label     words", as wide as the output, its lines one below the other after `room` cells
 * and a blank; words NULL: a dash. */
enum { OUTPUT_LABEL = 9 };
void output_line(struct output *out, const char *label, int room, const char *words);
/* A line of the words that were put together, if there are any; they are begun anew. */
void output_words(struct output *out, const char *label, struct strbuf *words);
void output_gap(struct output *out); /* an empty line for people */
/* Fields, which JSON has beside the text; others through base/answer.h into out->object. */
void output_field_text(struct output *out, const char *name, const char *value);
void output_field_number(struct output *out, const char *name, double value);
/* A text as a line for people and as a field. */
void output_fact(struct output *out, const char *name, const char *label, const char *value);
/* A table: printed in text mode, an array of objects in JSON, rows in CSV. */
void output_table(struct output *out, const char *name, const struct table *table);
/* A table for machines: JSON and CSV only (text mode prints a picture instead). */
void output_data(struct output *out, const char *name, const struct table *table);
/* Chatter on the complaint channel: "deltaw: ..." lines; silent with -q. */
void output_note(struct output *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, never silent: errors and fits that failed. */
void output_complain(struct output *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Around every command; the session calls these. */
void output_begin(struct output *out, const char *command);
void output_end(struct output *out, const struct err *err); /* err NULL or clear: ok */
void output_free(struct output *out);

#endif
