/* Ground-truth agents: cohorts made by a known rule (doc/science, textbook rules) or
 * by a fitted model in closed loop.  The truth travels with the cohort: settings as
 * JSON in cohort->truth, the weights of every trial in columns named true_
 * before the weight, as true_w_stim.  Animal i is called simNNN, NNN = i + 1. */
#ifndef DELTAW_STUDY_SIMULATE_H
#define DELTAW_STUDY_SIMULATE_H

#include <stdatomic.h>
#include <stdint.h>

#include "deltaw/base/option.h"
#include "deltaw/data/cohort.h"
#include "deltaw/learn/model.h"

/* The rows of `simulate`'s named arguments. */
extern const struct option_row simulate_options[];

/* Rules that agents can have, NULL-terminated. */
extern const char *const simulate_rules[];

/* From the weighted stimuli to P(right); the rule learns with p = sigmoid(w.x)
 * all the same. */
enum decision {
    DECISION_GLM,            /* sigmoid(w.x) */
    DECISION_LAPSE,          /* lapse / 2 + (1 - lapse) sigmoid(w.x) */
    DECISION_TEMPERATURE,    /* sigmoid(w.x / temperature) */
    DECISION_MULTIPLICATIVE, /* sigmoid(w.x), x = [c x_left, (1 - c) x_right] */
};

enum { TRUTH_GROUPS = 8, TRUTH_WINDOW = 1000, TRUTH_DISTRACTORS = 100 };

/* Learning rates; alpha_error is what holds after errors. */
struct truth_rates {
    double alpha[POLICY_MAX], alpha_error[POLICY_MAX]; /* per weight */
    unsigned share; /* animals of this group in each round of them */
};

/* What made a cohort, read back from cohort->truth. */
struct truth {
    char rule[32]; /* "reinforce" */
    struct policy policy;
    double alpha[POLICY_MAX];    /* per weight; of a mixture: the mean over its animals */
    double baseline[POLICY_MAX]; /* per weight */
    double noise;                /* sd of N(0, sd^2) added to learning weights each trial */
    char stimuli[16];            /* "ibl", "grid" or "cues" */
    uint64_t seed;
    bool split;                     /* alpha_error holds after errors, else alpha does */
    double alpha_error[POLICY_MAX]; /* as alpha */
    double forgetting[POLICY_MAX];  /* dw_k -= forgetting_k w_k */
    size_t window;                  /* S of the trace rule; 0 elsewhere */
    enum decision decision;
    double lapse, temperature; /* of these two decisions, else 0 */
    size_t distractors;        /* columns d1, d2, ... that nothing depends on */
    size_t n_groups;           /* of a mixture, else 0 */
    struct truth_rates group[TRUTH_GROUPS];
};

/* False: the cohort has no truth, one this version does not know, or one that is
 * a fitted network, whose updates are not kept (err says which).  A fitted
 * textbook rule reads back as that rule. */
bool truth_read(const struct cohort *cohort, struct truth *out, struct err *err);

/* The true update: dw [K] from w [K], x [K], choice, reward, answer; of a rule
 * with a memory the update after no past at all, of a mixture the mean over its
 * animals.  A forgetting or static rule's too. */
void truth_update(const struct truth *truth, const double *w, const double *x, int choice,
                  double reward, int answer, double *dw);

/* The truth of one animal: of a mixture its group's, told by its name. */
void truth_of_animal(const struct truth *truth, const struct cohort *cohort, size_t animal,
                     struct truth *out);

/* What a rule with a memory keeps of one animal's past; empty at first, and of
 * other rules always. */
struct truth_memory;
bool truth_remembers(const struct truth *truth);
struct truth_memory *truth_memory_new(const struct truth *truth);
void truth_memory_reset(struct truth_memory *memory);
void truth_memory_copy(struct truth_memory *to, const struct truth_memory *from); /* same truth */
void truth_memory_free(struct truth_memory *memory);
/* One trial: as truth_update with the past in `memory`, which moves on. */
void truth_step(const struct truth *truth, struct truth_memory *memory, const double *w,
                const double *x, int choice, double reward, int answer, double *dw);

/* args: checked against simulate_options; rule is the positional word.  The
 * same seed gives the same bits.  *cancel and *permille may be NULL. */
bool simulate_run(const char *rule, const struct args *args, const char *command,
                  const atomic_bool *cancel, atomic_int *permille, struct cohort **out,
                  struct err *err);

/* Agents that learn as the fitted model does: its weights, updates, hidden state
 * and lapses, its own choices and their rewards fed back.  They start where the
 * fitted animals did, in turn, unless w0= or bias0= says otherwise.  A model
 * without weights (tinyrnn) leaves no columns of them. */
bool simulate_model(const struct model *model, const struct args *args, const char *command,
                    const atomic_bool *cancel, atomic_int *permille, struct cohort **out,
                    struct err *err);

#endif
