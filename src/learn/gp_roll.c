/* The recursion forward in time.  Compiled for every engine, in double precision; only
 * the rows of the Fisher information are single. */
#include "gp_roll.h"

#include <math.h>
#include <string.h>

#include "vec.h"

#define INLINE static inline __attribute__((always_inline))

/* A logit beyond which nothing is learnt any more from where the weights go. */
enum { FARTHEST = 200 };

#if defined __x86_64__ && defined __GLIBC__ && !defined ENGINE_F64
double exp(double) __attribute__((simd("notinbranch"), const));
#endif

/* A trial, and what follows of it at the present weights. */
struct step {
    const float *x, *input;
    double y, z, r; /* choice, answer, reward */
    double odds;    /* of the less likely choice */
    double p, q;    /* P(right) without lapses, p (1 - p) */
    size_t cell;
    double term[GP_N_TERMS], slope[GP_N_TERMS]; /* simple terms over x, by the logit */
    double kind[GP_KINDS];                      /* weights of traces */
    double k[GP_BASIS + 8], phi[GP_BASIS + 8];
};

/* One update: of the weights, and by what the sensitivities move. */
struct move {
    double dw[GP_WEIGHTS];
    double by_logit[GP_WEIGHTS];            /* times x_k h */
    double by_trace[GP_WEIGHTS][GP_DECAYS]; /* times the trace's own */
    double by_w[GP_WEIGHTS][GP_WEIGHTS];    /* d dw_k / d w_j besides */
};

struct state {
    double w[GP_WEIGHTS], trace[GP_DECAYS][GP_WEIGHTS], average;
    double *s, *s_trace, *h, *before; /* [K][stride], [decays][K][stride], [stride], [K][stride] */
    size_t stride, n_rows, n_kept;
    double product; /* of 1 + odds of trials not yet in the log-likelihood */
    double gain;    /* factor on the animal's updates */
};

INLINE void kernels(const struct gp_basis *b, size_t cell, const double *v, double *restrict k)
{
    const double *z = b->z + cell * b->n_dims * b->wide;
    for (size_t i = 0; i < b->wide; i++)
        k[i] = 0;
    for (size_t d = 0; d < b->n_dims; d++, z += b->wide)
        for (size_t i = 0; i < b->wide; i++)
            k[i] -= .5 * (z[i] - v[d]) * (z[i] - v[d]);
    for (size_t i = 0; i < b->wide; i++)
        k[i] = exp(k[i]);
}

INLINE void whiten(const struct gp_basis *b, size_t cell, const double *k, double *restrict phi)
{
    const double *column = b->whiten + cell * b->wide * b->wide;
    for (size_t i = 0; i < b->wide; i++)
        phi[i] = 0;
    for (size_t j = 0; j < b->n; j++, column += b->wide)
        for (size_t i = 0; i < b->wide; i++)
            phi[i] += column[i] * k[j];
}

static void phi_at(const struct gp_basis *basis, size_t cell, const double *v, double *phi)
{
    double k[GP_BASIS + 8];
    kernels(basis, cell, v, k);
    whiten(basis, cell, k, phi);
}

/* psi / x and its slope by the logit. */
INLINE void simple_term(const struct step *t, enum gp_term term, double *value, double *slope)
{
    double toward = t->z - t->p;
    *value = *slope = 0;
    switch (term) {
    case GP_CORRECT: *value = t->r * (t->y - t->p), *slope = -t->r * t->q; break;
    case GP_ERROR: *value = (1 - t->r) * (t->y - t->p), *slope = -(1 - t->r) * t->q; break;
    case GP_TOWARD: *value = (1 - t->r) * toward, *slope = -(1 - t->r) * t->q; break;
    case GP_EXPECTED:
        *value = 2 * (2 * t->z - 1) * t->q;
        *slope = *value * (1 - 2 * t->p);
        break;
    case GP_PERSEVERANCE: *value = 2 * t->y - 1; break;
    default: break; /* forgetting is of w, not of x */
    }
}

/* Of a, or of a times b; n is a multiple of 8.  Eight sums, or each waits for the last. */
INLINE double sum_of(size_t n, const double *a, const double *b)
{
    double sum[8] = {0};
    for (size_t i = 0; i < n; i += 8)
        for (size_t l = 0; l < 8; l++)
            sum[l] += b ? a[i + l] * b[i + l] : a[i + l];
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

/* The remainder and its slopes by the weights. */
INLINE void remainder_of(const struct gp_data *data, const struct gp_roll *roll, struct step *t,
                         const struct state *state, struct move *m, size_t K)
{
    const struct gp_basis *b = roll->shape->basis;
    double v[GP_MOST_DIMS];
    for (size_t d = 0; d < data->n_inputs; d++)
        v[d] = t->input[d] * b->inverse_scale[d];
    for (size_t k = 0; k < K; k++)
        v[data->n_inputs + k] = state->w[k] * b->inverse_scale[data->n_inputs + k];
    kernels(b, t->cell, v, t->k);
    if (roll->gradient || roll->keep)
        whiten(b, t->cell, t->k, t->phi);
    const double *z = b->z + (t->cell * b->n_dims + data->n_inputs) * b->wide;
    for (size_t k = 0; k < K; k++) {
        const double *mix = roll->mix + (t->cell * K + k) * b->wide;
        double part[GP_BASIS + 8];
        for (size_t i = 0; i < b->wide; i++)
            part[i] = mix[i] * t->k[i];
        double g = sum_of(b->wide, part, NULL);
        m->dw[k] += g;
        for (size_t j = 0; j < K; j++) {
            size_t d = data->n_inputs + j;
            m->by_w[k][j] +=
                (sum_of(b->wide, part, z + j * b->wide) - g * v[d]) * b->inverse_scale[d];
        }
    }
}

INLINE void traces(const struct gp_shape *shape, struct step *t, struct state *state, size_t K)
{
    double m = state->average = shape->average * state->average + (1 - shape->average) * t->r;
    double all[GP_KINDS] = {1, m, 1 / (1 + exp(-12 * (m - .5)))};
    for (size_t i = 0; i < shape->n_kinds; i++)
        t->kind[i] = all[shape->kind[i]];
    for (size_t g = 0; g < shape->n_decays; g++)
        for (size_t k = 0; k < K; k++)
            state->trace[g][k] = shape->decay[g] * state->trace[g][k] +
                                 (1 - shape->decay[g]) * (t->y - t->p) * t->x[k];
}

INLINE void scale_move(const struct gp_shape *shape, double gain, struct move *m, size_t K)
{
    for (size_t k = 0; k < K; k++) {
        m->dw[k] *= gain, m->by_logit[k] *= gain;
        for (size_t j = 0; j < K; j++)
            m->by_w[k][j] *= gain;
        for (size_t g = 0; g < shape->n_decays; g++)
            m->by_trace[k][g] *= gain;
    }
}

INLINE void take_move(const struct gp_data *data, const struct gp_roll *roll, struct step *t,
                      struct state *state, struct move *m, size_t K)
{
    const struct gp_shape *shape = roll->shape;
    for (size_t k = 0; k < K; k++) {
        m->dw[k] = m->by_logit[k] = 0;
        for (size_t j = 0; j < K; j++)
            m->by_w[k][j] = 0;
        for (size_t g = 0; g < shape->n_decays; g++)
            m->by_trace[k][g] = 0;
    }
    if (shape->n_decays > 0)
        traces(shape, t, state, K);
    for (size_t j = 0; j < shape->n_simple; j++)
        simple_term(t, shape->simple[j], &t->term[j], &t->slope[j]);
    for (size_t k = 0; k < K; k++) {
        const double *a = roll->theta + shape->at[k], *b = a + shape->n_simple;
        double sum = 0;
        for (size_t j = 0; j < shape->n_simple; j++) {
            sum += a[j] * t->term[j];
            m->by_logit[k] += a[j] * t->slope[j];
            if (shape->simple[j] == GP_FORGETTING)
                m->dw[k] -= a[j] * state->w[k], m->by_w[k][k] -= a[j];
        }
        m->dw[k] += sum * t->x[k];
        for (size_t g = 0; g < shape->n_decays; g++) {
            for (size_t i = 0; i < shape->n_kinds; i++)
                m->by_trace[k][g] += b[g * shape->n_kinds + i] * t->kind[i];
            m->dw[k] += m->by_trace[k][g] * state->trace[g][k];
        }
    }
    if (shape->basis)
        remainder_of(data, roll, t, state, m, K);
    if (shape->gains)
        scale_move(shape, state->gain, m, K);
}

/* d e_k / d theta follows the trace: its newest part is (y - p) x_k. */
INLINE void move_traces(const struct gp_shape *shape, const struct step *t, struct state *state,
                        size_t K)
{
    const double *restrict h = state->h;
    for (size_t g = 0; g < shape->n_decays; g++)
        for (size_t k = 0; k < K; k++) {
            double *restrict s = state->s_trace + (g * K + k) * state->stride;
            double keep = shape->decay[g], add = -(1 - keep) * t->q * t->x[k];
            for (size_t i = 0; i < state->stride; i++)
                s[i] = keep * s[i] + add * h[i];
        }
}

/* What dw_k depends on directly. */
INLINE void add_direct(const struct gp_shape *shape, const struct step *t,
                       const struct state *state, double *s, size_t k)
{
    double *a = s + shape->at[k];
    double gain = state->gain;
    for (size_t j = 0; j < shape->n_simple; j++)
        a[j] += gain * (shape->simple[j] == GP_FORGETTING ? -state->w[k] : t->term[j] * t->x[k]);
    a += shape->n_simple;
    for (size_t g = 0; g < shape->n_decays; g++)
        for (size_t i = 0; i < shape->n_kinds; i++)
            *a++ += gain * (state->trace[g][k] * t->kind[i]);
    if (shape->smooth[k]) {
        a += t->cell * shape->basis->n;
        for (size_t i = 0; i < shape->basis->n; i++)
            a[i] += gain * t->phi[i];
    }
}

INLINE void move_sensitivities(const struct gp_shape *shape, const struct step *t,
                               const struct move *m, struct state *state, size_t K)
{
    size_t stride = state->stride;
    double *restrict s = state->s;
    const double *restrict h = state->h, *restrict e = state->s_trace;
    double by_h[GP_WEIGHTS];
    for (size_t k = 0; k < K; k++)
        by_h[k] = m->by_logit[k] * t->x[k];
    for (size_t i = 0; i < stride; i++) {
        double old[GP_WEIGHTS];
        for (size_t k = 0; k < K; k++)
            old[k] = s[k * stride + i];
        for (size_t k = 0; k < K; k++) {
            double sum = old[k] + by_h[k] * h[i];
            for (size_t j = 0; j < K; j++)
                sum += m->by_w[k][j] * old[j];
            s[k * stride + i] = sum;
        }
    }
    for (size_t k = 0; k < K; k++)
        for (size_t g = 0; g < shape->n_decays; g++)
            for (size_t i = 0; i < stride; i++)
                s[k * stride + i] += m->by_trace[k][g] * e[(g * K + k) * stride + i];
    for (size_t k = 0; k < K; k++) {
        add_direct(shape, t, state, s + k * stride, k);
        if (shape->gains) /* d exp(g) u / d g */
            s[k * stride + shape->n + gp_own(shape) - 1] += m->dw[k];
    }
}

static void add_rows(struct gp_roll *roll, struct state *state)
{
    int n = (int)roll->width, rows = (int)state->n_rows;
    const float one = 1, zero = 0;
    if (rows == 0 || n == 0) { /* none fitted: BLAS would complain of it on the terminal */
        state->n_rows = 0;
        return;
    }
    /* by columns, the upper triangle is our lower */
    roll->syrk("U", "N", &n, &rows, &one, roll->rows, &n, &zero, roll->product, &n);
    for (size_t i = 0; i < roll->width; i++)
        for (size_t j = 0; j <= i; j++)
            roll->fisher[i * roll->width + j] += (double)roll->product[i * roll->width + j];
    state->n_rows = 0;
}

/* log(1 + exp(-|logit|)) of many trials at once. */
INLINE void add_product(struct gp_roll *roll, struct state *state)
{
    roll->log_likelihood -= log(state->product);
    state->product = 1;
}

/* One scored trial: with a lapse l, P(right) = l / 2 + (1 - l) p. */
INLINE void score(struct gp_roll *roll, const struct step *t, double logit, struct state *state)
{
    const struct gp_shape *shape = roll->shape;
    double l = shape->fit_lapse ? roll->theta[shape->n_rule] : shape->lapse;
    double right = l / 2 + (1 - l) * t->p, info = right * (1 - right);
    double error = t->y - t->p, root = 0;
    if (l == 0 && !shape->fit_lapse) {
        roll->log_likelihood += (t->y > 0 ? logit : 0) - (logit > 0 ? logit : 0);
        state->product *= 1 + t->odds;
        if (state->product > 1e200)
            add_product(roll, state);
    } else {
        roll->log_likelihood += log(t->y > 0 ? right : 1 - right);
        error = (t->y - right) / info * (1 - l) * t->q;
        root = (1 - l) * t->q / sqrt(info);
    }
    if (!roll->gradient)
        return;
    root = root > 0 ? root : sqrt(t->q);
    const double *restrict h = state->h;
    double *restrict gradient = roll->gradient;
    float *restrict row = roll->rows + state->n_rows * roll->width;
    for (size_t i = 0; i < roll->width; i++) {
        gradient[i] += error * h[i];
        row[i] = (float)(root * h[i]);
    }
    if (shape->fit_lapse) {
        gradient[shape->n_rule] += (t->y - right) / info * (.5 - t->p);
        row[shape->n_rule] = (float)((.5 - t->p) / sqrt(info));
    }
    if (++state->n_rows == GP_ROWS)
        add_rows(roll, state);
}

INLINE void take_trial(const struct gp_data *data, size_t i, struct step *t, size_t K)
{
    t->x = data->x + i * K;
    t->input = data->input + i * data->n_inputs;
    t->y = data->choice[i], t->z = data->answer[i], t->r = (double)data->reward[i];
    t->cell = gp_cell(data->choice[i], t->r);
}

INLINE void take_h(const struct step *t, struct state *state, size_t K)
{
    const double *restrict s = state->s;
    double *restrict h = state->h;
    for (size_t i = 0; i < state->stride; i++) {
        double sum = 0;
        for (size_t k = 0; k < K; k++)
            sum += t->x[k] * s[k * state->stride + i];
        h[i] = sum;
    }
}

/* Copies S, or S_{t+1} - S_t, of a trial that is asked for. */
INLINE void keep_rows(float *rows, const struct gp_roll *roll, const struct state *state,
                      const double *less, size_t K)
{
    float *out = rows + state->n_kept * K * roll->width;
    for (size_t k = 0; k < K; k++)
        for (size_t i = 0; i < roll->width; i++) {
            size_t from = k * state->stride + i;
            *out++ = (float)(state->s[from] - (less ? less[from] : 0));
        }
}

INLINE void begin(struct gp_roll *roll, struct state *state, size_t K)
{
    size_t stride = gp_stride(roll->width);
    double gain = roll->shape->gains ? exp(roll->w0[K]) : 1;
    *state = (struct state){
        .average = .5, .product = 1, .gain = gain, .stride = stride, .s = roll->room};
    state->s_trace = state->s + K * stride;
    state->h = state->s_trace + roll->shape->n_decays * K * stride;
    state->before = state->h + stride;
    memcpy(state->w, roll->w0, K * sizeof *state->w);
    if (!roll->gradient && !roll->keep)
        return;
    memset(roll->room, 0, gp_room(roll->shape, roll->width) * sizeof *roll->room);
    for (size_t k = 0; k < K && roll->shape->fit_w0 && roll->width > roll->shape->n; k++)
        state->s[k * stride + roll->shape->n + k] = 1;
}

INLINE void roll_animal(const struct gp_data *data, size_t animal, struct gp_roll *roll,
                        const size_t K)
{
    struct state state;
    struct step t;
    struct move m;
    bool sensitive = roll->gradient || roll->keep;
    size_t first = data->first[animal], n = data->count[animal];
    begin(roll, &state, K);
    roll->log_likelihood = 0;
    for (size_t i = 0; i < n; i++) {
        bool kept = roll->keep && roll->keep[i];
        double logit = 0;
        take_trial(data, first + i, &t, K);
        for (size_t k = 0; k < K; k++)
            logit += state.w[k] * t.x[k];
        for (size_t k = 0; k < K && roll->w; k++)
            roll->w[i * K + k] = (float)state.w[k];
        if (!(fabs(logit) < FARTHEST)) {
            roll->log_likelihood = -INFINITY;
            return;
        }
        t.odds = exp(-fabs(logit));
        t.p = (logit > 0 ? 1 : t.odds) / (1 + t.odds);
        t.q = t.p * (1 - t.p);
        if (sensitive)
            take_h(&t, &state, K);
        if (i > 0 && !(data->unscored && data->unscored[first + i]))
            score(roll, &t, logit, &state);
        if (kept && roll->weight_rows)
            keep_rows(roll->weight_rows, roll, &state, NULL, K);
        if (i + 1 == n)
            break;
        take_move(data, roll, &t, &state, &m, K);
        if (kept && roll->update_rows)
            memcpy(state.before, state.s, K * state.stride * sizeof *state.s);
        if (sensitive) {
            move_traces(roll->shape, &t, &state, K);
            move_sensitivities(roll->shape, &t, &m, &state, K);
        }
        if (kept && roll->update_rows)
            keep_rows(roll->update_rows, roll, &state, state.before, K);
        state.n_kept += kept;
        for (size_t k = 0; k < K; k++) {
            state.w[k] += m.dw[k];
            if (roll->dw)
                roll->dw[i * K + k] = (float)m.dw[k];
        }
    }
    add_product(roll, &state);
    if (roll->gradient)
        add_rows(roll, &state);
}

static void roll(const struct gp_data *data, size_t animal, struct gp_roll *roll)
{
    switch (data->n_weights) {
    case 1: roll_animal(data, animal, roll, 1); break;
    case 2: roll_animal(data, animal, roll, 2); break;
    case 3: roll_animal(data, animal, roll, 3); break;
    case 4: roll_animal(data, animal, roll, 4); break;
    default: roll_animal(data, animal, roll, 5); break;
    }
}

extern const struct gp_engine ENGINE(gp_engine);
const struct gp_engine ENGINE(gp_engine) = {.roll = roll, .phi = phi_at};
