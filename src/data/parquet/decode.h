/* The encodings of values in Parquet pages (Encodings.md of the format), each as a stream:
 * a page of a few bytes may stand for millions of values, so nothing is unrolled beyond
 * what is asked for.  Broken input gives false, never a read outside the page. */
#ifndef DATA_PARQUET_DECODE_H
#define DATA_PARQUET_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    const unsigned char *at, *end;
};

/* Runs of equal values and bit-packed groups of eight: levels, dictionary indices,
 * booleans. */
struct rle {
    struct bytes in;
    unsigned bits;      /* of a value, 0 to 32 */
    uint64_t left;      /* of the run */
    bool packed;        /* a bit-packed run */
    uint32_t value;     /* of a run of equal ones */
    uint64_t buffer;    /* bits of a packed run not handed out */
    unsigned in_buffer; /* how many */
};
struct rle parquet_rle_open(struct bytes in, unsigned bits);
bool parquet_rle_take(struct rle *rle, size_t n, uint32_t *out);

/* DELTA_BINARY_PACKED: integers as differences in packed miniblocks. */
struct delta {
    struct bytes in;
    uint64_t left; /* values not handed out */
    uint64_t value;
    bool first;
    uint64_t block, per_mini; /* values of a block, of a miniblock */
    unsigned minis, mini;     /* of a block; which one is read */
    const unsigned char *widths;
    uint64_t least;   /* smallest difference of the block */
    uint64_t in_mini; /* differences left in the miniblock */
    struct bytes packed;
    unsigned bits, bit; /* of the miniblock: of a value; used of *packed.at */
};
bool parquet_delta_open(struct delta *delta, struct bytes in);
bool parquet_delta_take(struct delta *delta, size_t n, int64_t *out);
/* Where the encoding ends, reading over what was not taken; false: broken. */
bool parquet_delta_end(struct delta *delta, const unsigned char **end);

/* Little-endian numbers of 1 to 8 bytes. */
uint64_t parquet_little(const unsigned char *at, size_t n);

#endif
