/* jobs: the fits as they train, one a row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "list.h"

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
    size_t n_training, n_over;
    struct strbuf words;   /* of those that train */
    bool *active, *paused; /* [n_rows] */
};

void view_jobs_table(const struct scene *scene, struct table *out)
{
    static const char *const names[] = {"name", "state",    "epoch",    "of",
                                        "loss", "held out", "ms/epoch", "ETA"};
    for (size_t i = 0; i < 8; i++) {
        table_column(out, names[i],
                     i < 2 || i == 7 ? COLUMN_TEXT
                     : i < 4         ? COLUMN_COUNT
                                     : COLUMN_NUMBER,
                     i == 6             ? 3
                     : i == 4 || i == 5 ? 4
                                        : 0);
    }
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct scene_model *m = &scene->models[i];
        const struct fit_status *status = &m->status;
        bool network = m->model->rule->network; /* otherwise it is not known how far the end is */
        char buf[NUMBER_SIZE];
        if (status->state == FIT_OPENED) {
            continue;
        }
        table_row(out);
        table_text(out, 0, m->model->name);
        table_text(out, 1, fit_state_name(status->state));
        table_number(out, 2, status->epoch);
        table_number(out, 3, network ? status->epochs : NAN);
        table_number(out, 4, status->train);
        table_number(out, 5, status->heldout);
        table_number(out, 6, status->seconds_per_epoch > 0 ? 1e3 * status->seconds_per_epoch : NAN);
        if (network && status->state == FIT_RUNNING && !isnan(status->seconds_left)) {
            table_text(out, 7, number_duration(buf, status->seconds_left));
        }
    }
}

static char *loss_cell(double loss)
{
    char buf[NUMBER_SIZE];
    return mem_text(isnan(loss) ? "" : number_fixed(buf, loss, 4, false));
}

static void add_job(struct jobs_state *s, const struct scene_model *m, int colour)
{
    const struct fit_status *st = &m->status;
    bool network = m->model->rule->network, runs = st->state == FIT_RUNNING;
    size_t row = list_row(&s->list, colour);
    char buf[NUMBER_SIZE];
    double ms = 1e3 * st->seconds_per_epoch;
    list_set(&s->list, row, JOB_NAME, mem_text(m->model->name));
    list_set(&s->list, row, JOB_RULE, mem_text(m->model->rule->name));
    list_set(&s->list, row, JOB_STATE, mem_text(fit_state_name(st->state)));
    list_set(&s->list, row, JOB_EPOCH,
             network ? mem_printf("%d/%d", st->epoch, st->epochs) : mem_printf("%d", st->epoch));
    if (network && st->epochs > 0) {
        list_set(&s->list, row, JOB_BAR, mem_printf("%.4f", (double)st->epoch / st->epochs));
    }
    list_set(&s->list, row, JOB_LOSS, loss_cell(st->train));
    list_set(&s->list, row, JOB_HELDOUT, loss_cell(st->heldout));
    if (ms > 0) {
        list_set(&s->list, row, JOB_RATE, mem_text(number_format(buf, ms, ms < 100 ? 2 : 3)));
    }
    if (network && runs && !isnan(st->seconds_left)) {
        list_set(&s->list, row, JOB_ETA, mem_text(number_duration(buf, st->seconds_left)));
    }
    s->active = mem_resize(s->active, row + 1, sizeof *s->active);
    s->paused = mem_resize(s->paused, row + 1, sizeof *s->paused);
    s->active[row] = runs || st->state == FIT_PAUSED;
    s->paused[row] = st->state == FIT_PAUSED;
    s->n_training += runs;
    s->n_over += !s->active[row];
}

/* "dnn1 412 of 1000 epochs, loss .5031, 8 s to go" */
static void say_job(const struct scene_model *m, struct strbuf *out)
{
    const struct fit_status *st = &m->status;
    char buf[NUMBER_SIZE];
    strbuf_printf(out, "%s%s ", out->len ? "; " : "", m->model->name);
    if (m->model->rule->network) {
        strbuf_printf(out, "%d of %d epochs", st->epoch, st->epochs);
    } else {
        strbuf_printf(out, "%d evaluations", st->epoch);
    }
    if (isfinite(st->train)) {
        strbuf_printf(out, ", loss %s", number_fixed(buf, st->train, 4, false));
    }
    if (st->state == FIT_PAUSED) {
        strbuf_puts(out, ", paused");
    } else if (m->model->rule->network && !isnan(st->seconds_left)) {
        strbuf_printf(out, ", %s to go", number_duration(buf, st->seconds_left));
    }
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
    s->n_training = s->n_over = s->in_use = 0;
}

static bool jobs_update(void *state, const struct scene *scene, bool pending, struct view_job **job,
                        struct err *err)
{
    struct jobs_state *s = state;
    (void)pending, (void)job;
    jobs_clear(s);
    view_jobs_table(scene, &s->table);
    for (size_t i = 0; i < scene->n_models; i++) {
        const struct scene_model *m = &scene->models[i];
        if (m->status.state == FIT_OPENED) {
            continue;
        }
        if ((long)i <= scene->current || scene->current < 0) {
            s->in_use = s->list.n_rows;
        }
        add_job(s, m, (int)i);
        if (parts_running(m)) {
            say_job(m, &s->words);
        }
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

static void jobs_title(const void *state, struct strbuf *out)
{
    const struct jobs_state *s = state;
    strbuf_puts(out, "jobs (loss in nats/trial)");
    if (s->list.n_rows > 0) {
        strbuf_printf(out, " · %zu training, %zu over", s->n_training, s->n_over);
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
    size_t n = s->list.n_rows;
    strbuf_printf(out, "%zu fit%s, %zu training, %zu over", n, n == 1 ? "" : "s", s->n_training,
                  s->n_over);
    if (s->words.len) {
        strbuf_printf(out, ": %s", strbuf_text(&s->words));
    }
    strbuf_putc(out, '.');
}

static void jobs_data(const void *state, struct table *out)
{
    const struct jobs_state *s = state;
    parts_table_copy(&s->table, out);
}

static bool jobs_key(void *state, const char *key, struct strbuf *command)
{
    struct jobs_state *s = state;
    size_t row = list_cursor(&s->list, s->in_use);
    const char *verb = strcmp(key, "enter") == 0   ? "use"
                       : strcmp(key, "space") == 0 ? (s->paused[row] ? "resume" : "pause")
                       : strcmp(key, "x") == 0     ? "stop"
                                                   : NULL;
    if (!verb) {
        return list_key(&s->list, s->in_use, "jobs", key, command);
    }
    if (s->active[row] || strcmp(verb, "use") == 0) { /* what is over cannot be paused */
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
