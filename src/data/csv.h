/* Records of a CSV file with a header: RFC 4180 quotes, also around line ends;
 * comma, tab or semicolon, whichever the header line has most of. */
#ifndef DATA_CSV_H
#define DATA_CSV_H

#include "lines.h"

struct field {
    char *text; /* NUL-terminated, blanks around it cut off */
    size_t n;
};

struct csv {
    struct lines lines;
    char separator;
    size_t n_columns;
    char **columns;       /* [n_columns] from the header, made safe to print */
    struct field *fields; /* [n_columns] of the record read last */
    size_t line;          /* where that record begins */
    char *joined;         /* a record that spans lines */
    size_t joined_capacity;
};

/* Opens the file and reads its header. */
bool csv_open(struct csv *csv, const char *path, const atomic_bool *cancel, struct err *err);
/* The next record that is no blank line; it has as many fields as the header. */
enum lines_got csv_next(struct csv *csv, struct err *err);
void csv_close(struct csv *csv); /* a zeroed one is fine */

#endif
