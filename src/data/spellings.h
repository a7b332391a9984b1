/* Animals that may be one under two names. */
#ifndef DATA_SPELLINGS_H
#define DATA_SPELLINGS_H

#include "deltaw/base/strbuf.h"
#include "names.h"

/* A line for each name that differs from an earlier one in case, blanks (also those that
 * cannot be seen), _ . and - alone, or is the same number: 7 and 007, 101 and 101.0. */
void spellings_note(const struct names *names, struct strbuf *out);

#endif
