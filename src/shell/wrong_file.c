/* A file given to the wrong verb: a log to `open`, a model to `load`. */
#include "wrong_file.h"

#include <jansson.h>
#include <sys/stat.h>

#include "deltaw/data/load.h"
#include "deltaw/learn/model.h"
#include "sessionfile.h"

static bool refuse(const char *what, const char *verb, const char *path, struct err *err)
{
    struct strbuf word = {0};
    args_word(path, &word);
    err_clear(err);
    err_set(err, ERR_DATA, "%s: that is %s: `%s %s` reads it", path, what, verb,
            strbuf_text(&word));
    strbuf_free(&word);
    return false;
}

/* Nobody is to wait for a pipe that was given by mistake. */
static bool is_regular(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Also refuses it then. */
static bool is_session(const char *path, struct err *err)
{
    json_t *o = err->code == ERR_DATA && is_regular(path) ? sessionfile_head(path, NULL) : NULL;
    json_decref(o);
    if (o)
        refuse("a session", "session restore", path, err);
    return o;
}

bool wrong_file_log(const char *path, const atomic_bool *stop, struct err *err)
{
    struct load_options options = {.n_paths = 1, .paths = &path, .cancel = stop};
    struct cohort *cohort;
    struct err why = {0};
    if (is_session(path, err))
        return false;
    if (err->code != ERR_DATA || !is_regular(path) || !cohort_load(&options, &cohort, &why))
        return false;
    cohort_drop(cohort);
    return refuse("a log of trials", "load", path, err);
}

bool wrong_file_model(const char *const *paths, size_t n, struct err *err)
{
    for (size_t i = 0; i < n && err->code == ERR_DATA; i++) {
        struct model *model;
        struct err why = {0};
        if (is_session(paths[i], err))
            return false;
        if (!model_open(paths[i], "m", &model, &why))
            continue;
        model_drop(model);
        return refuse("a model", "open", paths[i], err);
    }
    return false;
}
