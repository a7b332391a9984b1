/* Triangles. */
#include <math.h>

#include "gp_inside.h"

void gp_solve_lower(size_t n, const double *l, double *b)
{
    for (size_t i = 0; i < n; i++) {
        double sum = b[i];
        for (size_t j = 0; j < i; j++)
            sum -= l[i * n + j] * b[j];
        b[i] = sum / l[i * n + i];
    }
}

void gp_solve_upper(size_t n, const double *l, double *b)
{
    for (size_t i = n; i-- > 0;) {
        b[i] /= l[i * n + i];
        for (size_t j = 0; j < i; j++)
            b[j] -= l[i * n + j] * b[i];
    }
}

void gp_invert_factor(size_t n, double *l)
{
    int size = (int)n, info = 0;
    if (n > 0)
        blas_open()->dpotri("U", &size, l, &size, &info); /* by columns, theirs is our lower */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            l[j * n + i] = l[i * n + j];
}

double gp_log_determinant(size_t n, const double *l)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += 2 * log(l[i * n + i]);
    return sum;
}
