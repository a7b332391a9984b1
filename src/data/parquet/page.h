/* Pages of one column chunk: found, read and unpacked one after the other. */
#ifndef DATA_PARQUET_PAGE_H
#define DATA_PARQUET_PAGE_H

#include "decode.h"
#include "meta.h"

enum parquet_encoding {
    ENCODING_PLAIN = 0,
    ENCODING_PLAIN_DICTIONARY = 2,
    ENCODING_RLE = 3,
    ENCODING_DELTA = 5,
    ENCODING_DELTA_LENGTH = 6,
    ENCODING_DELTA_BYTES = 7,
    ENCODING_DICTIONARY = 8,
    ENCODING_SPLIT = 9,
};

struct parquet_page {
    bool dictionary;
    size_t values;       /* nulls included */
    int encoding;        /* enum parquet_encoding, or one that is not read */
    struct bytes levels; /* run-length definition levels of an optional column */
    struct bytes data;   /* the values that are not null */
};

/* n bytes of the file from `at` on. */
bool page_bytes(int fd, void *bytes, size_t n, uint64_t at, struct err *err);

/* Reads the chunk's bytes in order, a window at a time. */
struct page_reader {
    int fd;
    uint64_t at, end;      /* in the file: after the window, after the chunk */
    unsigned char *window; /* bytes read and not used: [from, to) of it */
    size_t from, to, room;
    unsigned char *unpacked; /* the page */
    size_t unpacked_room;
    bool optional;
    int codec;
};

void parquet_page_reader_start(struct page_reader *r, int fd, const struct parquet_chunk *chunk,
                               bool optional);
/* 1: a page of data or a dictionary, good until the next; 0: the chunk ends; -1: err. */
int parquet_page_next(struct page_reader *r, struct parquet_page *page, struct err *err);
void parquet_page_reader_free(struct page_reader *r);

#endif
