/* What the view verbs do: lay their arguments over the view's, then show it in
 * a tile, print it, or give its table. */
#include <string.h>

#include "state.h"

static struct style look_style(const struct session *session, const struct output *out)
{
    struct style style = out->style;
    const char *background = session_setting(session, "background");
    if (strcmp(background, "auto") != 0)
        style.dark = strcmp(background, "dark") == 0;
    return style;
}

static void look_data(struct view *view, struct output *out)
{
    struct table table = {0};
    view_table(view, &table);
    output_data(out, view_ops_of(view)->name, &table);
    table_free(&table);
}

bool look_run(struct session *session, const struct args *args, struct output *out,
              struct err *err)
{
    const char *name = session->now.command->name;
    const struct session_host *host = &session->setup.host;
    struct view *view = session_view(session, name, err);
    if (!view || !view_configure(view, args, err))
        return false;
    struct err reason = {0};
    bool shown = view_update(view, session_scene(session), &reason);
    if (host->show && !host->show(host->data, name, err))
        return false;
    if (!shown && !host->show)
        return err_set(err, reason.code, "%s: %s", name, reason.message);
    struct strbuf text = {0};
    if (out->mode == OUTPUT_TEXT && !host->show) {
        struct style style = look_style(session, out);
        view_print(view, out->width, &style, &text);
    } else {
        view_describe(view, &text);
    }
    output_block(out, strbuf_text(&text));
    strbuf_free(&text);
    if (shown && out->mode != OUTPUT_TEXT)
        look_data(view, out);
    return true;
}

bool look_tile(struct session *session, bool *taken, struct err *err)
{
    const struct session_host *host = &session->setup.host;
    *taken = session->now.key && host->show;
    return !*taken || host->show(host->data, session->now.command->name, err);
}

bool look_screen(struct session *session, const struct args *args, struct output *out,
                 struct err *err)
{
    const char *verb = session->now.command->name;
    const struct session_host *host = &session->setup.host;
    if (host->screen)
        return host->screen(host->data, verb, args, err);
    bool views = session->now.command->positional_type == OPTION_VIEW;
    for (size_t i = 0; i < args->n && views; i++)
        if (!view_find(args->items[i].value))
            return err_at(err, ERR_USAGE, args->items[i].column, "%s: no view '%s'; `help` lists "
                          "the views under Look", verb, args->items[i].value);
    output_note(out, "%s: only the full screen does that", verb);
    return true;
}
