/* The format nwb: the table of trials in a file of Neurodata Without Borders (HDF5). */
#ifndef DATA_NWB_H
#define DATA_NWB_H

#include "memory.h"

bool nwb_sniff(const unsigned char *head, size_t n);
bool nwb_open(struct log_source *source, struct err *err);

#endif
