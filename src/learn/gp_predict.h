/* What predictions share. */
#ifndef LEARN_GP_PREDICT_H
#define LEARN_GP_PREDICT_H

#include "gp_inside.h"

/* Mean, 5 % and 95 % of a mixture of normals: all [n]. */
struct gp_value gp_mixture(size_t n, const double *weight, const double *mean,
                           const double *variance);
/* [P][P], the point's own. */
const double *gp_covariance(const struct gp_point *point, enum gp_interval interval);
/* 1 - |phi|^2 */
double gp_outside(const struct gp_shape *shape, const double *phi);

#endif
