/* The fits of a session: names, which one is meant, how they are described. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "replay.h"
#include "deltaw/shell/keytable.h"
#include "state.h"

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
        char *clean = clean_text(name);
        const char *near = nearest_word(name, fit_name_at, (void *)session);
        if (near)
            err_at(err, ERR_FAILED, column, "no model '%s'; did you mean '%s'?", clean, near);
        else
            err_at(err, ERR_FAILED, column, "no model '%s'; `models` lists them", clean);
        free(clean);
    }
    return fit;
}

struct fit *session_front(const struct session *session)
{
    struct fit *current = session->current ? session_fit(session, session->current) : NULL;
    if (current && fit_active(current))
        return current;
    for (size_t i = session->n_fits; i-- > 0;)
        if (fit_active(session->fits[i].fit))
            return session->fits[i].fit;
    return current;
}

/* --- names ------------------------------------------------------------------ */

static bool good_name(const char *name)
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
    if (asked && !good_name(asked))
        return err_at(err, ERR_USAGE, column,
                      "name=%s: a model's name is up to 32 letters, digits "
                      "and _-. and begins with a letter ('data', 'all' and 'off' "
                      "mean other things)",
                      asked);
    if (asked && session_fit(session, asked))
        return err_at(err, ERR_USAGE, column,
                      "a model '%s' is there already; choose another "
                      "name=, or `forget %s` first",
                      asked, asked);
    if (asked) {
        *out = mem_text(asked);
        return true;
    }
    for (unsigned i = 1;; i++) {
        *out = mem_printf("%s%u", stem, i);
        if (!session_fit(session, *out))
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

/* Shares processors among the fits that train; a single one has them all. */
static void share_out(const struct session *session)
{
    int n = 0, all = atoi(session_setting(session, "threads"));
    for (size_t i = 0; i < session->n_fits; i++)
        n += session_trains(session, session->fits[i].fit);
    all = all > 0 ? all : thread_processors();
    for (size_t i = 0; i < session->n_fits; i++)
        fit_share(session->fits[i].fit, n > 1 ? (all + n - 1) / n : 0);
}

void session_add_fit(struct session *session, struct fit *fit)
{
    session->fits = mem_resize(session->fits, session->n_fits + 1, sizeof *session->fits);
    session->fits[session->n_fits++] = (struct fit_entry){
        .fit = fit,
        .told = fit_status(fit).state == FIT_OPENED,
        .lesson = input_lesson(session),
    };
    set_current(session, fit_name(fit));
    share_out(session);
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
    memmove(session->fits + i, session->fits + i + 1,
            (--session->n_fits - i) * sizeof *session->fits);
    if (current)
        set_current(session,
                    session->n_fits ? fit_name(session->fits[session->n_fits - 1].fit) : NULL);
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

static void scene_drop(struct session *session)
{
    for (size_t i = 0; i < session->scene.n_models; i++) {
        model_drop((struct model *)session->scene.models[i].model);
        model_drop((struct model *)session->scene.models[i].final);
    }
    session->scene.n_models = 0;
}

void session_reap_fits(struct session *session, bool all)
{
    if (all) {
        replay_end(session);
        replay_reap(session, true);
        scene_drop(session);
        for (size_t i = 0; i < session->n_fits; i++)
            fit_stop(session->fits[i].fit);
        for (size_t i = 0; i < session->n_fits; i++)
            fit_close(session->fits[i].fit);
        free(session->fits);
        free(session->scene_models);
        session->fits = NULL;
        session->n_fits = 0;
    }
    replay_reap(session, false);
    share_out(session);
    for (size_t i = session->n_closing; i-- > 0;)
        if (all ||
            (!fit_active(session->closing[i]) && !replay_holds(session, session->closing[i]))) {
            scene_drop(session);
            fit_close(session->closing[i]);
            session->closing[i] = session->closing[--session->n_closing];
        }
    if (all)
        free(session->closing);
}

/* Verbs by group, then keys: for the view help. */
static void scene_help(struct session *session)
{
    const struct key_row *row;
    size_t n = 0, n_keys = 0;
    if (session->scene_help)
        return;
    while (command_at(n))
        n++;
    while (key_row_at(n_keys))
        n_keys++;
    struct scene_help *help = mem_new(n + n_keys, sizeof *help);
    n = 0;
    for (int g = 0; g <= GROUP_ELSE; g++)
        for (size_t i = 0; command_at(i); i++)
            if ((int)command_at(i)->group == g)
                help[n++] = (struct scene_help){command_group_name(g), command_at(i)->name,
                                                command_at(i)->summary};
    for (size_t i = 0; (row = key_row_at(i)); i++)
        help[n++] = (struct scene_help){key_group_name(row->group), row->key, row->text};
    session->scene_help = help;
    session->scene.help = help;
    session->scene.n_help = n;
}

const struct scene *session_scene(struct session *session)
{
    scene_help(session);
    scene_drop(session);
    struct scene *scene = &session->scene;
    scene->threads = atoi(session_setting(session, "threads"));
    session->scene_models =
        mem_resize(session->scene_models, session->n_fits + 1, sizeof *session->scene_models);
    scene->cohort = session_cohort(session);
    scene->models = session->scene_models;
    scene->current = -1;
    for (size_t i = 0; i < session->n_fits; i++) {
        struct fit *fit = session->fits[i].fit;
        session->scene_models[i] = (struct scene_model){.model = fit_model(fit),
                                                        .status = session_status(session, fit),
                                                        .cohort = fit_cohort(fit)};
        struct scene_model *seen = &session->scene_models[i];
        if (!seen->model->rule->network) /* the end of a search is not known */
            seen->status.epochs = seen->status.epoch;
        replay_scene(session, fit, seen);
        if (strcmp(fit_name(fit), session->current) == 0)
            scene->current = (long)i;
    }
    scene->n_models = session->n_fits;
    return scene;
}

bool session_busy(struct session *session)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_active(session->fits[i].fit))
            return true;
    return false;
}

bool session_active(const struct session *session, struct fit *fit)
{
    (void)session;
    return fit_active(fit);
}

bool session_paused(const struct session *session, struct fit *fit)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (session->fits[i].fit == fit)
            return session->fits[i].paused && fit_active(fit);
    return false;
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

void session_pause(struct session *session, struct fit *fit, bool pause)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (session->fits[i].fit == fit)
            session->fits[i].paused = pause;
    if (pause)
        fit_pause(fit);
    else
        fit_resume(fit);
}

/* --- which fits a command means ------------------------------------------------ */

static bool pick_named(struct session *session, const struct args *args, struct fit ***out,
                       size_t *n, struct err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < args->n; i++) {
        struct fit *fit =
            session_need_fit(session, args->items[i].value, args->items[i].column, err);
        if (!fit)
            return false;
        (*out)[count++] = fit;
    }
    *n = count;
    return true;
}

bool session_pick_fits(struct session *session, const struct args *args, const char *verb,
                       bool (*wanted)(const struct session *, struct fit *), const char *kind,
                       struct fit ***out, size_t *n, struct err *err)
{
    size_t most = session->n_fits + args->n;
    bool all = args->n == 1 && strcmp(args->items[0].value, "all") == 0;
    *out = mem_new(most + 1, sizeof **out);
    *n = 0;
    if (args->n > 0 && !all) {
        if (pick_named(session, args, out, n, err))
            return true;
        free(*out);
        return false;
    }
    struct strbuf names = {0};
    for (size_t i = 0; i < session->n_fits; i++)
        if (wanted(session, session->fits[i].fit)) {
            (*out)[(*n)++] = session->fits[i].fit;
            strbuf_printf(&names, "%s%s", *n > 1 ? ", " : "", fit_name(session->fits[i].fit));
        }
    bool good = true;
    struct fit *current = session->current ? session_fit(session, session->current) : NULL;
    if (*n == 0)
        good = err_set(err, ERR_FAILED, "%s: no fit is %s", verb, kind);
    else if (*n > 1 && !all && current && wanted(session, current))
        (*out)[0] = current, *n = 1;
    else if (*n > 1 && !all)
        good = err_set(err, ERR_USAGE, "%s: which one? %s are %s; or `%s all`", verb,
                       strbuf_text(&names), kind, verb);
    strbuf_free(&names);
    if (!good)
        free(*out);
    return good;
}

/* --- words ----------------------------------------------------------------------- */

const char *loss_text(char buf[NUMBER_SIZE], double loss)
{
    return isnan(loss) ? "-" : number_fixed(buf, loss, 4, false);
}

bool fit_trained(struct fit *fit)
{
    struct model *model = fit_model(fit);
    bool network = model->rule->network;
    model_drop(model);
    return network;
}

void progress_words(bool network, const struct fit_status *status, struct strbuf *out)
{
    if (network)
        strbuf_printf(out, "epoch %d of %d", status->epoch, status->epochs);
    else
        strbuf_printf(out, "%d evaluation%s", status->epoch, status->epoch == 1 ? "" : "s");
}

void fit_words(struct fit *fit, struct strbuf *out)
{
    struct fit_status status = fit_status(fit);
    bool network = fit_trained(fit);
    char buf[NUMBER_SIZE];
    strbuf_printf(out, "%s %s ", fit_name(fit), fit_state_name(status.state));
    if (network)
        strbuf_printf(out, "%d/%d", status.epoch, status.epochs);
    else
        progress_words(network, &status, out);
    if (!isnan(status.train))
        strbuf_printf(out, "  loss %s", loss_text(buf, status.train));
    if (!isnan(status.heldout))
        strbuf_printf(out, "  held out %s", loss_text(buf, status.heldout));
    if (network && status.state == FIT_RUNNING && !isnan(status.seconds_left))
        strbuf_printf(out, "  ETA %s", number_duration(buf, status.seconds_left));
}

void fit_ended_words(struct fit *fit, struct strbuf *out)
{
    struct fit_status status = fit_status(fit);
    bool network = fit_trained(fit);
    char buf[NUMBER_SIZE];
    strbuf_printf(out, "%s %s", fit_name(fit), fit_state_name(status.state));
    if (status.state == FIT_FAILED) {
        char *reason = clean_text(status.reason);
        if (network)
            strbuf_printf(out, " after %d of %d epochs: %s", status.epoch, status.epochs, reason);
        else
            strbuf_printf(out, ": %s", reason);
        free(reason);
        return;
    }
    if (!network) {
        strbuf_puts(out, ": ");
        progress_words(network, &status, out);
    } else if (status.epoch < status.epochs) {
        strbuf_printf(out, ": %d of %d epochs", status.epoch, status.epochs);
    } else {
        strbuf_printf(out, ": %d epoch%s", status.epoch, status.epoch == 1 ? "" : "s");
    }
    if (!isnan(status.train))
        strbuf_printf(out, ", loss %s", loss_text(buf, status.train));
    if (!isnan(status.heldout))
        strbuf_printf(out, ", held out %s", loss_text(buf, status.heldout));
    strbuf_printf(out, ", %s", number_duration(buf, status.seconds));
}

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

void session_news(struct session *session, struct output *out)
{
    for (size_t i = 0; i < session->n_fits; i++) {
        struct fit_entry *entry = &session->fits[i];
        if (entry->told || fit_active(entry->fit) || is_awaited(session, fit_name(entry->fit)))
            continue;
        struct strbuf text = {0};
        fit_ended_words(entry->fit, &text);
        if (fit_status(entry->fit).state == FIT_FAILED) {
            output_complain(out, "deltaw: %s", strbuf_text(&text));
            session_fail(session, ERR_FAILED);
        } else {
            output_note(out, "%s", strbuf_text(&text));
        }
        strbuf_free(&text);
        entry->told = true;
    }
}
