#include "distil.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adam.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/inputs.h"

enum {
    UPDATES = 6000, /* of the optimiser */
    EACH = 8,       /* trials of each lane for one */
    STRETCH = 32,   /* trials that a lane follows an animal for; its memory goes on */
    JUDGED = 300,   /* updates at the end that tell how well it went */
};
static const double rate = 5e-3, away = .3; /* weights lie so many deviations around */

struct distil {
    struct trainer *t;
    const struct model *teacher;
    const struct engine *engine;
    struct compiled_rule *compiled;
    struct tile *tile;
    struct rule_state *state; /* of the teacher, which keeps none */
    struct trials *trials;    /* half of the choices turned, and what they earned */
    struct rng rng;
    float *w;                                  /* [n_trials][K] under the teacher */
    double spread[POLICY_MAX];                 /* of those */
    double size[POLICY_MAX];                   /* rms of the teacher's updates */
    size_t lanes, n_carry, *animal, *at;       /* [lanes]: where a lane is */
    double *carry, *adjoint, *loss, *gradient; /* gradient: of one trial of each lane */
    double *u, *x, *answer, *target;           /* [lanes][...] */
    double missed, all;                        /* sums of squares over `size` */
};

/* A choice and its reward are flipped together, so that the side that pays stays. */
static void turn_choices(struct distil *d)
{
    struct trials *t = d->trials;
    for (size_t i = 0; i < t->n_trials; i++)
        if (rng_below(&d->rng, 2)) {
            t->flags[i] ^= TRIAL_CHOICE;
            t->reward[i] = 1 - t->reward[i];
        }
}

static void take_spread(struct distil *d)
{
    size_t n = d->trials->n_trials, K = d->t->n_weights;
    for (size_t k = 0; k < K; k++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < n; i++) {
            double v = (double)d->w[i * K + k];
            sum += v, squares += v * v;
        }
        d->spread[k] = sqrt(fmax(squares / (double)n - pow(sum / (double)n, 2), 0));
    }
}

static struct distil distil_new(struct trainer *t)
{
    size_t K = t->n_weights;
    struct distil d = {.t = t, .teacher = t->fit->settings.teacher, .engine = engine_of(t->rule)};
    d.compiled = d.engine->compiled_rule_new(t->rule, t->shape, 1);
    d.tile = d.engine->tile_new(d.compiled);
    d.lanes = d.engine->lanes;
    d.state = rule_state_new(d.teacher, d.lanes);
    d.trials = trials_new(t->fit->cohort, &t->fit->settings.policy);
    d.rng = rng_stream(t->fit->settings.seed, RNG_SAMPLE, 0, 0);
    d.w = mem_new(d.trials->n_trials * K, sizeof *d.w);
    d.n_carry = d.engine->compiled_rule_carry(d.compiled);
    d.animal = mem_new(d.lanes, sizeof *d.animal), d.at = mem_new(d.lanes, sizeof *d.at);
    d.carry = mem_new(d.n_carry * d.lanes, sizeof(double));
    d.adjoint = mem_new(d.n_carry * d.lanes, sizeof(double));
    d.loss = mem_new(d.lanes, sizeof(double));
    d.gradient = mem_new(t->tensors.size, sizeof(double));
    d.u = mem_new(d.lanes * rule_inputs(&d.teacher->settings.shape), sizeof(double));
    d.x = mem_new(d.lanes * K, sizeof(double)), d.answer = mem_new(d.lanes, sizeof(double));
    d.target = mem_new(d.lanes * K, sizeof(double));
    model_sweep(d.teacher, t->fit->cohort, d.w);
    take_spread(&d);
    turn_choices(&d);
    return d;
}

static void distil_free(struct distil *d)
{
    d->engine->tile_free(d->tile);
    d->engine->compiled_rule_free(d->compiled);
    rule_state_free(d->state);
    trials_free(d->trials);
    free(d->w), free(d->animal), free(d->at), free(d->carry), free(d->adjoint), free(d->loss);
    free(d->gradient), free(d->u), free(d->x), free(d->answer), free(d->target);
}

/* To a training animal that has trials enough. */
static void jump(struct distil *d, size_t l)
{
    const struct trials *t = d->trials;
    do
        d->animal[l] = rng_below(&d->rng, (uint32_t)t->n_animals);
    while (t->count[d->animal[l]] < 2 || d->t->held_out[d->animal[l]]);
    d->at[l] = rng_below(&d->rng, (uint32_t)(t->count[d->animal[l]] - 1));
    for (size_t i = d->t->n_weights; i < d->n_carry; i++)
        d->carry[i * d->lanes + l] = 0;
}

/* Weights near the teacher's, and what it does there. */
static void pose(struct distil *d)
{
    const struct trials *t = d->trials;
    size_t K = d->t->n_weights, width = rule_inputs(&d->teacher->settings.shape);
    for (size_t l = 0; l < d->lanes; l++) {
        size_t i = t->first[d->animal[l]] + d->at[l];
        double w[POLICY_MAX];
        for (size_t k = 0; k < K; k++) {
            w[k] = (double)d->w[i * K + k] + away * d->spread[k] * rng_normal(&d->rng);
            d->carry[k * d->lanes + l] = w[k];
            d->x[l * K + k] = (double)t->x[i * K + k];
        }
        struct input_trial now = {.stimulus = (double)t->stimulus[i],
                                  .choice = t->flags[i] & TRIAL_CHOICE ? 1 : 0,
                                  .reward = (double)t->reward[i],
                                  .day = t->flags[i] & TRIAL_DAY ? 1 : 0};
        inputs_rule(&d->teacher->settings.shape, w, &now, NULL, 0, d->u + l * width);
        d->answer[l] = t->flags[i] & TRIAL_ANSWER ? 1 : 0;
    }
    rule_state_step(d->state, d->lanes, d->u, d->x, d->answer, NULL, d->target);
}

/* The adjoint of squares of what is missed, less that of the next choice's cross-entropy,
 * which the engine adds by itself. */
static void take_adjoint(struct distil *d, bool judged)
{
    const struct trials *t = d->trials;
    size_t K = d->t->n_weights, width = rule_inputs(&d->teacher->settings.shape);
    double lapse =
        d->t->shape->lapse.fitted ? d->t->theta[d->t->tensors.size - 1] : d->t->shape->lapse.value;
    memset(d->adjoint, 0, d->n_carry * d->lanes * sizeof *d->adjoint);
    for (size_t l = 0; l < d->lanes; l++) {
        size_t next = t->first[d->animal[l]] + d->at[l] + 1;
        double z = 0, y = t->flags[next] & TRIAL_CHOICE ? 1 : 0;
        for (size_t k = 0; k < K; k++)
            z += d->carry[k * d->lanes + l] * (double)t->x[next * K + k];
        double q = policy_sigmoid(z), p = lapse / 2 + (1 - lapse) * q;
        double slope = (p - y) / (p * (1 - p)) * (1 - lapse) * q * (1 - q);
        for (size_t k = 0; k < K; k++) {
            double dw = d->carry[k * d->lanes + l] - d->u[l * width + k];
            double off = (dw - d->target[l * K + k]) / d->size[k];
            d->adjoint[k * d->lanes + l] = off / d->size[k] - slope * (double)t->x[next * K + k];
            d->missed += judged ? off * off : 0;
            d->all += judged ? pow(d->target[l * K + k] / d->size[k], 2) : 0;
        }
    }
}

/* One trial of each lane: adds its gradient. */
static void step(struct distil *d, bool judged, double *gradient)
{
    struct span spans[d->lanes];
    for (size_t l = 0; l < d->lanes; l++) {
        if (d->at[l] + 1 >= d->trials->count[d->animal[l]] || rng_below(&d->rng, STRETCH) == 0)
            jump(d, l);
        spans[l] = (struct span){d->animal[l], d->at[l], d->at[l] + 1};
    }
    pose(d);
    d->engine->forward(d->compiled, d->tile, d->trials, spans, (unsigned)d->lanes, d->carry,
                       d->loss, NULL);
    take_adjoint(d, judged);
    d->engine->backward(d->compiled, d->tile, d->gradient, d->adjoint);
    for (size_t i = 0; i < d->t->tensors.size; i++)
        gradient[i] += d->gradient[i] / (double)(d->lanes * EACH);
    for (size_t l = 0; l < d->lanes; l++)
        d->at[l]++;
}

/* Sizes of the teacher's updates, that weights count alike. */
static void take_sizes(struct distil *d)
{
    enum { POSES = 200 };
    size_t K = d->t->n_weights;
    double greatest = 1e-6;
    for (size_t i = 0; i < POSES; i++) {
        for (size_t l = 0; l < d->lanes; l++)
            jump(d, l);
        pose(d);
        for (size_t j = 0; j < d->lanes * K; j++)
            d->size[j % K] += d->target[j] * d->target[j] / (double)(POSES * d->lanes);
    }
    for (size_t k = 0; k < K; k++)
        greatest = fmax(greatest, d->size[k] = sqrt(d->size[k]));
    for (size_t k = 0; k < K; k++)
        d->size[k] = fmax(d->size[k], .01 * greatest);
}

double distil_run(struct trainer *t)
{
    struct distil d = distil_new(t);
    struct adam adam = adam_new(t->tensors.size);
    double *gradient = mem_new(t->tensors.size, sizeof *gradient);
    take_sizes(&d);
    for (int i = 0; i < UPDATES && trainer_may_go_on(t); i++) {
        memset(gradient, 0, t->tensors.size * sizeof *gradient);
        d.engine->compiled_rule_set(d.compiled, t->theta);
        for (size_t j = 0; j < EACH; j++)
            step(&d, i >= UPDATES - JUDGED, gradient);
        if (t->shape->lapse.fitted)
            gradient[t->tensors.size - 1] = 0;
        adam_step(&adam, rate * .5 * (1 + cos(M_PI * i / UPDATES)), t->theta, gradient);
    }
    double given = d.all > 0 ? 1 - d.missed / d.all : 0;
    memcpy(t->best, t->theta, t->n_all * sizeof *t->best);
    adam_free(&adam);
    free(gradient);
    distil_free(&d);
    return given;
}
