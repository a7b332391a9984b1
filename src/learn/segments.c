#include "segments.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/team.h"

enum {
    BATCH = 32,       /* segments of a step, two tiles of the widest engine */
    MOST_STEPS = 100, /* of a pass; where more segments are, steps are larger */
};

struct segment {
    struct span span;
    bool first, last; /* of its animal */
    double scored;    /* trials */
};

struct segments {
    const struct engine *engine;
    const struct trials *trials;
    struct compiled_rule *compiled;
    struct team *team;
    struct tile **tiles; /* one for each team member asked so far */
    size_t n_tiles, n_parameters, n_weights, n_carry;
    size_t n, longest;        /* longest: updates of a segment, at least 1 */
    size_t most_rounds;       /* most segments of an animal */
    struct segment *segments; /* [n] animal by animal, in the order of time */
    size_t *order;            /* [n] */
    double *starts;           /* [n][n_carry] */
    double *ends;             /* [largest step][n_carry] */
    double *gradients;        /* [tiles of a step][n_parameters] */
    double *from_w0;          /* [largest step][K] d loss / d w_0 of first segments */
    size_t *round;            /* [n_animals] segments of one round of segments_start */
    /* the job at hand */
    const size_t *at; /* its segments */
    size_t n_at;
    const double *w0;
    bool backward;
};

size_t segments_of(size_t trials, size_t length)
{
    return trials > 1 ? (trials - 1 + length - 1) / length : 0;
}

/* Segments of a step, about. */
static size_t batch_of(size_t n)
{
    size_t least = (n + MOST_STEPS - 1) / MOST_STEPS;
    return least > BATCH ? (least + BATCH - 1) / BATCH * BATCH : BATCH;
}

size_t segments_steps(size_t n)
{
    return (n + batch_of(n) - 1) / batch_of(n);
}

size_t segments_count(const struct segments *p)
{
    return p->n;
}

void segments_limit(struct segments *p, int threads)
{
    team_limit(p->team, threads);
}

/* A span scores the trials after its own. */
static double scored_in(const struct trials *trials, const struct span *span)
{
    const uint8_t *flags = trials->flags + trials->first[span->animal] + 1;
    double n = 0;
    for (size_t i = span->begin; i < span->end; i++)
        n += !(flags[i] & TRIAL_UNSCORED);
    return n;
}

static void cut(struct segments *p, const bool *train, size_t length)
{
    const struct trials *trials = p->trials;
    for (size_t a = 0; a < trials->n_animals; a++)
        p->n += train[a] ? segments_of(trials->count[a], length) : 0;
    p->segments = mem_new(p->n, sizeof *p->segments);
    p->order = mem_new(p->n, sizeof *p->order);
    size_t n = 0;
    for (size_t a = 0; a < trials->n_animals; a++) {
        size_t updates = trials->count[a] - 1, of = segments_of(trials->count[a], length);
        if (!train[a])
            continue;
        p->most_rounds = of > p->most_rounds ? of : p->most_rounds;
        for (size_t i = 0; i < of; i++, n++) {
            struct span span = {a, updates * i / of, updates * (i + 1) / of};
            p->segments[n] = (struct segment){span, i == 0, i + 1 == of, scored_in(trials, &span)};
            p->order[n] = n;
            size_t steps = p->segments[n].span.end - p->segments[n].span.begin;
            p->longest = steps > p->longest ? steps : p->longest;
        }
    }
}

struct segments *segments_new(const struct segments_setup *setup)
{
    struct segments *p = mem_new(1, sizeof *p);
    struct tensors tensors = {0};
    rule_layout(setup->rule, setup->shape, &tensors);
    p->engine = setup->engine;
    p->trials = setup->trials;
    p->n_parameters = tensors.size;
    p->n_weights = setup->shape->n_weights;
    p->longest = 1;
    cut(p, setup->train, setup->length);
    p->compiled = p->engine->compiled_rule_new(setup->rule, setup->shape, p->longest);
    p->n_carry = p->engine->compiled_rule_carry(p->compiled);
    size_t batch = batch_of(p->n), tiles = (batch + p->engine->lanes - 1) / p->engine->lanes;
    p->team = team_new(setup->threads < (int)tiles ? setup->threads : (int)tiles);
    p->tiles = mem_new(team_most(p->team), sizeof *p->tiles);
    size_t most = batch > p->trials->n_animals ? batch : p->trials->n_animals;
    p->starts = mem_new(p->n * p->n_carry, sizeof *p->starts);
    p->ends = mem_new(most * p->n_carry, sizeof *p->ends);
    p->gradients = mem_new(tiles * p->n_parameters, sizeof *p->gradients);
    p->from_w0 = mem_new(batch * p->n_weights, sizeof *p->from_w0);
    p->round = mem_new(p->trials->n_animals, sizeof *p->round);
    return p;
}

void segments_free(struct segments *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n_tiles; i++)
        p->engine->tile_free(p->tiles[i]);
    team_free(p->team);
    p->engine->compiled_rule_free(p->compiled);
    free(p->tiles), free(p->segments), free(p->order), free(p->starts), free(p->ends);
    free(p->gradients), free(p->from_w0), free(p->round);
    free(p);
}

/* What segment k begins with: w_0 and no state, or what it was handed on. */
static double start_of(const struct segments *p, size_t k, size_t j)
{
    const struct segment *segment = &p->segments[k];
    if (!segment->first)
        return p->starts[k * p->n_carry + j];
    return j < p->n_weights ? p->w0[segment->span.animal * p->n_weights + j] : 0;
}

/* One tile of the job: the next `lanes` of its segments, evenly shared. */
static void run_tile(void *context, size_t tile, size_t member)
{
    struct segments *p = context;
    size_t lanes = p->engine->lanes, tiles = (p->n_at + lanes - 1) / lanes;
    size_t from = p->n_at * tile / tiles, n = p->n_at * (tile + 1) / tiles - from;
    struct span spans[lanes];
    memset(spans, 0, sizeof spans);
    double carry[p->n_carry * lanes], adjoint[p->n_carry * lanes], loss[lanes];
    memset(carry, 0, sizeof carry);
    memset(adjoint, 0, sizeof adjoint);
    for (size_t l = 0; l < n; l++) {
        spans[l] = p->segments[p->at[from + l]].span;
        for (size_t j = 0; j < p->n_carry; j++)
            carry[j * lanes + l] = start_of(p, p->at[from + l], j);
    }
    p->engine->forward(p->compiled, p->tiles[member], p->trials, spans, (unsigned)n, carry, loss,
                       NULL);
    for (size_t l = 0; l < n; l++)
        for (size_t j = 0; j < p->n_carry; j++)
            p->ends[(from + l) * p->n_carry + j] = carry[j * lanes + l];
    if (!p->backward)
        return;
    p->engine->backward(p->compiled, p->tiles[member], p->gradients + tile * p->n_parameters,
                        adjoint);
    for (size_t l = 0; l < n; l++)
        for (size_t j = 0; j < p->n_weights; j++)
            p->from_w0[(from + l) * p->n_weights + j] = adjoint[j * lanes + l];
}

/* Starts are handed on only now: the next segment may have been in the same step. */
static size_t run(struct segments *p, const size_t *at, size_t n, bool backward)
{
    size_t lanes = p->engine->lanes, tiles = (n + lanes - 1) / lanes;
    p->at = at;
    p->n_at = n;
    p->backward = backward;
    while (p->n_tiles < team_asked(p->team))
        p->tiles[p->n_tiles++] = p->engine->tile_new(p->compiled);
    team_run(p->team, tiles, run_tile, p);
    for (size_t i = 0; i < n; i++)
        if (!p->segments[at[i]].last)
            memcpy(p->starts + (at[i] + 1) * p->n_carry, p->ends + i * p->n_carry,
                   p->n_carry * sizeof *p->starts);
    return tiles;
}

bool segments_start(struct segments *p, const double *theta, const double *w0,
                    const atomic_bool *stop)
{
    p->engine->compiled_rule_set(p->compiled, theta);
    p->w0 = w0;
    for (size_t r = 0; r + 1 < p->most_rounds; r++) {
        size_t n = 0;
        if (stop && atomic_load(stop))
            return false;
        for (size_t k = 0, in_animal = 0; k < p->n; k++) {
            in_animal = p->segments[k].first ? 0 : in_animal + 1;
            if (in_animal == r)
                p->round[n++] = k;
        }
        run(p, p->round, n, false);
    }
    return true;
}

double *segments_starts(struct segments *p, size_t *n)
{
    *n = p->n * p->n_carry;
    return p->starts;
}

void segments_shuffle(struct segments *p, struct rng *rng)
{
    rng_order(rng, p->n, p->order);
}

void segments_step(struct segments *p, size_t i, const double *theta, const double *w0,
                   double *gradient, double *gradient_w0)
{
    size_t steps = segments_steps(p->n), from = p->n * i / steps, n = p->n * (i + 1) / steps - from;
    const size_t *at = p->order + from;
    double scored = 0;
    p->engine->compiled_rule_set(p->compiled, theta);
    p->w0 = w0;
    size_t tiles = run(p, at, n, true);
    for (size_t l = 0; l < n; l++)
        scored += p->segments[at[l]].scored;
    scored = scored > 0 ? scored : 1;
    memset(gradient, 0, p->n_parameters * sizeof *gradient);
    for (size_t t = 0; t < tiles; t++)
        for (size_t j = 0; j < p->n_parameters; j++)
            gradient[j] += p->gradients[t * p->n_parameters + j] / scored;
    memset(gradient_w0, 0, p->trials->n_animals * p->n_weights * sizeof *gradient_w0);
    for (size_t l = 0; l < n; l++)
        for (size_t j = 0; p->segments[at[l]].first && j < p->n_weights; j++)
            gradient_w0[p->segments[at[l]].span.animal * p->n_weights + j] =
                p->from_w0[l * p->n_weights + j] / scored;
}
