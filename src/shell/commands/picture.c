/* `picture`: a view as a true picture, where the terminal draws them. */
#include <stdlib.h>
#include <string.h>

#include "../state.h"
#include "deltaw/draw/picture.h"

static const struct option_row picture_options[] = {
    {"as", OPTION_WORD, 0, 0, "auto|kitty|sixel|cells", "auto",
     "what the terminal takes; auto: what it says that it does, else cells"},
    {0},
};

static enum picture_kind kind_of(const char *as, enum picture_kind own)
{
    return strcmp(as, "kitty") == 0   ? PICTURE_KITTY
           : strcmp(as, "sixel") == 0 ? PICTURE_SIXEL
           : strcmp(as, "cells") == 0 ? PICTURE_NONE
                                      : own;
}

static bool in_cells(struct session *session, const char *name, const char *as, struct output *out,
                     struct err *err)
{
    if (out->mode != OUTPUT_TEXT)
        return err_set(err, ERR_FAILED,
                       "picture: nobody looks at one here; `export %s FILE.png` writes it", name);
    if (strcmp(as, "cells") != 0)
        output_note(out,
                    "picture: no terminal here says that it draws pictures (kitty's or sixels), "
                    "so these are cells; `export %s FILE.png` writes a picture",
                    name);
    return view_verb_show(session, name, out, err);
}

static bool draw_picture(struct session *session, struct view *view,
                         const struct picture_room *room, struct output *out, struct err *err)
{
    const struct session_host *host = &session->setup.host;
    const char *name = view_ops_of(view)->name;
    struct figure figure = {0};
    struct strbuf bytes = {0};
    struct style style = out->style;
    session_look(session, &style);
    bool dark = host->show ? session->style.dark : style.dark;
    bool good = view_update(view, session_scene(session), err) &&
                (view_figure(view, dark, &figure) ||
                 err_set(err, ERR_FAILED, "this view is a table and no picture")) &&
                picture_encode(&figure, room, dark, &bytes, err) &&
                host->picture(host->data, strbuf_text(&bytes), bytes.len, err);
    if (!good)
        err_prefix(err, "picture %s", name);
    figure_free(&figure);
    strbuf_free(&bytes);
    return good;
}

static bool picture_run(struct session *session, const struct args *args, struct output *out,
                        struct err *err)
{
    const struct session_host *host = &session->setup.host;
    const char *name = args_at(args, 0), *as = args_text(args, picture_options, "as");
    struct picture_room room = {0};
    if (!name && !session->last_view)
        return err_set(err, ERR_USAGE,
                       "picture: no view has been looked at yet; name one, as in `picture map`");
    if (name && !view_verb_known(&args->items[0], "picture", err))
        return false;
    name = name ? name : session->last_view;
    if (host->picture_room)
        host->picture_room(host->data, &room);
    room.kind = host->picture ? kind_of(as, room.kind) : PICTURE_NONE;
    output_field_text(out, "view", name);
    output_field_text(out, "as",
                      room.kind == PICTURE_KITTY   ? "kitty"
                      : room.kind == PICTURE_SIXEL ? "sixel"
                                                   : "cells");
    if (room.kind == PICTURE_NONE)
        return in_cells(session, name, as, out, err);
    struct view *view = session_view(session, name, err);
    if (!view || !draw_picture(session, view, &room, out, err))
        return false;
    session->last_view = view_ops_of(view)->name;
    return true;
}

static const struct answer_row picture_answer[] = {
    {"view", .type = ANSWER_TEXT},
    {"as", .type = ANSWER_TEXT},
    {0},
};

const struct command command_picture = {
    .name = "picture",
    .group = GROUP_LOOK,
    .arguments = "[VIEW] [as=auto|kitty|sixel|cells]",
    .summary = "a view as a true picture, where the terminal draws them",
    .detail = "Without a name: the view last looked at.  The full screen makes way for the "
              "picture, and any key brings it back.  Terminals that know kitty's graphics (kitty, "
              "ghostty, WezTerm) or sixels (xterm -ti vt340, foot, mlterm, Konsole) draw it; "
              "sixels need the library libsixel.  Everywhere else the view is shown in cells.  "
              "It is what export writes as .png.",
    .examples = "picture map\npicture slice as=sixel",
    .options = picture_options,
    .positional_type = OPTION_VIEW,
    .positional_max = 1,
    .unlogged = true,
    .answer = picture_answer,
    .run = picture_run,
};
