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

static const struct option_row jobs_options[] = {
    {"row", OPTION_MODEL, 0, 0, NULL, NULL, "the row that keys of the tile act on"},
    {0},
};

enum {
    JOB_NAME,
    JOB_RULE,
    JOB_STATE,
    JOB_EPOCH,
    JOB_BAR,
    JOB_LOSS,
    JOB_HELDOUT,
    JOB_RATE,
    JOB_ETA,
    JOB_COLUMNS
};

static const struct list_column columns[JOB_COLUMNS] = {
    {"name", false, 0, false},    {"rule", false, 9, false},    {"state", false, 2, false},
    {"epoch", true, 3, false},    {"", false, 5, true},         {"loss", true, 1, false},
    {"held out", true, 6, false}, {"ms/epoch", true, 7, false}, {"ETA", true, 4, false},
};

struct jobs_state {
    struct list list;
    struct table table;
    size_t in_use; /* row of the model in use, else the last */
    size_t n_training, n_queued, n_over;
    size_t n_groups;       /* the first rows */
    struct strbuf words;   /* of those that train */
    bool *active, *paused; /* [n_rows] */
};

/* A row of the list: a fit, or a group of them. */
struct row {
    const char *name, *rule, *state;
    int at, of; /* epochs, or fits that are over; of 0: not known */
    double train, heldout, ms_per_epoch, seconds_left; /* NaN: not told */
};

static struct row row_of(const struct scene_job *job)
{
    const struct fit_status *status = &job->status;
    bool network = job->rule->network; /* otherwise it is not known how far the end is */
    bool left = network && status->state == FIT_RUNNING;
    return (struct row){
        .name = job->name,
        .rule = job->rule->name,
        .state = fit_state_name(status->state),
        .at = status->epoch,
        .of = network ? status->epochs : 0,
        .train = status->train,
        .heldout = status->heldout,
        .ms_per_epoch = status->seconds_per_epoch > 0 ? 1e3 * status->seconds_per_epoch : NAN,
        .seconds_left = left ? status->seconds_left : NAN,
    };
}

static struct row row_of_group(const struct scene_group *group)
{
    const struct job_progress *p = &group->progress;
    return (struct row){
        .name = group->name,
        .rule = "group",
        .state = fit_state_name(p->running  ? FIT_RUNNING
                                : p->queued ? FIT_QUEUED
                                            : FIT_DONE),
        .at = (int)p->done,
        .of = (int)p->n,
        .train = NAN,
        .heldout = NAN,
        .ms_per_epoch = NAN,
        .seconds_left = p->running ? p->seconds_left : NAN,
    };
}

/* People see a group as one, and of its fits those that train. */
static bool is_seen(const struct scene_job *job)
{
    return job->status.state != FIT_OPENED && (!job->group || job->status.state == FIT_RUNNING);
}

static void people_row(const struct row *row, struct table *out)
{
    char buf[NUMBER_SIZE];
    table_row(out);
    table_text(out, 0, row->name);
    table_text(out, 1, row->state);
    table_number(out, 2, row->at);
    table_number(out, 3, row->of ? row->of : NAN);
    table_number(out, 4, row->train);
    table_number(out, 5, row->heldout);
    table_number(out, 6, row->ms_per_epoch);
    if (!isnan(row->seconds_left))
        table_text(out, 7, number_duration(buf, row->seconds_left));
}

static void people_table(const struct scene *scene, struct table *out)
{
    table_column(out, "name", COLUMN_TEXT, 0);
    table_column(out, "state", COLUMN_TEXT, 0);
    table_column(out, "epoch", COLUMN_COUNT, 0);
    table_column(out, "of", COLUMN_COUNT, 0);
    table_column(out, "loss", COLUMN_NUMBER, 4);
    table_column(out, "held out", COLUMN_NUMBER, 4);
    table_column(out, "ms/epoch", COLUMN_NUMBER, 3);
    table_column(out, "ETA", COLUMN_TEXT, 0);
    for (size_t i = 0; i < scene->n_groups; i++) {
        struct row row = row_of_group(&scene->groups[i]);
        people_row(&row, out);
    }
    for (size_t i = 0; i < scene->n_jobs; i++) {
        struct row row = row_of(&scene->jobs[i]);
        if (is_seen(&scene->jobs[i]))
            people_row(&row, out);
    }
}

void view_jobs_table(const struct scene *scene, bool people, struct table *out)
{
    static const char *const names[] = {"name",         "rule",    "group",       "state",
                                        "epoch",        "of",      "loss",        "heldout",
                                        "ms_per_epoch", "seconds", "seconds_left"};
    if (people) {
        people_table(scene, out);
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        table_column(out, names[i], i < 4 ? COLUMN_TEXT : i < 6 ? COLUMN_COUNT : COLUMN_NUMBER, 4);
    for (size_t i = 0; i < scene->n_jobs; i++) {
        const struct scene_job *job = &scene->jobs[i];
        struct row row = row_of(job);
        if (job->status.state == FIT_OPENED)
            continue;
        table_row(out);
        table_text(out, 0, row.name);
        table_text(out, 1, row.rule);
        table_text(out, 2, job->group ? job->group : "");
        table_text(out, 3, row.state);
        table_number(out, 4, row.at);
        table_number(out, 5, row.of ? row.of : NAN);
        table_number(out, 6, row.train);
        table_number(out, 7, row.heldout);
        table_number(out, 8, row.ms_per_epoch);
        table_number(out, 9, job->status.seconds);
        table_number(out, 10, row.seconds_left);
    }
}

void view_groups_table(const struct scene *scene, struct table *out)
{
    static const char *const names[] = {"name", "of", "done", "training", "queued", "seconds_left"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        table_column(out, names[i], i == 0 ? COLUMN_TEXT : i < 5 ? COLUMN_COUNT : COLUMN_NUMBER, 4);
    for (size_t i = 0; i < scene->n_groups; i++) {
        const struct job_progress *p = &scene->groups[i].progress;
        table_row(out);
        table_text(out, 0, scene->groups[i].name);
        table_number(out, 1, (double)p->n);
        table_number(out, 2, (double)p->done);
        table_number(out, 3, (double)p->running);
        table_number(out, 4, (double)p->queued);
        table_number(out, 5, p->seconds_left);
    }
}

static char *loss_cell(double loss)
{
    char buf[NUMBER_SIZE];
    return mem_text(isnan(loss) ? "" : number_fixed(buf, loss, 4, false));
}

static size_t add_row(struct jobs_state *s, const struct row *r, int colour)
{
    size_t row = list_row(&s->list, colour);
    char buf[NUMBER_SIZE];
    list_set(&s->list, row, JOB_NAME, mem_text(r->name));
    list_set(&s->list, row, JOB_RULE, mem_text(r->rule));
    list_set(&s->list, row, JOB_STATE, mem_text(r->state));
    list_set(&s->list, row, JOB_EPOCH,
             r->of ? mem_printf("%d/%d", r->at, r->of) : mem_printf("%d", r->at));
    if (r->of)
        list_set(&s->list, row, JOB_BAR, mem_printf("%.4f", (double)r->at / r->of));
    list_set(&s->list, row, JOB_LOSS, loss_cell(r->train));
    list_set(&s->list, row, JOB_HELDOUT, loss_cell(r->heldout));
    if (!isnan(r->ms_per_epoch)) {
        list_set(&s->list, row, JOB_RATE,
                 mem_text(number_format(buf, r->ms_per_epoch, r->ms_per_epoch < 100 ? 2 : 3)));
    }
    if (!isnan(r->seconds_left))
        list_set(&s->list, row, JOB_ETA, mem_text(number_duration(buf, r->seconds_left)));
    s->active = mem_resize(s->active, row + 1, sizeof *s->active);
    s->paused = mem_resize(s->paused, row + 1, sizeof *s->paused);
    return row;
}

static void add_job(struct jobs_state *s, const struct scene_job *job)
{
    struct row r = row_of(job);
    enum fit_state state = job->status.state;
    size_t row = add_row(s, &r, (int)job->model);
    s->active[row] = source_active(state);
    s->paused[row] = state == FIT_PAUSED;
}

static void add_group(struct jobs_state *s, const struct scene_group *group)
{
    struct row r = row_of_group(group);
    size_t row = add_row(s, &r, -1);
    s->active[row] = group->progress.done < group->progress.n;
    s->paused[row] = false;
}

/* "dnn1 412 of 1000 epochs, loss .5031, 8 s to go" */
static void say_job(const struct scene_job *job, struct strbuf *out)
{
    struct row r = row_of(job);
    char buf[NUMBER_SIZE];
    strbuf_printf(out, "%s%s ", out->len ? "; " : "", r.name);
    if (job->rule->network)
        strbuf_printf(out, "%d of %d epochs", r.at, r.of);
    else
        strbuf_printf(out, "%d evaluations", r.at);
    if (isfinite(r.train))
        strbuf_printf(out, ", loss %s", number_fixed(buf, r.train, 4, false));
    if (job->status.state == FIT_PAUSED)
        strbuf_puts(out, ", paused");
    else if (job->rule->network && !isnan(job->status.seconds_left))
        strbuf_printf(out, ", %s to go", number_duration(buf, job->status.seconds_left));
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
    list_clear(&s->list, columns, JOB_COLUMNS);
    table_free(&s->table);
    memset(&s->table, 0, sizeof s->table);
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
    s->n_groups = scene->n_groups;
    for (size_t i = 0; i < scene->n_groups; i++) {
        add_group(s, &scene->groups[i]);
        say_group(&scene->groups[i], &s->words);
    }
    for (size_t i = 0; i < scene->n_jobs; i++) {
        const struct scene_job *fit = &scene->jobs[i];
        enum fit_state now = fit->status.state;
        s->n_training += now == FIT_RUNNING;
        s->n_queued += now == FIT_QUEUED;
        s->n_over += now != FIT_OPENED && !source_active(now);
        if (!is_seen(fit))
            continue;
        if (fit->model <= scene->current || scene->current < 0)
            s->in_use = s->list.n_rows;
        add_job(s, fit);
        if (now == FIT_RUNNING || now == FIT_PAUSED)
            say_job(fit, &s->words);
    }
    if (s->list.n_rows == 0) {
        return err_set(
            err, ERR_FAILED,
            scene->cohort
                ? "no fits yet; `fit dnn` starts one"
                : "nothing loaded yet; `load FILE` or `simulate reinforce`, then `fit dnn`");
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
    if (s->list.n_rows > 0) {
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
        args_word(s->list.cell[row * JOB_COLUMNS], command);
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
