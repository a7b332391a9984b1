#include "metric.h"

#include <math.h>
#include <stdlib.h>

#include "blas.h"
#include "deltaw/base/mem.h"

struct metric metric_new(size_t n, size_t n_rows)
{
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
    const float zero = 0, one = 1;
    int n = (int)m->n, rows = (int)m->n_rows, info = 1;
    double square = 0;
    for (size_t i = 0; i < m->n_rows * m->n; i++)
        square += (double)m->rows[i] * m->rows[i];
    m->lambda = 0;
    /* what is nearly singular in single precision is damped more */
    for (int tries = 0; tries < 4 && info && square > 0 && isfinite(square); tries++) {
        double lambda = damping * square / rows;
        blas()->ssyrk("U", "T", &rows, &n, &one, m->rows, &n, &zero, m->factor, &rows);
        for (size_t i = 0; i < m->n_rows; i++)
            m->factor[i * m->n_rows + i] += (float)lambda;
        blas()->spotrf("U", &rows, m->factor, &rows, &info);
        if (info == 0)
            m->lambda = lambda;
        damping *= 10;
    }
    return m->lambda > 0;
}

void metric_solve(struct metric *m, double *v)
{
    const float zero = 0, plus = 1, minus = -1;
    int n = (int)m->n, rows = (int)m->n_rows, one = 1, info;
    if (m->lambda == 0)
        return;
    for (size_t i = 0; i < m->n; i++)
        m->x[i] = (float)v[i];
    blas()->sgemv("T", &n, &rows, &plus, m->rows, &n, m->x, &one, &zero, m->y, &one);
    blas()->spotrs("U", &rows, &one, m->factor, &rows, m->y, &rows, &info);
    blas()->sgemv("N", &n, &rows, &minus, m->rows, &n, m->y, &one, &plus, m->x, &one);
    for (size_t i = 0; i < m->n; i++)
        v[i] = m->x[i] / m->lambda;
}
