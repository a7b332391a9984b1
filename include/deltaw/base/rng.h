/* Random streams: Philox4x32-10 (Random123), counter based.  A stream is named
 * by (seed, purpose, a, b), so what is drawn does not depend on the order of
 * work or on the number of threads. */
#ifndef DELTAW_BASE_RNG_H
#define DELTAW_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* Seeds that users give are 0 .. this, so that a double holds each exactly. */
#define SEED_MOST 9007199254740991

enum rng_purpose {
    RNG_INIT = 1,  /* parameters of a fit; a = tensor */
    RNG_STIMULI,   /* simulation; a = animal */
    RNG_CHOICES,   /* simulation; a = animal */
    RNG_NOISE,     /* simulation; a = animal */
    RNG_START,     /* simulation: w_0, b_0; a = animal */
    RNG_FOLDS,     /* cross-validation */
    RNG_SAMPLE,    /* evenly drawn subsets */
    RNG_TEST,      /* test programs */
    RNG_BATCH,     /* order of batches; a = epoch */
    RNG_BOOTSTRAP, /* samples of animals */
};

struct rng {
    uint32_t key[2], counter[4], block[4];
    unsigned used; /* words of the block already used */
};

struct rng rng_stream(uint64_t seed, enum rng_purpose purpose, uint32_t a, uint32_t b);
uint32_t rng_word(struct rng *rng);
double rng_uniform(struct rng *rng); /* [0,1), 53 bits */
double rng_between(struct rng *rng, double lo, double hi);
double rng_normal(struct rng *rng);              /* N(0,1), Box-Muller */
uint32_t rng_below(struct rng *rng, uint32_t n); /* 0 .. n-1, no bias */
/* order [n]: 0 .. n-1, all orders equally likely (Fisher-Yates, inside out). */
void rng_order(struct rng *rng, size_t n, size_t *order);

#endif
