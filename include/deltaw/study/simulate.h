/* Simulated cohorts: agents of a known rule, or of a fitted model, in closed loop.  The
 * truth travels with the cohort: settings as JSON in cohort->truth, see truth.h, and the
 * weights before every trial in columns named true_ before the weight, as true_w_stim.
 * Animal i is called simNNN, NNN = i + 1. */
#ifndef DELTAW_STUDY_SIMULATE_H
#define DELTAW_STUDY_SIMULATE_H

#include <stdatomic.h>

#include "deltaw/base/option.h"
#include "deltaw/study/truth.h"

/* The rows of `simulate`'s named arguments. */
extern const struct option_row simulate_options[];

/* Rules that agents can have without a fit: name, NULL after the last; and all of them
 * with commas between. */
const char *simulate_rule_at(size_t i);
void simulate_rules(struct strbuf *out);
bool simulate_takes(const struct rule *rule, const char *option);

/* args: checked against simulate_options; rule is the positional word.  The
 * same seed gives the same bits.  *cancel and *permille may be NULL. */
bool simulate_run(const char *rule, const struct args *args, const char *command,
                  const atomic_bool *cancel, atomic_int *permille, struct cohort **out,
                  struct err *err);

/* Would it be done, as far as arguments and memory go?  more: bytes that the caller needs for
 * each trial beside. */
bool simulate_check(const char *rule, const struct args *args, double more, struct err *err);

/* Agents that learn as the fitted model does: its weights, updates, hidden state
 * and lapses, its own choices and their rewards fed back.  They start where the
 * fitted animals did, in turn, unless w0= or bias0= says otherwise.  A model
 * without weights (tinyrnn) leaves no columns of them. */
bool simulate_model(const struct model *model, const struct args *args, const char *command,
                    const atomic_bool *cancel, atomic_int *permille, struct cohort **out,
                    struct err *err);

#endif
