/* Inducing points by a pivoted Cholesky factorisation of the kernel over visited inputs:
 * each is where the ones before it leave most variance (Fine and Scheinberg 2001), so that
 * few are needed where the length scale is long. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "gp_inside.h"

enum { CANDIDATES = 400 };
static const double jitter = 1e-6, little = 1e-3, far_off = 1e3;

struct gp_basis *gp_basis_hold(struct gp_basis *basis)
{
    if (basis)
        __atomic_add_fetch(&basis->references, 1, __ATOMIC_RELAXED);
    return basis;
}

void gp_basis_drop(struct gp_basis *basis)
{
    if (!basis || __atomic_sub_fetch(&basis->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    free(basis->z), free(basis->whiten);
    free(basis);
}

/* Evenly over the visited trials of a cell: v [at most CANDIDATES][n_dims], over scales. */
static size_t take_candidates(const struct gp_basis *b, const struct gp_data *data, const float *w,
                              size_t cell, double *v)
{
    size_t n = 0, seen = 0, taken = 0, k = data->n_weights;
    for (int pass = 0; pass < 2; pass++)
        for (size_t a = 0; a < data->n_animals; a++) {
            size_t end = data->first[a] + data->count[a];
            if (data->held_out && data->held_out[a])
                continue;
            for (size_t i = data->first[a]; i < end; i++) {
                if (gp_cell(data->choice[i], (double)data->reward[i]) != cell)
                    continue;
                if (pass == 0) {
                    n++;
                    continue;
                }
                if (seen++ * CANDIDATES / (n > CANDIDATES ? n : CANDIDATES) < taken)
                    continue;
                double *to = v + taken++ * b->n_dims;
                for (size_t d = 0; d < data->n_inputs; d++)
                    *to++ = (double)data->input[i * data->n_inputs + d];
                for (size_t j = 0; j < k; j++)
                    *to++ = (double)w[i * k + j];
            }
        }
    for (size_t i = 0; i < taken * b->n_dims; i++)
        v[i] *= b->inverse_scale[i % b->n_dims];
    return taken;
}

static double kernel(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t d = 0; d < n; d++)
        sum += (a[d] - b[d]) * (a[d] - b[d]);
    return exp(-.5 * sum);
}

/* l [n][n]: the lower factor among the points chosen; its inverse by columns goes to
 * `whiten`. */
static void invert_factor(struct gp_basis *b, size_t cell, size_t n, const double *l)
{
    for (size_t j = 0; j < n; j++) {
        double *column = b->whiten + (cell * b->wide + j) * b->wide;
        for (size_t i = j; i < n; i++) {
            double sum = i == j;
            for (size_t q = j; q < i; q++)
                sum -= l[i * b->n + q] * column[q];
            column[i] = sum / l[i * b->n + i];
        }
    }
}

/* Chooses points of a cell; returns how many. */
static size_t choose(struct gp_basis *b, size_t cell, size_t n, const double *v)
{
    double *rest = mem_new(n + 1, sizeof *rest), *r = mem_new((n + 1) * b->n, sizeof *r);
    double *l = mem_new(b->n * b->n, sizeof *l);
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        rest[i] = 1 + jitter;
    for (; m < b->n && n > 0; m++) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++)
            best = rest[i] > rest[best] ? i : best;
        if (rest[best] < little)
            break;
        for (size_t q = 0; q < m; q++)
            l[m * b->n + q] = r[best * b->n + q];
        l[m * b->n + m] = sqrt(rest[best]);
        for (size_t d = 0; d < b->n_dims; d++)
            b->z[(cell * b->n_dims + d) * b->wide + m] = v[best * b->n_dims + d];
        for (size_t i = 0; i < n; i++) {
            double sum = kernel(b->n_dims, v + i * b->n_dims, v + best * b->n_dims);
            for (size_t q = 0; q < m; q++)
                sum -= r[i * b->n + q] * l[m * b->n + q];
            r[i * b->n + m] = sum / l[m * b->n + m];
            rest[i] -= r[i * b->n + m] * r[i * b->n + m];
        }
        rest[best] = 0;
    }
    invert_factor(b, cell, m, l);
    free(rest), free(r), free(l);
    return m;
}

struct gp_basis *gp_basis_new(const struct gp_data *data, const float *w, const double *scales,
                              size_t n)
{
    struct gp_basis *b = mem_new(1, sizeof *b);
    b->references = 1;
    b->n_dims = data->n_inputs + data->n_weights;
    b->n = n;
    b->wide = (n + 7) / 8 * 8;
    b->z = mem_aligned(GP_CELLS * b->n_dims * b->wide, sizeof *b->z);
    b->whiten = mem_aligned(GP_CELLS * b->wide * b->wide, sizeof *b->whiten);
    for (size_t d = 0; d < b->n_dims; d++)
        b->inverse_scale[d] = 1 / scales[d];
    for (size_t i = 0; i < GP_CELLS * b->n_dims * b->wide; i++)
        b->z[i] = far_off;
    double *v = mem_new(CANDIDATES * b->n_dims, sizeof *v);
    for (size_t cell = 0; cell < GP_CELLS; cell++)
        choose(b, cell, take_candidates(b, data, w, cell, v), v);
    free(v);
    return b;
}

struct gp_basis *gp_basis_of(const struct gp_search *s, const struct gp_variant *m, double scale)
{
    const struct gp_data *data = s->cohort.data;
    double length[GP_MOST_DIMS] = {0};
    float *w = mem_new(data->n_trials * data->n_weights, sizeof *w);
    for (size_t i = 0; i < data->n_trials * data->n_inputs; i++) {
        double *to = &length[i % data->n_inputs];
        *to = fmax(*to, fabs((double)data->input[i]));
    }
    for (size_t d = 0; d < data->n_inputs; d++)
        length[d] = scale * (length[d] > 0 ? length[d] : 1);
    for (size_t k = 0; k < data->n_weights; k++)
        length[data->n_inputs + k] = 2 * scale / fmax(s->cohort.x_size[k], 1e-6);
    gp_trajectories(&s->cohort, &m->shape, m->mode.theta, m->mode.w0, w);
    struct gp_basis *basis = gp_basis_new(data, w, length, s->options.basis);
    free(w);
    return basis;
}
