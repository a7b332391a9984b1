#include "deltaw/learn/positive.h"

/* LAPACK, of OpenBLAS: Cholesky factor of a symmetric matrix, and its inverse. */
void dpotrf_(const char *triangle, const int *n, double *a, const int *stride, int *info);
void dpotri_(const char *triangle, const int *n, double *a, const int *stride, int *info);

bool positive_invert(size_t n, double *a)
{
    int m = (int)n, info = 0;
    if (n == 0)
        return true;
    dpotrf_("L", &m, a, &m, &info); /* by columns: the lower triangle is our upper */
    if (info == 0)
        dpotri_("L", &m, a, &m, &info);
    for (size_t i = 0; i < n && info == 0; i++)
        for (size_t j = 0; j < i; j++)
            a[i * n + j] = a[j * n + i];
    return info == 0;
}
