/* The values of one column, page by page through all row groups.  Only the page that is
 * read is held in memory, and what batches hold. */
#ifndef DATA_PARQUET_COLUMN_H
#define DATA_PARQUET_COLUMN_H

#include "deltaw/base/err.h"
#include "meta.h"
#include "values.h"

enum { PARQUET_BATCH = 1024 };

/* The values that indices of a row group's pages stand for. */
struct parquet_dictionary {
    size_t n;
    struct values of;
    size_t holders; /* its reader, and batches with texts of it */
};

/* Up to PARQUET_BATCH values: numbers (NaN where null) or texts (empty where null). */
struct parquet_batch {
    size_t n;
    struct values values;
    struct parquet_dictionary *dictionary; /* NULL: the texts are in the values' arena */
};
void parquet_batch_free(struct parquet_batch *batch);

struct parquet_reader;
/* fd: of the file, read by pread; both must outlive the reader. */
struct parquet_reader *parquet_reader_new(const struct parquet_meta *meta, size_t column, int fd);
void parquet_reader_free(struct parquet_reader *reader);
/* The next values into a batch, one of zeros or one that was filled before: 1; 0 after the last;
 * -1 and err.  A reader and its batches are for one thread at a time. */
int parquet_reader_next(struct parquet_reader *reader, struct parquet_batch *batch,
                        struct err *err);

#endif
