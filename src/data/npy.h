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

/* The header alone. */
struct npy_header {
    bool big_endian, fortran;
    char kind;   /* f i u b U S */
    size_t item; /* bytes of one */
    size_t n_dimensions, shape[NPZ_MAX_DIMENSIONS];
    size_t size; /* items */
    size_t data; /* where they begin */
};
bool npy_header_read(const unsigned char *bytes, size_t n, struct npy_header *header,
                     struct err *err);

#endif
