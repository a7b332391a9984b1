/* A film of a view: an asciicast, version 2
 * (https://docs.asciinema.org/manual/asciicast/v2), a JSON header and then one
 * line [seconds, "o", bytes to the terminal] a frame. */
#include "export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "replay.h"

static const double last_seconds = 2; /* the last frame stays */

/* All of it belongs to the task's thread until that ends. */
struct cast {
    char *path;
    struct view *view;
    struct snapshots *snapshots;
    struct model *newest;
    struct fit_status status;
    struct cohort *cohort; /* NULL: none */
    int threads;
    struct cast_size size;
    struct style style;
    struct canvas canvas;
    char **rows; /* [height] as last written, NULL: not yet */
    struct strbuf text, frame;
};

static void cast_release(void *data)
{
    struct cast *c = data;
    view_close(c->view);
    snapshots_free(c->snapshots);
    model_drop(c->newest);
    cohort_drop(c->cohort);
    canvas_free(&c->canvas);
    for (int y = 0; y < c->size.height; y++)
        free(c->rows[y]);
    free(c->rows);
    strbuf_free(&c->text);
    strbuf_free(&c->frame);
    free(c->path);
    free(c);
}

/* --- frames ------------------------------------------------------------------- */

/* The view as it was at snapshot i, or why there is nothing to see. */
static void draw_snapshot(struct cast *c, size_t i)
{
    struct model *model = snapshots_model(c->snapshots, c->newest, i);
    int epoch = c->snapshots->epoch[i], newest = c->snapshots->epoch[c->snapshots->n - 1];
    if (c->cohort && c->cohort->n_trials > 0)
        model->visited = replay_visited(model, c->cohort, epoch);
    struct scene_model seen = {.model = model,
                               .status = c->status,
                               .cohort = c->cohort,
                               .replayed = true,
                               .epoch = epoch,
                               .newest = newest,
                               .final = c->newest};
    struct scene scene = {
        .cohort = c->cohort, .n_models = 1, .models = &seen, .threads = c->threads};
    struct strbuf title = {0};
    struct err reason = {0};
    struct rect area = {0, 1, c->size.width, c->size.height - 1};
    view_update(c->view, &scene, &reason);
    canvas_clear(&c->canvas, (struct rect){0, 0, c->size.width, c->size.height});
    view_title(c->view, &title);
    canvas_text(&c->canvas, 0, 0, c->size.width, strbuf_text(&title), COLOUR_DEFAULT, CELL_BOLD,
                &c->style);
    view_draw(c->view, &c->canvas, area, &c->style);
    strbuf_free(&title);
    model_drop(model);
}

/* The rows that changed. */
static void frame_bytes(struct cast *c, bool first)
{
    if (first)
        strbuf_puts(&c->frame, "\033[?25l\033[2J");
    for (int y = 0; y < c->size.height; y++) {
        struct canvas row = {.width = c->size.width,
                             .height = 1,
                             .cells = c->canvas.cells + (size_t)y * (size_t)c->size.width};
        struct strbuf text = {0};
        canvas_emit(&row, &c->style, &text);
        strbuf_cut(&text, text.len - 1); /* its newline */
        if (c->rows[y] && strcmp(c->rows[y], strbuf_text(&text)) == 0) {
            strbuf_free(&text);
            continue;
        }
        strbuf_printf(&c->frame, "\033[%d;1H%s\033[K", y + 1, strbuf_text(&text));
        free(c->rows[y]);
        c->rows[y] = strbuf_take(&text);
    }
}

static void add_event(struct cast *c, double seconds)
{
    strbuf_printf(&c->text, "[%.6f, \"o\", ", seconds);
    strbuf_json_text(&c->text, strbuf_text(&c->frame));
    strbuf_puts(&c->text, "]\n");
    strbuf_reset(&c->frame);
}

static bool cast_work(void *data, struct task *task, struct err *err)
{
    struct cast *c = data;
    size_t n = c->snapshots->n;
    double end = (double)n / c->size.fps + last_seconds;
    strbuf_printf(&c->text,
                  "{\"version\": 2, \"width\": %d, \"height\": %d, \"duration\": %.6f, \"title\": ",
                  c->size.width, c->size.height, end);
    char *title = mem_printf("deltaw: %s of %s", view_ops_of(c->view)->name, c->newest->name);
    strbuf_json_text(&c->text, title);
    free(title);
    strbuf_puts(&c->text, ", \"env\": {\"TERM\": \"xterm-256color\"}}\n");
    for (size_t i = 0; i < n && !atomic_load(&task->job.stop); i++) {
        draw_snapshot(c, i);
        frame_bytes(c, i == 0);
        add_event(c, (double)i / c->size.fps);
        atomic_store(&task->job.permille, (int)(1000 * (i + 1) / n));
    }
    strbuf_printf(&c->frame, "\033[0m\033[%d;1H\033[?25h", c->size.height);
    add_event(c, end);
    return !atomic_load(&task->job.stop) &&
           outfile_write(c->path, strbuf_text(&c->text), c->text.len, err);
}

static bool cast_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session, (void)err;
    struct cast *c = data;
    const char *path = c->path;
    char buf[NUMBER_SIZE];
    double seconds = (double)c->snapshots->n / c->size.fps + last_seconds;
    output_say(out, "%s: the %s of %s at %zu epochs, %s long; `asciinema play` shows it", path,
               view_ops_of(c->view)->name, c->newest->name, c->snapshots->n,
               number_duration(buf, seconds));
    output_field_text(out, "file", c->path);
    output_field_text(out, "view", view_ops_of(c->view)->name);
    output_field_text(out, "as", "cast");
    output_field_number(out, "rows", NAN);
    output_field_number(out, "frames", (double)c->snapshots->n);
    output_field_number(out, "seconds", seconds);
    output_field_text(out, "model", c->newest->name);
    return true;
}

/* --- starting --------------------------------------------------------------------- */

static struct style cast_style(const struct session *session, const struct output *out)
{
    const char *background = session_setting(session, "background");
    return (struct style){
        .ascii = out->style.ascii, .colours = 256, .dark = strcmp(background, "light") != 0};
}

bool cast_start(struct session *session, const struct view *view, const char *path,
                const struct cast_size *size, struct output *out, struct err *err)
{
    const struct view_ops *ops = view_ops_of(view);
    if (!option_find(ops->options, "model"))
        return err_set(err, ERR_USAGE,
                       "export %s: it shows no model, so there is no fit to make a film of",
                       ops->name);
    if (view_model(view, 1))
        return err_set(err, ERR_USAGE, "export %s: a film shows one model; `%s model=%s` first",
                       ops->name, ops->name, view_model(view, 0));
    struct fit *fit = session_need_fit(session, view_model(view, 0), 0, err);
    if (!fit)
        return false;
    struct snapshots *snapshots = fit_snapshots(fit);
    if (!snapshots)
        return err_set(err, ERR_FAILED,
                       "export: %s has no snapshots of its epochs to make a film of; fits of this "
                       "session have, and files saved with snapshots=yes",
                       fit_name(fit));
    struct view *twin = view_twin(view, err);
    if (!twin) {
        snapshots_free(snapshots);
        return false;
    }
    const struct cohort *cohort = fit_cohort(fit) ? fit_cohort(fit) : session_cohort(session);
    struct cast *c = mem_new(1, sizeof *c);
    *c = (struct cast){.path = path_expand(path),
                       .view = twin,
                       .snapshots = snapshots,
                       .newest = fit_model(fit),
                       .status = fit_status(fit),
                       .cohort = cohort ? cohort_hold(cohort) : NULL,
                       .size = *size,
                       .threads = session_scene(session)->threads,
                       .style = cast_style(session, out)};
    c->status.state = FIT_DONE; /* what is still training is not part of it */
    canvas_init(&c->canvas, size->width, size->height);
    c->rows = mem_new((size_t)size->height, sizeof *c->rows);
    char *label = mem_printf("filming %s", path);
    return task_start(session, label, c, cast_work, cast_finish, cast_release, err);
}
