/* The gains of a fit: where they are in theta, their prior, and how far they spread. */
#include "fit_gains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/gains.h"
#include "rollout.h"

static const double first_spread = .3, least_spread = .01, step = .05;

size_t fit_gains_size(const struct trainer *t)
{
    return rule_gains(t->shape) ? t->n_animals + 1 : 0;
}

/* g of all animals, then the spread of their prior. */
static double *gains_of(const struct trainer *t)
{
    return t->theta + t->n_all - fit_gains_size(t);
}

void fit_gains_begin(struct trainer *t)
{
    if (fit_gains_size(t))
        gains_of(t)[t->n_animals] = t->shape->gain.fitted ? first_spread : t->shape->gain.value;
}

void fit_gains_starts(const struct trainer *t, const double *w0)
{
    size_t k = t->n_weights, width = rule_starts(t->shape);
    for (size_t a = 0; a < t->n_animals; a++) {
        memcpy(t->starts + a * width, w0 + a * k, k * sizeof *w0);
        t->starts[a * width + k] = gains_of(t)[a];
    }
}

double fit_gains_penalty(const struct trainer *t)
{
    double sum = 0;
    for (size_t a = 0; fit_gains_size(t) && a < t->n_animals; a++) {
        double z = gains_of(t)[a] / gains_of(t)[t->n_animals];
        sum += t->train[a] ? z * z / 2 : 0;
    }
    return sum / t->n_train;
}

void fit_gains_gradient(struct trainer *t, const struct rollout_result *result, const bool *among,
                        double n)
{
    if (!fit_gains_size(t))
        return;
    size_t width = rule_starts(t->shape), at = t->n_all - fit_gains_size(t);
    const double *g = gains_of(t);
    double spread = g[t->n_animals];
    for (size_t a = 0; a < t->n_animals; a++)
        t->gradient[at + a] =
            among[a]
                ? (result->gradient_w0[a * width + t->n_weights] + g[a] / (spread * spread)) / n
                : 0;
    t->gradient[at + t->n_animals] = 0;
}

/* d loss / d g of all animals with each g moved by `by`; false: stopped. */
static bool slopes(struct trainer *t, double by, double *out)
{
    struct rollout_result result;
    size_t width = rule_starts(t->shape);
    double *g = gains_of(t), *kept = mem_copy(g, t->n_animals, sizeof *g);
    for (size_t a = 0; a < t->n_animals; a++)
        g[a] += by;
    bool good = rollout_run(t->rollout,
                            &(struct rollout_task){.theta = t->theta,
                                                   .w0 = trainer_w0(t),
                                                   .gradient = true,
                                                   .threads = trainer_threads(t),
                                                   .stop = &t->fit->at->stop},
                            &result);
    memcpy(g, kept, t->n_animals * sizeof *g);
    for (size_t a = 0; good && a < t->n_animals; a++)
        out[a] = result.gradient_w0[a * width + t->n_weights];
    free(kept);
    return good;
}

/* Of the animals that are trained on: their own best g, one Newton step from where they are,
 * and its curvature. */
static void own_best(const struct trainer *t, const double *up, const double *down, double *best,
                     double *curvature)
{
    for (size_t a = 0, n = 0; a < t->n_animals; a++) {
        if (!t->train[a])
            continue;
        curvature[n] = fmax((up[a] - down[a]) / (2 * step), 1e-3);
        double move = -(up[a] + down[a]) / 2 / curvature[n];
        best[n++] = gains_of(t)[a] + fmin(fmax(move, -2), 2);
    }
}

static void take_errors(struct trainer *t, const double *up, const double *down)
{
    struct gains *g = t->gains;
    double spread = gains_of(t)[t->n_animals];
    for (size_t a = 0; a < g->n; a++) {
        double curvature = fmax((up[a] - down[a]) / (2 * step), 0);
        g->value[a] = gains_of(t)[a];
        g->error[a] = t->train[a] ? 1 / sqrt(curvature + 1 / (spread * spread)) : spread;
    }
}

bool fit_gains_spread(struct trainer *t)
{
    size_t n = t->n_animals, n_train = 0;
    double *up = mem_new(n, sizeof *up), *down = mem_new(n, sizeof *down);
    double *best = mem_new(n, sizeof *best), *curvature = mem_new(n, sizeof *curvature);
    bool good = slopes(t, step, up) && slopes(t, -step, down);
    for (size_t a = 0; a < n; a++)
        n_train += t->train[a];
    if (good && !t->gains)
        t->gains = gains_new(t->n_own);
    if (good && t->shape->gain.fitted && n_train > 1) {
        own_best(t, up, down, best, curvature);
        struct gains_spread s = gains_spread_of(n_train, best, curvature);
        gains_of(t)[n] = fmax(s.value, least_spread);
        t->gains->spread = s.value, t->gains->low = s.low, t->gains->high = s.high;
    } else if (good) {
        t->gains->spread = gains_of(t)[n];
    }
    if (good)
        take_errors(t, up, down);
    free(up), free(down), free(best), free(curvature);
    return good;
}
