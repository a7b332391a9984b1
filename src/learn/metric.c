#include "metric.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"

/* LAPACK, of OpenBLAS: Cholesky factor, and solving with it. */
void spotrf_(const char *triangle, const int *n, float *a, const int *stride, int *info);
void spotrs_(const char *triangle, const int *n, const int *n_right, const float *a,
             const int *stride, float *b, const int *stride_b, int *info);

struct metric metric_new(size_t n, size_t n_rows)
{
    /* bits must not depend on the number of cores, and threads are ours */
    openblas_set_num_threads(1);
    return (struct metric){.n = n,
                           .n_rows = n_rows,
                           .rows = mem_new(n_rows * n, sizeof(float)),
                           .factor = mem_new(n_rows * n_rows, sizeof(float)),
                           .x = mem_new(n, sizeof(float)),
                           .y = mem_new(n_rows, sizeof(float))};
}

void metric_free(struct metric *m)
{
    free(m->rows), free(m->factor), free(m->x), free(m->y);
}

bool metric_set(struct metric *m, double damping)
{
    int n = (int)m->n, rows = (int)m->n_rows, info = 1;
    double square = 0;
    for (size_t i = 0; i < m->n_rows * m->n; i++)
        square += (double)m->rows[i] * m->rows[i];
    m->lambda = 0;
    /* what is nearly singular in single precision is damped more */
    for (int tries = 0; tries < 4 && info && square > 0 && isfinite(square); tries++) {
        double lambda = damping * square / rows;
        cblas_ssyrk(CblasRowMajor, CblasLower, CblasNoTrans, rows, n, 1, m->rows, n, 0, m->factor,
                    rows);
        for (size_t i = 0; i < m->n_rows; i++)
            m->factor[i * m->n_rows + i] += (float)lambda;
        spotrf_("U", &rows, m->factor, &rows, &info);
        if (info == 0)
            m->lambda = lambda;
        damping *= 10;
    }
    return m->lambda > 0;
}

void metric_solve(struct metric *m, double *v)
{
    int n = (int)m->n, rows = (int)m->n_rows, one = 1, info;
    if (m->lambda == 0)
        return;
    for (size_t i = 0; i < m->n; i++)
        m->x[i] = (float)v[i];
    cblas_sgemv(CblasRowMajor, CblasNoTrans, rows, n, 1, m->rows, n, m->x, 1, 0, m->y, 1);
    spotrs_("U", &rows, &one, m->factor, &rows, m->y, &rows, &info);
    cblas_sgemv(CblasRowMajor, CblasTrans, rows, n, -1, m->rows, n, m->y, 1, 1, m->x, 1);
    for (size_t i = 0; i < m->n; i++)
        v[i] = m->x[i] / m->lambda;
}
