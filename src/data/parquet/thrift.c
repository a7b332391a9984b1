#include "thrift.h"

enum { MOST_DEPTH = 32 };

static unsigned byte(struct thrift *t)
{
    if (t->broken || t->at >= t->end) {
        t->broken = true;
        return 0;
    }
    return *t->at++;
}

uint64_t thrift_varint(struct thrift *t)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        unsigned b = byte(t);
        value |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            return value;
    }
    t->broken = true;
    return 0;
}

static int64_t zigzag(struct thrift *t)
{
    uint64_t value = thrift_varint(t);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

bool thrift_field(struct thrift *t, int *last, enum thrift_type *type)
{
    unsigned head = byte(t);
    if (t->broken || (head & 15) == THRIFT_STOP)
        return false;
    *type = head & 15;
    *last = head >> 4 ? *last + (int)(head >> 4) : (int)zigzag(t);
    if (*type > THRIFT_STRUCT || *last < 0 || *last > INT16_MAX)
        t->broken = true;
    return !t->broken;
}

int64_t thrift_integer(struct thrift *t, enum thrift_type type)
{
    switch (type) {
    case THRIFT_TRUE: return 1;
    case THRIFT_FALSE: return 0;
    case THRIFT_BYTE: return (int8_t)byte(t);
    case THRIFT_I16:
    case THRIFT_I32:
    case THRIFT_I64: return zigzag(t);
    default: t->broken = true; return 0;
    }
}

const char *thrift_binary(struct thrift *t, enum thrift_type type, size_t *n)
{
    uint64_t size = type == THRIFT_BINARY ? thrift_varint(t) : UINT64_MAX;
    *n = 0;
    if (t->broken || size > (uint64_t)(t->end - t->at)) {
        t->broken = true;
        return "";
    }
    *n = (size_t)size;
    t->at += size;
    return (const char *)t->at - size;
}

size_t thrift_list(struct thrift *t, enum thrift_type type, enum thrift_type *item)
{
    unsigned head = type == THRIFT_LIST || type == THRIFT_SET ? byte(t) : 0;
    uint64_t n = head >> 4 == 15 ? thrift_varint(t) : head >> 4;
    *item = head & 15;
    if (*item == THRIFT_STOP || *item > THRIFT_STRUCT || n > (uint64_t)(t->end - t->at))
        t->broken = true;
    return t->broken ? 0 : (size_t)n;
}

bool thrift_struct(struct thrift *t, enum thrift_type type)
{
    if (type != THRIFT_STRUCT)
        t->broken = true;
    return !t->broken;
}

static void skip_struct(struct thrift *t)
{
    enum thrift_type type;
    int last = 0;
    if (++t->depth > MOST_DEPTH)
        t->broken = true;
    while (!t->broken && thrift_field(t, &last, &type))
        thrift_skip(t, type);
    t->depth--;
}

/* In lists a boolean is a byte of its own. */
static void skip_items(struct thrift *t, size_t n, enum thrift_type item)
{
    if (++t->depth > MOST_DEPTH)
        t->broken = true;
    for (size_t i = 0; i < n && !t->broken; i++)
        if (item == THRIFT_TRUE || item == THRIFT_FALSE)
            byte(t);
        else
            thrift_skip(t, item);
    t->depth--;
}

static void skip_map(struct thrift *t)
{
    uint64_t n = thrift_varint(t);
    unsigned types = n ? byte(t) : 0;
    if (n > (uint64_t)(t->end - t->at))
        t->broken = true;
    for (uint64_t i = 0; i < n && !t->broken; i++) {
        skip_items(t, 1, types >> 4);
        skip_items(t, 1, types & 15);
    }
}

void thrift_skip(struct thrift *t, enum thrift_type type)
{
    enum thrift_type item;
    size_t n;
    switch (type) {
    case THRIFT_TRUE:
    case THRIFT_FALSE:
    case THRIFT_BYTE:
    case THRIFT_I16:
    case THRIFT_I32:
    case THRIFT_I64: thrift_integer(t, type); break;
    case THRIFT_DOUBLE:
        for (int i = 0; i < 8; i++)
            byte(t);
        break;
    case THRIFT_BINARY: thrift_binary(t, type, &n); break;
    case THRIFT_LIST:
    case THRIFT_SET:
        n = thrift_list(t, type, &item);
        skip_items(t, n, item);
        break;
    case THRIFT_MAP: skip_map(t); break;
    case THRIFT_STRUCT: skip_struct(t); break;
    default: t->broken = true;
    }
}
