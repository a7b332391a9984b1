/* OpenBLAS, loaded when it is first needed, on one thread.  Linked in the usual way it
 * starts its threads before main(), with all signals open, and slows every start of the
 * program; none of that helps a program with threads of its own.  It reads
 * what blas_prepare() puts into the environment when it is loaded. */
#ifndef LEARN_BLAS_H
#define LEARN_BLAS_H

#include <stdbool.h>

#include "deltaw/base/err.h"

/* Matrices by columns, all by reference, as in Fortran; lengths of the texts are not
 * passed, as all C users of these do. */
struct blas_functions {
    /* LAPACK: a Cholesky factor, the inverse from one. */
    void (*dpotrf)(const char *triangle, const int *n, double *a, const int *lda, int *info);
    void (*dpotri)(const char *triangle, const int *n, double *a, const int *lda, int *info);
    char *(*core)(void);
    /* BLAS: a times its transpose, one triangle of it; a product of matrices. */
    void (*ssyrk)(const char *triangle, const char *transposed, const int *n, const int *k,
                  const float *alpha, const float *a, const int *lda, const float *beta, float *c,
                  const int *ldc);
    void (*dgemm)(const char *transposed_a, const char *transposed_b, const int *m, const int *n,
                  const int *k, const double *alpha, const double *a, const int *lda,
                  const double *b, const int *ldb, const double *beta, double *c, const int *ldc);
};

/* From any thread.  Ends the program when the library that it was built with is
 * not there. */
const struct blas_functions *blas_open(void);
/* Has the address space room for so many threads in it at once?  Without, it loops forever.
 * False with an error; asked before by what calls it in threads. */
bool blas_room(int threads, const char *what, struct err *err);

#endif
