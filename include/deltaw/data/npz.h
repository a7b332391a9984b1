/* .npz containers as numpy writes and reads them (zip through minizip; stored
 * or deflated members, zip64 fields, .npy versions 1 to 3). */
#ifndef DELTAW_DATA_NPZ_H
#define DELTAW_DATA_NPZ_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"
#include "deltaw/base/outfile.h"

enum { NPZ_MAX_DIMENSIONS = 4 };
enum npz_type { NPZ_FLOAT32, NPZ_FLOAT64, NPZ_INT64, NPZ_TEXT };

struct npz_array {
    char *name;          /* without ".npy" */
    enum npz_type type;  /* as stored; any real, integer or bool type reads as one of these */
    size_t n_dimensions; /* 0: scalar */
    size_t shape[NPZ_MAX_DIMENSIONS];
    size_t size;    /* product of shape */
    double *values; /* [size] C order; NULL for text */
    char *text;     /* NPZ_TEXT: UTF-8 of a 0-dimensional <U array; NULL else */
    char **texts;   /* [size] of a 1-dimensional one, only written; NULL else */
};

struct npz {
    size_t n;
    struct npz_array *arrays;
};

/* Refuses by name: a damaged container, an unknown dtype, wrong lengths. */
bool npz_read(const char *path, struct npz *out, struct err *err);
/* The text of the first array, which has this name; NULL with an error when it is no such
 * array.  The rest is not read.  Caller frees. */
char *npz_read_first(const char *path, const char *name, struct err *err);
/* Atomic; members stored, not compressed; FLOAT32 is rounded from the doubles. */
bool npz_write(const char *path, const struct npz *npz, struct err *err);
/* The same, but for outfile_commit, which puts it in place. */
bool npz_write_open(const char *path, const struct npz *npz, struct outfile *out, struct err *err);

/* Hands each member that is an array to `take`, as .npy bytes; false from it ends the
 * reading with its error, before which the place is put.  name: of the file, for messages. */
typedef bool (*npz_take)(void *context, const char *array, const unsigned char *bytes, size_t n,
                         struct err *err);
bool npz_each(const char *path, const char *name, npz_take take, void *context, struct err *err);

struct npz_array *npz_find(const struct npz *npz, const char *name);
/* Append; values are copied. */
void npz_add(struct npz *npz, const char *name, enum npz_type type, size_t n_dimensions,
             const size_t *shape, const double *values);
void npz_add_text(struct npz *npz, const char *name, const char *text);
/* A 1-dimensional array of texts, which numpy gives one width. */
void npz_add_texts(struct npz *npz, const char *name, size_t n, const char *const *texts);
void npz_free(struct npz *npz);

/* Archives within one: the arrays of `own` go over under PREFIX + their names; own is empty
 * then. */
void npz_move(struct npz *npz, const char *prefix, struct npz *own);
/* Those under that prefix, by their own names; free .arrays alone, as all else is of npz. */
struct npz npz_part(const struct npz *npz, const char *prefix);

#endif
