/* Options by the names and values they once had. */
#ifndef SHELL_RENAMED_H
#define SHELL_RENAMED_H

#include "deltaw/base/option.h"

struct renamed {
    const char *was, *value; /* value: only with this one; NULL: with any */
    const char *is, *written;
};

const struct renamed *renamed_at(size_t i); /* NULL after the last */
/* Has a verb with these options the new name, and not the old one? */
bool renamed_applies(const struct renamed *row, const struct option_row *options);
/* False, and err which says how it is written: an argument is written as it once was. */
bool renamed_check(const struct args *args, const struct option_row *options, const char *verb,
                   struct err *err);

#endif
