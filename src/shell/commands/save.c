#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/data/load.h"
#include "deltaw/learn/snapshots.h"
#include "../fitting.h"
#include "../state.h"

static const struct option_row save_table[] = {
    {"snapshots", OPTION_WORD, 0, 0, "yes|no", "no",
     "with the parameters at up to 200 epochs of the fit, which `open` reads back"},
    {0},
};

struct saving {
    char *path;
    struct cohort *cohort; /* one of the two */
    struct model *model;
    struct snapshots *snapshots; /* NULL: none asked for */
};

static void save_release(void *data)
{
    struct saving *s = data;
    cohort_drop(s->cohort);
    model_drop(s->model);
    snapshots_free(s->snapshots);
    free(s->path);
    free(s);
}

static bool save_work(void *data, struct task *task, struct err *err)
{
    (void)task;
    struct saving *s = data;
    return s->cohort ? cohort_save(s->cohort, s->path, err)
                     : model_save_replay(s->model, s->snapshots, s->path, err);
}

static bool save_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)err;
    struct saving *s = data;
    if (s->model)
        session_saved(session, s->model);
    struct strbuf what = {0};
    if (s->cohort)
        cohort_words(s->cohort, &what);
    else
        strbuf_printf(&what, "%s, %zu parameters", s->model->name, model_parameters(s->model));
    if (s->snapshots)
        strbuf_printf(&what, ", at %zu epochs of the fit", s->snapshots->n);
    const char *path = s->path;
    output_say(out, "%s: %s%s", path, strbuf_text(&what),
               s->cohort && s->cohort->truth ? "; the truth beside it" : "");
    output_field_text(out, "file", s->path);
    output_field_text(out, "model", s->model ? s->model->name : NULL);
    output_field_number(out, "parameters", s->model ? (double)s->model->tensors.size : NAN);
    output_field_number(out, "snapshots", s->snapshots ? (double)s->snapshots->n : 0);
    output_field_number(out, "animals", s->cohort ? (double)s->cohort->n_animals : NAN);
    output_field_number(out, "trials", s->cohort ? (double)s->cohort->n_trials : NAN);
    answer_flag(&out->object, "truth", s->cohort && s->cohort->truth);
    strbuf_free(&what);
    return true;
}

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n > m && strcmp(path + n - m, end) == 0;
}

/* Byte in the line of the i-th word that is no option. */
static int word_column(const struct args *args, size_t i)
{
    for (size_t j = 0; j < args->n; j++)
        if (!args->items[j].name && i-- == 0)
            return args->items[j].column;
    return 0;
}

static bool save_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)out;
    const char *what = args_at(args, 0), *path = args_at(args, 1);
    bool data = strcmp(what, "data") == 0;
    const struct cohort *cohort = data ? session_need_cohort(session, err) : NULL;
    struct fit *fit = data ? NULL : session_need_fit(session, what, word_column(args, 0), err);
    if (!cohort && !fit)
        return false;
    if (data && !ends_in(path, ".csv") && !ends_in(path, ".csv.gz") && !ends_in(path, ".npz"))
        return err_at(err, ERR_USAGE, word_column(args, 1),
                      "save data: %s must end in .csv, .csv.gz or .npz, which says how it is "
                      "written",
                      path);
    if (!data && !ends_in(path, ".npz"))
        return err_at(err, ERR_USAGE, word_column(args, 1),
                      "save %s: %s must end in .npz, the "
                      "one kind of file that models are kept in",
                      what, path);
    bool replay = strcmp(args_text(args, save_table, "snapshots"), "yes") == 0;
    struct snapshots *snapshots = replay && fit ? fit_snapshots(fit) : NULL;
    if (replay && !snapshots)
        return err_at(err, data ? ERR_USAGE : ERR_FAILED, args_column(args, "snapshots"),
                      data ? "save data: snapshots= is of models; trials have none"
                           : "save %s: it has no snapshots; only a fit of this session, or a file "
                             "saved with snapshots=yes, has",
                      what);
    struct model *model = fit ? session_need_model(session, what, word_column(args, 0), err) : NULL;
    if (fit && !model)
        return false;
    struct saving *s = mem_new(1, sizeof *s);
    s->snapshots = snapshots;
    s->path = path_expand(path);
    s->cohort = cohort ? cohort_hold(cohort) : NULL;
    s->model = model;
    char *label = mem_printf("writing %s", path);
    return task_start(session, label, s, save_work, save_finish, save_release, err);
}

static const struct answer_row save_answer[] = {
    ANSWER_ALSO(tell_file_answer),
    {"model", .type = ANSWER_TEXT, .meaning = "null: the trials"},
    {"parameters", .type = ANSWER_COUNT},
    {"snapshots", .type = ANSWER_COUNT, .meaning = "epochs whose parameters are in it"},
    {"animals", .type = ANSWER_COUNT},
    {"trials", .type = ANSWER_COUNT},
    {"truth", .type = ANSWER_FLAG, .meaning = "it was written beside the trials"},
    {0},
};

extern const struct command command_save;
const struct command command_save = {
    .name = "save",
    .group = GROUP_KEEP,
    .arguments = "data|MODEL FILE [snapshots=yes]",
    .summary = "write the trials as .csv, .csv.gz or .npz, or a model as .npz",
    .detail =
        "Trials are written as the native log, in .npz as arrays of its columns; the truth of "
        "a simulated cohort goes to FILE.truth.json, which `load` reads back.  A model's file "
        "holds the parameters under their PyTorch names, the start weights, all settings and "
        "the history of losses; numpy.load and `open` read it.  With snapshots=yes it also "
        "holds the parameters at up to 200 epochs of the fit, as snapshots.epoch and "
        "snapshots.NAME with the epochs as first axis.  Files are written whole or not at all.",
    .examples = "save data copy.csv.gz\nsave dnn1 best.npz\nsave dnn1 best.npz snapshots=yes",
    .options = save_table,
    .positional_type = OPTION_MODEL,
    .positional_min = 2,
    .positional_max = 2,
    .first_words = "data",
    .following_type = OPTION_FILE,
    .answer = save_answer,
    .writes = true,
    .run = save_run,
};
