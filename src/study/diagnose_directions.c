/* Where a change of the rule moves the logits of the policy: by differences of sweeps, so
 * that a change of one weight is followed through all later trials. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "diagnose_inside.h"

/* The model at other parameters and start weights; theta and w0 are the caller's. */
struct moved {
    struct model model;
    double *theta, *w0; /* [tensors.size], [animals][K] */
    char **names;
};

/* Start weights of all animals that the sweep follows, whatever they come from. */
static struct moved moved_new(const struct examined *p)
{
    const struct model *m = p->model;
    const struct cohort *whole = model_whole_log(m, p->request->cohort);
    size_t k = m->settings.policy.n, n = whole->n_animals;
    struct moved out = {.theta = mem_copy(m->theta, m->tensors.size, sizeof(double))};
    out.w0 = mem_new(n * k, sizeof *out.w0);
    out.names = mem_new(n, sizeof *out.names);
    for (size_t a = 0; a < n; a++) {
        out.names[a] = whole->animals[a].name;
        model_start(m, whole, a, out.w0 + a * k);
    }
    out.model = model_at(m, out.theta);
    out.model.n_animals = n;
    out.model.animals = out.names;
    out.model.w0 = out.w0;
    out.model.cohort_digest = whole->digest;
    return out;
}

static void moved_free(struct moved *m)
{
    free(m->theta), free(m->w0), free(m->names);
}

/* A column more: (logits of the model as it is now - those of `from`) / step. */
static void add_move(const struct examined *p, const struct moved *m, const float *from,
                     double step, struct directions *out)
{
    const struct residuals *r = &p->residuals;
    size_t k_n = r->n_weights;
    float *w = mem_new(r->n * k_n, sizeof *w), *column = directions_add(out, r->n);
    model_sweep(&m->model, p->request->cohort, w);
    for (size_t t = 0; t < r->n; t++) {
        double z = 0;
        for (size_t k = 0; k < k_n; k++)
            z += r->x[t * k_n + k] * ((double)w[t * k_n + k] - from[t * k_n + k]);
        column[t] = isfinite(z) ? (float)(z / step) : 0;
    }
    free(w);
}

static float *sweep_of(const struct examined *p, const struct moved *m)
{
    float *w = mem_new(p->residuals.n * p->residuals.n_weights, sizeof *w);
    model_sweep(&m->model, p->request->cohort, w);
    return w;
}

/* Is the tensor fitted, and among those that are moved?  Of a network the last layer. */
static bool moves(const struct model *m, const struct tensor *tensor)
{
    const struct held_at *held = setting_held(tensor->name, &m->settings);
    size_t last = 2 * m->settings.shape.layers;
    char layer[32];
    snprintf(layer, sizeof layer, "dnn.%zu.", last);
    if (held || strcmp(tensor->name, "lapse") == 0)
        return false;
    return !m->rule->network || strcmp(tensor->name, "scaling_factor") == 0 ||
           strncmp(tensor->name, layer, strlen(layer)) == 0;
}

static double size_of(const struct tensor *tensor, const double *theta)
{
    double squares = 0;
    for (size_t i = 0; i < tensor->size; i++)
        squares += theta[tensor->offset + i] * theta[tensor->offset + i];
    return sqrt(squares / (double)tensor->size);
}

void directions_of_parameters(const struct examined *p, struct directions *out)
{
    struct moved m = moved_new(p);
    float *from = sweep_of(p, &m);
    for (size_t i = 0; i < m.model.tensors.n; i++) {
        const struct tensor *tensor = &m.model.tensors.item[i];
        double size = size_of(tensor, m.theta), step = .01 * (size > 1e-4 ? size : 1e-4);
        for (size_t j = 0; moves(p->model, tensor) && j < tensor->size && !examined_stopped(p);
             j++) {
            double *at = &m.theta[tensor->offset + j], was = *at;
            *at += step;
            add_move(p, &m, from, step, out);
            *at = was;
        }
    }
    free(from);
    moved_free(&m);
}

/* Do they scale dw, all together? */
static bool is_rate(const struct model *m, const char *name)
{
    const struct setting *row = setting_of_tensor(name);
    bool lapse = row && row->tensor && strcmp(row->tensor, "lapse") == 0;
    return (row && row->rate) || strcmp(name, "scaling_factor") == 0 ||
           (m->rule->posterior && !lapse);
}

void directions_of_gain(const struct examined *p, struct directions *out)
{
    const double step = .02;
    struct moved m = moved_new(p);
    float *from = sweep_of(p, &m);
    for (size_t i = 0; i < m.model.tensors.n; i++) {
        const struct tensor *tensor = &m.model.tensors.item[i];
        for (size_t j = 0; is_rate(p->model, tensor->name) && j < tensor->size; j++)
            m.theta[tensor->offset + j] *= 1 + step;
    }
    add_move(p, &m, from, step, out);
    free(from);
    moved_free(&m);
}

void directions_of_start(const struct examined *p, struct directions *out)
{
    const double step = .05;
    struct moved m = moved_new(p);
    size_t k_n = p->residuals.n_weights;
    float *from = sweep_of(p, &m);
    for (size_t k = 0; k < k_n && !examined_stopped(p); k++) {
        for (size_t a = 0; a < m.model.n_animals; a++)
            m.w0[a * k_n + k] += step;
        add_move(p, &m, from, step, out);
        for (size_t a = 0; a < m.model.n_animals; a++)
            m.w0[a * k_n + k] -= step;
    }
    free(from);
    moved_free(&m);
}

/* --- memory ------------------------------------------------------------------- */

enum { WINDOW = 10 };

/* One animal's recent trials: (chosen side) x (1 - its probability), by trial. */
struct recent {
    double pull[WINDOW][POLICY_MAX], reward[WINDOW];
    size_t n;
};

static double rewarded_of(const struct recent *recent)
{
    size_t n = recent->n < WINDOW ? recent->n : WINDOW;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += recent->reward[i];
    return n ? sum / (double)n : .5;
}

/* What the trials before t would add, after trial t was rewarded or not: by a trace of what
 * was chosen, and by how often it was rewarded lately.  extra [2][K] */
static void extra_of(const struct residuals *r, size_t t, const struct recent *recent,
                     double *extra)
{
    size_t k_n = r->n_weights, n = recent->n < WINDOW ? recent->n : WINDOW;
    double reward = r->cohort->reward[t], rate = rewarded_of(recent) - .5;
    for (size_t k = 0; k < k_n; k++) {
        double trace = 0, own = r->x[t * k_n + k] * (r->cohort->choice[t] - r->p[t]);
        for (size_t i = 0; i < n; i++)
            trace += recent->pull[i][k];
        extra[k] = trace * reward;
        extra[k_n + k] = own * reward * rate;
    }
}

/* Weights forget what moved them once, as learning goes on: the sum of the extra updates
 * fades over some 50 trials, in place of the rule's own feedback. */
static void memory_animal(const struct residuals *r, const struct animal *who, float **column)
{
    const double keep = .98;
    size_t k_n = r->n_weights;
    double sum[2 * POLICY_MAX] = {0}, extra[2 * POLICY_MAX];
    struct recent recent = {0};
    for (size_t t = who->first; t < who->first + who->count; t++) {
        for (size_t j = 0; j < 2 * k_n; j++)
            column[j][t] = (float)(sum[j] * r->x[t * k_n + j % k_n]);
        extra_of(r, t, &recent, extra);
        for (size_t j = 0; j < 2 * k_n; j++)
            sum[j] = keep * sum[j] + extra[j];
        size_t slot = recent.n++ % WINDOW;
        recent.reward[slot] = r->cohort->reward[t];
        for (size_t k = 0; k < k_n; k++)
            recent.pull[slot][k] = r->x[t * k_n + k] * (r->cohort->choice[t] - r->p[t]);
    }
}

void directions_of_memory(const struct examined *p, struct directions *out)
{
    const struct residuals *r = &p->residuals;
    for (size_t j = 0; j < 2 * r->n_weights; j++)
        directions_add(out, r->n);
    for (size_t a = 0; a < r->cohort->n_animals; a++)
        memory_animal(r, &r->cohort->animals[a], out->column);
}
