/* R² of models against the truth, computed apart and kept: for the table of models.
 * Private to view. */
#ifndef DELTAW_VIEW_MODELS_R2_H
#define DELTAW_VIEW_MODELS_R2_H

#include "deltaw/study/probe.h"

struct r2_book {
    size_t n;
    struct r2_entry *known;
    struct r2_job *wanted; /* what was asked for and is not known; NULL: nothing */
};

/* Of the first weight's updates.  NaN: not known; then it is wanted too. */
double r2_look(struct r2_book *book, const struct model *model, const struct cohort *cohort);
/* NaN: not known. */
double r2_known(const struct r2_book *book, const struct model *model);
/* What is known of other models than these, and what is wanted, is forgotten. */
void r2_forget(struct r2_book *book, size_t n, const struct model *const *kept);
void r2_free(struct r2_book *book);

/* As in struct view_ops; the job is a book's `wanted`. */
void r2_work(void *job, const atomic_bool *stop);
void r2_adopt(struct r2_book *book, void *job);
void r2_discard(void *job);

#endif
