#include "deltaw/study/paired.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/study/judged.h"

enum { SAMPLES = 10000, EXACT_MOST = 100 };

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int by_size(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

static double mean_of(size_t n, const double *d)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += d[i];
    return sum / (double)n;
}

static void student(size_t n, const double *d, struct paired *out)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (d[i] - out->difference) * (d[i] - out->difference);
    double error = sqrt(squares / (double)(n - 1) / (double)n);
    out->t = out->difference / error;
    if (!isfinite(out->t)) /* all differences are equal */
        return;
    out->p_one_sided = gsl_cdf_tdist_Q(out->t, (double)(n - 1));
    out->p_two_sided = 2 * gsl_cdf_tdist_Q(fabs(out->t), (double)(n - 1));
}

static void bootstrap(size_t n, const double *d, uint64_t seed, struct paired *out)
{
    double *means = mem_new(SAMPLES, sizeof *means);
    struct rng rng = rng_stream(seed, RNG_BOOTSTRAP, 0, 0);
    for (size_t s = 0; s < SAMPLES; s++) {
        for (size_t i = 0; i < n; i++)
            means[s] += d[rng_below(&rng, (uint32_t)n)];
        means[s] /= (double)n;
    }
    qsort(means, SAMPLES, sizeof *means, ascending);
    out->low = means[(size_t)(.025 * SAMPLES)];
    out->high = means[(size_t)(.975 * SAMPLES) - 1];
    free(means);
}

/* Twice the mean ranks of |d|, ascending; the sum of t^3 - t over ties of t. */
static double double_ranks(size_t n, const double *d, size_t *rank)
{
    double ties = 0;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && fabs(d[j]) == fabs(d[i]); j++)
            ;
        for (size_t k = i; k < j; k++)
            rank[k] = i + 1 + j;
        ties += pow((double)(j - i), 3) - (double)(j - i);
    }
    return ties;
}

/* The share of the 2^n choices of signs whose rank sum is as far from the middle. */
static double signs_as_far(size_t n, const size_t *rank, size_t plus)
{
    size_t all = n * (n + 1), far = plus > all - plus ? plus : all - plus;
    double *share = mem_new(all + 1, sizeof *share), sum = 0;
    share[0] = 1;
    for (size_t i = 0, top = 0; i < n; i++) {
        top += rank[i];
        for (size_t s = top + 1; s-- > 0;)
            share[s] = share[s] / 2 + (s >= rank[i] ? share[s - rank[i]] / 2 : 0);
    }
    for (size_t s = 0; s <= all; s++)
        if (s >= far || s <= all - far)
            sum += share[s];
    free(share);
    return fmin(sum, 1);
}

static double wilcoxon(size_t n, const double *d)
{
    double *sorted = mem_new(n, sizeof *sorted), p = NAN;
    size_t *rank = mem_new(n, sizeof *rank), m = 0, plus = 0;
    for (size_t i = 0; i < n; i++)
        if (d[i] != 0)
            sorted[m++] = d[i];
    qsort(sorted, m, sizeof *sorted, by_size);
    double ties = double_ranks(m, sorted, rank), size = (double)m;
    for (size_t i = 0; i < m; i++)
        plus += sorted[i] > 0 ? rank[i] : 0;
    if (m > 0 && m <= EXACT_MOST)
        p = signs_as_far(m, rank, plus);
    else if (m > 0)
        p = 2 * gsl_cdf_ugaussian_Q(fabs((double)plus / 2 - size * (size + 1) / 4) /
                                    sqrt(size * (size + 1) * (2 * size + 1) / 24 - ties / 48));
    free(sorted), free(rank);
    return p;
}

void paired_compute(size_t n, const double *all, uint64_t seed, struct paired *out)
{
    double *d = mem_new(n, sizeof *d);
    *out = (struct paired){0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, NAN};
    for (size_t i = 0; i < n; i++)
        if (isfinite(all[i]))
            d[out->n++] = all[i];
    for (size_t i = 0; i < out->n; i++)
        out->wins += d[i] > 0;
    if (out->n > 0) {
        out->difference = mean_of(out->n, d);
        out->p_wilcoxon = wilcoxon(out->n, d);
        out->n_effective = judged_effective(out->n, d);
    }
    if (out->n > 1) {
        student(out->n, d, out);
        bootstrap(out->n, d, seed, out);
    }
    out->p_holm = out->p_two_sided;
    free(d);
}

void paired_holm(size_t n, struct paired *c)
{
    size_t m = 0;
    double least = 0; /* a corrected value is never below one of a smaller p */
    for (size_t i = 0; i < n; i++) {
        m += !isnan(c[i].p_two_sided);
        c[i].p_holm = NAN;
    }
    for (size_t step = 0; step < m; step++) {
        size_t next = n;
        for (size_t i = 0; i < n; i++)
            if (isnan(c[i].p_holm) && !isnan(c[i].p_two_sided) &&
                (next == n || c[i].p_two_sided < c[next].p_two_sided))
                next = i;
        least = fmax(least, fmin(1, (double)(m - step) * c[next].p_two_sided));
        c[next].p_holm = least;
    }
}
