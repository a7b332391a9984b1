/* The state of a network's optimiser after an epoch: with it a saved fit goes on as if it
 * had never stopped, to the bit.  Orders of batches and segments are drawn anew each epoch
 * from a stream of its number, so they need not be kept.  Private to learn. */
#ifndef LEARN_CHECKPOINT_H
#define LEARN_CHECKPOINT_H

#include "adam.h"
#include "deltaw/data/npz.h"
#include "deltaw/learn/model.h"

struct json_t;

struct checkpoint {
    int epoch;
    size_t n, n_starts;
    double *theta;  /* [n] parameters, then trained w_0 of all animals; not rounded */
    double *m, *v;  /* [n] Adam's means */
    long adam_step; /* of Adam's bias corrections */
    long step;      /* fast: of the schedule */
    double rate;    /* fast: the largest, after failures */
    int failures;   /* fast: so far */
    double *starts; /* [n_starts] fast: what segments begin with; NULL: none */
};

struct checkpoint *checkpoint_copy(const struct checkpoint *c); /* NULL of NULL */
void checkpoint_free(struct checkpoint *c);
/* *c, made when it is NULL, becomes the state after an epoch: theta [adam->n].  What only
 * fast has is for the caller to set. */
void checkpoint_take(struct checkpoint **c, int epoch, const double *theta, const struct adam *adam,
                     size_t n_starts);
/* Adam goes on from it. */
void checkpoint_give(const struct checkpoint *c, struct adam *adam);

/* In .npz files: optimizer_theta, _m, _v [n], _starts [n_starts], and an object of
 * deltaw_json; nothing for a model without. */
void checkpoint_pack(const struct model *m, struct npz *npz);
struct json_t *checkpoint_json(const struct checkpoint *c);
/* Nothing in the file: the model has none.  Nor where it belongs to other parameters than
 * those of the file, which someone has changed.  Whether n is that of a fit is for it to ask.
 * Refuses by name what cannot be a checkpoint. */
bool checkpoint_unpack(const struct npz *npz, const struct json_t *object, const char *path,
                       struct model *m, struct err *err);

#endif
