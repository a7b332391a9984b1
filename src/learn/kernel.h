/* A rule as the engine runs it: the part of src/learn/rules/NAME.c that is
 * compiled for every engine.  See vec.h. */
#ifndef LEARN_KERNEL_H
#define LEARN_KERNEL_H

#include "deltaw/learn/rule.h"
#include "vec.h"

/* One step of one tile. */
struct step {
    const vec *u;      /* [K + INPUT_N]: w_t, then the inputs of trial t */
    const vec *x;      /* [K] policy features of trial t */
    vec answer;        /* z_t */
    vec next_stimulus; /* s_{t+1} */
};

/* The learning signal of a textbook rule on a trial; see textbook.h. */
struct learning_signal {
    vec a, b;     /* b is 0 for rules without a baseline */
    vec da, db;   /* derivatives by the policy's logit */
    vec dda, ddb; /* and the second ones */
};
/* p: P(right); r, y, z of the trial. */
typedef struct learning_signal (*learning_signal_of)(vec p, vec r, vec y, vec z);

/* Offsets into theta of what textbook rules have, see textbook.h; SIZE_MAX: not there. */
struct textbook {
    size_t alpha, alpha_error, baseline, forgetting, perseverance, drift;
};

struct kernel_run {
    struct rule_shape shape;
    size_t n_inputs; /* K + INPUT_N */
    const struct tensors *tensors;
    const real *packed; /* what pack() wrote */
    struct textbook at;
    learning_signal_of signal; /* textbook rules */
};

struct kernel {
    const char *name;
    learning_signal_of signal; /* textbook rules only */
    /* Sizes for a shape: reals of packed parameters; vectors of state carried
     * from step to step; vectors kept per step for the way back; vectors of
     * deltas per step.  packed and delta NULL: one for each parameter. */
    size_t (*packed)(const struct rule_shape *shape, size_t n_inputs);
    size_t (*state)(const struct rule_shape *shape);
    size_t (*cache)(const struct rule_shape *shape, size_t n_inputs);
    size_t (*delta)(const struct rule_shape *shape, size_t n_inputs);
    void (*pack)(const struct kernel_run *run, const double *theta, real *packed);
    /* dw [K] and state_out [state] from a step and state_in; fills cache. */
    void (*forward)(const struct kernel_run *run, const struct step *step, const vec *state_in,
                    vec *state_out, vec *cache, vec *dw);
    /* Given g_dw [K] = d loss / d dw and g_state [state] = d loss / d state_out:
     * adds the path through dw to g_w [K], replaces g_state by d loss / d
     * state_in, fills delta. */
    void (*backward)(const struct kernel_run *run, const struct step *step, const vec *state_in,
                     const vec *cache, const vec *g_dw, vec *g_w, vec *g_state, vec *delta);
    /* Adds the parameters' gradient of `n` steps: u, state, cache, delta of the
     * first of them, each with its stride in vectors; gradient [tensors.size]. */
    void (*gather)(const struct kernel_run *run, size_t n, const vec *u, const vec *state,
                   const vec *cache, size_t cache_stride, const vec *delta, size_t delta_stride,
                   vec *gradient);
    /* NULL, or a step taken apart into what is the state's alone, the trial's alone
     * and the rest, for many trials after many states; see engine.batch_mean.  The parts
     * go beyond what the rest can bear: *far becomes true. */
    const struct batch_mean *batch_mean;
};

struct mlp;

struct batch_mean {
    size_t (*state)(const struct rule_shape *shape); /* vectors of a state's part */
    size_t (*trial)(const struct rule_shape *shape); /* reals of a trial's */
    void (*of_state)(const struct kernel_run *run, const vec *state, vec *part, bool *far);
    void (*of_trial)(const struct kernel_run *run, const vec *u, vec *part, bool *far);
    /* States after each of n trials, [state][stride]; low and high [state] become wide
     * enough for them. */
    void (*together)(const struct kernel_run *run, const vec *of_state, size_t n,
                     const real *of_trial, vec *after, size_t stride, vec *low, vec *high);
    /* What reads dw off the state; first in the packed parameters. */
    struct mlp (*network)(const struct rule_shape *shape);
};

#endif
