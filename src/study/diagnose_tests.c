/* Checks by score tests: is what the model did not expect related to what was known before? */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/check.h"
#include "diagnose_inside.h"

static const char each_has_its_own[] = "every animal has a model of its own";

static bool untried(struct finding *out, const char *why)
{
    snprintf(out->note, sizeof out->note, "%s", why);
    return false;
}

/* Trials of every animal in turn; `fill` sets row t of the columns. */
static void fill(const struct residuals *r, struct directions *d, size_t n,
                 void (*row)(const struct residuals *r, const struct animal *who, size_t t,
                             float **column))
{
    for (size_t j = 0; j < n; j++)
        directions_add(d, r->n);
    for (size_t a = 0; a < r->cohort->n_animals; a++) {
        const struct animal *who = &r->cohort->animals[a];
        for (size_t t = who->first; t < who->first + who->count; t++)
            row(r, who, t, d->column);
    }
}

/* About how much better choices would be predicted: chi2 / 2 over the trials. */
static void judge(struct examined *p, struct directions *d, struct score_result *result,
                  struct finding *out)
{
    score_test(&p->base, d, result);
    p->kept[p->n_kept++] = (struct kept){*d, out};
    out->value = result->df ? result->z : 0;
    snprintf(out->note, sizeof out->note, "about %.5f nats per trial to be had",
             result->chi2 / 2 / (double)(p->residuals.n_scored ? p->residuals.n_scored : 1));
}

bool diagnosis_try_memory(struct examined *p, struct finding *out)
{
    const struct model *m = p->model;
    struct directions d = {0};
    struct score_result result;
    if (rule_remembers(m->rule, &m->settings.shape) || m->settings.shape.lags > 0)
        return untried(out, "the rule has one");
    if (m->rule->no_weights)
        return untried(out, "it has no updates");
    directions_of_memory(p, &d);
    judge(p, &d, &result, out);
    return true;
}

bool diagnosis_try_start_weights(struct examined *p, struct finding *out)
{
    struct directions d = {0};
    struct score_result result;
    if (p->model->rule->no_start || p->model->rule->no_weights)
        return untried(out, "start weights play no role");
    if (p->request->model->rule->each)
        return untried(out, each_has_its_own);
    if (p->model->settings.w0.kind == W0_PSYCHOMETRIC)
        return untried(out, "they were fitted");
    directions_of_start(p, &d);
    judge(p, &d, &result, out);
    return true;
}

/* --- the decision ----------------------------------------------------------------- */

/* P = lapse / 2 + (1 - lapse) s: at lapse 0 the logit moves by (1/2 - p) / (p (1 - p)).  Far
 * out it is kept within bounds, so that few choices do not decide. */
static void lapse_row(const struct residuals *r, const struct animal *who, size_t t, float **column)
{
    (void)who;
    double v = r->p[t] * (1 - r->p[t]);
    column[0][t] = (float)((.5 - r->p[t]) / (v > .02 ? v : .02));
}

bool diagnosis_try_lapse(struct examined *p, struct finding *out)
{
    struct directions d = {0};
    struct score_result result;
    if (p->model->settings.shape.lapse.fitted)
        return untried(out, "it was fitted");
    fill(&p->residuals, &d, 1, lapse_row);
    judge(p, &d, &result, out);
    snprintf(out->note, sizeof out->note, "of the order of %.3f of the choices",
             isfinite(result.step) ? fmax(result.step, 0) : 0);
    return true;
}

static void temperature_row(const struct residuals *r, const struct animal *who, size_t t,
                            float **column)
{
    (void)who;
    double p = fmin(fmax(r->p[t], .002), .998);
    column[0][t] = (float)log(p / (1 - p));
}

bool diagnosis_try_temperature(struct examined *p, struct finding *out)
{
    struct directions d = {0};
    struct score_result result;
    fill(&p->residuals, &d, 1, temperature_row);
    judge(p, &d, &result, out);
    snprintf(out->note, sizeof out->note, "choices are %s than the rule has it, by some %.0f %%",
             result.z < 0 ? "noisier" : "sharper", 100 * fabs(result.step));
    out->value = score_deviation(result.chi2, 1);
    return true;
}

enum { LEVELS = 12 };

bool diagnosis_try_stimulus(struct examined *p, struct finding *out)
{
    const struct residuals *r = &p->residuals;
    struct directions d = {0};
    struct score_result result;
    float level[LEVELS + 1];
    size_t n = cohort_stimuli(r->cohort, LEVELS, level);
    bool few = n <= LEVELS;
    for (size_t j = 0; j < (few ? n : LEVELS); j++)
        directions_add(&d, r->n);
    for (size_t t = 0; t < r->n; t++) {
        float s = r->cohort->stimulus[t];
        if (!few) /* eight of each, in equal steps of a squashed stimulus, and the sides */
            d.column[(size_t)(LEVELS * (.5 + .499 * tanh(s)))][t] = 1;
        for (size_t j = 0; few && j < n; j++)
            d.column[j][t] = s == level[j];
    }
    judge(p, &d, &result, out);
    return true;
}

/* --- columns of the log -------------------------------------------------------------- */

static bool in_policy(const struct policy *policy, const char *name)
{
    for (size_t k = 0; k < policy->n; k++)
        if (policy->feature[k] == FEATURE_COLUMN && strcmp(policy->weight[k] + 2, name) == 0)
            return true;
    return false;
}

/* Has a value on every trial, and not always the same; mean and deviation. */
static bool varies(const struct cohort *c, const float *v, double *mean, double *deviation)
{
    double sum = 0, squares = 0;
    for (size_t t = 0; t < c->n_trials; t++)
        sum += v[t];
    *mean = sum / (double)c->n_trials;
    for (size_t t = 0; t < c->n_trials; t++)
        squares += (v[t] - *mean) * (v[t] - *mean);
    *deviation = sqrt(squares / (double)c->n_trials);
    return isfinite(squares) && squares > 0;
}

/* The column unless the policy has it, and its products with the policy's features. */
static void add_column(const struct residuals *r, const struct cohort_column *column,
                       struct directions *d)
{
    const struct policy *policy = &r->model->settings.policy;
    double mean, deviation;
    if (strncmp(column->name, "true_", 5) == 0 ||
        !varies(r->cohort, column->values, &mean, &deviation))
        return;
    float *own = in_policy(policy, column->name) ? NULL : directions_add(d, r->n);
    for (size_t t = 0; own && t < r->n; t++)
        own[t] = (float)((column->values[t] - mean) / deviation);
    for (size_t k = 0; k < policy->n; k++) {
        if (policy->feature[k] == FEATURE_BIAS)
            continue;
        float *product = directions_add(d, r->n);
        for (size_t t = 0; t < r->n; t++)
            product[t] =
                (float)((column->values[t] - mean) / deviation * r->x[t * r->n_weights + k]);
    }
}

/* The greatest of n deviations, corrected for their number (Bonferroni). */
static double of_the_worst(double z, size_t n)
{
    if (z > 30 || n < 2)
        return z;
    double p = (double)n * gsl_cdf_ugaussian_Q(z);
    return p < .5 ? gsl_cdf_ugaussian_Qinv(p) : 0;
}

bool diagnosis_try_columns(struct examined *p, struct finding *out)
{
    enum { MOST = 8 };
    const struct cohort *c = p->request->cohort;
    struct directions most = {0};
    struct score_result result;
    const char *worst = NULL;
    size_t n = 0;
    out->value = -INFINITY;
    for (size_t i = 0; i < c->n_columns && n < MOST && !examined_stopped(p); i++) {
        struct directions d = {0};
        add_column(&p->residuals, &c->columns[i], &d);
        if (d.n == 0)
            continue;
        score_test(&p->base, &d, &result);
        n += result.df > 0;
        if (result.df > 0 && result.z > out->value) {
            out->value = result.z, worst = c->columns[i].name;
            directions_free(&most);
            most = d;
        } else {
            directions_free(&d);
        }
    }
    if (!worst)
        return untried(out, "the log has no further column of numbers that vary");
    p->kept[p->n_kept++] = (struct kept){most, out};
    out->value = of_the_worst(out->value, n);
    snprintf(out->note, sizeof out->note, "most of all %.80s", worst);
    return true;
}

/* --- the past -------------------------------------------------------------------------- */

/* The last choice, alone and by its reward, and the last stimulus; not what the policy has. */
static void history_row(const struct residuals *r, const struct animal *who, size_t t,
                        float **column)
{
    const struct policy *policy = &r->model->settings.policy;
    bool choice = true, stimulus = true;
    if (cohort_past(r->cohort, who, t, 1) == 0)
        return;
    for (size_t k = 0; k < policy->n; k++) {
        choice &= policy->feature[k] != FEATURE_PREVCHOICE;
        stimulus &= policy->feature[k] != FEATURE_PREVSTIM;
    }
    float side = r->cohort->choice[t - 1] ? 1 : -1;
    column[0][t] = choice ? side : 0;
    column[1][t] = side * (2 * r->cohort->reward[t - 1] - 1);
    column[2][t] = stimulus ? r->cohort->stimulus[t - 1] : 0;
}

bool diagnosis_try_history(struct examined *p, struct finding *out)
{
    struct directions d = {0};
    struct score_result result;
    fill(&p->residuals, &d, 3, history_row);
    judge(p, &d, &result, out);
    return true;
}

enum { LAGS = 5 };

static void lag_row(const struct residuals *r, const struct animal *who, size_t t, float **column)
{
    size_t n = cohort_past(r->cohort, who, t, LAGS);
    for (size_t j = 0; j < n; j++) {
        double v = r->variance[t - 1 - j];
        column[j][t] = v > 0 ? (float)(r->residual[t - 1 - j] / sqrt(fmax(v, .02))) : 0;
    }
}

bool diagnosis_try_autocorrelation(struct examined *p, struct finding *out)
{
    struct directions d = {0};
    struct score_result result;
    fill(&p->residuals, &d, LAGS, lag_row);
    judge(p, &d, &result, out);
    return true;
}

/* --- animals ----------------------------------------------------------------------------- */

/* Score and information of an animal for a factor on its updates. */
static void gain_of(const struct residuals *r, const struct animal *who, const float *h, double *u,
                    double *v)
{
    *u = *v = 0;
    for (size_t t = who->first; t < who->first + who->count; t++) {
        double g = h[t] * r->slope[t];
        *u += g * r->residual[t];
        *v += g * g * r->variance[t];
    }
}

/* Homogeneity of the animals' gains (Cochran 1954, Biometrics 10:101); their spread by
 * moments (DerSimonian & Laird 1986, Control Clin Trials 7:177). */
bool diagnosis_try_animals_differ(struct examined *p, struct finding *out)
{
    const struct residuals *r = &p->residuals;
    double u, v, us = 0, vs = 0, vv = 0, q = 0;
    size_t n = 0;
    struct directions d = {0};
    if (p->request->model->rule->each)
        return untried(out, each_has_its_own);
    if (p->model->rule->no_weights || p->model->rule->no_start || r->cohort->n_animals < 2)
        return untried(out, r->cohort->n_animals < 2 ? "there is one animal" : "nothing learns");
    directions_of_gain(p, &d);
    for (size_t a = 0; a < r->cohort->n_animals; a++) {
        gain_of(r, &r->cohort->animals[a], d.column[0], &u, &v);
        if (!(v > 0))
            continue;
        n++;
        us += u, vs += v, vv += v * v, q += u * u / v;
    }
    directions_free(&d);
    if (n < 2)
        return untried(out, "nothing learns");
    q -= us * us / vs;
    out->value = score_deviation(q, (double)(n - 1));
    snprintf(out->note, sizeof out->note, "log learning rates differ by some %.2f (sd)",
             sqrt(fmax(0, (q - (double)(n - 1)) / (vs - vv / vs))));
    return true;
}

/* --- states --------------------------------------------------------------------------------- */

enum { BLOCK = 50, SEGMENT = 500 };

/* What the choice's log-likelihood is above what the model expects of it, and its variance. */
static void surprise(const struct residuals *r, size_t t, double *l, double *v)
{
    double p = r->p[t], logit = log(p / (1 - p));
    *l = r->variance[t] > 0 ? r->residual[t] * logit : 0;
    *v = r->variance[t] * logit * logit;
}

/* Sums over blocks: pairs of trials and their variance, moments of the blocks' deviations. */
struct blocks {
    double pairs, variance, n, m1, m2, m3, m4;
};

/* slow, whole: of the segment, whose mean is taken out, and with it a part of each block's
 * variance. */
static void block_of(const struct residuals *r, size_t from, size_t to, double slow, double whole,
                     struct blocks *b)
{
    double sum = 0, squares = 0, v_sum = 0, v_squares = 0;
    for (size_t t = from; t < to; t++) {
        double l, v;
        surprise(r, t, &l, &v);
        l -= slow * v;
        sum += l, squares += l * l, v_sum += v, v_squares += v * v;
    }
    if (!(v_sum > 0))
        return;
    double z = sum / sqrt(v_sum);
    b->pairs += (sum * sum - squares) / 2 + (v_sum * v_sum - v_squares) / 2 / whole;
    b->variance += (v_sum * v_sum - v_squares) / 2;
    b->n++, b->m1 += z, b->m2 += z * z, b->m3 += z * z * z, b->m4 += z * z * z * z;
}

/* Slow misfit is taken out over segments of ten blocks. */
static void segment_of(const struct residuals *r, size_t from, size_t to, struct blocks *b)
{
    double l, v, l_sum = 0, v_sum = 0;
    for (size_t t = from; t < to; t++) {
        surprise(r, t, &l, &v);
        l_sum += l, v_sum += v;
    }
    for (size_t t = from; t < to && v_sum > 0; t += BLOCK)
        block_of(r, t, t + BLOCK < to ? t + BLOCK : to, l_sum / v_sum, v_sum, b);
}

/* (skewness^2 + 1) / kurtosis: above .555, of a uniform distribution, there are two kinds. */
static double bimodality(const struct blocks *b)
{
    double m = b->m1 / b->n, m2 = b->m2 / b->n, m3 = b->m3 / b->n, m4 = b->m4 / b->n;
    double var = m2 - m * m, third = m3 - 3 * m * m2 + 2 * m * m * m;
    double fourth = m4 - 4 * m * m3 + 6 * m * m * m2 - 3 * m * m * m * m;
    return (third * third / (var * var * var) + 1) / (fourth / (var * var));
}

bool diagnosis_try_states(struct examined *p, struct finding *out)
{
    const struct residuals *r = &p->residuals;
    struct blocks b = {0};
    for (size_t a = 0; a < r->cohort->n_animals; a++) {
        size_t t = r->cohort->animals[a].first, end = t + r->cohort->animals[a].count;
        for (; t < end; t += SEGMENT)
            segment_of(r, t, t + SEGMENT < end ? t + SEGMENT : end, &b);
    }
    if (b.n < 20 || !(b.variance > 0))
        return untried(out, "there are fewer than 20 blocks");
    out->value = b.pairs / sqrt(b.variance);
    snprintf(out->note, sizeof out->note, "bimodality of the blocks %.2f (two kinds: above .555)",
             bimodality(&b));
    return true;
}
