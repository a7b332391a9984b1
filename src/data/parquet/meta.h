/* What the end of a Parquet file says: columns, row groups, where their pages are
 * (format 2.10 of Apache Parquet: parquet.thrift, LogicalTypes.md). */
#ifndef DATA_PARQUET_META_H
#define DATA_PARQUET_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"

enum parquet_physical {
    PARQUET_BOOLEAN,
    PARQUET_INT32,
    PARQUET_INT64,
    PARQUET_INT96,
    PARQUET_FLOAT,
    PARQUET_DOUBLE,
    PARQUET_BYTES,
    PARQUET_FIXED,
};

/* What a value means, and so how it is read. */
enum parquet_meaning {
    PARQUET_NUMBER,    /* a number as it is */
    PARQUET_UNSIGNED,  /* integers without sign */
    PARQUET_HALF,      /* floats of two bytes */
    PARQUET_TEXT,      /* text, or bytes taken as text */
    PARQUET_DATE,      /* days since 1970: text 2020-08-24 */
    PARQUET_TIMESTAMP, /* `per_second` since 1970: text 2020-08-24T10:00:00.25 */
    PARQUET_TIME,      /* since midnight: seconds */
    PARQUET_UUID,      /* text */
    PARQUET_DECIMAL,   /* refused when it is wanted */
    PARQUET_OTHER,     /* intervals and such: refused when it is wanted */
};

struct parquet_column {
    char *name;
    enum parquet_physical physical;
    enum parquet_meaning meaning;
    size_t width;      /* bytes of a FIXED */
    double per_second; /* of times */
    bool optional;     /* values may be null */
};

/* The pages of one column in one row group. */
struct parquet_chunk {
    uint64_t start, bytes; /* in the file */
    uint64_t values;       /* nulls included */
    int codec;
};

struct parquet_group {
    uint64_t rows;
    struct parquet_chunk *chunks; /* [n_columns] of struct parquet_meta */
};

struct parquet_meta {
    uint64_t rows;
    size_t n_columns, n_groups;
    struct parquet_column *columns;
    struct parquet_group *groups;
    size_t n_nested; /* columns left out: lists, maps, structs */
    char *nested;    /* their names, "a, b"; NULL: none */
};

/* From the bytes of the footer; `size` of the file bounds where pages may be.  On
 * failure nothing is in `out`. */
bool parquet_meta_read(const unsigned char *bytes, size_t n, uint64_t size,
                       struct parquet_meta *out, struct err *err);
void parquet_meta_free(struct parquet_meta *meta);

#endif
