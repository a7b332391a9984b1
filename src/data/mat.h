/* The format mat: MATLAB's files, of version 5 and 7.3. */
#ifndef DATA_MAT_H
#define DATA_MAT_H

#include "memory.h"

bool mat_sniff(const unsigned char *head, size_t n);
bool mat_open(struct log_source *source, struct err *err);

#endif
