#include "probe_grid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/team.h"
#include "deltaw/base/thread.h"
#include "deltaw/learn/inputs.h"
#include "truth.h"

/* Below so many updates another thread costs more than it saves. */
enum { UPDATES_ALONE = 20000 };

static bool on_axis(const struct grid *grid, const struct variable *v)
{
    return variable_same(&grid->x, v) || variable_same(&grid->y, v);
}

bool grid_set(const struct grid *grid, enum variable_kind kind, size_t which)
{
    const struct variable v = {.kind = kind, .which = which};
    struct fixed fixed = grid->fixed;
    return !isnan(*variable_fixed(&fixed, &v)) || on_axis(grid, &v);
}

static bool check_fixed(struct grid *grid, const char *verb, const struct variable *v,
                        struct err *err)
{
    const char *name = variable_name(&grid->model->settings.policy, v);
    double value = *variable_fixed(&grid->fixed, v);
    char text[NUMBER_SIZE];
    if (isnan(value))
        return true;
    number_format(text, value, 6);
    if (on_axis(grid, v))
        return err_set(err, ERR_USAGE, "%s: %s=%s, but %s is on an axis; leave one of them out",
                       verb, name, text, name);
    bool binary = variable_binary(v);
    if (binary ? value != 0 && value != 1 : !isfinite(value))
        return err_set(err, ERR_USAGE, "%s: %s=%s; it must be %s", verb, name, text,
                       binary ? "0 or 1" : "a number");
    return true;
}

static bool probe_mappable(const struct model *model, const char *verb, struct err *err)
{
    const char *name = model->name ? model->name : model->rule->name;
    struct err why = {0};
    if (!model_has_rule(model, &why))
        return err_set(err, why.code, "%s: there is nothing to map: %s", verb, why.message);
    return !model->rule->no_weights ||
           err_set(err, ERR_FAILED,
                   "%s: there is nothing to map: %s (rule %s) predicts choices without the weights "
                   "of a policy, so that none changes; fit another rule, as in `fit rnn`",
                   verb, name, model->rule->name);
}

bool grid_open(const struct model *model, const struct cohort *cohort,
               const struct probe_request *request, const char *verb, const char *of,
               struct grid *grid, struct err *err)
{
    const struct policy *policy = &model->settings.policy;
    *grid = (struct grid){.model = model,
                          .cohort = cohort,
                          .fixed = request->fixed,
                          .sample = request->sample,
                          .live = request->live,
                          .past = request->past,
                          .robust = request->robust,
                          .lags = request->lags,
                          .histories = request->histories,
                          .threads = request->threads,
                          .stop = request->stop};
    return probe_mappable(model, verb, err) &&
           component_find(policy, verb, of, &grid->component, err) &&
           variable_find(policy, verb, "x", request->x, &grid->x, err);
}

const char *probe_weight(const struct policy *policy)
{
    for (size_t k = 0; k < policy->n; k++)
        if (inputs_with_stimulus(policy->feature[k]))
            return policy->weight[k];
    return policy->weight[0];
}

bool grid_check(struct grid *grid, const char *verb, struct err *err)
{
    const struct policy *policy = &grid->model->settings.policy;
    if (!past_check(verb, grid->lags, err))
        return false;
    if (variable_same(&grid->x, &grid->y))
        return err_set(err, ERR_USAGE, "%s: x and y are the same variable; choose two", verb);
    struct variable v;
    for (size_t i = 0; variable_at(policy, i, &v); i++)
        if (!check_fixed(grid, verb, &v, err))
            return false;
    for (size_t k = 0; k < policy->n; k++)
        grid->given[k] = grid_set(grid, VARIABLE_FEATURE, k);
    grid->n_panels = grid_set(grid, VARIABLE_REWARD, 0) ? 1 : 2;
    return true;
}

enum interval_kind grid_interval_kind(const struct grid *grid)
{
    enum interval_kind kind = model_interval_kind(grid->model);
    return kind == INTERVAL_POSTERIOR && grid->robust ? INTERVAL_ROBUST : kind;
}

/* All zero. */
static void panel_new(const struct grid *grid, struct probe_cells *out)
{
    size_t cells = grid->x_axis->n * grid->y_axis->n;
    bool known = model_interval_kind(grid->model) != INTERVAL_NONE;
    *out = (struct probe_cells){
        .value = mem_new(cells, sizeof *out->value),
        .truth = grid->truth ? mem_new(cells, sizeof *out->truth) : NULL,
        .se = grid->model->covariance ? mem_new(cells, sizeof *out->se) : NULL,
        .lower = known ? mem_new(cells, sizeof *out->lower) : NULL,
        .upper = known ? mem_new(cells, sizeof *out->upper) : NULL,
        .support = mem_new(cells, sizeof *out->support),
    };
}

void probe_cells_free(struct probe_cells *cells)
{
    free(cells->value), free(cells->truth), free(cells->se), free(cells->support);
    free(cells->lower), free(cells->upper);
    *cells = (struct probe_cells){0};
}

void probe_cells_columns(bool truth, struct table *out)
{
    table_column(out, "value", COLUMN_NUMBER, 4);
    table_column(out, "support", COLUMN_COUNT, 0);
    table_column(out, "se", COLUMN_NUMBER, 2);
    table_columns(out, "lower|upper", COLUMN_NUMBER, 4);
    table_column(out, "interval", COLUMN_TEXT, 0);
    if (truth)
        table_column(out, "truth", COLUMN_NUMBER, 4);
}

size_t probe_cells_fill(const struct probe_cells *cells, enum interval_kind interval, size_t c,
                        size_t first, struct table *out)
{
    bool known = interval != INTERVAL_SPREAD;
    const double *optional[] = {cells->se, known ? cells->lower : NULL,
                                known ? cells->upper : NULL};
    table_number(out, first, cells->value[c]);
    table_number(out, first + 1, cells->support[c]);
    for (size_t i = 0; i < 3; i++)
        table_number(out, first + 2 + i, optional[i] ? optional[i][c] : NAN);
    table_text(out, first + 5, interval_word(interval));
    if (cells->truth)
        table_number(out, first + 6, cells->truth[c]);
    return first + (cells->truth ? 7 : 6);
}

/* Where the sums of one panel go; weight: how many trials each cell has. */
struct sums {
    double *value, *truth, *weight; /* truth NULL: none */
    double *lower, *upper;          /* NULL: not wanted */
};

struct work {
    struct grid *grid;
    const struct histories *past; /* NULL: none */
    struct sums sums[PROBE_MAX_PANELS];
    size_t each;               /* lines of cells that a thread takes at once */
    struct worker_part *parts; /* of each thread */
};

/* One thread's share. */
struct worker_part {
    struct work *work; /* NULL: it has none yet */
    struct past_run *run;
    struct past_run *true_run[TRUTH_GROUPS]; /* NULL: no such group, or it stands still */
    struct interval_run *intervals;          /* NULL: not wanted */
};

static void part_begin(struct worker_part *part, struct work *work)
{
    const struct grid *grid = work->grid;
    const struct truth *truth = work->sums->truth ? grid->truth : NULL;
    *part = (struct worker_part){.work = work, .run = past_run_new(grid->model, work->past)};
    for (size_t g = 0; truth && g < truth->n_groups && !agent_stands_still(truth->group->model);
         g++)
        part->true_run[g] = past_run_new(truth->group[g].model, work->past);
    if (work->sums->lower)
        part->intervals = interval_run_new(grid);
}

static void part_flush(struct worker_part *part)
{
    past_run_flush(part->run);
    for (size_t g = 0; g < TRUTH_GROUPS && part->true_run[g]; g++)
        past_run_flush(part->true_run[g]);
}

static void part_end(struct worker_part *part)
{
    past_run_free(part->run);
    for (size_t g = 0; g < TRUTH_GROUPS; g++)
        past_run_free(part->true_run[g]);
    interval_run_free(part->intervals);
}

/* Threads divide the cells by lines along an axis that is not a weight, if there is one,
 * since cells with the same weights have their past in common. */
static bool lines_along_x(const struct grid *grid)
{
    return grid->y.kind == VARIABLE_WEIGHT || grid->x.kind != VARIABLE_WEIGHT;
}

static size_t line_cells(const struct grid *grid)
{
    return lines_along_x(grid) ? grid->x_axis->n : grid->y_axis->n;
}

/* The `along`-th cell of a line. */
static void put_cell(struct worker_part *part, size_t panel, size_t line, size_t along,
                     const struct grid_row *row)
{
    bool along_x = lines_along_x(part->work->grid);
    size_t iy = along_x ? line : along, ix = along_x ? along : line;
    struct grid *grid = part->work->grid;
    struct sums *sums = &part->work->sums[panel];
    size_t c = iy * grid->x_axis->n + ix;
    struct grid_point point;
    struct past_trial trial;
    if (!grid_point(grid, panel, iy, ix, row, &point, &trial))
        return;
    sums->weight[c] += row->count;
    past_run_freeze(part->run, point.w, point.x);
    past_run_put(part->run, &trial, grid->component, row->count, &sums->value[c]);
    if (part->intervals)
        interval_run_put(part->intervals, part->run, panel * line_cells(grid) + along, &trial,
                         row->count);
    for (size_t g = 0; g < TRUTH_GROUPS && part->true_run[g]; g++) {
        past_run_freeze(part->true_run[g], point.w, point.x);
        past_run_put(part->true_run[g], &trial, grid->component,
                     row->count * truth_weight(grid->truth, g), &sums->truth[c]);
    }
}

bool grid_stopped(const struct grid *grid)
{
    return grid->stop && atomic_load_explicit(grid->stop, memory_order_relaxed);
}

/* Of one line, which is done. */
static void take_intervals(struct worker_part *part, size_t line)
{
    const struct grid *grid = part->work->grid;
    size_t cells = line_cells(grid), nx = grid->x_axis->n;
    double *lower = mem_new(2 * grid->n_panels * cells, sizeof *lower);
    double *upper = lower + grid->n_panels * cells;
    interval_run_end(part->intervals, grid->n_panels * cells, lower, upper);
    for (size_t i = 0; i < grid->n_panels * cells; i++) {
        const struct sums *sums = &part->work->sums[i / cells];
        size_t at = lines_along_x(grid) ? line * nx + i % cells : i % cells * nx + line;
        sums->lower[at] = lower[i];
        sums->upper[at] = upper[i];
    }
    free(lower);
}

static void evaluate_line(struct worker_part *part, size_t line)
{
    const struct grid *grid = part->work->grid;
    bool apart = grid->x.kind == VARIABLE_WEIGHT && grid->y.kind == VARIABLE_WEIGHT;
    size_t cells = line_cells(grid);
    for (size_t first = 0; first < cells; first += apart ? 1 : cells)
        for (size_t i = 0; i < grid->n_rows; i++)
            for (size_t p = 0; p < grid->n_panels; p++)
                for (size_t c = first; c < (apart ? first + 1 : cells); c++)
                    put_cell(part, p, line, c, &grid->rows[i]);
    if (part->intervals)
        take_intervals(part, line);
}

/* Lines a thread takes at once: short ones with the same past go better together. */
static size_t lines_each(const struct grid *grid)
{
    enum { CELLS = 64 };
    bool along_x = lines_along_x(grid);
    size_t cells = line_cells(grid);
    bool apart = (along_x ? grid->y.kind : grid->x.kind) == VARIABLE_WEIGHT;
    return apart || cells >= CELLS ? 1 : CELLS / cells;
}

static struct worker_part *part_of(struct work *work, size_t member)
{
    struct worker_part *part = &work->parts[member];
    if (!part->work)
        part_begin(part, work);
    return part;
}

static void evaluate_lines(void *context, size_t piece, size_t member)
{
    struct work *work = context;
    const struct grid *grid = work->grid;
    size_t lines = lines_along_x(grid) ? grid->y_axis->n : grid->x_axis->n;
    if (grid_stopped(grid))
        return;
    struct worker_part *part = part_of(work, member);
    for (size_t i = piece * work->each; i < lines && i < (piece + 1) * work->each; i++)
        evaluate_line(part, i);
    /* cells computed together are rounded together: the next may be another thread's */
    part_flush(part);
}

/* A cell is one thread's alone, and its sums are taken in the order of the rows. */
static void evaluate(struct work *work)
{
    const struct grid *grid = work->grid;
    double updates = (double)(grid->x_axis->n * grid->y_axis->n * grid->n_panels) *
                     (double)grid->n_rows * (work->past ? (double)work->past->n : 1);
    size_t lines = lines_along_x(grid) ? grid->y_axis->n : grid->x_axis->n;
    int all = grid->threads > 0 ? grid->threads : thread_processors();
    struct team *team = team_new(updates < UPDATES_ALONE ? 1 : all);
    size_t members = team_most(team);
    work->each = lines_each(grid);
    work->parts = mem_new(members, sizeof *work->parts);
    team_run(team, (lines + work->each - 1) / work->each, evaluate_lines, work);
    team_free(team);
    for (size_t i = 0; i < members; i++)
        part_end(&work->parts[i]);
    free(work->parts);
}

static void take_means(const struct sums *sums, size_t cells)
{
    for (size_t c = 0; c < cells; c++) {
        bool any = sums->weight[c] > 0;
        sums->value[c] = any ? sums->value[c] / sums->weight[c] : NAN;
        if (sums->truth)
            sums->truth[c] = any ? sums->truth[c] / sums->weight[c] : NAN;
    }
}

/* Means over rows and histories into panels, and intervals of rules that know them;
 * arrays that are NULL there are not wanted. */
static void run_means(struct grid *grid, const struct histories *past,
                      const struct probe_cells *out)
{
    struct work work = {.grid = grid, .past = past};
    size_t cells = grid->x_axis->n * grid->y_axis->n;
    bool asked = out->lower && grid->model->rule->interval;
    for (size_t p = 0; p < grid->n_panels; p++)
        work.sums[p] = (struct sums){.value = out[p].value,
                                     .truth = out[p].truth,
                                     .weight = mem_new(cells, sizeof(double)),
                                     .lower = asked ? out[p].lower : NULL,
                                     .upper = asked ? out[p].upper : NULL};
    evaluate(&work);
    for (size_t p = 0; p < grid->n_panels; p++) {
        take_means(&work.sums[p], cells);
        free(work.sums[p].weight);
    }
}

void grid_values(const struct grid *grid, const struct model *model, const struct histories *past,
                 double *const value[])
{
    struct grid other = *grid;
    struct probe_cells out[PROBE_MAX_PANELS] = {0};
    other.model = model;
    other.truth = NULL;
    for (size_t p = 0; p < grid->n_panels; p++)
        out[p].value = value[p];
    run_means(&other, past, out);
}

bool grid_past(const struct grid *grid)
{
    return probe_sees_past(grid->model) ||
           (grid->truth && probe_sees_past(grid->truth->group[0].model));
}

void grid_run(struct grid *grid, struct probe_cells *out)
{
    struct histories histories = {0}, *past = grid_past(grid) ? &histories : NULL;
    uint32_t *support[PROBE_MAX_PANELS];
    size_t cells = grid->x_axis->n * grid->y_axis->n;
    for (size_t p = 0; p < grid->n_panels; p++) {
        panel_new(grid, &out[p]);
        support[p] = out[p].support;
    }
    if (past) {
        histories_make(grid->past, grid->lags, grid->histories, &histories);
        grid->lags = histories.lags;
        grid->n_histories = histories.n;
        grid->n_fitting = histories.n_fitting;
    }
    grid_window(grid);
    grid_count(grid, support);
    grid_sample(grid);
    run_means(grid, past, out);
    for (size_t p = 0; p < grid->n_panels; p++)
        for (size_t c = 0; c < cells; c++)
            support[p][c] = isnan(out[p].value[c]) ? 0 : support[p][c];
    grid_errors(grid, past, out);
    grid_describe(grid);
    free(grid->rows);
    histories_free(&histories);
}
