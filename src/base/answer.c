#include "deltaw/base/answer.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

static void begin(struct strbuf *object, const char *key)
{
    strbuf_putc(object, ',');
    strbuf_json_text(object, key);
    strbuf_putc(object, ':');
}

void answer_json(struct strbuf *object, const char *key, const char *json)
{
    begin(object, key);
    for (const char *at = json ? json : "null"; *at; at++) /* an answer is one line */
        strbuf_putc(object, *at == '\n' ? ' ' : *at);
}

void answer_text(struct strbuf *object, const char *key, const char *value)
{
    begin(object, key);
    if (value)
        strbuf_json_text(object, value);
    else
        strbuf_puts(object, "null");
}

void answer_number(struct strbuf *object, const char *key, double value)
{
    begin(object, key);
    strbuf_json_number(object, value);
}

void answer_flag(struct strbuf *object, const char *key, bool value)
{
    answer_json(object, key, value ? "true" : "false");
}

void answer_texts(struct strbuf *object, const char *key, size_t n, const char *const *values)
{
    begin(object, key);
    for (size_t i = 0; i < n; i++) {
        strbuf_putc(object, i ? ',' : '[');
        strbuf_json_text(object, values[i]);
    }
    strbuf_puts(object, n ? "]" : "[]");
}

void answer_numbers(struct strbuf *object, const char *key, size_t n, const double *values)
{
    begin(object, key);
    for (size_t i = 0; i < n; i++) {
        strbuf_putc(object, i ? ',' : '[');
        strbuf_json_number(object, values[i]);
    }
    strbuf_puts(object, n ? "]" : "[]");
}

void answer_table(struct strbuf *object, const char *key, const struct table *table)
{
    begin(object, key);
    table_json(table, object);
}

/* --- the schema ------------------------------------------------------------------ */

static const char *column_schema(enum column_type type)
{
    return type == COLUMN_TEXT    ? "\"type\":\"string\""
           : type == COLUMN_COUNT ? "\"type\":[\"integer\",\"null\"]"
           : type == COLUMN_FLAG  ? "\"type\":[\"boolean\",\"null\"]"
                                  : "\"type\":[\"number\",\"null\"]";
}

static void property(struct strbuf *out, const char *key, const char *schema, const char *meaning)
{
    begin(out, key);
    strbuf_printf(out, "{%s", schema);
    if (meaning)
        answer_text(out, "description", meaning);
}

static void require(struct strbuf *required, const char *key)
{
    strbuf_puts(required, required->len ? "," : "");
    strbuf_json_text(required, key);
}

/* Keys, '|' between, whose values are all so. */
static void nested_schema(const char *keys, const char *schema, struct strbuf *properties,
                          struct strbuf *required)
{
    char *copy = mem_text(keys ? keys : ""), *rest = copy;
    for (char *key; (key = strsep(&rest, "|"));)
        if (*key) {
            property(properties, key, schema, NULL);
            strbuf_putc(properties, '}');
            require(required, key);
        }
    free(copy);
}

/* Rows of a table have all its columns; those of an open one may lack the optional ones, and
 * have others. */
static void table_schema(const struct answer_row *row, struct strbuf *out)
{
    static const char numbers[] = "\"type\":\"object\",\"additionalProperties\":{\"type\":"
                                  "[\"number\",\"null\"]}";
    static const char values[] =
        "\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"name\":{"
        "\"type\":\"string\"},\"value\":{\"type\":[\"number\",\"null\"]}},\"required\":"
        "[\"name\",\"value\"],\"additionalProperties\":false}";
    struct strbuf properties = {0}, required = {0};
    bool open = row->open;
    for (const struct column *c = row->columns; c->name; c++)
        if (!c->seen || c->seen & SEEN_DATA) {
            property(&properties, c->name, column_schema(c->type), c->meaning);
            strbuf_putc(&properties, '}');
            if (!open || !c->optional)
                require(&required, c->name);
        }
    nested_schema(row->objects, numbers, &properties, &required);
    nested_schema(row->each, values, &properties, &required);
    strbuf_printf(out,
                  ",\"items\":{\"type\":\"object\",\"properties\":{%s},\"required\":[%s],"
                  "\"additionalProperties\":%s}",
                  properties.len ? properties.text + 1 : "", strbuf_text(&required),
                  open ? "{\"type\":[\"number\",\"string\",\"array\",\"null\"]}" : "false");
    strbuf_free(&properties);
    strbuf_free(&required);
}

void answer_schema(const struct answer_row *rows, struct strbuf *properties,
                   struct strbuf *required)
{
    static const char *const schemas[] = {
        [ANSWER_TEXT] = "\"type\":[\"string\",\"null\"]",
        [ANSWER_NUMBER] = "\"type\":[\"number\",\"null\"]",
        [ANSWER_COUNT] = "\"type\":[\"integer\",\"null\"]",
        [ANSWER_FLAG] = "\"type\":\"boolean\"",
        [ANSWER_TEXTS] = "\"type\":\"array\",\"items\":{\"type\":\"string\"}",
        [ANSWER_NUMBERS] = "\"type\":\"array\",\"items\":{\"type\":[\"number\",\"null\"]}",
        [ANSWER_OBJECT] = "\"type\":[\"object\",\"null\"]",
        [ANSWER_TABLE] = "\"type\":\"array\"",
    };
    for (const struct answer_row *row = rows; row->key; row++) {
        if (row->also) {
            answer_schema(row->also, properties, required);
            continue;
        }
        property(properties, row->key, schemas[row->type], row->meaning);
        if (row->columns)
            table_schema(row, properties);
        else if (row->type == ANSWER_TABLE)
            strbuf_puts(properties, ",\"items\":{\"type\":\"object\"}");
        strbuf_putc(properties, '}');
        if (!row->sometimes) {
            strbuf_putc(required, ',');
            strbuf_json_text(required, row->key);
        }
    }
}
