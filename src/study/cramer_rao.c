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
#include "truth.h"

enum { CELLS = 8, SIZE_MOST = POLICY_MAX * CELLS, COPIES = 1 + 2 * POLICY_MAX };

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

/* The true update of a trial, and its derivatives by central differences:
 * jacobian [k][k], d dw_i / d w_j. */
static void derive(const struct bound *b, struct agents *agents, const struct animal *animal,
                   size_t t, const double *w, const double *x, double *dw, double *jacobian)
{
    const double step = 1e-5;
    size_t k = b->k, width = k + INPUT_N;
    double u[COPIES * (POLICY_MAX + INPUT_N)], answer[COPIES], features[COPIES * POLICY_MAX];
    double moved[COPIES * POLICY_MAX];
    for (size_t i = 0; i < 1 + 2 * k; i++) {
        double at[POLICY_MAX];
        memcpy(at, w, k * sizeof *w);
        if (i > 0)
            at[(i - 1) / 2] += i % 2 ? step : -step;
        inputs_rule_of(&b->truth->group[0].model->settings.shape, at, b->cohort, animal, t,
                       u + i * width);
        memcpy(features + i * k, x, k * sizeof *x);
        answer[i] = b->cohort->answer[t];
    }
    agents_step(agents, 1 + 2 * k, u, features, answer, NULL, moved);
    memcpy(dw, moved, k * sizeof *dw);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            jacobian[i * k + j] =
                (moved[(1 + 2 * j) * k + i] - moved[(2 + 2 * j) * k + i]) / (2 * step);
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

static void run_trials(struct bound *b, size_t a, size_t group, double *s)
{
    const struct animal *animal = &b->cohort->animals[a];
    size_t groups[COPIES] = {0};
    struct agents *agents = agents_new(1, &b->truth->group[group], COPIES);
    agents_begin(agents, COPIES, groups);
    memset(s, 0, b->k * b->size * sizeof *s);
    for (size_t t = animal->first; t < animal->first + animal->count; t++) {
        double w[POLICY_MAX], x[POLICY_MAX], dw[POLICY_MAX], z = 0;
        double jacobian[POLICY_MAX * POLICY_MAX];
        inputs_policy_of(truth_policy(b->truth), b->cohort, animal, t, x);
        for (size_t k = 0; k < b->k; k++)
            z += (w[k] = b->w[k][t]) * x[k];
        if (t > animal->first)
            inform(b, x, policy_sigmoid(z), s);
        derive(b, agents, animal, t, w, x, dw, jacobian);
        move(b, t, jacobian, s);
        for (size_t k = 0; k < b->k; k++) {
            b->sum[k] += dw[k];
            b->squares[k] += dw[k] * dw[k];
            b->count[cell_of(b, k, t)]++;
        }
        b->n++;
    }
    agents_free(agents);
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

static bool check(const struct truth *truth, const struct cohort *cohort, struct err *err)
{
    const struct agent *agent = &truth->group[0];
    bool textbook = !agent->model->rule->memory && rule_is_textbook(agent->model->rule);
    return (textbook && !agent_is_noisy(agent) && agent->decision == DECISION_GLM) ||
           err_set(err, ERR_FAILED,
                   "%s: the bound on recovery is for textbook rules of one trial, "
                   "without weight noise, under a logistic policy",
                   cohort->name);
}

static void compute(struct bound *b, const size_t *group, struct cramer_rao *out)
{
    double *s = mem_new(b->k * b->size, sizeof *s);
    b->information = mem_new(b->size * b->size, sizeof *b->information);
    for (size_t k = 0; k < b->k; k++)
        b->median[k] = median_of(b->w[k], b->cohort->n_trials);
    for (size_t a = 0; a < b->cohort->n_animals; a++)
        run_trials(b, a, group[a], s);
    *out = (struct cramer_rao){.n_weights = b->k};
    summarise(b, out);
    free(b->information), free(s);
}

bool cramer_rao_compute(const struct cohort *cohort, const struct policy *policy,
                        struct cramer_rao *out, struct err *err)
{
    struct truth truth = {0};
    struct bound b = {.cohort = cohort, .truth = &truth, .k = policy->n, .size = policy->n * CELLS};
    size_t *group = mem_new(cohort->n_animals, sizeof *group);
    bool good = truth_for_policy(cohort, policy, &truth, err) &&
                truth_columns(cohort, policy, b.w, err) && policy_check(policy, cohort, err) &&
                check(&truth, cohort, err) && truth_groups(&truth, cohort, group, err);
    if (good)
        compute(&b, group, out);
    truth_free(&truth);
    free(group);
    return good;
}
