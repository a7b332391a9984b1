/* jobs: the fits as they train, one a row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/view/view.h"
#include "list.h"
#include "source.h"
#include "watch.h"
#include "wording.h"

static const struct option_row jobs_options[] = {
    {"row", OPTION_MODEL, 0, 0, NULL, NULL, "the row that keys of the tile act on"},
    {0},
};

const struct column view_jobs_columns[] = {
    {"name", COLUMN_TEXT, .meaning = "of the model, or of a group of fits"},
    {"rule", COLUMN_TEXT, .seen = SEEN_DATA | SEEN_TILE, .rank = 9},
    {"group", COLUMN_TEXT, .seen = SEEN_DATA, .meaning = "empty: it is in none"},
    {"state", COLUMN_TEXT, .rank = 2},
    {"epoch", COLUMN_COUNT, .rank = 3, .meaning = "epochs, or evaluations of the likelihood"},
    {"of", COLUMN_COUNT, .rank = 4, .meaning = "epochs asked for; null: it is not known"},
    {"share", COLUMN_SHARE, .heading = "", .seen = SEEN_TILE, .rank = 6},
    {"loss", COLUMN_FIXED, 4, .rank = 1, .meaning = "nats per scored trial of training"},
    {"held_out", COLUMN_FIXED, 4, .optional = true, .rank = 7,
     .meaning = "the same of animals held out"},
    {"ms_per_epoch", COLUMN_NUMBER, 3, "ms/epoch", .rank = 8},
    {"seconds", COLUMN_SECONDS, .seen = SEEN_DATA, .meaning = "that it has worked"},
    {"seconds_left", COLUMN_SECONDS, .heading = "ETA", .optional = true, .rank = 5},
    {0},
};

const struct column view_groups_columns[] = {
    {"name", .type = COLUMN_TEXT},
    {"of", COLUMN_COUNT, .meaning = "fits"},
    {"done", .type = COLUMN_COUNT},
    {"training", .type = COLUMN_COUNT},
    {"queued", .type = COLUMN_COUNT},
    {"seconds_left", .type = COLUMN_SECONDS},
    {0},
};

struct jobs_state {
    struct list list;
    struct table table; /* of all fits */
    size_t in_use;      /* row of the model in use, else the last */
    size_t n_training, n_queued, n_over;
    size_t n_groups;       /* the first rows */
    struct strbuf words;   /* of those that train */
    bool *active, *paused; /* [n_rows] */
};

void view_jobs_row(const struct scene_job *job, struct table *out)
{
    const struct fit_status *s = &job->status;
    bool network = job->rule->network; /* otherwise it is not known how far the end is */
    bool left = network && s->state == FIT_RUNNING;
    table_add(out, 4,
              (const char *[]){job->name, job->rule->name, job->group ? job->group : "",
                               fit_state_name(s->state)},
              8,
              (double[]){s->epoch, network ? s->epochs : NAN,
                         network && s->epochs ? (double)s->epoch / s->epochs : NAN, s->train,
                         s->held_out, s->seconds_per_epoch > 0 ? 1e3 * s->seconds_per_epoch : NAN,
                         s->seconds, left ? s->seconds_left : NAN});
}

static void group_row(const struct scene_group *group, struct table *out)
{
    const struct job_progress *p = &group->progress;
    enum fit_state state = p->running ? FIT_RUNNING : p->queued ? FIT_QUEUED : FIT_DONE;
    table_add(out, 4, (const char *[]){group->name, "group", "", fit_state_name(state)}, 8,
              (double[]){p->done, p->n, (double)p->done / (double)p->n, NAN, NAN, NAN, NAN,
                         p->running ? p->seconds_left : NAN});
}

/* People see a group as one, and of its fits those that train. */
static bool is_seen(const struct scene_job *job)
{
    return job->status.state != FIT_OPENED && (!job->group || job->status.state == FIT_RUNNING);
}

void view_jobs_table(const struct scene *scene, bool people, struct table *out)
{
    table_declare(out, view_jobs_columns);
    for (size_t i = 0; people && i < scene->n_groups; i++)
        group_row(&scene->groups[i], out);
    for (size_t i = 0; i < scene->n_jobs; i++)
        if (people ? is_seen(&scene->jobs[i]) : scene->jobs[i].status.state != FIT_OPENED)
            view_jobs_row(&scene->jobs[i], out);
}

void view_groups_table(const struct scene *scene, struct table *out)
{
    table_declare(out, view_groups_columns);
    for (size_t i = 0; i < scene->n_groups; i++) {
        const struct job_progress *p = &scene->groups[i].progress;
        table_add(out, 1, (const char *[]){scene->groups[i].name}, 5,
                  (double[]){p->n, p->done, p->running, p->queued, p->seconds_left});
    }
}

/* Marks the row that was added last. */
static void mark_row(struct jobs_state *s, bool active, bool paused, int colour)
{
    size_t n = s->list.table.n_rows;
    s->active = mem_resize(s->active, n, sizeof *s->active);
    s->paused = mem_resize(s->paused, n, sizeof *s->paused);
    s->active[n - 1] = active;
    s->paused[n - 1] = paused;
    list_colour(&s->list, colour);
}

/* "dnn1 412 of 1000 epochs, loss .5031, 8 s to go" */
static void say_job(const struct scene_job *job, struct strbuf *out)
{
    const struct fit_status *s = &job->status;
    char buf[NUMBER_SIZE];
    strbuf_printf(out, "%s%s ", out->len ? "; " : "", job->name);
    if (job->rule->network)
        strbuf_printf(out, "%d of %d epochs", s->epoch, s->epochs);
    else
        strbuf_printf(out, "%d evaluations", s->epoch);
    if (isfinite(s->train))
        strbuf_printf(out, ", loss %s", number_fixed(buf, s->train, 4, false));
    if (s->state == FIT_PAUSED)
        strbuf_puts(out, ", paused");
    else if (job->rule->network && !isnan(s->seconds_left))
        strbuf_printf(out, ", %s to go", number_duration(buf, s->seconds_left));
}

/* "cv 37 of 140 fits, 2 min to go" */
static void say_group(const struct scene_group *group, struct strbuf *out)
{
    const struct job_progress *p = &group->progress;
    char buf[NUMBER_SIZE];
    strbuf_printf(out, "%s%s %zu of %zu fits", out->len ? "; " : "", group->name, p->done, p->n);
    if (p->done < p->n && !isnan(p->seconds_left))
        strbuf_printf(out, ", %s to go", number_duration(buf, p->seconds_left));
}

static bool jobs_configure(void *state, const struct args *args, struct err *err)
{
    struct jobs_state *s = state;
    (void)err;
    list_go(&s->list, args_text(args, jobs_options, "row"));
    return true;
}

static void jobs_clear(struct jobs_state *s)
{
    list_clear(&s->list);
    table_free(&s->table);
    strbuf_reset(&s->words);
    s->n_training = s->n_queued = s->n_over = s->in_use = 0;
}

static bool jobs_update(void *state, const struct scene *scene, bool pending, struct view_job **job,
                        struct err *err)
{
    struct jobs_state *s = state;
    (void)pending, (void)job;
    jobs_clear(s);
    view_jobs_table(scene, false, &s->table);
    table_declare(&s->list.table, view_jobs_columns);
    s->n_groups = scene->n_groups;
    for (size_t i = 0; i < scene->n_groups; i++) {
        const struct job_progress *p = &scene->groups[i].progress;
        group_row(&scene->groups[i], &s->list.table);
        mark_row(s, p->done < p->n, false, -1);
        say_group(&scene->groups[i], &s->words);
    }
    for (size_t i = 0; i < scene->n_jobs; i++) {
        const struct scene_job *fit = &scene->jobs[i];
        enum fit_state now = fit->status.state;
        s->n_training += now == FIT_RUNNING;
        s->n_queued += now == FIT_QUEUED;
        s->n_over += now != FIT_OPENED && !view_source_active(now);
        if (!is_seen(fit))
            continue;
        if (fit->model <= scene->current || scene->current < 0)
            s->in_use = s->list.table.n_rows;
        view_jobs_row(fit, &s->list.table);
        mark_row(s, view_source_active(now), now == FIT_PAUSED, (int)fit->model);
        if (now == FIT_RUNNING || now == FIT_PAUSED)
            say_job(fit, &s->words);
    }
    if (s->list.table.n_rows == 0) {
        return err_set(err, ERR_FAILED,
                       scene->cohort ? "no fits yet; `fit dnn` starts one"
                                     : WORDING_NO_TRIALS ", then `fit gp`");
    }
    return true;
}

/* "2 training, 3 queued, 1 over" */
static void say_counts(const struct jobs_state *s, struct strbuf *out)
{
    strbuf_printf(out, "%zu training, ", s->n_training);
    if (s->n_queued)
        strbuf_printf(out, "%zu queued, ", s->n_queued);
    strbuf_printf(out, "%zu over", s->n_over);
}

static void jobs_title(const void *state, struct strbuf *out)
{
    const struct jobs_state *s = state;
    strbuf_puts(out, "jobs (loss in nats/trial)");
    if (s->list.table.n_rows > 0) {
        strbuf_puts(out, " · ");
        say_counts(s, out);
    }
}

static void jobs_draw(void *state, struct canvas *canvas, struct rect area,
                      const struct style *style)
{
    struct jobs_state *s = state;
    list_draw(&s->list, list_cursor(&s->list, s->in_use), canvas, area, style);
}

static void jobs_describe(const void *state, struct strbuf *out)
{
    const struct jobs_state *s = state;
    size_t n = s->table.n_rows;
    strbuf_printf(out, "%zu fit%s, ", n, n == 1 ? "" : "s");
    say_counts(s, out);
    if (s->words.len)
        strbuf_printf(out, ": %s", strbuf_text(&s->words));
    strbuf_putc(out, '.');
}

static void jobs_data(const void *state, struct table *out)
{
    const struct jobs_state *s = state;
    table_copy(&s->table, out);
}

static bool jobs_key(void *state, const char *key, struct strbuf *command)
{
    struct jobs_state *s = state;
    size_t row = list_cursor(&s->list, s->in_use);
    const char *verb = strcmp(key, "enter") == 0   ? "use"
                       : strcmp(key, "space") == 0 ? (s->paused[row] ? "resume" : "pause")
                       : strcmp(key, "x") == 0     ? "stop"
                                                   : NULL;
    if (!verb)
        return list_key(&s->list, s->in_use, "jobs", key, command);
    bool use = strcmp(verb, "use") == 0; /* what is over cannot be paused, a group not used */
    if (use ? row >= s->n_groups : s->active[row]) {
        strbuf_printf(command, "%s ", verb);
        args_word(list_name(&s->list, row), command);
    }
    return true;
}

static void jobs_release(void *state)
{
    struct jobs_state *s = state;
    jobs_clear(s);
    list_free(&s->list);
    strbuf_free(&s->words);
    free(s->active);
    free(s->paused);
}

const struct view_ops jobs_view = {
    .name = "jobs",
    .summary = "the fits: state, epoch, losses, rate, time left",
    .keys = "arrows row  Enter use  Space pause/resume  x stop  e export  y copy  z zoom",
    .options = jobs_options,
    .state_size = sizeof(struct jobs_state),
    .configure = jobs_configure,
    .update = jobs_update,
    .title = jobs_title,
    .draw = jobs_draw,
    .describe = jobs_describe,
    .table = jobs_data,
    .key = jobs_key,
    .release = jobs_release,
};
