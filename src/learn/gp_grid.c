/* Sizes and length scales of the remainder, integrated over on a grid.  The best textbook mode
 * with its Fisher information says, to second order, what evidence each point of the grid
 * will have: the information does not depend on priors, so one sum over the trials does for all
 * sizes.  Points that may count are fitted, from that mode (a neighbour's mode
 * can be a trap), and what was predicted of their neighbours is corrected by what came
 * out, until none that may count is left. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/positive.h"
#include "gp_inside.h"
#include "gp_mean.h"

enum { MOST_LEVELS = 5, MOST_FITTED = 16, ROUNDS = 6 };
/* Nats below the best at which a point is not worth a fit, and is not worth keeping. */
static const double worth_a_fit = 3, worth_a_variant = 3.5, worth_keeping = 6;
/* Nats of log-likelihood within which a variant's own mode is not needed to begin with. */
static const double too_far = 10;
static const double fine_levels[] = {0, 1e-3, 3e-3, 1e-2, 3e-2}, few_levels[] = {0, 3e-3, 1.5e-2};
/* Prior probability that there is no remainder. */
static const double none = .5;

/* A textbook mode in a shape with a remainder of all weights, and the sums there. */
struct sheet {
    const struct gp_variant *variant;
    size_t scale;
    struct gp_shape shape;
    struct gp_mode mode;
};

struct candidate {
    const struct gp_variant *variant;
    size_t scale; /* GP_SCALES: without remainder */
    const struct sheet *sheet;
    int level[GP_WEIGHTS];
    double predicted; /* log prior + log evidence */
    bool chosen, done;
    struct gp_point point;
};

struct grid {
    struct gp_search *s;
    struct gp_basis *basis[GP_SCALES]; /* from the best variant's trajectories */
    const double *levels;
    size_t n_levels, n, n_done, n_sheets;
    struct sheet *sheet;
    struct candidate *candidate;
    size_t *work; /* indices of those to be fitted in this round */
    double best;
};

static double level_sigma(const struct grid *g, size_t k, int level)
{
    return g->levels[level] / fmax(g->s->cohort.x_size[k], 1e-6);
}

/* The textbook mode in a shape that has more parameters. */
static void widen(const struct gp_variant *m, const struct gp_shape *shape, size_t n_animals,
                  struct gp_mode *mode)
{
    size_t simple = m->shape.at[1];
    for (size_t k = 0; k < shape->n_weights; k++)
        memcpy(mode->theta + shape->at[k], m->mode.theta + m->shape.at[k], simple * sizeof(double));
    if (shape->fit_lapse)
        mode->theta[shape->n_rule] = m->mode.theta[m->shape.n_rule];
    memcpy(mode->w0, m->mode.w0, n_animals * mode->starts * sizeof(double));
}

static struct gp_shape shape_of(const struct gp_variant *m, struct gp_basis *basis,
                                const int *level)
{
    struct gp_shape shape = m->shape;
    shape.basis = basis;
    for (size_t k = 0; k < shape.n_weights; k++)
        shape.smooth[k] = level[k] > 0;
    gp_shape_set(&shape, m->terms);
    return shape;
}

/* What evidence the quadratic at a sheet's mode promises. */
static double predict(const struct grid *g, const struct gp_shape *shape, struct gp_sizes sizes,
                      const int *level, struct gp_mode *mode)
{
    double sigma[GP_WEIGHTS];
    struct gp_prior prior;
    for (size_t k = 0; k < shape->n_weights; k++)
        sigma[k] = fmax(level_sigma(g, k, level[k]), 1e-7);
    gp_prior_set(g->s, shape, sizes, sigma, &prior);
    double evidence = gp_mode_promise(&g->s->cohort, &prior, mode);
    gp_prior_clear(&prior);
    return evidence;
}

static size_t n_combinations(const struct grid *g)
{
    size_t n = 1;
    for (size_t k = 0; k < g->s->cohort.data->n_weights; k++)
        n *= g->n_levels;
    return n;
}

/* How much less likely the choices are at another variant's mode, were the likelihood quadratic
 * about that of v, of the same shape. */
static double apart(const struct gp_variant *v, const struct gp_variant *other)
{
    size_t n = v->shape.n;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            sum += (i == j ? .5 : 1) * v->mode.sums.fisher[i * n + j] *
                   (other->mode.theta[i] - v->mode.theta[i]) *
                   (other->mode.theta[j] - v->mode.theta[j]);
    return sum;
}

static bool sheet_serves(const struct sheet *sheet, const struct gp_variant *v, size_t scale)
{
    return sheet->scale == scale && gp_one_family(sheet->variant, v) &&
           apart(sheet->variant, v) < too_far;
}

/* The first variant's that is near; else one of its own. */
static struct sheet *sheet_of(struct grid *g, const struct gp_variant *v, size_t scale)
{
    struct gp_search *s = g->s;
    int all[GP_WEIGHTS] = {1, 1, 1, 1, 1};
    for (size_t i = 0; i < g->n_sheets; i++)
        if (sheet_serves(&g->sheet[i], v, scale))
            return &g->sheet[i];
    struct sheet *sheet = &g->sheet[g->n_sheets++];
    *sheet = (struct sheet){v, scale, shape_of(v, g->basis[scale], all), {0}};
    gp_mode_set(&sheet->mode, &sheet->shape, s->cohort.n);
    widen(v, &sheet->shape, s->cohort.n, &sheet->mode);
    gp_sum(&s->cohort, &sheet->shape, sheet->mode.theta, sheet->mode.w0, true, s->team,
           &sheet->mode.sums);
    return sheet;
}

static struct candidate *add(struct grid *g, const struct gp_variant *v, size_t scale)
{
    struct candidate *c = &g->candidate[g->n++];
    *c = (struct candidate){.variant = v, .scale = scale};
    return c;
}

static void add_sheet(struct grid *g, const struct gp_variant *v, size_t scale)
{
    size_t K = g->s->cohort.data->n_weights, n = n_combinations(g);
    struct sheet *sheet = sheet_of(g, v, scale);
    int level[GP_WEIGHTS] = {0};
    double without = predict(g, &sheet->shape, v->sizes, level, &sheet->mode);
    double known =
        v->mode.log_evidence + v->log_prior + log(1 - none) - log((double)((n - 1) * GP_SCALES));
    for (size_t i = 1; i < n; i++) {
        struct candidate *c = add(g, v, scale);
        c->sheet = sheet;
        for (size_t k = 0, rest = i; k < K; k++, rest /= g->n_levels)
            c->level[k] = (int)(rest % g->n_levels);
        c->predicted =
            known + predict(g, &sheet->shape, v->sizes, c->level, &sheet->mode) - without;
    }
}

/* The textbook rule itself is a point that needs no more work. */
static void add_textbook(struct grid *g, const struct gp_variant *m)
{
    struct candidate *c = add(g, m, GP_SCALES);
    struct gp_prior prior;
    gp_prior_set(g->s, &m->shape, m->sizes, NULL, &prior);
    c->point = gp_point_of(g->s, m, &m->shape, &prior, &m->mode);
    c->predicted = m->mode.log_evidence + m->log_prior + (g->s->options.smooth ? log(none) : 0);
    c->chosen = c->done = true;
    gp_prior_clear(&prior);
}

/* Fits one point; by any thread. */
static void fit_one(void *context, size_t i, size_t member)
{
    struct grid *g = context;
    struct candidate *c = &g->candidate[g->work[i]];
    struct gp_search *s = g->s;
    struct gp_shape shape = shape_of(c->variant, c->point.basis, c->level);
    struct gp_prior prior;
    struct gp_mode mode;
    double sigma[GP_WEIGHTS];
    (void)member;
    for (size_t k = 0; k < shape.n_weights; k++)
        sigma[k] = level_sigma(g, k, c->level[k]);
    gp_prior_set(s, &shape, c->variant->sizes, sigma, &prior);
    gp_mode_set(&mode, &shape, s->cohort.n);
    widen(c->sheet->variant, &shape, s->cohort.n, &mode);
    gp_sums_take(&c->sheet->mode.sums, &c->sheet->shape, &shape, s->cohort.n, &mode.sums);
    mode.summed = mode.quick = true;
    if (gp_go_on(s) && gp_mode_find(&s->cohort, &shape, &prior, NULL, NULL, NULL, &mode)) {
        struct gp_basis *basis = c->point.basis;
        c->point = gp_point_of(s, c->variant, &shape, &prior, &mode);
        gp_basis_drop(basis);
        c->point.scale = gp_scales[c->scale];
        for (size_t k = 0; k < shape.n_weights; k++)
            c->point.sigma[k] = sigma[k];
        c->done = true;
    }
    gp_mode_clear(&mode);
    gp_prior_clear(&prior);
}

static bool neighbours(const struct candidate *a, const struct candidate *b, size_t K)
{
    int apart = 0;
    for (size_t k = 0; k < K; k++)
        apart += abs(a->level[k] - b->level[k]);
    return a->variant == b->variant && a->scale == b->scale && apart == 1;
}

/* The result of a fit replaces what was predicted; its neighbours are assumed to be as far off. */
static void correct(struct grid *g, struct candidate *c)
{
    double off = c->point.log_evidence - c->predicted;
    size_t K = g->s->cohort.data->n_weights;
    off +=
        c->variant->log_prior + log(1 - none) - log((double)((n_combinations(g) - 1) * GP_SCALES));
    c->predicted += off;
    for (size_t i = 0; i < g->n; i++)
        if (!g->candidate[i].chosen && neighbours(&g->candidate[i], c, K) && off > 0)
            g->candidate[i].predicted += off / 2;
}

/* Those that may count, best first, as many as there is room for. */
static size_t choose(struct grid *g)
{
    size_t n = 0;
    double best = -INFINITY;
    for (size_t i = 0; i < g->n; i++)
        best = fmax(best, g->candidate[i].predicted);
    while (g->n_done + n < MOST_FITTED) {
        size_t top = SIZE_MAX;
        for (size_t i = 0; i < g->n; i++)
            if (!g->candidate[i].chosen &&
                (top == SIZE_MAX || g->candidate[i].predicted > g->candidate[top].predicted))
                top = i;
        if (top == SIZE_MAX || !(g->candidate[top].predicted > best - worth_a_fit))
            break;
        g->candidate[top].chosen = true;
        g->work[n++] = top;
    }
    return n;
}

static bool fit_round(struct grid *g, size_t n)
{
    const struct gp_watch *watch = g->s->watch;
    team_run(g->s->team, n, fit_one, g);
    for (size_t i = 0; i < n; i++) {
        struct candidate *c = &g->candidate[g->work[i]];
        if (!c->done)
            c->predicted = -INFINITY;
        else
            correct(g, c);
        if (c->done && watch && watch->step)
            watch->step(watch->context, g->s->out, &c->point);
    }
    g->n_done += n;
    return gp_go_on(g->s);
}

static int by_weight(const void *a, const void *b)
{
    const struct gp_point *x = a, *y = b;
    return x->weight < y->weight ? 1 : x->weight > y->weight ? -1 : 0;
}

/* Also of points that were only predicted. */
static double log_sum(const struct grid *g, bool (*take)(const struct candidate *c))
{
    double top = -INFINITY, sum = 0;
    for (size_t i = 0; i < g->n; i++)
        if (take(&g->candidate[i]))
            top = fmax(top, g->candidate[i].predicted);
    for (size_t i = 0; i < g->n && isfinite(top); i++)
        if (take(&g->candidate[i]))
            sum += exp(g->candidate[i].predicted - top);
    return top + log(sum);
}

static bool take_all(const struct candidate *c)
{
    return c->done;
}

static bool take_smooth(const struct candidate *c)
{
    return c->scale < GP_SCALES;
}

static bool take_plain(const struct candidate *c)
{
    return c->scale == GP_SCALES;
}

/* log of the evidence of all rules with traces, or without. */
static double sum_variants(const struct gp_search *s, bool memory)
{
    double top = -INFINITY, sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < s->n_variants; i++) {
            const struct gp_variant *v = &s->variant[i];
            double log_evidence = v->log_prior + v->mode.log_evidence;
            if (!v->found || (v->n_decays > 0) != memory)
                continue;
            if (pass == 0)
                top = fmax(top, log_evidence);
            else
                sum += exp(log_evidence - top);
        }
    return top + log(sum);
}

static double best_done(const struct grid *g)
{
    double best = -INFINITY;
    for (size_t i = 0; i < g->n; i++)
        best = g->candidate[i].done ? fmax(best, g->candidate[i].predicted) : best;
    return best;
}

/* Those without a remainder that will be kept. */
static void skew(struct grid *g)
{
    double best = best_done(g), *off = mem_new(g->n, sizeof *off);
    struct gp_point **point = mem_new(g->n, sizeof *point);
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        struct candidate *c = &g->candidate[i];
        if (c->scale < GP_SCALES || c->predicted < best - worth_a_variant)
            continue;
        g->work[n] = i, off[n] = c->predicted - c->point.log_evidence;
        point[n++] = &c->point;
    }
    gp_skew(g->s, point, n);
    for (size_t i = 0; i < n; i++)
        g->candidate[g->work[i]].predicted = point[i]->log_evidence + off[i];
    free(off), free(point);
}

/* Points of weight go out, the rest is dropped. */
static void finish(struct grid *g)
{
    struct gp *out = g->s->out;
    double best = best_done(g), sum = 0;
    out->points = mem_new(g->n, sizeof *out->points);
    for (size_t i = 0; i < g->n; i++) {
        struct candidate *c = &g->candidate[i];
        if (!c->done || c->predicted < best - worth_keeping) {
            gp_point_clear(&c->point);
            continue;
        }
        c->point.weight = exp(c->predicted - best);
        sum += c->point.weight;
        out->points[out->n_points++] = c->point;
    }
    for (size_t i = 0; i < out->n_points; i++)
        out->points[i].weight /= sum;
    qsort(out->points, out->n_points, sizeof *out->points, by_weight);
    out->log_evidence = log_sum(g, take_all);
    out->log_bayes_smooth = g->s->options.smooth ? log_sum(g, take_smooth) - log(1 - none) -
                                                       log_sum(g, take_plain) + log(none)
                                                 : NAN;
    double memory = sum_variants(g->s, true);
    out->log_bayes_memory = isfinite(memory) ? memory - sum_variants(g->s, false) : NAN;
    out->n_tried = g->n_done;
}

/* All points of one variant. */
static void add_variant(struct grid *g, const struct gp_variant *v)
{
    size_t from = g->n;
    add_textbook(g, v);
    for (size_t i = 0; i < GP_SCALES && g->s->options.smooth; i++)
        add_sheet(g, v, i);
    for (size_t i = from + 1; i < g->n; i++)
        g->candidate[i].point.basis = gp_basis_hold(g->basis[g->candidate[i].scale]);
}

static double weight_of(const struct gp_variant *v)
{
    return v->found ? v->log_prior + v->mode.log_evidence : -INFINITY;
}

static int by_evidence(const void *a, const void *b)
{
    const struct gp_variant *x = *(const struct gp_variant *const *)a;
    const struct gp_variant *y = *(const struct gp_variant *const *)b;
    double more = weight_of(y) - weight_of(x);
    return more > 0 ? 1 : more < 0 ? -1 : x < y ? -1 : x > y;
}

/* Those that may count, best first; returns how many. */
static size_t worthwhile(const struct gp_search *s, const struct gp_variant **v)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_variants; i++)
        v[i] = &s->variant[i];
    qsort(v, s->n_variants, sizeof *v, by_evidence);
    while (n < s->n_variants && weight_of(v[n]) > weight_of(v[0]) - worth_a_variant)
        n++;
    return n;
}

static void drop_sheets(struct grid *g)
{
    for (size_t i = 0; i < g->n_sheets; i++)
        gp_mode_clear(&g->sheet[i].mode);
    for (size_t i = 0; i < GP_SCALES; i++)
        gp_basis_drop(g->basis[i]);
}

bool gp_grid(struct gp_search *s)
{
    bool few = s->cohort.data->n_weights > 3, ok = true;
    struct grid g = {.s = s,
                     .levels = few ? few_levels : fine_levels,
                     .n_levels = few ? sizeof few_levels / sizeof *few_levels : MOST_LEVELS};
    const struct gp_variant **variant = mem_new(s->n_variants, sizeof *variant);
    size_t n_variants = worthwhile(s, variant);
    size_t room = n_variants * (1 + GP_SCALES * n_combinations(&g));
    g.sheet = mem_new(n_variants * GP_SCALES, sizeof *g.sheet);
    g.candidate = mem_new(room, sizeof *g.candidate);
    g.work = mem_new(room, sizeof *g.work);
    for (size_t i = 0; i < GP_SCALES && s->options.smooth; i++)
        g.basis[i] = gp_basis_of(s, variant[0], gp_scales[i]);
    for (size_t i = 0; i < n_variants; i++)
        add_variant(&g, variant[i]);
    for (int round = 0; ok && round < ROUNDS; round++) {
        size_t n = choose(&g);
        if (n == 0)
            break;
        ok = fit_round(&g, n);
    }
    if (ok)
        skew(&g);
    finish(&g);
    drop_sheets(&g);
    free(g.sheet), free(g.candidate), free(g.work), free(variant);
    return ok;
}
