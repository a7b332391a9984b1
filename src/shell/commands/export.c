#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "../cast.h"
#include "../replay.h"
#include "../state.h"

static const struct option export_table[] = {
    {"width", OPTION_INTEGER, 20, 400, NULL, "80", "cells of a .cast"},
    {"height", OPTION_INTEGER, 6, 200, NULL, "24", "its rows"},
    {"fps", OPTION_NUMBER, .1, 30, NULL, "10", "its epochs a second"},
    {0},
};

enum export_kind { EXPORT_CSV, EXPORT_JSON, EXPORT_TXT, EXPORT_CAST, EXPORT_KINDS };
static const char *const endings[] = {".csv", ".json", ".txt", ".cast"};

struct exporting {
    char *path, *view;
    enum export_kind kind;
    struct table table; /* csv, json */
    struct strbuf replay; /* what it was at, in a replay */
    struct strbuf text; /* txt, or what the thread makes of the table */
};

static void export_release(void *data)
{
    struct exporting *e = data;
    table_free(&e->table);
    strbuf_free(&e->text);
    strbuf_free(&e->replay);
    free(e->path);
    free(e->view);
    free(e);
}

static bool export_work(void *data, struct task *task, struct err *err)
{
    (void)task;
    struct exporting *e = data;
    if (e->kind == EXPORT_CSV) {
        table_csv(&e->table, &e->text);
    } else if (e->kind == EXPORT_JSON) {
        table_json(&e->table, &e->text);
        strbuf_putc(&e->text, '\n');
    }
    return outfile_write(e->path, strbuf_text(&e->text), e->text.len, err);
}

static bool export_finish(struct session *session, void *data, struct output *out,
                          struct err *err)
{
    (void)session, (void)err;
    struct exporting *e = data;
    char *path = clean_text(e->path), rows[NUMBER_SIZE];
    if (e->kind == EXPORT_TXT)
        output_say(out, "%s: the %s as text%s", path, e->view, strbuf_text(&e->replay));
    else
        output_say(out, "%s: the %s, %s rows%s", path, e->view,
                   number_grouped(rows, (long long)e->table.n_rows), strbuf_text(&e->replay));
    output_field_text(out, "file", e->path);
    output_field_number(out, "rows", (double)e->table.n_rows);
    free(path);
    return true;
}

static bool export_kind_of(const char *path, int column, enum export_kind *kind, struct err *err)
{
    size_t n = strlen(path);
    for (int k = 0; k < EXPORT_KINDS; k++) {
        size_t m = strlen(endings[k]);
        if (n > m && strcmp(path + n - m, endings[k]) == 0) {
            *kind = (enum export_kind)k;
            return true;
        }
    }
    return err_at(err, ERR_USAGE, column, "export: '%s' must end in .csv, .json, .txt or .cast, "
                  "which says what is written; this version writes no other kind", path);
}

static bool export_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    const char *name = args_at(args, 0), *path = args_at(args, 1);
    enum export_kind kind = EXPORT_CSV;
    if (!view_find(name))
        return err_at(err, ERR_USAGE, args->items[0].column, "export: no view '%s'; `help` lists "
                      "the views under Look", name);
    if (!export_kind_of(path, args->items[1].column, &kind, err))
        return false;
    struct view *view = session_view(session, name, err);
    if (!view || !view_update(view, session_scene(session), err)) {
        err_prefix(err, "export %s", name);
        return false;
    }
    if (kind == EXPORT_CAST)
        return cast_start(session, view, path,
                          &(struct cast_size){(int)args_integer(args, export_table, "width"),
                                              (int)args_integer(args, export_table, "height"),
                                              args_number(args, export_table, "fps")},
                          out, err);
    struct exporting *e = mem_new(1, sizeof *e);
    e->path = path_expand(path);
    e->view = mem_text(name);
    e->kind = kind;
    replay_note(session, view, &e->replay);
    if (kind == EXPORT_TXT) {
        struct style style = {.ascii = out->style.ascii};
        view_print(view, out->width, &style, &e->text);
    } else {
        view_table(view, &e->table);
    }
    char *clean = clean_text(path), *label = mem_printf("writing %s", clean);
    free(clean);
    return task_start(session, label, e, export_work, export_finish, export_release, err);
}

extern const struct command command_export;
const struct command command_export = {
    .name = "export",
    .group = GROUP_KEEP,
    .arguments = "VIEW FILE [OPTION]...",
    .summary = "write what a view shows to a .csv, .json, .txt or .cast",
    .detail = "The view as it was last configured.  loss: epoch,seconds,train,heldout; map: a row "
              "per cell with its axis values, value and support; weights: a row per trial.  .txt "
              "is the sentence and the picture.  .cast is a film of the view through the epochs "
              "of the fit (see replay), an asciicast that `asciinema play` shows.  Files are written whole or not at all.",
    .examples = "export loss loss.csv\nexport map map.csv\nexport map map.txt\n"
                "export weights weights.json\nexport map learning.cast width=100 height=30",
    .options = export_table,
    .positional_type = OPTION_VIEW,
    .positional_min = 2,
    .positional_max = 2,
    .following_type = OPTION_FILE,
    .run = export_run,
};
