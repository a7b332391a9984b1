#include "deltaw/learn/positive.h"

#include "blas.h"

bool positive_invert(size_t n, double *a)
{
    int m = (int)n, info = 0;
    if (n == 0)
        return true;
    blas()->dpotrf("L", &m, a, &m, &info); /* by columns: the lower triangle is our upper */
    if (info == 0)
        blas()->dpotri("L", &m, a, &m, &info);
    for (size_t i = 0; i < n && info == 0; i++)
        for (size_t j = 0; j < i; j++)
            a[i * n + j] = a[j * n + i];
    return info == 0;
}
