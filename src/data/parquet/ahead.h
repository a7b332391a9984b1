/* Columns decoded ahead of the one who takes them, by other threads and by whoever waits.
 * Each column is read in order by one thread at a time, so that values and errors do not
 * depend on how many there are.  What is ahead is bounded: some batches of each column. */
#ifndef DATA_PARQUET_AHEAD_H
#define DATA_PARQUET_AHEAD_H

#include "column.h"

struct parquet_ahead;
/* wanted: [meta->n_columns], the columns that will be asked for.  threads: with the caller's;
 * 1 decodes a column when it is asked for. */
struct parquet_ahead *parquet_ahead_new(const struct parquet_meta *meta, int fd, const bool *wanted,
                                        int threads);
void parquet_ahead_free(struct parquet_ahead *ahead); /* NULL is fine */
/* The column's next values, good until it is asked for again.  NULL: err, or the column's end
 * and no err. */
const struct parquet_batch *parquet_ahead_next(struct parquet_ahead *ahead, size_t column,
                                               struct err *err);

#endif
