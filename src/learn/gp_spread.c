/* The spread of gains: that of most evidence of the rule with all terms. */
#include <math.h>

#include "gp_inside.h"

/* Spreads that are looked at, from as good as none on; then halves of the steps about the
 * best.  Nats that the ends of the interval lie below it: chi^2_1(.9) / 2. */
enum { GAIN_FIRST = 8, GAIN_HALVES = 3, GAIN_TRIED = GAIN_FIRST + 2 * GAIN_HALVES };
static const double drop90 = 1.3527717270452048;

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
    gp_mode_from(s, from, &from->shape, &mode);
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

/* Where the evidence, between a spread that is inside and its neighbour outside, falls below. */
static double crossing(const struct spreads *t, size_t in, size_t out, double level)
{
    double share = (t->evidence[in] - level) / (t->evidence[in] - t->evidence[out]);
    return isfinite(share) ? t->at[in] * pow(t->at[out] / t->at[in], share) : t->at[in];
}

static void take_spread(struct gp_search *s, const struct spreads *t)
{
    size_t best = best_spread(t), low = best, high = best;
    double level = t->evidence[best] - drop90;
    while (low > 0 && t->evidence[low] > level)
        low--;
    while (high + 1 < t->n && t->evidence[high] > level)
        high++;
    s->gain_sd = t->at[best];
    s->out->gain_sd = best > 0 ? t->at[best] : 0;
    s->out->gain_low = t->evidence[low] > level ? 0 : crossing(t, low + 1, low, level);
    s->out->gain_high =
        t->evidence[high] > level ? t->at[high] : crossing(t, high - 1, high, level);
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
    if (t.n > 0)
        take_spread(s, &t);
    gp_find_full(s, full);
}
