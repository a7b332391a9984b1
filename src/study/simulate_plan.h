/* What the arguments of `simulate` ask for.  Private to study. */
#ifndef DELTAW_SRC_STUDY_SIMULATE_PLAN_H
#define DELTAW_SRC_STUDY_SIMULATE_PLAN_H

#include "deltaw/base/option.h"
#include "truth.h"
#include "deltaw/base/rng.h"
#include "deltaw/data/cohort.h"
#include "deltaw/study/simulate.h"

/* --- task_stimuli.c: what the animals are shown */

enum world_kind { WORLD_IBL, WORLD_GRID, WORLD_CUES };

struct world {
    enum world_kind kind;
    size_t distractors; /* streams of N(0,1) that nothing depends on */
    uint64_t seed;
};

/* Columns of the log beside stimulus and answer: of cues cue_left, cue_right,
 * context, gated_left, gated_right; then d1, d2, ... */
enum { WORLD_MOST_COLUMNS = 5 + TRUTH_DISTRACTORS };
size_t task_columns(const struct world *world);
void task_column_name(const struct world *world, size_t column, char name[POLICY_NAME]);

/* Draws of one animal.  Streams are named by (seed, purpose, animal, which), so
 * that animal i and stream j are the same however many there are. */
struct world_stream {
    struct rng stimuli, distractor[TRUTH_DISTRACTORS];
};
void task_begin(const struct world *world, size_t animal, struct world_stream *stream);
/* Next stimulus and the side that pays; columns [task_columns]. */
void task_next(const struct world *world, struct world_stream *stream, struct cohort_trial *trial,
               float *columns);

struct plan {
    struct world world;
    struct truth truth; /* who is simulated; the caller frees */
    struct truth_layout layout;
    size_t column[POLICY_MAX]; /* of FEATURE_COLUMN: which of the world's */
};

bool simulate_plan_rule(const char *rule, const struct args *args, const char *command,
                        struct plan *plan, struct err *err);
bool simulate_plan_model(const struct model *model, const struct args *args, const char *command,
                         struct plan *plan, struct err *err);

/* The agents of a rule: a group for each of the rates joined by '/'.  settings: the
 * rule's, with what its options say of its shape; needs the world. */
bool simulate_plan_agents(const struct rule *rule, const struct fit_settings *settings,
                          const struct args *args, struct plan *plan, struct err *err);

#endif
