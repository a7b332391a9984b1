/* R² of models against the truth, computed apart and kept: for the table of models.
 * Private to view. */
#ifndef DELTAW_VIEW_MODELS_R2_H
#define DELTAW_VIEW_MODELS_R2_H

#include "watch.h"

struct r2_job {
    struct view_job head;
    size_t n;
    struct r2_want {
        struct model *model;
        struct cohort *cohort;
        double r2;
        bool found; /* looked at before it was stopped */
    } * item;
};

struct r2_book {
    size_t n;
    struct r2_entry *known;
    struct view_job *wanted; /* what was asked for and is not known; NULL: nothing */
};

/* Of the first weight's updates.  NaN: not known; then it is wanted too. */
double r2_look(struct r2_book *book, const struct model *model, const struct cohort *cohort);
/* NaN: not known. */
double r2_known(const struct r2_book *book, const struct model *model);
/* Forgets what is known or wanted of any other models. */
void r2_forget(struct r2_book *book, size_t n, const struct model *const *kept);
void r2_free(struct r2_book *book);

/* As in struct view_work; the job is a book's `wanted`. */
bool r2_compute(struct view_job *job, const atomic_bool *stop, struct err *err);
void r2_adopt(struct r2_book *book, const struct view_job *job);
void r2_release(struct view_job *job);
extern const struct view_work models_work; /* models.c */

#endif
