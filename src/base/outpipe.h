/* Writing to a pipe or a device whose reader may be slow, gone, or never have been there. */
#ifndef BASE_OUTPIPE_H
#define BASE_OUTPIPE_H

#include <stdio.h>

/* A stream onto the descriptor, which it owns; NULL with errno.  Writing waits for the
 * reader, but in a job only as long as the job is wanted: then EINTR. */
FILE *outpipe_open(int fd);

#endif
