/* keep, drop and trials: parts of the open cohort become the open one. */
#ifndef SHELL_FILTERS_H
#define SHELL_FILTERS_H

#include "deltaw/data/filter.h"
#include "state.h"

/* The words of the command, joined again, are the condition. */
bool filter_start(struct session *session, const struct args *args, bool keep, struct err *err);
/* Trials first .. last of every animal, last 0: to the end. */
bool filter_trials(struct session *session, size_t first, size_t last, struct err *err);

extern const struct answer_row filter_answer[];

#endif
