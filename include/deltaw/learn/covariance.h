/* The covariance of a model's parameters, for whatever is computed from them. */
#ifndef DELTAW_LEARN_COVARIANCE_H
#define DELTAW_LEARN_COVARIANCE_H

#include "deltaw/learn/model.h"

/* NULL stays NULL. */
double *covariance_copy(const double *covariance, size_t size);

/* Directions in the space of parameters for the delta method: with d_j the derivative of f
 * along direction j, the variance of f is the sum of d_j^2 (covariance = L L', the
 * directions are the columns of L: one pair of evaluations each, and steps that are as long
 * as the errors are).  A parameter at its bound has no error; where f depends on it, f has
 * no error either. */
struct covariance_directions {
    size_t size, n;    /* of a direction; how many with errors */
    double *direction; /* [n][size] */
    size_t n_bound;
    size_t *bound; /* [n_bound] parameters without an error */
};
/* False: the model has none. */
bool covariance_directions(const struct model *model, struct covariance_directions *out);
void covariance_directions_free(struct covariance_directions *d);

#endif
