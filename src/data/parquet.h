/* The format parquet: flat tables of Apache Parquet files.  Nested columns are left out,
 * with a remark. */
#ifndef DATA_PARQUET_H
#define DATA_PARQUET_H

#include "source.h"

bool parquet_sniff(const unsigned char *head, size_t n);
bool parquet_open(struct log_source *source, struct err *err);
enum log_got parquet_next(struct log_source *source, struct err *err);
void parquet_close(struct log_source *source);

#endif
