/* Rules with a posterior: derivatives against numpy's and against differences, evidence
 * against quadrature, the same bits for any number of threads, and refusals. */
#include "deltaw/learn/engine.h"
#include "gp_agents.h"
#include "gp_scene.h"
#include "tap.h"

/* Largest distance over the largest size. */
static double apart(size_t n, const double *a, const double *b)
{
    double off = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        off = fmax(off, fabs(a[i] - b[i]));
        size = fmax(size, fabs(b[i]));
    }
    return off / size;
}

static void test_golden(const struct scene *s)
{
    struct gp_cohort cohort;
    struct gp_sums sums;
    gp_cohort_set(&cohort, &s->data);
    gp_sums_set(&sums, &s->shape, 2);
    gp_sum(&cohort, &s->shape, s->theta, s->w0, true, NULL, &sums);
    double total = 0, *fisher = mem_new(sums.n * sums.n, sizeof *fisher);
    size_t n = sums.n, width = n + 2;
    for (size_t a = 0; a < 2; a++) {
        char name[3][16];
        snprintf(name[0], 16, "loglik%zu", a), snprintf(name[1], 16, "gradient%zu", a);
        snprintf(name[2], 16, "fisher%zu", a);
        double *l = golden(name[0]), *g = golden(name[1]), *f = golden(name[2]);
        total += *l;
        tap_ok(apart(width, sums.score + a * width, g) < 1e-10,
               "the gradient of animal %zu is numpy's, by terms, remainder, lapse, w_0", a);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                fisher[i * n + j] += f[i * (i + 1) / 2 + j];
        double off = 0, size = 0;
        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j <= n + i; j++) {
                double want = f[(n + i) * (n + i + 1) / 2 + j];
                off = fmax(off, fabs(sums.own[(a * 2 + i) * width + j] - want));
                size = fmax(size, fabs(want));
            }
        tap_ok(off < 3e-6 * size, "so are the rows of its own start weights");
        free(l), free(g), free(f);
    }
    tap_near(sums.log_likelihood, total, 1e-10, "the log-likelihood is numpy's");
    tap_ok(apart(n * n, sums.fisher, fisher) < 3e-6, "so is the Fisher information");
    gp_sums_clear(&sums);
    gp_cohort_clear(&cohort);
    free(fisher);
}

static double likelihood_at(const struct gp_cohort *c, const struct gp_shape *shape,
                            const double *theta, const double *w0, struct gp_sums *sums)
{
    gp_sum(c, shape, theta, w0, false, NULL, sums);
    return sums->log_likelihood;
}

static void test_differences(const struct scene *s)
{
    struct gp_cohort cohort;
    struct gp_sums sums;
    double worst = 0, size = 0;
    gp_cohort_set(&cohort, &s->data);
    gp_sums_set(&sums, &s->shape, 2);
    gp_sum(&cohort, &s->shape, s->theta, s->w0, true, NULL, &sums);
    for (size_t i = 0; i < sums.n; i++) {
        double keep = s->theta[i], step = 1e-5;
        s->theta[i] = keep + step;
        double up = likelihood_at(&cohort, &s->shape, s->theta, s->w0, &sums);
        s->theta[i] = keep - step;
        double down = likelihood_at(&cohort, &s->shape, s->theta, s->w0, &sums);
        s->theta[i] = keep;
        worst = fmax(worst, fabs((up - down) / (2 * step) - sums.gradient[i]));
        size = fmax(size, fabs(sums.gradient[i]));
    }
    tap_ok(worst < 1e-6 * size, "the gradient is that of differences: off by %.1g of %.3g", worst,
           size);
    gp_sums_clear(&sums);
    gp_cohort_clear(&cohort);
}

/* What is known of a shape serves one where a weight has no remainder: its sums at 0 there. */
static void test_part(const struct scene *s)
{
    struct gp_cohort cohort;
    struct gp_sums whole, taken, own;
    struct gp_shape part = s->shape;
    double *at = mem_copy(s->theta, s->shape.n, sizeof *at), *of_part;
    gp_cohort_set(&cohort, &s->data);
    part.smooth[0] = false;
    gp_shape_set(&part, ALL_TERMS);
    size_t left_out = s->shape.n - part.n, simple = part.at[1];
    memset(at + simple, 0, left_out * sizeof *at);
    of_part = mem_copy(at, part.n, sizeof *of_part);
    memcpy(of_part + simple, at + s->shape.at[1], (part.n - simple) * sizeof *at);
    gp_sums_set(&whole, &s->shape, 2), gp_sums_set(&taken, &part, 2), gp_sums_set(&own, &part, 2);
    gp_sum(&cohort, &s->shape, at, s->w0, true, NULL, &whole);
    gp_sum(&cohort, &part, of_part, s->w0, true, NULL, &own);
    gp_sums_take(&whole, &s->shape, &part, 2, &taken);
    size_t n = part.n, width = n + own.k;
    tap_near(taken.log_likelihood, own.log_likelihood, 1e-10, "sums of a part: log-likelihood");
    tap_ok(left_out > 0 && apart(n, taken.gradient, own.gradient) < 1e-10 &&
               apart(n * n, taken.fisher, own.fisher) < 3e-6 &&
               apart(2 * width, taken.score, own.score) < 1e-10,
           "gradient, Fisher information and scores without %zu parameters", left_out);
    double off = 0; /* of own rows the lower triangle */
    for (size_t r = 0; r < 2 * own.k; r++)
        for (size_t j = 0; j <= n + r % own.k; j++)
            off = fmax(off, fabs(taken.own[r * width + j] - own.own[r * width + j]));
    tap_ok(own.k > 0 && off < 1e-4, "rows of what animals have for themselves");
    gp_sums_clear(&whole), gp_sums_clear(&taken), gp_sums_clear(&own);
    gp_cohort_clear(&cohort);
    free(at), free(of_part);
}

/* --- whole fits */

/* The evidence of a rule of one parameter, by adding up its posterior, whose mean and standard
 * deviation take the place of mode and sd. */
static double by_quadrature(const struct gp_cohort *c, const struct gp_shape *shape,
                            double precision, double *mode, double *sd)
{
    struct gp_sums sums;
    double sum = 0, first = 0, second = 0, step = *sd / 50, top = 0;
    gp_sums_set(&sums, shape, c->n);
    for (int i = -400; i <= 400; i++) {
        double theta = *mode + i * step;
        double log_post =
            likelihood_at(c, shape, &theta, c->data->w0, &sums) - precision * theta * theta / 2;
        if (i == -400)
            top = log_post;
        if (log_post > top)
            sum *= exp(top - log_post), first *= exp(top - log_post), second *= exp(top - log_post),
                top = log_post;
        double mass = exp(log_post - top);
        sum += mass, first += i * mass, second += (double)i * i * mass;
    }
    gp_sums_clear(&sums);
    *mode += step * first / sum;
    *sd = step * sqrt(second / sum - pow(first / sum, 2));
    return top + log(sum * step) + log(precision / (2 * M_PI)) / 2;
}

static void test_evidence(void)
{
    struct agents *g = agents_new(AGENT_REINFORCE, 4, 500, 40, 0x1p-4, 0, 3);
    struct gp_data data = g->data;
    float *x = mem_new(data.n_trials, sizeof *x);
    for (size_t i = 0; i < data.n_trials; i++)
        x[i] = g->x[2 * i];
    data.n_weights = 1, data.x = x; /* the stimulus alone */
    struct gp_options options = {.terms = 1u << GP_CORRECT, .threads = 1};
    struct gp *gp = gp_fitted(&data, &options);
    struct gp_cohort cohort;
    struct gp_shape shape = gp_point_shape(gp, &gp->textbook);
    gp_cohort_set(&cohort, &data);
    double sd = 1 / gp->textbook.factor[0], precision = gp->textbook.precision[0];
    double middle = gp->textbook.theta[0], wide = sd;
    double want = by_quadrature(&cohort, &shape, precision, &middle, &wide);
    tap_near(gp->textbook.log_evidence, want, .05,
             "the evidence of one parameter is the integral over it");
    tap_ok(fabs(gp->textbook.theta[0] - 0x1p-4) < 3 * sd, "and the rate is found: %.4f +- %.4f",
           gp->textbook.theta[0], sd);
    struct gp_term_report row[GP_N_TERMS];
    size_t n = gp_terms_report(gp, GP_MODEL, row);
    tap_ok(n == 1 && row->log_bayes_factor > 10 && row->low < row->mean && row->mean < row->high,
           "its report: one term, %.1f nats for it", row->log_bayes_factor);
    gp_drop(gp);
    gp_cohort_clear(&cohort);
    agents_free(g);
    free(x);
}

/* Few trials of fast learning: the longer side of the posterior is the one of higher rates. */
static void test_lean(void)
{
    struct agents *g = agents_new(AGENT_REINFORCE, 3, 60, 0, 0x1p-3, 0, 5);
    struct gp_data data = g->data;
    float *x = mem_new(data.n_trials, sizeof *x);
    for (size_t i = 0; i < data.n_trials; i++)
        x[i] = g->x[2 * i];
    data.n_weights = 1, data.x = x;
    struct gp_options options = {.terms = 1u << GP_CORRECT, .threads = 1};
    struct gp *gp = gp_fitted(&data, &options);
    const struct gp_point *p = gp->points, *full = &gp->textbook;
    while (!p->sizes.large)
        p++;
    struct gp_cohort cohort;
    struct gp_shape shape = gp_point_shape(gp, full);
    gp_cohort_set(&cohort, &data);
    double mean = full->theta[0], sd = 1 / full->factor[0], mode = mean, normal = sd;
    double evidence = by_quadrature(&cohort, &shape, full->precision[0], &mean, &sd);
    tap_ok(mean - mode > .1 * sd && fabs(p->theta[0] - mean) < .4 * (mean - mode),
           "a skewed posterior: its mean %.4f is given as %.4f, its mode is %.4f", mean,
           p->theta[0], mode);
    double given = sqrt(p->covariance[0]);
    tap_ok(fabs(given / sd - 1) < fabs(normal / sd - 1) &&
               fabs(p->log_evidence - evidence) < fabs(full->log_evidence - evidence),
           "its deviation %.4f as %.4f (about the mode %.4f), its evidence %.3f as %.3f (%.3f)", sd,
           given, normal, evidence, p->log_evidence, full->log_evidence);
    gp_drop(gp);
    gp_cohort_clear(&cohort);
    agents_free(g);
    free(x);
}

static bool same_points(const struct gp *a, const struct gp *b)
{
    bool same = a->n_points == b->n_points && a->log_evidence == b->log_evidence;
    for (size_t i = 0; same && i < a->n_points; i++)
        same = a->points[i].n == b->points[i].n &&
               memcmp(a->points[i].theta, b->points[i].theta, a->points[i].n * 8) == 0 &&
               memcmp(a->points[i].robust, b->points[i].robust,
                      a->points[i].n * a->points[i].n * 8) == 0;
    return same;
}

static void test_threads(void)
{
    struct agents *g = agents_new(AGENT_BASE_BELOW, 4, 200, 40, 0x1p-5, 0, 4);
    struct gp *gp[3];
    struct gp_value *v[3];
    uint8_t *keep = mem_new(g->data.n_trials, 1);
    memset(keep, 1, g->data.n_trials);
    for (int i = 0; i < 3; i++) {
        struct gp_options options;
        gp_options_default(&options);
        options.threads = i + 1, options.basis = 4, options.w0_sd = .5;
        options.terms = 1u << GP_CORRECT | 1u << GP_ERROR;
        gp[i] = gp_fitted(&g->data, &options);
        v[i] = mem_new(2 * g->data.n_trials, sizeof *v[i]);
        gp_trajectory(gp[i], GP_MODEL, &g->data, keep, v[i], NULL);
    }
    size_t bytes = 2 * g->data.n_trials * sizeof *v[0];
    tap_ok(same_points(gp[0], gp[1]) && same_points(gp[0], gp[2]),
           "1, 2 and 3 threads: the same bits of %zu points", gp[0]->n_points);
    tap_ok(memcmp(v[0], v[1], bytes) == 0 && memcmp(v[0], v[2], bytes) == 0,
           "and of all intervals");
    for (int i = 0; i < 3; i++)
        gp_drop(gp[i]), free(v[i]);
    free(keep);
    agents_free(g);
}

/* Ragged lives, one held out: its trials do not count, an animal of one trial is no harm. */
static void test_ragged(void)
{
    struct agents *g = agents_new(AGENT_REINFORCE, 5, 300, 70, 0x1p-4, 0, 6);
    bool held_out[5] = {false, false, true};
    struct gp_options options;
    gp_options_default(&options);
    options.smooth = false, options.threads = 2;
    g->count[4] = 1;
    g->data.held_out = held_out;
    struct gp *gp = gp_fitted(&g->data, &options);
    tap_ok(gp->n_scored == 299 + 229 + 89 + 0, "trials that are scored: %zu", gp->n_scored);
    for (size_t i = g->first[2]; i < g->first[2] + g->count[2]; i++)
        g->choice[i] = !g->choice[i];
    struct gp *other = gp_fitted(&g->data, &options);
    tap_ok(same_points(gp, other), "what a held-out animal did changes nothing");
    uint8_t *keep = mem_new(g->data.n_trials, 1);
    memset(keep + g->first[2], 1, g->count[2]);
    struct gp_value *v = mem_new(2 * g->count[2], sizeof *v),
                    *w = mem_new(2 * g->count[2], sizeof *w);
    gp_trajectory(gp, GP_MODEL, &g->data, keep, v, w);
    bool fine = true;
    for (size_t i = 0; i < 2 * (g->count[2] - 1); i++)
        fine = fine && v[i].low <= v[i].mean && v[i].mean <= v[i].high && w[i].low <= w[i].high;
    tap_ok(fine, "its updates and weights have intervals");
    tap_ok(isnan(v[2 * g->count[2] - 1].mean), "its last trial has no update");
    tap_ok(w[0].mean == 0 && w[0].high < 1e-9, "its given start has no error");
    gp_drop(gp), gp_drop(other);
    free(keep), free(v), free(w);
    agents_free(g);
}

/* d dw_t / d theta of the trajectory against differences of whole lives. */
static void test_rows(const struct scene *s)
{
    size_t n = s->shape.n, width = n + 2, at = 40;
    uint8_t keep[FIRST] = {0};
    float rows[2 * 128], weights[2 * 128], w[2 * FIRST], dw[2 * FIRST], up[2 * FIRST],
        down[2 * FIRST];
    double *mix = mem_aligned(4 * 2 * 8, sizeof *mix), worst = 0;
    struct gp_roll roll = {.shape = &s->shape,
                           .theta = s->theta,
                           .mix = mix,
                           .w0 = s->w0,
                           .width = width,
                           .keep = keep,
                           .update_rows = rows,
                           .weight_rows = weights,
                           .w = w,
                           .dw = dw};
    keep[at] = 1;
    roll.room = mem_aligned(gp_room(&s->shape, width), sizeof(double));
    gp_mix(&s->shape, s->theta, mix);
    gp_engine_pick()->roll(&s->data, 0, &roll);
    roll.keep = NULL, roll.update_rows = roll.weight_rows = NULL;
    for (size_t i = 0; i + 1 < n; i++) { /* the lapse moves no weights */
        double was = s->theta[i], step = 1e-2;
        s->theta[i] = was + step, roll.dw = up, gp_mix(&s->shape, s->theta, mix);
        gp_engine_pick()->roll(&s->data, 0, &roll);
        s->theta[i] = was - step, roll.dw = down, gp_mix(&s->shape, s->theta, mix);
        gp_engine_pick()->roll(&s->data, 0, &roll);
        s->theta[i] = was;
        for (size_t k = 0; k < 2; k++)
            worst = fmax(worst, fabs((double)(up[2 * at + k] - down[2 * at + k]) / (2 * step) -
                                     (double)rows[k * width + i]));
    }
    tap_ok(worst < 2e-2, "derivatives of an update, the path's included, as differences: %.2g",
           worst);
    free(roll.room), free(mix);
}

static void refused(const struct gp_data *data, const struct gp_options *options, const char *words)
{
    struct gp *gp = NULL;
    struct err err = {0};
    bool ok = gp_fit(data, options, NULL, &gp, &err);
    tap_ok(!ok && err.code != ERR_NONE && strstr(err.message, words), "refused: %s", err.message);
}

static void test_refusals(void)
{
    struct agents *g = agents_new(AGENT_REINFORCE, 2, 50, 0, 0x1p-4, 0, 1);
    struct gp_options good, options;
    struct gp_data data = g->data;
    bool both[2] = {true, true};
    struct err err = {0};
    unsigned terms = 0;
    gp_options_default(&good);
    data.n_weights = 6;
    refused(&data, &good, "policies of 1 to 5 weights");
    data = g->data, data.held_out = both;
    refused(&data, &good, "hold out fewer");
    options = good, options.terms = 0, options.smooth = false;
    refused(&g->data, &options, "does not learn");
    options = good, options.basis = 1000;
    refused(&g->data, &options, "basis=1000");
    g->w0[0] = 1e4;
    refused(&g->data, &good, "start weights");
    tap_ok(!gp_terms_parse("correct,eror", &terms, &err) && strstr(err.message, "'eror'"),
           "refused: %s", err.message);
    tap_ok(gp_terms_parse("correct,trace", &terms, NULL) &&
               terms == (1u << GP_CORRECT | 1u << GP_TRACE),
           "a list of terms is read");
    agents_free(g);
}

/* Quantiles of mixtures, by their distribution function. */
static double below(size_t n, const double *weight, const double *mean, const double *variance,
                    double x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weight[i] * erfc((mean[i] - x) / sqrt(2 * variance[i])) / 2;
    return sum;
}

static void test_mixture(void)
{
    double weight[] = {.5, .3, .2}, mean[] = {0, 1, -4}, variance[] = {1, .01, 4};
    struct gp_value one = gp_mixture(1, (double[]){1}, mean, variance);
    tap_near(one.high, 1.6448536, 1e-6, "95 %% of a normal distribution");
    struct gp_value v = gp_mixture(3, weight, mean, variance);
    tap_near(v.mean, .3 - .8, 1e-12, "the mean of a mixture");
    tap_near(below(3, weight, mean, variance, v.low), .05, 1e-5, "its 5 %%");
    tap_near(below(3, weight, mean, variance, v.high), .95, 1e-5, "its 95 %%");
}

int main(void)
{
    struct scene s;
    blas_prepare();
    scene_set(&s);
    tap_ok(strcmp(engine_name(), "avx512") != 0 || strcmp(blas_core(), "Prescott") != 0,
           "OpenBLAS uses what the processor can: %s", blas_core());
    test_golden(&s);
    test_differences(&s);
    test_rows(&s);
    test_part(&s);
    test_evidence();
    test_lean();
    test_threads();
    test_ragged();
    test_refusals();
    test_mixture();
    scene_clear(&s);
    return tap_done();
}
