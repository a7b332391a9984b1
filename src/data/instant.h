/* Stamps such as 2020-08-24T10:00:00.25+01:00 as instants: where a column has several time
 * zones, as when the clock changes in autumn, they do not sort as they are written. */
#ifndef DATA_INSTANT_H
#define DATA_INSTANT_H

#include <stdbool.h>

#include "deltaw/base/strbuf.h"

enum stamp { STAMP_NONE, STAMP_PLAIN, STAMP_ZONED }; /* none; a date, perhaps a time; and a zone */

/* What the text is, blanks and a day of the week before it aside; order: of its date, see
 * natural.h.  A stamp appends a text to key that sorts, as bytes, by instants.  Without a zone
 * it is taken for UTC, without a time for midnight.  Zones are Z, UTC, GMT, +hh, +hhmm and
 * +hh:mm, also -, and what stands in brackets or parentheses behind them is left out. */
enum stamp instant_key(const char *text, unsigned order, struct strbuf *key);

/* How many of the n texts are of each kind. */
struct stamps {
    size_t none, plain, zoned;
};
struct stamps instant_count(const char *const *text, size_t n, unsigned order);
static inline bool stamps_all(const struct stamps *s)
{
    return s->none == 0;
}

#endif
