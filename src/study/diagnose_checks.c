/* Checks of fits: what losses, seeds, animals and other models say of this one. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/paired.h"
#include "diagnose_inside.h"

static bool untried(struct finding *out, const char *why)
{
    snprintf(out->note, sizeof out->note, "%s", why);
    return false;
}

bool diagnosis_try_plateau(struct examined *p, struct finding *out)
{
    const struct model *m = p->request->model;
    size_t n = m->ensemble ? m->ensemble->n : 1, on = 0;
    double worst = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const struct model *one = m->ensemble ? m->ensemble->member[i] : m;
        if (!(one->textbook > 0) || one->n_history == 0)
            continue;
        double above = one->history[one->n_history - 1].train - one->textbook;
        worst = above > worst ? above : worst;
        on += model_on_plateau(one);
    }
    if (!isfinite(worst))
        return untried(out, "it is no network that was fitted here");
    out->value = worst;
    if (m->ensemble)
        snprintf(out->note, sizeof out->note, "%zu of %zu members are on it", on, n);
    return true;
}

/* Mean and variance of the mean over animals of the losses per trial. */
struct group {
    size_t n;
    double mean, variance;
};

static struct group group_of(const struct examined *p, bool held_out)
{
    const struct cohort *c = p->request->cohort;
    struct group g = {0};
    double squares = 0;
    for (size_t a = 0; a < c->n_animals; a++) {
        if (p->scored[a] == 0 || examined_held_out(p, a) != held_out)
            continue;
        double loss = p->loss[a] / (double)p->scored[a], off = loss - g.mean;
        g.n++;
        g.mean += off / (double)g.n;
        squares += off * (loss - g.mean);
    }
    g.variance = g.n > 1 ? squares / (double)(g.n - 1) : NAN;
    return g;
}

/* Animals differ in how well they can be predicted at all, so that the spread of those that
 * were trained on says what a difference may come to. */
bool diagnosis_try_overfit(struct examined *p, struct finding *out)
{
    struct group in = group_of(p, false), off = group_of(p, true);
    if (off.n == 0)
        return untried(out, "no animal was held out; fit with holdout=");
    if (in.n < 3)
        return untried(out, "fewer than three animals were trained on");
    double t = (off.mean - in.mean) / sqrt(in.variance * (1 / (double)in.n + 1 / (double)off.n));
    double q = gsl_cdf_tdist_Q(t, (double)in.n - 1);
    out->value = q > 1e-300 ? gsl_cdf_ugaussian_Qinv(q) : 38;
    snprintf(out->note, sizeof out->note,
             "%zu held-out animals are predicted %.4f nats per trial %s than the %zu that were "
             "trained on",
             off.n, fabs(off.mean - in.mean), off.mean > in.mean ? "worse" : "better", in.n);
    return true;
}

/* --- seeds --------------------------------------------------------------------- */

static size_t alike(const struct examined *p, const struct model **out, size_t most)
{
    const struct model *m = p->request->model;
    size_t n = 0;
    if (m->rule->each)
        return 0;
    if (m->ensemble) {
        for (size_t i = 0; i < m->ensemble->n && n < most; i++)
            out[n++] = m->ensemble->member[i];
        return n;
    }
    out[n++] = m;
    for (size_t i = 0; i < p->request->n_others && n < most; i++) {
        const struct model *o = p->request->others[i];
        if (o != m && o->rule == m->rule && !o->ensemble && o->tensors.size == m->tensors.size &&
            o->settings.seed != m->settings.seed && o->cohort_digest == m->cohort_digest)
            out[n++] = o;
    }
    return n;
}

/* Sums over visited trials of the variance of updates between models, and of the square of
 * their mean, of weight k.  w [n][trials][K] */
static double disagreement(const struct residuals *r, size_t n, float *const *w, size_t k)
{
    double between = 0, square = 0;
    for (size_t a = 0; a < r->cohort->n_animals; a++) {
        const struct animal *who = &r->cohort->animals[a];
        for (size_t t = who->first; t + 1 < who->first + who->count; t++) {
            double mean = 0, squares = 0;
            size_t at = t * r->n_weights + k;
            for (size_t i = 0; i < n; i++) {
                double dw = (double)w[i][at + r->n_weights] - w[i][at];
                mean += dw / (double)n;
                squares += dw * dw;
            }
            between += (squares - (double)n * mean * mean) / (double)(n - 1);
            square += mean * mean;
        }
    }
    return square > 0 ? between / square : 0;
}

bool diagnosis_try_seeds_disagree(struct examined *p, struct finding *out)
{
    enum { MOST = 16 };
    const struct residuals *r = &p->residuals;
    const struct model *models[MOST];
    float *w[MOST];
    size_t n = alike(p, models, MOST), worst = 0;
    if (n < 2)
        return untried(out, "there is one fit of the rule; fit more seeds, or members=");
    for (size_t i = 0; i < n; i++) {
        w[i] = mem_new(r->n * r->n_weights, sizeof **w);
        model_sweep(models[i], r->cohort, w[i]);
    }
    out->value = 0;
    for (size_t k = 0; k < r->n_weights; k++) {
        double d = disagreement(r, n, w, k);
        if (d > out->value)
            out->value = d, worst = k;
    }
    for (size_t i = 0; i < n; i++)
        free(w[i]);
    snprintf(out->note, sizeof out->note, "%zu fits; most so for %s", n,
             p->model->settings.policy.weight[worst]);
    return true;
}

/* --- trials and animals -------------------------------------------------------- */

bool diagnosis_try_support(struct examined *p, struct finding *out)
{
    static const char *const names[] = {"left, error", "left, correct", "right, error",
                                        "right, correct"};
    const struct cohort *c = p->request->cohort;
    size_t n[4] = {0}, least = 0;
    for (size_t t = 0; t < c->n_trials; t++)
        if (c->reward[t] == 0 || c->reward[t] == 1)
            n[2 * (c->choice[t] == 1) + (c->reward[t] == 1)]++;
    for (size_t i = 1; i < 4; i++)
        least = n[i] < n[least] ? i : least;
    out->value = (double)n[least];
    snprintf(out->note, sizeof out->note, "%s", names[least]);
    return true;
}

bool diagnosis_try_diverging(struct examined *p, struct finding *out)
{
    const struct cohort *c = p->request->cohort;
    size_t worst = SIZE_MAX;
    double most = 0;
    out->value = 0;
    for (size_t a = 0; a < c->n_animals; a++) {
        if (p->scored[a] == 0)
            continue;
        double n = (double)p->scored[a], loss = p->loss[a] / n;
        if (!isfinite(loss) || loss > M_LN2 + .01 + 2 / sqrt(n)) {
            out->value++;
            loss = isfinite(loss) ? loss : INFINITY;
            if (loss > most)
                most = loss, worst = a;
        }
    }
    if (worst != SIZE_MAX)
        snprintf(out->note, sizeof out->note, "%.60s %.4f nats per trial%s; chance is -.6931",
                 c->animals[worst].name, -most,
                 examined_held_out(p, worst) ? ", held out of the fit" : "");
    return true;
}

/* --- other models --------------------------------------------------------------- */

static bool remembers(const struct model *m)
{
    return rule_remembers(m->rule, &m->settings.shape) || m->settings.shape.lags > 0;
}

static void compare(const struct examined *p, const struct model *other, struct paired *out)
{
    const struct cohort *c = p->request->cohort;
    size_t n = c->n_animals, *scored = mem_new(n, sizeof *scored), held = 0;
    double *loss = mem_new(n, sizeof *loss), *d = mem_new(n, sizeof *d);
    model_loss(other, c, loss, scored);
    for (size_t a = 0; a < n; a++)
        held += examined_held_out(p, a);
    bool only_held = held > 2; /* else there are too few for a test */
    for (size_t a = 0; a < n; a++)
        d[a] = (only_held && !examined_held_out(p, a)) || !scored[a] || !p->scored[a]
                   ? NAN
                   : loss[a] / (double)scored[a] - p->loss[a] / (double)p->scored[a];
    paired_compute(n, d, 99, out);
    free(loss), free(d), free(scored);
}

bool diagnosis_try_no_gain_from_memory(struct examined *p, struct finding *out)
{
    const struct model *m = p->request->model, *best = NULL;
    struct paired pair, least = {.t = NAN};
    if (!remembers(m))
        return untried(out, "the rule has no memory");
    for (size_t i = 0; i < p->request->n_others; i++) {
        const struct model *o = p->request->others[i];
        if (o == m || remembers(o) || o->rule->no_updates || o->ensemble)
            continue;
        compare(p, o, &pair);
        if (!isnan(pair.t) && !(pair.t > least.t))
            least = pair, best = o;
    }
    if (!best)
        return untried(out, "no model without memory is there to be compared with");
    out->value = least.t;
    snprintf(out->note, sizeof out->note, "%.40s: %+.5f nats per trial, t %.2f over %zu animals",
             best->name, least.difference, least.t, least.n);
    return true;
}
