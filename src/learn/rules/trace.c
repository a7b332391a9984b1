/* trace: dw_k = alpha_k R_t sum_{j=0..S} f(y_{t-j}) (1 - p_{t-j}) x_{k,t-j}, where
 * R_t = 1 if at least half of the last S trials were correct, and the probabilities are
 * those at the time of each choice: the non-Markovian rule of doc/science, textbook rules.
 *
 * State: rewards of the last S trials, newest first (0 before the first trial),
 * then the eligibilities e_k = (y - p) x_k of the last S, newest first. */
#include "textbook.h"

static size_t trace_window(const struct rule_shape *shape)
{
    return shape->window ? shape->window : 10;
}

static size_t trace_state(const struct rule_shape *shape)
{
    return trace_window(shape) * (1 + shape->n_weights);
}

/* R, p, then the sums over the window [K] */
static size_t trace_cache(const struct rule_shape *shape, size_t n_inputs)
{
    (void)n_inputs;
    return 2 + shape->n_weights;
}

static void trace_forward(const struct kernel_run *run, const struct step *step,
                          const vec *state_in, vec *state_out, vec *cache, vec *dw)
{
    size_t n = run->shape.n_weights, s = trace_window(&run->shape);
    const vec *v = step->u + n, *old = state_in + s;
    vec *e = state_out + s, logit = {0}, sum = v[INPUT_REWARD];
    for (size_t k = 0; k < n; k++)
        logit += step->u[k] * step->x[k];
    vec p = vec_sigmoid(logit);
    state_out[0] = v[INPUT_REWARD];
    for (size_t j = 1; j < s; j++) {
        state_out[j] = state_in[j - 1];
        sum += state_in[j - 1];
    }
    vec fires = vec_where(2 * sum >= (real)s, vec_splat(1));
    cache[0] = fires;
    cache[1] = p;
    for (size_t k = 0; k < n; k++) {
        vec now = (v[INPUT_CHOICE] - p) * step->x[k], all = now;
        for (size_t j = 0; j < s; j++)
            all += old[j * n + k];
        for (size_t j = s - 1; j > 0; j--)
            e[j * n + k] = old[(j - 1) * n + k];
        e[k] = now;
        cache[2 + k] = all;
        dw[k] = run->packed[textbook_rate(run, run->at.alpha, k)] * fires * all;
    }
    terms_forward(run, step, dw);
}

static void trace_backward(const struct kernel_run *run, const struct step *step,
                           const vec *state_in, const vec *cache, const vec *g_dw, vec *g_w,
                           vec *g_state, vec *delta)
{
    (void)state_in;
    size_t n = run->shape.n_weights, s = trace_window(&run->shape);
    vec *g_e = g_state + s, p = cache[1], g_logit = {0};
    for (size_t i = 0; i < run->tensors->size; i++)
        delta[i] = (vec){0};
    for (size_t k = 0; k < n; k++) {
        size_t a = textbook_rate(run, run->at.alpha, k);
        vec through = g_dw[k] * run->packed[a] * cache[0];
        delta[a] += g_dw[k] * cache[0] * cache[2 + k];
        vec g_now = g_e[k] + through; /* of e_k of this trial */
        for (size_t j = 0; j + 1 < s; j++)
            g_e[j * n + k] = g_e[(j + 1) * n + k] + through;
        g_e[(s - 1) * n + k] = through;
        g_logit -= g_now * p * (1 - p) * step->x[k];
    }
    terms_backward(run, step, g_dw, g_w, delta);
    for (size_t k = 0; k < n; k++)
        g_w[k] += g_logit * step->x[k];
}

extern const struct kernel ENGINE(kernel_trace);
const struct kernel ENGINE(kernel_trace) = {
    .name = "trace",
    .state = trace_state,
    .cache = trace_cache,
    .pack = textbook_pack,
    .forward = trace_forward,
    .backward = trace_backward,
    .gather = textbook_gather,
};

#ifdef ENGINE_F64 /* what there is once */
#include "network.h"

/* Its sum is over rewarded trials: one alpha, also when asked to split.  Its memory is of
 * probabilities at weights that are known. */
static void trace_layout(const struct rule_shape *shape, struct tensors *out)
{
    struct rule_shape one = *shape;
    one.alpha_error = one.drift = false;
    textbook_layout(&one, out);
}

extern const struct rule rule_trace;
const struct rule rule_trace = {
    .name = "trace",
    .summary = "policy gradient over the last trials, when most of them were correct",
    .equation = "dw_k = alpha_k R_t sum_{j=0..S} f(y_{t-j}) (1 - p_{t-j}) x_{k,t-j}",
    .source = "Liu, Geadah, Pillow 2025 (non-Markovian rule)",
    .memory = true,
    .layout = trace_layout,
    .init = textbook_init,
};
#endif
