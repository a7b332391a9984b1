/* What the files of the rollout share.
 *
 *   rollout.c       making one, a run, its sums
 *   rollout_work.c  what a thread does next
 *   rollout_pack.c  animals into blocks of lanes
 */
#ifndef LEARN_ROLLOUT_INSIDE_H
#define LEARN_ROLLOUT_INSIDE_H

#include <pthread.h>

#include "deltaw/base/team.h"
#include "rollout.h"

/* What a lane does in a chunk of its block: a chunk of an animal, or nothing. */
struct turn {
    size_t animal; /* NOBODY: nothing */
    size_t chunk;  /* of the animal, 0 is its first */
};
enum { NOBODY = -1 };

/* Up to `lanes` animals side by side, and in each lane one after the other, so
 * that long and short ones fill it evenly. */
struct block {
    unsigned n;         /* lanes in use */
    struct turn *turns; /* [n_chunks][n] */
    bool train;
    size_t n_chunks, first_tile; /* index of chunk 0 among all tiles */
    double *carry;               /* [carry][lanes] */
    size_t batch;                /* which it belongs to; training blocks only */
    size_t next;                 /* chunk to go forward next */
    bool busy;                   /* in the forward pass */
    /* whole gradient only */
    double *starts;   /* [n_chunks][carry][lanes] what each chunk started from */
    double *adjoint;  /* [carry][lanes] */
    double *gradient; /* [2][n_parameters] sum over its chunks; of the last one */
    size_t refill;    /* chunks below this are to be run forward again */
    size_t back;      /* chunks below this await their backward pass */
    bool backing;     /* one is under way */
};

struct waiting { /* a tile that has gone forward and must go backward */
    struct tile *tile;
    size_t block, chunk;
};

struct rollout {
    const struct engine *engine;
    const struct trials *trials;
    struct compiled_rule *compiled;
    size_t n_parameters, n_weights, n_starts, n_carry, truncation, n_tiles, n_train_tiles;
    bool whole;
    size_t n_blocks, n_batches;
    struct block *blocks;
    double *losses;    /* [n_tiles][lanes] */
    double *gradients; /* [n_train_tiles][n_parameters]; training blocks come first.
                        * NULL for a whole gradient, which blocks keep */
    double *by_gain;   /* [n_train_tiles][lanes] of a gradient that is cut; NULL: no gains */
    struct rollout_result result;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct team *team;
    size_t n_workers; /* of the team, in this run */
    bool stopped;
    const struct rollout_task *task;
    size_t open_tiles; /* not yet through with, this run */
    unsigned going_forward;
    size_t n_free, n_waiting;
    struct tile **free_tiles; /* all of them between runs; as many as the workers need */
    struct waiting *waiting;  /* oldest first */
};

static inline size_t updates_of(const struct rollout *r, size_t animal)
{
    return r->trials->count[animal] ? r->trials->count[animal] - 1 : 0;
}

static inline size_t carry_size(const struct rollout *r)
{
    return r->n_carry * r->engine->lanes;
}

/* Blocks for the animals with train[a] == which, in batches. */
void rollout_pack(struct rollout *r, const bool *train, bool which, size_t batch);
/* Work with the others until nothing of this run is left. */
void rollout_work(struct rollout *r);

#endif
