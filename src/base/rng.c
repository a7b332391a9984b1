#include "deltaw/base/rng.h"

#include <math.h>
#include <string.h>

#include <Random123/philox.h>

#include "deltaw/base/err.h"

/* key = (seed low, seed high); counter = (block, purpose, a, b).  One block is
 * four words (Salmon, Moraes, Dror & Shaw 2011, SC11). */
struct rng rng_stream(uint64_t seed, enum rng_purpose purpose, uint32_t a, uint32_t b)
{
    return (struct rng){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, (uint32_t)purpose, a, b},
        .used = 4,
    };
}

static void next_block(struct rng *rng)
{
    philox4x32_ctr_t counter;
    philox4x32_key_t key;
    memcpy(counter.v, rng->counter, sizeof rng->counter);
    memcpy(key.v, rng->key, sizeof rng->key);
    philox4x32_ctr_t block = philox4x32_R(10, counter, key);
    memcpy(rng->block, block.v, sizeof rng->block);
    rng->used = 0;
    /* 2^32 blocks are 17 billion words; starting over would repeat them. */
    if (++rng->counter[0] == 0)
        err_die("a random stream is used up (purpose %u, %u, %u)", rng->counter[1], rng->counter[2],
                rng->counter[3]);
}

uint32_t rng_word(struct rng *rng)
{
    if (rng->used >= 4)
        next_block(rng);
    return rng->block[rng->used++];
}

double rng_uniform(struct rng *rng)
{
    uint32_t high = rng_word(rng) >> 5, low = rng_word(rng) >> 6;
    return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
}

double rng_between(struct rng *rng, double lo, double hi)
{
    return lo + (hi - lo) * rng_uniform(rng);
}

double rng_normal(struct rng *rng)
{
    double radius = sqrt(-2 * log(1 - rng_uniform(rng))); /* 1 - u is never 0 */
    return radius * cos(6.283185307179586 * rng_uniform(rng));
}

/* Lemire 2019 (ACM TOMACS 29:3): the high half of a 64-bit product, rejecting
 * the few low halves that would favour some results. */
uint32_t rng_below(struct rng *rng, uint32_t n)
{
    if (n == 0)
        return 0;
    uint64_t product = (uint64_t)rng_word(rng) * n;
    if ((uint32_t)product < n) {
        uint32_t threshold = -n % n;
        while ((uint32_t)product < threshold)
            product = (uint64_t)rng_word(rng) * n;
    }
    return (uint32_t)(product >> 32);
}

void rng_order(struct rng *rng, size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = rng_below(rng, (uint32_t)(i + 1));
        order[i] = order[j];
        order[j] = i;
    }
}
