/* Gradients of pieces of animals' lives, in any order: what optimizer=fast steps on.
 *
 * Each training animal's updates are cut into pieces of nearly equal length, at most
 * `length`.  A piece starts from the weights and the state that the one before it
 * ended with when that was last run, and no gradient goes back across its start: the
 * truncated gradient of SCIENCE 1 (chunks of `length`), but for starts from an earlier
 * pass.  They become exact again when parameters no longer move.  So pieces
 * need not be run in the order of time, a few from all over the cohort already tell
 * where to step, and every lane of a tile has work.
 *
 * A pass runs each piece once, in steps of up to 32 pieces by lot (more where a pass
 * would have over 100 steps).  Sums are
 * taken in the order of pieces' places and starts handed on after a step, so the bits
 * do not depend on how many threads there are. */
#ifndef LEARN_PIECES_H
#define LEARN_PIECES_H

#include <stdatomic.h>

#include "deltaw/base/rng.h"
#include "deltaw/learn/engine.h"

struct pieces;

struct pieces_setup {
    const struct engine *engine;
    const struct rule *rule;
    const struct rule_shape *shape;
    const struct trials *trials;
    const bool *train; /* [n_animals] whose lives are cut up */
    size_t length;     /* at least 1 */
    int threads;
};
struct pieces *pieces_new(const struct pieces_setup *setup);
void pieces_free(struct pieces *pieces);

/* Of an animal with so many trials; the first of them is not scored. */
size_t pieces_of(size_t trials, size_t length);
/* Steps of a pass over n pieces. */
size_t pieces_steps(size_t n);
size_t pieces_count(const struct pieces *pieces);
/* From now on at most so many of the setup's threads; 0: all. */
void pieces_limit(struct pieces *pieces, int threads);

/* Exact starts: all animals forward, in the order of time.  theta [tensors.size], w0
 * [n_animals][K].  False when *stop (NULL: none) became true. */
bool pieces_start(struct pieces *pieces, const double *theta, const double *w0,
                  const atomic_bool *stop);
/* Another order for the next pass. */
void pieces_shuffle(struct pieces *pieces, struct rng *rng);

/* Step `i` of a pass: the gradient of the MEAN loss of its pieces' scored trials in
 * gradient [tensors.size] and gradient_w0 [n_animals][K] (zero but for animals whose
 * first piece is among them). */
void pieces_step(struct pieces *pieces, size_t i, const double *theta, const double *w0,
                 double *gradient, double *gradient_w0);

#endif
