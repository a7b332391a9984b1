/* The transcript: lines of text, wrapped to the width when drawn, scrolled by
 * rows.  Holds at most TRANSCRIPT_LINES; the oldest go. */
#ifndef SCREEN_TRANSCRIPT_H
#define SCREEN_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/draw/canvas.h"

enum { TRANSCRIPT_LINES = 20000, SAY_WIDTH = 76 }; /* cells: what reads well */

enum transcript_kind { LINE_PLAIN, LINE_COMMAND, LINE_NOTE, LINE_ERROR, LINE_SAY };

struct transcript {
    size_t n, capacity;
    struct transcript_line {
        char *text;
        enum transcript_kind kind;
        bool open; /* no newline has come yet */
        int rows;  /* at `width` */
    } * lines;
    size_t dropped; /* lines gone at the top since the beginning */
    int width;
    long rows;     /* of all lines at `width` */
    long scrolled; /* rows below the lowest one shown; 0: at the end */
    char *needle;  /* marked where it occurs; NULL: nothing */
    bool marking;  /* to be drawn now */
    size_t found;  /* line of the last match, counted as transcript_mark does, from 1; 0: none */
};

/* Text of any length, with or without newlines; control characters are made
 * harmless. */
void transcript_add(struct transcript *t, enum transcript_kind kind, const char *bytes, size_t n);
void transcript_print(struct transcript *t, enum transcript_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Drops the last line. */
void transcript_drop_last(struct transcript *t);
/* A mark of the present end, with which lines of one kind added after it can be turned into
 * another. */
size_t transcript_mark(const struct transcript *t);
void transcript_change(struct transcript *t, size_t mark, enum transcript_kind from,
                       enum transcript_kind to);
void transcript_clear(struct transcript *t);
void transcript_free(struct transcript *t);

/* `by` rows up (or down, negative) in a window of this size. */
void transcript_scroll(struct transcript *t, long by, int width, int height);
/* Mark what is searched for; "" or NULL ends that.  A text without capitals matches either
 * case. */
void transcript_seek(struct transcript *t, const char *needle);
enum found { FOUND_NONE, FOUND_NEXT, FOUND_AROUND /* beyond the other end */ };
/* Scroll to the next line above (or below) the last match that has it; without one
 * above the last row shown. */
enum found transcript_find(struct transcript *t, bool below, int width, int height);

/* The end at the bottom of `area`.  Returns the rows used: fewer than the area
 * has while the transcript is short; it then fills from the top. */
int transcript_draw(struct transcript *t, struct canvas *canvas, struct rect area,
                    const struct style *style);

#endif
