#include "sessionfile.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/data/npz.h"
#include "deltaw/learn/snapshots.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* --- words of commands ---------------------------------------------------------- */

/* NULL: some are no UTF-8 text. */
static json_t *sessionfile_args(const struct args *args)
{
    json_t *words = json_array(), *options = json_object();
    int failed = 0;
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        json_t *value = json_string(arg->value);
        failed |= arg->name ? json_object_set_new(options, arg->name, value)
                            : json_array_append_new(words, value);
    }
    json_t *o = json_pack("{so so}", "words", words, "options", options);
    if (failed == 0)
        return o;
    json_decref(o);
    return NULL;
}

bool sessionfile_read_args(const json_t *o, struct args *out)
{
    const json_t *words = json_object_get(o, "words"), *options = json_object_get(o, "options");
    const char *name;
    json_t *value;
    size_t i;
    bool good = json_is_array(words) && json_is_object(options);
    *out = (struct args){0};
    json_array_foreach(words, i, value) if ((good = good && json_is_string(value)))
        args_set(out, NULL, json_string_value(value), 0);
    json_object_foreach((json_t *)options, name,
                        value) if ((good = good && json_is_string(value) && *name))
        args_set(out, name, json_string_value(value), 0);
    return good;
}

/* --- what is open ----------------------------------------------------------------- */

/* A file by its whole path, as the session may be restored elsewhere.  `sample` is what comes
 * with the program, wherever that is. */
static char *whole_path(const char *word)
{
    if (strcmp(word, "sample") == 0 && access(word, F_OK) != 0)
        return mem_text(word);
    char *path = path_expand(word), *real = realpath(path, NULL);
    if (!real)
        return path;
    free(path);
    return real;
}

/* The words of a load with whole paths; NULL: it read what cannot be read again. */
static json_t *loaded_json(const struct args *args, struct err *err)
{
    struct args whole = {0};
    bool good = true;
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        char *path = arg->name ? NULL : whole_path(arg->value);
        good = good && (arg->name || strcmp(arg->value, "-") != 0);
        args_set(&whole, arg->name, path ? path : arg->value, 0);
        free(path);
    }
    json_t *o = good ? sessionfile_args(&whole) : NULL;
    args_free(&whole);
    if (!o)
        err_set(err, ERR_FAILED,
                "session save: the trials %s; `save data FILE` and `load FILE` first",
                good ? "are of a file whose name is no UTF-8 text"
                     : "came through a pipe and cannot be read again");
    return o;
}

/* Agents of a model need it again. */
static json_t *simulated_json(const struct session *session, const struct args *args,
                              struct err *err)
{
    const char *maker = args_at(args, 0);
    if (rule_find(maker) || session_fit(session, maker))
        return sessionfile_args(args);
    err_set(err, ERR_FAILED,
            "session save: the trials are of agents of %s, which is no longer there; "
            "`save data FILE` and `load FILE` first",
            maker);
    return NULL;
}

static json_t *digest_json(const struct cohort *cohort)
{
    char text[32];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)cohort->digest);
    return json_string(text);
}

static bool take_data(const struct session *session, json_t *o, struct err *err)
{
    size_t first = session_unfiltered(session);
    if (first == 0)
        return true;
    const struct cohort_entry *entry = &session->cohorts[first - 1];
    json_t *made = entry->simulated ? simulated_json(session, &entry->made, err)
                                    : loaded_json(&entry->made, err);
    if (!made)
        return false;
    const struct cohort *cohort = entry->cohort;
    json_object_set_new(made, "verb", json_string(entry->simulated ? "simulate" : "load"));
    json_object_set_new(made, "name", json_string(cohort->name));
    json_object_set_new(made, "animals", json_integer((json_int_t)cohort->n_animals));
    json_object_set_new(made, "trials", json_integer((json_int_t)cohort->n_trials));
    json_object_set_new(made, "digest", digest_json(cohort));
    json_object_set_new(o, "data", made);
    json_t *filters = json_array();
    for (size_t i = first; i < session->n_cohorts; i++) {
        const struct cohort_step *step = session->cohorts[i].step;
        json_array_append_new(
            filters,
            step->condition
                ? json_pack("{ss}", step->keep ? "keep" : "drop", step->condition)
                : json_pack("{s[II]}", "trials", (json_int_t)step->first, (json_int_t)step->last));
    }
    json_object_set_new(o, "filters", filters);
    return true;
}

static void take_models(const struct session *session, struct kept_session *out)
{
    json_t *names = json_array();
    out->models = mem_new(session->n_fits, sizeof(struct model *));
    for (size_t i = 0; i < session->n_fits; i++) {
        struct model *model = fit_model(session->fits[i].fit);
        out->n_queued += !model;
        if (!model || out->n_models == SESSIONFILE_MODELS) {
            model_drop(model);
            continue;
        }
        out->models[out->n_models++] = model;
        json_array_append_new(names, json_string(model->name));
    }
    json_object_set_new(out->o, "models", names);
    if (session->current)
        json_object_set_new(out->o, "current", json_string(session->current));
}

static void take_views(const struct session *session, json_t *o)
{
    json_t *views = json_array();
    for (size_t i = 0; i < VIEWS; i++) {
        if (!session->views[i])
            continue;
        json_t *view = sessionfile_args(view_args(session->views[i]));
        if (!view)
            continue;
        json_object_set_new(view, "view", json_string(view_ops_of(session->views[i])->name));
        json_array_append_new(views, view);
    }
    json_object_set_new(o, "views", views);
}

static void take_layout(const struct session *session, json_t *o)
{
    const struct session_host *host = &session->setup.host;
    struct args layout = {0};
    const char *zoomed = NULL;
    if (!host->layout)
        return;
    host->layout(host->data, &layout, &zoomed);
    json_object_set_new(o, "layout", sessionfile_args(&layout));
    if (zoomed)
        json_object_set_new(o, "zoomed", json_string(zoomed));
    args_free(&layout);
}

bool sessionfile_take(struct session *session, bool partly, struct kept_session *out,
                      struct err *err)
{
    *out = (struct kept_session){.o = json_object()};
    json_object_set_new(out->o, "deltaw", json_string(PACKAGE_VERSION));
    json_object_set_new(out->o, "format", json_integer(1));
    if (!take_data(session, out->o, err) && !partly) {
        sessionfile_free(out);
        return false;
    }
    take_models(session, out);
    json_object_set_new(out->o, "settings",
                        json_pack("{ss ss}", "support", session_setting(session, "support"), "seed",
                                  session_setting(session, "seed")));
    take_views(session, out->o);
    take_layout(session, out->o);
    return true;
}

void sessionfile_free(struct kept_session *kept)
{
    for (size_t i = 0; i < kept->n_models; i++)
        model_drop(kept->models[i]);
    free(kept->models);
    json_decref(kept->o);
    *kept = (struct kept_session){0};
}

bool sessionfile_write(const struct kept_session *kept, const char *path, struct err *err)
{
    struct npz npz = {0};
    char *text = json_dumps(kept->o, JSON_COMPACT);
    if (!text) /* a word of a view or a filter is not UTF-8 */
        return err_set(err, ERR_FAILED, "%s: a word of the session is no UTF-8 text", path);
    npz_add_text(&npz, SESSIONFILE_FIRST, text);
    free(text);
    for (size_t i = 0; i < kept->n_models; i++) {
        struct npz own = {0};
        char prefix[32];
        snprintf(prefix, sizeof prefix, "model%zu.", i + 1);
        model_pack(kept->models[i], NULL, &own);
        npz_move(&npz, prefix, &own);
    }
    bool good = npz_write(path, &npz, err);
    npz_free(&npz);
    return good;
}

/* --- what a file is said to hold ---------------------------------------------------- */

json_t *sessionfile_head(const char *path, struct err *err)
{
    char *text = npz_read_first(path, SESSIONFILE_FIRST, err);
    json_t *o = text ? json_loads(text, 0, NULL) : NULL;
    free(text);
    if (text && !json_is_object(o)) {
        json_decref(o);
        o = NULL;
        err_set(err, ERR_DATA, "%s: damaged: %s is no JSON", path, SESSIONFILE_FIRST);
    }
    return o;
}

void sessionfile_words(const json_t *o, struct strbuf *out)
{
    enum { NAMED = 4 };
    const json_t *data = json_object_get(o, "data"), *models = json_object_get(o, "models");
    const char *name = json_string_value(json_object_get(data, "name"));
    size_t filters = json_array_size(json_object_get(o, "filters")), n = json_array_size(models);
    strbuf_puts(out, name ? name : "no trials");
    if (filters)
        strbuf_printf(out, " (%zu filter%s)", filters, filters == 1 ? "" : "s");
    if (n)
        strbuf_printf(out, " and %zu model%s: ", n, n == 1 ? "" : "s");
    for (size_t i = 0; i < n && i < NAMED; i++) {
        const char *model = json_string_value(json_array_get(models, i));
        strbuf_printf(out, "%s%s", i ? ", " : "", model ? model : "?");
    }
    if (n > NAMED)
        strbuf_puts(out, ", ...");
}
