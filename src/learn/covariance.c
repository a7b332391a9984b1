#include "deltaw/learn/covariance.h"

#include <math.h>
#include <stdlib.h>

#include "covariance_file.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/positive.h"

double *covariance_copy(const double *covariance, size_t size)
{
    return covariance ? mem_copy(covariance, size * size, sizeof *covariance) : NULL;
}

/* The lower factor of the part [n][n] of c at these indices; NULL: not positive. */
static double *factor_of(const double *c, size_t size, size_t n, const size_t *index)
{
    double *part = mem_new(n * n, sizeof *part), *l = mem_new(n * n, sizeof *l);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            part[i * n + j] = c[index[i] * size + index[j]];
    bool good = positive_factor(n, part, l);
    free(part);
    if (!good) {
        free(l);
        l = NULL;
    }
    return l;
}

static bool directions_of(const double *c, size_t size, struct covariance_directions *out)
{
    size_t *index = mem_new(size, sizeof *index);
    *out = (struct covariance_directions){.size = size, .bound = mem_new(size, sizeof *index)};
    for (size_t i = 0; i < size; i++)
        if (c[i * size + i] > 0)
            index[out->n++] = i;
        else
            out->bound[out->n_bound++] = i;
    double *l = factor_of(c, size, out->n, index);
    out->direction = mem_new(out->n * size, sizeof *out->direction);
    for (size_t j = 0; j < out->n && l; j++)
        for (size_t i = 0; i < out->n; i++)
            out->direction[j * size + index[i]] = l[i * out->n + j];
    bool good = l && out->n > 0;
    free(index), free(l);
    if (!good)
        covariance_directions_free(out);
    return good;
}

bool covariance_directions(const struct model *m, struct covariance_directions *out)
{
    *out = (struct covariance_directions){0};
    return m->covariance && directions_of(m->covariance, m->tensors.size, out);
}

void covariance_directions_free(struct covariance_directions *d)
{
    free(d->direction), free(d->bound);
    *d = (struct covariance_directions){0};
}

void covariance_pack(const struct model *m, struct npz *npz)
{
    size_t n = m->tensors.size;
    if (m->covariance)
        npz_add(npz, "covariance", NPZ_FLOAT64, 2, (size_t[]){n, n}, m->covariance);
}

/* Symmetric and positive, but for parameters without an error, whose rows are 0. */
static bool is_covariance(const double *c, size_t n)
{
    struct covariance_directions directions;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double scale = sqrt(fabs(c[i * n + i]) * fabs(c[j * n + j]));
            if (c[i * n + i] < 0 || fabs(c[i * n + j]) > scale * (1 + 1e-9) ||
                fabs(c[i * n + j] - c[j * n + i]) > 1e-9 * scale)
                return false;
        }
    bool good = directions_of(c, n, &directions);
    covariance_directions_free(&directions);
    return good;
}

bool covariance_unpack(const struct npz *npz, const char *path, struct model *m, struct err *err)
{
    const struct npz_array *a = npz_find(npz, "covariance");
    size_t n = m->tensors.size;
    if (!a)
        return true;
    if (m->rule->network)
        return err_set(err, ERR_DATA,
                       "%s: holds a covariance, but the rule %s is a network, "
                       "whose parameters have none",
                       path, m->rule->name);
    if (!a->values || a->n_dimensions != 2 || a->shape[0] != n || a->shape[1] != n)
        return err_set(err, ERR_DATA, "%s: covariance should have the shape (%zu, %zu)", path, n,
                       n);
    for (size_t i = 0; i < a->size; i++)
        if (!isfinite(a->values[i]))
            return err_set(err, ERR_DATA,
                           "%s: covariance holds a value that is not a finite number "
                           "(entry %zu)",
                           path, i);
    if (!is_covariance(a->values, n))
        return err_set(err, ERR_DATA,
                       "%s: covariance is none: it should be symmetric and "
                       "positive, with 0 only in rows of parameters at a bound",
                       path);
    m->covariance = mem_copy(a->values, a->size, sizeof *a->values);
    return true;
}
