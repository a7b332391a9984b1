/* One pass of a rule over a whole cohort: losses, the truncated gradient, the
 * weights passed through.  Spreads tiles over threads; the sums are taken in the
 * order of tiles, so the bits do not depend on how many threads there are.
 *
 * Animals share tiles side by side, short ones one after another in a lane; training and
 * held-out animals never share one. Each block of animals goes forward chunk by chunk.
 *
 * Truncated gradient: a chunk's backward pass is independent of all others (weights and
 * state are detached at its ends) and runs beside the next chunk's forward pass.
 *
 * Whole gradient: what crosses a chunk's end crosses it in the backward pass too.  A block
 * goes forward to its end keeping only what each chunk started from; then its chunks are
 * run forward again, last first, by any thread, and backward one after another.  Memory
 * grows with the number of trials only by the starts; the price is a second forward pass. */
#ifndef LEARN_ROLLOUT_H
#define LEARN_ROLLOUT_H

#include <stdatomic.h>

#include "deltaw/learn/engine.h"

struct rollout;

struct rollout_task {
    const double *theta;     /* [tensors.size] */
    const double *w0;        /* [n_animals][rule_starts] weights, and gains where there are */
    bool gradient;           /* also go backward, on animals with train[a] */
    float *visited;          /* NULL, or [n_trials][K] */
    const atomic_bool *stop; /* NULL, or polled at each tile */
    int threads;             /* at most so many of the setup's; 0: all */
    bool one_batch;          /* only the training animals of one batch */
    size_t batch;
};

struct rollout_result {  /* arrays are the rollout's, valid until the next run */
    double *loss;        /* [n_animals] summed, nats */
    size_t *n_scored;    /* [n_animals] trials */
    double *gradient;    /* [tensors.size] of the SUM over training animals */
    double *gradient_w0; /* [n_animals][rule_starts], the same */
};

struct rollout_setup {
    const struct engine *engine;
    const struct rule *rule;
    const struct rule_shape *shape;
    const struct trials *trials;
    const bool *train; /* [n_animals] which animals take part in the gradient; NULL:
                        * none does and no memory is kept for it */
    size_t truncation; /* trials in a chunk; 0: all */
    bool whole;        /* the gradient of the loss itself: no cut at chunk ends */
    size_t batch;      /* training animals per batch, 0: all in one */
    int threads;       /* at least 1, the caller's included */
};
struct rollout *rollout_new(const struct rollout_setup *setup);
/* About what it and its runs take, of these lengths in trials [n_animals]; setup->trials is not
 * looked at.  A gradient that is cut is kept for every tile. */
double rollout_bytes(const struct rollout_setup *setup, size_t n_animals, const size_t *length);
/* Training animals come in this many batches; those of a batch have like lengths. */
size_t rollout_batches(const struct rollout *r);
/* Share of the lanes' steps, of all blocks, in which no animal is. */
double rollout_padding(const struct rollout *r);
bool rollout_in_batch(const struct rollout *r, size_t batch, size_t animal);
/* False when stopped half-way. */
bool rollout_run(struct rollout *r, const struct rollout_task *task, struct rollout_result *result);
void rollout_free(struct rollout *r);

#endif
