/* Updates and weights along animals' trajectories.  An update depends on the parameters
 * directly and by the weights that they led to: d dw_t / d theta is S_{t+1} - S_t. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "gp_path.h"

static double gp_gain_prior(const struct gp *gp)
{
    return fmax(gp->gain_sd, GP_LEAST_GAIN);
}

static void own_parts(struct gp_ready *r, const struct gp_path *work)
{
    const struct gp_cohort *c = work->fitted;
    size_t n = r->shape.n, starts = gp_starts(&r->shape);
    struct gp_prior prior = {.precision = r->point->precision, .mean = mem_new(n, sizeof(double))};
    gp_own_precision(&r->shape, work->gp->w0_sd, gp_gain_prior(work->gp), prior.own_precision);
    gp_mode_set(&r->mode, &r->shape, c->n);
    memcpy(r->mode.theta, r->point->theta, n * sizeof(double));
    for (size_t i = 0; i < c->n; i++)
        memcpy(r->mode.w0 + i * starts, r->point->w0 + c->animal[i] * starts,
               starts * sizeof(double));
    gp_sum(c, &r->shape, r->mode.theta, r->mode.w0, true, NULL, &r->mode.sums);
    gp_mode_factor(c, &prior, 0, &r->mode);
    free(prior.mean);
}

long gp_path_place(const struct gp_path *work, size_t animal)
{
    for (size_t i = 0; work->fitted && i < work->fitted->n; i++)
        if (work->fitted->animal[i] == animal)
            return (long)i;
    return -1;
}

void gp_path_start(const struct gp_path *work, const struct gp_ready *r, size_t animal,
                   double *start)
{
    size_t K = r->shape.n_weights, starts = gp_starts(&r->shape);
    bool known = gp_path_place(work, animal) >= 0;
    start[starts - 1] = 0;
    if (known)
        memcpy(start, r->point->w0 + animal * starts, starts * sizeof *start);
    else
        memcpy(start, work->data->w0 + animal * K, K * sizeof *start);
}

double gp_path_own(const struct gp_path *work, const struct gp_ready *r, long place, double *row)
{
    size_t n = r->shape.n, k = gp_own(&r->shape);
    double variance = 0, precision[GP_OWN];
    gp_own_precision(&r->shape, work->gp->w0_sd, gp_gain_prior(work->gp), precision);
    for (size_t i = 0; i < k && place < 0; i++)
        variance += row[n + i] * row[n + i] / precision[i];
    for (size_t i = 0; i < k && place >= 0; i++) {
        const double *own = r->mode.own + ((size_t)place * k + i) * n;
        const double *c = r->mode.own_covariance + ((size_t)place * k + i) * k;
        for (size_t j = 0; j < k; j++)
            variance += row[n + i] * c[j] * row[n + j];
        for (size_t j = 0; j < n; j++)
            row[j] -= own[j] * row[n + i];
    }
    return variance;
}

/* Variances of `n_rows` rows [width] of derivatives. */
static void variances(const struct gp_path *work, const struct gp_ready *r, long place,
                      size_t n_rows, size_t width, const float *rows, double *out)
{
    enum { BATCH = 128 };
    size_t n = r->shape.n;
    double *b = mem_new(BATCH * width, sizeof *b), *cb = mem_new(BATCH * n, sizeof *cb);
    for (size_t from = 0; from < n_rows; from += BATCH) {
        size_t many = n_rows - from < BATCH ? n_rows - from : BATCH;
        for (size_t i = 0; i < many * width; i++)
            b[i] = (double)rows[from * width + i];
        for (size_t i = 0; i < many; i++)
            out[from + i] = width > n ? gp_path_own(work, r, place, b + i * width) : 0;
        int size = (int)n, columns = (int)many, stride = (int)width;
        const double one = 1, zero = 0;
        blas_open()->dgemm("N", "N", &size, &columns, &size, &one, r->covariance, &size, b, &stride,
                           &zero, cb, &size);
        for (size_t i = 0; i < many; i++)
            for (size_t j = 0; j < n; j++)
                out[from + i] += b[i * width + j] * cb[i * n + j];
    }
    free(b), free(cb);
}

/* What the basis leaves out at the moments kept, times the animal's factor: added to variances
 * [kept][K]. */
static void add_outside(const struct gp_path *work, const struct gp_ready *r, size_t animal,
                        double factor, const float *w, double *variance)
{
    const struct gp_data *d = work->data;
    const struct gp_basis *b = r->shape.basis;
    size_t K = d->n_weights, first = d->first[animal];
    double v[GP_MOST_DIMS], phi[GP_BASIS + 8];
    for (size_t i = 0; i + 1 < d->count[animal] && b; i++) {
        if (!work->keep[first + i])
            continue;
        for (size_t j = 0; j < d->n_inputs; j++)
            v[j] = (double)d->input[(first + i) * d->n_inputs + j] * b->inverse_scale[j];
        for (size_t k = 0; k < K; k++)
            v[d->n_inputs + k] = (double)w[i * K + k] * b->inverse_scale[d->n_inputs + k];
        size_t cell = gp_cell(d->choice[first + i], (double)d->reward[first + i]);
        gp_engine_pick()->phi(b, cell, v, phi);
        double outside = gp_outside(&r->shape, phi);
        for (size_t k = 0; k < K; k++)
            *variance++ += r->shape.smooth[k] ? pow(factor * r->point->sigma[k], 2) * outside : 0;
    }
}

/* One animal by one point: mean and variance [kept][K] of updates and of weights. */
static void roll_point(const struct gp_path *work, const struct gp_ready *r, size_t animal,
                       size_t n_kept, double *mean[2], double *variance[2])
{
    const struct gp_data *d = work->data;
    size_t K = d->n_weights, n = r->shape.n, width = n + gp_own(&r->shape);
    size_t first = d->first[animal], count = d->count[animal];
    long place = gp_path_place(work, animal);
    double start[GP_OWN];
    gp_path_start(work, r, animal, start);
    struct gp_roll roll = {.shape = &r->shape,
                           .theta = r->point->theta,
                           .mix = r->mix,
                           .w0 = start,
                           .width = width,
                           .keep = work->keep + first};
    roll.room = mem_aligned(gp_room(&r->shape, width), sizeof(double));
    roll.w = mem_new(count * K, sizeof(float));
    roll.dw = mem_new(count * K, sizeof(float));
    roll.update_rows = work->updates ? mem_new(n_kept * K * width, sizeof(float)) : NULL;
    roll.weight_rows = work->weights ? mem_new(n_kept * K * width, sizeof(float)) : NULL;
    gp_engine_pick()->roll(d, animal, &roll);
    for (size_t i = 0, to = 0; i < count; i++)
        for (size_t k = 0; k < K && work->keep[first + i]; k++, to++) {
            mean[0][to] = i + 1 < count ? (double)roll.dw[i * K + k] : NAN;
            mean[1][to] = (double)roll.w[i * K + k];
        }
    if (roll.update_rows) {
        variances(work, r, place, n_kept * K, width, roll.update_rows, variance[0]);
        add_outside(work, r, animal, r->shape.gains ? exp(start[K]) : 1, roll.w, variance[0]);
    }
    if (roll.weight_rows)
        variances(work, r, place, n_kept * K, width, roll.weight_rows, variance[1]);
    for (size_t i = 0; i < n_kept * K && !isfinite(roll.log_likelihood); i++)
        mean[0][i] = mean[1][i] = NAN;
    free(roll.room), free(roll.w), free(roll.dw), free(roll.update_rows), free(roll.weight_rows);
}

static void mix_points(const struct gp_path *work, size_t n, size_t stride, const double *mean,
                       const double *variance, struct gp_value *out)
{
    size_t g = work->gp->n_points;
    double m[g], v[g];
    for (size_t i = 0; i < n && out; i++) {
        bool known = true;
        for (size_t q = 0; q < g; q++) {
            m[q] = mean[q * stride + i], v[q] = fmax(variance[q * stride + i], 0);
            known = known && isfinite(m[q]);
        }
        out[i] = known ? gp_mixture(g, work->weight, m, v) : (struct gp_value){NAN, NAN, NAN};
    }
}

static void roll_animal(void *context, size_t animal, size_t member)
{
    const struct gp_path *work = context;
    const struct gp_data *d = work->data;
    size_t K = d->n_weights, g = work->gp->n_points;
    size_t from = work->kept_from[animal], n_kept = work->kept_from[animal + 1] - from;
    size_t n = n_kept * K;
    double *all = mem_new(4 * g * n, sizeof *all);
    (void)member;
    for (size_t q = 0; q < g && n > 0; q++) {
        double *mean[2] = {all + q * n, all + (g + q) * n};
        double *variance[2] = {all + (2 * g + q) * n, all + (3 * g + q) * n};
        roll_point(work, &work->ready[q], animal, n_kept, mean, variance);
    }
    struct gp_value *updates = work->updates ? work->updates + from * K : NULL;
    struct gp_value *weights = work->weights ? work->weights + from * K : NULL;
    mix_points(work, n, n, all, all + 2 * g * n, updates);
    mix_points(work, n, n, all + g * n, all + 3 * g * n, weights);
    free(all);
}

void gp_path_ready(void *context, size_t i, size_t member)
{
    struct gp_path *work = context;
    struct gp_ready *r = &work->ready[i];
    const struct gp_point *p = &work->gp->points[i];
    (void)member;
    *r = (struct gp_ready){.point = p, .shape = gp_point_shape(work->gp, p)};
    r->covariance = gp_covariance(p, work->interval);
    if (p->basis) {
        r->mix = mem_aligned(GP_CELLS * r->shape.n_weights * p->basis->wide, sizeof *r->mix);
        gp_mix(&r->shape, p->theta, r->mix);
    }
    if (work->fitted)
        own_parts(r, work);
    work->weight[i] = p->weight;
}

void gp_ready_clear(struct gp_ready *r)
{
    free(r->mix);
    gp_mode_clear(&r->mode);
}

void gp_trajectory(const struct gp *gp, enum gp_interval interval, const struct gp_data *data,
                   const uint8_t *keep, struct gp_value *updates, struct gp_value *weights)
{
    struct gp_cohort cohort;
    struct gp_path work = {.gp = gp,
                           .interval = interval,
                           .data = data,
                           .keep = keep,
                           .updates = updates,
                           .weights = weights};
    work.ready = mem_new(gp->n_points, sizeof *work.ready);
    work.weight = mem_new(gp->n_points, sizeof *work.weight);
    work.kept_from = mem_new(data->n_animals + 1, sizeof *work.kept_from);
    for (size_t a = 0; a < data->n_animals; a++) {
        work.kept_from[a + 1] = work.kept_from[a];
        for (size_t i = 0; i < data->count[a]; i++)
            work.kept_from[a + 1] += keep[data->first[a] + i] != 0;
    }
    gp_cohort_set(&cohort, data);
    if (gp->options.w0_sd > 0 || gp->options.gains)
        work.fitted = &cohort;
    struct team *team =
        team_new(gp->options.threads > 0 ? gp->options.threads : thread_processors());
    team_run(team, gp->n_points, gp_path_ready, &work);
    team_run(team, data->n_animals, roll_animal, &work);
    team_free(team);
    for (size_t i = 0; i < gp->n_points; i++)
        gp_ready_clear(&work.ready[i]);
    gp_cohort_clear(&cohort);
    free(work.ready), free(work.weight), free(work.kept_from);
}
