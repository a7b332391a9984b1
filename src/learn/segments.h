/* Gradients of segments of animals' trials, in any order: what optimizer=fast steps on.
 *
 * Each training animal's updates are cut into segments of nearly equal length, at most
 * `length`.  A segment starts from the weights and the state that the one before it
 * ended with when that was last run, and no gradient goes back across its start: the
 * truncated gradient of doc/science, fitting (chunks of `length`), except that starts are
 * from an earlier pass.  They become exact again when parameters no longer move.  So segments
 * need not be run in the order of time, a few from all over the cohort already tell
 * where to step, and every lane of a tile has work.
 *
 * A pass runs each segment once, in steps of up to 32 segments drawn at random (more where
 * a pass would have over 100 steps).  Sums are taken in the order of segments' places and
 * starts handed on after a step, so the bits do not depend on how many threads there are. */
#ifndef LEARN_SEGMENTS_H
#define LEARN_SEGMENTS_H

#include <stdatomic.h>

#include "deltaw/base/rng.h"
#include "deltaw/learn/engine.h"

struct segments;

struct segments_setup {
    const struct engine *engine;
    const struct rule *rule;
    const struct rule_shape *shape;
    const struct trials *trials;
    const bool *train; /* [n_animals] whose trials are cut up */
    size_t length;     /* at least 1 */
    int threads;
};
struct segments *segments_new(const struct segments_setup *setup);
void segments_free(struct segments *segments);

/* Segments of an animal with this many trials, of which the first is not scored. */
size_t segments_of(size_t trials, size_t length);
/* Steps of a pass over n segments. */
size_t segments_steps(size_t n);
size_t segments_count(const struct segments *segments);
/* From now on at most so many of the setup's threads; 0: all. */
void segments_limit(struct segments *segments, int threads);

/* Exact starts: all animals forward, in the order of time.  theta [tensors.size], w0
 * [n_animals][K].  False when *stop (NULL: none) became true. */
bool segments_start(struct segments *segments, const double *theta, const double *w0,
                    const atomic_bool *stop);
/* What they begin with now, so that a saved fit can go on: [*n], animal by animal; for
 * starts of animals nothing that is read. */
double *segments_starts(struct segments *segments, size_t *n);
/* Another order for the next pass. */
void segments_shuffle(struct segments *segments, struct rng *rng);

/* Step `i` of a pass: the gradient of the MEAN loss of its segments' scored trials in
 * gradient [tensors.size] and gradient_w0 [n_animals][K] (zero but for animals whose
 * first segment is among them). */
void segments_step(struct segments *segments, size_t i, const double *theta, const double *w0,
                   double *gradient, double *gradient_w0);

#endif
