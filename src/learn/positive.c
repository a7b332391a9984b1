#include "deltaw/learn/positive.h"

#include <math.h>
#include <string.h>

#include "blas.h"

/* Small ones are done here: the library takes 128 MB of address space for any, and loops
 * forever where it cannot have them. */
enum { SMALL = 32 };

/* The lower triangle of a becomes its factor (Cholesky). */
static bool factor_small(size_t n, double *a)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            if (i == j && !(sum > 0))
                return false;
            a[i * n + j] = i == j ? sqrt(sum) : sum / a[j * n + j];
        }
    return true;
}

/* From the factor L: column by column of L^-1, then L^-T L^-1. */
static void invert_small(size_t n, double *a)
{
    double inverse[SMALL * SMALL] = {0};
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++) {
            double sum = i == j;
            for (size_t k = j; k < i; k++)
                sum -= a[i * n + k] * inverse[k * n + j];
            inverse[i * n + j] = sum / a[i * n + i];
        }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = i; k < n; k++)
                sum += inverse[k * n + i] * inverse[k * n + j];
            a[i * n + j] = a[j * n + i] = sum;
        }
}

bool positive_invert(size_t n, double *a)
{
    int m = (int)n, info = 0;
    if (n <= SMALL) {
        bool good = factor_small(n, a);
        if (good)
            invert_small(n, a);
        return good;
    }
    blas_open()->dpotrf("L", &m, a, &m, &info); /* by columns: the lower triangle is our upper */
    if (info == 0)
        blas_open()->dpotri("L", &m, a, &m, &info);
    for (size_t i = 0; i < n && info == 0; i++)
        for (size_t j = 0; j < i; j++)
            a[i * n + j] = a[j * n + i];
    return info == 0;
}

bool positive_factor(size_t n, const double *a, double *l)
{
    int m = (int)n, info = 0;
    memcpy(l, a, n * n * sizeof *l);
    if (n <= SMALL)
        info = !factor_small(n, l);
    else /* by columns: the upper triangle is our lower */
        blas_open()->dpotrf("U", &m, l, &m, &info);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            l[i * n + j] = 0;
    return info == 0;
}
