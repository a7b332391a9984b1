/* The format csv: records of text with a header; RFC 4180 quotes, also around line
 * ends; comma, tab or semicolon, whichever the header line has most of. */
#ifndef DATA_CSV_H
#define DATA_CSV_H

#include "source.h"

bool csv_sniff(const unsigned char *head, size_t n);
bool csv_open(struct log_source *source, struct err *err);
enum log_got csv_next(struct log_source *source, struct err *err);
void csv_close(struct log_source *source);

#endif
