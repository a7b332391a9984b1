#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../scores.h"

static const char *const part_names[] = {"training", "held out", "other trials", "unseen"};

struct score {
    struct scores scores;
    bool by_animal; /* also in text */
};

static void score_release(void *data)
{
    struct score *score = data;
    scores_release(&score->scores);
    free(score);
}

static bool score_work(void *data, struct task *task, struct err *err)
{
    return scores_work(&((struct score *)data)->scores, task, err);
}

static const struct option_row score_table[] = {
    {"animals", OPTION_WORD, 0, 0, "yes|no", "no", "also a row per animal and model"},
    {0},
};

struct part_sum {
    double loss, scored;
    size_t animals;
};

static void add_parts(const struct scores *s, size_t i, struct part_sum sums[PARTS])
{
    for (size_t a = 0; a < s->cohort->n_animals; a++) {
        struct part_sum *sum = &sums[scores_part(s, i, a)];
        sum->loss += s->loss[i * s->cohort->n_animals + a];
        sum->scored += (double)s->scored[i * s->cohort->n_animals + a];
        sum->animals += s->scored[i * s->cohort->n_animals + a] > 0;
    }
}

/* With the animals beside it: models with other animals held out are not to be compared. */
static const struct column score_columns[] = {
    {"model", .type = COLUMN_TEXT},
    {"rule", .type = COLUMN_TEXT},
    {"parameters", .type = COLUMN_COUNT},
    {"training", COLUMN_FIXED, 4, .optional = true, .meaning = "nats per scored trial"},
    {"training_animals", COLUMN_COUNT, .heading = "(of)", .optional = true, .bracketed = true},
    {"held_out", COLUMN_FIXED, 4, .optional = true},
    {"held_out_animals", COLUMN_COUNT, .heading = "(of)", .optional = true, .bracketed = true},
    {"other_trials", COLUMN_FIXED, 4, .optional = true, .meaning = "of animals trained on"},
    {"other_trials_animals", COLUMN_COUNT, .heading = "(of)", .optional = true, .bracketed = true},
    {"unseen", COLUMN_FIXED, 4, .optional = true},
    {"unseen_animals", COLUMN_COUNT, .heading = "(of)", .optional = true, .bracketed = true},
    {0},
};

static void score_summary(const struct scores *score, struct table *table)
{
    table_declare(table, score_columns);
    for (size_t i = 0; i < score->n; i++) {
        const struct model *model = score->models[i];
        struct part_sum sums[PARTS] = {0};
        double numbers[1 + 2 * PARTS] = {(double)model_parameters(model)};
        add_parts(score, i, sums);
        for (size_t p = 0; p < PARTS; p++) {
            bool any = sums[p].scored > 0;
            numbers[1 + 2 * p] = any ? -sums[p].loss / sums[p].scored : NAN;
            numbers[2 + 2 * p] = any ? (double)sums[p].animals : NAN;
        }
        table_add(table, 2, (const char *[]){model->name, model->rule->name}, 1 + 2 * PARTS,
                  numbers);
    }
}

static const struct column animal_columns[] = {
    {"animal", .type = COLUMN_TEXT},
    {"scored", .type = COLUMN_COUNT, .meaning = "trials"},
    {"model", .type = COLUMN_TEXT},
    {"part", .type = COLUMN_TEXT, .meaning = "training, held out, other trials or unseen"},
    {"nats_per_trial", .type = COLUMN_NUMBER, .digits = 4},
    {0},
};

static void score_animals(const struct scores *score, struct table *table)
{
    table_declare(table, animal_columns);
    for (size_t a = 0; a < score->cohort->n_animals; a++)
        for (size_t i = 0; i < score->n; i++) {
            size_t at = i * score->cohort->n_animals + a;
            const char *name = score->cohort->animals[a].name;
            size_t part = scores_part(score, i, a);
            table_add(table, 3, (const char *[]){name, score->models[i]->name, part_names[part]}, 2,
                      (double[]){score->scored[at], scores_mean(score, i, a)});
        }
}

static bool score_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session, (void)err;
    const struct scores *score = &((struct score *)data)->scores;
    bool by_animal = ((struct score *)data)->by_animal;
    struct table summary = {0}, animals = {0};
    const char *name = score->cohort->name;
    output_say(out,
               "mean log-likelihood of the choices in %s, nats per scored trial (of so many "
               "animals); chance is -.6931",
               name);
    score_summary(score, &summary);
    output_table(out, "score", &summary);
    score_animals(score, &animals);
    if (by_animal)
        output_gap(out);
    if (by_animal || out->mode == OUTPUT_JSON)
        output_table(out, "animals", &animals);
    scores_notes(score, out);
    output_field_text(out, "filters", score->cohort->chain);
    output_field_number(out, "chance", -M_LN2);
    table_free(&summary);
    table_free(&animals);
    return true;
}

static bool score_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    struct score *score = mem_new(1, sizeof *score);
    score->by_animal = strcmp(args_text(args, score_table, "animals"), "yes") == 0;
    if (!scores_take(session, args, "score", &score->scores, out, err)) {
        score_release(score);
        return false;
    }
    return task_start(session, mem_text("scoring"), score, score_work, score_finish, score_release,
                      err);
}

static const struct answer_row score_answer[] = {
    {"score", .type = ANSWER_TABLE, .columns = score_columns},
    {"animals", .type = ANSWER_TABLE, .columns = animal_columns},
    {"filters", ANSWER_TEXT, .meaning = "commands that took trials out"},
    {"chance", .type = ANSWER_NUMBER, .meaning = "nats per trial"},
    {0},
};

const struct command command_score = {
    .name = "score",
    .group = GROUP_JUDGE,
    .arguments = "[MODEL...] [animals=yes]",
    .summary = "log-likelihood of the choices under each model",
    .detail = "Nats per scored trial (an animal's first trial is never scored), apart for the "
              "animals a model was trained on (training), those it was fitted without (held out), "
              "trials that it was not fitted to of animals that it was (other trials), "
              "and other animals (unseen).  Of a part of a log (keep, trials) that a model was not "
              "fitted to, weights are followed from each animal's first trial in the log, and the "
              "trials of the part count.  parameters: how many the rule has; start weights are not "
              "counted.  An animal on which a model falls far below chance is named.",
    .examples = "score\nscore dnn1\nscore animals=yes",
    .options = score_table,
    .positional_type = OPTION_MODEL,
    .positional_max = 1000,
    .following_type = OPTION_MODEL,
    .answer = score_answer,
    .run = score_run,
};
