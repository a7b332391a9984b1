#include "glossary.h"

#include <string.h>
#include <strings.h>

static const struct glossary_row rows[] = {
#define TERM(name, spellings, meaning) {name, spellings, meaning},
#include "glossary.def"
#undef TERM
};

const struct glossary_row *glossary_at(size_t i)
{
    return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}

/* Is the word this spelling of n bytes, or does it begin so where that ends in '*'? */
static bool spelt(const char *word, const char *spelling, size_t n)
{
    if (n > 0 && spelling[n - 1] == '*')
        return strncasecmp(word, spelling, n - 1) == 0;
    return n > 0 && strlen(word) == n && strncasecmp(word, spelling, n) == 0;
}

static bool means(const struct glossary_row *row, const char *word)
{
    if (spelt(word, row->name, strlen(row->name)))
        return true;
    for (const char *at = row->spellings; *at;) {
        size_t n = strcspn(at, "|");
        if (spelt(word, at, n))
            return true;
        at += n + (at[n] == '|');
    }
    return false;
}

const struct glossary_row *glossary_find(const char *word)
{
    const struct glossary_row *row;
    for (size_t i = 0; (row = glossary_at(i)); i++)
        if (means(row, word))
            return row;
    return NULL;
}
