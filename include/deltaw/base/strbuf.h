/* A growing string.  {0} is an empty one.  .text is NUL-terminated once
 * anything was added; strbuf_text never returns NULL.  Owner: whoever declared
 * it; strbuf_free or strbuf_take ends it. */
#ifndef DELTAW_BASE_STRBUF_H
#define DELTAW_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

struct strbuf {
    char *text;
    size_t len, capacity;
};

void strbuf_add(struct strbuf *b, const void *bytes, size_t n);
void strbuf_puts(struct strbuf *b, const char *text);
void strbuf_putc(struct strbuf *b, char c);
void strbuf_fill(struct strbuf *b, char c, size_t n);
void strbuf_printf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *b, const char *format, va_list ap);
/* One Unicode code point as UTF-8. */
void strbuf_codepoint(struct strbuf *b, unsigned cp);
/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void strbuf_json_text(struct strbuf *b, const char *text);
/* A JSON number that reads back as the same double (up to 17 digits); NaN and
 * infinities become null. */
void strbuf_json_number(struct strbuf *b, double value);
/* A CSV field (RFC 4180), quoted only when it must be. */
void strbuf_csv_text(struct strbuf *b, const char *text);
const char *strbuf_text(const struct strbuf *b);
void strbuf_reset(struct strbuf *b);           /* empty, keeps the memory */
void strbuf_cut(struct strbuf *b, size_t len); /* shorten to len bytes */
/* n bytes in base64 (RFC 4648), padded. */
void strbuf_base64(struct strbuf *b, const char *bytes, size_t n);
char *strbuf_take(struct strbuf *b); /* the caller frees; b is empty after */
void strbuf_free(struct strbuf *b);

#endif
