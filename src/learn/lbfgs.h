/* The memory of L-BFGS: what steps and gradients have told of the curvature
 * (Liu and Nocedal 1989; two-loop recursion), on top of a metric. */
#ifndef LEARN_LBFGS_H
#define LEARN_LBFGS_H

#include "metric.h"

struct lbfgs {
    size_t n, room, kept, next; /* pairs; `next` is overwritten next */
    double *s, *y;              /* [room][n] steps, changes of the gradient */
    double *rho, *alpha;        /* [room] */
    double *work;               /* [n] */
};

struct lbfgs lbfgs_new(size_t n, size_t room);
void lbfgs_free(struct lbfgs *m);
void lbfgs_forget(struct lbfgs *m);
/* Step s [n] changed the gradient by y [n].  Kept when the curvature along it is
 * positive. */
void lbfgs_add(struct lbfgs *m, const double *s, const double *y);
/* v [n] = H v, H the estimate of the inverse Hessian; metric may be NULL. */
void lbfgs_apply(struct lbfgs *m, struct metric *metric, double *v);

#endif
