/* Mode and evidence of a random walk of weights at given sizes of its steps.
 *
 * The negative Hessian of the log posterior is block tridiagonal: A_t + Q_t + Q_{t+1} on
 * the diagonal, -Q_{t+1} beside it, A_t = p (1 - p) x x' and Q_t the diagonal of inverse
 * variances of the step into trial t.  It is factored as an information filter: J_t is
 * what the trials up to t tell of w_t, S_t = J_t + Q_{t+1} the pivot, and J_t S_t^-1
 * Q_{t+1} is handed on, which loses no digits where steps are tiny. */
#include "deltaw/learn/randomwalk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

enum { MOST = RANDOMWALK_MOST, MOST_NEWTON = 60 };
static const double first_sd = RANDOMWALK_FIRST_SD;

struct randomwalk_mode {
    struct randomwalk_trials trials;
    bool by_day;
    double *w, *trial_w; /* [n][K] the mode, a step tried */
    double *pivot;       /* [n][K][K] S_t^-1; the last one J_n^-1 */
    double *cov;         /* [n][K][K] posterior covariance of w_t */
    double *slope;       /* [n] p of the mode */
    double *right;       /* [n][K] right side, then solution */
    double log_det;      /* of the negative Hessian less that of all Q */
    double log_likelihood;
    double q[3][MOST]; /* inverse variances: first trial, trials, days */
};

struct randomwalk_mode *randomwalk_mode_new(const struct randomwalk_trials *trials, bool by_day)
{
    struct randomwalk_mode *m = mem_new(1, sizeof *m);
    size_t n = trials->n, k = trials->n_weights;
    m->trials = *trials;
    m->by_day = by_day;
    m->w = mem_new(n * k, sizeof *m->w);
    m->trial_w = mem_new(n * k, sizeof *m->w);
    m->pivot = mem_new(n * k * k, sizeof *m->pivot);
    m->cov = mem_new(n * k * k, sizeof *m->cov);
    m->slope = mem_new(n, sizeof *m->slope);
    m->right = mem_new(n * k, sizeof *m->right);
    return m;
}

void randomwalk_mode_free(struct randomwalk_mode *m)
{
    if (!m)
        return;
    free(m->w), free(m->trial_w), free(m->pivot), free(m->cov), free(m->slope), free(m->right);
    free(m);
}

/* Which size the step into trial t has: 0 the first weights, 1 trials, 2 days. */
static int step_kind(const struct randomwalk_mode *m, size_t t)
{
    return t == 0 ? 0 : m->by_day && m->trials.day && m->trials.day[t] ? 2 : 1;
}

static const double *step_q(const struct randomwalk_mode *m, size_t t)
{
    return m->q[step_kind(m, t)];
}

static double dot(size_t k, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Log-likelihood and log prior (without its normaliser) of weights w. */
static double log_posterior(const struct randomwalk_mode *m, const double *w, double *likelihood)
{
    size_t k = m->trials.n_weights;
    double fit = 0, steps = 0;
    for (size_t t = 0; t < m->trials.n; t++) {
        double z = dot(k, w + t * k, m->trials.x + t * k), s = m->trials.choice[t] ? z : -z;
        fit -= s > 0 ? log1p(exp(-s)) : log1p(exp(s)) - s;
        const double *q = step_q(m, t);
        for (size_t i = 0; i < k; i++) {
            double d = w[t * k + i] - (t ? w[(t - 1) * k + i] : 0);
            steps += q[i] * d * d;
        }
    }
    *likelihood = fit;
    return fit - steps / 2;
}

/* a [k][k], symmetric positive, becomes its inverse; its determinant is returned,
 * NaN when it is not positive. */
static double invert_small(size_t k, double *a)
{
    double det = 1;
    for (size_t p = 0; p < k; p++) { /* Gauss and Jordan, no pivoting needed */
        double pivot = a[p * k + p];
        if (!(pivot > 0))
            return NAN;
        det *= pivot;
        a[p * k + p] = 1;
        for (size_t j = 0; j < k; j++)
            a[p * k + j] /= pivot;
        for (size_t i = 0; i < k; i++) {
            double by = a[i * k + p];
            if (i == p)
                continue;
            a[i * k + p] = 0;
            for (size_t j = 0; j < k; j++)
                a[i * k + j] -= by * a[p * k + j];
        }
    }
    return det;
}

/* What trial t adds to the information: p (1 - p) x x'. */
static void add_trial(const struct randomwalk_mode *m, size_t t, double *information)
{
    size_t k = m->trials.n_weights;
    const double *x = m->trials.x + t * k;
    double a = m->slope[t] * (1 - m->slope[t]);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            information[i * k + j] += a * x[i] * x[j];
}

/* information J becomes J S^-1 Q, which the next trial starts from. */
static void hand_on(size_t k, double *information, const double *pivot, const double *q)
{
    double out[MOST * MOST];
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0, other = 0;
            for (size_t l = 0; l < k; l++) {
                sum += information[i * k + l] * pivot[l * k + j];
                other += information[j * k + l] * pivot[l * k + i];
            }
            out[i * k + j] = out[j * k + i] = (sum * q[j] + other * q[i]) / 2;
        }
    memcpy(information, out, k * k * sizeof *out);
}

/* Factors the negative Hessian at the weights w. */
static bool factor(struct randomwalk_mode *m, const double *w)
{
    size_t n = m->trials.n, k = m->trials.n_weights;
    double information[MOST * MOST] = {0};
    m->log_det = 0;
    for (size_t i = 0; i < k; i++)
        information[i * k + i] = m->q[0][i];
    for (size_t t = 0; t < n; t++) {
        double *pivot = m->pivot + t * k * k;
        m->slope[t] = 1 / (1 + exp(-dot(k, w + t * k, m->trials.x + t * k)));
        add_trial(m, t, information);
        memcpy(pivot, information, k * k * sizeof *pivot);
        for (size_t i = 0; i < k && t + 1 < n; i++)
            pivot[i * k + i] += step_q(m, t + 1)[i];
        double det = invert_small(k, pivot);
        if (isnan(det))
            return false;
        m->log_det += log(det);
        if (t + 1 < n)
            hand_on(k, information, pivot, step_q(m, t + 1));
    }
    return true;
}

/* right becomes (negative Hessian)^-1 right. */
static void solve(const struct randomwalk_mode *m, double *right)
{
    size_t n = m->trials.n, k = m->trials.n_weights;
    double v[MOST];
    for (size_t t = 1; t < n; t++) {
        const double *pivot = m->pivot + (t - 1) * k * k, *q = step_q(m, t);
        for (size_t i = 0; i < k; i++)
            right[t * k + i] += q[i] * dot(k, pivot + i * k, right + (t - 1) * k);
    }
    for (size_t t = n; t-- > 0;) {
        const double *pivot = m->pivot + t * k * k;
        for (size_t i = 0; i < k; i++)
            v[i] =
                right[t * k + i] + (t + 1 < n ? step_q(m, t + 1)[i] * right[(t + 1) * k + i] : 0);
        for (size_t i = 0; i < k; i++)
            right[t * k + i] = dot(k, pivot + i * k, v);
    }
}

/* The gradient of the log posterior at the mode's weights. */
static void gradient_of(const struct randomwalk_mode *m, double *out)
{
    size_t n = m->trials.n, k = m->trials.n_weights;
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < k; i++) {
            double w = m->w[t * k + i];
            double back = t ? w - m->w[(t - 1) * k + i] : w;
            double on = t + 1 < n ? m->w[(t + 1) * k + i] - w : 0;
            out[t * k + i] = (m->trials.choice[t] - m->slope[t]) * m->trials.x[t * k + i] -
                             step_q(m, t)[i] * back + (t + 1 < n ? step_q(m, t + 1)[i] * on : 0);
        }
}

/* The mode, by Newton's method with halved steps; the log posterior is concave. */
static bool find_mode(struct randomwalk_mode *m, double *posterior)
{
    size_t size = m->trials.n * m->trials.n_weights;
    *posterior = log_posterior(m, m->w, &m->log_likelihood);
    for (int round = 0; round < MOST_NEWTON; round++) {
        if (!factor(m, m->w))
            return false;
        gradient_of(m, m->right);
        double *gradient = mem_copy(m->right, size, sizeof *gradient), rise;
        solve(m, m->right);
        rise = dot(size, gradient, m->right);
        free(gradient);
        if (!(rise > 1e-8)) /* nats still to be gained, about twice */
            return rise == rise;
        double share = 1, value, likelihood;
        for (;; share /= 2) {
            for (size_t i = 0; i < size; i++)
                m->trial_w[i] = m->w[i] + share * m->right[i];
            value = log_posterior(m, m->trial_w, &likelihood);
            if (value > *posterior)
                break;
            if (share < 1e-6)
                return rise < 1e-3;
        }
        memcpy(m->w, m->trial_w, size * sizeof *m->w);
        *posterior = value;
        m->log_likelihood = likelihood;
    }
    return false;
}

/* Covariances of w_t, from the last trial back. */
static void covariances(struct randomwalk_mode *m)
{
    size_t n = m->trials.n, k = m->trials.n_weights;
    double left[MOST * MOST];
    memcpy(m->cov + (n - 1) * k * k, m->pivot + (n - 1) * k * k, k * k * sizeof *m->cov);
    for (size_t t = n - 1; t-- > 0;) {
        const double *pivot = m->pivot + t * k * k, *q = step_q(m, t + 1);
        const double *next = m->cov + (t + 1) * k * k;
        double *cov = m->cov + t * k * k;
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < k; j++) {
                left[i * k + j] = 0;
                for (size_t l = 0; l < k; l++)
                    left[i * k + j] += pivot[i * k + l] * q[l] * next[l * k + j];
            }
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < k; j++) {
                cov[i * k + j] = pivot[i * k + j];
                for (size_t l = 0; l < k; l++)
                    cov[i * k + j] += left[i * k + l] * q[l] * pivot[l * k + j];
            }
    }
}

/* Posterior variance of the step of weight i into trial t, t >= 1. */
static double step_variance(const struct randomwalk_mode *m, size_t t, size_t i)
{
    size_t k = m->trials.n_weights;
    const double *pivot = m->pivot + (t - 1) * k * k, *q = step_q(m, t);
    const double *now = m->cov + t * k * k, *before = m->cov + (t - 1) * k * k;
    double both = 0;
    for (size_t l = 0; l < k; l++)
        both += pivot[i * k + l] * q[l] * now[l * k + i];
    return now[i * k + i] + before[i * k + i] - 2 * both;
}

static double logit_variance(const struct randomwalk_mode *m, size_t t)
{
    size_t k = m->trials.n_weights;
    const double *x = m->trials.x + t * k, *cov = m->cov + t * k * k;
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += x[i] * dot(k, cov + i * k, x);
    return sum;
}

/* With d the steps of the mode and C the posterior covariance, the derivative of the
 * evidence by log sigma is the sum over its steps of q (d^2 + var d) - 1, and by way of
 * the mode -q d (step of v), v = C of the derivative of log det A / 2 by w. */
static void evidence_gradient(struct randomwalk_mode *m, double *gradient)
{
    size_t n = m->trials.n, k = m->trials.n_weights;
    memset(gradient, 0, (m->by_day ? 2 : 1) * k * sizeof *gradient);
    for (size_t t = 0; t < n; t++) {
        double p = m->slope[t], third = p * (1 - p) * (1 - 2 * p) * logit_variance(m, t);
        for (size_t i = 0; i < k; i++)
            m->right[t * k + i] = third * m->trials.x[t * k + i];
    }
    solve(m, m->right);
    for (size_t t = 1; t < n; t++) {
        const double *q = step_q(m, t);
        double *of = gradient + (step_kind(m, t) == 2 ? k : 0);
        for (size_t i = 0; i < k; i++) {
            size_t now = t * k + i, before = now - k;
            double d = m->w[now] - m->w[before], v = m->right[now] - m->right[before];
            of[i] += q[i] * (d * d + step_variance(m, t, i)) - 1 - q[i] * d * v;
        }
    }
}

double randomwalk_evidence(struct randomwalk_mode *m, const double *log_sigma, double *gradient)
{
    size_t n = m->trials.n, k = m->trials.n_weights;
    double posterior, log_q = 0;
    for (size_t i = 0; i < k; i++) {
        m->q[0][i] = 1 / (first_sd * first_sd);
        m->q[1][i] = exp(-2 * log_sigma[i]);
        m->q[2][i] = m->by_day ? exp(-2 * log_sigma[k + i]) : m->q[1][i];
        log_q -= 2 * log(first_sd);
    }
    for (size_t t = 1; t < n; t++)
        for (size_t i = 0; i < k; i++)
            log_q -= 2 * log_sigma[(step_kind(m, t) == 2 ? k : 0) + i];
    if (!find_mode(m, &posterior))
        return NAN;
    if (gradient) {
        covariances(m);
        evidence_gradient(m, gradient);
    }
    return posterior + (log_q - m->log_det) / 2;
}

double randomwalk_mode_read(const struct randomwalk_mode *mode, double *w, double *sd,
                            double *logit_sd)
{
    struct randomwalk_mode *m = (struct randomwalk_mode *)mode;
    size_t n = m->trials.n, k = m->trials.n_weights;
    covariances(m);
    memcpy(w, m->w, n * k * sizeof *w);
    for (size_t t = 0; t < n; t++) {
        for (size_t i = 0; i < k; i++)
            sd[t * k + i] = sqrt(m->cov[(t * k + i) * k + i]);
        logit_sd[t] = sqrt(logit_variance(m, t));
    }
    return m->log_likelihood;
}
