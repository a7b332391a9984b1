/* Looking into a rule: maps and slices of dw over what the rule sees.
 *
 * Every variable that is not on an axis, in a panel or fixed keeps the values of trials the
 * animals visited: the cell's value is the mean of dw over an even sample of visited trials
 * (its size is in `n_sample`) with the axis variables put in their place.  Reward, choice
 * and side depend on one another: with s and r set, the choice is the one that gives this
 * reward; at s = 0 the side that paid is right as often as on visited trials with s = 0
 * (where there are none, the sampled trial's).  Support of a cell: how many visited trials
 * fall into it. */
#ifndef DELTAW_STUDY_PROBE_H
#define DELTAW_STUDY_PROBE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/base/table.h"
#include "deltaw/learn/model.h"

enum { PROBE_NAME = 40, PROBE_MAX_PANELS = 2, PROBE_REST = 240 };
enum { PAST_LAGS = 3, PAST_MOST_LAGS = 10, PAST_HISTORIES = 1024 };

/* The trials before: whichever, all rewarded, all unrewarded; PAST_BOTH: one
 * line each of the last two (slices). */
enum past { PAST_ANY, PAST_REWARDED, PAST_UNREWARDED, PAST_BOTH };

/* Values held instead of those visited; NaN: not held. */
struct fixed {
    double stimulus, choice, reward; /* choice 0 left, 1 right */
    double day;                      /* 1 on the first trial of a session, see cohort_day */
    double side;                     /* that pays: 0 left, 1 right */
    double w[POLICY_MAX];            /* weights */
    double x[POLICY_MAX]; /* those of the policy's features that no trial has by itself: of
                           * the trial before, columns of the log */
};
void fixed_none(struct fixed *fixed);
/* Hold the variable of this name, see probe_variable.  False: the policy has none. */
bool fixed_put(struct fixed *fixed, const struct policy *policy, const char *name, double value);
/* The i-th name of what may be on an axis or held: stimulus, choice, reward, day, side, the
 * weights (w_right), then features by their names (prevchoice, a column); NULL after the
 * last. */
const char *probe_variable(const struct policy *policy, size_t i);

struct axis {
    char name[PROBE_NAME]; /* of a variable */
    bool levels;           /* few distinct values: one cell each (not to scale) */
    size_t n;
    double *value; /* [n] centres, ascending */
    double *edge;  /* [n + 1]; for levels halfway between them */
};

/* Of a map or a slice. */
struct probe_request {
    char of[PROBE_NAME];               /* "w_stim": the component of dw; "": the first weight that
                          * depends on the stimulus */
    char x[PROBE_NAME], y[PROBE_NAME]; /* y "": as for `of`, or "stimulus" where x is that */
    struct fixed fixed;
    size_t nx, ny;                 /* cells wanted on a continuous axis; 0: 41 */
    double y_lo, y_hi, x_lo, x_hi; /* ranges of continuous axes; NaN: what was visited */
    size_t sample;                 /* visited trials to average over at most; 0: the probe's own
                                      * choice */
    bool live;                     /* of a model that still trains: r2 is a quick estimate; else
                                      * it is the one of recovery_compute */
    /* slices: reward fixed, lines after errors (0) or correct trials (1); NaN: both; lines at
     * these values of w_stim (of `of`, where that depends on the stimulus); n_w 0: three from
     * what was visited, of which `middle` and PAST_BOTH take the second alone */
    bool middle;
    size_t n_w;
    double w[8];
    enum past past;
    bool robust;             /* intervals by the sandwich over animals, where the rule has a
                              * posterior */
    size_t lags;             /* 0: PAST_LAGS */
    size_t histories;        /* to average over at most; 0: PAST_HISTORIES */
    int threads;             /* at most; 0: all processors */
    const atomic_bool *stop; /* NULL, or polled: ERR_INTERRUPTED once it is true */
};

/* What was held at one value: columns of the table, so that a file tells it. */
struct frozen {
    size_t n;
    struct {
        char name[PROBE_NAME]; /* "w_bias", "lags" */
        double value;
    } item[2 * POLICY_MAX + 6];
};

/* Of a panel of a map [ny][nx], or of a line of a slice [x.n]. */
struct probe_cells {
    double *value;         /* dw; NaN, and no support, where no trial can be */
    double *truth;         /* NULL: there is none */
    double *se;            /* standard error of dw for the uncertainty of the rule's parameters,
                            * visited weights held fixed; NaN where the value depends on a
                            * parameter at its bound; NULL: they have no covariance */
    double *lower, *upper; /* interval of 90 %, see struct map; NaN: not known there; NULL: the
                            * model knows none */
    uint32_t *support;     /* visited trials */
};

struct map {
    struct probe_request request; /* with the choices made for it filled in */
    struct axis x, y;
    size_t n_panels;
    struct probe_cells panel[PROBE_MAX_PANELS];
    char title[PROBE_MAX_PANELS][PROBE_NAME]; /* "error r=0", "correct r=1"; "" for a single one */
    enum interval_kind interval;              /* where lower and upper are from */
    double limit;          /* largest |value| over cells with support (all, if none) */
    size_t n_sample;       /* visited trials averaged over */
    size_t n_visited;      /* visited trials counted */
    double r2;             /* of dw over visited trials against the truth, NaN without one */
    size_t n_histories;    /* averaged over, 0: the past does not count ... */
    size_t n_fitting;      /* ... of so many that fit */
    char rest[PROBE_REST]; /* "w_bias, day: mean over 64 visited trials" */
    struct frozen frozen;
};

/* "w_stim": the first weight that depends on the stimulus, else the first. */
const char *probe_weight(const struct policy *policy);
/* Is the true rule behind these trials known (NULL: none), for this policy? */
bool probe_true_known(const struct cohort *cohort, const struct policy *policy);
/* Does an update of this model depend on the trials before? */
bool probe_sees_past(const struct model *model);
/* Likewise, or one of the true rule behind these trials (NULL: none)? */
bool probe_past_counts(const struct model *model, const struct cohort *cohort);
/* Request with x, y, panels at their defaults: x=stimulus, the others "". */
void probe_request_default(struct probe_request *request);
/* visited: [n_trials][K] of this cohort under this model (model->visited->w, or
 * model_sweep).  cohort and visited may both be NULL (an opened model with no
 * data): then weights that are not set are 0 and no cell has support.  Cells no
 * trial can be in (s > 0, choice right, reward 0) are NaN with no support.  On
 * failure nothing is in out. */
bool probe_map_compute(const struct model *model, const struct cohort *cohort, const float *visited,
                       const struct probe_request *request, struct map *out, struct err *err);
/* Would probe_map_compute take the request?  Without computing. */
bool probe_map_check(const struct model *model, const struct cohort *cohort,
                     const struct probe_request *request, struct err *err);
void probe_map_free(struct map *map);
/* panel, then axis values, value, support, se, lower, upper (NaN where not known), interval
 * (interval_word)[, truth], what was frozen, [past]: one row a cell. */
void probe_map_table(const struct map *map, struct table *out);

struct slice_line {
    double w;
    bool correct;             /* solid; error is dashed */
    enum past past;           /* never PAST_BOTH */
    struct probe_cells cells; /* support: with w within half the step between lines */
    /* What really happened on such trials, whatever the stimulus and the trials
     * before the past that is asked for: mean change of the model's weights
     * (NaN: no trial) and of the true ones, w near the line's. */
    double visited, visited_truth;
    size_t n_visited, n_visited_truth;
};
struct slice {
    char *model; /* its name */
    struct probe_request request;
    struct axis x;
    enum interval_kind interval; /* where lower and upper are from */
    size_t n_lines;
    struct slice_line *line;
    double r2;
    char weight[PROBE_NAME];       /* whose values the lines are; "w_stim" */
    size_t n_histories, n_fitting; /* as in struct map */
    char rest[PROBE_REST];
    struct frozen frozen;
};
/* The weight whose values the lines of a slice of `of` are: `of` itself where it
 * goes with the stimulus. */
const char *probe_slice_weight(const struct policy *policy, const char *of);
bool probe_slice_compute(const struct model *model, const struct cohort *cohort,
                         const float *visited, const struct probe_request *request,
                         struct slice *out, struct err *err);
/* As probe_map_check. */
bool probe_slice_check(const struct model *model, const struct cohort *cohort,
                       const struct probe_request *request, struct err *err);
void probe_slice_free(struct slice *slice);
/* model, w_line and reward where they differ, x, and the columns of probe_map_table: one row a
 * point.  Of several slices [n] of one request: of one policy, and along the same values. */
void probe_slice_table(size_t n, const struct slice *const *slices, struct table *out);

/* Fitted against true update over the trials the animals visited, at the true
 * weights; per weight k.  False when the cohort has no truth. */
struct recovery {
    size_t n_trials, n_weights; /* n_trials: used, evenly spread over ... */
    size_t n_visited;           /* ... the trials there are; fewer when above 50,000 */
    double r2[POLICY_MAX];      /* NaN where the true update never varies */
    double rmse[POLICY_MAX];
    double null_rmse[POLICY_MAX]; /* of answering 0 */
};
bool recovery_compute(const struct model *model, const struct cohort *cohort,
                      const atomic_bool *stop, struct recovery *out, struct err *err);
/* The same over about `most` trials.  stop: NULL, or polled: ERR_INTERRUPTED once it is
 * true. */
bool recovery_estimate(const struct model *model, const struct cohort *cohort, size_t most,
                       const atomic_bool *stop, struct recovery *out, struct err *err);

#endif
