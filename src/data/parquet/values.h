/* From values as Parquet stores them to numbers and texts. */
#ifndef DATA_PARQUET_VALUES_H
#define DATA_PARQUET_VALUES_H

#include "column.h"
#include "deltaw/base/strbuf.h"

/* Values of a dictionary or of a batch. */
struct values {
    double *numbers;
    struct parquet_text *texts; /* while they are gathered, n is set and text is not */
    struct strbuf arena;        /* of the texts, each with its NUL */
};

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
