/* gp: terms of textbook rules, traces, and a smooth remainder; the mean over a posterior
 * (doc/science, a rule with a posterior).  It is fitted by gp_fit, so that there is no way
 * back here. */
#include "kernel.h"
#include "gp_mean.h"

static size_t gp_none(const struct rule_shape *shape, size_t n_inputs)
{
    (void)shape, (void)n_inputs;
    return 1;
}

static size_t gp_packed(const struct rule_shape *shape, size_t n_inputs)
{
    (void)n_inputs;
    return gp_places_of(shape).size + 1;
}

/* Traces [decays][K], then averages of reward less 1/2. */
static size_t gp_state(const struct rule_shape *shape)
{
    struct gp_places p = gp_places_of(shape);
    return p.trace || p.average ? GP_DECAYS * p.n_weights + GP_AVERAGES : 0;
}

static void gp_pack(const struct kernel_run *run, const double *theta, real *packed)
{
    size_t n = gp_places_of(&run->shape).size;
    for (size_t i = 0; i < n; i++)
        packed[i] = (real)theta[i];
}

static vec term_of(enum gp_term term, vec p, vec r, vec y, vec z)
{
    switch (term) {
    case GP_CORRECT: return r * (y - p);
    case GP_ERROR: return (1 - r) * (y - p);
    case GP_TOWARD: return (1 - r) * (z - p);
    case GP_EXPECTED: return 2 * (2 * z - 1) * p * (1 - p);
    case GP_PERSEVERANCE: return 2 * y - 1;
    default: return (vec){0};
    }
}

static void add_terms(const struct gp_places *p, const struct kernel_run *run,
                      const struct step *step, vec prob, vec *dw)
{
    const vec *v = step->u + p->n_weights;
    for (size_t j = 0; j < p->n_simple; j++) {
        bool forgets = p->simple[j] == GP_FORGETTING;
        vec c = term_of(p->simple[j], prob, v[INPUT_REWARD], v[INPUT_CHOICE], step->answer);
        for (size_t k = 0; k < p->n_weights; k++) {
            real a = run->packed[p->terms + k * p->n_simple + j];
            dw[k] += a * (forgets ? -step->u[k] : c * step->x[k]);
        }
    }
}

static void add_traces(const struct gp_places *p, const struct kernel_run *run,
                       const struct step *step, vec prob, const vec *before, vec *after, vec *dw)
{
    size_t n = p->n_weights;
    const vec *v = step->u + n;
    vec m[GP_AVERAGES], soft[GP_AVERAGES];
    for (size_t i = 0; i < GP_AVERAGES; i++) {
        real keep = (real)gp_averages[i];
        const vec *old = before + GP_DECAYS * n + i;
        m[i] = keep * *old + (1 - keep) * (v[INPUT_REWARD] - (real).5);
        after[GP_DECAYS * n + i] = m[i];
        soft[i] = vec_sigmoid(12 * m[i]);
        m[i] += (real).5;
    }
    for (size_t g = 0; g < GP_DECAYS; g++)
        for (size_t k = 0; k < n; k++) {
            real keep = (real)gp_decays[g];
            vec e = keep * before[g * n + k] + (1 - keep) * (v[INPUT_CHOICE] - prob) * step->x[k];
            after[g * n + k] = e;
            size_t at = k * GP_DECAYS + g;
            if (p->trace)
                dw[k] += run->packed[p->traces + at] * e;
            for (size_t i = 0; i < GP_AVERAGES && p->average; i++) {
                const real *a = run->packed + p->averages + (at * GP_AVERAGES + i) * 2;
                dw[k] += (a[0] * m[i] + a[1] * soft[i]) * e;
            }
        }
}

/* One lane's remainder by one length scale; lanes differ in the points that are theirs. */
static void add_remainder(const struct gp_places *p, const struct kernel_run *run,
                          const struct step *step, size_t scale, int lane, vec *dw)
{
    size_t n = p->n_weights, m = p->n_points;
    real y = step->u[n + INPUT_CHOICE][lane], r = step->u[n + INPUT_REWARD][lane];
    size_t cell = scale * GP_CELLS + (y > 0 ? 2 : 0) + (r >= (real).5 ? 1 : 0);
    const real *z = run->packed + p->inducing + cell * (1 + n) * m;
    const real *by = run->packed + p->scale + scale * (1 + n);
    real k[GP_BASIS] = {0};
    for (size_t d = 0; d < 1 + n; d++, z += m) {
        real v = by[d] * (d ? step->u[d - 1][lane] : step->u[n + INPUT_STIMULUS][lane]);
        for (size_t i = 0; i < m; i++)
            k[i] -= (real).5 * (z[i] - v) * (z[i] - v);
    }
    for (size_t i = 0; i < m; i++)
        k[i] = real_exp(k[i]);
    for (size_t j = 0; j < n; j++) {
        const real *a = run->packed + p->remainder + (j * GP_SCALES * GP_CELLS + cell) * m;
        real sum = 0;
        for (size_t i = 0; i < m; i++)
            sum += a[i] * k[i];
        dw[j][lane] += sum;
    }
}

static void gp_forward(const struct kernel_run *run, const struct step *step, const vec *state_in,
                       vec *state_out, vec *cache, vec *dw)
{
    (void)cache;
    struct gp_places p = gp_places_of(&run->shape);
    size_t n = p.n_weights;
    vec logit = {0};
    for (size_t k = 0; k < n; k++) {
        logit += step->u[k] * step->x[k];
        dw[k] = (vec){0};
    }
    vec prob = vec_sigmoid(logit);
    add_terms(&p, run, step, prob, dw);
    if (p.trace || p.average)
        add_traces(&p, run, step, prob, state_in, state_out, dw);
    for (size_t scale = 0; scale < GP_SCALES && p.smooth; scale++)
        for (int lane = 0; lane < LANES && run->packed[p.scale + scale * (1 + n)] > 0; lane++)
            add_remainder(&p, run, step, scale, lane, dw);
}

extern const struct kernel ENGINE(kernel_gp);
const struct kernel ENGINE(kernel_gp) = {
    .name = "gp",
    .packed = gp_packed,
    .state = gp_state,
    .cache = gp_none,
    .delta = gp_none,
    .pack = gp_pack,
    .forward = gp_forward,
};

#ifdef ENGINE_F64 /* what there is once */
#include "gp_data.h"
#include "network.h"

static void gp_layout(const struct rule_shape *shape, struct tensors *out)
{
    struct gp_places p = gp_places_of(shape);
    size_t k = p.n_weights;
    if (p.n_simple > 0)
        rule_tensor_add(out, "terms", k, p.n_simple);
    if (p.trace)
        rule_tensor_add(out, "trace", k, GP_DECAYS);
    if (p.average)
        rule_tensor_add(out, "average", k, GP_DECAYS * GP_AVERAGES * 2);
    if (!p.smooth)
        return;
    rule_tensor_add(out, "remainder", k, GP_SCALES * GP_CELLS * p.n_points);
    rule_tensor_add(out, "inducing", GP_SCALES * GP_CELLS * (1 + k), p.n_points);
    rule_tensor_add(out, "inverse_scale", GP_SCALES, 1 + k);
}

static void gp_init(const struct rule_shape *shape, const struct tensors *tensors,
                    unsigned long seed, double *theta)
{
    (void)shape, (void)tensors, (void)seed, (void)theta; /* zero: nothing is learnt */
}

extern const struct rule rule_gp;
const struct rule rule_gp = {
    .name = "gp",
    .summary = "textbook terms and a smooth remainder, with a posterior",
    .equation = "dw_k = sum_j a_kj psi_kj(w, trial) + g_k(w, s), g by choice and outcome",
    .source = "Williams and Rasmussen 1996 (Gaussian processes); MacKay 1992 (evidence)",
    .posterior = true,
    .interval = gp_interval,
    .layout = gp_layout,
    .init = gp_init,
};
#endif
