/* The fits of a session: names, which one is meant, how they are described. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/snapshots.h"
#include "replay.h"
#include "series.h"
#include "watching.h"

struct fit *session_fit(const struct session *session, const char *name)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (strcmp(fit_name(session->fits[i].fit), name) == 0)
            return session->fits[i].fit;
    return NULL;
}

static const char *fit_name_at(void *context, size_t i)
{
    const struct session *session = context;
    return i < session->n_fits ? fit_name(session->fits[i].fit) : NULL;
}

struct fit *session_need_fit(const struct session *session, const char *name, int column,
                             struct err *err)
{
    if (session->n_fits == 0) {
        err_at(err, ERR_FAILED, name ? column : 0,
               "no model yet; `fit dnn` fits one, `open FILE.npz` reads one");
        return NULL;
    }
    if (!name)
        name = session->current;
    struct fit *fit = session_fit(session, name);
    if (!fit) {
        const char *near = nearest_word(name, fit_name_at, (void *)session);
        if (near)
            err_at(err, ERR_FAILED, column, "no model '%s'; did you mean '%s'?", name, near);
        else
            err_at(err, ERR_FAILED, column, "no model '%s'; `models` lists them", name);
    }
    return fit;
}

struct model *session_need_model(const struct session *session, const char *name, int column,
                                 struct err *err)
{
    struct fit *fit = session_need_fit(session, name, column, err);
    struct model *model = fit ? fit_model(fit) : NULL;
    if (fit && !model)
        err_at(err, ERR_FAILED, column,
               fit_active(fit) ? "%s is queued and no model yet; `wait %s` waits for it"
                               : "%s never began and is no model; `forget %s` drops it",
               fit_name(fit), fit_name(fit));
    return model;
}

static struct fit *newest_in(const struct session *session, enum fit_state state)
{
    for (size_t i = session->n_fits; i-- > 0;)
        if (fit_status(session->fits[i].fit).state == state)
            return session->fits[i].fit;
    return NULL;
}

struct fit *session_front(const struct session *session)
{
    struct fit *current = session->current ? session_fit(session, session->current) : NULL;
    if (current && fit_active(current))
        return current;
    const enum fit_state states[] = {FIT_RUNNING, FIT_PAUSED, FIT_QUEUED};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct fit *fit = newest_in(session, states[i]);
        if (fit)
            return fit;
    }
    return current;
}

/* --- names ------------------------------------------------------------------ */

bool session_good_name(const char *name)
{
    size_t n = strlen(name);
    bool good = n > 0 && n <= 32 && (isalpha((unsigned char)name[0]) || name[0] == '_') &&
                strcmp(name, "data") != 0 && strcmp(name, "all") != 0 && strcmp(name, "off") != 0;
    for (size_t i = 0; i < n; i++)
        good = good && (isalnum((unsigned char)name[i]) || strchr("_-.", name[i]));
    return good;
}

bool session_new_name(const struct session *session, const char *asked, const char *stem,
                      int column, char **out, struct err *err)
{
    if (asked && !session_good_name(asked))
        return err_at(err, ERR_USAGE, column,
                      "name=%s: a model's name is up to 32 letters, digits and _-. and begins with "
                      "a letter ('data', 'all' and 'off' mean other things)",
                      asked);
    if (asked && session_group(session, asked))
        return err_at(err, ERR_USAGE, column,
                      "a group of fits is called '%s' already; choose another name=", asked);
    if (asked && session_fit(session, asked))
        return err_at(err, ERR_USAGE, column,
                      "a model '%s' is there already; choose another name=, or `forget %s` first",
                      asked, asked);
    if (asked) {
        *out = mem_text(asked);
        return true;
    }
    for (unsigned i = 1;; i++) {
        *out = mem_printf("%s%u", stem, i);
        if (!session_fit(session, *out) && !session_group(session, *out))
            return true;
        free(*out);
    }
}

static void set_current(struct session *session, const char *name)
{
    free(session->current);
    session->current = name ? mem_text(name) : NULL;
}

void session_use(struct session *session, struct fit *fit)
{
    if (strcmp(session->current, fit_name(fit)) != 0)
        set_current(session, fit_name(fit));
}

/* A queued fit is no model yet that could come into use. */
static void come_into_use(struct session *session, struct fit *fit)
{
    struct model *model = fit_model(fit);
    if (model || !session->current)
        set_current(session, fit_name(fit));
    model_drop(model);
}

void session_add_fit(struct session *session, struct fit *fit)
{
    session->fits = mem_resize(session->fits, session->n_fits + 1, sizeof *session->fits);
    session->fits[session->n_fits++] = (struct fit_entry){
        .fit = fit,
        .told = fit_status(fit).state == FIT_OPENED,
        .lesson = input_lesson(session),
    };
    come_into_use(session, fit);
    for (size_t i = 0; i < session->n_fits; i++)
        fit_snapshots_limit(session->fits[i].fit, SNAPSHOTS_ALL / session->n_fits);
}

static void views_forget(struct session *session, const char *name, struct strbuf *told)
{
    for (size_t i = 0; i < VIEWS; i++)
        if (session->views[i] && view_forget(session->views[i], name) && told)
            strbuf_printf(told, "%s%s", told->len ? ", " : "",
                          view_ops_of(session->views[i])->name);
}

/* A training fit needs up to an epoch to stop, so it is closed later. */
void session_forget_fit(struct session *session, struct fit *fit, struct strbuf *told)
{
    size_t i = 0;
    views_forget(session, fit_name(fit), told);
    while (session->fits[i].fit != fit)
        i++;
    bool current = strcmp(session->current, fit_name(fit)) == 0;
    if (replay_fit(session) == fit)
        replay_end(session);
    cohort_drop(session->fits[i].pool);
    memmove(session->fits + i, session->fits + i + 1,
            (--session->n_fits - i) * sizeof *session->fits);
    if (current) {
        set_current(session, NULL);
        for (size_t k = 0; k < session->n_fits; k++)
            come_into_use(session, session->fits[k].fit);
    }
    fit_stop(fit);
    session->closing =
        mem_resize(session->closing, session->n_closing + 1, sizeof *session->closing);
    session->closing[session->n_closing++] = fit;
}

void session_forget_lesson(struct session *session)
{
    for (size_t i = session->n_fits; i-- > 0;)
        if (session->fits[i].lesson)
            session_forget_fit(session, session->fits[i].fit, NULL);
}

void session_stop_fits(struct session *session)
{
    struct fit **fits = mem_new(session->n_fits, sizeof *fits);
    for (size_t i = 0; i < session->n_fits; i++)
        fits[i] = session->fits[i].fit;
    fits_stop(fits, session->n_fits);
    free(fits);
}

void session_reap_fits(struct session *session, bool all)
{
    if (all) {
        replay_end(session);
        replay_reap(session, true);
        scene_drop(session);
        session_stop_fits(session);
        for (size_t i = 0; i < session->n_fits; i++) {
            cohort_drop(session->fits[i].pool);
            fit_close(session->fits[i].fit);
        }
        free(session->fits);
        free(session->scene_models);
        free(session->scene_jobs);
        free(session->scene_groups);
        session->fits = NULL;
        session->n_fits = 0;
    }
    replay_reap(session, false);
    for (size_t i = session->n_closing; i-- > 0;)
        if (all ||
            (!fit_active(session->closing[i]) && !replay_holds(session, session->closing[i]))) {
            scene_drop(session);
            fit_close(session->closing[i]);
            session->closing[i] = session->closing[--session->n_closing];
        }
    groups_reap(session);
    if (all)
        free(session->closing);
}

bool session_fits_busy(const struct session *session)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_active(session->fits[i].fit))
            return true;
    return false;
}

bool session_busy(struct session *session)
{
    return session_fits_busy(session) || series_busy(session);
}

bool session_works(struct session *session)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (session_trains(session, session->fits[i].fit))
            return true;
    return series_busy(session);
}

bool session_active(const struct session *session, struct fit *fit)
{
    (void)session;
    return fit_active(fit);
}

bool session_paused(const struct session *session, struct fit *fit)
{
    (void)session;
    return fit_paused(fit);
}

struct fit_status session_status(const struct session *session, struct fit *fit)
{
    struct fit_status status = fit_status(fit);
    if (status.state == FIT_RUNNING && session_paused(session, fit))
        status.state = FIT_PAUSED; /* once the present epoch is done */
    return status;
}

bool session_trains(const struct session *session, struct fit *fit)
{
    return fit_active(fit) && !session_paused(session, fit);
}

/* --- their ends ----------------------------------------------------------------- */

void session_told(struct session *session, struct fit *fit)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (session->fits[i].fit == fit)
            session->fits[i].told = true;
}

static bool is_awaited(const struct session *session, const char *name)
{
    for (size_t i = 0; i < session->n_awaited; i++)
        if (strcmp(session->awaited[i], name) == 0)
            return true;
    return false;
}

static void tell_end(struct session *session, bool failed, const struct strbuf *text,
                     struct output *out)
{
    if (failed) {
        output_complain(out, "deltaw: %s", strbuf_text(text));
        session_fail(session, ERR_FAILED);
    } else {
        output_note(out, "%s", strbuf_text(text));
    }
}

/* Of many fits only what is looked at keeps what a sweep gives again. */
static void slim_down(struct session *session, struct fit *fit)
{
    enum { WHOLE = 16 };
    bool used = session->current && strcmp(session->current, fit_name(fit)) == 0;
    if (session->n_fits > WHOLE && !used)
        fit_slim(fit);
}

static void fits_news(struct session *session, struct output *out)
{
    members_gather(session);
    members_news(session, out);
    watching_news(session, out);
    for (size_t i = 0; i < session->n_fits; i++) {
        struct fit_entry *entry = &session->fits[i];
        struct strbuf text = {0};
        if (entry->told || fit_active(entry->fit))
            continue;
        slim_down(session, entry->fit);
        if (is_awaited(session, fit_name(entry->fit)) || fit_group(entry->fit))
            continue; /* `wait` tells, or the group when all of it is over */
        fit_ended_words(entry->fit, &text);
        tell_end(session, fit_status(entry->fit).state == FIT_FAILED, &text, out);
        strbuf_free(&text);
        entry->told = true;
    }
}

/* True: it is over, and that was reported now. */
static bool group_news(struct session *session, const struct job_group *group, struct output *out)
{
    struct strbuf text = {0};
    bool now = group_over(session, group) && !group_told(session, group) &&
               !is_awaited(session, group->name);
    if (now) {
        tell_end(session, group_ended_words(session, group, &text) > 0, &text, out);
        session_told_group(session, group);
    }
    strbuf_free(&text);
    return now;
}

void session_news(struct session *session, struct output *out)
{
    bool batch = !session->setup.prefixes && !session->setup.host.show;
    fits_news(session, out);
    for (size_t i = 0; i < session->n_groups; i++)
        group_news(session, session->groups[i], out);
    series_collect(session);
    for (size_t i = 0; i < session->n_series; i++) {
        const struct series *series = session->series[i];
        if (group_news(session, &series->group, out) && batch && out->mode == OUTPUT_TEXT)
            series->ops->result(session, series, out); /* nobody can ask for it any more */
    }
}
