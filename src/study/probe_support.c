#include <math.h>
#include <stdio.h>

#include "deltaw/base/number.h"
#include "deltaw/base/strbuf.h"
#include "probe_grid.h"

/* What is constant while trials are counted. */
struct counting {
    struct grid *grid;
    struct variable on_x, on_y;
    struct finder x, y;
    bool past; /* histories count */
};

/* Does a visited trial agree with what is fixed? */
static bool agrees(const struct grid *grid, const struct animal *animal, size_t t)
{
    for (size_t i = 0; i < grid->n_held; i++) {
        const struct held *held = &grid->held[i];
        double value = variable_visited(&held->variable, animal, t);
        if (!(value >= held->lo && value <= held->hi))
            return false;
    }
    return true;
}

static void count_trial(struct counting *c, const struct animal *animal, size_t t,
                        uint32_t *const support[])
{
    struct grid *grid = c->grid;
    if (!grid_visited(grid, t))
        return;
    grid->n_visited++;
    if (!agrees(grid, animal, t) ||
        (c->past && !past_visited(grid->cohort, animal, t, grid->past, grid->lags)))
        return;
    long ix = finder_cell(&c->x, variable_visited(&c->on_x, animal, t));
    long iy = finder_cell(&c->y, variable_visited(&c->on_y, animal, t));
    size_t panel = grid->n_panels == 2 ? grid->cohort->reward[t] != 0 : 0;
    if (ix >= 0 && iy >= 0)
        support[panel][(size_t)iy * grid->x_axis->n + (size_t)ix]++;
}

void grid_count(struct grid *grid, uint32_t *const support[])
{
    const struct policy *policy = &grid->model->settings.policy;
    struct counting c = {.grid = grid, .on_x = grid->x, .on_y = grid->y, .past = grid_past(grid)};
    variable_bind(&c.on_x, policy, grid->cohort, grid->visited);
    variable_bind(&c.on_y, policy, grid->cohort, grid->visited);
    finder_set(&c.x, grid->x_axis);
    finder_set(&c.y, grid->y_axis);
    grid->n_visited = 0;
    for (size_t a = 0; grid->cohort && grid->visited && a < grid->cohort->n_animals; a++) {
        const struct animal *animal = &grid->cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count; t++)
            count_trial(&c, animal, t, support);
    }
}

/* Which visited values count as the fixed one. */
static void hold(const struct grid *grid, struct held *held)
{
    const struct policy *policy = &grid->model->settings.policy;
    const struct axis_request request = {.lo = NAN, .hi = NAN};
    struct axis axis;
    bool weight = held->variable.kind == VARIABLE_WEIGHT;
    double value = held->value;
    held->lo = value - (weight ? WEIGHT_WINDOW : 0);
    held->hi = value + (weight ? WEIGHT_WINDOW : 0);
    variable_bind(&held->variable, policy, grid->cohort, grid->visited);
    if (weight || variable_binary(&held->variable) ||
        !probe_axis_make(policy, grid->cohort, NULL, &held->variable, &request, &axis, NULL))
        return;
    long cell = probe_axis_cell(&axis, value);
    if (cell >= 0 && axis.levels && fabs(axis.value[cell] - value) < 1e-6) {
        held->lo = held->hi = axis.value[cell];
    } else if (cell >= 0) {
        held->lo = axis.edge[cell];
        held->hi = axis.edge[cell + 1];
    }
    probe_axis_free(&axis);
}

void grid_window(struct grid *grid)
{
    const struct policy *policy = &grid->model->settings.policy;
    struct variable v;
    grid->n_held = 0;
    for (size_t i = 0; variable_at(policy, i, &v); i++) {
        double value = *variable_fixed(&grid->fixed, &v);
        if (isnan(value))
            continue;
        grid->held[grid->n_held] = (struct held){.variable = v, .value = value};
        hold(grid, &grid->held[grid->n_held++]);
    }
}

static void say_free(const struct grid *grid, struct strbuf *text)
{
    const struct policy *policy = &grid->model->settings.policy;
    bool day = false;
    bool free_day = !grid_set(grid, VARIABLE_DAY, 0);
    for (size_t i = 0; grid->cohort && free_day && !day && i < grid->cohort->n_animals; i++)
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
    for (size_t i = 0; i < grid->n_held; i++) {
        const struct held *held = &grid->held[i];
        if (!(held->lo < held->hi))
            continue;
        strbuf_printf(text, "%s%s%s %s to %s", text->len ? "; " : "", before,
                      variable_name(policy, &held->variable), number_format(a, held->lo, 4),
                      number_format(b, held->hi, 4));
        before = "";
    }
}

/* Networks see no features but those of the trial itself. */
static void say_unseen(const struct grid *grid, struct strbuf *text)
{
    const struct policy *policy = &grid->model->settings.policy;
    for (size_t k = 0; k < policy->n && grid->model->rule->network; k++) {
        const struct variable v = {.kind = VARIABLE_FEATURE, .which = k};
        if (grid->given[k])
            strbuf_printf(text, "%s%s makes no difference to the rule %s", text->len ? "; " : "",
                          variable_name(policy, &v), grid->model->rule->name);
    }
}

void grid_describe(struct grid *grid)
{
    struct strbuf text = {0};
    say_free(grid, &text);
    say_past(grid, &text);
    say_unseen(grid, &text);
    say_support(grid, &text);
    snprintf(grid->rest, sizeof grid->rest, "%s", strbuf_text(&text));
    strbuf_free(&text);
}

static void frozen_add(struct frozen *out, const char *name, double value)
{
    if (isnan(value))
        return;
    snprintf(out->item[out->n].name, sizeof out->item[out->n].name, "%s", name);
    out->item[out->n++].value = value;
}

void grid_frozen(const struct grid *grid, struct frozen *out)
{
    const struct policy *policy = &grid->model->settings.policy;
    out->n = 0;
    struct fixed fixed = grid->fixed;
    struct variable v;
    for (size_t i = 0; variable_at(policy, i, &v); i++)
        frozen_add(out, variable_name(policy, &v), *variable_fixed(&fixed, &v));
    if (grid->past != PAST_ANY)
        frozen_add(out, "lags", (double)grid->lags);
}

void frozen_columns(const struct frozen *frozen, bool past, struct table *out)
{
    for (size_t i = 0; i < frozen->n; i++)
        table_column(out, frozen->item[i].name, COLUMN_NUMBER, 4);
    if (past)
        table_column(out, "past", COLUMN_TEXT, 0);
}

void frozen_fill(const struct frozen *frozen, size_t first, struct table *out)
{
    for (size_t i = 0; i < frozen->n; i++)
        table_number(out, first + i, frozen->item[i].value);
}
