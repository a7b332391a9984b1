/* UTF-8 without the locale: decoding, widths, and hostile text made safe. */
#ifndef DELTAW_BASE_UTF8_H
#define DELTAW_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decode one code point of at most n bytes; returns the bytes it took (at
 * least 1 when n > 0).  A broken byte gives U+FFFD and takes 1. */
size_t utf8_decode(const char *text, size_t n, uint32_t *codepoint);
/* Encode; returns the number of bytes (1 to 4). */
size_t utf8_encode(uint32_t codepoint, char out[4]);
/* Cells a code point takes on a terminal: 0 (combining, control), 1 or 2. */
int utf8_codepoint_width(uint32_t codepoint);
/* Cells a whole string takes. */
int utf8_width(const char *text);
/* Bytes of the longest prefix that fits into `cells`. */
size_t utf8_prefix(const char *text, int cells);
/* Bytes of the text's first row of at most `width` cells (at least a character), which
 * ends at a blank; *skip: of that blank.  A word wider than a row is cut, at once where
 * less than half of the row is before it. */
size_t utf8_row(const char *text, int width, size_t *skip);
/* What a terminal obeys instead of showing it, or a person does not see: control characters
 * (C0, DEL, C1), directional overrides and isolates, characters without width, tags. */
bool utf8_is_hidden(uint32_t codepoint);
bool utf8_is_visible(const char *text); /* has none of these, and no broken bytes */
bool utf8_is_text(const char *text);    /* has no control characters and no broken bytes */
/* A copy of n bytes with these, but for control characters in `keep`, and broken bytes as
 * escapes: \x1b, \u202e, \xff.  Again on its result it changes nothing.  Caller frees. */
char *utf8_visible(const char *text, size_t n, const char *keep);
/* A copy of 7 bits: an ellipsis becomes '~', dashes '-', a Delta 'd', other
 * characters as many '?' as they take cells, so that columns stay aligned; what
 * has 7 bits stays, control characters too (utf8_visible).  Caller frees. */
char *utf8_ascii(const char *text);

#endif
