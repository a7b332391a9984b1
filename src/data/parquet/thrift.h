/* Thrift's compact protocol, as far as Parquet's metadata needs it: reading structs
 * field by field out of bytes in memory.  Once something is broken, `broken` stays set
 * and every further read gives nothing; callers look at the end. */
#ifndef DATA_PARQUET_THRIFT_H
#define DATA_PARQUET_THRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum thrift_type {
    THRIFT_STOP = 0,
    THRIFT_TRUE = 1,
    THRIFT_FALSE = 2,
    THRIFT_BYTE = 3,
    THRIFT_I16 = 4,
    THRIFT_I32 = 5,
    THRIFT_I64 = 6,
    THRIFT_DOUBLE = 7,
    THRIFT_BINARY = 8,
    THRIFT_LIST = 9,
    THRIFT_SET = 10,
    THRIFT_MAP = 11,
    THRIFT_STRUCT = 12,
};

struct thrift {
    const unsigned char *at, *end;
    bool broken;
    int depth; /* of structs that are being skipped */
};

/* One field of a struct; `last` is 0 before the first.  False: the struct ends. */
bool thrift_field(struct thrift *t, int *last, enum thrift_type *type);
/* The value of a field of any integer type or a boolean one. */
int64_t thrift_integer(struct thrift *t, enum thrift_type type);
/* The bytes of a binary field, within the input. */
const char *thrift_binary(struct thrift *t, enum thrift_type type, size_t *n);
/* Items of a list, all of type *item; never more than there are bytes left. */
size_t thrift_list(struct thrift *t, enum thrift_type type, enum thrift_type *item);
/* Is this field's value a struct?  A broken input, if not. */
bool thrift_struct(struct thrift *t, enum thrift_type type);
void thrift_skip(struct thrift *t, enum thrift_type type);
/* An unsigned number of seven bits a byte, the least ones first. */
uint64_t thrift_varint(struct thrift *t);

#endif
