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
    {"adapt", OPTION_WORD, 0, 0, "yes|no", "no",
     "score the second half of each animal's trials; gains of new animals are fitted to the first"},
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

/* Animals that all models are judged on: those that none was trained on, where there are
 * any. */
struct jury {
    bool held_out;
    size_t n;
    bool *counts;     /* [n_animals] */
    double effective; /* animals, by their trials */
};

static struct jury jury_new(const struct scores *s)
{
    size_t n = s->cohort->n_animals;
    struct jury jury = {.counts = mem_new(n, sizeof *jury.counts)};
    double *weight = mem_new(n, sizeof *weight);
    jury.held_out = scores_untrained(s, jury.counts) > 0;
    for (size_t a = 0; a < n; a++) {
        jury.counts[a] = (jury.counts[a] || !jury.held_out) && s->scored[a] > 0;
        jury.n += jury.counts[a];
        weight[a] = jury.counts[a] ? (double)s->scored[a] : 0;
    }
    jury.effective = judged_effective(n, weight);
    free(weight);
    return jury;
}

struct verdict {
    double nats, correct; /* per trial, share */
};

static struct verdict verdict_of(const struct scores *s, const struct jury *jury, size_t i)
{
    struct verdict v = {0, 0};
    double n = 0;
    for (size_t a = 0; a < s->cohort->n_animals; a++) {
        size_t at = i * s->cohort->n_animals + a;
        if (!jury->counts[a])
            continue;
        v.nats -= s->loss[at];
        v.correct += (double)judged_correct(&s->judged[at]);
        n += (double)s->scored[at];
    }
    return (struct verdict){v.nats / n, v.correct / n};
}

static double bits_of(double nats)
{
    return (nats + M_LN2) / M_LN2;
}

/* Log-likelihoods of the static model, NaN without one, and of the best. */
static void ends_of(const struct scores *s, const struct jury *jury, double *lowest, double *best)
{
    *lowest = NAN, *best = -INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        double nats = verdict_of(s, jury, i).nats;
        *best = fmax(*best, nats);
        if (strcmp(s->models[i]->rule->name, "static") == 0)
            *lowest = nats;
    }
}

static const struct column judged_columns[] = {
    {"judged", .type = COLUMN_TEXT, .heading = "on the same trials", .meaning = "the model"},
    {"nats_per_trial", COLUMN_FIXED, 4, .heading = "nats"},
    {"bits", COLUMN_FIXED, 4, .meaning = "per trial better than chance"},
    {"correct", COLUMN_FIXED, 3, .heading = "right",
     .meaning = "share of choices that had more than even odds"},
    {"share", COLUMN_FIXED, 2, .optional = true,
     .meaning = "of the way from the static model to the best; null: no static model"},
    {0},
};

static void judged_table(const struct scores *s, const struct jury *jury, struct table *table)
{
    double lowest, best;
    ends_of(s, jury, &lowest, &best);
    table_declare(table, judged_columns);
    for (size_t i = 0; i < s->n; i++) {
        struct verdict v = verdict_of(s, jury, i);
        double share = best > lowest ? (v.nats - lowest) / (best - lowest) : NAN;
        table_add(table, 1, (const char *[]){s->models[i]->name}, 4,
                  (double[]){v.nats, bits_of(v.nats), v.correct, share});
    }
}

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
    {"bits", COLUMN_FIXED, 4, .meaning = "per trial better than chance"},
    {"correct", COLUMN_FIXED, 3, .heading = "right",
     .meaning = "share of choices that had more than even odds"},
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
            double nats = scores_mean(score, i, a), n = (double)score->scored[at];
            table_add(
                table, 3, (const char *[]){name, score->models[i]->name, part_names[part]}, 4,
                (double[]){n, nats, bits_of(nats), (double)judged_correct(&score->judged[at]) / n});
        }
}

static void say_jury(const struct jury *jury, struct output *out)
{
    char buf[NUMBER_SIZE];
    if (jury->n > 0)
        output_say(out,
                   "bits per trial better than chance and choices predicted right, over %zu "
                   "animal%s%s; by their trials they count as %s",
                   jury->n, jury->n == 1 ? "" : "s",
                   jury->held_out ? ", on trials that no model was trained on" : "",
                   number_fixed(buf, jury->effective, 1, false));
    output_field_text(out, "judged_on", jury->held_out ? "held_out" : "all");
    output_field_number(out, "judged_animals", (double)jury->n);
    output_field_number(out, "effective_animals", jury->effective);
}

static bool score_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session, (void)err;
    const struct scores *score = &((struct score *)data)->scores;
    bool by_animal = ((struct score *)data)->by_animal;
    struct table summary = {0}, judged = {0}, animals = {0};
    const char *name = score->cohort->name;
    output_say(out,
               "mean log-likelihood of the choices in %s, nats per scored trial (of so many "
               "animals); chance is -.6931",
               name);
    struct jury jury = jury_new(score);
    if (score->adapt)
        output_say(out, "of the second half of each animal's trials; gains of animals that a model "
                        "was not trained on are those that fit the first half");
    score_summary(score, &summary);
    output_table(out, "score", &summary);
    output_gap(out);
    say_jury(&jury, out);
    judged_table(score, &jury, &judged);
    output_table(out, "judged", &judged);
    score_animals(score, &animals);
    if (by_animal)
        output_gap(out);
    if (by_animal || out->mode == OUTPUT_JSON)
        output_table(out, "animals", &animals);
    scores_notes(score, out);
    output_field_text(out, "filters", score->cohort->chain);
    output_field_number(out, "chance", -M_LN2);
    free(jury.counts);
    table_free(&summary);
    table_free(&judged);
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
    score->scores.adapt = strcmp(args_text(args, score_table, "adapt"), "yes") == 0;
    return task_start(session, mem_text("scoring"), score, score_work, score_finish, score_release,
                      err);
}

static const struct answer_row score_answer[] = {
    {"score", .type = ANSWER_TABLE, .columns = score_columns},
    {"animals", .type = ANSWER_TABLE, .columns = animal_columns},
    {"judged", .type = ANSWER_TABLE, .columns = judged_columns},
    {"judged_on", ANSWER_TEXT, .meaning = "held_out (of every model) or all"},
    {"judged_animals", .type = ANSWER_COUNT},
    {"effective_animals", ANSWER_NUMBER, .meaning = "(sum n)^2 / sum n^2 of their scored trials"},
    {"filters", ANSWER_TEXT, .meaning = "commands that took trials out"},
    {"chance", .type = ANSWER_NUMBER, .meaning = "nats per trial"},
    {0},
};

const struct command command_score = {
    .name = "score",
    .group = GROUP_JUDGE,
    .arguments = "[MODEL...] [animals=yes]",
    .summary = "log-likelihood of the choices under each model",
    .detail =
        "Nats per scored trial (an animal's first trial is never scored), apart for the "
        "animals a model was trained on (training), those it was fitted without (held out), "
        "trials that it was not fitted to of animals that it was (other trials), "
        "and other animals (unseen).  Of a part of a log (keep, trials) that a model was not "
        "fitted to, weights are followed from each animal's first trial in the log, and the "
        "trials of the part count.  parameters: how many the rule has; start weights are not "
        "counted.  bits (per trial better than chance), right (choices that had more than even "
        "odds) and share (of the way from the static model to the best) are of the same animals "
        "for all models: those that none was trained on, where there are any, else all.  With "
        "adapt=yes the second half of each animal's trials is scored, and a model with gains (fit "
        "gain=animal) takes the factor of an animal that it was not trained on from the first "
        "half.  An animal on which a model falls far below chance is named.",
    .examples = "score\nscore dnn1\nscore animals=yes",
    .options = score_table,
    .positional_type = OPTION_MODEL,
    .positional_max = 1000,
    .following_type = OPTION_MODEL,
    .answer = score_answer,
    .trial_bytes = 120,
    .run = score_run,
};
