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

/* "-.5031 (10)": models with other animals held out are not to be compared by it. */
static void part_words(const struct part_sum *sum, char *buf, size_t n)
{
    char loss[NUMBER_SIZE];
    snprintf(buf, n, sum->scored > 0 ? "%s (%zu)" : "%s",
             fit_loss_text(loss, sum->scored > 0 ? -sum->loss / sum->scored : NAN), sum->animals);
}

static void part_columns(const bool *any, bool text, struct table *table)
{
    static const char *const keys[] = {"training", "held_out", "other_trials", "unseen"};
    for (size_t p = 0; p < PARTS; p++) {
        char *animals = mem_printf("%s_animals", keys[p]);
        if (any[p] && text)
            table_column(table, part_names[p], COLUMN_TEXT, 0);
        else if (any[p]) {
            table_column(table, keys[p], COLUMN_NUMBER, 4);
            table_column(table, animals, COLUMN_COUNT, 0);
        }
        free(animals);
    }
}

/* The animals of a part that no model has get no column; for people ".5031". */
static void score_summary(const struct scores *score, bool text, struct table *table)
{
    struct part_sum(*sums)[PARTS] = mem_new(score->n, sizeof *sums);
    bool any[PARTS] = {false};
    for (size_t i = 0; i < score->n; i++) {
        add_parts(score, i, sums[i]);
        for (size_t p = 0; p < PARTS; p++)
            any[p] = any[p] || sums[i][p].scored > 0;
    }
    table_columns(table, "model|rule", COLUMN_TEXT, 0);
    table_column(table, "parameters", COLUMN_COUNT, 0);
    part_columns(any, text, table);
    for (size_t i = 0; i < score->n; i++) {
        size_t column = 3;
        char buf[2 * NUMBER_SIZE];
        const struct model *model = score->models[i];
        table_add(table, 2, (const char *[]){model->name, model->rule->name}, 1,
                  (double[]){model_parameters(model)});
        for (size_t p = 0; p < PARTS; p++) {
            const struct part_sum *sum = &sums[i][p];
            if (any[p] && text) {
                part_words(sum, buf, sizeof buf);
                table_text(table, column++, buf);
            } else if (any[p]) {
                table_number(table, column++, sum->scored > 0 ? -sum->loss / sum->scored : NAN);
                table_number(table, column++, (double)sum->animals);
            }
        }
    }
    free(sums);
}

static void score_animals(const struct scores *score, struct table *table)
{
    table_column(table, "animal", COLUMN_TEXT, 0);
    table_column(table, "scored", COLUMN_COUNT, 0);
    table_columns(table, "model|part", COLUMN_TEXT, 0);
    table_column(table, "nats_per_trial", COLUMN_NUMBER, 4);
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
    score_summary(score, out->mode == OUTPUT_TEXT, &summary);
    output_table(out, "score", &summary);
    score_animals(score, &animals);
    if (by_animal && out->mode == OUTPUT_TEXT)
        output_block(out, "\n");
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
    .run = score_run,
};
