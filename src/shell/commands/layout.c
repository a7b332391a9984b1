#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/shell/layouts.h"
#include "../state.h"

static const struct option_row layout_options[] = {
    {"text", OPTION_INTEGER, 2, 999, "auto", "auto",
     "rows of the transcript with the prompt; auto: what goes well with the tiles"},
    {0},
};

static const char *candidate_at(void *unused, size_t i)
{
    (void)unused;
    for (size_t n = 0; view_at(n); n++)
        if (n == i)
            return view_at(i)->name;
        else if (!view_at(n + 1))
            return layout_named_at(i - n - 1) ? layout_named_at(i - n - 1)->name : NULL;
    return NULL;
}

static bool check_view(const char *name, int column, struct err *err)
{
    if (view_find(name))
        return true;
    const char *near = nearest_word(name, candidate_at, NULL);
    return err_at(err, ERR_USAGE, column,
                  near ? "layout: there is no view '%s'; did you mean %s?"
                       : "layout: there is no view '%s'; `layout` lists what there is",
                  name, near);
}

/* The tiles of a picture: views between '|', ',' and '/', each perhaps with shares. */
static bool check_picture(const struct arg *arg, struct err *err)
{
    for (const char *at = arg->value;;) {
        size_t n = strcspn(at, "|,/");
        struct layout_tile tile;
        struct err why = {0};
        if (!layout_tile_read(at, n, arg->value, &tile, &why))
            return err_at(err, why.code, arg->column, "%s", why.message);
        if (!check_view(tile.view, arg->column, err))
            return false;
        at += n;
        if (!*at++)
            return true;
    }
}

static const struct column layout_columns[] = {
    {"layout", .type = COLUMN_TEXT},
    {"tiles", .type = COLUMN_TEXT},
    {"what", .type = COLUMN_TEXT},
    {0},
};

static void list_layouts(struct output *out)
{
    struct table table = {0};
    const struct layout_named *row;
    table_declare(&table, layout_columns);
    for (size_t i = 0; (row = layout_named_at(i)); i++)
        table_add(&table, 3, (const char *[]){row->name, row->picture, row->text}, 0, NULL);
    output_table(out, "layouts", &table);
    table_free(&table);
}

bool layout_check(const struct args *args, struct err *err)
{
    const char *first = args_at(args, 0);
    bool word = first && (strcmp(first, "next") == 0 || layout_named_find(first));
    if (word && args_positional(args) > 1)
        return err_set(err, ERR_USAGE, "layout: nothing goes after '%s'", first);
    for (size_t i = 0; i < args->n && !word; i++)
        if (!args->items[i].name && !check_picture(&args->items[i], err))
            return false;
    return true;
}

static bool layout_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    const struct session_host *host = &session->setup.host;
    if (!layout_check(args, err))
        return false;
    if (args->n == 0)
        list_layouts(out);
    if (host->screen)
        return host->screen(host->data, "layout", args, err);
    if (args->n > 0 && !input_lesson(session))
        output_note(out, "layout: only the full screen has tiles");
    return true;
}

static const struct answer_row layout_answer[] = {
    {"layouts", .type = ANSWER_TABLE, .columns = layout_columns, .sometimes = true},
    {0},
};

const struct command command_layout = {
    .name = "layout",
    .group = GROUP_LOOK,
    .arguments = "[NAME|PICTURE|next] [text=ROWS]",
    .summary = "choose the tiles of the full screen",
    .detail = "A picture names the views: '|' or ',' puts them beside each other, '/' above, ':N' "
              "gives one a share of its row's width and ':NxM' its row a share of the height, as "
              "in loss:2|map:3/slice.  Names stand for pictures that suit the size of the screen; "
              "without arguments they are listed.  `layout next` is the next arrangement of the "
              "same tiles: beside each other, above, one, none.  What finds no room waits: Tab "
              "goes on to it.  Elsewhere than in the full screen nothing changes.",
    .examples = "layout\nlayout loss:2|map:3\nlayout weights/map,slice\nlayout default text=8",
    .options = layout_options,
    .positional_type = OPTION_LAYOUT,
    .positional_max = 8,
    .following_type = OPTION_VIEW,
    .at_once = true,
    .answer = layout_answer,
    .run = layout_run,
};
