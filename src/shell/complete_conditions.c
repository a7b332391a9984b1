/* Completion of the conditions of keep and drop:
 *     COLUMN COMPARISON VALUE[,VALUE...] [and ...]
 * with blanks around the comparison or none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/check.h"
#include "complete.h"

enum { LEVELS_MOST = 60 };

static const char comparing[] = "=!<>";

static void add_comparisons(const char *column, struct completion *out)
{
    static const char *const signs[][2] = {
        {"=", "is, or is one of several: A,B"},
        {"!=", "is none of these"},
        {"<", "is less than"},
        {"<=", "is at most"},
        {">", "is more than"},
        {">=", "is at least"},
    };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        char *word = mem_printf("%s%s", column, signs[i][0]);
        complete_add(out, word, signs[i][1], true);
        free(word);
    }
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The stimuli that occur, when they are few. */
static void add_stimuli(const struct cohort *cohort, const char *prefix, struct completion *out)
{
    float levels[LEVELS_MOST];
    size_t n = cohort ? cohort_stimuli(cohort, LEVELS_MOST, levels) : 0;
    if (n > LEVELS_MOST)
        return;
    qsort(levels, n, sizeof *levels, by_value);
    for (size_t i = 0; i < n; i++) {
        char buf[NUMBER_SIZE];
        complete_add_if(out, prefix, number_float(buf, levels[i]),
                        levels[i] < 0   ? "left"
                        : levels[i] > 0 ? "right"
                                        : "neither side",
                        false);
    }
}

static void add_values(const struct session *session, const char *column, const char *value,
                       struct completion *out)
{
    const char *comma = strrchr(value, ',');
    const char *prefix = comma ? comma + 1 : value;
    if (comma)
        out->from += (size_t)(comma + 1 - value);
    if (strcmp(column, "subject") == 0) {
        complete_animals(session, out, prefix, comma ? value : "");
    } else if (strcmp(column, "choice") == 0 || strcmp(column, "answer") == 0) {
        complete_add_if(out, prefix, "left", "0", false);
        complete_add_if(out, prefix, "right", "1", false);
    } else if (strcmp(column, "reward") == 0) {
        complete_add_if(out, prefix, "0", "an error", false);
        complete_add_if(out, prefix, "1", "a correct choice", false);
    } else if (strcmp(column, "stimulus") == 0) {
        add_stimuli(session_cohort(session), prefix, out);
    }
}

/* What a word holds of a comparison. */
struct piece {
    size_t column; /* bytes before the sign */
    size_t value;  /* where the value begins; 0: there is no sign */
};

static struct piece piece_of(const char *word)
{
    struct piece p = {.column = strcspn(word, comparing)};
    if (word[p.column])
        p.value = p.column + strspn(word + p.column, comparing);
    return p;
}

void complete_condition(const struct session *session, const struct words *words,
                        struct completion *out)
{
    const char *word = words->items[words->n - 1].text;
    const char *before = words->n > 2 ? words->items[words->n - 2].text : "and";
    struct piece here = piece_of(word), there = piece_of(before);
    bool and = strcmp(before, "and") == 0;
    if (here.value && (here.column > 0 || and)) { /* stimulus<... */
        char *column = mem_text_n(word, here.column);
        out->from += here.value;
        add_values(session, column, word + here.value, out);
        free(column);
    } else if (here.value) { /* stimulus <... */
        out->from += here.value;
        add_values(session, before, word + here.value, out);
    } else if (and) {
        if (complete_is_column(session, word))
            add_comparisons(word, out);
        else
            complete_columns(session, out, word, true);
    } else if (there.value && !before[there.value]) { /* stimulus < ... */
        char *column = there.column > 0 ? mem_text_n(before, there.column)
                       : words->n > 3   ? mem_text(words->items[words->n - 3].text)
                                        : mem_text("");
        add_values(session, column, word, out);
        free(column);
    } else if (there.value || (words->n > 3 && piece_of(words->items[words->n - 3].text).value)) {
        complete_add_if(out, word, "and", "and another comparison", false);
    } else if (!word[0]) {
        add_comparisons("", out);
    }
}
