/* The trial that a cell makes of a sampled one. */
#include <math.h>
#include <string.h>

#include "probe_grid.h"

static void point_set(struct grid_point *point, const struct variable *variable, double value)
{
    switch (variable->kind) {
    case VARIABLE_STIMULUS: point->stimulus = value; break;
    case VARIABLE_CHOICE: point->choice = value; break;
    case VARIABLE_REWARD: point->reward = value; break;
    case VARIABLE_DAY: point->day = value; break;
    case VARIABLE_SIDE: point->side = value; break;
    case VARIABLE_WEIGHT: point->w[variable->which] = value; break;
    case VARIABLE_FEATURE: point->x[variable->which] = value; break;
    }
}

/* Stimulus, choice, reward and the side that pays depend on each other.  False: they contradict.
 * Where the side is set, trials whose stimulus is on the other one are left out. */
static bool point_settle(const struct grid *grid, struct grid_point *point)
{
    bool sided = grid_set(grid, VARIABLE_SIDE, 0);
    bool shown = point->stimulus != 0 && (sided || grid_set(grid, VARIABLE_STIMULUS, 0));
    if (sided && shown && point->side != (point->stimulus > 0))
        return false;
    if (shown)
        point->side = point->stimulus > 0;
    if (isnan(point->choice)) {
        point->choice = point->reward != 0 ? point->side : 1 - point->side;
        return true;
    }
    double side = point->reward != 0 ? point->choice : 1 - point->choice;
    if ((sided || point->stimulus != 0) && side != point->side)
        return false;
    point->side = side;
    return true;
}

bool grid_point(const struct grid *grid, size_t panel, size_t iy, size_t ix,
                const struct grid_row *row, struct grid_point *point, struct past_trial *trial)
{
    *point = (struct grid_point){.stimulus = row->stimulus,
                                 .day = row->day,
                                 .side = row->answer,
                                 .choice = NAN,
                                 .reward = NAN};
    memcpy(point->w, row->w, sizeof point->w);
    memcpy(point->x, row->x, sizeof point->x);
    for (size_t i = 0; i < grid->n_held; i++)
        point_set(point, &grid->held[i].variable, grid->held[i].value);
    if (grid->n_panels == 2)
        point->reward = (double)panel;
    point_set(point, &grid->y, grid->y_axis->value[iy]);
    point_set(point, &grid->x, grid->x_axis->value[ix]);
    *trial = (struct past_trial){.w = point->w,
                                 .x = point->x,
                                 .given = grid->given,
                                 .stimulus = point->stimulus,
                                 .day = point->day};
    if (!point_settle(grid, point))
        return false;
    trial->choice = point->choice;
    trial->reward = point->reward;
    trial->answer = point->side;
    return true;
}
