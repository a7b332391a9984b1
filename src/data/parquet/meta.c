#include "meta.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/strbuf.h"
#include "thrift.h"

enum { REQUIRED, OPTIONAL, REPEATED };
enum { MOST_COLUMNS = 100000 };

/* An element of the schema as stored, depth first. */
struct element {
    const char *name;
    size_t n_name;
    int physical, width, repetition, children, converted, logical;
    bool is_signed;
    double per_second;
};

/* ConvertedType, of older writers. */
enum {
    CONVERTED_UTF8 = 0,
    CONVERTED_ENUM = 4,
    CONVERTED_DECIMAL = 5,
    CONVERTED_DATE = 6,
    CONVERTED_TIME_MS = 7,
    CONVERTED_TIME_US = 8,
    CONVERTED_STAMP_MS = 9,
    CONVERTED_STAMP_US = 10,
    CONVERTED_UINT_8 = 11,
    CONVERTED_UINT_64 = 14,
    CONVERTED_INT_64 = 18,
    CONVERTED_JSON = 19,
    CONVERTED_BSON = 20,
};
/* Fields of the union LogicalType. */
enum {
    LOGICAL_STRING = 1,
    LOGICAL_ENUM = 4,
    LOGICAL_DECIMAL = 5,
    LOGICAL_DATE = 6,
    LOGICAL_TIME = 7,
    LOGICAL_TIMESTAMP = 8,
    LOGICAL_INTEGER = 10,
    LOGICAL_UNKNOWN = 11,
    LOGICAL_JSON = 12,
    LOGICAL_BSON = 13,
    LOGICAL_UUID = 14,
    LOGICAL_FLOAT16 = 15,
};

static double unit_per_second(int field)
{
    return field == 1 ? 1e3 : field == 2 ? 1e6 : 1e9;
}

/* TimeType, TimestampType: 2 is the unit, a union of empty structs. */
static void read_time(struct thrift *t, struct element *e)
{
    enum thrift_type type, inner;
    int field = 0, unit = 0;
    while (thrift_field(t, &field, &type))
        if (field == 2 && thrift_struct(t, type)) {
            while (thrift_field(t, &unit, &inner)) {
                e->per_second = unit_per_second(unit);
                thrift_skip(t, inner);
            }
        } else {
            thrift_skip(t, type);
        }
}

static void read_integer_type(struct thrift *t, struct element *e)
{
    enum thrift_type type;
    int field = 0;
    while (thrift_field(t, &field, &type))
        if (field == 2)
            e->is_signed = thrift_integer(t, type);
        else
            thrift_skip(t, type);
}

static void read_logical(struct thrift *t, struct element *e)
{
    enum thrift_type type;
    int field = 0;
    while (thrift_field(t, &field, &type)) {
        e->logical = field;
        if (!thrift_struct(t, type))
            return;
        if (field == LOGICAL_TIME || field == LOGICAL_TIMESTAMP)
            read_time(t, e);
        else if (field == LOGICAL_INTEGER)
            read_integer_type(t, e);
        else
            thrift_skip(t, type);
    }
}

static void read_element(struct thrift *t, struct element *e)
{
    enum thrift_type type;
    int field = 0;
    *e = (struct element){
        .name = "", .physical = -1, .converted = -1, .is_signed = true, .per_second = 1e9};
    while (thrift_field(t, &field, &type))
        switch (field) {
        case 1: e->physical = (int)thrift_integer(t, type); break;
        case 2: e->width = (int)thrift_integer(t, type); break;
        case 3: e->repetition = (int)thrift_integer(t, type); break;
        case 4: e->name = thrift_binary(t, type, &e->n_name); break;
        case 5: e->children = (int)thrift_integer(t, type); break;
        case 6: e->converted = (int)thrift_integer(t, type); break;
        case 10:
            if (thrift_struct(t, type))
                read_logical(t, e);
            break;
        default: thrift_skip(t, type);
        }
}

static enum parquet_meaning logical_meaning(const struct element *e)
{
    switch (e->logical) {
    case LOGICAL_STRING:
    case LOGICAL_ENUM:
    case LOGICAL_JSON:
    case LOGICAL_BSON: return PARQUET_TEXT;
    case LOGICAL_DECIMAL: return PARQUET_DECIMAL;
    case LOGICAL_DATE: return PARQUET_DATE;
    case LOGICAL_TIME: return PARQUET_TIME;
    case LOGICAL_TIMESTAMP: return PARQUET_TIMESTAMP;
    case LOGICAL_INTEGER: return e->is_signed ? PARQUET_NUMBER : PARQUET_UNSIGNED;
    case LOGICAL_UUID: return PARQUET_UUID;
    case LOGICAL_FLOAT16: return PARQUET_HALF;
    case LOGICAL_UNKNOWN: return PARQUET_NUMBER; /* all null */
    default: return PARQUET_OTHER;
    }
}

static enum parquet_meaning converted_meaning(const struct element *e, double *per_second)
{
    int c = e->converted;
    if (c == CONVERTED_TIME_MS || c == CONVERTED_STAMP_MS)
        *per_second = 1e3;
    if (c == CONVERTED_TIME_US || c == CONVERTED_STAMP_US)
        *per_second = 1e6;
    if (c < 0)
        return e->physical == PARQUET_BYTES   ? PARQUET_TEXT
               : e->physical == PARQUET_FIXED ? PARQUET_OTHER
               : e->physical == PARQUET_INT96 ? PARQUET_TIMESTAMP
                                              : PARQUET_NUMBER;
    if (c == CONVERTED_UTF8 || c == CONVERTED_ENUM || c == CONVERTED_JSON || c == CONVERTED_BSON)
        return PARQUET_TEXT;
    if (c == CONVERTED_DATE)
        return PARQUET_DATE;
    if (c == CONVERTED_TIME_MS || c == CONVERTED_TIME_US)
        return PARQUET_TIME;
    if (c == CONVERTED_STAMP_MS || c == CONVERTED_STAMP_US)
        return PARQUET_TIMESTAMP;
    if (c >= CONVERTED_UINT_8 && c <= CONVERTED_INT_64)
        return c <= CONVERTED_UINT_64 ? PARQUET_UNSIGNED : PARQUET_NUMBER;
    return c == CONVERTED_DECIMAL ? PARQUET_DECIMAL : PARQUET_OTHER;
}

/* Does the meaning go with what is stored? */
static bool fits(const struct parquet_column *c)
{
    bool bytes = c->physical == PARQUET_BYTES, fixed = c->physical == PARQUET_FIXED;
    bool integer = c->physical == PARQUET_INT32 || c->physical == PARQUET_INT64;
    switch (c->meaning) {
    case PARQUET_NUMBER: return !bytes && !fixed && c->physical != PARQUET_INT96;
    case PARQUET_UNSIGNED:
    case PARQUET_TIME: return integer;
    case PARQUET_DATE: return c->physical == PARQUET_INT32;
    case PARQUET_TIMESTAMP: return c->physical == PARQUET_INT64 || c->physical == PARQUET_INT96;
    case PARQUET_HALF: return fixed && c->width == 2;
    case PARQUET_UUID: return fixed && c->width == 16;
    case PARQUET_TEXT: return bytes || fixed;
    default: return true;
    }
}

static bool add_column(struct parquet_meta *m, const struct element *e, struct err *err)
{
    struct parquet_column *c = &m->columns[m->n_columns++];
    *c = (struct parquet_column){.name = mem_text_n(e->name, e->n_name),
                                 .physical = (enum parquet_physical)e->physical,
                                 .width = e->width > 0 ? (size_t)e->width : 0,
                                 .per_second = e->per_second,
                                 .optional = e->repetition == OPTIONAL};
    if (e->physical < 0 || e->physical > PARQUET_FIXED ||
        (e->physical == PARQUET_FIXED && (e->width <= 0 || e->width > 1 << 20)))
        return err_set(err, ERR_DATA, "column %s has no known type", c->name);
    c->meaning = e->logical ? logical_meaning(e) : converted_meaning(e, &c->per_second);
    if (!fits(c))
        c->meaning = PARQUET_OTHER;
    return true;
}

static void leave_out(struct parquet_meta *m, struct strbuf *names, const struct element *e)
{
    strbuf_puts(names, m->n_nested++ ? ", " : "");
    strbuf_add(names, e->name, e->n_name);
}

/* What the elements are to rows: leaf [i] is the column of the i-th chunk of a group, -1
 * for one that is left out, being part of something nested. */
static bool read_schema(struct thrift *t, enum thrift_type type, struct parquet_meta *m,
                        long **leaf, size_t *n_leaves, struct err *err)
{
    enum thrift_type item;
    struct element e;
    size_t n = thrift_list(t, type, &item);
    if (n < 2 || n > MOST_COLUMNS || item != THRIFT_STRUCT)
        return err_set(err, ERR_DATA, "the schema has %zu elements; 2 to %d can be read", n,
                       MOST_COLUMNS);
    struct strbuf nested = {0};
    m->columns = mem_new(n, sizeof *m->columns);
    *leaf = mem_new(n, sizeof **leaf);
    bool ok = true;
    uint64_t inside = 0; /* elements still to come of a nested one */
    read_element(t, &e); /* the root */
    for (size_t i = 1; i < n && ok && !t->broken; i++) {
        read_element(t, &e);
        bool group = e.children > 0, top = inside == 0;
        inside += group ? (uint64_t)e.children : 0;
        inside -= top ? 0 : 1;
        if (top && (group || e.repetition == REPEATED))
            leave_out(m, &nested, &e);
        if (group)
            continue;
        bool flat = top && e.repetition != REPEATED;
        (*leaf)[(*n_leaves)++] = flat ? (long)m->n_columns : -1;
        ok = !flat || add_column(m, &e, err);
    }
    m->nested = m->n_nested ? strbuf_take(&nested) : NULL;
    strbuf_free(&nested);
    return ok && (!t->broken || err_set(err, ERR_DATA, "the schema is broken"));
}

static void read_chunk_meta(struct thrift *t, struct parquet_chunk *c)
{
    enum thrift_type type;
    int field = 0;
    int64_t values = 0, bytes = 0, data = 0, dictionary = 0;
    while (thrift_field(t, &field, &type))
        switch (field) {
        case 4: c->codec = (int)thrift_integer(t, type); break;
        case 5: values = thrift_integer(t, type); break;
        case 7: bytes = thrift_integer(t, type); break;
        case 9: data = thrift_integer(t, type); break;
        case 11: dictionary = thrift_integer(t, type); break;
        default: thrift_skip(t, type);
        }
    if (values < 0 || bytes < 0 || data < 0 || dictionary < 0)
        t->broken = true;
    c->values = (uint64_t)values;
    c->bytes = (uint64_t)bytes;
    c->start = (uint64_t)(dictionary > 0 && dictionary < data ? dictionary : data);
}

static void read_chunk(struct thrift *t, struct parquet_chunk *c, bool *elsewhere, bool *secret)
{
    enum thrift_type type;
    int field = 0;
    size_t n;
    while (thrift_field(t, &field, &type))
        if (field == 1) {
            thrift_binary(t, type, &n);
            *elsewhere = *elsewhere || n > 0;
        } else if (field == 3 && thrift_struct(t, type)) {
            read_chunk_meta(t, c);
        } else {
            *secret = *secret || field == 8 || field == 9;
            thrift_skip(t, type);
        }
}

static bool read_chunks(struct thrift *t, enum thrift_type type, struct parquet_meta *m,
                        const long *leaf, size_t n_leaves, struct parquet_group *g, struct err *err)
{
    enum thrift_type item;
    bool elsewhere = false, secret = false;
    size_t n = thrift_list(t, type, &item);
    if (t->broken || n != n_leaves || item != THRIFT_STRUCT)
        return err_set(err, ERR_DATA, "a row group has %zu columns, the schema %zu", n, n_leaves);
    g->chunks = mem_new(m->n_columns + 1, sizeof *g->chunks);
    for (size_t i = 0; i < n && !t->broken; i++) {
        struct parquet_chunk unused;
        read_chunk(t, leaf[i] < 0 ? &unused : &g->chunks[leaf[i]], &elsewhere, &secret);
    }
    if (secret)
        return err_set(err, ERR_DATA, "columns are encrypted; save the table without a key");
    if (elsewhere)
        return err_set(err, ERR_DATA, "columns are in other files; save the table as one file");
    return true;
}

static bool read_group(struct thrift *t, struct parquet_meta *m, const long *leaf, size_t n_leaves,
                       struct parquet_group *g, struct err *err)
{
    enum thrift_type type;
    int field = 0;
    int64_t rows = 0;
    while (thrift_field(t, &field, &type))
        if (field == 1) {
            if (g->chunks || !read_chunks(t, type, m, leaf, n_leaves, g, err))
                return err_set(err, ERR_DATA, "a row group has its columns twice");
        } else if (field == 3) {
            rows = thrift_integer(t, type);
        } else {
            thrift_skip(t, type);
        }
    g->rows = (uint64_t)rows;
    return (rows >= 0 && g->chunks) || err_set(err, ERR_DATA, "a row group has no columns");
}

static bool read_groups(struct thrift *t, enum thrift_type type, struct parquet_meta *m,
                        const long *leaf, size_t n_leaves, struct err *err)
{
    enum thrift_type item;
    size_t n = thrift_list(t, type, &item);
    m->groups = mem_new(n + 1, sizeof *m->groups);
    for (size_t i = 0; i < n && thrift_struct(t, item); i++) {
        m->n_groups++;
        if (!read_group(t, m, leaf, n_leaves, &m->groups[i], err))
            return false;
    }
    return true;
}

/* Every column of every group has as many values as the group has rows, all within the
 * file. */
static bool check_groups(const struct parquet_meta *m, uint64_t size, struct err *err)
{
    uint64_t rows = 0;
    for (size_t g = 0; g < m->n_groups; g++) {
        rows += m->groups[g].rows;
        for (size_t i = 0; i < m->n_columns; i++) {
            const struct parquet_chunk *c = &m->groups[g].chunks[i];
            if (c->values != m->groups[g].rows)
                return err_set(err, ERR_DATA, "column %s has %llu values for %llu rows",
                               m->columns[i].name, (unsigned long long)c->values,
                               (unsigned long long)m->groups[g].rows);
            if (c->start > size || c->bytes > size - c->start)
                return err_set(err, ERR_DATA, "column %s ends beyond the file; is it cut off?",
                               m->columns[i].name);
        }
    }
    return rows == m->rows ||
           err_set(err, ERR_DATA, "the file says %llu rows, its row groups have %llu",
                   (unsigned long long)m->rows, (unsigned long long)rows);
}

static bool read_all(struct thrift *t, struct parquet_meta *m, long **leaf, struct err *err)
{
    enum thrift_type type;
    size_t n_leaves = 0;
    int field = 0;
    int64_t rows = 0;
    while (thrift_field(t, &field, &type))
        if (field == 2 && !m->columns) {
            if (!read_schema(t, type, m, leaf, &n_leaves, err))
                return false;
        } else if (field == 3) {
            rows = thrift_integer(t, type);
        } else if (field == 4 && m->columns && !m->groups) {
            if (!read_groups(t, type, m, *leaf, n_leaves, err))
                return false;
        } else {
            thrift_skip(t, type);
        }
    m->rows = rows < 0 ? UINT64_MAX : (uint64_t)rows;
    return (!t->broken && m->columns) ||
           err_set(err, ERR_DATA, "what the file says of its columns is broken");
}

bool parquet_meta_read(const unsigned char *bytes, size_t n, uint64_t size,
                       struct parquet_meta *out, struct err *err)
{
    struct thrift t = {.at = bytes, .end = bytes + n};
    long *leaf = NULL;
    *out = (struct parquet_meta){0};
    bool ok = read_all(&t, out, &leaf, err) && check_groups(out, size, err);
    free(leaf);
    if (!ok)
        parquet_meta_free(out);
    return ok;
}

void parquet_meta_free(struct parquet_meta *m)
{
    for (size_t i = 0; i < m->n_columns; i++)
        free(m->columns[i].name);
    for (size_t i = 0; i < m->n_groups; i++)
        free(m->groups[i].chunks);
    free(m->columns), free(m->groups), free(m->nested);
    *m = (struct parquet_meta){0};
}
