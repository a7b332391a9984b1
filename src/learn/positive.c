#include "deltaw/learn/positive.h"

#include <string.h>

#include "blas.h"

bool positive_invert(size_t n, double *a)
{
    int m = (int)n, info = 0;
    if (n == 0)
        return true;
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
    if (n == 0)
        return true;
    memcpy(l, a, n * n * sizeof *l);
    blas_open()->dpotrf("U", &m, l, &m, &info); /* by columns: the upper triangle is our lower */
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            l[i * n + j] = 0;
    return info == 0;
}
