/* loss: how well each model predicts the choices, over the epochs of its fit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/draw/plot.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "numbers.h"
#include "source.h"
#include "watch.h"
#include "loss.h"

static const struct option_row loss_options[] = {
    {"model", OPTION_MODEL, 0, 0, "auto|all", "auto",
     "the model to show; auto: the one in use and those being fitted; all: every one"},
    {"x", OPTION_WORD, 0, 0, "epoch|seconds", "epoch", "what the losses are shown against"},
    {"log", OPTION_WORD, 0, 0, "yes|no", "no", "a logarithmic loss axis"},
    {"from", OPTION_INTEGER, 0, 1e9, NULL, "0", "leave out the epochs before this one"},
    {0},
};

static bool loss_configure(void *state, const struct args *args, struct err *err)
{
    struct loss_state *s = state;
    (void)err;
    const char *model = choose_text(args, loss_options, "model");
    free(s->model);
    s->model = model ? mem_text(model) : NULL;
    s->log = strcmp(args_text(args, loss_options, "log"), "yes") == 0;
    s->by_seconds = strcmp(args_text(args, loss_options, "x"), "seconds") == 0;
    s->from = (int)args_integer(args, loss_options, "from");
    return true;
}

static bool loss_check(const void *state, const struct scene *scene, struct err *err)
{
    const struct loss_state *s = state;
    return !s->model || strcmp(s->model, "all") == 0 || view_source_pick(scene, s->model, err);
}

static void lines_free(struct loss_state *s)
{
    for (size_t i = 0; i < s->n_lines; i++) {
        struct loss_line *line = &s->lines[i];
        free(line->name);
        free(line->epoch);
        free(line->seconds);
        free(line->train);
        free(line->held_out);
    }
    free(s->lines);
    s->lines = NULL;
    s->n_lines = 0;
    s->main = 0;
}

static void line_point(struct loss_line *line, double epoch, double seconds, double train,
                       double held_out)
{
    line->epoch[line->n] = epoch;
    line->seconds[line->n] = seconds;
    line->train[line->n] = train;
    line->held_out[line->n] = held_out;
    line->n++;
    line->any_heldout = line->any_heldout || isfinite(held_out);
}

static void line_take(struct loss_line *line, const struct scene_model *from, int colour)
{
    const struct model *model = from->model;
    size_t room = model->n_history + 1;
    line->name = mem_text(model->name);
    line->colour = colour;
    line->status = from->status;
    line->replayed = from->replayed;
    line->network = model->rule->network;
    line->seen = from->epoch;
    line->newest = from->newest;
    line->epoch = mem_new(room, sizeof(double));
    line->seconds = mem_new(room, sizeof(double));
    line->train = mem_new(room, sizeof(double));
    line->held_out = mem_new(room, sizeof(double));
    for (size_t i = 0; i < model->n_history; i++) {
        const struct epoch_loss *h = &model->history[i];
        line_point(line, h->epoch, h->seconds, h->train, h->held_out);
    }
    const struct fit_status *st = &line->status;
    bool newer = line->n == 0 || st->epoch > line->epoch[line->n - 1];
    if (st->state != FIT_OPENED && newer && isfinite(st->train))
        line_point(line, st->epoch, st->seconds, st->train, st->held_out);
}

static bool loss_update(void *state, const struct scene *scene, bool pending, struct view_job **job,
                        struct err *err)
{
    struct loss_state *s = state;
    (void)pending, (void)job;
    bool all = s->model && strcmp(s->model, "all") == 0;
    const struct scene_model *main = view_source_pick(scene, all ? NULL : s->model, err);
    lines_free(s);
    if (!main)
        return false;
    s->lines = mem_new(scene->n_models, sizeof *s->lines);
    size_t points = 0;
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct scene_model *m = &scene->models[i];
        if (m != main && !all && (s->model || !view_source_running(m)))
            continue;
        if (m == main)
            s->main = s->n_lines;
        struct loss_line *line = &s->lines[s->n_lines++];
        line_take(line, m, (int)i);
        points += line->n;
    }
    if (points == 0 && view_source_running(main)) {
        return err_set(err, ERR_FAILED, "%s is at its first %s", main->model->name,
                       main->model->rule->network ? "epoch" : "evaluation");
    }
    if (points == 0 && main->status.state != FIT_OPENED) {
        return err_set(err, ERR_FAILED, "%s is %s before its first %s", main->model->name,
                       fit_state_name(main->status.state),
                       main->model->rule->network ? "epoch" : "evaluation");
    }
    if (points == 0) {
        return err_set(err, ERR_FAILED,
                       "%s has no history of losses: its file holds the "
                       "parameters alone; `score` says how well it predicts",
                       main->model->name);
    }
    return true;
}

static void loss_title(const void *state, struct strbuf *out)
{
    const struct loss_state *s = state;
    strbuf_puts(out, "loss (nats/trial)");
    if (s->n_lines == 1)
        strbuf_printf(out, " · %s", s->lines[0].name);
}

/* Where the points of a line are on the axis: [n] */
static const double *line_x(const struct loss_state *s, const struct loss_line *line)
{
    return s->by_seconds ? line->seconds : line->epoch;
}

/* The axis grows with a running fit in steps, so that it is still most of the time; a
 * finished fit takes the whole width. */
static double axis_end(const struct loss_state *s)
{
    double end = s->by_seconds ? 1e-3 : 1;
    for (size_t i = 0; i < s->n_lines; i++) {
        const struct loss_line *line = &s->lines[i];
        double last = line->n > 0 ? line_x(s, line)[line->n - 1] : 0;
        if (view_source_active(line->status.state)) {
            double least = s->by_seconds ? 1 : 10, room = numbers_nice(last > least ? last : least);
            last = s->by_seconds || room < line->status.epochs ? room : line->status.epochs;
        }
        end = last > end ? last : end;
    }
    return end;
}

/* First point at or after the epoch the axis begins at. */
static size_t line_first(const struct loss_state *s, const struct loss_line *line)
{
    size_t first = 0;
    while (first + 1 < line->n && line->epoch[first] < s->from)
        first++;
    return first;
}

/* Where the axis begins: at from=, in its unit. */
static double axis_begin(const struct loss_state *s)
{
    double begin = INFINITY;
    if (!s->by_seconds || s->from == 0)
        return s->from;
    for (size_t i = 0; i < s->n_lines; i++) {
        const struct loss_line *line = &s->lines[i];
        if (line->n > 0)
            begin = fmin(begin, line->seconds[line_first(s, line)]);
    }
    return isfinite(begin) ? begin : 0;
}

size_t loss_seen(const struct loss_line *line, size_t first)
{
    size_t end = line->n;
    while (line->replayed && end > first + 1 && line->epoch[end - 1] > line->seen)
        end--;
    return end;
}

/* A curve; what comes after the epoch of a replay is dim. */
static size_t add_curve(struct curve *out, struct curve curve, size_t seen)
{
    size_t n = 0;
    if (seen < curve.n) {
        out[n] = curve;
        out[n].label = NULL;
        out[n].n = curve.n - seen + 1;
        out[n].x += seen - 1;
        out[n].y += seen - 1;
        out[n++].attributes = CELL_DIM;
        curve.n = seen;
    }
    out[n++] = curve;
    return n;
}

static size_t add_curves(const struct loss_state *s, struct curve *curves, char (*labels)[80])
{
    size_t n = 0;
    bool said_heldout = false;
    bool one = s->n_lines == 1;
    for (size_t i = 0; i < s->n_lines; i++) {
        const struct loss_line *line = &s->lines[i];
        size_t first = line_first(s, line);
        if (line->n == 0)
            continue;
        snprintf(labels[i], sizeof labels[i], "%s", one ? "train" : line->name);
        size_t seen = loss_seen(line, first) - first;
        struct curve curve = {
            .label = labels[i],
            .n = line->n - first,
            .x = line_x(s, line) + first,
            .y = line->train + first,
            .stroke = STROKE_SOLID,
            .colour = line->colour,
        };
        n += add_curve(curves + n, curve, seen);
        if (line->any_heldout) {
            curve.label = said_heldout ? NULL : "held out";
            curve.y = line->held_out + first;
            curve.stroke = STROKE_DASHED;
            curve.colour = one ? line->colour + 1 : line->colour;
            n += add_curve(curves + n, curve, seen);
            said_heldout = true;
        }
    }
    return n;
}

/* Searches count evaluations; beside a network's epochs that need not be said. */
static const char *steps_word(const struct loss_state *s)
{
    for (size_t i = 0; i < s->n_lines; i++)
        if (s->lines[i].network)
            return "epoch";
    return "evaluation";
}

static void loss_draw(void *state, struct canvas *canvas, struct rect area,
                      const struct style *style)
{
    struct loss_state *s = state;
    struct curve *curves = mem_new(4 * s->n_lines, sizeof *curves);
    const struct loss_line *main = &s->lines[s->main];
    const double begin = axis_begin(s), end = axis_end(s);
    double mark = main->seen;
    if (s->by_seconds && main->n > 0)
        mark = main->seconds[loss_seen(main, 0) - 1];
    char(*labels)[80] = mem_new(s->n_lines, sizeof *labels);
    struct line_plot plot = {
        .x_label = s->by_seconds ? "seconds" : steps_word(s),
        .y_title = "loss (nats per trial)",
        .x_lo = begin,
        .x_hi = end > begin ? end : begin + 1,
        .y_lo = NAN,
        .y_hi = NAN,
        .y_log = s->log,
        .curves = curves,
        .n_marks = main->replayed,
        .marks = &mark,
        .marks_plain = true,
    };
    plot.n_curves = add_curves(s, curves, labels);
    line_plot_draw(&plot, canvas, area, style);
    free(curves);
    free(labels);
}

static bool loss_key(void *state, const char *key, struct strbuf *command)
{
    const struct loss_state *s = state;
    if (strcmp(key, "l") == 0) {
        strbuf_printf(command, "loss log=%s", s->log ? "no" : "yes");
        return true;
    }
    if (strcmp(key, "a") == 0) {
        bool all = s->model && strcmp(s->model, "all") == 0;
        strbuf_printf(command, "loss model=%s", all ? "auto" : "all");
        return true;
    }
    if (strcmp(key, "f") == 0) { /* the second half of what there is, or all again */
        const struct loss_line *line = &s->lines[s->main];
        int half = line->n > 0 ? (int)(line->epoch[line->n - 1] / 2) : 0;
        strbuf_printf(command, "loss from=%d", s->from > 0 ? 0 : half);
        return true;
    }
    return false;
}

static void loss_release(void *state)
{
    struct loss_state *s = state;
    lines_free(s);
    free(s->model);
}

const struct view_ops loss_view = {
    .name = "loss",
    .summary = "loss of the fits over their epochs, in nats per scored trial",
    .keys = "a all models  f second half/all  l log axis  e export  y copy  z zoom",
    .options = loss_options,
    .state_size = sizeof(struct loss_state),
    .configure = loss_configure,
    .check = loss_check,
    .update = loss_update,
    .title = loss_title,
    .draw = loss_draw,
    .describe = loss_describe,
    .table = loss_table,
    .fields = loss_fields,
    .answer = loss_answer,
    .key = loss_key,
    .release = loss_release,
};
