#include "deltaw/base/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistr.h>
#include <uniwidth.h>

#include "deltaw/base/mem.h"

enum { REPLACEMENT = 0xfffd };

size_t utf8_decode(const char *text, size_t n, uint32_t *codepoint)
{
    *codepoint = REPLACEMENT;
    if (n == 0)
        return 0;
    ucs4_t cp;
    int length = u8_mbtoucr(&cp, (const uint8_t *)text, n);
    if (length <= 0)
        return 1;
    *codepoint = cp;
    return (size_t)length;
}

size_t utf8_encode(uint32_t codepoint, char out[4])
{
    int length = u8_uctomb((uint8_t *)out, codepoint, 4);
    return length > 0 ? (size_t)length : utf8_encode(REPLACEMENT, out);
}

/* Where libunistring and the C library differ, which curses goes by: the soft hyphen, the
 * Arabic signs that span others, circled numbers, the hexagrams. */
static const struct {
    uint32_t first, last;
    int width;
} differing[] = {
    {0xad, 0xad, 1},       {0x600, 0x605, 1},     {0x6dd, 0x6dd, 1},   {0x70f, 0x70f, 1},
    {0x890, 0x897, 1},     {0x8e2, 0x8e2, 1},     {0x3248, 0x324f, 2}, {0x4dc0, 0x4dff, 2},
    {0x110bd, 0x110bd, 1}, {0x110cd, 0x110cf, 1},
};

int utf8_codepoint_width(uint32_t codepoint)
{
    for (size_t i = 0; i < sizeof differing / sizeof *differing; i++)
        if (codepoint >= differing[i].first && codepoint <= differing[i].last)
            return differing[i].width;
    int width = uc_width(codepoint, "UTF-8");
    return width > 0 ? width : 0;
}

int utf8_width(const char *text)
{
    size_t n = strlen(text);
    int cells = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_decode(text + i, n - i, &cp);
        cells += utf8_codepoint_width(cp);
    }
    return cells;
}

size_t utf8_prefix(const char *text, int cells)
{
    size_t n = strlen(text), i = 0;
    while (i < n) {
        uint32_t cp;
        size_t took = utf8_decode(text + i, n - i, &cp);
        cells -= utf8_codepoint_width(cp);
        if (cells < 0)
            break;
        i += took;
    }
    return i;
}

size_t utf8_row(const char *text, int width, size_t *skip)
{
    size_t whole = strlen(text), n = utf8_prefix(text, width), end = n;
    *skip = 0;
    if (n == 0 && whole) {
        uint32_t ignored; /* wider than the row: let it be cut */
        return utf8_decode(text, whole, &ignored);
    }
    if (n == whole)
        return n;
    while (end > 0 && text[end] != ' ')
        end--;
    const char *word = text + end + 1;
    bool fits = end == n || strcspn(word, " ") <= utf8_prefix(word, width);
    if (text[end] != ' ' || strspn(text, " ") > end || (!fits && end < n / 2))
        return n;
    *skip = 1;
    return end;
}

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

bool utf8_is_hidden(uint32_t cp)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x180e, 0x180e}, {0x200b, 0x200f},   {0x2028, 0x202e},
        {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (cp >= ranges[i].from && cp <= ranges[i].to)
            return true;
    return is_control(cp);
}

/* A broken byte is decoded as U+FFFD of one byte. */
static bool is_broken(unsigned char first, size_t took)
{
    return took == 1 && first >= 0x80;
}

static bool lacks(const char *text, size_t n, bool (*what)(uint32_t))
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t took = utf8_decode(text + i, n - i, &cp);
        if (what(cp) || is_broken((unsigned char)text[i], took))
            return false;
        i += took;
    }
    return true;
}

bool utf8_is_text(const char *text)
{
    return lacks(text, strlen(text), is_control);
}

bool utf8_is_visible(const char *text)
{
    return lacks(text, strlen(text), utf8_is_hidden);
}

char *utf8_visible(const char *text, size_t n, const char *keep)
{
    enum { LONGEST = 10 }; /* an escape */
    char *copy = mem_new(n + 1, lacks(text, n, utf8_is_hidden) ? 1 : LONGEST);
    size_t to = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t took = utf8_decode(text + i, n - i, &cp);
        bool broken = is_broken((unsigned char)text[i], took);
        if (broken || (utf8_is_hidden(cp) && !(cp && cp < 0x80 && strchr(keep, (int)cp))))
            to += (size_t)sprintf(copy + to,
                                  broken || cp < 0x80 ? "\\x%02x"
                                  : cp < 0x10000      ? "\\u%04x"
                                                      : "\\U%08x",
                                  broken ? (unsigned char)text[i] : (unsigned)cp);
        else
            to += (size_t)(mempcpy(copy + to, text + i, took) - (void *)(copy + to));
        i += took;
    }
    copy[to] = '\0';
    return copy;
}

static char ascii_for(uint32_t cp)
{
    static const struct {
        uint32_t cp;
        char is;
    } kin[] = {
        {0x2026, '~'}, {0x2010, '-'}, {0x2011, '-'},  {0x2013, '-'},  {0x2014, '-'}, {0x2212, '-'},
        {0x00b7, '.'}, {0x00d7, 'x'}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'},
        {0x0394, 'd'}, {0x00b2, '2'}, {0x03b1, 'a'},  {0x03b2, 'b'},  {0x00b5, 'u'}, {0x03bc, 'u'},
        {0x2192, '>'}, {0x2190, '<'}, {0x2502, '|'},  {0x2500, '-'},  {0x00a0, ' '}, {0x253c, '+'},
    };
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++)
        if (kin[i].cp == cp)
            return kin[i].is;
    return '?';
}

char *utf8_ascii(const char *text)
{
    size_t n = strlen(text), to = 0;
    char *copy = mem_new(n + 1, 1); /* two cells take three bytes at least */
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_decode(text + i, n - i, &cp);
        if (cp < 0x80) {
            copy[to++] = (char)cp;
            continue;
        }
        char c = ascii_for(cp);
        for (int w = utf8_codepoint_width(cp); w > 0; w--)
            copy[to++] = c;
    }
    return copy;
}
