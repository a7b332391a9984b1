/* UTF-8 without the locale: decoding, widths, and hostile text made safe. */
#ifndef DELTAW_BASE_UTF8_H
#define DELTAW_BASE_UTF8_H

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
/* A copy of n bytes in which control characters (C0, DEL, C1) and broken bytes
 * are replaced by '?': what may be printed from a log.  Caller frees. */
char *utf8_clean(const char *text, size_t n);
/* A copy of 7 bits: an ellipsis becomes '~', dashes '-', a Delta 'd', other
 * characters as many '?' as they take cells, so that columns stay aligned; what
 * has 7 bits stays, control characters too (utf8_clean).  Caller frees. */
char *utf8_ascii(const char *text);

#endif
