#include "deltaw/learn/gains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

static const double least = 1e-3, most = 3; /* spreads that are looked at */
static const double z90 = 1.6448536269514722, drop90 = 1.3527717270452048; /* chi^2_1(.9) / 2 */
enum { SPREADS = 400 };

struct gains *gains_new(size_t n)
{
    struct gains *g = mem_new(1, sizeof *g);
    *g = (struct gains){.spread = NAN, .low = NAN, .high = NAN, .n = n};
    g->value = mem_new(n, sizeof *g->value);
    g->error = mem_new(n, sizeof *g->error);
    return g;
}

struct gains *gains_copy(const struct gains *of)
{
    if (!of)
        return NULL;
    struct gains *g = mem_copy(of, 1, sizeof *of);
    g->value = mem_copy(of->value, of->n, sizeof *of->value);
    g->error = mem_copy(of->error, of->n, sizeof *of->error);
    return g;
}

void gains_free(struct gains *g)
{
    if (g)
        free(g->value), free(g->error);
    free(g);
}

/* Restricted log-likelihood of a spread, but for a constant. */
static double restricted(size_t n, const double *g, const double *curvature, double spread)
{
    double weights = 0, mean = 0, sum = 0;
    for (size_t a = 0; a < n; a++) {
        double w = 1 / (spread * spread + 1 / curvature[a]);
        weights += w;
        mean += w * g[a];
    }
    mean /= weights;
    for (size_t a = 0; a < n; a++) {
        double v = spread * spread + 1 / curvature[a];
        sum -= (log(v) + (g[a] - mean) * (g[a] - mean) / v) / 2;
    }
    return sum - log(weights) / 2;
}

/* 0, then steps of equal ratio. */
static double spread_at(size_t i)
{
    return i ? least * pow(most / least, (double)(i - 1) / (SPREADS - 2)) : 0;
}

struct gains_spread gains_spread_of(size_t n, const double *g, const double *curvature)
{
    double value[SPREADS];
    size_t best = 0, low, high;
    for (size_t i = 0; i < SPREADS; i++) {
        value[i] = restricted(n, g, curvature, spread_at(i));
        if (value[i] > value[best])
            best = i;
    }
    low = high = best;
    while (low > 0 && value[low - 1] > value[best] - drop90)
        low--;
    while (high + 1 < SPREADS && value[high + 1] > value[best] - drop90)
        high++;
    return (struct gains_spread){spread_at(best), spread_at(low), spread_at(high)};
}

static long index_of(const struct model *model, const char *animal)
{
    for (size_t a = 0; model->gains && a < model->n_animals; a++)
        if (strcmp(model->animals[a], animal) == 0)
            return (long)a;
    return -1;
}

double model_gain(const struct model *model, const char *animal)
{
    long a = index_of(model, animal);
    return a >= 0 ? model->gains->value[a] : 0;
}

/* --- other animals ----------------------------------------------------------- */

/* A search by golden section, of all animals at once: they do not depend on one another. */
enum { SECTIONS = 14 };

struct adapting {
    struct model *model; /* whose animals are the cohort's, with the g that is tried */
    const struct cohort *cohort;
    const uint8_t *seen;
    double spread;
    size_t *scored; /* [n] not looked at */
    double *loss;   /* [n] minus the log posterior at the g of the model */
};

static void look(struct adapting *d)
{
    model_score(d->model, d->cohort, NULL, d->seen, d->loss, d->scored);
    for (size_t a = 0; a < d->cohort->n_animals; a++) {
        double z = d->model->gains->value[a] / d->spread;
        d->loss[a] += z * z / 2;
    }
}

/* The model as one of the cohort's animals.  fixed [n]: it was trained on this one. */
static struct model *for_animals(const struct model *of, const struct cohort *cohort, bool *fixed)
{
    size_t n = cohort->n_animals, k = of->settings.policy.n;
    double *theta = mem_copy(of->theta, of->tensors.size, sizeof *theta);
    struct model *m = model_copy_at(of, theta);
    model_animals(m, n);
    m->gains = gains_new(n);
    m->gains->spread = of->gains->spread;
    for (size_t a = 0; a < n; a++) {
        const char *name = cohort->animals[a].name;
        long at = index_of(of, name);
        m->animals[a] = mem_text(name);
        fixed[a] = at >= 0 && !of->held_out[at];
        m->held_out[a] = !fixed[a];
        model_start(of, cohort, a, m->w0 + a * k);
        if (fixed[a]) {
            m->gains->value[a] = of->gains->value[at];
            m->gains->error[a] = of->gains->error[at];
        }
    }
    m->column_digest = policy_digest(&m->settings.policy, cohort);
    m->cohort_digest = cohort->digest; /* its start weights are those of these animals */
    return m;
}

static void try_at(struct adapting *d, const bool *fixed, const double *at, double *loss)
{
    for (size_t a = 0; a < d->cohort->n_animals; a++)
        if (!fixed[a])
            d->model->gains->value[a] = at[a];
    look(d);
    memcpy(loss, d->loss, d->cohort->n_animals * sizeof *loss);
}

/* Between low and high [n]; leaves the best g in `at`. */
static void search(struct adapting *d, const bool *fixed, double *at)
{
    const double golden = (sqrt(5) - 1) / 2;
    size_t n = d->cohort->n_animals;
    double *low = mem_new(n, sizeof *low), *high = mem_new(n, sizeof *high);
    double *x[2], *f[2];
    for (int i = 0; i < 2; i++)
        x[i] = mem_new(n, sizeof *x[i]), f[i] = mem_new(n, sizeof *f[i]);
    for (size_t a = 0; a < n; a++) {
        high[a] = 3 * d->spread, low[a] = -high[a];
        x[0][a] = high[a] - golden * (high[a] - low[a]);
        x[1][a] = low[a] + golden * (high[a] - low[a]);
    }
    try_at(d, fixed, x[0], f[0]);
    try_at(d, fixed, x[1], f[1]);
    for (int round = 0; round < SECTIONS; round++) {
        double *next = mem_new(n, sizeof *next), *value = mem_new(n, sizeof *value);
        for (size_t a = 0; a < n; a++) {
            bool left = f[0][a] < f[1][a];
            *(left ? &high[a] : &low[a]) = x[left][a];
            next[a] =
                left ? high[a] - golden * (high[a] - low[a]) : low[a] + golden * (high[a] - low[a]);
        }
        try_at(d, fixed, next, value);
        for (size_t a = 0; a < n; a++) {
            bool left = f[0][a] < f[1][a]; /* the point that stays moves over */
            x[left][a] = x[!left][a], f[left][a] = f[!left][a];
            x[!left][a] = next[a], f[!left][a] = value[a];
        }
        free(next), free(value);
    }
    for (size_t a = 0; a < n; a++)
        at[a] = (low[a] + high[a]) / 2;
    free(low), free(high);
    for (int i = 0; i < 2; i++)
        free(x[i]), free(f[i]);
}

/* From the curvature at the mode. */
static void adapted_errors(struct adapting *d, const bool *fixed, const double *at)
{
    const double h = .05;
    size_t n = d->cohort->n_animals;
    double *moved = mem_new(n, sizeof *moved), *f[3];
    for (int i = 0; i < 3; i++) {
        f[i] = mem_new(n, sizeof *f[i]);
        for (size_t a = 0; a < n; a++)
            moved[a] = at[a] + (i - 1) * h;
        try_at(d, fixed, moved, f[i]);
    }
    for (size_t a = 0; a < n; a++) {
        double curvature = (f[0][a] - 2 * f[1][a] + f[2][a]) / (h * h);
        curvature = fmax(curvature, 1 / (d->spread * d->spread));
        if (!fixed[a]) {
            d->model->gains->value[a] = at[a];
            d->model->gains->error[a] = 1 / sqrt(curvature);
        }
    }
    for (int i = 0; i < 3; i++)
        free(f[i]);
    free(moved);
}

struct model *model_adapt(const struct model *of, const struct cohort *part, const uint8_t *marked)
{
    const struct cohort *cohort = model_whole_log(of, part);
    uint8_t *marks = cohort == part ? NULL : mem_new(cohort->n_trials, sizeof *marks);
    for (size_t t = 0; marks && t < part->n_trials; t++)
        marks[part->place[t]] = marked[t];
    const uint8_t *seen = marks ? marks : marked;
    size_t n = cohort->n_animals;
    bool *fixed = mem_new(n, sizeof *fixed);
    double *at = mem_new(n, sizeof *at);
    struct adapting d = {.model = for_animals(of, cohort, fixed),
                         .cohort = cohort,
                         .seen = seen,
                         .spread = fmax(of->gains->spread, .01),
                         .scored = mem_new(n, sizeof *d.scored),
                         .loss = mem_new(n, sizeof *d.loss)};
    search(&d, fixed, at);
    adapted_errors(&d, fixed, at);
    free(fixed), free(at), free(d.scored), free(d.loss), free(marks);
    return d.model;
}

/* --- as a table -------------------------------------------------------------- */

const struct column gains_columns[] = {
    {"animal", .type = COLUMN_TEXT},
    {"gain", COLUMN_NUMBER, 3, .meaning = "factor on the animal's updates; 1: the typical animal"},
    {"low", COLUMN_NUMBER, 3, .meaning = "90 % interval"},
    {"high", .type = COLUMN_NUMBER, .digits = 3},
    {"held_out", .type = COLUMN_FLAG, .heading = "held out"},
    {0},
};

void gains_table(const struct model *model, struct table *out)
{
    const struct gains *g = model->gains;
    table_declare(out, gains_columns);
    for (size_t a = 0; g && a < g->n; a++) {
        double half = z90 * g->error[a];
        table_add(out, 1, (const char *[]){model->animals[a]}, 4,
                  (double[]){exp(g->value[a]), exp(g->value[a] - half), exp(g->value[a] + half),
                             model->held_out[a]});
    }
    table_sort(out, 1, false);
}
