/* The formats of numpy: npz and npy, arrays as columns; and alf, one session of the IBL's
 * archive as arrays in files of their own. */
#ifndef DATA_ARRAYS_H
#define DATA_ARRAYS_H

#include "memory.h"

bool npz_sniff(const unsigned char *head, size_t n);
bool npz_open(struct log_source *source, struct err *err);
bool npy_sniff(const unsigned char *head, size_t n);
bool npy_open(struct log_source *source, struct err *err);
bool alf_sniff(const unsigned char *head, size_t n);
bool alf_open(struct log_source *source, struct err *err);

#endif
