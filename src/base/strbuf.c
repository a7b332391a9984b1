#include "deltaw/base/strbuf.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/err.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/utf8.h"

static void grow(struct strbuf *b, size_t n)
{
    if (n >= SIZE_MAX - b->len)
        err_die("out of memory: a text of %zu bytes and %zu more", b->len, n);
    b->text = mem_reserve(b->text, &b->capacity, b->len + n + 1, 1);
}

void strbuf_add(struct strbuf *b, const void *bytes, size_t n)
{
    grow(b, n);
    if (n)
        memcpy(b->text + b->len, bytes, n);
    b->len += n;
    b->text[b->len] = '\0';
}

void strbuf_puts(struct strbuf *b, const char *text)
{
    strbuf_add(b, text, strlen(text));
}

void strbuf_putc(struct strbuf *b, char c)
{
    strbuf_add(b, &c, 1);
}

void strbuf_fill(struct strbuf *b, char c, size_t n)
{
    grow(b, n);
    memset(b->text + b->len, c, n);
    b->len += n;
    b->text[b->len] = '\0';
}

void strbuf_printf(struct strbuf *b, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    strbuf_vprintf(b, format, ap);
    va_end(ap);
}

void strbuf_vprintf(struct strbuf *b, const char *format, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    grow(b, 0);
    size_t room = b->capacity - b->len;
    int n = vsnprintf(b->text + b->len, room, format, ap);
    if (n < 0)
        err_die("cannot format \"%s\"", format);
    if ((size_t)n >= room) {
        grow(b, (size_t)n);
        vsnprintf(b->text + b->len, (size_t)n + 1, format, again);
    }
    b->len += (size_t)n;
    va_end(again);
}

void strbuf_codepoint(struct strbuf *b, unsigned cp)
{
    char bytes[4];
    strbuf_add(b, bytes, utf8_encode(cp, bytes));
}

void strbuf_json_text(struct strbuf *b, const char *text)
{
    size_t n = strlen(text);
    strbuf_putc(b, '"');
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_decode(text + i, n - i, &cp);
        if (cp == '"' || cp == '\\')
            strbuf_printf(b, "\\%c", (int)cp);
        else if (cp == '\n')
            strbuf_puts(b, "\\n");
        else if (cp == '\t')
            strbuf_puts(b, "\\t");
        else if (cp == '\r')
            strbuf_puts(b, "\\r");
        else if (utf8_is_hidden(cp) && cp < 0x10000)
            strbuf_printf(b, "\\u%04x", (unsigned)cp); /* a terminal may be reading this */
        else if (utf8_is_hidden(cp))
            strbuf_printf(b, "\\u%04x\\u%04x", 0xd7c0 + (unsigned)(cp >> 10),
                          0xdc00 + (unsigned)(cp & 0x3ff));
        else
            strbuf_codepoint(b, cp);
    }
    strbuf_putc(b, '"');
}

void strbuf_json_number(struct strbuf *b, double value)
{
    char buf[NUMBER_SIZE];
    strbuf_puts(b, isfinite(value) ? number_double(buf, value == 0 ? 0 : value) : "null");
}

void strbuf_csv_text(struct strbuf *b, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        strbuf_puts(b, text);
        return;
    }
    strbuf_putc(b, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            strbuf_putc(b, '"');
        strbuf_putc(b, *c);
    }
    strbuf_putc(b, '"');
}

const char *strbuf_text(const struct strbuf *b)
{
    return b->text ? b->text : "";
}

void strbuf_reset(struct strbuf *b)
{
    strbuf_cut(b, 0);
}

void strbuf_cut(struct strbuf *b, size_t len)
{
    if (len > b->len)
        return;
    b->len = len;
    if (b->text)
        b->text[len] = '\0';
}

char *strbuf_take(struct strbuf *b)
{
    char *text = b->text ? b->text : mem_text("");
    *b = (struct strbuf){0};
    return text;
}

void strbuf_free(struct strbuf *b)
{
    free(b->text);
    *b = (struct strbuf){0};
}

void strbuf_base64(struct strbuf *out, const char *bytes, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *from = (const unsigned char *)bytes;
    for (size_t i = 0; i < n; i += 3) {
        unsigned word = (unsigned)from[i] << 16;
        word |= i + 1 < n ? (unsigned)from[i + 1] << 8 : 0;
        word |= i + 2 < n ? from[i + 2] : 0;
        strbuf_putc(out, digit[word >> 18]);
        strbuf_putc(out, digit[word >> 12 & 63]);
        strbuf_putc(out, i + 1 < n ? digit[word >> 6 & 63] : '=');
        strbuf_putc(out, i + 2 < n ? digit[word & 63] : '=');
    }
}
