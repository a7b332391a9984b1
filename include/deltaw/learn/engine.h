/* The engine: rollout of a rule over trials, and its exact adjoint.
 *
 * The same source is compiled once per instruction set (AVX-512, AVX2, SSE2) in single
 * precision, and once in double precision for checks; engine_pick() chooses at run time.
 * Each SIMD lane is a stretch of one animal's trials; a step is one trial.
 *
 * Work comes in tiles: up to `lanes` animals, up to `max_steps` consecutive
 * trials.  A tile starts from given weights and hidden state (the carry), so
 * with truncated backpropagation (doc/science, fitting) tiles go backward independently.
 * Nothing here allocates but the *_new functions. */
#ifndef DELTAW_LEARN_ENGINE_H
#define DELTAW_LEARN_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/data/cohort.h"
#include "deltaw/learn/policy.h"
#include "deltaw/learn/rule.h"

/* A cohort as the engine reads it: one row per trial. */
struct trials {
    size_t n_animals, n_trials, n_weights;
    size_t *first, *count; /* [n_animals] */
    float *x;              /* [n_trials][K] policy features */
    float *stimulus;       /* [n_trials] s */
    float *reward;         /* [n_trials] */
    uint8_t *flags;        /* [n_trials] TRIAL_* bits */
};
enum {
    TRIAL_CHOICE = 1,
    TRIAL_ANSWER = 2,
    TRIAL_DAY = 4,
    TRIAL_GAP = 8,
    TRIAL_UNSCORED = 16, /* weights pass through it; its choice adds nothing to the loss */
};

struct trials *trials_new(const struct cohort *cohort, const struct policy *policy);
/* Only trials with scored[i] count from now on; NULL: all of them. */
void trials_score(struct trials *trials, const uint8_t *scored);
/* How many of an animal's do: never its first, which nothing precedes. */
size_t trials_scored(const struct trials *trials, size_t animal);
/* The trials of these animals once more, each as an animal of its own after the others. */
void trials_repeat(struct trials *trials, const size_t *animals, size_t n);
void trials_free(struct trials *trials);

/* One lane's share of a tile: updates of the animal's trials [begin, end), each
 * scoring the next trial; end <= count - 1.  Empty, end == begin: the lane idles. */
struct span {
    size_t animal, begin, end;
};

struct compiled_rule; /* a rule with its sizes and packed parameters; shared by threads */
struct tile;          /* workspace of one tile */

struct engine {
    const char *name; /* "avx512", "avx2", "sse2", "double" */
    unsigned lanes;

    struct compiled_rule *(*compiled_rule_new)(const struct rule *rule,
                                               const struct rule_shape *shape, size_t max_steps);
    void (*compiled_rule_free)(struct compiled_rule *compiled);
    /* Use these parameters: theta [tensors.size]. */
    void (*compiled_rule_set)(struct compiled_rule *compiled, const double *theta);
    /* Values carried between tiles per lane: K weights, then the state. */
    size_t (*compiled_rule_carry)(const struct compiled_rule *compiled);

    struct tile *(*tile_new)(const struct compiled_rule *compiled);
    void (*tile_free)(struct tile *tile);
    size_t (*tile_bytes)(const struct compiled_rule *compiled);

    /* Forward.  carry [carry size][lanes]: at the start in, at the end of each lane's
     * span out.
     * loss [n]: summed cross-entropy of the spans, nats.  visited: NULL, or where
     * w_t of every trial goes, [n_trials][K]; with the last span of an animal
     * also its last trial's. */
    void (*forward)(const struct compiled_rule *compiled, struct tile *tile,
                    const struct trials *trials, const struct span *spans, unsigned n,
                    double *carry, double *loss, float *visited);
    /* Backward of the tile last run forward.  gradient [tensors.size] is set to
     * the sum over its spans of d loss / d theta.  adjoint [carry size][lanes]:
     * d loss / d (carry at the tile's end) in, zero where the gradient is cut;
     * d loss / d (carry at its start) out. */
    void (*backward)(const struct compiled_rule *compiled, struct tile *tile, double *gradient,
                     double *adjoint);

    /* One update each of n copies: u [n][rule_inputs], x [n][K], answer [n],
     * next [n] (NULL: 0), state [n][compiled_rule_carry - K] in and out (NULL: zero, not
     * kept) -> dw [n][K]. */
    void (*update)(const struct compiled_rule *compiled, size_t n, const double *u, const double *x,
                   const double *answer, const double *next, double *state, double *dw);

    /* Each of m trials after each of n states: u [m][rule_inputs], state
     * [n][compiled_rule_carry - K] -> dw [m][K], means over the states.  What they share is
     * computed once; equal to update() up to rounding, which is that of the m trials
     * together.  False: the rule has no such way (or not at these values), use
     * update(). */
    bool (*batch_mean)(const struct compiled_rule *compiled, size_t m, const double *u, size_t n,
                       const double *state, double *dw);

    const struct gp_engine *gp; /* rules with a posterior, src/learn/gp_roll.h */
};

/* The best engine of this machine; DELTAW_ENGINE=avx512|avx2|sse2|double (neon or
 * generic on other machines than x86) in the environment forces one that the machine can run. */
const struct engine *engine_pick(void);
const struct engine *engine_double(void);
/* Networks train in single precision, the rules of a few parameters in double. */
const struct engine *engine_of(const struct rule *rule);
/* False when DELTAW_ENGINE names none that this machine can run. */
bool engine_check(struct err *err);
/* Single-precision engines this machine can run, best first; NULL after the last. */
const struct engine *engine_at(size_t i);
const char *engine_name(void);

/* Before any thread: what OpenBLAS reads of the environment once it is loaded.  One thread;
 * and kernels chosen by what the machine supports, not by its name: processors that are newer than
 * the library get its slowest.  A user's OPENBLAS_CORETYPE is respected. */
void blas_prepare(void);
/* The kernels it has chosen: "SkylakeX". */
const char *blas_core(void);

#endif
