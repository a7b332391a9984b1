#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../state.h"

static void animal_row(const struct cohort *cohort, const struct animal *animal,
                       struct table *table)
{
    double right = 0, correct = 0, known = 0;
    for (size_t t = animal->first; t < animal->first + animal->count; t++) {
        right += cohort->choice[t];
        if (cohort->reward[t] == 0 || cohort->reward[t] == 1) {
            correct += cohort->choice[t] == cohort->answer[t];
            known++;
        }
    }
    const char *name = animal->name;
    correct = known > 0 && !cohort->report.answer_unknown ? 100 * correct / known : NAN;
    right = animal->count > 0 ? 100 * right / (double)animal->count : NAN;
    table_add(table, 1, (const char *[]){name}, 4,
              (double[]){animal->count, animal->n_sessions, correct, right});
}

static const struct column animal_columns[] = {
    {"animal", .type = COLUMN_TEXT},
    {"trials", .type = COLUMN_COUNT},
    {"sessions", .type = COLUMN_COUNT},
    {"correct_percent", COLUMN_NUMBER, 3, .heading = "correct %"},
    {"right_percent", COLUMN_NUMBER, 3, .heading = "right %"},
    {0},
};

static const struct option_row animals_table[] = {
    {"sort", OPTION_WORD, 0, 0, "file|animal|trials|sessions|correct|right", "file",
     "by this column, numbers from the greatest; file: as in the file"},
    {0},
};

/* -1: in the order of the log. */
static int sort_column(const struct args *args)
{
    static const char *const words[] = {"animal", "trials", "sessions", "correct", "right"};
    const char *word = args_text(args, animals_table, "sort");
    for (int i = 0; i < 5; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return -1;
}

static bool animals_run(struct session *session, const struct args *args, struct output *out,
                        struct err *err)
{
    const struct cohort *cohort = session_need_cohort(session, err);
    if (!cohort)
        return false;
    struct table table = {0};
    table_declare(&table, animal_columns);
    for (size_t i = 0; i < cohort->n_animals; i++)
        animal_row(cohort, &cohort->animals[i], &table);
    int by = sort_column(args);
    if (by >= 0)
        table_sort(&table, (size_t)by, true);
    output_table(out, "animals", &table);
    table_free(&table);
    return true;
}

static const struct answer_row animals_answer[] = {
    {"animals", .type = ANSWER_TABLE, .columns = animal_columns},
    {0},
};

const struct command command_animals = {
    .name = "animals",
    .group = GROUP_DATA,
    .arguments = "[sort=COLUMN]",
    .summary = "a row per animal: trials, sessions, correct, rightward",
    .detail = "The share of correct choices is that of trials whose reward is known: choices of "
              "the correct side, which is what was rewarded unless the log has a column for it.",
    .examples = "animals\nanimals sort=correct",
    .options = animals_table,
    .answer = animals_answer,
    .run = animals_run,
};
