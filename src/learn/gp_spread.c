/* The spread of gains by the evidence of the rule with all terms, integrated.
 *
 * That evidence has most of its mass near 0 where animals are alike, but its peak is above 0 for
 * every other cohort of such animals, and of few animals the peak says little.  So, as for the
 * terms, there may be no spread at all: half of the prior is at 0, half is a normal's positive
 * side.  The spread that is held is the mean of its posterior. */
#include <math.h>

#include "gp_inside.h"

/* Spreads that are looked at, from as good as none on; then halves of the steps about the
 * best.  FINE: steps of the integral, in the logarithm. */
enum { GAIN_FIRST = 8, GAIN_HALVES = 3, GAIN_TRIED = GAIN_FIRST + 2 * GAIN_HALVES, FINE = 400 };
static const double prior_sd = .5; /* some animals learn twice as fast as others */

struct spreads {
    size_t n;
    double at[GAIN_TRIED], evidence[GAIN_TRIED]; /* by size */
};

static size_t best_spread(const struct spreads *t)
{
    size_t best = 0;
    for (size_t i = 1; i < t->n; i++)
        best = t->evidence[i] > t->evidence[best] ? i : best;
    return best;
}

/* From the mode of `from`, which stays. */
static void try_spread(struct gp_search *s, const struct gp_variant *from, double spread,
                       struct spreads *t)
{
    struct gp_mode mode;
    struct gp_prior prior;
    size_t at = t->n++;
    s->gain_sd = spread;
    gp_mode_set(&mode, &from->shape, s->cohort.n);
    gp_mode_at(s, from, &mode);
    mode.quick = true;
    gp_prior_set(s, &from->shape, from->sizes, NULL, &prior);
    bool ok = gp_mode_find(&s->cohort, &from->shape, &prior, s->team, NULL, NULL, &mode);
    for (; at > 0 && t->at[at - 1] > spread; at--) {
        t->at[at] = t->at[at - 1];
        t->evidence[at] = t->evidence[at - 1];
    }
    t->at[at] = spread;
    t->evidence[at] = ok ? mode.log_evidence : -INFINITY;
    gp_prior_clear(&prior);
    gp_mode_clear(&mode);
}

/* Evidence over the most, between spreads that were tried linear in the logarithm. */
static double relative(const struct spreads *t, double spread)
{
    size_t i = 1;
    while (i + 1 < t->n && t->at[i] < spread)
        i++;
    double share = log(spread / t->at[i - 1]) / log(t->at[i] / t->at[i - 1]);
    double e = t->evidence[i - 1] + share * (t->evidence[i] - t->evidence[i - 1]);
    return isfinite(e) ? exp(e - t->evidence[best_spread(t)]) : 0;
}

/* mass [FINE] of the posterior where there is a spread, at [FINE], of which that at 0 has the
 * relative evidence; the sum. */
static double integrate(const struct spreads *t, double *at, double *mass)
{
    double sum = 0, step = log(t->at[t->n - 1] / t->at[0]) / FINE;
    for (size_t i = 0; i < FINE; i++) {
        at[i] = t->at[0] * exp(((double)i + .5) * step);
        double density = M_2_SQRTPI * M_SQRT1_2 / prior_sd * exp(-pow(at[i] / prior_sd, 2) / 2);
        mass[i] = relative(t, at[i]) * density * at[i] * step;
        sum += mass[i];
    }
    return sum;
}

/* Below which lies this mass. */
static double quantile(const double *at, const double *mass, double below)
{
    size_t i = 0;
    for (; i + 1 < FINE && mass[i] < below; i++)
        below -= mass[i];
    return at[i];
}

/* The interval's upper end is that of a spread, were there one: no spread is in it anyway. */
static void take_spread(struct gp_search *s, const struct spreads *t)
{
    double at[FINE], mass[FINE], mean = 0, sum = integrate(t, at, mass);
    double none = relative(t, t->at[0]), all = none + sum;
    for (size_t i = 0; i < FINE; i++)
        mean += at[i] * mass[i] / all;
    s->gain_sd = fmax(mean, GP_LEAST_GAIN);
    s->out->gain_sd = mean;
    s->out->gain_low = .05 * all <= none ? 0 : quantile(at, mass, .05 * all - none);
    s->out->gain_high = quantile(at, mass, .95 * sum);
}

void gp_gain_spread(struct gp_search *s, struct gp_variant *full)
{
    struct spreads t = {0};
    s->gain_sd = GP_LEAST_GAIN;
    gp_find_full(s, full);
    for (size_t i = 0; i < GAIN_FIRST && full->found && gp_go_on(s); i++)
        try_spread(s, full, GP_LEAST_GAIN * pow(2, (double)i), &t);
    for (size_t i = 0; i < GAIN_HALVES && full->found && gp_go_on(s); i++) {
        size_t best = best_spread(&t);
        double at = t.at[best], below = best > 0 ? t.at[best - 1] : at;
        double above = best + 1 < t.n ? t.at[best + 1] : at;
        if (below < at)
            try_spread(s, full, sqrt(below * at), &t);
        if (above > at)
            try_spread(s, full, sqrt(above * at), &t);
    }
    if (t.n > 1 && isfinite(t.evidence[0]))
        take_spread(s, &t);
    gp_find_full(s, full);
}
