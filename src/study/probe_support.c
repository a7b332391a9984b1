#include <math.h>
#include <stdio.h>

#include "deltaw/base/number.h"
#include "deltaw/base/strbuf.h"
#include "probe_grid.h"

static double visited_value(const struct grid *grid, const struct variable *variable, size_t t)
{
    switch (variable->kind) {
    case VARIABLE_STIMULUS: return grid->cohort->stimulus[t];
    case VARIABLE_CHOICE: return grid->cohort->choice[t];
    case VARIABLE_REWARD: return grid->cohort->reward[t];
    case VARIABLE_WEIGHT: break;
    }
    return grid->visited[t * grid->model->settings.policy.n + variable->weight];
}

/* What stays the same while trials are counted. */
struct counting {
    struct grid *grid;
    struct finder x, y;
    bool narrowed; /* something is fixed */
    bool past;     /* histories count */
};

static bool is_narrowed(const struct grid *grid)
{
    bool narrowed = !isnan(grid->choice) || !isnan(grid->reward) || !isnan(grid->stimulus);
    for (size_t k = 0; k < grid->model->settings.policy.n; k++)
        narrowed = narrowed || !isnan(grid->w[k]);
    return narrowed;
}

/* Does a visited trial agree with what is fixed? */
static bool agrees(const struct grid *grid, size_t t)
{
    const struct cohort *cohort = grid->cohort;
    size_t n = grid->model->settings.policy.n;
    if ((!isnan(grid->choice) && cohort->choice[t] != grid->choice) ||
        (!isnan(grid->reward) && cohort->reward[t] != grid->reward))
        return false;
    if (!isnan(grid->stimulus) &&
        !(cohort->stimulus[t] >= grid->stimulus_lo && cohort->stimulus[t] <= grid->stimulus_hi))
        return false;
    for (size_t k = 0; k < n; k++)
        if (!isnan(grid->w[k]) && fabs(grid->visited[t * n + k] - grid->w[k]) > WEIGHT_WINDOW)
            return false;
    return true;
}

static void count_trial(struct counting *c, const struct animal *animal, size_t t,
                        uint32_t *const support[])
{
    struct grid *grid = c->grid;
    if (!grid_visited(grid, t))
        return;
    grid->n_visited++;
    if ((c->narrowed && !agrees(grid, t)) ||
        (c->past && !past_visited(grid->cohort, animal, t, grid->past, grid->lags)))
        return;
    long ix = finder_cell(&c->x, visited_value(grid, &grid->x, t));
    long iy = finder_cell(&c->y, visited_value(grid, &grid->y, t));
    size_t panel = grid->n_panels == 2 ? grid->cohort->reward[t] != 0 : 0;
    if (ix >= 0 && iy >= 0)
        support[panel][(size_t)iy * grid->x_axis->n + (size_t)ix]++;
}

void grid_count(struct grid *grid, uint32_t *const support[])
{
    struct counting c = {.grid = grid, .narrowed = is_narrowed(grid), .past = grid_past(grid)};
    finder_set(&c.x, grid->x_axis);
    finder_set(&c.y, grid->y_axis);
    grid->n_visited = 0;
    for (size_t a = 0; grid->cohort && grid->visited && a < grid->cohort->n_animals; a++) {
        const struct animal *animal = &grid->cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count; t++)
            count_trial(&c, animal, t, support);
    }
}

void grid_window(struct grid *grid)
{
    struct axis axis;
    const struct axis_request request = {.lo = NAN, .hi = NAN};
    const struct variable stimulus = {VARIABLE_STIMULUS, 0};
    grid->stimulus_lo = grid->stimulus_hi = grid->stimulus;
    if (isnan(grid->stimulus) || !axis_make(&grid->model->settings.policy, grid->cohort, NULL,
                                            &stimulus, &request, &axis, NULL))
        return;
    long cell = axis_cell(&axis, grid->stimulus);
    if (cell >= 0 && axis.levels && fabs(axis.value[cell] - grid->stimulus) < 1e-6) {
        grid->stimulus_lo = grid->stimulus_hi = axis.value[cell];
    } else if (cell >= 0) {
        grid->stimulus_lo = axis.edge[cell];
        grid->stimulus_hi = axis.edge[cell + 1];
    }
    axis_free(&axis);
}

static void say_free(const struct grid *grid, struct strbuf *text)
{
    const struct policy *policy = &grid->model->settings.policy;
    bool day = false;
    for (size_t i = 0; grid->cohort && !day && i < grid->cohort->n_animals; i++)
        day = grid->cohort->animals[i].n_sessions > 1;
    for (size_t k = 0; k < policy->n; k++)
        if (!grid_set(grid, VARIABLE_WEIGHT, k))
            strbuf_printf(text, "%s%s", text->len ? ", " : "", policy->weight[k]);
    if (!grid_set(grid, VARIABLE_STIMULUS, 0))
        strbuf_printf(text, "%sstimulus", text->len ? ", " : "");
    if (day)
        strbuf_printf(text, "%sday", text->len ? ", " : "");
    if (text->len && grid->n_sample)
        strbuf_printf(text, ": mean over %zu visited trials", grid->n_sample);
    else if (text->len)
        strbuf_puts(text, ": 0, nothing was visited");
}

static void say_past(const struct grid *grid, struct strbuf *text)
{
    static const char *const how[] = {"", " rewarded", " unrewarded", " rewarded or unrewarded"};
    const char *name = grid->model->rule->name;
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    if (grid->n_histories == 0) {
        if (grid->past != PAST_ANY)
            strbuf_printf(text, "%sthe past makes no difference to the rule %s",
                          text->len ? "; " : "", name);
        return;
    }
    strbuf_printf(text, "%spast %zu trial%s%s: mean over %s", text->len ? "; " : "", grid->lags,
                  grid->lags == 1 ? "" : "s", how[grid->past],
                  number_grouped(a, (long long)grid->n_histories));
    if (grid->n_histories < grid->n_fitting)
        strbuf_printf(text, " of %s", number_grouped(b, (long long)grid->n_fitting));
    strbuf_puts(text, grid->past == PAST_BOTH ? " histories each" : " histories");
    if (!probe_sees_past(grid->model))
        strbuf_printf(text, " (no difference to the rule %s)", name);
}

static void say_support(const struct grid *grid, struct strbuf *text)
{
    const struct policy *policy = &grid->model->settings.policy;
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    const char *before = "support: ";
    for (size_t k = 0; k < policy->n; k++) {
        if (isnan(grid->w[k]))
            continue;
        strbuf_printf(text, "%s%s%s %s to %s", text->len ? "; " : "", before, policy->weight[k],
                      number_format(a, grid->w[k] - WEIGHT_WINDOW, 4),
                      number_format(b, grid->w[k] + WEIGHT_WINDOW, 4));
        before = "";
    }
    if (grid->stimulus_lo < grid->stimulus_hi)
        strbuf_printf(text, "%s%sstimulus %s to %s", text->len ? "; " : "", before,
                      number_format(a, grid->stimulus_lo, 3),
                      number_format(b, grid->stimulus_hi, 3));
}

void grid_describe(struct grid *grid)
{
    struct strbuf text = {0};
    say_free(grid, &text);
    say_past(grid, &text);
    say_support(grid, &text);
    snprintf(grid->rest, sizeof grid->rest, "%s", strbuf_text(&text));
    strbuf_free(&text);
}
