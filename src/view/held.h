/* Variables that a view holds at a value, by the names they have in commands: which of
 * them there are is known only with a model (a weight of its policy, a column of its
 * log), so that names are checked against one when there is one. */
#ifndef DELTAW_VIEW_HELD_H
#define DELTAW_VIEW_HELD_H

#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"

/* Rows of a view's options. */
#define HELD_OPTIONS                                                                              \
    {                                                                                             \
        "stimulus",                                                                               \
        OPTION_NUMBER,                                                                            \
        0,                                                                                        \
        0,                                                                                        \
        "visited",                                                                                \
        "visited",                                                                                \
        "fix the stimulus (right is positive)"},                                                  \
        {"choice", OPTION_NUMBER, 0, 1, "visited", "visited", "fix the choice: 0 left, 1 right"}, \
        {"reward", OPTION_NUMBER, 0, 1, "both", "both", "only error (0) or correct (1) trials"},  \
        {"side",                                                                                  \
         OPTION_NUMBER,                                                                           \
         0,                                                                                       \
         1,                                                                                       \
         "visited",                                                                               \
         "visited",                                                                               \
         "fix the side that pays: 0 left, 1 right"},                                              \
        {"day",                                                                                   \
         OPTION_NUMBER,                                                                           \
         0,                                                                                       \
         1,                                                                                       \
         "visited",                                                                               \
         "visited",                                                                               \
         "1: only first trials of a session, 0: all others"},                                     \
        {"w_NAME",                                                                                \
         OPTION_NUMBER,                                                                           \
         0,                                                                                       \
         0,                                                                                       \
         "visited",                                                                               \
         "visited",                                                                               \
         "fix a weight of the policy, as w_bias=0"},                                              \
    {                                                                                             \
        "NAME", OPTION_NUMBER, 0, 0, "visited", "visited",                                        \
            "fix a feature of the policy that is of the trial before or of a column of the log, " \
            "as prevchoice=1"                                                                     \
    }

/* Does the option hold a variable?  NULL: no. */
bool held_is(const struct option_row *row);
/* The fixed ones among the arguments; which numbers a variable may have is checked. */
bool held_take(const char *view, const struct args *args, const struct option_row *table,
               struct frozen *out, struct err *err);
double held_value(const struct frozen *held, const char *name); /* NaN: it is not held */
/* " · w_bias .5 · reward 1": weights first. */
void held_title(const struct frozen *held, struct strbuf *out);
/* Keys [ and ]: the bias weight, or the first other one not on an axis (NULL ends their
 * names), goes to free, -1, -.5, 0, ... */
void held_step(const char *view, const struct frozen *held, const struct policy *policy,
               const char *const *axes, bool up, struct strbuf *command);
/* All of them in terms of this model's policy. */
bool held_put(const char *view, const struct frozen *held, const struct model *model,
              const struct cohort *cohort, const struct option_row *table, struct fixed *out,
              struct err *err);
/* The same where there is no model yet: could a policy have them? */
bool held_possible(const char *view, const struct frozen *held, const struct cohort *cohort,
                   const struct option_row *table, struct err *err);
/* And such a variable for an axis. */
bool held_axis_possible(const char *view, const char *axis, const char *name,
                        const struct cohort *cohort, struct err *err);

#endif
