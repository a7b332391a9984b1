/* What the verbs of views do: apply their arguments on top of the view's, then show it in a
 * tile, print it, or output its table. */
#include <string.h>

#include "state.h"

void session_look(const struct session *session, struct style *style)
{
    const char *background = session_setting(session, "background");
    const char *palette = session_setting(session, "palette");
    const char *curves = session_setting(session, "curves");
    if (strcmp(background, "auto") != 0)
        style->dark = strcmp(background, "dark") == 0;
    int most = strcmp(palette, "terminal") == 0 ? 16
               : strcmp(palette, "256") == 0    ? 256
                                                : COLOURS_DIRECT;
    style->colours = style->colours < most ? style->colours : most;
    style->curves = strcmp(curves, "braille") == 0     ? CURVES_BRAILLE
                    : strcmp(curves, "quadrants") == 0 ? CURVES_QUADRANTS
                    : strcmp(curves, "ascii") == 0     ? CURVES_ASCII
                                                       : style->curves;
}

static void look_data(struct view *view, struct output *out)
{
    struct table table = {0};
    view_fields(view, &out->object);
    view_table(view, &table);
    output_data(out, view_ops_of(view)->name, &table);
    table_free(&table);
}

bool session_update_view(struct session *session, struct view *view, struct err *err)
{
    return view_update_later(view, session->jobs, session_scene(session), err);
}

void session_tell_views(struct session *session, struct output *out)
{
    for (size_t i = 0; i < VIEWS; i++) {
        struct view *view = session->views[i];
        struct strbuf text = {0};
        if (view && view_let_go(view, &text))
            output_note(out, "%s: %s", view_ops_of(view)->name, strbuf_text(&text));
        strbuf_free(&text);
    }
}

static void look_tell(struct session *session, struct view *view, struct output *out)
{
    struct strbuf text = {0};
    if (out->mode == OUTPUT_TEXT && !session->setup.host.show) {
        struct style style = out->style;
        session_look(session, &style);
        view_print(view, out->width, &style, &text);
        output_picture(out, strbuf_text(&text));
    } else {
        view_describe(view, &text);
        output_block(out, strbuf_text(&text));
    }
    strbuf_free(&text);
    if (view_shown(view, NULL) && out->mode != OUTPUT_TEXT)
        look_data(view, out);
}

/* Show the view as it is asked for now.  False: there is nothing to show; on a screen its
 * tile says so. */
static bool look_at(struct session *session, struct view *view, struct output *out, struct err *err)
{
    const char *name = view_ops_of(view)->name;
    const struct session_host *host = &session->setup.host;
    struct err reason = {0};
    if (!host->show && !view_update(view, session_scene(session), &reason))
        return err_set(err, reason.code, "%s: %s", name, reason.message);
    if (host->show) {
        session_update_view(session, view, &reason);
        if (!host->show(host->data, name, err))
            return false;
    }
    session->last_view = name;
    /* a lesson explains what there is to see */
    if (host->show && (session->now.key || (session->now.script && input_lesson(session))))
        return true;
    if (host->show && view_waits(view)) /* what it shows is reported once it is ready */
        session->pending_view = view;
    else
        look_tell(session, view, out);
    return true;
}

bool view_verb_show(struct session *session, const char *name, struct output *out, struct err *err)
{
    struct view *view = session_view(session, name, err);
    return view && look_at(session, view, out, err);
}

bool view_verb_command(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    struct view *view = session_view(session, session->now.command->name, err);
    if (!view)
        return false;
    struct args before = args_copy(view_args(view));
    bool good = view_request(view, args, session_scene(session), err);
    if (good && !look_at(session, view, out, err)) {
        view_restore(view, &before);
        good = false;
    }
    args_free(&before);
    return good;
}

/* The animal, model or group of row= is there. */
static bool known_row(struct session *session, const struct option_row *options,
                      const struct args *args, struct err *err)
{
    const struct option_row *row = option_find(options, "row");
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        if (!arg->name || strcmp(arg->name, "row") != 0)
            continue;
        if (row->type == OPTION_ANIMAL) {
            const struct cohort *cohort = session_cohort(session);
            return (cohort && cohort_animal(cohort, arg->value) >= 0) ||
                   err_at(err, ERR_USAGE, arg->column, "no animal '%s'; `animals` lists them",
                          arg->value);
        }
        return session_group(session, arg->value) ||
               session_need_fit(session, arg->value, arg->column, err);
    }
    return true;
}

bool view_verb_tile(struct session *session, const struct args *args, bool *taken, struct err *err)
{
    const struct session_host *host = &session->setup.host;
    const char *name = session->now.command->name;
    struct view *view = session_view(session, name, err);
    *taken = false;
    if (!view || !known_row(session, view_ops_of(view)->options, args, err) ||
        !view_configure(view, args, err))
        return false;
    bool key = session->now.key && host->show;
    if (key && !host->show(host->data, name, err))
        return false;
    *taken = key || (args->n == 1 && args_given(args, "row"));
    return true;
}

bool view_verb_waits(struct session *session, struct output *out)
{
    if (view_waits(session->pending_view))
        return true;
    look_tell(session, session->pending_view, out);
    session->pending_view = NULL;
    return false;
}

bool view_verb_known(const struct arg *arg, const char *verb, struct err *err)
{
    return view_find(arg->value) ||
           err_at(err, ERR_USAGE, arg->column,
                  "%s: no view '%s'; `help` lists the views under Look", verb, arg->value);
}

bool view_verb_screen(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    const char *verb = session->now.command->name;
    const struct session_host *host = &session->setup.host;
    if (host->screen)
        return host->screen(host->data, verb, args, err);
    bool views = session->now.command->positional_type == OPTION_VIEW;
    for (size_t i = 0; i < args->n && views; i++)
        if (!view_verb_known(&args->items[i], verb, err))
            return false;
    output_note(out, "%s: only the full screen does that", verb);
    return true;
}
