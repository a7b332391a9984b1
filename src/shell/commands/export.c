#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/draw/figure.h"
#include "deltaw/study/updates.h"
#include "../export.h"
#include "../replay.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

enum export_kind {
    EXPORT_SVG,
    EXPORT_PDF,
    EXPORT_PNG, /* as enum figure_kind */
    EXPORT_CSV,
    EXPORT_JSON,
    EXPORT_NPZ,
    EXPORT_TXT,
    EXPORT_ANS,
    EXPORT_CAST,
    EXPORT_KINDS
};
static const char *const endings[] = {".svg", ".pdf", ".png", ".csv", ".json",
                                      ".npz", ".txt", ".ans", ".cast"};
#define ENDINGS_TEXT ".csv, .json, .npz, .txt, .ans, .cast, .svg, .pdf or .png"

enum { COLUMN_MM = 89 }; /* one column of a journal */

static const struct option_row export_options[] = {
    {"width", OPTION_NUMBER, 10, 2000, "auto", "auto",
     "of a figure in mm (auto: 89, one column; 183 are two), of text in cells (of a .cast: 80)"},
    {"height", OPTION_NUMBER, 6, 2000, "auto", "auto",
     "of a figure in mm (auto: what suits it), of a .cast in rows (auto: 24)"},
    {"fps", OPTION_NUMBER, .1, 30, NULL, "10", "epochs of a .cast a second"},
    {"theme", OPTION_WORD, 0, 0, "auto|light|dark", "auto",
     "background; auto: light for figures, for .ans that of the terminal"},
    {"font", OPTION_NUMBER, 3, 100, NULL, "7", "letters of a figure in points; lines go with them"},
    {"family", OPTION_TEXT, 0, 0, NULL, "sans",
     "font of a figure, \"DejaVu Serif\"; letters that it lacks are boxes"},
    {"dpi", OPTION_NUMBER, 30, 2400, NULL, "300", "dots per inch of a .png"},
    {"title", OPTION_TEXT, 0, 0, "auto|none", "auto",
     "of a figure; auto: the view's, none: without"},
    {"interval", OPTION_WORD, 0, 0, "model|robust", "model",
     "of updates: the posterior's, or by how the animals scatter (sandwich)"},
    {"caption", OPTION_TEXT, 0, 0, "auto|none", "none",
     "text below a figure; auto: the sentence of the view"},
    {0},
};

struct exporting {
    char *path, *view, *family;
    enum export_kind kind;
    bool grid;
    struct table table;   /* csv, json, npz */
    struct strbuf text;   /* what is written; npz: its JSON */
    struct strbuf replay; /* the epoch shown, in a replay */
    struct figure figure; /* svg, pdf, png */
    struct figure_look look;
    bool robust;         /* of updates: intervals by the sandwich over animals */
    struct model *model; /* of updates: the table is made from them; NULL: a view's */
    struct cohort *cohort;
};

static bool is_figure(enum export_kind kind)
{
    return kind <= EXPORT_PNG;
}

static void export_release(void *data)
{
    struct exporting *e = data;
    table_free(&e->table);
    strbuf_free(&e->text);
    strbuf_free(&e->replay);
    figure_free(&e->figure);
    model_drop(e->model);
    cohort_drop(e->cohort);
    free(e->path);
    free(e->view);
    free(e->family);
    free(e);
}

static bool write_npz(struct exporting *e, struct err *err)
{
    struct npz npz = {0};
    npz_add_text(&npz, "deltaw_json", strbuf_text(&e->text));
    arrays_of_table(&e->table, e->grid, &npz);
    bool good = npz_write(e->path, &npz, err);
    npz_free(&npz);
    return good;
}

static bool export_work(void *data, struct task *task, struct err *err)
{
    (void)task;
    struct exporting *e = data;
    if (e->model && !updates_table(e->model, e->cohort, e->robust, &e->table, err))
        return false;
    if (e->kind == EXPORT_NPZ)
        return write_npz(e, err);
    if (is_figure(e->kind) &&
        !figure_paint(&e->figure, (enum figure_kind)e->kind, &e->look, &e->text, err)) {
        err_prefix(err, "export %s", e->view);
        return false;
    }
    if (e->kind == EXPORT_CSV) {
        table_csv(&e->table, &e->text);
    } else if (e->kind == EXPORT_JSON) {
        table_json(&e->table, &e->text);
        strbuf_putc(&e->text, '\n');
    }
    return outfile_write(e->path, strbuf_text(&e->text), e->text.len, err);
}

static bool export_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session, (void)err;
    struct exporting *e = data;
    const char *path = e->path;
    char rows[NUMBER_SIZE];
    if (is_figure(e->kind))
        output_say(out, "%s: the %s as a figure%s", path, e->view, strbuf_text(&e->replay));
    else if (e->kind >= EXPORT_TXT)
        output_say(out, "%s: the %s as text%s", path, e->view, strbuf_text(&e->replay));
    else
        output_say(out, "%s: the %s, %s rows%s", path, e->view,
                   number_grouped(rows, (long long)e->table.n_rows), strbuf_text(&e->replay));
    output_field_text(out, "file", e->path);
    output_field_text(out, "view", e->view);
    output_field_text(out, "as", endings[e->kind] + 1);
    bool table = !is_figure(e->kind) && e->kind < EXPORT_TXT;
    output_field_number(out, "rows", table ? (double)e->table.n_rows : NAN);
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
    return err_at(err, ERR_USAGE, column,
                  "export: '%s' must end in " ENDINGS_TEXT ", which says what is written", path);
}

/* --- what is written, taken from the view in the main thread ----------------------- */

static bool is_dark(const struct session *session, const struct args *args, bool figure,
                    const struct output *out)
{
    const char *theme = args_text(args, export_options, "theme");
    if (strcmp(theme, "auto") != 0)
        return strcmp(theme, "dark") == 0;
    const char *background = session_setting(session, "background");
    return !figure &&
           (strcmp(background, "auto") == 0 ? out->style.dark : strcmp(background, "dark") == 0);
}

static void take_words(char **kept, const char *asked)
{
    if (strcmp(asked, "auto") == 0)
        return;
    free(*kept);
    *kept = strcmp(asked, "none") == 0 ? NULL : mem_text(asked);
}

static bool take_figure(struct exporting *e, struct view *view, const struct args *args, bool dark,
                        struct err *err)
{
    double width = args_number(args, export_options, "width");
    if (!view_figure(view, dark, &e->figure))
        return err_set(
            err, ERR_FAILED,
            "export %s: this view is a table and no picture; export it as .csv, .npz or .txt",
            e->view);
    take_words(&e->figure.title, args_text(args, export_options, "title"));
    take_words(&e->figure.caption, args_text(args, export_options, "caption"));
    e->family = mem_text(args_text(args, export_options, "family"));
    e->look = (struct figure_look){.width = isnan(width) ? COLUMN_MM : width,
                                   .height = args_number(args, export_options, "height"),
                                   .font = args_number(args, export_options, "font"),
                                   .dpi = args_number(args, export_options, "dpi"),
                                   .family = e->family,
                                   .dark = dark,
                                   .creator = "deltaw " PACKAGE_VERSION};
    return true;
}

static void take_text(struct exporting *e, struct view *view, const struct args *args, bool dark,
                      const struct output *out)
{
    double width = args_number(args, export_options, "width");
    struct style style = {.ascii = out->style.ascii, .dark = dark};
    if (e->kind == EXPORT_ANS)
        style.colours = out->style.colours > 0 ? out->style.colours : 256;
    view_print(view, isnan(width) ? out->width : (int)width, &style, &e->text);
}

static bool take(struct session *session, struct exporting *e, struct view *view,
                 const struct args *args, const struct output *out, struct err *err)
{
    bool dark = is_dark(session, args, is_figure(e->kind), out);
    if (is_figure(e->kind))
        return take_figure(e, view, args, dark, err);
    if (e->kind >= EXPORT_TXT) {
        take_text(e, view, args, dark, out);
        return true;
    }
    if (e->kind == EXPORT_NPZ)
        arrays_tell(session, view, &e->text);
    e->grid = view_ops_of(view)->grid;
    view_table(view, &e->table);
    return true;
}

static bool export_cast(struct session *session, struct view *view, const char *path,
                        const struct args *args, struct output *out, struct err *err)
{
    double width = args_number(args, export_options, "width");
    double height = args_number(args, export_options, "height");
    struct cast_size size = {isnan(width) ? 80 : (int)width, isnan(height) ? 24 : (int)height,
                             args_number(args, export_options, "fps")};
    if (size.width < 20 || size.width > 400 || size.height > 200)
        return err_set(err, ERR_USAGE,
                       "export: a .cast is 20 to 400 cells wide and 6 to 200 rows "
                       "high, not %d x %d",
                       size.width, size.height);
    return cast_start(session, view, path, &size, out, err);
}

/* The updates of the model in use, trial by trial: no view shows them. */
static bool export_updates(struct session *session, const char *path, enum export_kind kind,
                           bool robust, int column, struct err *err)
{
    if (kind != EXPORT_CSV && kind != EXPORT_JSON && kind != EXPORT_NPZ)
        return err_at(err, ERR_USAGE, column,
                      "export updates: '%s' must end in .csv, .json or .npz", path);
    const struct cohort *cohort = session_need_cohort(session, err);
    struct model *model = cohort ? session_need_model(session, NULL, 0, err) : NULL;
    if (!model || !model_meets(model, cohort, err)) {
        model_drop(model);
        return false;
    }
    struct exporting *e = mem_new(1, sizeof *e);
    e->path = path_expand(path);
    e->view = mem_text("updates");
    e->kind = kind;
    e->robust = robust;
    e->model = model;
    e->cohort = cohort_hold(cohort);
    char *settings = model_settings_json(model);
    if (kind == EXPORT_NPZ)
        strbuf_printf(&e->text, "{\"model\": %s, \"interval\": \"%s\"}", settings,
                      robust ? "robust" : "model");
    free(settings);
    return task_start(session, mem_text("writing updates"), e, export_work, export_finish,
                      export_release, err);
}

static bool export_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    const char *name = args_at(args, 0), *path = args_at(args, 1);
    enum export_kind kind = EXPORT_CSV;
    bool updates = strcmp(name, "updates") == 0;
    bool known = updates || capture_can(name) || view_verb_known(&args->items[0], "export", err);
    if (!known || !export_kind_of(path, args->items[1].column, &kind, err))
        return false;
    bool table = kind == EXPORT_CSV || kind == EXPORT_JSON;
    if (capture_can(name) && (table || !view_find(name)))
        return table ? capture_start(session, name, path,
                                     kind == EXPORT_CSV ? OUTPUT_CSV : OUTPUT_JSON, out, err)
                     : err_at(err, ERR_USAGE, args->items[1].column,
                              "export %s: '%s' must end in .csv or .json", name, path);
    bool robust = strcmp(args_text(args, export_options, "interval"), "robust") == 0;
    if (updates)
        return export_updates(session, path, kind, robust, args->items[1].column, err);
    if (robust)
        return err_set(err, ERR_USAGE,
                       "export %s: interval= is of updates; give it to the view itself", name);
    struct view *view = session_view(session, name, err);
    if (!view || !view_update(view, session_scene(session), err)) {
        err_prefix(err, "export %s", name);
        return false;
    }
    if (kind == EXPORT_CAST)
        return export_cast(session, view, path, args, out, err);
    struct exporting *e = mem_new(1, sizeof *e);
    e->path = path_expand(path);
    e->view = mem_text(name);
    e->kind = kind;
    replay_note(session, view, &e->replay);
    if (!take(session, e, view, args, out, err)) {
        export_release(e);
        return false;
    }
    char *label = mem_printf("writing %s", path);
    return task_start(session, label, e, export_work, export_finish, export_release, err);
}

static const struct answer_row export_answer[] = {
    ANSWER_ALSO(tell_file_answer),
    {"view", ANSWER_TEXT, .meaning = "or table"},
    {"as", ANSWER_TEXT, .meaning = "the ending of the file"},
    {"rows", ANSWER_COUNT, .meaning = "null: it is no table"},
    {"frames", ANSWER_COUNT, .sometimes = true, .meaning = "of a film"},
    {"seconds", ANSWER_NUMBER, .sometimes = true},
    {"model", ANSWER_TEXT, .sometimes = true, .meaning = "of a film"},
    {0},
};

const struct command command_export = {
    .name = "export",
    .group = GROUP_KEEP,
    .arguments = "VIEW FILE [name=value]...",
    .summary = "write what a view shows as a figure, as numbers or as text",
    .detail =
        "The view as it was last configured; the ending of FILE says how.  .svg, .pdf and .png "
        "are figures for print and slides, curves and cells as vectors, with the palette of "
        "the screen.  .csv and .json are its table: loss: epoch,seconds,train,held_out,model; map: "
        "a row per cell with its axis values, value, support and se; weights: a row per trial.  "
        ".npz has its columns as arrays for numpy, of a map value[panel,y,x], support, se and "
        "the axes x and y; its deltaw_json has what is needed to repeat it.  .txt is the "
        "sentence and the picture, .ans the same with the colours of the terminal (cat shows "
        "it).  .cast is a film of the view through the epochs of the fit (see replay), an "
        "asciicast that `asciinema play` shows.  Files are written whole or not at all.  "
        "`export updates FILE` (.csv, .json, .npz) writes, of the model in use, a row per "
        "trial: each weight, its update with the 90 % interval where the rule has a posterior "
        "(fit gp), and what the true weights did where they are known.  `export score FILE`, and "
        "animals, data, show, compare and rules in its place, writes what that verb answers: .json "
        "all of it, .csv its tables, or a row a field where there is none.",
    .examples = "export loss loss.csv\nexport map map.csv\nexport map map.npz\n"
                "export map map.txt\nexport map map.ans theme=dark\n"
                "export weights weights.json\n"
                "export updates updates.csv\n"
                "export score score.csv\n"
                "export show show.json\n"
                "export map learning.cast width=100 height=30",
    .options = export_options,
    .positional_type = OPTION_VIEW,
    .first_words = "updates|score|animals|data|show|compare|rules",
    .positional_min = 2,
    .positional_max = 2,
    .following_type = OPTION_FILE,
    .answer = export_answer,
    .writes = true,
    .trial_bytes = 240,
    .run = export_run,
};
