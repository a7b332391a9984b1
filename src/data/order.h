/* The order in which rows become trials: by animal, session, trial. */
#ifndef DATA_ORDER_H
#define DATA_ORDER_H

#include "rows.h"

struct order {
    uint32_t *row;     /* [rows.n] */
    size_t *first;     /* [rows.n_sessions] where the rows of each begin in row */
    struct strbuf odd; /* what was done about it, a sentence a line */
};

/* Animals in order of appearance.  Their sessions go by date where every one has a date
 * whose order of year, month and day is known or told; else by the numbers in their
 * names, files by those in theirs; where neither tells, as they appear.  In a session
 * trials go by number when each is there once, else as they appear.  Refuses a session
 * that is there twice, unless options->keep_copies. */
bool order_rows(const struct rows *rows, const struct load_options *options, struct order *order,
                struct err *err);
void order_free(struct order *order);

/* duplicates.c: sessions with the same trials, in one file or in several. */
bool order_duplicates(const struct rows *rows, const struct load_options *options,
                      struct order *order, struct err *err);

#endif
