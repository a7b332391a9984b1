#include "adam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

struct adam adam_new(size_t n)
{
    return (struct adam){.n = n,
                         .beta1 = .9,
                         .beta2 = .999,
                         .m = mem_new(n, sizeof(double)),
                         .v = mem_new(n, sizeof(double))};
}

void adam_free(struct adam *adam)
{
    free(adam->m);
    free(adam->v);
}

void adam_forget(struct adam *adam)
{
    adam->step = 0;
    memset(adam->m, 0, adam->n * sizeof *adam->m);
    memset(adam->v, 0, adam->n * sizeof *adam->v);
}

void adam_step(struct adam *adam, double rate, double *theta, const double *gradient)
{
    const double beta1 = adam->beta1, beta2 = adam->beta2, eps = 1e-8;
    double t = (double)++adam->step;
    double size = rate / (1 - pow(beta1, t)), root = sqrt(1 - pow(beta2, t));
    for (size_t i = 0; i < adam->n; i++) {
        double g = gradient[i];
        adam->m[i] = beta1 * adam->m[i] + (1 - beta1) * g;
        adam->v[i] = beta2 * adam->v[i] + (1 - beta2) * g * g;
        theta[i] -= size * adam->m[i] / (sqrt(adam->v[i]) / root + eps);
    }
}
