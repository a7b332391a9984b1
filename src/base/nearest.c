/* "did you mean": the nearest of some words by edit distance. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/option.h"

enum { LONGEST = 63 };

static int lower(const char *text, size_t i)
{
    return tolower((unsigned char)text[i]);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insert, delete, replace, swap two neighbours, each
 * once (Damerau 1964, Levenshtein 1966); upper and lower case are the same. */
static int distance(const char *a, const char *b)
{
    int rows[3][LONGEST + 2];
    size_t na = strlen(a), nb = strlen(b);
    int *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= nb; j++)
        above[j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int change = lower(a, i - 1) != lower(b, j - 1);
            row[j] = smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + change);
            if (i > 1 && j > 1 && lower(a, i - 1) == lower(b, j - 2) &&
                lower(a, i - 2) == lower(b, j - 1))
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        int *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[nb];
}

const char *nearest_word(const char *word, const char *(*get)(void *context, size_t i),
                         void *context)
{
    size_t n = strlen(word);
    if (n == 0 || n > LONGEST)
        return NULL;
    const char *best = NULL, *candidate;
    int least = n == 1 ? 1 : n <= 4 ? 2 : n <= 7 ? 3 : 4; /* one more than is allowed */
    for (size_t i = 0; (candidate = get(context, i)); i++) {
        size_t length = strlen(candidate);
        if (length > LONGEST)
            continue;
        int d = distance(word, candidate);
        /* A word cut short is as near as one with a wrong letter. */
        if (d > 1 && n >= 3 && n < length && !strncasecmp(word, candidate, n))
            d = 1;
        if (d < least) {
            least = d;
            best = candidate;
        }
    }
    return best;
}

static const char *from_list(void *context, size_t i)
{
    return ((const char *const *)context)[i];
}

const char *nearest_of(const char *word, const char *const *words)
{
    return nearest_word(word, from_list, (void *)words);
}
