/* One animal's trials under a rule with a posterior, with the derivatives of its weights;
 * compiled once for each instruction set.  See deltaw/learn/gp.h for the model. */
#ifndef LEARN_GP_ROLL_H
#define LEARN_GP_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/learn/gp.h"

enum {
    GP_KINDS = 3,  /* what traces are weighed by: 1, the average of reward, its threshold */
    GP_ROWS = 256, /* rows that one product of matrices takes */
    GP_MOST_DIMS = GP_INPUTS + GP_WEIGHTS,
    GP_OWN = GP_WEIGHTS + 1, /* most that an animal has for itself */
};

/* Inducing points and what makes their kernels orthonormal: phi(u) = L^-1 k(u), with L
 * the Cholesky factor of the kernel between the points.  `wide` is the number of points
 * a cell, padded. */
struct gp_basis {
    int references; /* atomic */
    size_t n_dims, n, wide;
    double inverse_scale[GP_MOST_DIMS];
    double *z;      /* [GP_CELLS][n_dims][wide] points over scales; far off where padded */
    double *whiten; /* [GP_CELLS][wide][wide] columns of L^-1, one after the other */
};

/* What a rule consists of: where its parameters stand in theta, which is, for each weight,
 * [simple terms][decays][kinds] and, where it has a remainder, [cells][basis->n]; then
 * the lapse. */
struct gp_shape {
    size_t n_weights;
    size_t n_simple;
    enum gp_term simple[GP_N_TERMS];
    size_t n_decays, n_kinds;
    int kind[GP_KINDS];
    double decay[GP_DECAYS], average;
    bool smooth[GP_WEIGHTS];
    const struct gp_basis *basis; /* NULL: no remainder */
    size_t at[GP_WEIGHTS + 1];    /* where a weight's parameters begin */
    size_t n_rule, n;             /* without and with the lapse */
    bool fit_lapse, fit_w0, gains;
    double lapse; /* where it is not fitted */
};

/* What an animal begins with: its weights, then g where there are gains. */
static inline size_t gp_starts(const struct gp_shape *shape)
{
    return shape->n_weights + shape->gains;
}

/* What of that is estimated, and where the first of it stands among the starts. */
static inline size_t gp_own(const struct gp_shape *shape)
{
    return (shape->fit_w0 ? shape->n_weights : 0) + shape->gains;
}

static inline size_t gp_own_from(const struct gp_shape *shape)
{
    return shape->fit_w0 ? 0 : shape->n_weights;
}

/* How a rule is let run.  All pointers but theta and w0 may be NULL where what they are
 * for is not wanted. */
struct gp_roll {
    const struct gp_shape *shape;
    const double *theta; /* [n] */
    const double *mix;   /* [GP_CELLS][K][wide] of gp_mix: remainder over plain kernels */
    const double *w0;    /* [gp_starts] */
    size_t width;        /* n, and gp_own more where sensitivities are wanted */
    /* sensitivities; room [gp_room(shape, width)], aligned */
    double *room;
    /* sums over scored trials */
    double *gradient; /* [width]; NULL: no sensitivities */
    double *fisher;   /* [width][width], lower triangle */
    float *rows;      /* [GP_ROWS][width] room */
    float *product;   /* [width][width] room */
    void (*syrk)(const char *uplo, const char *trans, const int *n, const int *k,
                 const float *alpha, const float *a, const int *lda, const float *beta, float *c,
                 const int *ldc);
    /* every trial */
    float *w;  /* [count][K] before each trial */
    float *dw; /* [count - 1][K] */
    /* derivatives on some trials, in their order */
    const uint8_t *keep;   /* [count] */
    float *update_rows;    /* [kept][K][width] */
    float *weight_rows;    /* [kept][K][width] */
    double log_likelihood; /* out; -inf: weights went beyond all bounds */
};

struct gp_engine {
    void (*roll)(const struct gp_data *data, size_t animal, struct gp_roll *roll);
    /* phi [wide] at a point v [n_dims] over scales */
    void (*phi)(const struct gp_basis *basis, size_t cell, const double *v, double *phi);
};

/* The one that belongs to the engine in use. */
const struct gp_engine *gp_engine_pick(void);

static inline size_t gp_stride(size_t width)
{
    return (width + 7) / 8 * 8;
}

/* Doubles of room: S now and before, the sensitivities of the traces, h. */
static inline size_t gp_room(const struct gp_shape *shape, size_t width)
{
    return gp_stride(width) * (shape->n_weights * (2 + shape->n_decays) + 1);
}

static inline size_t gp_cell(int choice, double reward)
{
    return (choice ? 2 : 0) + (reward >= .5 ? 1 : 0);
}

#endif
