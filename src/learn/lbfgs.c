#include "lbfgs.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

struct lbfgs lbfgs_new(size_t n, size_t room)
{
    return (struct lbfgs){.n = n,
                          .room = room,
                          .s = mem_new(room * n, sizeof(double)),
                          .y = mem_new(room * n, sizeof(double)),
                          .rho = mem_new(room, sizeof(double)),
                          .alpha = mem_new(room, sizeof(double)),
                          .work = mem_new(n, sizeof(double))};
}

void lbfgs_free(struct lbfgs *m)
{
    free(m->s), free(m->y), free(m->rho), free(m->alpha), free(m->work);
}

void lbfgs_forget(struct lbfgs *m)
{
    m->kept = m->next = 0;
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void add(size_t n, double *out, double factor, const double *a)
{
    for (size_t i = 0; i < n; i++)
        out[i] += factor * a[i];
}

void lbfgs_add(struct lbfgs *m, const double *s, const double *y)
{
    double sy = dot(m->n, s, y);
    if (!(sy > 1e-12 * dot(m->n, y, y)))
        return;
    memcpy(m->s + m->next * m->n, s, m->n * sizeof *s);
    memcpy(m->y + m->next * m->n, y, m->n * sizeof *y);
    m->rho[m->next] = 1 / sy;
    m->next = (m->next + 1) % m->room;
    m->kept += m->kept < m->room;
}

/* The i-th newest pair. */
static size_t at(const struct lbfgs *m, size_t i)
{
    return (m->next + m->room - 1 - i) % m->room;
}

void lbfgs_apply(struct lbfgs *m, struct metric *metric, double *v)
{
    for (size_t i = 0; i < m->kept; i++) {
        size_t j = at(m, i);
        m->alpha[j] = m->rho[j] * dot(m->n, m->s + j * m->n, v);
        add(m->n, v, -m->alpha[j], m->y + j * m->n);
    }
    if (metric)
        metric_solve(metric, v);
    if (m->kept) { /* the scale of the newest pair */
        const double *y = m->y + at(m, 0) * m->n;
        memcpy(m->work, y, m->n * sizeof *y);
        if (metric)
            metric_solve(metric, m->work);
        double scale = 1 / (m->rho[at(m, 0)] * dot(m->n, y, m->work));
        for (size_t i = 0; i < m->n; i++)
            v[i] *= scale;
    }
    for (size_t i = m->kept; i-- > 0;) {
        size_t j = at(m, i);
        double beta = m->rho[j] * dot(m->n, m->y + j * m->n, v);
        add(m->n, v, m->alpha[j] - beta, m->s + j * m->n);
    }
}
