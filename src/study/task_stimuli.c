#include "simulate_plan.h"

#include <stdio.h>
#include <stdlib.h>

/* Contrasts 0, .0625, .125, .25, .5, 1 as in doc/science, coding of stimuli. */
static const double ibl_levels[] = {0, .30273722, .55465008, .84836067, .98670389, 1};
enum { IBL_LEVELS = sizeof ibl_levels / sizeof *ibl_levels, GRID_LEVELS = 17 };

enum { CUE_LEFT, CUE_RIGHT, CONTEXT, GATED_LEFT, GATED_RIGHT, CUE_COLUMNS };
static const char *const cue_names[] = {"cue_left", "cue_right", "context", "gated_left",
                                        "gated_right"};

static size_t cue_columns(const struct world *world)
{
    return world->kind == WORLD_CUES ? CUE_COLUMNS : 0;
}

size_t task_columns(const struct world *world)
{
    return cue_columns(world) + world->distractors;
}

void task_column_name(const struct world *world, size_t column, char name[POLICY_NAME])
{
    size_t cues = cue_columns(world);
    if (column < cues)
        snprintf(name, POLICY_NAME, "%s", cue_names[column]);
    else
        snprintf(name, POLICY_NAME, "d%zu", column - cues + 1);
}

void task_begin(const struct world *world, size_t animal, struct world_stream *stream)
{
    stream->stimuli = rng_stream(world->seed, RNG_STIMULI, (uint32_t)animal, 0);
    for (size_t j = 0; j < world->distractors; j++)
        stream->distractor[j] =
            rng_stream(world->seed, RNG_STIMULI, (uint32_t)animal, (uint32_t)j + 1);
}

/* Values are rounded to float, as they are stored, so that the update can be recomputed
 * from the cohort alone. */
static void draw_ibl(struct rng *rng, struct cohort_trial *trial)
{
    int level = (int)rng_below(rng, 2 * IBL_LEVELS - 1) - (IBL_LEVELS - 1);
    double size = ibl_levels[abs(level)];
    trial->stimulus = (float)(level < 0 ? -size : size);
    trial->answer = level ? level > 0 : (uint8_t)rng_below(rng, 2);
}

static void draw_grid(struct rng *rng, struct cohort_trial *trial)
{
    trial->stimulus = -2 + .25f * (float)rng_below(rng, GRID_LEVELS);
    trial->answer = trial->stimulus > 0;
}

/* The paper gives the ranges of cues and context, not how they are drawn, nor
 * which side pays: uniform here, and the side with the larger cue pays. */
static void draw_cues(struct rng *rng, struct cohort_trial *trial, float *columns)
{
    float left = -(float)rng_uniform(rng), right = (float)rng_uniform(rng);
    float context = (float)rng_uniform(rng);
    columns[CUE_LEFT] = left;
    columns[CUE_RIGHT] = right;
    columns[CONTEXT] = context;
    columns[GATED_LEFT] = context * left;
    columns[GATED_RIGHT] = (1 - context) * right;
    trial->stimulus = left + right;
    trial->answer = trial->stimulus > 0;
}

void task_next(const struct world *world, struct world_stream *stream, struct cohort_trial *trial,
               float *columns)
{
    if (world->kind == WORLD_IBL)
        draw_ibl(&stream->stimuli, trial);
    else if (world->kind == WORLD_GRID)
        draw_grid(&stream->stimuli, trial);
    else
        draw_cues(&stream->stimuli, trial, columns);
    for (size_t j = 0; j < world->distractors; j++)
        columns[cue_columns(world) + j] = (float)rng_normal(&stream->distractor[j]);
}
