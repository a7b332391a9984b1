/* Animals into blocks of lanes, so that few lanes idle. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "rollout_inside.h"

struct by_length {
    size_t animal, updates, chunks;
};

static int longest_first(const void *a, const void *b)
{
    const struct by_length *p = a, *q = b;
    if (p->updates != q->updates)
        return p->updates > q->updates ? -1 : 1;
    return p->animal < q->animal ? -1 : p->animal > q->animal;
}

struct lane {
    size_t first; /* its number before sorting */
    size_t chunks;
};

static int fullest_first(const void *a, const void *b)
{
    const struct lane *p = a, *q = b;
    if (p->chunks != q->chunks)
        return p->chunks > q->chunks ? -1 : 1;
    return p->first < q->first ? -1 : p->first > q->first;
}

/* One block of lanes [begin, begin + n) that animals were put into. */
static void add_block(struct rollout *r, const struct lane *lanes, size_t n,
                      const struct by_length *animals, const size_t *into, size_t n_animals,
                      bool train, size_t batch)
{
    struct block *b = &r->blocks[r->n_blocks++];
    *b = (struct block){.n = (unsigned)n,
                        .batch = batch,
                        .train = train,
                        .n_chunks = lanes[0].chunks,
                        .first_tile = r->n_tiles};
    b->carry = mem_new(carry_size(r), sizeof *b->carry);
    b->turns = mem_new(b->n_chunks * n, sizeof *b->turns);
    for (size_t i = 0; i < b->n_chunks * n; i++)
        b->turns[i] = (struct turn){(size_t)NOBODY, 0};
    for (size_t l = 0; l < n; l++)
        for (size_t i = 0, chunk = 0; i < n_animals; i++)
            for (size_t c = 0; into[i] == lanes[l].first && c < animals[i].chunks; c++)
                b->turns[chunk++ * n + l] = (struct turn){animals[i].animal, c};
    r->n_tiles += b->n_chunks;
}

/* Blocks for animals that are sorted by length: the next longest goes to the emptiest lane,
 * and lanes of similar length make a block. */
static void pack(struct rollout *r, const struct by_length *animals, size_t n, bool train,
                 size_t batch)
{
    size_t width = r->engine->lanes, sum = 0, longest = animals[0].chunks;
    for (size_t i = 0; i < n; i++)
        sum += animals[i].chunks;
    size_t n_lanes = (sum + width * longest - 1) / (width * longest) * width;
    n_lanes = n_lanes < n ? n_lanes : n;
    struct lane *lanes = mem_new(n_lanes, sizeof *lanes);
    size_t *into = mem_new(n, sizeof *into);
    for (size_t l = 0; l < n_lanes; l++)
        lanes[l] = (struct lane){l, 0};
    for (size_t i = 0; i < n; i++) {
        size_t least = 0;
        for (size_t l = 1; l < n_lanes && lanes[least].chunks > 0; l++)
            if (lanes[l].chunks < lanes[least].chunks)
                least = l;
        lanes[least].chunks += animals[i].chunks;
        into[i] = least;
    }
    qsort(lanes, n_lanes, sizeof *lanes, fullest_first);
    for (size_t l = 0; l < n_lanes; l += width)
        add_block(r, lanes + l, n_lanes - l < width ? n_lanes - l : width, animals, into, n, train,
                  batch);
    free(lanes);
    free(into);
}

void rollout_pack(struct rollout *r, const bool *train, bool which, size_t batch)
{
    size_t n = 0;
    struct by_length *order = mem_new(r->trials->n_animals, sizeof *order);
    for (size_t a = 0; a < r->trials->n_animals; a++)
        if ((train && train[a]) == which && updates_of(r, a) > 0)
            order[n++] = (struct by_length){a, updates_of(r, a),
                                            (updates_of(r, a) + r->truncation - 1) / r->truncation};
    qsort(order, n, sizeof *order, longest_first);
    if (batch == 0 || batch > n)
        batch = n ? n : 1;
    r->blocks = mem_resize(r->blocks, r->n_blocks + n + 1, sizeof *r->blocks);
    for (size_t i = 0; i < n; i += batch) {
        pack(r, order + i, n - i < batch ? n - i : batch, which, i / batch);
        if (which)
            r->n_batches = i / batch + 1;
    }
    free(order);
}

/* --- what came of it --------------------------------------------------------- */

size_t rollout_batches(const struct rollout *r)
{
    return r->n_batches;
}

double rollout_padding(const struct rollout *r)
{
    double used = 0, all = 0;
    for (size_t i = 0; i < r->n_blocks; i++)
        for (size_t c = 0; c < r->blocks[i].n_chunks; c++) {
            size_t steps = 0;
            for (unsigned l = 0; l < r->blocks[i].n; l++) {
                struct turn turn = r->blocks[i].turns[c * r->blocks[i].n + l];
                size_t n = turn.animal == (size_t)NOBODY
                               ? 0
                               : updates_of(r, turn.animal) - turn.chunk * r->truncation;
                n = n < r->truncation ? n : r->truncation;
                used += (double)n;
                steps = n > steps ? n : steps;
            }
            all += (double)(steps * r->engine->lanes);
        }
    return all > 0 ? 1 - used / all : 0;
}

bool rollout_in_batch(const struct rollout *r, size_t batch, size_t animal)
{
    for (size_t i = 0; i < r->n_blocks; i++) {
        const struct block *b = &r->blocks[i];
        for (size_t j = 0; b->train && b->batch == batch && j < b->n * b->n_chunks; j++)
            if (b->turns[j].animal == animal)
                return true;
    }
    return false;
}
