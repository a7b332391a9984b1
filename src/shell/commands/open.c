#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/shell/statefile.h"
#include "../wrong_file.h"
#include "../state.h"

static const struct option_row open_table[] = {
    {"name", OPTION_TEXT, 0, 0, NULL, NULL, "name of the model; default: the file's"},
    {0},
};

struct opening {
    char *path, *name;
    struct model *model;
};

static void open_release(void *data)
{
    struct opening *o = data;
    model_drop(o->model);
    free(o->path);
    free(o->name);
    free(o);
}

static bool open_work(void *data, struct task *task, struct err *err)
{
    struct opening *o = data;
    return model_open(o->path, o->name, &o->model, err) ||
           wrong_file_log(o->path, &task->job.stop, err);
}

static bool open_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)err;
    struct opening *o = data;
    char buf[NUMBER_SIZE];
    const char *cohort = o->model->cohort_name;
    output_say(out, "%s: %s, %s parameters%s%s", o->name, o->model->rule->name,
               number_grouped(buf, (long long)model_parameters(o->model)),
               cohort ? ", fitted to " : "", cohort ? cohort : "");
    tell_model(o->name, o->model->rule, model_parameters(o->model), out);
    output_field_text(out, "cohort", cohort);
    session_add_fit(session, fit_opened(o->model));
    o->model = NULL;
    return true;
}

/* A model's name from the file's, without folder and ending; with a number after it when
 * that is taken. */
static char *name_from(const struct session *session, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *stem = mem_text(slash ? slash + 1 : path), *dot = strrchr(stem, '.');
    if (dot && dot != stem)
        *dot = '\0';
    stem[statefile_kept_stem(stem)] = '\0';
    if (strlen(stem) > 24)
        stem[24] = '\0';
    for (char *c = stem; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_-.", *c))
            *c = '_';
    bool good = isalpha((unsigned char)stem[0]) && strcmp(stem, "data") && strcmp(stem, "all");
    char *name = mem_printf("%s%s", good ? "" : "m_", stem);
    for (unsigned i = 2; session_fit(session, name); i++) {
        free(name);
        name = mem_printf("%s%s_%u", good ? "" : "m_", stem, i);
    }
    free(stem);
    return name;
}

/* The models that the last session left unsaved, as so many commands. */
static bool open_kept(struct session *session, struct err *err)
{
    struct strbuf script = {0};
    char *folder = statefile_path("kept/");
    size_t n = 0;
    struct kept *list = folder ? statefile_kept_list(folder, &n) : NULL;
    for (size_t i = statefile_kept_newest(list, n); i-- > 0;) { /* as they were made */
        strbuf_puts(&script, "open ");
        args_word(list[i].path, &script);
        strbuf_putc(&script, '\n');
    }
    statefile_kept_free(list, n);
    free(folder);
    if (!script.len)
        return err_set(err, ERR_FAILED,
                       "open: no models are kept; a session that ends at a "
                       "terminal keeps those that were not saved");
    session->now.unlogged = true;
    return session_push(session, strbuf_take(&script), "kept", false, err);
}

static bool open_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)out;
    const char *path = args_at(args, 0), *asked = args_text(args, open_table, "name");
    char *name;
    if (strcmp(path, "kept") == 0 && !asked)
        return open_kept(session, err);
    if (asked && !session_new_name(session, asked, "", 0, &name, err))
        return false;
    if (!asked)
        name = name_from(session, path);
    struct opening *o = mem_new(1, sizeof *o);
    o->path = path_expand(path);
    o->name = name;
    char *label = mem_printf("opening %s", path);
    return task_start(session, label, o, open_work, open_finish, open_release, err);
}

static const struct answer_row open_answer[] = {
    ANSWER_ALSO(tell_model_answer),
    {"cohort", .type = ANSWER_TEXT, .meaning = "that it was fitted to"},
    {0},
};

const struct command command_open = {
    .name = "open",
    .group = GROUP_FIT,
    .arguments = "FILE.npz|kept [name=NAME]",
    .summary = "read a model from a file",
    .detail =
        "As `save` writes it, or an .npz that holds the parameters alone under their "
        "PyTorch names.  The model comes into use.  `open kept` reads the models that the last "
        "session at a terminal left unsaved; `open ./kept` a file of that name.",
    .examples = "open dnn1.npz\nopen dnn1.npz name=before",
    .options = open_table,
    .first_words = "kept",
    .positional_type = OPTION_FILE,
    .endings = ".npz",
    .positional_min = 1,
    .positional_max = 1,
    .answer = open_answer,
    .run = open_run,
};
