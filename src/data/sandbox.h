/* Files that are read by a library that we cannot vouch for: in a process of its own.
 *
 * libmatio and HDF5 believe what a file says of its sizes: a damaged one of 1 KB makes them
 * take gigabytes, loop forever or crash.  In the child that does no harm: it has bounded memory
 * and processor time, hands back columns through a pipe, and is ended when the job is unwanted
 * (base/jobs.h) or the program is gone. */
#ifndef DATA_SANDBOX_H
#define DATA_SANDBOX_H

#include "memory.h"

/* In the child: adds columns of one length to `source` (memory_finish) from source->file.  It
 * may print nothing, and opens nothing but that file. */
typedef bool (*apart_fill)(struct log_source *source, const void *library, struct err *err);

/* What `fill` made of source->file is in source.  The library is loaded before: the child of a
 * program with threads does as little as it can. */
bool sandbox_open(struct log_source *source, apart_fill fill, const void *library, struct err *err);

/* In a program that has this, files are read in its own process: a fuzzer sees nothing of
 * another.  No other has it. */
extern const bool apart_inside __attribute__((weak));

#endif
