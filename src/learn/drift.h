/* Weights that also move by themselves: drift=yes of the textbook rules.
 *
 *   w_{t+1} = w_t + dw(w_t, trial) + drift * e,   e of a standard normal in each weight
 *
 * What is carried along is the mean m and the covariance P of the weights given the choices
 * so far, P = 0 where an animal begins.  Each choice moves them by a step of the extended
 * Kalman filter (Fahrmeir 1992, JASA 87:501); the rule's update is that at the mean logit,
 * shrunk for its variance v as the expected probability is (MacKay 1992b, Neural Comput 4:720):
 *
 *   p = sigmoid(m.x)   q = p (1 - p)   v = x'P x   D = 1 / (1 + q v)
 *   m+ = m + D (y - p) P x             P+ = P - q D P x x' P
 *   m <- m+ + dw(m+)                   P <- A P+ A' + diag(drift^2),   A = I + d dw / d m+
 *
 * At P = 0 all of it is the rule's own update: so maps and updates of visited trials, which
 * begin without a past, are of the rule alone.  Part of textbook.h. */
#ifndef LEARN_DRIFT_H
#define LEARN_DRIFT_H

#include "deltaw/learn/policy.h"

static inline size_t drift_state(size_t n)
{
    return n * (n + 1) / 2;
}

/* Of the lower triangle. */
static inline size_t drift_at(size_t i, size_t j)
{
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

/* One step, with what its way back needs.  Names are those of above; c = D (y - p), f is what
 * forgetting leaves of a weight, s_k = d (dw_k but for forgetting) / d (m+.x). */
struct drift {
    size_t n;
    vec px[POLICY_MAX], m[POLICY_MAX], alpha[POLICY_MAX], base[POLICY_MAX], s[POLICY_MAX];
    real f[POLICY_MAX];
    vec p, q, e, v, d, c, left, shrink, logit; /* left: v after the choice; logit: of m+ */
    struct learning_signal signal;
};

static inline void drift_filter(const struct kernel_run *run, const struct step *step,
                                const vec *state, struct drift *t)
{
    size_t n = t->n = run->shape.n_weights;
    vec z = {0};
    t->v = (vec){0};
    for (size_t k = 0; k < n; k++) {
        t->px[k] = (vec){0};
        for (size_t j = 0; j < n; j++)
            t->px[k] += state[drift_at(k, j)] * step->x[j];
        t->v += t->px[k] * step->x[k];
        z += step->u[k] * step->x[k];
    }
    t->p = vec_sigmoid(z);
    t->q = t->p * (1 - t->p);
    t->e = step->u[n + INPUT_CHOICE] - t->p;
    t->d = 1 / (1 + t->q * t->v);
    t->c = t->e * t->d;
    t->left = t->v * t->d;
    t->shrink = 1 / vec_sqrt(1 + (real)(M_PI / 8) * t->left);
    t->logit = z + t->c * t->v;
    for (size_t k = 0; k < n; k++)
        t->m[k] = step->u[k] + t->c * t->px[k];
}

static inline void drift_begin(const struct kernel_run *run, const struct step *step,
                               const vec *state, struct drift *t)
{
    const vec *v = step->u + run->shape.n_weights;
    drift_filter(run, step, state, t);
    t->signal = run->signal(vec_sigmoid(t->shrink * t->logit), v[INPUT_REWARD], v[INPUT_CHOICE],
                            step->answer);
    for (size_t k = 0; k < t->n; k++) {
        t->alpha[k] = textbook_alpha(run, k, v[INPUT_REWARD]);
        t->base[k] = vec_splat(textbook_value(run, run->at.baseline, k));
        t->f[k] = 1 - textbook_value(run, run->at.forgetting, k);
        t->s[k] = t->alpha[k] * (t->signal.da + t->signal.db * t->base[k]) * t->shrink * step->x[k];
    }
}

static inline void drift_forward(const struct kernel_run *run, const struct step *step,
                                 const vec *state_in, vec *state_out, vec *dw)
{
    struct drift t;
    drift_begin(run, step, state_in, &t);
    for (size_t k = 0; k < t.n; k++)
        dw[k] = t.c * t.px[k] - (1 - t.f[k]) * t.m[k] +
                (t.alpha[k] * (t.signal.a + t.signal.b * t.base[k]) +
                 textbook_value(run, run->at.perseverance, k) * chosen_side(run, step)) *
                    step->x[k];
    for (size_t i = 0; i < t.n; i++)
        for (size_t j = 0; j <= i; j++) {
            vec rest = state_in[drift_at(i, j)] - t.q * t.d * t.px[i] * t.px[j];
            vec cross = t.d * (t.f[i] * t.px[i] * t.s[j] + t.s[i] * t.f[j] * t.px[j]);
            real sd = i == j ? run->packed[run->at.drift + i] : 0;
            state_out[drift_at(i, j)] =
                t.f[i] * t.f[j] * rest + cross + t.left * t.s[i] * t.s[j] + sd * sd;
        }
}

/* Derivatives of the loss by what struct drift has. */
struct drift_back {
    vec px[POLICY_MAX], s[POLICY_MAX], f[POLICY_MAX];
    vec q, e, v, d, c, left, shrink, logit;
};

/* Through P: g the derivatives by what was left, which are replaced by those by what came. */
static inline void drift_back_state(const struct kernel_run *run, const struct drift *t,
                                    const vec *state, vec *g_state, struct drift_back *b,
                                    vec *delta)
{
    for (size_t i = 0; i < t->n; i++)
        for (size_t j = 0; j <= i; j++) {
            vec g = g_state[drift_at(i, j)], part = g * t->f[i] * t->f[j];
            vec rest = state[drift_at(i, j)] - t->q * t->d * t->px[i] * t->px[j];
            vec cross = g * t->d;
            b->q -= part * t->d * t->px[i] * t->px[j];
            b->d -= part * t->q * t->px[i] * t->px[j];
            b->px[i] -= part * t->q * t->d * t->px[j];
            b->px[j] -= part * t->q * t->d * t->px[i];
            b->d += g * (t->f[i] * t->px[i] * t->s[j] + t->s[i] * t->f[j] * t->px[j]);
            b->px[i] += cross * t->f[i] * t->s[j];
            b->px[j] += cross * t->f[j] * t->s[i];
            b->s[j] += cross * t->f[i] * t->px[i] + g * t->left * t->s[i];
            b->s[i] += cross * t->f[j] * t->px[j] + g * t->left * t->s[j];
            b->left += g * t->s[i] * t->s[j];
            b->f[i] += g * (t->f[j] * rest + t->d * t->px[i] * t->s[j]);
            b->f[j] += g * (t->f[i] * rest + t->d * t->s[i] * t->px[j]);
            if (i == j)
                delta[run->at.drift + i] = 2 * g * run->packed[run->at.drift + i];
            g_state[drift_at(i, j)] = part;
        }
}

static inline void drift_back_alpha(const struct kernel_run *run, const struct step *step, size_t k,
                                    vec g, vec *delta)
{
    vec r = step->u[run->shape.n_weights + INPUT_REWARD];
    if (run->at.alpha_error == SIZE_MAX) {
        delta[textbook_rate(run, run->at.alpha, k)] += g;
    } else {
        delta[textbook_rate(run, run->at.alpha, k)] += g * r;
        delta[textbook_rate(run, run->at.alpha_error, k)] += g * (1 - r);
    }
}

/* Through the rule's update and its slope s. */
static inline void drift_back_rule(const struct kernel_run *run, const struct step *step,
                                   const struct drift *t, const vec *g_dw, struct drift_back *b,
                                   vec *delta)
{
    const struct learning_signal *l = &t->signal;
    vec by_logit = {0}; /* shrunk, as the signal has it */
    for (size_t k = 0; k < t->n; k++) {
        vec slope = l->da + l->db * t->base[k], curvature = l->dda + l->ddb * t->base[k];
        vec g = g_dw[k] * step->x[k], gs = b->s[k] * step->x[k];
        drift_back_alpha(run, step, k, g * (l->a + l->b * t->base[k]) + gs * t->shrink * slope,
                         delta);
        if (run->at.baseline != SIZE_MAX)
            delta[run->at.baseline + k] = t->alpha[k] * (g * l->b + gs * t->shrink * l->db);
        if (run->at.perseverance != SIZE_MAX)
            delta[run->at.perseverance + k] = g * chosen_side(run, step);
        if (run->at.forgetting != SIZE_MAX)
            delta[run->at.forgetting + k] = -g_dw[k] * t->m[k] - b->f[k];
        b->shrink += gs * t->alpha[k] * slope;
        by_logit += t->alpha[k] * (g * slope + gs * t->shrink * curvature);
        /* dw has c P x, and m+, which is w + c P x, where there is forgetting */
        b->c += g_dw[k] * t->f[k] * t->px[k];
        b->px[k] += g_dw[k] * t->f[k] * t->c;
    }
    b->shrink += by_logit * t->logit;
    b->logit += by_logit * t->shrink;
}

/* Through the filter; g_state has what it depends on P by, so far. */
static inline void drift_back_filter(const struct step *step, const struct drift *t,
                                     struct drift_back *b, vec *g_w, vec *g_state)
{
    b->left -= (real)(M_PI / 16) * b->shrink * t->shrink * t->shrink * t->shrink;
    b->c += b->logit * t->v;
    b->v += b->logit * t->c + b->left * t->d;
    b->d += b->left * t->v + b->c * t->e;
    b->e += b->c * t->d;
    b->q -= b->d * t->d * t->d * t->v;
    b->v -= b->d * t->d * t->d * t->q;
    vec by_z = b->logit + b->q * t->q * (1 - 2 * t->p) - b->e * t->q;
    for (size_t k = 0; k < t->n; k++) {
        b->px[k] += b->v * step->x[k];
        g_w[k] += by_z * step->x[k];
    }
    for (size_t i = 0; i < t->n; i++)
        for (size_t j = 0; j <= i; j++)
            g_state[drift_at(i, j)] +=
                i == j ? b->px[i] * step->x[i] : b->px[i] * step->x[j] + b->px[j] * step->x[i];
}

static inline void drift_backward(const struct kernel_run *run, const struct step *step,
                                  const vec *state_in, const vec *g_dw, vec *g_w, vec *g_state,
                                  vec *delta)
{
    struct drift t;
    struct drift_back b = {0};
    drift_begin(run, step, state_in, &t);
    drift_back_state(run, &t, state_in, g_state, &b, delta);
    drift_back_rule(run, step, &t, g_dw, &b, delta);
    for (size_t k = 0; k < t.n; k++)
        g_w[k] -= (1 - t.f[k]) * g_dw[k];
    drift_back_filter(step, &t, &b, g_w, g_state);
}

#endif
