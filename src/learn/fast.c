/* optimizer=fast, for networks: fewer passes over the cohort than Adam's schedule
 * (how many, `make bench` measures).  An epoch of the curve is one gradient.
 *
 *   1. Adam with large steps on the truncated gradient (a cosine back to 0),
 *      which finds the region from any start and bears a biased gradient.
 *   2. L-BFGS on the whole gradient: a truncated one is the gradient of no
 *      function, on which line searches end.  Its first guess of the inverse
 *      Hessian is a sketched Gauss-Newton matrix, renewed now and then, since
 *      what makes these losses hard is known to it: over thousands of trials a
 *      small change of the mean update outweighs any change of its shape.
 *
 * A step is bounded in length, and one that leaves any loss no number is made
 * shorter.  Sums are in double precision; below what single precision of the
 * logits leaves of the loss (1e-9) a line search takes no offence. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adam.h"
#include "deltaw/base/mem.h"
#include "lbfgs.h"
#include "trainer.h"

enum {
    WARM_MOST = 50,      /* Adam's steps, and at most this share of all */
    WARM_SHARE = 3,
    MEMORY = 40,         /* pairs of L-BFGS */
    RENEW = 30,          /* steps between sketches */
    PASSES = 4,          /* of a sketch, each with other coins */
    ROWS = 512,          /* of a sketch, about, all passes together */
    TRIES = 12,          /* of a line search */
};
static const double warm_factor = 10;  /* Adam's largest rate over rate= */
static const double damping = .03;     /* of the sketch, see metric.h */
static const double longest = 1;       /* step, in the scaled parameters */
static const double rounding = 1e-9;   /* nats per trial */
static const double scale_unit = .1;   /* of scaling_factor, that starts at 1e-3 */

struct fast {
    struct trainer *t;
    size_t n;
    int epoch;           /* gradients so far */
    double *unit;        /* [n] theta = unit * variable */
    double *at, *slope;  /* [n] where the search is: theta, gradient by variables */
    double loss;
    double *step, *bend; /* [n] tried; change of the gradient */
    struct lbfgs memory;
    struct metric metric;
    const char *why;
};

static void bound_lapse(struct trainer *t)
{
    if (t->shape.fit_lapse) {
        double *lapse = &t->theta[t->tensors.size - 1];
        *lapse = fmin(fmax(*lapse, 0), .5);
    }
}

/* The curve shows what is kept, not what was tried. */
static void show_kept(struct trainer *t)
{
    struct epoch_loss *now = &t->history[t->n_history - 1];
    if (t->n_history > 1) {
        now->train = now[-1].train;
        now->heldout = now[-1].heldout;
    }
}

/* --- 1. Adam --------------------------------------------------------------- */

/* Large steps may leave the region where losses are numbers; then the best point
 * before is where L-BFGS begins.  The rate goes up over the first five steps, is level
 * to the middle, then goes down to 0. */
static double warm_rate(int i, int n)
{
    double f = (double)i / n, up = i < 5 ? (i + 1) / 5. : 1;
    return up * (f < .5 ? 1 : .5 * (1 + cos(M_PI * (2 * f - 1))));
}

static bool warm_up(struct fast *f, int steps)
{
    struct trainer *t = f->t;
    struct adam adam = adam_new(t->n_all);
    double *best = mem_copy(t->theta, f->n, sizeof *best), least = INFINITY;
    bool ok = true, good = true;
    for (int i = 0; i < steps && good; i++, f->epoch++) {
        ok = trainer_may_go_on(t) && trainer_evaluate(t, f->epoch, true, false);
        if (!ok)
            break;
        good = !trainer_trouble(t, true);
        if (!good && i == 0) {
            f->why = trainer_trouble(t, true);
            break;
        }
        if (!good) {
            show_kept(t);
            continue;
        }
        double loss = t->history[t->n_history - 1].train;
        if (loss < least) {
            least = loss;
            memcpy(best, t->theta, f->n * sizeof *best);
        }
        trainer_keep(t);
        adam_step(&adam, warm_factor * t->fit->settings.rate * warm_rate(i, steps), t->theta,
                  t->gradient);
        bound_lapse(t);
    }
    if (!good)
        memcpy(t->theta, best, f->n * sizeof *best);
    free(best);
    adam_free(&adam);
    return ok && !f->why;
}

/* --- 2. L-BFGS ------------------------------------------------------------- */

enum outcome { TRIED, BEYOND, STOPPED };

/* Loss and gradient at t->theta; BEYOND: no numbers there. */
static enum outcome evaluate(struct fast *f, double *loss)
{
    struct trainer *t = f->t;
    if (!trainer_may_go_on(t) || !trainer_evaluate(t, f->epoch, true, false))
        return STOPPED;
    f->epoch++;
    *loss = t->history[t->n_history - 1].train + trainer_penalty(t, NULL);
    for (size_t i = 0; i < f->n; i++)
        t->gradient[i] *= f->unit[i];
    return trainer_trouble(t, true) ? BEYOND : TRIED;
}

static double along(const struct fast *f, const double *direction, const double *gradient)
{
    double sum = 0;
    for (size_t i = 0; i < f->n; i++)
        sum += direction[i] * gradient[i];
    return sum;
}

/* How far next, after `length` was too far (loss, slope: there and at 0). */
static double shorten(double low, double length, double rise, double slope)
{
    double room = length - low, best = -slope * length * length / (2 * (rise - slope * length));
    if (!(best > low + .1 * room)) /* also when it is no number */
        best = low + .1 * room;
    return fmin(best, low + .5 * room);
}

/* Along -direction to a point with less loss and less slope (Wolfe's conditions,
 * .1 promille and .9); theta, slope and loss move there.  False: none, or
 * stopped. */
static bool line_search(struct fast *f, const double *direction, bool *stopped)
{
    struct trainer *t = f->t;
    double slope = -along(f, direction, f->slope), size = sqrt(along(f, direction, direction));
    double length = fmin(1, longest / size), low = 0, high = INFINITY, loss = 0;
    for (int i = 0; i < TRIES && f->epoch < t->fit->settings.epochs; i++) {
        for (size_t j = 0; j < f->n; j++)
            t->theta[j] = f->at[j] - length * f->unit[j] * direction[j];
        bound_lapse(t);
        enum outcome outcome = evaluate(f, &loss);
        if ((*stopped = outcome == STOPPED))
            return false;
        bool less = outcome == TRIED && loss <= f->loss + 1e-4 * length * slope + rounding;
        if (less) {
            double there = -along(f, direction, t->gradient);
            bool end = there >= .9 * slope || length * size > .999 * longest;
            if (end || i == TRIES - 1) {
                for (size_t j = 0; j < f->n; j++) {
                    f->step[j] = (t->theta[j] - f->at[j]) / f->unit[j];
                    f->bend[j] = t->gradient[j] - f->slope[j];
                }
                memcpy(f->at, t->theta, f->n * sizeof *f->at);
                memcpy(f->slope, t->gradient, f->n * sizeof *f->slope);
                f->loss = loss;
                trainer_keep(t);
                return true;
            }
            low = length;
            length = isinf(high) ? fmin(2.5 * length, longest / size) : (low + high) / 2;
        } else {
            high = length;
            length = shorten(low, length, outcome == TRIED ? loss - f->loss : INFINITY, slope);
        }
        show_kept(t);
    }
    return false;
}

static bool renew(struct fast *f, int turn)
{
    struct trainer *t = f->t;
    size_t pass_rows = f->metric.n_rows / PASSES;
    memset(f->metric.rows, 0, f->metric.n_rows * f->n * sizeof *f->metric.rows);
    memcpy(t->theta, f->at, f->n * sizeof *t->theta);
    for (size_t i = 0; i < PASSES; i++)
        if (!trainer_may_go_on(t) ||
            !trainer_sketch(t, t->fit->settings.seed * 1000 + (uint64_t)turn * PASSES + i,
                            f->metric.rows + i * pass_rows * f->n))
            return false;
    double weight = sqrt((double)trainer_sketch_share(t) / (PASSES * t->n_train));
    for (size_t i = 0; i < f->metric.n_rows; i++)
        for (size_t j = 0; j < f->n; j++)
            f->metric.rows[i * f->n + j] *= (float)(weight * f->unit[j]);
    metric_set(&f->metric, damping);
    return true;
}

/* To the end of epochs=, or until no step leads down any more. */
static void quasi_newton(struct fast *f)
{
    struct trainer *t = f->t;
    double *direction = mem_new(f->n, sizeof *direction);
    bool stopped = evaluate(f, &f->loss) == STOPPED;
    if (!stopped && (f->why = trainer_trouble(t, true)))
        stopped = true;
    if (!stopped)
        trainer_keep(t);
    memcpy(f->at, t->theta, f->n * sizeof *f->at);
    memcpy(f->slope, t->gradient, f->n * sizeof *f->slope);
    for (int turn = 0, failed = 0; !stopped && f->epoch < t->fit->settings.epochs; turn++) {
        if (turn % RENEW == 0 && !renew(f, turn))
            break;
        memcpy(direction, f->slope, f->n * sizeof *direction);
        lbfgs_apply(&f->memory, &f->metric, direction);
        if (along(f, direction, f->slope) > 0 && line_search(f, direction, &stopped)) {
            lbfgs_add(&f->memory, f->step, f->bend);
            failed = 0;
        } else if (!stopped) {
            if (failed++) /* not even from a fresh memory */
                break;
            lbfgs_forget(&f->memory);
            turn = -1;
        }
    }
    free(direction);
}

static void set_units(struct fast *f)
{
    const struct tensors *tensors = &f->t->tensors;
    for (size_t i = 0; i < f->n; i++)
        f->unit[i] = 1;
    for (size_t j = 0; j < tensors->n; j++)
        for (size_t i = 0; i < tensors->item[j].size; i++)
            if (strcmp(tensors->item[j].name, "scaling_factor") == 0)
                f->unit[tensors->item[j].offset + i] = scale_unit;
}

const char *fast(struct trainer *t)
{
    struct fast f = {.t = t, .n = t->n_all};
    int epochs = t->fit->settings.epochs;
    int warm = epochs / WARM_SHARE < WARM_MOST ? epochs / WARM_SHARE : WARM_MOST;
    f.unit = mem_new(f.n, sizeof *f.unit);
    f.at = mem_new(f.n, sizeof *f.at), f.slope = mem_new(f.n, sizeof *f.slope);
    f.step = mem_new(f.n, sizeof *f.step), f.bend = mem_new(f.n, sizeof *f.bend);
    f.memory = lbfgs_new(f.n, MEMORY);
    set_units(&f);
    if (epochs > 0 && warm_up(&f, warm)) {
        size_t rows = trainer_whole(t, ROWS / PASSES);
        f.metric = metric_new(f.n, PASSES * rows);
        quasi_newton(&f);
        metric_free(&f.metric);
    }
    if (!f.why && !atomic_load(&t->fit->stop)) {
        memcpy(t->theta, t->best, t->n_all * sizeof *t->theta);
        t->finished = trainer_evaluate(t, f.epoch, false, true);
        if (t->finished)
            trainer_keep(t);
    }
    free(f.unit), free(f.at), free(f.slope), free(f.step), free(f.bend);
    lbfgs_free(&f.memory);
    return f.why;
}
