/* Unpacking the pages of Parquet files, with Debian's libraries. */
#ifndef DATA_PARQUET_CODEC_H
#define DATA_PARQUET_CODEC_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"

/* to [size] from the n packed bytes; they must unpack to exactly `size`.  codec: as
 * numbered by the format. */
bool parquet_unpack(int codec, const unsigned char *from, size_t n, unsigned char *to, size_t size,
                    struct err *err);

#endif
