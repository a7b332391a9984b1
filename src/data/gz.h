/* Bytes of a file that may be packed (gzip, xz, zstd, bzip2, a member of a zip or tar),
 * and gzip bytes of a text.  The only file of this layer that includes zlib is gz.c.
 * Messages carry no place: the caller puts "file:line: " before them. */
#ifndef DATA_GZ_H
#define DATA_GZ_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"

struct gz_in;

/* A regular file, pipe or device, - for standard input; folders are refused.  member, if
 * any, is that of the archive the file is.  `cancel` may be NULL; it is looked at while a
 * pipe is waited for. */
struct gz_in *gz_open(const char *path, const char *member, const atomic_bool *cancel,
                      struct err *err);
/* A file with all the bytes, unpacked, which a library can open by its name: the file
 * itself, or one in memory that exists as long as gz.  NULL on failure. */
const char *gz_whole(struct gz_in *gz, struct err *err);
/* The first bytes, unpacked, without taking them: up to GZ_HEAD.  NULL on failure. */
enum { GZ_HEAD = 512 };
const unsigned char *gz_head(struct gz_in *gz, size_t *n, struct err *err);
/* Up to n bytes, unpacked; 0 at the end, -1 on failure. */
ptrdiff_t gz_read(struct gz_in *gz, void *bytes, size_t n, struct err *err);
/* Bytes of the file itself that were used up. */
uint64_t gz_position(const struct gz_in *gz);
void gz_close(struct gz_in *gz); /* NULL is fine */

/* All n bytes, gzip or zlib, unpack to exactly `size` in to. */
bool gz_unpack(const unsigned char *from, size_t n, unsigned char *to, size_t size);

struct gz_out;

/* Packs what it is given onto the end of `to`.  Equal input gives equal output: no time and
 * no name in the header. */
struct gz_out *gz_out_new(void);
void gz_out_write(struct gz_out *gz, const void *bytes, size_t n, struct strbuf *to);
void gz_out_finish(struct gz_out *gz, struct strbuf *to); /* and frees */

#endif
