/* Tiles forward and backward, for any rule.  Compiled once per engine; the
 * choice between the copies is in engines.c.  Formulas: doc/science, the model. */
#include "deltaw/learn/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "copies.h"
#include "deltaw/base/mem.h"
#include "batch_mean.h"
#include "compiled_rule.h"

/* Steps whose weight gradients are gathered at once: few enough that deltas and
 * activations of a layer stay in the first-level cache. */
enum { GATHER = 16 };
/* Steps whose inputs are filled in at once, for the same reason. */
enum { FILL = 32 };

struct tile {
    size_t steps;
    unsigned n;
    struct span spans[LANES];
    vec *u;          /* [max_steps][n_inputs] */
    vec *x;          /* [max_steps + 1][K] */
    vec *answer;     /* [max_steps] */
    vec *next;       /* [max_steps] stimulus of the scored trial */
    vec *target;     /* [max_steps] y of the scored trial */
    vec *scored;     /* [max_steps] 1 where there is one that counts */
    vec *z;          /* [max_steps] logits, then d loss / d logit */
    vec *state;      /* [max_steps + 1][n_state] */
    vec *cache;      /* [max_steps][n_cache] */
    vec *delta;      /* [GATHER][n_delta] */
    vec *gradient;   /* [tensors.size] */
    vec *end;        /* [K] weights after the last step */
    vec *gain;       /* [1] factor on the updates of each lane */
    double by_lapse; /* d loss / d lapse */
};

static struct tile *tile_new(const struct compiled_rule *p)
{
    struct tile *t = mem_new(1, sizeof *t);
    size_t n = p->max_steps;
    t->u = mem_aligned(n * p->n_inputs, sizeof(vec));
    t->x = mem_aligned((n + 1) * p->n_weights, sizeof(vec));
    t->answer = mem_aligned(n, sizeof(vec));
    t->next = mem_aligned(n, sizeof(vec));
    t->target = mem_aligned(n, sizeof(vec));
    t->scored = mem_aligned(n, sizeof(vec));
    t->z = mem_aligned(n, sizeof(vec));
    t->state = mem_aligned((n + 1) * p->n_state, sizeof(vec));
    t->cache = mem_aligned(n * p->n_cache, sizeof(vec));
    t->delta = mem_aligned(GATHER * p->n_delta, sizeof(vec));
    t->gradient = mem_aligned(p->tensors.size, sizeof(vec));
    t->end = mem_aligned(p->n_weights, sizeof(vec));
    t->gain = mem_aligned(1, sizeof(vec));
    return t;
}

static size_t tile_bytes(const struct compiled_rule *p)
{
    size_t n = p->max_steps;
    size_t a_step = p->n_inputs + p->n_weights + p->n_state + p->n_cache + 5;
    return sizeof(vec) * (n * a_step + GATHER * p->n_delta + p->tensors.size);
}

static void tile_free(struct tile *t)
{
    if (!t)
        return;
    free(t->u), free(t->x), free(t->answer), free(t->next), free(t->target), free(t->scored);
    free(t->z), free(t->state), free(t->cache), free(t->delta), free(t->gradient), free(t->end),
        free(t->gain);
    free(t);
}

/* A few steps of all lanes as stored, before they are spread out into inputs: lanes of a
 * step side by side.  The row after the last step is only predicted. */
enum { TRIAL_LIVE = 128 }; /* beside TRIAL_*: a step of the lane's span */
struct fill {
    vec_bits flags[FILL + 1];
    vec stimulus[FILL + 1], reward[FILL + 1];
};

/* Steps [from, to) of one lane. */
static void fill_take(const struct compiled_rule *p, struct tile *t, struct fill *f,
                      const struct trials *trials, unsigned lane, size_t from, size_t to)
{
    const struct span *span = &t->spans[lane];
    size_t k = p->n_weights, n = span->end - span->begin;
    if (from >= n)
        return;
    to = to < n ? to : n;
    size_t row = trials->first[span->animal] + span->begin + from;
    for (size_t s = 0; s <= to - from; s++) {
        f->flags[s][lane] = trials->flags[row + s] | (s < to - from ? TRIAL_LIVE : 0);
        f->stimulus[s][lane] = trials->stimulus[row + s];
        f->reward[s][lane] = trials->reward[row + s];
        for (size_t j = 0; j < k; j++)
            t->x[(from + s) * k + j][lane] = trials->x[(row + s) * k + j];
    }
    for (size_t s = from; s < to; s++) {
        bool there = true;
        for (size_t lag = 1; lag <= p->run.shape.lags; lag++) {
            size_t at = row + (s - from);
            there = there && span->begin + s >= lag && !(trials->flags[at - (lag - 1)] & TRIAL_GAP);
            size_t past = at - (there ? lag : 0);
            vec *old = t->u + s * p->n_inputs + k + INPUT_N + PAST_N * (lag - 1);
            old[PAST_STIMULUS][lane] = there ? trials->stimulus[past] : 0;
            old[PAST_CHOICE][lane] = there && (trials->flags[past] & TRIAL_CHOICE);
            old[PAST_REWARD][lane] = there ? trials->reward[past] : 0;
        }
    }
}

/* 1 in lanes whose flags have the bit. */
static inline vec flagged(vec_bits flags, bits bit)
{
    return vec_where((flags & bit) != 0, vec_splat(1));
}

/* Steps [from, to) of the inputs from what was taken; lanes without one are zero. */
static void fill_spread(const struct compiled_rule *p, struct tile *t, const struct fill *f,
                        size_t from, size_t to)
{
    size_t k = p->n_weights;
    for (size_t s = from; s < to; s++) {
        vec_bits flags = f->flags[s - from], next = f->flags[s - from + 1];
        vec *v = t->u + s * p->n_inputs + k, live = flagged(flags, TRIAL_LIVE);
        vec stimulus = f->stimulus[s - from] * live;
        v[INPUT_STIMULUS] = stimulus;
        v[INPUT_ONE] = live;
        v[INPUT_DAY] = flagged(flags, TRIAL_DAY) * live;
        v[INPUT_CHOICE] = flagged(flags, TRIAL_CHOICE) * live;
        v[INPUT_REWARD] = f->reward[s - from] * live;
        v[INPUT_SIDE] = vec_where(stimulus > 0, vec_splat(1));
        t->answer[s] = flagged(flags, TRIAL_ANSWER) * live;
        t->next[s] = f->stimulus[s - from + 1] * live;
        t->target[s] = flagged(next, TRIAL_CHOICE) * live;
        t->scored[s] = live - flagged(next, TRIAL_UNSCORED) * live;
    }
}

static void tile_fill(const struct compiled_rule *p, struct tile *t, const struct trials *trials,
                      const struct span *spans, unsigned n)
{
    bool full = n == LANES;
    t->n = n;
    t->steps = 0;
    for (unsigned l = 0; l < n; l++) {
        t->spans[l] = spans[l];
        size_t steps = spans[l].end - spans[l].begin;
        full = full && (l == 0 || steps == t->steps);
        if (steps > t->steps)
            t->steps = steps;
    }
    struct fill f;
    if (!full) {
        memset(t->x, 0, (t->steps + 1) * p->n_weights * sizeof(vec));
        if (p->run.shape.lags)
            memset(t->u, 0, t->steps * p->n_inputs * sizeof(vec));
    }
    /* few steps at a time: lanes share cache lines */
    for (size_t from = 0; from < t->steps; from += FILL) {
        size_t to = t->steps < from + FILL ? t->steps : from + FILL;
        if (!full)
            memset(&f, 0, sizeof f);
        for (unsigned l = 0; l < n; l++)
            fill_take(p, t, &f, trials, l, from, to);
        fill_spread(p, t, &f, from, to);
    }
}

/* Cross-entropy from the logit, softplus(z) - y z, and its derivative, p - y. */
static void tile_score(struct tile *t, double *loss)
{
    double sum[LANES] = {0};
    for (size_t s = 0; s < t->steps; s++) {
        vec z = t->z[s], y = t->target[s];
        vec size = vec_where(z > 0, z) - vec_where(z < 0, z);
        vec e = vec_exp(-size);
        vec l = vec_where(z > 0, z) - y * z + vec_log(1 + e), p = 1 / (1 + e);
        p = vec_where(z >= 0, p) + vec_where(z < 0, e * p);
        vec g = (p - y) * t->scored[s];
        /* A NaN logit must not pass for a certain choice. */
        t->z[s] = g + (z - z);
        l = l * t->scored[s];
        for (int i = 0; i < LANES; i++)
            sum[i] += l[i];
    }
    for (unsigned i = 0; i < t->n; i++)
        loss[i] = sum[i];
}

/* The same for P(right) = lapse / 2 + (1 - lapse) sigmoid(z). */
static void tile_score_lapse(struct tile *t, double lapse, double *loss)
{
    double sum[LANES] = {0};
    real half = (real)(lapse / 2), rest = (real)(1 - lapse);
    t->by_lapse = 0;
    for (size_t s = 0; s < t->steps; s++) {
        vec z = t->z[s], y = t->target[s], p = vec_sigmoid(z), q = half + rest * p;
        vec l = -y * vec_log(q) - (1 - y) * vec_log(1 - q);
        vec g = (q - y) / (q * (1 - q)) * t->scored[s];
        l = l * t->scored[s];
        t->z[s] = g * rest * p * (1 - p) + (z - z);
        t->by_lapse += vec_sum(g * ((real).5 - p));
        for (int i = 0; i < LANES; i++)
            sum[i] += l[i];
    }
    for (unsigned i = 0; i < t->n; i++)
        loss[i] = sum[i];
}

static void tile_visited(const struct compiled_rule *p, const struct tile *t,
                         const struct trials *trials, const vec *last, float *visited)
{
    size_t k = p->n_weights;
    for (unsigned l = 0; l < t->n; l++) {
        const struct span *span = &t->spans[l];
        if (span->end == span->begin)
            continue;
        float *w = visited + (trials->first[span->animal] + span->begin) * k;
        for (size_t s = 0; s < span->end - span->begin; s++)
            for (size_t j = 0; j < k; j++)
                *w++ = (float)t->u[s * p->n_inputs + j][l];
        if (span->end + 1 < trials->count[span->animal])
            continue;
        /* the weights at the animal's last trial */
        size_t n = span->end - span->begin;
        const vec *end = n < t->steps ? t->u + n * p->n_inputs : last;
        for (size_t j = 0; j < k; j++)
            *w++ = (float)end[j][l];
    }
}

static void take_gain(const struct compiled_rule *p, struct tile *t, const double *carry)
{
    vec logarithm = {0};
    for (int l = 0; p->gains && l < LANES; l++)
        logarithm[l] = (real)carry[p->n_weights * LANES + (size_t)l];
    *t->gain = vec_exp(logarithm);
}

/* What step s moved the weights by, times g_w: the derivative by the gain's logarithm. */
static vec by_gain(const struct compiled_rule *p, const struct tile *t, size_t s, const vec *g_w)
{
    const vec *from = t->u + s * p->n_inputs;
    const vec *to = s + 1 < t->steps ? from + p->n_inputs : t->end;
    vec sum = {0};
    for (size_t j = 0; j < p->n_weights; j++)
        sum += g_w[j] * (to[j] - from[j]);
    return sum;
}

static void tile_forward(const struct compiled_rule *p, struct tile *t, const struct trials *trials,
                         const struct span *spans, unsigned n, double *carry, double *loss,
                         float *visited)
{
    size_t k = p->n_weights, at = k + p->gains;
    vec w[POLICY_MAX], dw[POLICY_MAX];
    tile_fill(p, t, trials, spans, n);
    for (size_t j = 0; j < k; j++)
        for (int l = 0; l < LANES; l++)
            w[j][l] = (real)carry[j * LANES + (size_t)l];
    for (size_t j = 0; j < p->n_state; j++)
        for (int l = 0; l < LANES; l++)
            t->state[j][l] = (real)carry[(at + j) * LANES + (size_t)l];
    take_gain(p, t, carry);

    for (size_t s = 0; s < t->steps; s++) {
        vec *u = t->u + s * p->n_inputs;
        for (size_t j = 0; j < k; j++)
            u[j] = w[j];
        struct step step = {u, t->x + s * k, t->answer[s], t->next[s]};
        vec *state = t->state + s * p->n_state;
        p->kernel->forward(&p->run, &step, state, state + p->n_state, t->cache + s * p->n_cache,
                           dw);
        const vec *x = t->x + (s + 1) * k;
        vec z = {0};
        vec_bits live = u[k + INPUT_ONE] != 0;
        for (size_t j = 0; j < k; j++) {
            /* Lanes without an animal are kept still, or they could grow without bound. */
            w[j] += vec_where(live, p->gains ? *t->gain * dw[j] : dw[j]);
            z += w[j] * x[j];
        }
        t->z[s] = z;
    }
    if (p->lapses)
        tile_score_lapse(t, p->lapse, loss);
    else
        tile_score(t, loss);
    if (visited)
        tile_visited(p, t, trials, w, visited);
    for (size_t j = 0; j < k; j++)
        for (int l = 0; l < LANES; l++)
            carry[j * LANES + (size_t)l] = w[j][l];
    memcpy(t->end, w, k * sizeof *w);
    /* Weights were kept still after a lane's end, its state was not. */
    for (size_t l = 0; l < LANES; l++) {
        size_t end = l < t->n ? t->spans[l].end - t->spans[l].begin : 0;
        for (size_t j = 0; j < p->n_state; j++)
            carry[(at + j) * LANES + l] = t->state[end * p->n_state + j][l];
    }
}

static void tile_backward(const struct compiled_rule *p, struct tile *t, double *gradient,
                          double *adjoint)
{
    size_t k = p->n_weights, at = k + p->gains;
    vec g_w[POLICY_MAX], g_dw[POLICY_MAX], g_state[p->n_state ? p->n_state : 1], g_gain = {0};
    for (size_t j = 0; j < k; j++)
        for (int l = 0; l < LANES; l++)
            g_w[j][l] = (real)adjoint[j * LANES + (size_t)l];
    for (size_t j = 0; j < p->n_state; j++)
        for (int l = 0; l < LANES; l++)
            g_state[j][l] = (real)adjoint[(at + j) * LANES + (size_t)l];
    memset(t->gradient, 0, p->tensors.size * sizeof(vec));
    for (size_t end = t->steps; end > 0;) {
        size_t begin = end > GATHER ? end - GATHER : 0;
        for (size_t s = end; s-- > begin;) {
            const vec *x = t->x + (s + 1) * k;
            for (size_t j = 0; j < k; j++) {
                g_w[j] += t->z[s] * x[j];
                g_dw[j] = p->gains ? *t->gain * g_w[j] : g_w[j];
            }
            if (p->gains)
                g_gain += by_gain(p, t, s, g_w);
            struct step step = {t->u + s * p->n_inputs, t->x + s * k, t->answer[s], t->next[s]};
            p->kernel->backward(&p->run, &step, t->state + s * p->n_state,
                                t->cache + s * p->n_cache, g_dw, g_w, g_state,
                                t->delta + (s - begin) * p->n_delta);
        }
        p->kernel->gather(&p->run, end - begin, t->u + begin * p->n_inputs,
                          t->state + begin * p->n_state, t->cache + begin * p->n_cache, p->n_cache,
                          t->delta, p->n_delta, t->gradient);
        end = begin;
    }
    for (size_t j = 0; j < k; j++)
        for (int l = 0; l < LANES; l++)
            adjoint[j * LANES + (size_t)l] = g_w[j][l];
    for (size_t j = 0; j < p->n_state; j++)
        for (int l = 0; l < LANES; l++)
            adjoint[(at + j) * LANES + (size_t)l] = g_state[j][l];
    for (int l = 0; p->gains && l < LANES; l++)
        adjoint[k * LANES + (size_t)l] += g_gain[l];
    for (size_t i = 0; i < p->tensors.size; i++)
        gradient[i] = vec_sum(t->gradient[i]);
    if (p->lapse_at != SIZE_MAX)
        gradient[p->lapse_at] = t->by_lapse;
}

extern const struct gp_engine ENGINE(gp_engine);
extern const struct engine ENGINE(engine);
const struct engine ENGINE(engine) = {
    .name = ENGINE_LABEL,
    .lanes = LANES,
    .compiled_rule_new = compiled_rule_new,
    .compiled_rule_free = compiled_rule_free,
    .compiled_rule_set = compiled_rule_set,
    .compiled_rule_carry = compiled_rule_carry,
    .tile_new = tile_new,
    .tile_free = tile_free,
    .tile_bytes = tile_bytes,
    .forward = tile_forward,
    .backward = tile_backward,
    .update = update,
    .gp = &ENGINE(gp_engine),
    .batch_mean = batch_mean,
};
