/* session save and session restore; what is written at the end is session_keep's. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/shell/statefile.h"
#include "../fitting.h"
#include "../restoring.h"
#include "../sessionfile.h"

static const struct option_row session_table[] = {
    {"data", OPTION_FILE, 0, 0, NULL, NULL,
     "of restore: where the trials' file or folder is now; none: without trials"},
    {"changed", OPTION_WORD, 0, 0, "refuse|load", "refuse",
     "of restore: trials that are not what they were"},
    {0},
};

/* --- what was saved, or is there now ------------------------------------------------ */

static void tell_texts(const char *key, const json_t *array, const char *inner, struct output *out)
{
    size_t n = json_array_size(array);
    const char **texts = mem_new(n, sizeof *texts);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(array, i);
        texts[i] = json_string_value(inner ? json_object_get(item, inner) : item);
    }
    answer_texts(&out->object, key, n, texts);
    free(texts);
}

static void tell(const json_t *o, const char *path, struct output *out)
{
    const json_t *data = json_object_get(o, "data");
    struct strbuf words = {0};
    sessionfile_words(o, &words);
    size_t views = json_array_size(json_object_get(o, "views"));
    output_say(out, "%s: %s%s", path, strbuf_text(&words), views ? "; the views as they were" : "");
    output_field_text(out, "file", path);
    output_field_text(out, "name", json_string_value(json_object_get(data, "name")));
    output_field_number(out, "filters", (double)json_array_size(json_object_get(o, "filters")));
    tell_texts("models", json_object_get(o, "models"), NULL, out);
    output_field_text(out, "in_use", json_string_value(json_object_get(o, "current")));
    tell_texts("views", json_object_get(o, "views"), "view", out);
    strbuf_free(&words);
}

void restoring_tell(struct session *session, const char *path, struct output *out)
{
    struct kept_session now;
    sessionfile_take(session, true, &now, NULL);
    tell(now.o, path, out);
    sessionfile_free(&now);
}

/* --- saving ----------------------------------------------------------------------------- */

struct saving {
    char *path;
    struct kept_session kept;
};

static void save_release(void *data)
{
    struct saving *s = data;
    sessionfile_free(&s->kept);
    free(s->path);
    free(s);
}

static bool save_work(void *data, struct task *task, struct err *err)
{
    (void)task;
    struct saving *s = data;
    return sessionfile_write(&s->kept, s->path, err);
}

static bool save_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)err;
    struct saving *s = data;
    for (size_t i = 0; i < s->kept.n_models; i++)
        session_saved(session, s->kept.models[i]);
    tell(s->kept.o, s->path, out);
    if (s->kept.n_queued)
        output_note(out, "%zu fit%s not in it: not begun yet", s->kept.n_queued,
                    s->kept.n_queued == 1 ? " is" : "s are");
    return true;
}

static bool save(struct session *session, const struct arg *file, struct err *err)
{
    size_t n = strlen(file->value);
    if (n < 5 || strcmp(file->value + n - 4, ".npz") != 0)
        return err_at(err, ERR_USAGE, file->column,
                      "session save: %s must end in .npz, the one kind of file that sessions are "
                      "kept in",
                      file->value);
    struct saving *s = mem_new(1, sizeof *s);
    s->path = path_expand(file->value);
    if (!sessionfile_take(session, false, &s->kept, err)) {
        save_release(s);
        return false;
    }
    return task_start(session, mem_printf("writing %s", file->value), s, save_work, save_finish,
                      save_release, err);
}

/* --- at the end and at the start --------------------------------------------------------- */

/* Models that were fitted or opened, or trials that were chosen: more than a load. */
static bool has_work(const struct session *session)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (!session->fits[i].lesson)
            return true;
    return session->n_cohorts > session_unfiltered(session);
}

bool session_keep(struct session *session, const char *path, struct err *err)
{
    struct kept_session kept;
    if (!has_work(session))
        return false;
    sessionfile_take(session, true, &kept, NULL);
    mode_t mask = umask(0077);
    bool good = sessionfile_write(&kept, path, err);
    umask(mask);
    sessionfile_free(&kept);
    return good;
}

bool session_kept_words(const char *path, struct strbuf *out)
{
    json_t *o = sessionfile_head(path, NULL);
    if (o)
        sessionfile_words(o, out);
    json_decref(o);
    return o;
}

/* --- the verb -------------------------------------------------------------------------------- */

/* That of the last session, as a command that names its file. */
static bool restore_last(struct session *session, const struct args *args, struct err *err)
{
    char *path = statefile_path("session.npz");
    struct strbuf script = {0};
    if (!path || access(path, F_OK) != 0) {
        free(path);
        return err_set(err, ERR_FAILED,
                       "session restore: no session is kept; one that ends at a terminal with "
                       "models or filters is, and `session save FILE` writes one");
    }
    strbuf_puts(&script, "session restore ");
    args_word(path, &script);
    for (size_t i = 0; i < args->n; i++)
        if (args->items[i].name) {
            strbuf_printf(&script, " %s=", args->items[i].name);
            args_word(args->items[i].value, &script);
        }
    free(path);
    session->now.unlogged = true;
    return session_push(session, strbuf_take(&script), "session", false, err);
}

static bool session_run(struct session *session, const struct args *args, struct output *out,
                        struct err *err)
{
    (void)out;
    const struct arg *word = NULL, *file = NULL;
    for (size_t i = 0; i < args->n; i++)
        if (!args->items[i].name && !word)
            word = &args->items[i];
        else if (!args->items[i].name)
            file = &args->items[i];
    bool saves = strcmp(word->value, "save") == 0;
    if (!saves && strcmp(word->value, "restore") != 0)
        return err_at(err, ERR_USAGE, word->column,
                      "session: '%s' is neither save nor restore; `help session` has examples",
                      word->value);
    const char *of_restore = args_given(args, "data")      ? "data"
                             : args_given(args, "changed") ? "changed"
                                                           : NULL;
    if (saves && of_restore)
        return err_at(err, ERR_USAGE, args_column(args, of_restore),
                      "session save: %s= is of `session restore`", of_restore);
    if (saves && !file)
        return err_at(err, ERR_USAGE, word->column,
                      "session save: into which file?  `session save FILE.npz`");
    if (saves)
        return save(session, file, err);
    if (!file)
        return restore_last(session, args, err);
    return restoring_start(session, file->value, args_text(args, session_table, "data"),
                           strcmp(args_text(args, session_table, "changed"), "load") == 0, err);
}

static const struct answer_row session_answer[] = {
    {"file", .type = ANSWER_TEXT, .sometimes = true},
    {"name", .type = ANSWER_TEXT, .sometimes = true, .meaning = "of the cohort; null: none"},
    {"filters", .type = ANSWER_COUNT, .sometimes = true, .meaning = "keep, drop and trials"},
    {"models", .type = ANSWER_TEXTS, .sometimes = true},
    {"in_use", .type = ANSWER_TEXT, .sometimes = true},
    {"views", .type = ANSWER_TEXTS, .sometimes = true, .meaning = "whose options are kept"},
    {0},
};

const struct command command_session = {
    .name = "session",
    .group = GROUP_KEEP,
    .arguments = "save FILE.npz | restore [FILE.npz] [data=PATH|none] [changed=load]",
    .summary = "everything that is open as one file, and back",
    .detail = "The file holds how the trials came (their file by path and digest, or the seed of "
              "agents), the filters, all models exactly as they are, the views with their options, "
              "the layout, and support= and seed=; not the trials themselves, results of cv and "
              "its like, nor the epochs of replays.  restore adds to what is open, all of it or "
              "nothing; a file of trials that is gone or has changed is named.  Without FILE it "
              "is the last session that ended at a terminal with models or filters.",
    .examples = "session save monday.npz\nsession save monday.npz; forget dnn1; "
                "session restore monday.npz",
    .options = session_table,
    .positional_type = OPTION_TEXT,
    .positional_min = 1,
    .positional_max = 2,
    .first_words = "save|restore",
    .following_type = OPTION_FILE,
    .endings = ".npz",
    .answer = session_answer,
    .writes = true,
    .run = session_run,
};
