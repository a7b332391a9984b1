/* The order in which rows become trials: by animal, session, trial. */
#ifndef DATA_ORDER_H
#define DATA_ORDER_H

#include "deltaw/base/strbuf.h"
#include "rows.h"

struct order {
    uint32_t *row;         /* [rows.n] */
    bool dates_unsortable; /* a date is not YYYY-MM-DD: sessions in file order */
    size_t n_sorted;       /* sessions whose trials were out of order */
    size_t n_restarting;   /* sessions with a trial number twice, in file order */
};

/* Animals in order of appearance; their sessions by (date, session) when every
 * date is written year first, else of appearance; in a session by trial number
 * when each is there once, else in file order.  Refuses a session whose every
 * trial is there twice. */
bool order_rows(const struct rows *rows, struct order *order, struct err *err);
void order_describe(const struct order *order, struct strbuf *out);
void order_free(struct order *order);

#endif
