/* One .npy array in memory: header versions 1 to 3, real, integer and bool
 * items of either byte order, and a single text. */
#ifndef DATA_NPY_H
#define DATA_NPY_H

#include <stdint.h>

#include "deltaw/base/strbuf.h"
#include "deltaw/data/npz.h"

/* Takes apart n bytes into array (its name is left alone).  Nothing in the
 * header is believed before it is found to fit n.  Messages carry no place. */
bool npy_read(const unsigned char *bytes, size_t n, struct npz_array *array, struct err *err);
/* The array as .npy, version 1, C order, little-endian. */
bool npy_write(const struct npz_array *array, struct strbuf *out, struct err *err);

/* One kind of item. */
struct npy_type {
    bool big_endian;
    char kind;   /* f i u b U S; of columns also M: a date, V: nothing to read */
    size_t item; /* bytes of one */
    char unit;   /* of a date: Y M D h m s, and i u n for milli-, micro-, nanoseconds */
    size_t step; /* units to one of the date's */
};

struct npy_field {
    char *name;
    struct npy_type type;
    size_t offset; /* in a record */
};

/* The header alone. */
struct npy_header {
    struct npy_type type; /* item: of a whole record where there are fields */
    bool fortran, with_fields;
    size_t n_dimensions, shape[NPZ_MAX_DIMENSIONS];
    size_t size; /* items */
    size_t data; /* where they begin */
    size_t n_fields;
    struct npy_field *fields; /* [n_fields] of records; only when asked for */
};
/* with_fields: what columns may be made of is taken too, dates and records. */
bool npy_header_read(const unsigned char *bytes, size_t n, bool with_fields,
                     struct npy_header *header, struct err *err);
void npy_header_free(struct npy_header *header);
/* The item at p: a number, a text (the caller frees) of a U, S or M. */
double npy_number(const unsigned char *p, const struct npy_type *type);
char *npy_text(const unsigned char *p, const struct npy_type *type);

struct log_source;
/* npy_columns.c: the array's columns, for a source made by memory_new: a vector is one
 * called `name`, records have one per field, a table of few columns NAME_0, NAME_1 ...
 * What is no column of numbers, texts or dates is left out, with a remark. */
bool npy_columns(struct log_source *source, const char *name, const unsigned char *bytes, size_t n,
                 struct err *err);

#endif
