/* How far a step may go in each direction: the Gauss-Newton matrix of a loss from
 * a few random rows, and its inverse as a first guess of the inverse Hessian.
 *
 *   G = R'R + lambda I,  R [n_rows][n]
 *
 * R comes from rollout sketches (engine.h), whose r r' add up to the Fisher
 * matrix on average.  The inverse is by Woodbury's identity, so the cost is that
 * of n_rows, not of n^2. */
#ifndef LEARN_METRIC_H
#define LEARN_METRIC_H

#include <stdbool.h>
#include <stddef.h>

struct metric {
    size_t n, n_rows;
    double lambda;  /* 0: no rows yet, G is the identity */
    float *rows;    /* R [n_rows][n], filled by the caller before metric_set */
    float *factor;  /* [n_rows][n_rows] Cholesky factor of R R' + lambda I */
    float *x, *y;   /* [n], [n_rows] */
};

struct metric metric_new(size_t n, size_t n_rows);
void metric_free(struct metric *m);
/* Take the rows over; lambda = damping times their mean square length.  False
 * (and the identity) when they are all 0 or no numbers. */
bool metric_set(struct metric *m, double damping);
/* v [n] = G^-1 v */
void metric_solve(struct metric *m, double *v);

#endif
