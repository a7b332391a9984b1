#include "deltaw/base/option.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"

const struct option_row *option_find(const struct option_row *table, const char *name)
{
    for (const struct option_row *row = table; row && row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    return NULL;
}

bool option_stands(const struct option_row *row, size_t *begins)
{
    size_t n = strlen(row->name), m = strlen("NAME");
    *begins = n < m ? 0 : n - m;
    return n >= m && !strcmp(row->name + n - m, "NAME");
}

const struct option_row *option_of(const struct option_row *table, const char *name)
{
    const struct option_row *exact = option_find(table, name);
    size_t n;
    for (const struct option_row *row = table; !exact && row && row->name; row++)
        if (option_stands(row, &n) && !strncmp(row->name, name, n) && name[n])
            return row;
    return exact;
}

static bool any_number(const struct option_row *row)
{
    return row->min == 0 && row->max == 0;
}

static void number_range(const struct option_row *row, struct strbuf *out)
{
    char low[NUMBER_SIZE], high[NUMBER_SIZE];
    number_double(low, row->min);
    number_double(high, row->max);
    if (any_number(row) || (isinf(row->min) && isinf(row->max)))
        strbuf_puts(out, row->type == OPTION_INTEGER ? "INTEGER" : "NUMBER");
    else if (isinf(row->max))
        strbuf_printf(out, "%s or more", low);
    else if (isinf(row->min))
        strbuf_printf(out, "at most %s", high);
    else
        strbuf_printf(out, "%s to %s", low, high);
}

void option_range(const struct option_row *row, struct strbuf *out)
{
    static const char *const names[] = {
        [OPTION_TEXT] = "TEXT",
        [OPTION_FILE] = "FILE",
        [OPTION_ANIMAL] = "ANIMAL",
        [OPTION_ANIMALS] = "ANIMAL[,...]",
        [OPTION_COLUMN] = "COLUMN",
        [OPTION_MODEL] = "MODEL",
        [OPTION_MODELS] = "MODEL[,...]",
        [OPTION_GROUP] = "GROUP",
        [OPTION_JOB] = "JOB",
        [OPTION_FEATURES] = "FEATURE[+...]",
        [OPTION_LESSON] = "LESSON",
        [OPTION_RULE] = "RULE",
        [OPTION_VIEW] = "VIEW",
        [OPTION_LAYOUT] = "LAYOUT",
        [OPTION_VERB] = "VERB",
        [OPTION_SETTING] = "SETTING",
        [OPTION_WEIGHT] = "WEIGHT",
        [OPTION_VARIABLE] = "VARIABLE",
    };
    if (row->words)
        strbuf_puts(out, row->words);
    if (row->type == OPTION_WORD)
        return;
    if (row->words)
        strbuf_putc(out, '|');
    if (row->type == OPTION_NUMBER || row->type == OPTION_INTEGER || row->type == OPTION_NUMBERS)
        number_range(row, out);
    else
        strbuf_puts(out, names[row->type]);
    if (row->type == OPTION_NUMBERS)
        strbuf_puts(out, "[,...]");
}

/* Is `value` (n bytes) one of "a|b|c"? */
static bool is_word(const char *words, const char *value, size_t n)
{
    while (words && *words) {
        size_t length = strcspn(words, "|");
        if (length == n && n && !strncmp(words, value, n))
            return true;
        words += length + (words[length] == '|');
    }
    return false;
}

bool option_has_word(const struct option_row *row, const char *value)
{
    return is_word(row->words, value, strlen(value));
}

static bool is_number(const struct option_row *row, const char *value)
{
    double number = 0;
    long long integer = 0;
    if (row->type == OPTION_INTEGER ? !number_parse_integer(value, &integer)
                                    : !number_parse(value, &number) || isnan(number))
        return false;
    if (any_number(row))
        return true;
    if (row->type == OPTION_INTEGER) /* seeds above 2^53 are told apart */
        return (long double)integer >= row->min && (long double)integer <= row->max;
    return number >= row->min && number <= row->max;
}

static bool value_fits(const struct option_row *row, const char *value)
{
    switch (row->type) {
    case OPTION_NUMBER:
    case OPTION_INTEGER: return is_word(row->words, value, strlen(value)) || is_number(row, value);
    case OPTION_NUMBERS:
        for (const char *item = value;; item++) {
            size_t n = strcspn(item, ",");
            char *text = mem_text_n(item, n);
            bool fits = is_word(row->words, text, n) || is_number(row, text);
            free(text);
            if (!fits || !item[n])
                return fits;
            item += n;
        }
    case OPTION_WORD: return is_word(row->words, value, strlen(value));
    case OPTION_TEXT: return true;
    case OPTION_ANIMALS:
    case OPTION_MODELS:
        /* No empty name: "A,,B", "A,". */
        return *value && *value != ',' && value[strlen(value) - 1] != ',' && !strstr(value, ",,");
    default: return *value != '\0';
    }
}

/* "1,000" and "1_000" were meant as 1000.  NULL: not of that kind.  Caller frees. */
static char *without_groups(const struct option_row *row, const char *value)
{
    if ((row->type != OPTION_INTEGER && row->type != OPTION_NUMBER) || !strpbrk(value, ",_"))
        return NULL;
    char *plain = mem_text(value), *to = plain;
    for (const char *from = value; *from; from++)
        if (*from != ',' && *from != '_')
            *to++ = *from;
    *to = '\0';
    if (is_number(row, plain))
        return plain;
    free(plain);
    return NULL;
}

static bool refuse_value(const struct arg *arg, const struct option_row *row, struct err *err)
{
    struct strbuf right = {0};
    strbuf_puts(&right, row->type == OPTION_INTEGER && !row->words ? "a whole number, " : "");
    option_range(row, &right);
    char *words = mem_text(row->words ? row->words : "");
    const char **list = mem_new(strlen(words) + 2, sizeof *list), *near;
    size_t n = 0;
    for (char *save, *word = strtok_r(words, "|", &save); word; word = strtok_r(NULL, "|", &save))
        list[n++] = word;
    near = nearest_of(arg->value, list);
    char *ungrouped = near ? NULL : without_groups(row, arg->value);
    near = near ? near : ungrouped;
    int column = arg->column > 0 ? arg->column + (int)strlen(arg->name) + 1 : 0;
    err_at(err, ERR_USAGE, column, "%s=%s: it takes %s%s%s%s", arg->name, arg->value,
           strbuf_text(&right), near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    strbuf_free(&right);
    free(list);
    free(words);
    free(ungrouped);
    return false;
}

static const char *name_at(void *context, size_t i)
{
    return ((const struct option_row *)context)[i].name; /* NULL ends the table */
}

bool option_unknown(const struct option_row *table, const char *name, int column, const char *verb,
                    struct err *err)
{
    if (!table || !table->name)
        return err_at(err, ERR_USAGE, column, "%s takes no options; '%s=' is too much", verb, name);
    const char *near = nearest_word(name, name_at, (void *)table);
    if (near)
        return err_at(err, ERR_USAGE, column, "%s has no option '%s'; did you mean '%s'?", verb,
                      name, near);
    struct strbuf all = {0};
    for (const struct option_row *row = table; row->name; row++)
        strbuf_printf(&all, " %s=", row->name);
    err_at(err, ERR_USAGE, column, "%s has no option '%s'; it takes%s", verb, name,
           strbuf_text(&all));
    strbuf_free(&all);
    return false;
}

bool args_check(const struct args *args, const struct option_row *table, size_t positional,
                const char *verb, struct err *err)
{
    size_t seen = 0;
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        if (!arg->name) {
            if (++seen <= positional)
                continue;
            if (positional == 0 && (!table || !table->name))
                return err_at(err, ERR_USAGE, arg->column, "%s takes nothing; '%s' is too much",
                              verb, arg->value);
            if (positional == 0)
                return err_at(err, ERR_USAGE, arg->column,
                              "%s takes only name=value; '%s' is not that", verb, arg->value);
            return err_at(err, ERR_USAGE, arg->column, "%s takes at most %zu %s; '%s' is too much",
                          verb, positional, positional == 1 ? "word" : "words", arg->value);
        }
        const struct option_row *row = option_of(table, arg->name);
        if (!row)
            return option_unknown(table, arg->name, arg->column, verb, err);
        for (size_t j = 0; j < i; j++)
            if (args->items[j].name && !strcmp(args->items[j].name, arg->name))
                return err_at(err, ERR_USAGE, arg->column, "%s= is given twice", arg->name);
        if (!value_fits(row, arg->value))
            return refuse_value(arg, row, err);
    }
    return true;
}
