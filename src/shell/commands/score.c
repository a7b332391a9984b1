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
    bool by_animal; /* also in text */
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
        if (atomic_load(&task->job.stop))
            return err_set(err, ERR_INTERRUPTED, "score: interrupted");
        model_loss(score->models[i], score->cohort, score->loss + i * a, score->scored + i * a);
        atomic_store(&task->job.permille, (int)(1000 * (i + 1) / score->n));
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

static const struct option_row score_table[] = {
    {"animals", OPTION_WORD, 0, 0, "yes|no", "no", "also a row per animal and model"},
    {0},
};

/* The animals of a part that no model has get no column; for people ".5031". */
static void score_summary(const struct score *score, bool text, struct table *table)
{
    double(*mean)[PARTS] = mem_new(score->n, sizeof *mean);
    bool any[PARTS] = {false};
    for (size_t i = 0; i < score->n; i++) {
        double sum[PARTS] = {0}, n[PARTS] = {0};
        for (size_t a = 0; a < score->cohort->n_animals; a++) {
            enum part p = part_of(score->models[i], score->cohort->animals[a].name);
            sum[p] -= score->loss[i * score->cohort->n_animals + a];
            n[p] += (double)score->scored[i * score->cohort->n_animals + a];
        }
        for (size_t p = 0; p < PARTS; p++) {
            mean[i][p] = n[p] > 0 ? sum[p] / n[p] : NAN;
            any[p] = any[p] || n[p] > 0;
        }
    }
    table_column(table, "model", COLUMN_TEXT, 0);
    table_column(table, "rule", COLUMN_TEXT, 0);
    table_column(table, "parameters", COLUMN_COUNT, 0);
    for (size_t p = 0; p < PARTS; p++)
        if (any[p])
            table_column(table, part_names[p], text ? COLUMN_TEXT : COLUMN_NUMBER, 4);
    for (size_t i = 0; i < score->n; i++) {
        size_t column = 3;
        char buf[NUMBER_SIZE];
        table_row(table);
        table_text(table, 0, score->models[i]->name);
        table_text(table, 1, score->models[i]->rule->name);
        table_number(table, 2, (double)score->models[i]->tensors.size);
        for (size_t p = 0; p < PARTS; p++)
            if (any[p] && text)
                table_text(table, column++, loss_text(buf, mean[i][p]));
            else if (any[p])
                table_number(table, column++, mean[i][p]);
    }
    free(mean);
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
            table_text(table, 3,
                       part_names[part_of(score->models[i], score->cohort->animals[a].name)]);
            table_number(table, 4,
                         score->scored[at] > 0 ? -score->loss[at] / (double)score->scored[at]
                                               : NAN);
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
            output_note(out,
                        "%s was fitted to other trials than those loaded; parts go by the "
                        "animals' names",
                        score->models[i]->name);
    char *name = clean_text(score->cohort->name);
    output_say(out,
               "mean log-likelihood of the choices in %s, nats per scored trial; chance is "
               "-.6931",
               name);
    free(name);
    score_summary(score, out->mode == OUTPUT_TEXT, &summary);
    output_table(out, "score", &summary);
    score_animals(score, &animals);
    if (score->by_animal && out->mode == OUTPUT_TEXT)
        output_block(out, "\n");
    if (score->by_animal || out->mode == OUTPUT_JSON)
        output_table(out, "animals", &animals);
    output_field_number(out, "chance", -M_LN2);
    table_free(&summary);
    table_free(&animals);
    return true;
}

/* Takes the reference.  False: its policy needs columns that the cohort lacks. */
static bool score_add(struct score *score, struct model *model, struct err *err)
{
    if (model_meets(model, score->cohort, err)) {
        score->models[score->n++] = model;
        return true;
    }
    err_prefix(err, "score");
    model_drop(model);
    return false;
}

static bool score_named(const struct session *session, const struct args *args, struct score *score,
                        struct err *err)
{
    for (size_t i = 0; i < args->n; i++) {
        if (args->items[i].name)
            continue;
        struct fit *fit =
            session_need_fit(session, args->items[i].value, args->items[i].column, err);
        if (!fit || !score_add(score, fit_model(fit), err))
            return false;
    }
    return true;
}

/* All models that can be; of the others a note. */
static bool score_all(const struct session *session, struct score *score, struct output *out,
                      struct err *err)
{
    struct err first = {0};
    for (size_t i = 0; i < session->n_fits; i++) {
        struct err why = {0};
        if (score_add(score, fit_model(session->fits[i].fit), &why))
            continue;
        if (session->n_fits > 1)
            output_note(out, "%s", why.message);
        first = first.code == ERR_NONE ? why : first;
    }
    return score->n > 0 || err_set(err, first.code, "%s", first.message);
}

static bool score_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    const struct cohort *cohort = session_need_cohort(session, err);
    if (!cohort || !session_need_fit(session, NULL, 0, err))
        return false;
    size_t named = args_positional(args), n = named ? named : session->n_fits;
    struct score *score = mem_new(1, sizeof *score);
    score->cohort = cohort_hold(cohort);
    score->by_animal = strcmp(args_text(args, score_table, "animals"), "yes") == 0;
    score->models = mem_new(n, sizeof *score->models);
    score->loss = mem_new(n * cohort->n_animals, sizeof *score->loss);
    score->scored = mem_new(n * cohort->n_animals, sizeof *score->scored);
    if (!(named ? score_named(session, args, score, err) : score_all(session, score, out, err))) {
        score_release(score);
        return false;
    }
    return task_start(session, mem_text("scoring"), score, score_work, score_finish, score_release,
                      err);
}

extern const struct command command_score;
const struct command command_score = {
    .name = "score",
    .group = GROUP_JUDGE,
    .arguments = "[MODEL...] [animals=yes]",
    .summary = "log-likelihood of the choices under each model",
    .detail = "Nats per scored trial (an animal's first trial is never scored), apart for the "
              "animals a model was trained on (training), those it was fitted without (held out), "
              "and others (unseen).  parameters: how many the rule has; start weights are not "
              "counted.",
    .examples = "score\nscore dnn1\nscore animals=yes",
    .options = score_table,
    .positional_type = OPTION_MODEL,
    .positional_max = 1000,
    .following_type = OPTION_MODEL,
    .run = score_run,
};
