#include "spellings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/decimal.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"

/* Bytes of a blank, of a mark that takes no place, or of a sign that is left out. */
static size_t skipped(const char *p)
{
    static const char *const unseen[] = {"\xc2\xa0", "\xe2\x80\x8b", "\xe2\x80\xaf",
                                         "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        if (strncmp(p, unseen[i], strlen(unseen[i])) == 0)
            return strlen(unseen[i]);
    return strchr(" _.-\t", *p) != NULL;
}

static void reduce(const char *name, struct strbuf *key)
{
    char number[NUMBER_SIZE];
    double v;
    strbuf_reset(key);
    if (decimal_double(name, strlen(name), &v)) {
        strbuf_puts(key, number_double(number, v));
        return;
    }
    for (const char *p = name; *p;) {
        size_t n = skipped(p);
        if (n == 0)
            strbuf_putc(key, (char)tolower((unsigned char)*p++));
        p += n;
    }
}

void spellings_note(const struct names *names, struct strbuf *out)
{
    struct names reduced = {0};
    uint32_t *first = mem_new(names->n, sizeof *first);
    struct strbuf key = {0};
    for (uint32_t i = 0; i < names->n; i++) {
        reduce(names->text[i], &key);
        size_t before = reduced.n;
        uint32_t k = names_add(&reduced, strbuf_text(&key), key.len);
        if (reduced.n > before)
            first[k] = i;
        else
            strbuf_printf(out, "%.60s and %.60s: one animal in two spellings?\n",
                          names->text[first[k]], names->text[i]);
    }
    strbuf_free(&key);
    names_free(&reduced);
    free(first);
}
