/* Symmetric positive matrices, larger ones by LAPACK. */
#ifndef DELTAW_LEARN_POSITIVE_H
#define DELTAW_LEARN_POSITIVE_H

#include <stdbool.h>
#include <stddef.h>

/* a [n][n] is replaced by its inverse (both triangles); false, and a spoilt, when
 * it is not positive definite. */
bool positive_invert(size_t n, double *a);
/* a = l l', l [n][n] lower triangular; false when it is not positive definite. */
bool positive_factor(size_t n, const double *a, double *l);

#endif
