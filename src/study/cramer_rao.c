/* Cramer-Rao bound on the recovery of a rule.  The weights of an animal follow
 * w_{t+1} = w_t + dw(w_t, trial) + sum_c v_c [trial t is in cell c]; with S = dw_t/dv
 *
 *   S_{t+1} = (1 + d dw / d w) S_t + [cell],   I = sum_t p (1 - p) (S'x)(S'x)'
 *
 * at v = 0, along the true weights. */
#include "deltaw/study/cramer_rao.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/inputs.h"
#include "deltaw/learn/positive.h"
#include "deltaw/study/simulate.h"
#include "truth.h"

enum { CELLS = 8, SIZE_MOST = POLICY_MAX * CELLS };

struct bound {
    const struct cohort *cohort;
    const struct truth *truth;
    size_t k, size;             /* weights; values of all cells */
    const float *w[POLICY_MAX]; /* columns of true weights */
    double median[POLICY_MAX];
    double *information; /* [size][size] */
    size_t count[SIZE_MOST], n;
    double sum[POLICY_MAX], squares[POLICY_MAX]; /* of the true updates */
};

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double median_of(const float *values, size_t n)
{
    float *sorted = mem_copy(values, n, sizeof *values);
    qsort(sorted, n, sizeof *sorted, ascending);
    double median = sorted[n / 2];
    free(sorted);
    return median;
}

static size_t cell_of(const struct bound *b, size_t k, size_t t)
{
    bool correct = b->cohort->reward[t] > .5;
    return k * CELLS + (b->cohort->choice[t] ? 4 : 0) + (correct ? 2 : 0) +
           (b->w[k][t] >= b->median[k] ? 1 : 0);
}

/* jacobian [k][k]: d dw_i / d w_j, by central differences. */
static void derive(const struct bound *b, const struct truth *truth, size_t t, const double *w,
                   const double *x, double *jacobian)
{
    const struct cohort *c = b->cohort;
    const double step = 1e-5;
    for (size_t j = 0; j < b->k; j++) {
        double moved[POLICY_MAX], up[POLICY_MAX], down[POLICY_MAX];
        memcpy(moved, w, b->k * sizeof *w);
        moved[j] = w[j] + step;
        truth_step(truth, NULL, moved, x, c->choice[t], c->reward[t], c->answer[t], up);
        moved[j] = w[j] - step;
        truth_step(truth, NULL, moved, x, c->choice[t], c->reward[t], c->answer[t], down);
        for (size_t i = 0; i < b->k; i++)
            jacobian[i * b->k + j] = (up[i] - down[i]) / (2 * step);
    }
}

/* S = (1 + jacobian) S + [cell] */
static void move(const struct bound *b, size_t t, const double *jacobian, double *s)
{
    double old[POLICY_MAX];
    for (size_t c = 0; c < b->size; c++) {
        for (size_t i = 0; i < b->k; i++)
            old[i] = s[i * b->size + c];
        for (size_t i = 0; i < b->k; i++)
            for (size_t j = 0; j < b->k; j++)
                s[i * b->size + c] += jacobian[i * b->k + j] * old[j];
    }
    for (size_t i = 0; i < b->k; i++)
        s[i * b->size + cell_of(b, i, t)] += 1;
}

static void inform(struct bound *b, const double *x, double p, const double *s)
{
    double row[SIZE_MOST];
    for (size_t c = 0; c < b->size; c++) {
        row[c] = 0;
        for (size_t i = 0; i < b->k; i++)
            row[c] += x[i] * s[i * b->size + c];
    }
    for (size_t c = 0; c < b->size; c++)
        for (size_t d = 0; d <= c; d++)
            b->information[c * b->size + d] += p * (1 - p) * row[c] * row[d];
}

static void live(struct bound *b, size_t a, double *s)
{
    const struct animal *animal = &b->cohort->animals[a];
    struct truth truth;
    truth_of_animal(b->truth, b->cohort, a, &truth);
    memset(s, 0, b->k * b->size * sizeof *s);
    for (size_t t = animal->first; t < animal->first + animal->count; t++) {
        double w[POLICY_MAX], x[POLICY_MAX], dw[POLICY_MAX], z = 0;
        double jacobian[POLICY_MAX * POLICY_MAX];
        inputs_policy_of(&b->truth->policy, b->cohort, animal, t, x);
        for (size_t k = 0; k < b->k; k++)
            z += (w[k] = b->w[k][t]) * x[k];
        if (t > animal->first)
            inform(b, x, truth_sigmoid(z), s);
        truth_step(&truth, NULL, w, x, b->cohort->choice[t], b->cohort->reward[t],
                   b->cohort->answer[t], dw);
        derive(b, &truth, t, w, x, jacobian);
        move(b, t, jacobian, s);
        for (size_t k = 0; k < b->k; k++) {
            b->sum[k] += dw[k];
            b->squares[k] += dw[k] * dw[k];
            b->count[cell_of(b, k, t)]++;
        }
        b->n++;
    }
}

/* Variances of the values of cells that were visited; false: singular. */
static bool invert(const struct bound *b, size_t *n_values, double *variance)
{
    size_t index[SIZE_MOST], n = 0;
    for (size_t c = 0; c < b->size; c++)
        if (b->count[c] > 0)
            index[n++] = c;
    double *part = mem_new(n * n + 1, sizeof *part), *unit = mem_new(n + 1, sizeof *unit);
    for (size_t i = 0; i < n; i++)
        unit[i] = 1 / sqrt(fmax(b->information[index[i] * b->size + index[i]], 1e-300));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            part[i * n + j] = unit[i] * unit[j] *
                              b->information[(i > j ? index[i] : index[j]) * b->size +
                                             (i > j ? index[j] : index[i])];
    bool good = positive_invert(n, part);
    for (size_t i = 0; i < n && good; i++)
        variance[index[i]] = part[i * n + i] * unit[i] * unit[i];
    *n_values = n;
    free(part), free(unit);
    return good;
}

static void summarise(const struct bound *b, struct cramer_rao *out)
{
    double variance[SIZE_MOST] = {0}, n = (double)b->n;
    bool good = invert(b, &out->n_values, variance);
    for (size_t k = 0; k < b->k; k++) {
        double error = 0, around = b->squares[k] / n - b->sum[k] / n * b->sum[k] / n;
        for (size_t c = 0; c < CELLS; c++)
            error += (double)b->count[k * CELLS + c] / n * variance[k * CELLS + c];
        bool varies = around > 1e-12 * b->squares[k] / n;
        out->r2[k] = good && varies ? 1 - error / around : NAN;
    }
}

bool cramer_rao_compute(const struct cohort *cohort, const struct policy *policy,
                        struct cramer_rao *out, struct err *err)
{
    struct truth truth;
    struct bound b = {.cohort = cohort, .truth = &truth, .k = policy->n, .size = policy->n * CELLS};
    if (!truth_for_policy(cohort, policy, &truth, err) ||
        !truth_columns(cohort, policy, b.w, err) || !policy_check(policy, cohort, err))
        return false;
    if (truth_remembers(&truth) || truth.noise > 0 || truth.decision != DECISION_GLM)
        return err_set(err, ERR_FAILED,
                       "%s: the bound on recovery is for rules of one trial, "
                       "without weight noise, under a logistic policy",
                       cohort->name);
    for (size_t k = 0; k < b.k; k++)
        b.median[k] = median_of(b.w[k], cohort->n_trials);
    b.information = mem_new(b.size * b.size, sizeof *b.information);
    double *s = mem_new(b.k * b.size, sizeof *s);
    for (size_t a = 0; a < cohort->n_animals; a++)
        live(&b, a, s);
    *out = (struct cramer_rao){.n_weights = b.k};
    summarise(&b, out);
    free(b.information), free(s);
    return true;
}
