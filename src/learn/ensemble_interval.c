/* How far the members of an ensemble lie apart, and intervals from it. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/gp.h"
#include "ensemble_inside.h"

enum { BATCH = 1024 }; /* updates at a time */

enum interval_kind ensemble_kind(const struct ensemble *e)
{
    return ensemble_on_plateau(e) ? INTERVAL_NONE : e->kind;
}

/* Standard deviations on either side of the mean that hold nine tenths. */
static double factor_of(const struct ensemble *e)
{
    return gsl_cdf_tdist_Pinv(.5 + INTERVAL_PERCENT / 200., (double)(e->n - 1));
}

/* From sums over members of values and of their squares about `about`. */
static struct gp_value value_of(double n, double factor, double about, double sum, double squares)
{
    double mean = sum / n, variance = fmax(squares - n * mean * mean, 0) / (n - 1);
    double away = factor * sqrt(variance);
    return (struct gp_value){about + mean, about + mean - away, about + mean + away};
}

/* From each member's, at a stride. */
static struct gp_value value_of_members(size_t n, double factor, const double *values,
                                        size_t stride)
{
    double sum = 0, squares = 0, about = values[0];
    for (size_t i = 0; i < n; i++) {
        double v = values[i * stride] - about;
        sum += v, squares += v * v;
    }
    return value_of((double)n, factor, about, sum, squares);
}

/* --- sums of updates ------------------------------------------------------------------ */

/* Adds one member's: sums [n_sums].  at: where its state begins in the ensemble's. */
static void add_member(const struct model *m, const struct interval_request *r, size_t n_inputs,
                       size_t at, double *sums)
{
    size_t k = m->settings.policy.n, inputs = rule_inputs(&m->settings.shape), n_state;
    struct rule_state *state = rule_state_new(m, BATCH);
    double *u = mem_new(BATCH * inputs, sizeof *u), *dw = mem_new(BATCH * k, sizeof *dw);
    rule_state_values(state, 0, &n_state);
    for (size_t from = 0; from < r->n; from += BATCH) {
        size_t n = r->n - from < BATCH ? r->n - from : BATCH;
        for (size_t i = 0; i < n; i++) {
            memcpy(u + i * inputs, r->u + (from + i) * n_inputs, inputs * sizeof *u);
            if (r->state && n_state)
                rule_state_put(state, i, r->state + (from + i) * r->n_state + at);
        }
        if (!r->state)
            rule_state_reset(state);
        rule_state_step(state, n, u, r->x + from * k, r->answer + from, NULL, dw);
        for (size_t i = 0; i < n; i++)
            sums[r->sum[from + i]] += r->weight[from + i] * dw[i * k + r->component];
    }
    rule_state_free(state);
    free(u), free(dw);
}

bool ensemble_interval(const struct model *model, const struct interval_request *r, double *mean,
                       double *lower, double *upper)
{
    const struct ensemble *e = model->ensemble;
    size_t n_inputs = rule_inputs(&model->settings.shape);
    if (ensemble_kind(e) == INTERVAL_NONE)
        return false;
    double *sums = mem_new(e->n * r->n_sums, sizeof *sums), factor = factor_of(e);
    for (size_t i = 0, at = 0; i < e->n; i++) {
        struct rule_state *state = rule_state_new(e->member[i], 1);
        size_t n_state;
        rule_state_values(state, 0, &n_state);
        rule_state_free(state);
        add_member(e->member[i], r, n_inputs, at, sums + i * r->n_sums);
        at += n_state;
    }
    for (size_t s = 0; s < r->n_sums; s++) {
        struct gp_value v = value_of_members(e->n, factor, sums + s, r->n_sums);
        if (mean)
            mean[s] = v.mean;
        lower[s] = v.low, upper[s] = v.high;
    }
    free(sums);
    return true;
}

/* --- as the animals came through ------------------------------------------------------ */

/* Moments of the members' weights and updates of all trials, about those of the first. */
struct moments {
    size_t n; /* [n_trials][K] each */
    float *first, *w;
    double *sum[2], *squares[2]; /* weights, updates */
};

static double update_at(const float *w, size_t i, size_t k)
{
    return (double)w[i + k] - (double)w[i];
}

/* The last trial of an animal has no update: what lies there means nothing. */
static void add_moments(struct moments *m, size_t k)
{
    for (size_t i = 0; i < m->n; i++) {
        double v[2] = {(double)m->w[i] - (double)m->first[i], 0};
        if (i + k < m->n)
            v[1] = update_at(m->w, i, k) - update_at(m->first, i, k);
        for (size_t j = 0; j < 2; j++) {
            m->sum[j][i] += v[j];
            m->squares[j][i] += v[j] * v[j];
        }
    }
}

static struct moments moments_of(const struct ensemble *e, const struct cohort *cohort)
{
    size_t k = e->member[0]->settings.policy.n, n = cohort->n_trials * k;
    struct moments m = {.n = n, .first = mem_new(n, sizeof(float)), .w = mem_new(n, sizeof(float))};
    for (size_t j = 0; j < 2; j++) {
        m.sum[j] = mem_new(n, sizeof(double));
        m.squares[j] = mem_new(n, sizeof(double));
    }
    for (size_t i = 0; i < e->n; i++) {
        model_sweep(e->member[i], cohort, i ? m.w : m.first);
        if (i)
            add_moments(&m, k);
    }
    return m;
}

static void moments_free(struct moments *m)
{
    free(m->first), free(m->w);
    for (size_t j = 0; j < 2; j++)
        free(m->sum[j]), free(m->squares[j]);
}

bool ensemble_trajectory(const struct model *model, const struct cohort *cohort,
                         const uint8_t *keep, struct gp_value *updates, struct gp_value *weights)
{
    const struct ensemble *e = model->ensemble;
    size_t k = model->settings.policy.n;
    if (ensemble_kind(e) != INTERVAL_BOOTSTRAP)
        return false;
    struct moments m = moments_of(e, cohort);
    double n = (double)e->n, factor = factor_of(e);
    const struct gp_value none = {NAN, NAN, NAN};
    for (size_t a = 0, out = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            bool last = t + 1 == animal->first + animal->count;
            for (size_t i = t * k; keep[t] && i < (t + 1) * k; i++, out++) {
                if (weights)
                    weights[out] =
                        value_of(n, factor, (double)m.first[i], m.sum[0][i], m.squares[0][i]);
                if (updates)
                    updates[out] = last ? none
                                        : value_of(n, factor, update_at(m.first, i, k), m.sum[1][i],
                                                   m.squares[1][i]);
            }
        }
    }
    moments_free(&m);
    return true;
}

bool ensemble_expectation(const struct model *model, const struct cohort *cohort,
                          const struct expectation_request *r, struct gp_value *out)
{
    const struct ensemble *e = model->ensemble;
    if (ensemble_kind(e) != INTERVAL_BOOTSTRAP)
        return false;
    double *sums = mem_new(e->n * r->n_sums, sizeof *sums), factor = factor_of(e);
    double *right = mem_new(cohort->n_trials, sizeof *right);
    float *w = mem_new(cohort->n_trials * model->settings.policy.n, sizeof *w);
    for (size_t i = 0; i < e->n; i++) {
        memset(right, 0, cohort->n_trials * sizeof *right);
        ensemble_add_right(e->member[i], cohort, 1, w, right);
        for (size_t j = 0; j < r->n; j++)
            sums[i * r->n_sums + r->sum[j]] += r->factor[j] * right[r->trial[j]];
    }
    for (size_t s = 0; s < r->n_sums; s++)
        out[s] = value_of_members(e->n, factor, sums + s, r->n_sums);
    free(sums), free(right), free(w);
    return true;
}
