/* What the arguments of `simulate` ask for.  Private to study. */
#ifndef DELTAW_SRC_STUDY_SIMULATE_PLAN_H
#define DELTAW_SRC_STUDY_SIMULATE_PLAN_H

#include "deltaw/base/option.h"
#include "truth.h"
#include "world.h"

struct plan {
    struct world world;
    struct truth truth; /* who is simulated; the caller frees */
    struct truth_layout layout;
    size_t column[POLICY_MAX];            /* of FEATURE_COLUMN: which of the world's */
    bool noisy[TRUTH_GROUPS][POLICY_MAX]; /* weights that learn; fixed ones have no noise,
                                            * unless all are fixed */
};

bool plan_rule(const char *rule, const struct args *args, const char *command, struct plan *plan,
               struct err *err);
bool plan_model(const struct model *model, const struct args *args, const char *command,
                struct plan *plan, struct err *err);

/* The agents of a rule: a group for each of the rates joined by '/'.  settings: the
 * rule's, with what its options say of its shape; needs the world. */
bool plan_agents(const struct rule *rule, const struct fit_settings *settings,
                 const struct args *args, struct plan *plan, struct err *err);

#endif
