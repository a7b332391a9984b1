/* What the arguments of `simulate` ask for.  Private to study. */
#ifndef DELTAW_SRC_STUDY_SIMULATE_PLAN_H
#define DELTAW_SRC_STUDY_SIMULATE_PLAN_H

#include "truth.h"
#include "world.h"

struct plan {
    struct world world;
    struct truth truth; /* of a network: all but the update */
    struct truth_layout layout;
    const struct model *model; /* NULL: the agents follow the truth */
    size_t column[POLICY_MAX]; /* of FEATURE_COLUMN: which of the world's */
};

bool plan_rule(const char *rule, const struct args *args, const char *command, struct plan *plan,
               struct err *err);
bool plan_model(const struct model *model, const struct args *args, const char *command,
                struct plan *plan, struct err *err);

/* alpha, alpha_error, groups, baseline, forgetting; needs the policy and the world. */
bool plan_rates(const struct args *args, struct plan *plan, struct err *err);
/* Does weight k of an animal with this truth learn, and is therefore noisy?  Fixed
 * ones drift by their noise alone. */
bool plan_learns(const struct plan *plan, const struct truth *truth, size_t k);

#endif
