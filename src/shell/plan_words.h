/* What commands that plan many fits take from their words: rules with options, lists of
 * seeds, parts. */
#ifndef SHELL_PLAN_WORDS_H
#define SHELL_PLAN_WORDS_H

#include "deltaw/study/cv.h"
#include "state.h"

/* "10,30,100": whole numbers from `least` on, each once; none where it is not given and has no
 * default.  Caller frees *out. */
bool plan_words_list(const char *verb, const struct args *args, const struct option_row *table,
                     const char *name, uint64_t least, uint64_t **out, size_t *n, struct err *err);
/* "dnn", or "dnn lags=2", as the next of n rules, which differ: into rules[n], to be freed
 * also on failure.  It goes with the cohort; NULL: with whatever it will meet. */
bool plan_words_rule(const struct session *session, const char *verb, const struct arg *arg,
                     const struct cohort *cohort, struct cv_rule *rules, size_t n, struct err *err);
/* shard=i/n: of how many parts which, from 1; 1/1 where it is not given. */
bool plan_words_shard(const char *verb, const struct args *args, const struct option_row *table,
                      size_t *i, size_t *n, struct err *err);

#endif
