/* Rules without a remainder: the one with all terms from several starts, then other sizes
 * of the terms' priors, and traces, that the data may ask for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/positive.h"
#include "gp_inside.h"
#include "gp_mean.h"

enum {
    W0_ROUNDS = 3,
    MOST_SETS = 5, /* of a round */
    ROUNDS = 3,
    ROUNDS_GAINS = 12, /* gains leave more rules open */
    SIMPLE = (1 << GP_TRACE) - 1,
    SETS = 729 /* 3^GP_TRACE */
};
/* Nats below the best at which sizes or averages are left out. */
static const double too_far = 3.5;

enum { MOST_VARIANTS = (1 + GP_AVERAGES) * (1 + MOST_SETS * ROUNDS_GAINS) };

struct telling {
    const struct gp_search *s;
    const struct gp_variant *variant;
    const struct gp_prior *prior;
    bool there; /* at the variant's mode, as another start was before */
};

/* A posterior that is normal to here has no other mode so near.  Nats of evidence, and of what
 * the factor calls a distance. */
static bool is_near(const struct gp_mode *found, const struct gp_mode *mode)
{
    size_t n = mode->sums.n;
    double near = 1, distance = 0;
    if (fabs(found->log_evidence - mode->log_evidence) > near)
        return false;
    for (size_t j = 0; j < n; j++) {
        double sum = 0;
        for (size_t i = j; i < n; i++)
            sum += found->factor[i * n + j] * (mode->theta[i] - found->theta[i]);
        distance += sum * sum / 2;
    }
    return distance < near;
}

static bool tell_step(void *context, const struct gp_mode *mode)
{
    struct telling *t = context;
    if (t->s->watch && t->s->watch->step) {
        struct gp_point p = gp_point_of(t->s, t->variant, &t->variant->shape, t->prior, mode);
        t->s->watch->step(t->s->watch->context, t->s->out, &p);
        gp_point_clear(&p);
    }
    t->there = t->variant->found && is_near(&t->variant->mode, mode);
    return !t->there && gp_go_on(t->s);
}

/* Where a start begins: nothing is learnt, slow learning from what was rewarded, fast
 * learning from all that was chosen. */
static void set_start(const struct gp_search *s, const struct gp_shape *shape, size_t start,
                      struct gp_mode *m)
{
    static const double correct[GP_STARTS] = {0, .02, .15}, error[GP_STARTS] = {0, 0, .12};
    const struct gp_data *data = s->cohort.data;
    size_t K = data->n_weights;
    for (size_t k = 0; k < K; k++)
        for (size_t j = 0; j < shape->n_simple; j++) {
            double size = fmax(s->cohort.x_size[k], 1e-6), value = 0;
            value = shape->simple[j] == GP_CORRECT ? correct[start] : value;
            value = shape->simple[j] == GP_ERROR ? error[start] : value;
            m->theta[shape->at[k] + j] = value / (size * size);
        }
    if (shape->fit_lapse)
        m->theta[shape->n_rule] = s->options.lapse > 0 ? s->options.lapse : GP_LAPSE;
    for (size_t i = 0; i < s->cohort.n; i++)
        memcpy(m->w0 + i * m->starts, data->w0 + s->cohort.animal[i] * K, K * sizeof(double));
}

/* The terms that two shapes share, start weights and lapse. */
static void gp_mode_from(const struct gp_search *s, const struct gp_variant *from,
                         const struct gp_shape *shape, struct gp_mode *m)
{
    const struct gp_shape *old = &from->shape;
    size_t traces = old->n_decays * old->n_kinds;
    for (size_t k = 0; k < shape->n_weights; k++) {
        for (size_t j = 0; j < shape->n_simple; j++)
            for (size_t i = 0; i < old->n_simple; i++)
                if (old->simple[i] == shape->simple[j])
                    m->theta[shape->at[k] + j] = from->mode.theta[old->at[k] + i];
        for (size_t i = 0; i < traces && traces == shape->n_decays * shape->n_kinds; i++)
            m->theta[shape->at[k] + shape->n_simple + i] =
                from->mode.theta[old->at[k] + old->n_simple + i];
    }
    if (shape->fit_lapse)
        m->theta[shape->n_rule] = from->mode.theta[old->n_rule];
    memcpy(m->w0, from->mode.w0, s->cohort.n * m->starts * sizeof(double));
}

void gp_mode_at(const struct gp_search *s, const struct gp_variant *from, struct gp_mode *m)
{
    const struct gp_shape *shape = &from->shape;
    memcpy(m->theta, from->mode.theta, shape->n * sizeof *m->theta);
    memcpy(m->w0, from->mode.w0, s->cohort.n * m->starts * sizeof *m->w0);
    gp_sums_take(&from->mode.sums, shape, shape, s->cohort.n, &m->sums);
    m->summed = true;
}

static struct gp_variant *add_variant(struct gp_search *s, unsigned terms, size_t n_decays,
                                      const double *decay, double average)
{
    struct gp_variant *v = &s->variant[s->n_variants++];
    *v = (struct gp_variant){.terms = terms,
                             .sizes = {.large = terms & SIMPLE},
                             .n_decays = n_decays,
                             .average = average};
    memcpy(v->decay, decay, n_decays * sizeof *decay);
    v->shape = (struct gp_shape){.n_weights = s->cohort.data->n_weights,
                                 .n_decays = n_decays,
                                 .average = average,
                                 .fit_lapse = s->options.fit_lapse,
                                 .fit_w0 = s->options.w0_sd > 0,
                                 .gains = s->options.gains,
                                 .lapse = s->options.lapse};
    memcpy(v->shape.decay, v->decay, sizeof v->decay);
    gp_shape_set(&v->shape, terms);
    gp_mode_set(&v->mode, &v->shape, s->cohort.n);
    return v;
}

/* From where v->mode is; kept if it is better than `best`. */
static double find_from(struct gp_search *s, struct gp_variant *v, struct gp_mode *mode)
{
    struct gp_prior prior;
    gp_prior_set(s, &v->shape, v->sizes, NULL, &prior);
    struct telling telling = {s, v, &prior, false};
    bool ok = gp_mode_find(&s->cohort, &v->shape, &prior, s->team, tell_step, &telling, mode);
    double evidence = ok ? mode->log_evidence : telling.there ? v->mode.log_evidence : -INFINITY;
    if (ok && (!v->found || evidence > v->mode.log_evidence)) {
        struct gp_mode swap = v->mode;
        v->mode = *mode, *mode = swap;
        v->found = true;
    }
    gp_prior_clear(&prior);
    return evidence;
}

/* All terms, from all starts. */
void gp_find_full(struct gp_search *s, struct gp_variant *v)
{
    static const char *const names[GP_STARTS] = {"none", "slow", "fast"};
    double evidence[GP_STARTS];
    v->found = false;
    for (size_t i = 0; i < GP_STARTS && gp_go_on(s); i++) {
        struct gp_mode mode;
        gp_mode_set(&mode, &v->shape, s->cohort.n);
        set_start(s, &v->shape, i, &mode);
        evidence[i] = find_from(s, v, &mode);
        gp_mode_clear(&mode);
    }
    for (size_t i = 0; i < GP_STARTS && v->found; i++)
        s->out->start[i] =
            (struct gp_start){names[i], evidence[i], fabs(evidence[i] - v->mode.log_evidence) < .5};
}

/* Sd of start weights by one step of expectation and maximisation. */
static void estimate_w0_sd(struct gp_search *s, const struct gp_variant *v)
{
    const struct gp_data *data = s->cohort.data;
    size_t K = data->n_weights, n = v->shape.n, own = gp_own(&v->shape);
    double *b = mem_new(n, sizeof *b);
    for (size_t k = 0; k < K; k++) {
        double sum = 0;
        for (size_t a = 0; a < s->cohort.n; a++) {
            sum +=
                pow(v->mode.w0[a * v->mode.starts + k] - data->w0[s->cohort.animal[a] * K + k], 2);
            sum += v->mode.own_covariance[(a * own + k) * own + k];
            memcpy(b, v->mode.own + (a * own + k) * n, n * sizeof *b);
            gp_solve_lower(n, v->mode.factor, b);
            for (size_t i = 0; i < n; i++)
                sum += b[i] * b[i];
        }
        s->w0_sd[k] = fmax(sqrt(sum / (double)s->cohort.n), 1e-3);
    }
    free(b);
}

/* What evidence a rule would have by other sizes of its terms' priors, were the likelihood
 * quadratic about its mode.  data [n][n]: the information of the choices alone. */
static double predict(const struct gp_search *s, const struct gp_variant *v, const double *data,
                      const struct gp_prior *own, struct gp_sizes sizes)
{
    size_t n = v->shape.n;
    double evidence = v->mode.log_evidence + gp_log_determinant(n, v->mode.factor) / 2;
    double *m = mem_copy(data, n * n, sizeof *m), *l = mem_new(n * n, sizeof *l);
    double *b = mem_new(n, sizeof *b);
    struct gp_prior prior;
    gp_prior_set(s, &v->shape, sizes, NULL, &prior);
    for (size_t i = 0; i < n; i++) {
        double away = v->mode.theta[i] - own->mean[i];
        b[i] = (own->precision[i] - prior.precision[i]) * away;
        evidence += (own->precision[i] - prior.precision[i]) * away * away / 2;
        evidence += log(prior.precision[i] / own->precision[i]) / 2;
        m[i * n + i] += prior.precision[i];
    }
    bool ok = positive_factor(n, m, l);
    if (ok) {
        gp_solve_lower(n, l, b);
        evidence -= gp_log_determinant(n, l) / 2;
    }
    for (size_t i = 0; i < n; i++)
        evidence += b[i] * b[i] / 2;
    gp_prior_clear(&prior);
    free(m), free(l), free(b);
    return ok ? evidence : -INFINITY;
}

/* Sets of sizes by number: a digit 0 to 2 for each term, small, large or absent. */
static struct gp_sizes sizes_of(unsigned set)
{
    struct gp_sizes sizes = {0, 0};
    for (int term = 0; term < GP_TRACE; term++, set /= 3) {
        sizes.large |= (unsigned)(set % 3 == 1) << term;
        sizes.absent |= (unsigned)(set % 3 == 2) << term;
    }
    return sizes;
}

static unsigned set_of(struct gp_sizes sizes)
{
    unsigned set = 0;
    for (int term = GP_TRACE; term-- > 0;)
        set = 3 * set + (sizes.large >> term & 1) + 2 * (sizes.absent >> term & 1);
    return set;
}

/* A small prior is between the others. */
static int apart(struct gp_sizes a, struct gp_sizes b)
{
    return __builtin_popcount(a.large ^ b.large) + __builtin_popcount(a.absent ^ b.absent);
}

/* The information of the choices alone at a variant's mode, whose prior is `own`: [n][n]. */
static double *information_of(const struct gp_variant *v, const struct gp_prior *own)
{
    size_t n = v->shape.n;
    double *data = mem_new(n * n, sizeof *data);
    for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c <= r; c++) {
            for (size_t q = 0; q <= c; q++)
                data[r * n + c] += v->mode.factor[r * n + q] * v->mode.factor[c * n + q];
            data[r * n + c] -= r == c ? own->precision[r] : 0;
            data[c * n + r] = data[r * n + c];
        }
    return data;
}

/* Prior probability that a term is absent; that it is small is as likely as that it is large.
 * Some term that follows the gradient there must be, of which each is much like a sum of others:
 * where one is there but little, none at all would take too much.  Gains leave more rules open
 * as it is. */
static double absent_of(const struct gp_search *s, int term)
{
    return term < GP_FORGETTING && !s->options.gains ? .1 : 1. / 3;
}

/* log of the prior of sizes. */
static double sizes_prior(const struct gp_search *s, unsigned terms, struct gp_sizes sizes)
{
    double sum = 0;
    for (int term = 0; term < GP_TRACE; term++)
        if (terms >> term & 1)
            sum += sizes.absent >> term & 1 ? log(absent_of(s, term))
                                            : log((1 - absent_of(s, term)) / 2);
    return sum;
}

/* Was it found, as one of the family of `first`, the first of them? */
static bool is_found(const struct gp_search *s, size_t first, size_t i)
{
    return s->variant[i].found && gp_one_family(&s->variant[i], &s->variant[first]);
}

/* Sizes of priors that were not tried, by what the fitted variants of a family promise:
 * of each the one that is most like it.  evidence [SETS] */
static void predict_all(const struct gp_search *s, size_t first, double *evidence)
{
    int nearest[SETS];
    for (unsigned set = 0; set < SETS; set++)
        evidence[set] = -INFINITY, nearest[set] = 2 * GP_N_TERMS;
    for (size_t i = first; i < s->n_variants; i++) {
        const struct gp_variant *v = &s->variant[i];
        struct gp_prior own;
        if (!is_found(s, first, i))
            continue;
        gp_prior_set(s, &v->shape, v->sizes, NULL, &own);
        double *data = information_of(v, &own);
        for (unsigned set = 0; set < SETS; set++) {
            struct gp_sizes sizes = sizes_of(set);
            int distance = apart(sizes, v->sizes);
            if (((sizes.large | sizes.absent) & ~v->terms) || distance > nearest[set])
                continue;
            double value = predict(s, v, data, &own, sizes) + sizes_prior(s, v->terms, sizes);
            if (distance < nearest[set] || value > evidence[set])
                evidence[set] = value;
            nearest[set] = distance;
        }
        gp_prior_clear(&own);
        free(data);
    }
    for (size_t i = first; i < s->n_variants; i++)
        if (gp_one_family(&s->variant[i], &s->variant[first]))
            evidence[set_of(s->variant[i].sizes)] = -INFINITY;
}

static double weight_of(const struct gp_variant *v)
{
    return v->found ? v->log_prior + v->mode.log_evidence : -INFINITY;
}

static const struct gp_variant *most_like(const struct gp_search *s, size_t first, size_t end,
                                          struct gp_sizes sizes)
{
    const struct gp_variant *best = &s->variant[first];
    for (size_t i = first; i < end; i++)
        if (is_found(s, first, i) && apart(s->variant[i].sizes, sizes) < apart(best->sizes, sizes))
            best = &s->variant[i];
    return best;
}

struct fitting {
    struct gp_search *s;
    size_t family, first; /* where the family and those to be fitted begin */
};

/* By any thread. */
static void fit_sizes(void *context, size_t i, size_t member)
{
    struct fitting *f = context;
    struct gp_search *s = f->s;
    struct gp_variant *v = &s->variant[f->first + i];
    struct gp_prior prior;
    (void)member;
    gp_prior_set(s, &v->shape, v->sizes, NULL, &prior);
    gp_mode_at(s, most_like(s, f->family, f->first, v->sizes), &v->mode);
    v->mode.quick = true;
    v->found =
        gp_go_on(s) && gp_mode_find(&s->cohort, &v->shape, &prior, NULL, NULL, NULL, &v->mode);
    gp_prior_clear(&prior);
}

/* Sizes of the terms' priors, large, small or absent each: from the variant `first`, whose are all
 * large, to all that may count. */
static bool try_sizes(struct gp_search *s, size_t first)
{
    const struct gp_variant *full = &s->variant[first];
    double prior = full->log_prior - sizes_prior(s, full->terms, full->sizes);
    double best = weight_of(full) - prior, evidence[SETS];
    int rounds = s->options.gains ? ROUNDS_GAINS : ROUNDS;
    for (int round = 0; round < rounds && gp_go_on(s); round++) {
        struct fitting f = {s, first, s->n_variants};
        predict_all(s, first, evidence);
        while (s->n_variants < f.first + MOST_SETS) {
            unsigned top = 0;
            for (unsigned set = 1; set < SETS; set++)
                top = evidence[set] > evidence[top] ? set : top;
            best = fmax(best, evidence[top]);
            if (!(evidence[top] > best - too_far))
                break;
            struct gp_variant *v =
                add_variant(s, full->terms, full->n_decays, full->decay, full->average);
            v->sizes = sizes_of(top);
            v->log_prior = prior + sizes_prior(s, v->terms, v->sizes);
            evidence[top] = -INFINITY;
        }
        if (s->n_variants == f.first)
            break;
        team_run(s->team, s->n_variants - f.first, fit_sizes, &f);
        best = weight_of(full) - prior;
        for (size_t i = first; i < s->n_variants; i++)
            best = is_found(s, first, i) ? fmax(best, weight_of(&s->variant[i]) - prior) : best;
    }
    return gp_go_on(s);
}

/* Rules with traces, of each average of reward. */
static bool add_memories(struct gp_search *s)
{
    bool trace = s->options.terms & 1u << GP_TRACE, average = s->options.terms & 1u << GP_AVERAGE;
    size_t n_averages = average ? GP_AVERAGES : trace ? 1 : 0, first = s->n_variants;
    double best = -INFINITY;
    for (size_t i = 0; i < n_averages; i++) {
        struct gp_variant *v =
            add_variant(s, s->options.terms, GP_DECAYS, gp_decays, gp_averages[i]);
        struct gp_mode mode;
        v->log_prior = s->variant[0].log_prior - log((double)n_averages);
        gp_mode_set(&mode, &v->shape, s->cohort.n);
        gp_mode_from(s, &s->variant[0], &v->shape, &mode);
        best = fmax(best, find_from(s, v, &mode));
        gp_mode_clear(&mode);
        if (!gp_go_on(s))
            return false;
    }
    for (size_t i = first, n = s->n_variants; i < n; i++)
        if (s->variant[i].found && s->variant[i].mode.log_evidence > best - too_far &&
            !try_sizes(s, i))
            return false;
    return true;
}

bool gp_textbooks(struct gp_search *s)
{
    static const double no_decay[GP_DECAYS];
    unsigned simple = s->options.terms & SIMPLE;
    s->variant = mem_new(MOST_VARIANTS, sizeof *s->variant);
    struct gp_variant *full = add_variant(s, simple, 0, no_decay, gp_averages[0]);
    full->log_prior = sizes_prior(s, simple, full->sizes);
    if (s->options.terms & ~(unsigned)SIMPLE)
        full->log_prior -= M_LN2; /* half of the prior is for traces */
    gp_find_full(s, full);
    for (int round = 0; full->found && s->options.fit_w0_sd && round < W0_ROUNDS; round++) {
        estimate_w0_sd(s, full);
        gp_find_full(s, full);
    }
    if (full->found && s->options.fit_gain_sd && s->cohort.n > 1)
        gp_gain_spread(s, full);
    if (!full->found)
        return gp_go_on(s);
    struct gp_prior prior;
    gp_prior_set(s, &full->shape, full->sizes, NULL, &prior);
    s->out->textbook = gp_point_of(s, full, &full->shape, &prior, &full->mode);
    gp_prior_clear(&prior);
    gp_misfit(s, full);
    return try_sizes(s, 0) && add_memories(s);
}
