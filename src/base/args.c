/* The arguments of one command and their values after args_check. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/option.h"

void args_word(const char *word, struct strbuf *out)
{
    if (!*word)
        strbuf_puts(out, "\"\"");
    for (const char *c = word; *c; c++) {
        if (strchr(" \t\r\f\v\"'\\;=", *c) || (*c == '#' && c == word))
            strbuf_putc(out, '\\');
        strbuf_putc(out, *c);
    }
}

void args_words(const struct args *args, struct strbuf *out)
{
    for (size_t i = 0; i < args->n; i++) {
        strbuf_putc(out, ' ');
        if (args->items[i].name)
            strbuf_printf(out, "%s=", args->items[i].name);
        args_word(args->items[i].value, out);
    }
}

void args_free(struct args *args)
{
    for (size_t i = 0; i < args->n; i++) {
        free(args->items[i].name);
        free(args->items[i].value);
    }
    free(args->items);
    *args = (struct args){0};
}

static void append(struct args *args, const char *name, const char *value, int column)
{
    args->items = mem_resize(args->items, args->n + 1, sizeof *args->items);
    args->items[args->n++] = (struct arg){
        .name = name ? mem_text(name) : NULL,
        .value = mem_text(value),
        .column = column,
    };
}

struct args args_copy(const struct args *args)
{
    struct args copy = {0};
    for (size_t i = 0; i < args->n; i++)
        append(&copy, args->items[i].name, args->items[i].value, args->items[i].column);
    return copy;
}

static struct arg *find(const struct args *args, const char *name)
{
    for (size_t i = 0; i < args->n; i++)
        if (args->items[i].name && !strcmp(args->items[i].name, name))
            return &args->items[i];
    return NULL;
}

void args_set(struct args *args, const char *name, const char *value, int column)
{
    struct arg *old = name ? find(args, name) : NULL;
    if (!old) {
        append(args, name, value, column);
        return;
    }
    char *copy = mem_text(value); /* `value` may be the old one */
    free(old->value);
    old->value = copy;
    old->column = column;
}

size_t args_positional(const struct args *args)
{
    size_t n = 0;
    for (size_t i = 0; i < args->n; i++)
        n += !args->items[i].name;
    return n;
}

const char *args_at(const struct args *args, size_t i)
{
    for (size_t j = 0; j < args->n; j++)
        if (!args->items[j].name && i-- == 0)
            return args->items[j].value;
    return NULL;
}

bool args_given(const struct args *args, const char *name)
{
    return find(args, name) != NULL;
}

const char *args_text(const struct args *args, const struct option_row *table, const char *name)
{
    const struct arg *given = find(args, name);
    if (given)
        return given->value;
    const struct option_row *row = option_of(table, name);
    return row ? row->fallback : NULL;
}

double args_number(const struct args *args, const struct option_row *table, const char *name)
{
    const char *text = args_text(args, table, name);
    double value;
    return text && number_parse(text, &value) ? value : NAN;
}

long args_integer(const struct args *args, const struct option_row *table, const char *name)
{
    const char *text = args_text(args, table, name);
    long long value;
    return text && number_parse_integer(text, &value) ? (long)value : 0;
}
