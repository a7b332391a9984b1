/* From values as Parquet stores them to numbers and texts. */
#ifndef DATA_PARQUET_VALUES_H
#define DATA_PARQUET_VALUES_H

#include "deltaw/base/strbuf.h"
#include "meta.h"

/* A value of a column of texts: NUL-terminated. */
struct parquet_text {
    char *text;
    size_t n;
};

/* Does a column hand out texts, or numbers?  Depends on what it means. */
bool parquet_is_text(const struct parquet_column *column);

/* Values of a dictionary or of a batch: one of both arrays, the other is NULL. */
struct values {
    double *numbers;
    struct parquet_text *texts; /* while they are gathered, n is set and text is not */
    struct strbuf arena;        /* of the texts, each with its NUL */
};

struct values values_new(const struct parquet_column *column, size_t n);
void values_free(struct values *values);
/* Bytes of a stored value; 0: they differ, or are less than one. */
size_t values_width(const struct parquet_column *column);
/* The i-th value becomes the stored one at these bytes. */
void values_add(const struct parquet_column *column, struct values *values, size_t i,
                const unsigned char *at);
/* Texts are added in order, without the blanks around them. */
void values_add_text(struct values *values, size_t i, const char *text, size_t n);
/* A date or time of day counted in integers, as text. */
void values_add_moment(const struct parquet_column *column, struct values *values, size_t i,
                       int64_t value);
/* An integer as a number: with its sign, or without; times in seconds. */
double values_integer(const struct parquet_column *column, int64_t value);
/* All n texts are there: now they get their addresses, since the arena no longer moves. */
void values_place(struct values *values, size_t n);

#endif
