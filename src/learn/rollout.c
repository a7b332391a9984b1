/* Making a rollout, running it, and its sums in the order of tiles. */
#include "rollout_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

/* --- a run ----------------------------------------------------------------- */

static bool takes_part(const struct rollout *r, size_t block, const struct rollout_task *task)
{
    const struct block *b = &r->blocks[block];
    return !task->one_batch || (b->train && b->batch == task->batch);
}

static void start_blocks(struct rollout *r, const struct rollout_task *task)
{
    r->open_tiles = 0;
    for (size_t i = 0; i < r->n_blocks; i++) {
        struct block *b = &r->blocks[i];
        b->next = takes_part(r, i, task) ? 0 : b->n_chunks;
        b->back = b->n_chunks;
        b->refill = 0;
        b->busy = b->backing = false;
        r->open_tiles += b->n_chunks - b->next;
        memset(b->carry, 0, carry_size(r) * sizeof *b->carry);
        if (b->adjoint) {
            memset(b->adjoint, 0, carry_size(r) * sizeof *b->adjoint);
            memset(b->gradient, 0, r->n_parameters * sizeof *b->gradient);
        }
    }
    if (task->gradient) /* none of animals outside a batch */
        memset(r->result.gradient_w0, 0,
               r->trials->n_animals * r->n_starts * sizeof *r->result.gradient_w0);
    if (!task->visited)
        return;
    for (size_t a = 0; a < r->trials->n_animals; a++)
        if (r->trials->count[a] == 1) /* never in a tile */
            for (size_t k = 0; k < r->n_weights; k++)
                task->visited[r->trials->first[a] * r->n_weights + k] =
                    (float)task->w0[a * r->n_starts + k];
}

/* A gain plays a part in every chunk of its animal. */
static void gather_gains(struct rollout *r, const struct rollout_task *task)
{
    unsigned lanes = r->engine->lanes;
    for (size_t i = 0; i < r->n_blocks; i++) {
        const struct block *b = &r->blocks[i];
        for (size_t c = 0; b->train && takes_part(r, i, task) && c < b->n_chunks; c++)
            for (unsigned l = 0; l < b->n; l++) {
                size_t animal = b->turns[c * b->n + l].animal;
                if (animal != (size_t)NOBODY)
                    r->result.gradient_w0[animal * r->n_starts + r->n_weights] +=
                        r->by_gain[(b->first_tile + c) * lanes + l];
            }
    }
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
    if (r->by_gain)
        gather_gains(r, task);
    memset(r->result.gradient, 0, r->n_parameters * sizeof *r->result.gradient);
    for (size_t i = 0; i < r->n_blocks; i++) {
        const struct block *b = &r->blocks[i];
        bool counts = b->train && takes_part(r, i, task);
        for (size_t j = 0; r->whole && counts && j < r->n_parameters; j++)
            r->result.gradient[j] += b->gradient[j];
        for (size_t c = 0; !r->whole && counts && c < b->n_chunks; c++)
            for (size_t j = 0; j < r->n_parameters; j++)
                r->result.gradient[j] += r->gradients[(b->first_tile + c) * r->n_parameters + j];
    }
}

/* Room for tiles that wait for their backward pass while others go forward. */
static size_t tiles_for(size_t workers)
{
    return workers > 1 ? 2 * workers : 1;
}

static void work_along(void *rollout, size_t piece, size_t member)
{
    (void)piece, (void)member;
    rollout_work(rollout);
}

bool rollout_run(struct rollout *r, const struct rollout_task *task, struct rollout_result *result)
{
    r->engine->compiled_rule_set(r->compiled, task->theta);
    start_blocks(r, task);
    r->task = task;
    r->stopped = false;
    r->n_workers = team_limit(r->team, task->threads);
    while (r->n_free < tiles_for(r->n_workers))
        r->free_tiles[r->n_free++] = r->engine->tile_new(r->compiled);
    team_run(r->team, r->n_workers, work_along, r);
    while (r->n_waiting > 0) /* stopped half-way */
        r->free_tiles[r->n_free++] = r->waiting[--r->n_waiting].tile;
    if (r->stopped)
        return false;
    gather(r, task);
    if (result)
        *result = r->result;
    return true;
}

/* --- making one ------------------------------------------------------------ */

/* No more workers than tiles. */
static void add_team(struct rollout *r, int threads)
{
    int most = r->n_tiles < (size_t)threads ? (int)r->n_tiles : threads;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    r->team = team_new(most);
    size_t n = team_most(r->team);
    r->free_tiles = mem_new(tiles_for(n), sizeof *r->free_tiles);
    r->waiting = mem_new(tiles_for(n), sizeof *r->waiting);
}

/* What a whole gradient needs of a training block. */
static void add_adjoint(const struct rollout *r, struct block *b)
{
    b->starts = mem_new(b->n_chunks * carry_size(r), sizeof *b->starts);
    b->adjoint = mem_new(carry_size(r), sizeof *b->adjoint);
    b->gradient = mem_new(2 * r->n_parameters, sizeof *b->gradient);
}

double rollout_bytes(const struct rollout_setup *setup, size_t n_animals, const size_t *length)
{
    struct tensors tensors = {0};
    size_t longest = 1, n_train = 0;
    rule_layout(setup->rule, setup->shape, &tensors);
    for (size_t a = 0; a < n_animals; a++) {
        longest = length[a] > longest ? length[a] : longest;
        n_train += setup->train && setup->train[a];
    }
    size_t chunk = setup->truncation && setup->truncation < longest ? setup->truncation : longest;
    double chunks = 0, lanes = setup->engine->lanes, tiles, deepest;
    for (size_t a = 0; a < n_animals; a++)
        chunks += (double)(setup->train && setup->train[a] ? (length[a] + chunk - 1) / chunk : 0);
    size_t together = setup->batch && setup->batch < n_train ? setup->batch : n_train;
    deepest = ceil((double)longest / (double)chunk);
    tiles = fmax(chunks / fmin(lanes, fmax(1, (double)together)), deepest);
    struct compiled_rule *rule = setup->engine->compiled_rule_new(setup->rule, setup->shape, chunk);
    double tile = (double)setup->engine->tile_bytes(rule);
    setup->engine->compiled_rule_free(rule);
    double at_work = (double)tiles_for((size_t)fmin(fmax(1, tiles), setup->threads));
    return at_work * tile + (setup->whole ? 0 : tiles * (double)tensors.size * sizeof(double));
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
    r->n_starts = rule_starts(setup->shape);
    r->whole = setup->whole;
    for (size_t a = 0; a < n; a++)
        if (updates_of(r, a) > longest)
            longest = updates_of(r, a);
    r->truncation = setup->truncation && setup->truncation < longest ? setup->truncation : longest;
    r->compiled = r->engine->compiled_rule_new(setup->rule, setup->shape, r->truncation);
    r->n_carry = r->engine->compiled_rule_carry(r->compiled);
    if (setup->train)
        rollout_pack(r, setup->train, true, setup->batch);
    r->n_train_tiles = r->n_tiles;
    for (size_t i = 0; r->whole && i < r->n_blocks; i++)
        add_adjoint(r, &r->blocks[i]);
    rollout_pack(r, setup->train, false, 0);
    r->losses = mem_new(r->n_tiles * r->engine->lanes, sizeof *r->losses);
    if (!r->whole)
        r->gradients = mem_new(r->n_train_tiles * r->n_parameters, sizeof *r->gradients);
    if (!r->whole && r->n_starts > r->n_weights)
        r->by_gain = mem_new(r->n_train_tiles * r->engine->lanes, sizeof *r->by_gain);
    r->result.loss = mem_new(n, sizeof *r->result.loss);
    r->result.n_scored = mem_new(n, sizeof *r->result.n_scored);
    for (size_t a = 0; a < n; a++)
        r->result.n_scored[a] = trials_scored(r->trials, a);
    r->result.gradient = mem_new(r->n_parameters, sizeof *r->result.gradient);
    r->result.gradient_w0 = mem_new(n * r->n_starts, sizeof *r->result.gradient_w0);
    add_team(r, setup->threads);
    return r;
}

void rollout_free(struct rollout *r)
{
    if (!r)
        return;
    team_free(r->team);
    for (size_t i = 0; i < r->n_free; i++)
        r->engine->tile_free(r->free_tiles[i]);
    for (size_t i = 0; i < r->n_blocks; i++) {
        free(r->blocks[i].turns);
        free(r->blocks[i].carry);
        free(r->blocks[i].starts), free(r->blocks[i].adjoint), free(r->blocks[i].gradient);
    }
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->changed);
    r->engine->compiled_rule_free(r->compiled);
    free(r->blocks), free(r->losses), free(r->gradients), free(r->by_gain);
    free(r->free_tiles), free(r->waiting);
    free(r->result.loss), free(r->result.n_scored);
    free(r->result.gradient), free(r->result.gradient_w0);
    free(r);
}
