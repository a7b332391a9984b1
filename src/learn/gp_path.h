/* Points of a posterior's grid, run along animals' trajectories.  Private
 * to learn. */
#ifndef LEARN_GP_PATH_H
#define LEARN_GP_PATH_H

#include "deltaw/learn/interval.h"
#include "gp_predict.h"

/* A point of the grid, ready to be rolled. */
struct gp_ready {
    const struct gp_point *point;
    struct gp_shape shape;
    double *mix;
    const double *covariance;
    struct gp_mode mode; /* of what animals have for themselves: how it goes with the shared */
};

struct gp_path {
    const struct gp *gp;
    const struct gp_data *data;
    enum gp_interval interval;
    const struct gp_cohort *fitted; /* NULL where animals have nothing of their own */
    const uint8_t *keep;            /* [n_trials] */
    struct gp_ready *ready;         /* [n_points] */
    double *weight;                 /* [n_points] */
    size_t *kept_from;              /* [n_animals] how many are kept before an animal */
    struct gp_value *updates, *weights;
};

/* Work of a team: point i, of a struct gp_path. */
void gp_path_ready(void *path, size_t i, size_t member);
void gp_ready_clear(struct gp_ready *ready);
/* Which of the fitted animals it is; -1: none. */
long gp_path_place(const struct gp_path *path, size_t animal);
/* What it begins with, [gp_starts]. */
void gp_path_start(const struct gp_path *path, const struct gp_ready *ready, size_t animal,
                   double *start);
/* What is the animal's own is no longer part of the row [n + gp_own]: r_s - M_sa M_aa^-1 r_a.
 * Returns their own share of the variance, r_a' M_aa^-1 r_a. */
double gp_path_own(const struct gp_path *path, const struct gp_ready *ready, long place,
                   double *row);

/* As model_expectation. */
void gp_expectation(const struct gp *gp, enum gp_interval interval, const struct gp_data *data,
                    const struct expectation_request *request, struct gp_value *out);

#endif
