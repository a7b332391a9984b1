#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../state.h"

/* Where an animal stands to a model. */
enum part { PART_TRAINING, PART_HELD_OUT, PART_UNSEEN, PARTS };
static const char *const part_names[] = {"training", "held out", "unseen"};

struct score {
    struct cohort *cohort;
    size_t n;
    struct model **models; /* [n] */
    double *loss;          /* [n][n_animals] summed, nats */
    size_t *scored;        /* [n][n_animals] */
};

static void score_release(void *data)
{
    struct score *score = data;
    for (size_t i = 0; i < score->n; i++)
        model_drop(score->models[i]);
    cohort_drop(score->cohort);
    free(score->models);
    free(score->loss);
    free(score->scored);
    free(score);
}

static bool score_work(void *data, struct task *task, struct err *err)
{
    struct score *score = data;
    size_t a = score->cohort->n_animals;
    for (size_t i = 0; i < score->n; i++) {
        if (atomic_load(&task->cancel))
            return err_set(err, ERR_INTERRUPTED, "score: interrupted");
        model_loss(score->models[i], score->cohort, score->loss + i * a, score->scored + i * a);
        atomic_store(&task->permille, (int)(1000 * (i + 1) / score->n));
    }
    return true;
}

static enum part part_of(const struct model *model, const char *animal)
{
    for (size_t i = 0; i < model->n_animals; i++)
        if (strcmp(model->animals[i], animal) == 0)
            return model->held_out[i] ? PART_HELD_OUT : PART_TRAINING;
    return PART_UNSEEN;
}

static void score_summary(const struct score *score, struct table *table)
{
    table_column(table, "model", COLUMN_TEXT, 0);
    for (size_t p = 0; p < PARTS; p++)
        table_column(table, part_names[p], COLUMN_NUMBER, 4);
    for (size_t i = 0; i < score->n; i++) {
        double sum[PARTS] = {0}, n[PARTS] = {0};
        for (size_t a = 0; a < score->cohort->n_animals; a++) {
            enum part p = part_of(score->models[i], score->cohort->animals[a].name);
            sum[p] -= score->loss[i * score->cohort->n_animals + a];
            n[p] += (double)score->scored[i * score->cohort->n_animals + a];
        }
        table_row(table);
        table_text(table, 0, score->models[i]->name);
        for (size_t p = 0; p < PARTS; p++)
            table_number(table, 1 + p, n[p] > 0 ? sum[p] / n[p] : NAN);
    }
}

static void score_animals(const struct score *score, struct table *table)
{
    table_column(table, "animal", COLUMN_TEXT, 0);
    table_column(table, "scored", COLUMN_COUNT, 0);
    table_column(table, "model", COLUMN_TEXT, 0);
    table_column(table, "part", COLUMN_TEXT, 0);
    table_column(table, "nats/trial", COLUMN_NUMBER, 4);
    for (size_t a = 0; a < score->cohort->n_animals; a++)
        for (size_t i = 0; i < score->n; i++) {
            size_t at = i * score->cohort->n_animals + a;
            char *name = clean_text(score->cohort->animals[a].name);
            table_row(table);
            table_text(table, 0, name);
            table_number(table, 1, (double)score->scored[at]);
            table_text(table, 2, score->models[i]->name);
            table_text(table, 3, part_names[part_of(score->models[i],
                                                    score->cohort->animals[a].name)]);
            table_number(table, 4, score->scored[at] > 0
                                       ? -score->loss[at] / (double)score->scored[at] : NAN);
            free(name);
        }
}

static bool score_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session, (void)err;
    const struct score *score = data;
    struct table summary = {0}, animals = {0};
    for (size_t i = 0; i < score->n; i++)
        if (score->models[i]->cohort_digest &&
            score->models[i]->cohort_digest != score->cohort->digest)
            output_note(out, "%s was fitted to other trials than those loaded; parts go by the "
                        "animals' names", score->models[i]->name);
    char *name = clean_text(score->cohort->name);
    output_say(out, "mean log-likelihood of the choices in %s, nats per scored trial; chance is "
               "-.6931", name);
    free(name);
    score_summary(score, &summary);
    output_table(out, "score", &summary);
    score_animals(score, &animals);
    if (out->mode == OUTPUT_TEXT)
        output_block(out, "\n");
    output_table(out, "animals", &animals);
    table_free(&summary);
    table_free(&animals);
    return true;
}

static bool score_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    (void)out;
    const struct cohort *cohort = session_need_cohort(session, err);
    if (!cohort || !session_need_fit(session, NULL, 0, err))
        return false;
    size_t n = args->n ? args->n : session->n_fits;
    struct score *score = mem_new(1, sizeof *score);
    score->cohort = cohort_hold(cohort);
    score->models = mem_new(n, sizeof *score->models);
    score->loss = mem_new(n * cohort->n_animals, sizeof *score->loss);
    score->scored = mem_new(n * cohort->n_animals, sizeof *score->scored);
    for (size_t i = 0; i < n; i++) {
        struct fit *fit = session->fits[args->n ? 0 : i].fit;
        if (args->n)
            fit = session_need_fit(session, args->items[i].value, args->items[i].column, err);
        if (!fit) {
            score_release(score);
            return false;
        }
        score->models[score->n++] = fit_model(fit);
    }
    return task_start(session, mem_text("scoring"), score, score_work, score_finish,
                      score_release, err);
}

extern const struct command command_score;
const struct command command_score = {
    .name = "score",
    .group = GROUP_JUDGE,
    .arguments = "[MODEL...]",
    .summary = "log-likelihood of the choices under each model",
    .detail = "Nats per scored trial (an animal's first trial is never scored), apart for the "
              "animals a model was trained on, those it was fitted without, and others.",
    .examples = "score\nscore dnn1",
    .positional_type = OPTION_MODEL,
    .positional_max = 1000,
    .following_type = OPTION_MODEL,
    .run = score_run,
};
