/* Parts of files' names by a pattern: "{subject}_{date}_s{session}.csv". */
#ifndef DATA_FILENAME_H
#define DATA_FILENAME_H

#include "schema.h"

/* Fills constant[role] of subject, session and date; {} matches anything.  A pattern with
 * a slash is held against the end of the path, else against the file's name alone.
 * Refuses a pattern that is none and a path that does not fit. */
bool filename_take(const char *pattern, const char *path, char *constant[ROLE_N], struct err *err);
/* "dir/m1.csv.gz" -> "m1"; the caller frees */
char *filename_stem(const char *path);

#endif
