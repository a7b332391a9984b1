#include "rollout.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"

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
    size_t first_row;            /* of this run's sketch */
    size_t next;                 /* chunk to go forward next */
    bool busy;                   /* on the way forward */
    /* whole gradient only */
    double *starts;   /* [n_chunks][carry][lanes] what each chunk started from */
    double *adjoint;  /* [carry][lanes] */
    double *gradient; /* [2][n_parameters] sum over its chunks; of the last one */
    size_t refill;    /* chunks below this are to be run forward again */
    size_t back;      /* chunks below this are to go back */
    bool backing;     /* one is on its way */
};

struct waiting { /* a tile that went forward and has to go back */
    struct tile *tile;
    size_t block, chunk;
};

struct rollout {
    const struct engine *engine;
    const struct trials *trials;
    struct plan *plan;
    size_t n_parameters, n_weights, n_carry, truncation, n_tiles, n_train_tiles;
    size_t n_rows, sketch_stride; /* rows of a sketch; every so many blocks take part */
    bool whole;
    size_t n_blocks, n_batches;
    struct block *blocks;
    double *losses;    /* [n_tiles][lanes] */
    double *gradients; /* [n_train_tiles][n_parameters]; training blocks come first.
                        * NULL for a whole gradient, which blocks keep */
    struct rollout_result result;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    int n_helpers;
    pthread_t *helpers;
    unsigned long generation; /* of runs; helpers wait for the next */
    bool quit, stopped;
    const struct rollout_task *task;
    size_t open_tiles;    /* not yet through with, this run */
    unsigned going_forward, helpers_in;
    size_t n_free, n_slots, n_waiting;
    struct tile **free_tiles;    /* [n_slots] */
    struct waiting *waiting;     /* [n_slots], oldest first */
};

static size_t updates_of(const struct rollout *r, size_t animal)
{
    return r->trials->count[animal] ? r->trials->count[animal] - 1 : 0;
}

/* --- work ------------------------------------------------------------------ */

static void go_forward(struct rollout *r, const struct block *b, size_t chunk, struct tile *tile,
                       double *carry, double *loss, float *lived)
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
    r->engine->forward(r->plan, tile, r->trials, spans, b->n, carry, loss, lived);
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
                k < r->n_weights ? r->task->w0[turn.animal * r->n_weights + k] : 0;
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

static size_t carry_size(const struct rollout *r)
{
    return r->n_carry * r->engine->lanes;
}

static void keep_start_gradient(struct rollout *r, const struct block *b, size_t chunk,
                                const double *adjoint)
{
    for (unsigned l = 0; l < b->n; l++) {
        struct turn turn = b->turns[chunk * b->n + l];
        for (size_t k = 0; turn.animal != (size_t)NOBODY && turn.chunk == 0 && k < r->n_weights;
             k++)
            r->result.gradient_w0[turn.animal * r->n_weights + k] =
                adjoint[k * r->engine->lanes + l];
    }
}

static void go_backward(struct rollout *r, const struct waiting *w)
{
    struct block *b = &r->blocks[w->block];
    if (r->task->sketch) {
        r->engine->sketch(r->plan, w->tile, r->trials, r->task->seed,
                          r->task->sketch + (b->first_row + w->chunk * b->n) * r->n_parameters);
        return;
    }
    if (r->whole) {
        double *gradient = b->gradient + r->n_parameters;
        end_animals(r, b, w->chunk);
        r->engine->backward(r->plan, w->tile, gradient, b->adjoint);
        for (size_t j = 0; j < r->n_parameters; j++)
            b->gradient[j] += gradient[j];
        keep_start_gradient(r, b, w->chunk, b->adjoint);
        return;
    }
    double adjoint[carry_size(r)];
    memset(adjoint, 0, sizeof adjoint);
    r->engine->backward(r->plan, w->tile,
                        r->gradients + (b->first_tile + w->chunk) * r->n_parameters, adjoint);
    keep_start_gradient(r, b, w->chunk, adjoint);
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
    bool back = (r->task->gradient || r->task->sketch) && b->train;
    b->busy = true;
    r->going_forward++;
    pthread_mutex_unlock(&r->lock);
    begin_animals(r, b, chunk);
    if (back && r->whole)
        memcpy(b->starts + chunk * carry_size(r), b->carry, carry_size(r) * sizeof *b->carry);
    go_forward(r, b, chunk, tile, b->carry,
               r->losses + (b->first_tile + chunk) * r->engine->lanes, r->task->lived);
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

/* Forward again, for the way back. */
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

/* One whose chunks can be run forward again, or n_blocks: last those that were
 * begun last, so that no tile waits longer than it has to. */
static size_t ready_refill(const struct rollout *r)
{
    size_t i = 0;
    if (!r->whole || !r->task->gradient || r->n_free == 0)
        return r->n_blocks;
    while (i < r->n_blocks && (r->blocks[i].busy || r->blocks[i].refill == 0))
        i++;
    return i;
}

/* Work until nothing is left.  One thread goes backward at once, while the tile
 * is in its cache; several keep one of them on the way forward, which is what
 * the others wait for. */
static void work(struct rollout *r)
{
    pthread_mutex_lock(&r->lock);
    while (r->open_tiles > 0 && !r->stopped) {
        size_t block = ready_block(r), tile = ready_tile(r), refill = ready_refill(r);
        bool forward = block < r->n_blocks;
        if (r->task->stop && atomic_load_explicit(r->task->stop, memory_order_relaxed)) {
            r->stopped = true;
        } else if (tile < r->n_waiting &&
                   !(forward && r->n_helpers > 0 && r->going_forward == 0)) {
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

static void *helper(void *arg)
{
    struct rollout *r = arg;
    unsigned long seen = 0;
    thread_background();
    pthread_mutex_lock(&r->lock);
    for (;;) {
        while (!r->quit && r->generation == seen)
            pthread_cond_wait(&r->changed, &r->lock);
        if (r->quit)
            break;
        seen = r->generation;
        r->helpers_in++;
        pthread_mutex_unlock(&r->lock);
        work(r);
        pthread_mutex_lock(&r->lock);
        r->helpers_in--;
        pthread_cond_broadcast(&r->changed);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* --- a run ----------------------------------------------------------------- */

static bool takes_part(const struct rollout *r, size_t block, const struct rollout_task *task)
{
    const struct block *b = &r->blocks[block];
    if (task->sketch)
        return b->train && (block + task->seed) % r->sketch_stride == 0;
    return !task->one_batch || (b->train && b->batch == task->batch);
}

static void start_blocks(struct rollout *r, const struct rollout_task *task)
{
    size_t rows = 0;
    r->open_tiles = 0;
    for (size_t i = 0; i < r->n_blocks; i++) {
        struct block *b = &r->blocks[i];
        b->next = takes_part(r, i, task) ? 0 : b->n_chunks;
        b->back = b->n_chunks;
        b->refill = 0;
        b->first_row = rows;
        rows += takes_part(r, i, task) ? b->n * b->n_chunks : 0;
        b->busy = b->backing = false;
        r->open_tiles += b->n_chunks - b->next;
        memset(b->carry, 0, carry_size(r) * sizeof *b->carry);
        if (b->adjoint) {
            memset(b->adjoint, 0, carry_size(r) * sizeof *b->adjoint);
            memset(b->gradient, 0, r->n_parameters * sizeof *b->gradient);
        }
    }
    if (!task->lived)
        return;
    for (size_t a = 0; a < r->trials->n_animals; a++)
        if (r->trials->count[a] == 1) /* never in a tile */
            for (size_t k = 0; k < r->n_weights; k++)
                task->lived[r->trials->first[a] * r->n_weights + k] =
                    (float)task->w0[a * r->n_weights + k];
}

/* All sums in the order of tiles. */
static void gather(struct rollout *r, const struct rollout_task *task)
{
    unsigned lanes = r->engine->lanes;
    memset(r->result.loss, 0, r->trials->n_animals * sizeof *r->result.loss);
    for (size_t i = 0; i < r->n_blocks; i++) {
        const struct block *b = &r->blocks[i];
        for (size_t c = 0; takes_part(r, i, task) && c < b->n_chunks; c++)
            for (unsigned l = 0; l < b->n; l++) {
                size_t animal = b->turns[c * b->n + l].animal;
                if (animal != (size_t)NOBODY)
                    r->result.loss[animal] += r->losses[(b->first_tile + c) * lanes + l];
            }
    }
    if (!task->gradient)
        return;
    memset(r->result.gradient, 0, r->n_parameters * sizeof *r->result.gradient);
    for (size_t i = 0; i < r->n_blocks; i++) {
        const struct block *b = &r->blocks[i];
        for (size_t j = 0; r->whole && b->train && takes_part(r, i, task) && j < r->n_parameters; j++)
            r->result.gradient[j] += b->gradient[j];
        for (size_t c = 0; !r->whole && b->train && takes_part(r, i, task) && c < b->n_chunks; c++)
            for (size_t j = 0; j < r->n_parameters; j++)
                r->result.gradient[j] += r->gradients[(b->first_tile + c) * r->n_parameters + j];
    }
}

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

/* Blocks are sorted by length: the first is the largest. */
size_t rollout_rows(struct rollout *r, size_t most)
{
    size_t rows = 0, largest = 1;
    for (size_t i = 0; i < r->n_blocks; i++) {
        const struct block *b = &r->blocks[i];
        rows += b->train ? b->n * b->n_chunks : 0;
        if (b->train && b->n * b->n_chunks > largest)
            largest = b->n * b->n_chunks;
    }
    most = most > 2 * largest ? most - largest : most;
    r->sketch_stride = rows > most ? (rows + most - 1) / most : 1;
    r->n_rows = 0;
    for (size_t from = 0; from < r->sketch_stride; from++) {
        rows = 0;
        for (size_t i = from; i < r->n_blocks; i += r->sketch_stride)
            rows += r->blocks[i].train ? r->blocks[i].n * r->blocks[i].n_chunks : 0;
        r->n_rows = rows > r->n_rows ? rows : r->n_rows;
    }
    return r->n_rows;
}

size_t rollout_share(const struct rollout *r)
{
    return r->sketch_stride;
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

bool rollout_run(struct rollout *r, const struct rollout_task *task,
                 struct rollout_result *result)
{
    r->engine->plan_set(r->plan, task->theta);
    pthread_mutex_lock(&r->lock);
    start_blocks(r, task); /* a helper late for the last run may be looking */
    r->task = task;
    r->stopped = false;
    r->generation++;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    work(r);
    pthread_mutex_lock(&r->lock);
    while (r->helpers_in > 0)
        pthread_cond_wait(&r->changed, &r->lock);
    while (r->n_waiting > 0) /* stopped half-way */
        r->free_tiles[r->n_free++] = r->waiting[--r->n_waiting].tile;
    bool stopped = r->stopped;
    pthread_mutex_unlock(&r->lock);
    if (stopped)
        return false;
    gather(r, task);
    if (result)
        *result = r->result;
    return true;
}

/* --- making one ------------------------------------------------------------ */

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
    *b = (struct block){.n = (unsigned)n, .batch = batch, .train = train,
                        .n_chunks = lanes[0].chunks, .first_tile = r->n_tiles};
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

/* Blocks for animals that are sorted by length: the next longest goes where least
 * is, and lanes of like length make a block. */
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

static void add_blocks(struct rollout *r, const bool *train, bool which, size_t batch)
{
    size_t n = 0;
    struct by_length *order = mem_new(r->trials->n_animals, sizeof *order);
    for (size_t a = 0; a < r->trials->n_animals; a++)
        if ((train && train[a]) == which && updates_of(r, a) > 0)
            order[n++] = (struct by_length){
                a, updates_of(r, a), (updates_of(r, a) + r->truncation - 1) / r->truncation};
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

static void start_helpers(struct rollout *r, int threads)
{
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    r->helpers = mem_new((size_t)(threads > 1 ? threads - 1 : 1), sizeof *r->helpers);
    while (r->n_helpers < threads - 1 && (size_t)r->n_helpers + 1 < r->n_tiles &&
           thread_start(&r->helpers[r->n_helpers], helper, r, NULL))
        r->n_helpers++; /* fewer than asked for is slower, not wrong */
    r->n_slots = r->n_helpers ? 2 * (size_t)r->n_helpers + 2 : 1;
    r->free_tiles = mem_new(r->n_slots, sizeof *r->free_tiles);
    r->waiting = mem_new(r->n_slots, sizeof *r->waiting);
    for (size_t i = 0; i < r->n_slots; i++)
        r->free_tiles[r->n_free++] = r->engine->tile_new(r->plan);
}

/* What a whole gradient needs of a training block. */
static void add_adjoint(const struct rollout *r, struct block *b)
{
    b->starts = mem_new(b->n_chunks * carry_size(r), sizeof *b->starts);
    b->adjoint = mem_new(carry_size(r), sizeof *b->adjoint);
    b->gradient = mem_new(2 * r->n_parameters, sizeof *b->gradient);
}

struct rollout *rollout_new(const struct rollout_setup *setup)
{
    struct rollout *r = mem_new(1, sizeof *r);
    struct tensors tensors = {0};
    size_t longest = 1, n = setup->trials->n_animals;
    rule_layout(setup->rule, setup->shape, &tensors);
    r->engine = setup->engine;
    r->trials = setup->trials;
    r->n_parameters = tensors.size;
    r->n_weights = setup->shape->n_weights;
    r->whole = setup->whole;
    for (size_t a = 0; a < n; a++)
        if (updates_of(r, a) > longest)
            longest = updates_of(r, a);
    r->truncation = setup->truncation && setup->truncation < longest ? setup->truncation : longest;
    r->plan = r->engine->plan_new(setup->rule, setup->shape, r->truncation);
    r->n_carry = r->engine->plan_carry(r->plan);
    if (setup->train)
        add_blocks(r, setup->train, true, setup->batch);
    r->n_train_tiles = r->n_tiles;
    for (size_t i = 0; r->whole && i < r->n_blocks; i++)
        add_adjoint(r, &r->blocks[i]);
    add_blocks(r, setup->train, false, 0);
    r->losses = mem_new(r->n_tiles * r->engine->lanes, sizeof *r->losses);
    if (!r->whole)
        r->gradients = mem_new(r->n_train_tiles * r->n_parameters, sizeof *r->gradients);
    r->result.loss = mem_new(n, sizeof *r->result.loss);
    r->result.n_scored = mem_new(n, sizeof *r->result.n_scored);
    for (size_t a = 0; a < n; a++)
        r->result.n_scored[a] = updates_of(r, a);
    r->result.gradient = mem_new(r->n_parameters, sizeof *r->result.gradient);
    r->result.gradient_w0 = mem_new(n * r->n_weights, sizeof *r->result.gradient_w0);
    start_helpers(r, setup->threads);
    return r;
}

void rollout_free(struct rollout *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->quit = true;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    for (int i = 0; i < r->n_helpers; i++)
        pthread_join(r->helpers[i], NULL);
    for (size_t i = 0; i < r->n_slots; i++)
        r->engine->tile_free(r->free_tiles[i]);
    for (size_t i = 0; i < r->n_blocks; i++) {
        free(r->blocks[i].turns);
        free(r->blocks[i].carry);
        free(r->blocks[i].starts), free(r->blocks[i].adjoint), free(r->blocks[i].gradient);
    }
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->changed);
    r->engine->plan_free(r->plan);
    free(r->blocks), free(r->losses), free(r->gradients), free(r->helpers);
    free(r->free_tiles), free(r->waiting);
    free(r->result.loss), free(r->result.n_scored);
    free(r->result.gradient), free(r->result.gradient_w0);
    free(r);
}
