/* A fit from data to posterior: refusals, textbook modes from several starts, the grid. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "deltaw/learn/positive.h"
#include "gp_inside.h"

/* Prior standard deviations of the terms' sizes, where the feature is at most 1: rates of
 * .3 move a policy from chance to its end within some ten trials. */
static const double term_sd[GP_N_TERMS] = {
    [GP_CORRECT] = .3,     [GP_ERROR] = .3,         [GP_TOWARD] = .3, [GP_EXPECTED] = .3,
    [GP_FORGETTING] = .01, [GP_PERSEVERANCE] = .05, [GP_TRACE] = .3,  [GP_AVERAGE] = .3,
};
static const double lapse_mean = .02, lapse_sd = .1;
enum { W0_ROUNDS = 3 };

/* Sets of decays that are tried beside each other; half-lives of 1 to 8 trials. */
static const double decay_sets[][GP_DECAYS] = {{.85}, {.6, .9}, {.5, .8, .92}};
static const double averages[] = {.8, .88};

void gp_options_default(struct gp_options *options)
{
    *options = (struct gp_options){.terms = 1u << GP_CORRECT | 1u << GP_ERROR |
                                            1u << GP_FORGETTING | 1u << GP_PERSEVERANCE,
                                   .smooth = true};
}

bool gp_go_on(const struct gp_search *s)
{
    return !s->watch || !s->watch->go_on || s->watch->go_on(s->watch->context);
}

void gp_prior_set(const struct gp_search *s, const struct gp_shape *shape, const double *sigma,
                  struct gp_prior *prior)
{
    prior->precision = mem_new(shape->n, sizeof(double));
    prior->mean = mem_new(shape->n, sizeof(double));
    for (size_t k = 0; k < shape->n_weights; k++) {
        double size = fmax(s->cohort.x_size[k], 1e-6), *to = prior->precision + shape->at[k];
        for (size_t j = 0; j < shape->n_simple; j++) {
            bool of_w = shape->simple[j] == GP_FORGETTING;
            *to++ = pow(term_sd[shape->simple[j]] / (of_w ? 1 : size * size), -2);
        }
        for (size_t j = 0; j < shape->n_decays * shape->n_kinds; j++)
            *to++ = pow(term_sd[GP_TRACE] / (size * size), -2);
        while (to < prior->precision + shape->at[k + 1])
            *to++ = pow(sigma[k], -2);
        prior->w0_precision[k] = pow(s->w0_sd[k], -2);
    }
    if (shape->fit_lapse) {
        prior->mean[shape->n_rule] = lapse_mean;
        prior->precision[shape->n_rule] = pow(lapse_sd, -2);
    }
}

void gp_prior_clear(struct gp_prior *prior)
{
    free(prior->precision), free(prior->mean);
}

static bool check(const struct gp_data *d, const struct gp_options *o, struct err *err)
{
    size_t scored = 0;
    for (size_t a = 0; a < d->n_animals; a++)
        scored += d->count[a] > 1 && !(d->held_out && d->held_out[a]) ? d->count[a] - 1 : 0;
    if (d->n_weights < 1 || d->n_weights > GP_WEIGHTS)
        return err_set(err, ERR_USAGE,
                       "a gp takes policies of 1 to %d weights, not %zu; leave "
                       "some out of policy=",
                       GP_WEIGHTS, d->n_weights);
    if (d->n_inputs < 1 || d->n_inputs > GP_INPUTS)
        return err_set(err, ERR_USAGE,
                       "a gp's remainder takes 1 to %d inputs, not %zu; leave "
                       "some out of policy=",
                       GP_INPUTS, d->n_inputs);
    if (o->basis > GP_BASIS)
        return err_set(err, ERR_USAGE, "basis=%zu: at most %d points", o->basis, GP_BASIS);
    if (o->terms == 0 && !o->smooth)
        return err_set(err, ERR_USAGE,
                       "a rule without terms and remainder does not learn; name "
                       "terms= or take remainder=smooth");
    if (scored == 0)
        return err_set(err, ERR_DATA, "no animal to fit has two trials; hold out fewer");
    return true;
}

struct gp_point gp_point_of(const struct gp_search *s, const struct gp_memory *memory,
                            const struct gp_shape *shape, const struct gp_prior *prior,
                            const struct gp_mode *mode)
{
    const struct gp_data *data = s->cohort.data;
    size_t n = shape->n, k = shape->n_weights;
    struct gp_point p = {.n_decays = shape->n_decays,
                         .average = memory->average,
                         .log_likelihood = mode->sums.log_likelihood,
                         .log_posterior = mode->log_posterior,
                         .log_evidence = mode->log_evidence,
                         .n = n,
                         .basis = gp_basis_hold((struct gp_basis *)shape->basis)};
    memcpy(p.decay, memory->decay, sizeof p.decay);
    p.theta = mem_copy(mode->theta, n, sizeof(double));
    p.precision = mem_copy(prior->precision, n, sizeof(double));
    p.factor = mem_copy(mode->factor, n * n, sizeof(double));
    p.robust = mem_new(n * n, sizeof(double));
    gp_mode_robust(&s->cohort, prior, mode, p.robust);
    p.w0 = mem_copy(data->w0, data->n_animals * k, sizeof(double));
    for (size_t i = 0; i < s->cohort.n; i++)
        memcpy(p.w0 + s->cohort.animal[i] * k, mode->w0 + i * k, k * sizeof(double));
    return p;
}

void gp_point_clear(struct gp_point *p)
{
    free(p->theta), free(p->precision), free(p->factor), free(p->robust), free(p->w0);
    gp_basis_drop(p->basis);
}

struct telling {
    const struct gp_search *s;
    const struct gp_memory *memory;
    const struct gp_prior *prior;
};

static bool tell_step(void *context, const struct gp_mode *mode)
{
    struct telling *t = context;
    if (t->s->watch && t->s->watch->step) {
        struct gp_point p = gp_point_of(t->s, t->memory, &t->memory->shape, t->prior, mode);
        t->s->watch->step(t->s->watch->context, &p);
        gp_point_clear(&p);
    }
    return gp_go_on(t->s);
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
        m->theta[shape->n_rule] = s->options.lapse > 0 ? s->options.lapse : lapse_mean;
    for (size_t i = 0; i < s->cohort.n; i++)
        memcpy(m->w0 + i * K, data->w0 + s->cohort.animal[i] * K, K * sizeof(double));
}

/* The best textbook mode of a set of decays.  False: stopped. */
static bool find_textbook(struct gp_search *s, struct gp_memory *m, struct gp_start *told)
{
    struct gp_prior prior;
    struct telling telling = {s, m, &prior};
    double evidence[GP_STARTS];
    m->shape = (struct gp_shape){.n_weights = s->cohort.data->n_weights,
                                 .n_decays = m->n_decays,
                                 .average = m->average,
                                 .fit_lapse = s->options.fit_lapse,
                                 .fit_w0 = s->options.w0_sd > 0,
                                 .lapse = s->options.lapse};
    memcpy(m->shape.decay, m->decay, sizeof m->shape.decay);
    gp_shape_set(&m->shape, s->options.terms);
    gp_prior_set(s, &m->shape, NULL, &prior);
    gp_mode_set(&m->mode, &m->shape, s->cohort.n);
    for (size_t i = 0; i < GP_STARTS; i++) {
        struct gp_mode mode;
        gp_mode_set(&mode, &m->shape, s->cohort.n);
        set_start(s, &m->shape, i, &mode);
        bool ok = gp_mode_find(&s->cohort, &m->shape, &prior, s->team, tell_step, &telling, &mode);
        evidence[i] = ok ? mode.log_evidence : -INFINITY;
        if (ok && (!m->found || mode.log_evidence > m->mode.log_evidence)) {
            struct gp_mode swap = m->mode;
            m->mode = mode, mode = swap;
            m->found = true;
        }
        gp_mode_clear(&mode);
    }
    for (size_t i = 0; i < GP_STARTS && told; i++) {
        static const char *const names[GP_STARTS] = {"none", "slow", "fast"};
        told[i] =
            (struct gp_start){names[i], evidence[i], fabs(evidence[i] - m->mode.log_evidence) < .5};
    }
    gp_prior_clear(&prior);
    return gp_go_on(s);
}

/* Sd of start weights by one step of expectation and maximisation. */
static void estimate_w0_sd(struct gp_search *s, const struct gp_memory *m)
{
    const struct gp_data *data = s->cohort.data;
    size_t K = data->n_weights, n = m->shape.n;
    double *b = mem_new(n, sizeof *b);
    for (size_t k = 0; k < K; k++) {
        double sum = 0;
        for (size_t a = 0; a < s->cohort.n; a++) {
            sum += pow(m->mode.w0[a * K + k] - data->w0[s->cohort.animal[a] * K + k], 2);
            sum += m->mode.own_covariance[(a * K + k) * K + k];
            memcpy(b, m->mode.own + (a * K + k) * n, n * sizeof *b);
            gp_solve_lower(n, m->mode.factor, b);
            for (size_t i = 0; i < n; i++)
                sum += b[i] * b[i];
        }
        s->w0_sd[k] = fmax(sqrt(sum / (double)s->cohort.n), 1e-3);
    }
    free(b);
}

/* All sets of decays; the first is none. */
static void list_memories(struct gp_search *s)
{
    bool trace = s->options.terms & 1u << GP_TRACE, average = s->options.terms & 1u << GP_AVERAGE;
    size_t n_sets = trace || average ? sizeof decay_sets / sizeof *decay_sets : 0;
    size_t n_averages = average ? sizeof averages / sizeof *averages : 1;
    s->memory = mem_new(1 + n_sets * n_averages, sizeof *s->memory);
    s->memory[s->n_memories++] = (struct gp_memory){.average = averages[0]};
    for (size_t i = 0; i < n_sets; i++)
        for (size_t j = 0; j < n_averages; j++) {
            struct gp_memory *m = &s->memory[s->n_memories++];
            m->average = averages[j];
            memcpy(m->decay, decay_sets[i], sizeof m->decay);
            while (m->n_decays < GP_DECAYS && m->decay[m->n_decays] > 0)
                m->n_decays++;
            m->log_prior = -log((double)(n_sets * n_averages));
        }
}

static bool find_textbooks(struct gp_search *s)
{
    for (size_t i = 0; i < s->n_memories; i++) {
        if (!find_textbook(s, &s->memory[i], i == 0 ? s->out->start : NULL))
            return false;
        for (int round = 0; i == 0 && s->options.fit_w0_sd && round < W0_ROUNDS; round++) {
            estimate_w0_sd(s, &s->memory[0]);
            gp_mode_clear(&s->memory[0].mode);
            s->memory[0].found = false;
            if (!find_textbook(s, &s->memory[0], s->out->start))
                return false;
        }
    }
    return true;
}

/* The textbook rule alone, by the best set of decays. */
static void take_textbook(struct gp_search *s)
{
    const struct gp_memory *best = &s->memory[0];
    struct gp_prior prior;
    for (size_t i = 1; i < s->n_memories; i++)
        if (s->memory[i].found &&
            (!best->found || s->memory[i].mode.log_evidence > best->mode.log_evidence))
            best = &s->memory[i];
    gp_prior_set(s, &best->shape, NULL, &prior);
    s->out->textbook = gp_point_of(s, best, &best->shape, &prior, &best->mode);
    gp_prior_clear(&prior);
}

static bool found_any(const struct gp_search *s, struct err *err)
{
    for (size_t i = 0; i < s->n_memories; i++)
        if (s->memory[i].found)
            return true;
    return err_set(err, ERR_FAILED,
                   "no start has a finite likelihood; check the start weights "
                   "and that features of the policy are of size 1");
}

bool gp_fit(const struct gp_data *data, const struct gp_options *options,
            const struct gp_watch *watch, struct gp **out, struct err *err)
{
    struct gp_search s = {.options = *options, .watch = watch};
    if (!check(data, options, err))
        return false;
    gp_cohort_set(&s.cohort, data);
    s.options.basis = options->basis ? options->basis : 10;
    s.options.w0_sd = options->fit_w0_sd && options->w0_sd <= 0 ? 1 : options->w0_sd;
    for (size_t k = 0; k < GP_WEIGHTS; k++)
        s.w0_sd[k] = s.options.w0_sd > 0 ? s.options.w0_sd : 1;
    s.team = team_new(options->threads > 0 ? options->threads : thread_processors());
    s.out = mem_new(1, sizeof *s.out);
    list_memories(&s);
    bool ok = find_textbooks(&s) && found_any(&s, err);
    if (ok) {
        take_textbook(&s);
        ok = gp_grid(&s);
    }
    s.out->options = s.options;
    s.out->n_weights = data->n_weights, s.out->n_inputs = data->n_inputs;
    s.out->n_animals = data->n_animals, s.out->n_scored = s.cohort.n_scored;
    memcpy(s.out->w0_sd, s.w0_sd, sizeof s.w0_sd);
    for (size_t i = 0; i < s.n_memories; i++)
        gp_mode_clear(&s.memory[i].mode);
    free(s.memory);
    team_free(s.team);
    gp_cohort_clear(&s.cohort);
    if (ok)
        *out = s.out;
    else
        gp_free(s.out);
    return ok;
}

void gp_free(struct gp *gp)
{
    if (!gp)
        return;
    for (size_t i = 0; i < gp->n_points; i++)
        gp_point_clear(&gp->points[i]);
    gp_point_clear(&gp->textbook);
    free(gp->points);
    free(gp);
}
