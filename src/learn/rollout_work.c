/* Doing the tiles of a run, in any order that the arithmetic allows. */
#include <string.h>

#include "rollout_inside.h"

static void go_forward(struct rollout *r, const struct block *b, size_t chunk, struct tile *tile,
                       double *carry, double *loss, float *visited)
{
    struct span spans[b->n];
    for (unsigned l = 0; l < b->n; l++) {
        struct turn turn = b->turns[chunk * b->n + l];
        spans[l] = (struct span){0};
        if (turn.animal == (size_t)NOBODY)
            continue;
        size_t begin = turn.chunk * r->truncation, end = updates_of(r, turn.animal);
        if (end > begin + r->truncation)
            end = begin + r->truncation;
        spans[l] = (struct span){turn.animal, begin, end};
    }
    r->engine->forward(r->compiled, tile, r->trials, spans, b->n, carry, loss, visited);
}

/* Start weights and no state in the lanes where an animal begins. */
static void begin_animals(const struct rollout *r, const struct block *b, size_t chunk)
{
    unsigned lanes = r->engine->lanes;
    for (unsigned l = 0; l < b->n; l++) {
        struct turn turn = b->turns[chunk * b->n + l];
        if (turn.animal == (size_t)NOBODY || turn.chunk > 0)
            continue;
        for (size_t k = 0; k < r->n_carry; k++)
            b->carry[k * lanes + l] =
                k < r->n_starts ? r->task->w0[turn.animal * r->n_starts + k] : 0;
    }
}

/* Nothing comes back to an animal's end from the one after it in the lane. */
static void end_animals(const struct rollout *r, const struct block *b, size_t chunk)
{
    for (unsigned l = 0; l < b->n; l++)
        if (chunk + 1 == b->n_chunks || b->turns[(chunk + 1) * b->n + l].chunk == 0)
            for (size_t k = 0; k < r->n_carry; k++)
                b->adjoint[k * r->engine->lanes + l] = 0;
}

static void keep_start_gradient(struct rollout *r, const struct block *b, size_t chunk,
                                const double *adjoint)
{
    for (unsigned l = 0; l < b->n; l++) {
        struct turn turn = b->turns[chunk * b->n + l];
        size_t n = r->whole ? r->n_starts : r->n_weights;
        for (size_t k = 0; turn.animal != (size_t)NOBODY && turn.chunk == 0 && k < n; k++)
            r->result.gradient_w0[turn.animal * r->n_starts + k] =
                adjoint[k * r->engine->lanes + l];
    }
}

static void go_backward(struct rollout *r, const struct waiting *w)
{
    struct block *b = &r->blocks[w->block];
    if (r->whole) {
        double *gradient = b->gradient + r->n_parameters;
        end_animals(r, b, w->chunk);
        r->engine->backward(r->compiled, w->tile, gradient, b->adjoint);
        for (size_t j = 0; j < r->n_parameters; j++)
            b->gradient[j] += gradient[j];
        keep_start_gradient(r, b, w->chunk, b->adjoint);
        return;
    }
    double adjoint[carry_size(r)];
    memset(adjoint, 0, sizeof adjoint);
    r->engine->backward(r->compiled, w->tile,
                        r->gradients + (b->first_tile + w->chunk) * r->n_parameters, adjoint);
    keep_start_gradient(r, b, w->chunk, adjoint);
    if (r->by_gain)
        memcpy(r->by_gain + (b->first_tile + w->chunk) * r->engine->lanes,
               adjoint + r->n_weights * r->engine->lanes, r->engine->lanes * sizeof *r->by_gain);
}

/* The oldest tile that can go back now, or n_waiting. */
static size_t ready_tile(const struct rollout *r)
{
    size_t i = 0;
    if (!r->whole)
        return 0;
    while (i < r->n_waiting) {
        const struct block *b = &r->blocks[r->waiting[i].block];
        if (!b->backing && r->waiting[i].chunk + 1 == b->back)
            break;
        i++;
    }
    return i;
}

static void work_backward(struct rollout *r, size_t i)
{
    struct waiting w = r->waiting[i];
    struct block *b = &r->blocks[w.block];
    memmove(r->waiting + i, r->waiting + i + 1, (--r->n_waiting - i) * sizeof *r->waiting);
    b->backing = true;
    pthread_mutex_unlock(&r->lock);
    go_backward(r, &w);
    pthread_mutex_lock(&r->lock);
    b->backing = false;
    b->back--;
    r->free_tiles[r->n_free++] = w.tile;
    r->open_tiles--;
}

static void work_forward(struct rollout *r, size_t block)
{
    struct block *b = &r->blocks[block];
    struct tile *tile = r->free_tiles[--r->n_free];
    size_t chunk = b->next;
    bool back = r->task->gradient && b->train;
    b->busy = true;
    r->going_forward++;
    pthread_mutex_unlock(&r->lock);
    begin_animals(r, b, chunk);
    if (back && r->whole)
        memcpy(b->starts + chunk * carry_size(r), b->carry, carry_size(r) * sizeof *b->carry);
    go_forward(r, b, chunk, tile, b->carry, r->losses + (b->first_tile + chunk) * r->engine->lanes,
               r->task->visited);
    pthread_mutex_lock(&r->lock);
    r->going_forward--;
    b->busy = false;
    b->next++;
    if (back && (!r->whole || b->next == b->n_chunks)) {
        r->waiting[r->n_waiting++] = (struct waiting){tile, block, chunk};
        b->refill = chunk;
    } else {
        r->free_tiles[r->n_free++] = tile;
        r->open_tiles -= !back;
    }
}

/* Forward again, for the backward pass. */
static void work_refill(struct rollout *r, size_t block)
{
    struct block *b = &r->blocks[block];
    struct tile *tile = r->free_tiles[--r->n_free];
    size_t chunk = --b->refill;
    double carry[carry_size(r)], loss[r->engine->lanes];
    b->busy = true; /* in order: what is filled first is needed first */
    pthread_mutex_unlock(&r->lock);
    memcpy(carry, b->starts + chunk * carry_size(r), sizeof carry);
    go_forward(r, b, chunk, tile, carry, loss, NULL);
    pthread_mutex_lock(&r->lock);
    b->busy = false;
    r->waiting[r->n_waiting++] = (struct waiting){tile, block, chunk};
}

/* A block that can go forward now, or n_blocks. */
static size_t ready_block(const struct rollout *r)
{
    size_t i = 0;
    if (r->n_free == 0)
        return r->n_blocks;
    while (i < r->n_blocks && (r->blocks[i].busy || r->blocks[i].next == r->blocks[i].n_chunks))
        i++;
    return i;
}

/* One whose chunks can be run forward again, or n_blocks: those begun last come last, so
 * that no tile waits longer than it must. */
static size_t ready_refill(const struct rollout *r)
{
    size_t i = 0;
    if (!r->whole || !r->task->gradient || r->n_free == 0)
        return r->n_blocks;
    while (i < r->n_blocks && (r->blocks[i].busy || r->blocks[i].refill == 0))
        i++;
    return i;
}

/* Work until nothing is left.  A single thread goes backward at once, while the tile is in
 * its cache; several keep one of them on forward passes, for which the others wait. */
void rollout_work(struct rollout *r)
{
    pthread_mutex_lock(&r->lock);
    while (r->open_tiles > 0 && !r->stopped) {
        size_t block = ready_block(r), tile = ready_tile(r), refill = ready_refill(r);
        bool forward = block < r->n_blocks;
        if (r->task->stop && atomic_load_explicit(r->task->stop, memory_order_relaxed)) {
            r->stopped = true;
        } else if (tile < r->n_waiting && !(forward && r->n_workers > 1 && r->going_forward == 0)) {
            work_backward(r, tile);
        } else if (forward) {
            work_forward(r, block);
        } else if (refill < r->n_blocks) {
            work_refill(r, refill);
        } else {
            pthread_cond_wait(&r->changed, &r->lock);
            continue;
        }
        pthread_cond_broadcast(&r->changed);
    }
    pthread_mutex_unlock(&r->lock);
}
