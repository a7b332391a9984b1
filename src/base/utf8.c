#include "deltaw/base/utf8.h"

#include <stdbool.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "utf8_width.h"

enum { REPLACEMENT = 0xfffd };

size_t utf8_decode(const char *text, size_t n, uint32_t *codepoint)
{
    *codepoint = REPLACEMENT;
    if (n == 0)
        return 0;
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) {
        *codepoint = s[0];
        return 1;
    }
    size_t length = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
    if (length == 0 || length > n)
        return 1;
    uint32_t cp = s[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 1;
        cp = cp << 6 | (s[i] & 0x3fu);
    }
    /* Overlong forms, surrogates, beyond Unicode. */
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (cp < least[length] || (cp >= 0xd800 && cp < 0xe000) || cp > 0x10ffff)
        return 1;
    *codepoint = cp;
    return length;
}

size_t utf8_encode(uint32_t codepoint, char out[4])
{
    uint32_t cp = codepoint;
    if ((cp >= 0xd800 && cp < 0xe000) || cp > 0x10ffff)
        cp = REPLACEMENT;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t length = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3f));
        cp >>= 6;
    }
    out[0] = (char)((0xf00u >> length & 0xf0) | cp);
    return length;
}

static bool within(const struct range *ranges, size_t n, uint32_t cp)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cp > ranges[middle].last)
            low = middle + 1;
        else if (cp < ranges[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}

int utf8_codepoint_width(uint32_t codepoint)
{
    if (codepoint < 0x20 || (codepoint >= 0x7f && codepoint < 0xa0))
        return 0;
    if (codepoint < 0x300)
        return 1;
    if (within(zero_cells, sizeof zero_cells / sizeof *zero_cells, codepoint))
        return 0;
    return within(two_cells, sizeof two_cells / sizeof *two_cells, codepoint) ? 2 : 1;
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

char *utf8_clean(const char *text, size_t n)
{
    char *copy = mem_new(n + 1, 1);
    size_t to = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t took = utf8_decode(text + i, n - i, &cp);
        bool broken = took == 1 && (unsigned char)text[i] >= 0x80;
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || broken)
            copy[to++] = '?';
        else
            to += (size_t)(mempcpy(copy + to, text + i, took) - (void *)(copy + to));
        i += took;
    }
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
