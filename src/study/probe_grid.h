/* The work shared by maps and slices: mean updates over a grid of cells, with
 * what is not set taken from visited trials, and how many visited trials fall into
 * each cell.  Private to study. */
#ifndef DELTAW_SRC_STUDY_PROBE_GRID_H
#define DELTAW_SRC_STUDY_PROBE_GRID_H

#include <stdatomic.h>

#include "probe_axis.h"
#include "deltaw/study/probe.h"
#include "deltaw/study/truth.h"
#include "probe_past.h"

/* A fixed weight counts visited trials within this distance. */
#define WEIGHT_WINDOW .25

/* A variable that is fixed, and which visited values count as that. */
struct held {
    struct variable variable;
    double value, lo, hi;
};

struct grid {
    /* given */
    const struct model *model;
    const struct cohort *cohort; /* NULL: nothing was visited */
    const float *visited;        /* [n_trials][K] */
    struct variable x, y;
    const struct axis *x_axis, *y_axis;
    struct fixed fixed;
    size_t component;          /* of dw */
    size_t n_panels;           /* 2: error, correct; 1: reward is fixed or on an axis */
    size_t sample;             /* visited trials to average over at most; 0: own choice */
    bool live;                 /* as in the request */
    const struct truth *truth; /* NULL: none */
    enum past past;            /* not PAST_BOTH */
    bool robust;               /* as in struct probe_request */
    size_t lags, histories;    /* 0: the usual */
    int threads;               /* at most; 0: all processors */
    const atomic_bool *stop;   /* NULL, or polled: give up */
    /* found */
    size_t n_held;
    struct held held[VARIABLE_WEIGHT + 2 * POLICY_MAX]; /* all that is fixed */
    bool given
        [POLICY_MAX]; /* features that are fixed or on an axis, whatever the trial before was */
    size_t n_sample, n_visited;
    size_t n_histories, n_fitting; /* 0: the past does not count */
    char rest[PROBE_REST];
    /* private */
    struct grid_row *rows;
    size_t n_rows;
};

/* What a request gives: all but y and the axes.  of: the weight whose update is wanted. */
bool grid_open(const struct model *model, const struct cohort *cohort,
               const struct probe_request *request, const char *verb, const char *of,
               struct grid *grid, struct err *err);
/* R^2 of the component over visited trials; NaN: no truth.  Long recordings take as long as the
 * cells do, so it runs beside them.  grid->truth is the cohort's from the beginning to the end
 * of it, when it has one for the model's policy. */
struct grid_r2;
struct grid_r2 *grid_r2_begin(struct grid *grid);
double grid_r2_end(struct grid_r2 *r2);

/* recovery.c: over at most `most` trials of this truth. */
enum { RECOVERY_MOST = 50000 };
bool recovery_over(const struct model *model, const struct cohort *cohort,
                   const struct truth *truth, size_t most, const atomic_bool *stop,
                   struct recovery *out, struct err *err);

/* "map: stimulus= is fixed and on an axis" and the like; sets n_panels and given. */
bool grid_check(struct grid *grid, const char *verb, struct err *err);

bool grid_stopped(const struct grid *grid);
void probe_cells_free(struct probe_cells *cells);
/* A row's cell c in a table: columns value, support, se, lower, upper, interval (where
 * these two are from, in words) and truth if there is one; into the last row from column
 * `first`.  Returns the column after them. */
void probe_cells_columns(bool truth, struct table *out);
size_t probe_cells_fill(const struct probe_cells *cells, enum interval_kind interval, size_t c,
                        size_t first, struct table *out);
/* out [n_panels], new ones, [y_axis->n][x_axis->n] each.  Uses all processors; the numbers do
 * not depend on how many. */
void grid_run(struct grid *grid, struct probe_cells *out);

/* The steps of grid_run; those of counting are in probe_support.c, those of
 * sampling in probe_sample.c. */

/* Values alone, of a model like the grid's in all but its parameters, after all of
 * grid_run but errors: value [panel][cells], zeroed. */
struct histories;
void grid_values(const struct grid *grid, const struct model *model, const struct histories *past,
                 double *const value[]);
/* Where the intervals of its cells are from. */
enum interval_kind grid_interval_kind(const struct grid *grid);
/* Standard errors of the values by the delta method, and the intervals that these give:
 * probe_error.c. */
void grid_errors(const struct grid *grid, const struct histories *past, struct probe_cells *out);

/* What a cell takes from sampled trials; what is set in the cell is zero here, so that rows
 * that would give the same update are equal and are computed once. */
struct grid_row {
    double w[POLICY_MAX];
    double x[POLICY_MAX]; /* features that are not of the trial itself */
    double stimulus, day;
    double answer; /* side that pays where the stimulus does not say */
    double count;
};
void grid_sample(struct grid *grid);

/* A cell with one sampled row in it: everything the update depends on. */
struct grid_point {
    double w[POLICY_MAX], x[POLICY_MAX], stimulus, day;
    double choice, reward;
    double side; /* that pays */
};
/* The same as a trial, which points into the point.  False: no trial can be so. */
bool grid_point(const struct grid *grid, size_t panel, size_t iy, size_t ix,
                const struct grid_row *row, struct grid_point *point, struct past_trial *trial);

/* Updates gathered for the intervals of a line of cells: probe_interval.c. */
struct interval_run;
struct interval_run *interval_run_new(const struct grid *grid);
void interval_run_free(struct interval_run *run);
/* All updates of a cell's trial after its past, which stands frozen in `past`. */
void interval_run_put(struct interval_run *run, const struct past_run *past, size_t cell,
                      const struct past_trial *trial, double weight);
/* Intervals of n cells, of means over what was put into each; nothing is put any more.
 * NaN where there is none. */
void interval_run_end(struct interval_run *run, size_t n, double *lower, double *upper);
/* Do histories count: for the model or for the truth? */
bool grid_past(const struct grid *grid);

/* Is the variable fixed or on an axis?  which: of the policy's weights or features. */
bool grid_set(const struct grid *grid, enum variable_kind kind, size_t which);
/* Is the trial one to sample and to count: reward known, all weights finite? */
static inline bool grid_visited(const struct grid *grid, size_t trial)
{
    size_t n = grid->model->settings.policy.n;
    bool finite = trial_known(grid->cohort, trial);
    for (size_t k = 0; k < n; k++) /* an infinite one gives NaN */
        finite &= grid->visited[trial * n + k] * 0 == 0;
    return finite;
}
/* held: a weight counts within WEIGHT_WINDOW, what has cells within the one it falls
 * into, all else alone. */
void grid_window(struct grid *grid);
/* Support of every cell, and n_visited. */
void grid_count(struct grid *grid, uint32_t *const support[]);
/* rest: what was averaged over, and which trials count for fixed values. */
void grid_describe(struct grid *grid);
void grid_frozen(const struct grid *grid, struct frozen *out);
/* A column each, and one for the past; their cells of the last row, from `first`. */
void frozen_columns(const struct frozen *frozen, bool past, struct table *out);
void frozen_fill(const struct frozen *frozen, size_t first, struct table *out);

#endif
