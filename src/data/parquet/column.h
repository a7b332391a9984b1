/* The values of one column, page by page through all row groups.  Only the page that is
 * read is held in memory. */
#ifndef DATA_PARQUET_COLUMN_H
#define DATA_PARQUET_COLUMN_H

#include "deltaw/base/err.h"
#include "meta.h"

enum { PARQUET_BATCH = 1024 };

/* A value of a column of texts: NUL-terminated, good until the next batch. */
struct parquet_text {
    char *text;
    size_t n;
};

struct parquet_reader;
/* fd: of the file, read by pread; both must outlive the reader. */
struct parquet_reader *parquet_reader_new(const struct parquet_meta *meta, size_t column, int fd);
void parquet_reader_free(struct parquet_reader *reader);
/* Does it hand out texts, or numbers?  Depends on what the column means. */
bool parquet_is_text(const struct parquet_column *column);
/* The next values, at most PARQUET_BATCH: how many; 0 after the last; -1 and err.  They
 * are in numbers (NaN where null) or texts (empty where null). */
int parquet_reader_next(struct parquet_reader *reader, const double **numbers,
                        const struct parquet_text **texts, struct err *err);

#endif
