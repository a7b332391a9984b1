#include "score_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/inputs.h"
#include "deltaw/study/behaviour.h"

/* --- residuals -------------------------------------------------------------- */

static void residual_of(struct residuals *r, const struct animal *who, size_t t)
{
    double p = trajectory_p_right(r->model, r->cohort, who, t, r->w + t * r->n_weights);
    double lapse = model_lapse(r->model), seen;
    inputs_policy_of(&r->model->settings.policy, r->cohort, who, t, r->x + t * r->n_weights);
    p = p < 1e-9 ? 1e-9 : p > 1 - 1e-9 ? 1 - 1e-9 : p;
    seen = (p - lapse / 2) / (1 - lapse);
    seen = seen < 1e-9 ? 1e-9 : seen > 1 - 1e-9 ? 1 - 1e-9 : seen;
    r->p[t] = p;
    if (t == who->first || !isfinite(p))
        return;
    r->residual[t] = r->cohort->choice[t] - p;
    r->variance[t] = p * (1 - p);
    r->slope[t] = (1 - lapse) * seen * (1 - seen) / r->variance[t];
    r->n_scored++;
}

void residuals_compute(const struct model *model, const struct cohort *cohort,
                       struct residuals *out)
{
    size_t n = cohort->n_trials, k = model->settings.policy.n;
    *out = (struct residuals){.model = model, .cohort = cohort, .n = n, .n_weights = k};
    out->w = mem_new(n * k, sizeof *out->w);
    out->x = mem_new(n * k, sizeof *out->x);
    out->p = mem_new(n, sizeof *out->p);
    out->residual = mem_new(n, sizeof *out->residual);
    out->variance = mem_new(n, sizeof *out->variance);
    out->slope = mem_new(n, sizeof *out->slope);
    model_sweep(model, cohort, out->w);
    for (size_t a = 0; a < cohort->n_animals; a++)
        for (size_t i = 0; i < cohort->animals[a].count; i++)
            residual_of(out, &cohort->animals[a], cohort->animals[a].first + i);
}

void residuals_free(struct residuals *r)
{
    free(r->w), free(r->x), free(r->p), free(r->residual), free(r->variance), free(r->slope);
    *r = (struct residuals){0};
}

/* --- directions -------------------------------------------------------------- */

float *directions_add(struct directions *d, size_t trials)
{
    d->trials = trials;
    d->column = mem_resize(d->column, d->n + 1, sizeof *d->column);
    return d->column[d->n++] = mem_new(trials, sizeof(float));
}

void directions_free(struct directions *d)
{
    for (size_t i = 0; i < d->n; i++)
        free(d->column[i]);
    free(d->column);
    *d = (struct directions){0};
}

static double information(const struct residuals *r, const float *a, const float *b)
{
    double sum = 0;
    for (size_t t = 0; t < r->n; t++)
        sum += (double)a[t] * b[t] * r->slope[t] * r->slope[t] * r->variance[t];
    return sum;
}

static double score_of(const struct residuals *r, const float *a)
{
    double sum = 0;
    for (size_t t = 0; t < r->n; t++)
        sum += a[t] * r->slope[t] * r->residual[t];
    return sum;
}

/* --- projections -------------------------------------------------------------- */

/* Lower root of a [n][n] in place; what depends on those before it becomes a row of zeros. */
static size_t root_of(size_t n, double *a)
{
    size_t rank = 0;
    for (size_t i = 0; i < n; i++) {
        double whole = a[i * n + i], rest = whole;
        for (size_t j = 0; j < i; j++) {
            double sum = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = a[j * n + j] > 0 ? sum / a[j * n + j] : 0;
            rest -= a[i * n + j] * a[i * n + j];
        }
        bool depends = !(rest > 1e-7 * whole) || !(whole > 0);
        a[i * n + i] = depends ? 0 : sqrt(rest);
        rank += !depends;
        for (size_t j = i + 1; j < n; j++)
            a[i * n + j] = 0;
    }
    return rank;
}

/* b [n] becomes root^-1 b, zero where the root is. */
static void forward(size_t n, const double *root, double *b)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            b[i] -= root[i * n + j] * b[j];
        b[i] = root[i * n + i] > 0 ? b[i] / root[i * n + i] : 0;
    }
}

void score_base_new(const struct residuals *r, const struct directions *fitted,
                    struct score_base *out)
{
    size_t m = fitted->n;
    *out = (struct score_base){.residuals = r, .fitted = fitted};
    out->root = mem_new(m * m, sizeof *out->root);
    out->score = mem_new(m, sizeof *out->score);
    for (size_t i = 0; i < m; i++) {
        out->score[i] = score_of(r, fitted->column[i]);
        for (size_t j = 0; j <= i; j++)
            out->root[i * m + j] = information(r, fitted->column[i], fitted->column[j]);
    }
    root_of(m, out->root);
    forward(m, out->root, out->score);
}

void score_base_free(struct score_base *base)
{
    free(base->root), free(base->score);
    *base = (struct score_base){0};
}

double score_deviation(double chi2, double df)
{
    double part = 2 / (9 * df);
    return df > 0 ? (cbrt(chi2 / df) - (1 - part)) / sqrt(part) : NAN;
}

/* cross [q][m]: root^-1 of the information that fitted and tested share. */
static void cross_of(const struct score_base *base, const struct directions *tested, double *cross)
{
    size_t m = base->fitted->n;
    for (size_t i = 0; i < tested->n; i++) {
        for (size_t j = 0; j < m; j++)
            cross[i * m + j] =
                information(base->residuals, tested->column[i], base->fitted->column[j]);
        forward(m, base->root, cross + i * m);
    }
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

void score_test(const struct score_base *base, const struct directions *tested,
                struct score_result *out)
{
    size_t q = tested->n, m = base->fitted->n;
    const struct residuals *r = base->residuals;
    double *cross = mem_new(q * m, sizeof *cross), *v = mem_new(q * q, sizeof *v);
    double *u = mem_new(q, sizeof *u);
    cross_of(base, tested, cross);
    for (size_t i = 0; i < q; i++) {
        const double *ci = cross + i * m;
        u[i] = score_of(r, tested->column[i]) - dot(m, ci, base->score);
        for (size_t j = 0; j <= i; j++)
            v[i * q + j] =
                information(r, tested->column[i], tested->column[j]) - dot(m, ci, cross + j * m);
        if (v[i * q + i] < 1e-5 * information(r, tested->column[i], tested->column[i]))
            v[i * q + i] = 0; /* the fitted ones can do all that it does */
    }
    *out = (struct score_result){.step = q == 1 && v[0] > 0 ? u[0] / v[0] : NAN};
    out->df = root_of(q, v);
    forward(q, v, u);
    out->chi2 = dot(q, u, u);
    out->z = score_deviation(out->chi2, (double)out->df);
    if (q == 1 && out->df == 1)
        out->z = u[0];
    free(cross), free(v), free(u);
}
