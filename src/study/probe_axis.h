/* Axes of maps and slices: their cells and edges.
 * Private to study. */
#ifndef DELTAW_SRC_STUDY_PROBE_AXIS_H
#define DELTAW_SRC_STUDY_PROBE_AXIS_H

#include "probe_variable.h"

enum { AXIS_LEVELS = 21, AXIS_CELLS = 41, AXIS_MOST = 2000 };

/* Low-discrepancy numbers in [0,1): the j-th of a sequence. */
double probe_axis_spread_root2(size_t j);
/* The j-th of n ranks out of `all`, one in each n-th part, ascending. */
size_t probe_sample_rank(size_t j, size_t n, size_t all);

/* What was asked of an axis: cells (0: AXIS_CELLS) and range (NaN: as visited). */
struct axis_request {
    const char *verb, *option; /* for errors: "map", "x" */
    size_t n;
    double lo, hi;
};
/* cohort and visited [n_trials][n_weights] may be NULL: nothing was visited. */
bool probe_axis_make(const struct policy *policy, const struct cohort *cohort, const float *visited,
                     const struct variable *variable, const struct axis_request *request,
                     struct axis *out, struct err *err);
/* Cells at given ascending values. */
void probe_axis_levels(struct axis *axis, size_t n, const double *value);
void probe_axis_free(struct axis *axis);
/* The cell `value` falls into, or -1. */
long probe_axis_cell(const struct axis *axis, double value);

/* The same for many values, of which few are distinct where the axis has levels. */
enum { FINDER_MEMO = 64 };
struct finder {
    const struct axis *axis;
    double per; /* cells in a unit, where they are even */
    double value[FINDER_MEMO];
    long cell[FINDER_MEMO];
};
void finder_set(struct finder *finder, const struct axis *axis);
long finder_cell(struct finder *finder, double value);

/* The largest of 1, 2, 5 times a power of ten that is not above `value` > 0. */
double probe_axis_nice_step(double value);

#endif
