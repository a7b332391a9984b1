/* Containers other than gzip, through libarchive: xz, zstd, bzip2, zip and tar.  The
 * only file of this layer that includes it is container.c.  Messages carry no place. */
#ifndef DATA_CONTAINER_H
#define DATA_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"

struct archive_in;
/* Bytes of what is packed, for a pipe: *bytes until the next call; 0 at the end, -1 on failure. */
typedef ptrdiff_t (*archive_pull)(void *context, const void **bytes, struct err *err);

/* Do these bytes begin a container that holds one stream: xz, zstd, bzip2? */
bool container_is_stream(const unsigned char *head, size_t n);
/* The stream in it, or (member not NULL) that member of a zip or tar.  A regular file is
 * read through fd, which stays the caller's; else pull gives its bytes. */
struct archive_in *container_open(int fd, bool regular, archive_pull pull, void *context,
                                  const char *member, struct err *err);
/* Up to n bytes, unpacked; 0 at the end, -1 on failure. */
ptrdiff_t container_read(struct archive_in *in, void *bytes, size_t n, struct err *err);
void container_close(struct archive_in *in); /* NULL is fine */

/* Names of the files in a zip or tar, in natural order; the caller frees each and the
 * list.  False: it is none, or damaged. */
bool container_list(const char *path, size_t *n, char ***names, struct err *err);

#endif
