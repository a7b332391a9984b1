/* Settings of a fit: settings.def has a row for each, struct fit_settings its value.
 * Reading, writing, defaults and which rules take one follow from the rows alone. */
#ifndef DELTAW_LEARN_SETTINGS_H
#define DELTAW_LEARN_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/base/option.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/learn/policy.h"
#include "deltaw/learn/rule.h"

/* In the order of the words of w0=; numbers last. */
enum w0_kind {
    W0_ZERO,
    W0_PSYCHOMETRIC, /* from the first 100 trials of each animal, then trained */
    W0_PSYCHOMETRIC_FIXED,
    W0_TRUTH, /* the columns true_w_... of a simulated cohort */
    W0_VALUE,
};

struct w0 {
    enum w0_kind kind;
    double value[POLICY_MAX]; /* W0_VALUE: one per weight */
};

/* Values that a parameter is held at instead of fitted. */
struct held_at {
    size_t n; /* 0: it is fitted; 1: the same for every weight; else one per weight */
    double value[POLICY_MAX];
};

enum optimizer { OPTIMIZER_ADAM, OPTIMIZER_FAST };
enum pool { POOL_ALL, POOL_EACH };

struct model;

/* What the user asked for; texts are owned.  Those a rule does not take are at their
 * defaults. */
struct fit_settings {
    char rule[32];
    struct policy policy;
    struct rule_shape shape; /* its n_weights is the policy's n */
    struct w0 w0;
    bool sigma_day; /* randomwalk: steps between sessions have a size of their own */
    struct {
        struct held_at alpha, alpha_error, forgetting, perseverance, drift, baseline;
    } held;
    int epochs;
    double rate, decay; /* Adam step; factor every 5 epochs */
    size_t truncation;  /* trials */
    size_t batch;       /* animals per step, 0: all */
    double ridge;       /* added to the loss: ridge / 2 times the sum of squared weights of
                         * the networks (no biases, no scale); 0: none */
    enum optimizer optimizer;
    enum pool pool; /* each: a fit for every animal alone, see ensemble.h */
    char *holdout;  /* "DAP014,DAP059", NULL: none */
    uint64_t seed;
    uint64_t bootstrap; /* seed of a sample of the training animals drawn with replacement;
                         * 0: each once */
    bool coarse;        /* for its loss alone: one start, to 1e-7 of it, and no standard errors */
    char *start;        /* name of the model whose rule a network begins as, NULL: none */
    struct model *teacher; /* that model, a reference; NULL: none, or known no more */
    struct model *begun;   /* what init= holds, a reference; NULL: read when the fit starts */
    char *init;            /* path of an .npz to start from, NULL: random */
    int threads;           /* 0: all */
};

/* How a value is stored at its offset. */
enum setting_store {
    SETTING_COUNT,  /* size_t */
    SETTING_INT,    /* int */
    SETTING_REAL,   /* double */
    SETTING_YES,    /* bool */
    SETTING_WORD,   /* enum: index into the option's words */
    SETTING_SHARE,  /* struct share */
    SETTING_SEED,   /* uint64_t */
    SETTING_TEXT,   /* char *, NULL: none */
    SETTING_POLICY, /* struct policy, and the weights of the shape */
    SETTING_W0,     /* struct w0 */
    SETTING_TERMS,  /* unsigned: bits of enum gp_term */
};

/* Which rules take it.  No row names a rule: flags and tensors of the rule tell. */
enum setting_taken {
    TAKEN_BY_ALL,
    TAKEN_BY_NETWORKS,
    TAKEN_BY_TRACE,     /* textbook rules with a memory */
    TAKEN_BY_INPUTS,    /* as BY_LAYOUT, but for rules that remember by themselves */
    TAKEN_BY_LAYOUT,    /* it changes which tensors the rule has */
    TAKEN_WITH_TENSOR,  /* the rule has the row's tensor */
    TAKEN_WITH_WEIGHTS, /* of a policy */
    TAKEN_WITHOUT_POSTERIOR,
    TAKEN_BY_RULE_NETWORKS, /* of updates, not of choices */
    TAKEN_WITH_START,       /* w_0 plays a role */
    TAKEN_WITH_UPDATES,     /* there is a rule in it */
    TAKEN_WITHOUT_UPDATES,  /* there is none */
    TAKEN_BY_LEARNERS,      /* networks of updates, textbook rules with a rate, gp */
};

struct setting {
    struct option_row option; /* of `fit` */
    enum setting_store store;
    size_t offset; /* in struct fit_settings */
    enum setting_taken taken;
    const char *why;             /* a rule does not take it: "it has no alpha" */
    const char *without_weights; /* the default of rules without a policy, NULL: the option's */
    const char *old_key;         /* in files of older versions: a bool whose true is the second
                                  * word (of w0: fixed; of lapse: fit); several: "a|b" */
    bool quiet;                  /* shown only when it is not at its default */
    bool adam_only;              /* optimizer=fast has no use for it */
    bool when_going_on;          /* a fit that goes on may have another */
    bool unsaved;                /* not in the file */
    /* of the parameter it is about */
    const char *tensor; /* "alpha_error", NULL: none */
    bool term;          /* where it is yes a tensor [K] of its own: a term of dw that any
                            * textbook rule that learns may have, see textbook.h */
    bool rate;          /* dw is proportional to it, or to it and the other rates */
    size_t held;        /* offset of its struct held_at; 0: it is always fitted */
    double start;       /* value before the fit */
    double low, high;   /* the fit stays within; both 0: -50 to 50 */
    bool logarithm;     /* fitted as its logarithm */
};

/* By place (NULL after the last), name, or the tensor it is about (NULL: none). */
const struct setting *setting_at(size_t i);
const struct setting *setting_find(const char *name);
const struct setting *setting_of_tensor(const char *tensor);

/* NULL: the rule takes it; else why not, "it has no alpha". */
const char *setting_refused(const struct setting *setting, const struct rule *rule);

/* The same of an argument about it: the error points there and names the rules that do. */
bool setting_applies(const struct setting *setting, const struct rule *rule, const struct arg *arg,
                     const char *verb, struct err *err);

/* Is it part of struct rule_shape, or the policy? */
bool setting_shapes(const struct setting *setting);
/* Of a term: does the shape have it? */
bool setting_yes(const struct setting *setting, const struct rule_shape *shape);

/* The values that the tensor is held at; NULL: it is fitted. */
const struct held_at *setting_held(const char *tensor, const struct fit_settings *s);
double setting_held_value(const struct held_at *held, size_t i);
/* How many of the parameters are fitted. */
size_t settings_fitted(const struct fit_settings *s, const struct tensors *tensors);

/* The value as it is written in a command; "" where there is none. */
void setting_text(const struct setting *setting, const struct fit_settings *s, struct strbuf *out);
/* From such a text; ranges are the option's to check.  w0= needs the policy. */
bool setting_set(const struct setting *setting, const char *text, struct fit_settings *s,
                 struct err *err);
bool setting_same(const struct setting *setting, const struct fit_settings *a,
                  const struct fit_settings *b);

/* The policy, which the shape counts the weights of. */
bool fit_settings_policy(struct fit_settings *s, const char *text, struct err *err);

/* Those of `fit dnn`. */
void fit_settings_default(struct fit_settings *settings);
struct fit_settings fit_settings_copy(const struct fit_settings *settings);
void fit_settings_free(struct fit_settings *settings);

#endif
