/* Learning rules: what the user can fit.  The list is src/learn/rules.def; a
 * rule is one file in src/learn/rules and one row there. */
#ifndef DELTAW_LEARN_RULE_H
#define DELTAW_LEARN_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/option.h"
#include "deltaw/learn/interval.h"
#include "deltaw/learn/policy.h"

/* What a rule sees of a trial besides the weights, in this order (doc/science, the
 * model); the input vector is [w (K), these]. */
enum rule_input {
    INPUT_STIMULUS,
    INPUT_ONE,
    INPUT_DAY,
    INPUT_CHOICE,
    INPUT_REWARD,
    INPUT_SIDE, /* [s > 0] */
    INPUT_N,
};

/* Past trials in the inputs (lags=k) bring these each, newest lag first; zero
 * before an animal's first trial. */
enum rule_past_input { PAST_STIMULUS, PAST_CHOICE, PAST_REWARD, PAST_N };

enum network_order { ORDER_GRU_MLP, ORDER_MLP_GRU };
enum alpha_kind { ALPHA_EACH, ALPHA_SHARED };
enum baseline_kind { BASELINE_FREE, BASELINE_NONNEG };

enum remainder_kind { REMAINDER_SMOOTH, REMAINDER_NONE };

/* Fixed at a value, or a parameter, the last one. */
struct share {
    double value;
    bool fitted;
};

/* What defines a rule besides its name; the rows SHAPE, BOTH and PARAMETER of
 * settings.def. */
struct rule_shape {
    size_t n_weights; /* K, of the policy */
    size_t hidden, layers;
    size_t lags;              /* past trials in the inputs; dnn */
    size_t window;            /* S of the trace rule; 0: 10 */
    enum network_order order; /* rnn */
    enum alpha_kind alpha;    /* a learning rate per weight, or one for all */
    bool alpha_error;         /* alpha after correct, alpha_error after errors */
    bool forgetting;          /* dw_k -= forgetting_k w_k */
    bool perseverance;        /* dw_k += perseverance_k f(y) x_k, f(y) = 2 y - 1 */
    bool drift;               /* weights also move by themselves, see src/learn/drift.h */
    enum baseline_kind baseline;
    unsigned terms;                /* gp: bits 1 << enum gp_term, see gp.h */
    enum remainder_kind remainder; /* gp */
    size_t basis;                  /* gp: points of each choice and outcome; 0: 10 */
    struct share gain;             /* each animal's factor on its updates, see gains.h: the
                                    * spread of its logarithm, 0: no factors */
    struct share lapse;            /* P(right) = lapse / 2 + (1 - lapse) sigmoid(w.x) */
};

/* Width of the input vector: weights, the trial, past trials. */
static inline size_t rule_inputs(const struct rule_shape *shape)
{
    return shape->n_weights + INPUT_N + PAST_N * shape->lags;
}

static inline bool rule_gains(const struct rule_shape *shape)
{
    return shape->gain.fitted || shape->gain.value > 0;
}

/* What an animal starts from: its weights, then, where there are gains, the logarithm of
 * its own. */
static inline size_t rule_starts(const struct rule_shape *shape)
{
    return shape->n_weights + rule_gains(shape);
}

enum { RULE_MAX_TENSORS = 32 };

/* One named view into the flat parameter vector. */
struct tensor {
    char name[40]; /* PyTorch state-dict name, "dnn.0.weight" */
    size_t offset, rows, cols, size;
    size_t n_dimensions; /* 1: [rows], 2: [rows][cols] */
};

struct tensors {
    size_t n, size; /* size: of the whole vector */
    struct tensor item[RULE_MAX_TENSORS];
};

struct rule {
    const char *name;     /* "dnn" */
    const char *summary;  /* one line */
    const char *equation; /* "dw = scale * MLP(w, s, 1, day, y, r, side)" */
    const char *source;   /* where the formula is from */
    bool network;         /* parameters are float32, trained by Adam */
    bool memory;          /* has a state beside the weights */
    bool no_start;        /* w_0 plays no role */
    bool no_weights;      /* predicts choices without a policy's weights: no maps */
    bool mean;            /* of other models, see ensemble.h */
    bool each;            /* of these each animal has one of its own */
    bool posterior;       /* fitted with a posterior of its own, see gp.h */
    bool no_updates;      /* weights are read off an animal's choices: there is no rule in it */
    /* Names and shapes for a shape; initial values for a seed.  Call these two
     * through rule_layout and rule_init. */
    void (*layout)(const struct rule_shape *shape, struct tensors *out);
    void (*init)(const struct rule_shape *shape, const struct tensors *tensors, unsigned long seed,
                 double *theta);
    /* Posterior intervals of updates, called through model_interval; NULL: it has none. */
    bool (*interval)(const struct model *model, const struct interval_request *request,
                     double *mean, double *lower, double *upper);
};

/* The rule's layout and init, and what any rule may have besides (lapse). */
void rule_layout(const struct rule *rule, const struct rule_shape *shape, struct tensors *out);
void rule_init(const struct rule *rule, const struct rule_shape *shape,
               const struct tensors *tensors, unsigned long seed, double *theta);

/* Has it a few parameters with names of their own, which agents can be given? */
bool rule_is_textbook(const struct rule *rule);
/* Has it a state beside the weights? */
bool rule_remembers(const struct rule *rule, const struct rule_shape *shape);

const struct rule *rule_find(const char *name); /* NULL: unknown */
const struct rule *rule_at(size_t i);           /* NULL after the last */

#endif
