/* Sums of P(right) along animals' trajectories.  The derivative of a sum by the
 * parameters is the sum of derivatives, p (1 - p) x' S: errors that trials share add up. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "deltaw/learn/policy.h"
#include "gp_path.h"

struct expecting {
    struct gp_path path;
    const struct expectation_request *request;
    size_t *entry_from;      /* [n_animals + 1] entries of the request before an animal */
    double *mean, *variance; /* [n_points][n_sums] */
};

/* Of one point: what its sums are made of. */
struct sums {
    size_t n, width;
    double *rows; /* [n_sums][n] derivatives by what animals share */
    double *own;  /* [n_sums] variances of animals' start weights */
    double *one;  /* [n_sums][width] derivatives of one animal's part */
    double *mean;
};

static void add_entry(const struct gp_ready *r, size_t K, const float *x, const float *w,
                      const float *rows, double factor, double *mean, double *out, size_t width)
{
    const struct gp_shape *s = &r->shape;
    double lapse = s->fit_lapse ? r->point->theta[s->n_rule] : s->lapse, z = 0;
    for (size_t k = 0; k < K; k++)
        z += (double)x[k] * (double)w[k];
    double p = policy_sigmoid(z), slope = factor * (1 - lapse) * p * (1 - p);
    *mean += factor * policy_right(z, lapse);
    for (size_t k = 0; k < K; k++)
        for (size_t j = 0; j < width; j++)
            out[j] += slope * (double)x[k] * (double)rows[k * width + j];
    if (s->fit_lapse)
        out[s->n_rule] += factor * (.5 - p);
}

/* The parts of one animal go to the sums. */
static void close_animal(const struct expecting *e, const struct gp_ready *r, size_t animal,
                         struct sums *sums)
{
    long place = gp_path_place(&e->path, animal);
    for (size_t i = 0; i < e->request->n_sums; i++) {
        double *row = sums->one + i * sums->width;
        if (sums->width > sums->n)
            sums->own[i] += gp_path_own(&e->path, r, place, row);
        for (size_t j = 0; j < sums->n; j++)
            sums->rows[i * sums->n + j] += row[j];
    }
}

static void expect_animal(const struct expecting *e, const struct gp_ready *r, size_t animal,
                          struct sums *sums)
{
    const struct gp_data *d = e->path.data;
    const struct expectation_request *request = e->request;
    size_t K = d->n_weights, first = d->first[animal], count = d->count[animal];
    size_t from = e->path.kept_from[animal], n_kept = e->path.kept_from[animal + 1] - from;
    double start[GP_OWN];
    gp_path_start(&e->path, r, animal, start);
    struct gp_roll roll = {.shape = &r->shape,
                           .theta = r->point->theta,
                           .mix = r->mix,
                           .w0 = start,
                           .width = sums->width,
                           .keep = e->path.keep + first};
    roll.room = mem_aligned(gp_room(&r->shape, sums->width), sizeof(double));
    roll.w = mem_new(count * K, sizeof(float));
    roll.dw = mem_new(count * K, sizeof(float));
    roll.weight_rows = mem_new(n_kept * K * sums->width, sizeof(float));
    gp_engine_pick()->roll(d, animal, &roll);
    memset(sums->one, 0, request->n_sums * sums->width * sizeof *sums->one);
    size_t kept = 0;
    for (size_t i = e->entry_from[animal]; i < e->entry_from[animal + 1]; i++) {
        size_t t = request->trial[i], sum = request->sum[i];
        kept += i > e->entry_from[animal] && t != request->trial[i - 1];
        add_entry(r, K, d->x + t * K, roll.w + (t - first) * K,
                  roll.weight_rows + kept * K * sums->width, request->factor[i], &sums->mean[sum],
                  sums->one + sum * sums->width, sums->width);
        if (!isfinite(roll.log_likelihood))
            sums->mean[sum] = NAN;
    }
    close_animal(e, r, animal, sums);
    free(roll.room), free(roll.w), free(roll.dw), free(roll.weight_rows);
}

static void expect_point(void *context, size_t q, size_t member)
{
    struct expecting *e = context;
    const struct gp_ready *r = &e->path.ready[q];
    size_t n_sums = e->request->n_sums, n = r->shape.n;
    struct sums s = {.n = n, .width = n + gp_own(&r->shape)};
    (void)member;
    s.rows = mem_new(n_sums * n, sizeof *s.rows);
    s.own = mem_new(n_sums, sizeof *s.own);
    s.one = mem_new(n_sums * s.width, sizeof *s.one);
    s.mean = e->mean + q * n_sums;
    for (size_t a = 0; a < e->path.data->n_animals; a++)
        if (e->entry_from[a + 1] > e->entry_from[a])
            expect_animal(e, r, a, &s);
    for (size_t i = 0; i < n_sums; i++) {
        const double *row = s.rows + i * n;
        double sum = s.own[i];
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n && row[a] != 0; b++)
                sum += row[a] * row[b] * r->covariance[a * n + b];
        e->variance[q * n_sums + i] = fmax(sum, 0);
    }
    free(s.rows), free(s.own), free(s.one);
}

static void mix(const struct expecting *e, struct gp_value *out)
{
    size_t g = e->path.gp->n_points, n = e->request->n_sums;
    double mean[g], variance[g];
    for (size_t i = 0; i < n; i++) {
        bool known = true;
        for (size_t q = 0; q < g; q++) {
            mean[q] = e->mean[q * n + i], variance[q] = e->variance[q * n + i];
            known = known && isfinite(mean[q]);
        }
        out[i] = known ? gp_mixture(g, e->path.weight, mean, variance)
                       : (struct gp_value){NAN, NAN, NAN};
    }
}

/* Which trials are asked for, and how many before each animal. */
static uint8_t *take_trials(struct expecting *e)
{
    const struct gp_data *d = e->path.data;
    const struct expectation_request *r = e->request;
    uint8_t *keep = mem_new(d->n_trials, 1);
    e->path.kept_from = mem_new(d->n_animals + 1, sizeof *e->path.kept_from);
    e->entry_from = mem_new(d->n_animals + 1, sizeof *e->entry_from);
    for (size_t a = 0, i = 0; a < d->n_animals; a++) {
        e->path.kept_from[a + 1] = e->path.kept_from[a];
        for (; i < r->n && r->trial[i] < d->first[a] + d->count[a]; i++) {
            e->path.kept_from[a + 1] += !keep[r->trial[i]];
            keep[r->trial[i]] = 1;
        }
        e->entry_from[a + 1] = i;
    }
    return keep;
}

void gp_expectation(const struct gp *gp, enum gp_interval interval, const struct gp_data *data,
                    const struct expectation_request *request, struct gp_value *out)
{
    struct gp_cohort cohort;
    struct expecting e = {.path = {.gp = gp, .interval = interval, .data = data},
                          .request = request};
    uint8_t *keep = take_trials(&e);
    size_t g = gp->n_points;
    e.path.keep = keep;
    e.path.ready = mem_new(g, sizeof *e.path.ready);
    e.path.weight = mem_new(g, sizeof *e.path.weight);
    e.mean = mem_new(g * request->n_sums, sizeof *e.mean);
    e.variance = mem_new(g * request->n_sums, sizeof *e.variance);
    gp_cohort_set(&cohort, data);
    e.path.fitted = gp->options.w0_sd > 0 || gp->options.gains ? &cohort : NULL;
    struct team *team =
        team_new(gp->options.threads > 0 ? gp->options.threads : thread_processors());
    team_run(team, g, gp_path_ready, &e.path);
    team_run(team, g, expect_point, &e);
    team_free(team);
    mix(&e, out);
    for (size_t i = 0; i < g; i++)
        gp_ready_clear(&e.path.ready[i]);
    gp_cohort_clear(&cohort);
    free(keep), free(e.path.ready), free(e.path.weight), free(e.path.kept_from);
    free(e.entry_from), free(e.mean), free(e.variance);
}
