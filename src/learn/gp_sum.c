/* The log-likelihood of a cohort and its derivatives, summed over animals in an order that
 * does not depend on who computed them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"
#include "gp_inside.h"

const struct gp_engine *gp_engine_pick(void)
{
    return engine_pick()->gp;
}

size_t gp_data_scored(const struct gp_data *data, size_t animal)
{
    size_t n = 0;
    for (size_t i = 1; i < data->count[animal]; i++)
        n += !(data->unscored && data->unscored[data->first[animal] + i]);
    return n;
}

/* Blocks of animals that follow each other, each of about as many trials. */
void gp_cohort_set(struct gp_cohort *cohort, const struct gp_data *data)
{
    size_t total = 0, sum = 0;
    *cohort = (struct gp_cohort){.data = data};
    cohort->animal = mem_new(data->n_animals, sizeof *cohort->animal);
    for (size_t a = 0; a < data->n_animals; a++) {
        if ((data->held_out && data->held_out[a]) || data->count[a] == 0)
            continue;
        cohort->animal[cohort->n++] = a;
        cohort->n_scored += gp_data_scored(data, a);
        total += data->count[a];
        for (size_t i = data->first[a]; i < data->first[a] + data->count[a]; i++)
            for (size_t k = 0; k < data->n_weights; k++)
                cohort->x_size[k] =
                    fmax(cohort->x_size[k], fabs((double)data->x[i * data->n_weights + k]));
    }
    size_t most = cohort->n < GP_MOST_BLOCKS ? cohort->n : GP_MOST_BLOCKS;
    cohort->block = mem_new(most + 2, sizeof *cohort->block);
    for (size_t i = 0; i < cohort->n; i++) {
        sum += data->count[cohort->animal[i]];
        if (cohort->n <= most || sum * most >= (cohort->n_blocks + 1) * total || i + 1 == cohort->n)
            cohort->block[++cohort->n_blocks] = i + 1;
    }
}

void gp_cohort_clear(struct gp_cohort *cohort)
{
    free(cohort->animal), free(cohort->block);
}

void gp_sums_set(struct gp_sums *sums, const struct gp_shape *shape, size_t n_animals)
{
    size_t n = shape->n, k = gp_own(shape);
    *sums = (struct gp_sums){.n = n, .k = k};
    sums->gradient = mem_new(n, sizeof(double));
    sums->fisher = mem_new(n * n, sizeof(double));
    sums->score = mem_new(n_animals * (n + k), sizeof(double));
    sums->own = mem_new(n_animals * k * (n + k), sizeof(double));
}

void gp_sums_clear(struct gp_sums *sums)
{
    free(sums->gradient), free(sums->fisher), free(sums->score), free(sums->own);
}

/* Places of a shape's parameters, then of the animal's own, among those of the whole. */
static size_t *places_among(const struct gp_shape *whole, const struct gp_shape *shape, size_t own)
{
    size_t *at = mem_new(shape->n + own, sizeof *at), n = 0;
    for (size_t k = 0; k < shape->n_weights; k++)
        for (size_t i = shape->at[k]; i < shape->at[k + 1]; i++)
            at[n++] = whole->at[k] + i - shape->at[k];
    for (size_t i = whole->n_rule; n < shape->n + own; i++)
        at[n++] = i;
    return at;
}

void gp_sums_take(const struct gp_sums *from, const struct gp_shape *whole,
                  const struct gp_shape *shape, size_t n_animals, struct gp_sums *to)
{
    size_t n = to->n, k = to->k, width = n + k, *at = places_among(whole, shape, k);
    to->log_likelihood = from->log_likelihood;
    for (size_t i = 0; i < n; i++) {
        to->gradient[i] = from->gradient[at[i]];
        for (size_t j = 0; j <= i; j++)
            to->fisher[i * n + j] = from->fisher[at[i] * from->n + at[j]];
    }
    for (size_t i = 0; i < n_animals * (1 + k); i++) {
        bool score = i < n_animals;
        const double *row = score ? from->score : from->own;
        double *out = score ? to->score : to->own;
        size_t r = score ? i : i - n_animals;
        for (size_t j = 0; j < width; j++)
            out[r * width + j] = row[r * (from->n + k) + at[j]];
    }
    free(at);
}

struct work {
    const struct gp_cohort *cohort;
    const struct gp_shape *shape;
    const struct gp_engine *engine;
    const double *theta, *mix, *w0;
    bool derivatives;
    struct gp_sums *sums;
    double *likelihood; /* [fitted animals] */
    double **fisher;    /* [n_blocks] of those not yet added */
    float *w;
};

/* Room of one thread for one block. */
static struct gp_roll roll_new(const struct work *work)
{
    const struct gp_shape *s = work->shape;
    size_t width = s->n + gp_own(s);
    struct gp_roll roll = {.shape = s, .theta = work->theta, .mix = work->mix, .width = width};
    if (!work->derivatives)
        return roll;
    roll.room = mem_aligned(gp_room(s, width), sizeof(double));
    roll.rows = mem_aligned(GP_ROWS * width, sizeof(float));
    roll.product = mem_aligned(width * width, sizeof(float));
    roll.fisher = mem_aligned(width * width, sizeof(double));
    roll.syrk = blas_open()->ssyrk;
    return roll;
}

static void roll_free(struct gp_roll *roll)
{
    free(roll->room), free(roll->rows), free(roll->product), free(roll->fisher);
}

/* Rows of the animal's own parameters leave the matrix, which goes on for the others. */
static void part_own(const struct work *work, size_t i, struct gp_roll *roll)
{
    size_t n = work->sums->n, k = work->sums->k, width = n + k;
    if (k == 0)
        return;
    memcpy(work->sums->own + i * k * width, roll->fisher + n * width, k * width * sizeof(double));
    memset(roll->fisher + n * width, 0, k * width * sizeof(double));
}

static void sum_block(void *context, size_t block, size_t member)
{
    struct work *work = context;
    const struct gp_cohort *c = work->cohort;
    size_t n = work->sums->n, width = n + work->sums->k;
    struct gp_roll roll = roll_new(work);
    (void)member;
    for (size_t i = c->block[block]; i < c->block[block + 1]; i++) {
        roll.w0 = work->w0 + i * gp_starts(work->shape);
        roll.gradient = work->derivatives ? work->sums->score + i * width : NULL;
        for (size_t j = 0; roll.gradient && j < width; j++)
            roll.gradient[j] = 0;
        work->engine->roll(c->data, c->animal[i], &roll);
        work->likelihood[i] = roll.log_likelihood;
        if (roll.gradient && isfinite(roll.log_likelihood))
            part_own(work, i, &roll);
    }
    if (work->derivatives) {
        double *out = work->fisher[block] = mem_new(n * n, sizeof *out);
        for (size_t i = 0; i < n; i++)
            memcpy(out + i * n, roll.fisher + i * width, (i + 1) * sizeof *out);
    }
    roll_free(&roll);
}

/* In order of blocks and animals. */
static void add_up(struct work *work)
{
    struct gp_sums *s = work->sums;
    size_t n = s->n, width = n + s->k;
    s->log_likelihood = 0;
    for (size_t i = 0; i < work->cohort->n; i++)
        s->log_likelihood += work->likelihood[i];
    if (!work->derivatives)
        return;
    memset(s->gradient, 0, n * sizeof(double));
    memset(s->fisher, 0, n * n * sizeof(double));
    for (size_t i = 0; i < work->cohort->n; i++)
        for (size_t j = 0; j < n; j++)
            s->gradient[j] += s->score[i * width + j];
    for (size_t b = 0; b < work->cohort->n_blocks; b++) {
        for (size_t j = 0; j < n * n; j++)
            s->fisher[j] += work->fisher[b][j];
        free(work->fisher[b]);
    }
}

static double *mix_new(const struct gp_shape *shape, const double *theta)
{
    if (!shape->basis)
        return NULL;
    double *mix = mem_aligned(GP_CELLS * shape->n_weights * shape->basis->wide, sizeof *mix);
    gp_mix(shape, theta, mix);
    return mix;
}

void gp_sum(const struct gp_cohort *cohort, const struct gp_shape *shape, const double *theta,
            const double *w0, bool derivatives, struct team *team, struct gp_sums *sums)
{
    double *mix = mix_new(shape, theta);
    struct work work = {.cohort = cohort,
                        .shape = shape,
                        .engine = gp_engine_pick(),
                        .theta = theta,
                        .mix = mix,
                        .w0 = w0,
                        .derivatives = derivatives,
                        .sums = sums};
    work.likelihood = mem_new(cohort->n, sizeof *work.likelihood);
    work.fisher = mem_new(cohort->n_blocks, sizeof *work.fisher);
    if (team)
        team_run(team, cohort->n_blocks, sum_block, &work);
    for (size_t b = 0; !team && b < cohort->n_blocks; b++)
        sum_block(&work, b, 0);
    add_up(&work);
    free(work.likelihood), free(work.fisher), free(mix);
}

void gp_trajectories(const struct gp_cohort *cohort, const struct gp_shape *shape,
                     const double *theta, const double *w0, float *w)
{
    const struct gp_data *data = cohort->data;
    double *mix = mix_new(shape, theta);
    struct gp_roll roll = {.shape = shape, .theta = theta, .mix = mix, .width = shape->n};
    memset(w, 0, data->n_trials * data->n_weights * sizeof *w);
    for (size_t i = 0; i < cohort->n; i++) {
        roll.w = w + data->first[cohort->animal[i]] * data->n_weights;
        roll.w0 = w0 + i * gp_starts(shape);
        gp_engine_pick()->roll(data, cohort->animal[i], &roll);
    }
    free(mix);
}
