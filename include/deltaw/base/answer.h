/* What a command answers, as a JSON object that is being put together: fields in order, tables
 * as arrays of objects.  Which keys there are, and of what type, is declared by rows of
 * constants, from which the schema of all answers is made. */
#ifndef DELTAW_BASE_ANSWER_H
#define DELTAW_BASE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/strbuf.h"
#include "deltaw/base/table.h"

enum answer_type {
    ANSWER_TEXT, /* or null */
    ANSWER_NUMBER,
    ANSWER_COUNT, /* a whole number */
    ANSWER_FLAG,
    ANSWER_TEXTS, /* an array */
    ANSWER_NUMBERS,
    ANSWER_OBJECT, /* of keys that the data decide */
    ANSWER_TABLE,  /* of `columns`; NULL: of columns that the data decide */
};

/* The last row has no key. */
struct answer_row {
    const char *key;
    enum answer_type type;
    const struct column *columns;
    bool sometimes; /* not in every answer of the verb */
    const char *meaning;
    const struct answer_row *also; /* the rows of another array, in place of this one */
    bool open; /* of a table: has others as well that the data name, and where its columns are
                * optional, not always those */
    const char *objects; /* of a table: keys, '|' between, of objects of numbers (with a number
                          * for each weight); NULL: none */
    const char *each;    /* of a table: the key of table_each; NULL: none */
};
#define ANSWER_ALSO(rows)         \
    {                             \
        .key = "", .also = (rows) \
    }

/* To the end of an object without its braces: ,"key":value. */
void answer_text(struct strbuf *object, const char *key, const char *value); /* NULL: null */
void answer_number(struct strbuf *object, const char *key, double value);    /* NaN: null */
void answer_flag(struct strbuf *object, const char *key, bool value);
void answer_texts(struct strbuf *object, const char *key, size_t n, const char *const *values);
void answer_numbers(struct strbuf *object, const char *key, size_t n, const double *values);
void answer_json(struct strbuf *object, const char *key, const char *json); /* as it is */
void answer_table(struct strbuf *object, const char *key, const struct table *table);

/* The JSON schema of an object of these rows, to be closed by the caller: its properties and
 * the keys that are always there, after a comma each. */
void answer_schema(const struct answer_row *rows, struct strbuf *properties,
                   struct strbuf *required);

#endif
