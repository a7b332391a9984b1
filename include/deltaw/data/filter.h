/* Parts of a cohort, as new cohorts.  For every model, what is left out never happened:
 * weights go on from the trial before what was left out.  Only the gaps that a log's missed
 * trials left (cohort.gap) stay gaps, whichever trials between are taken out.
 *
 * A condition compares columns with values, joined by "and":
 *     stimulus<0 and reward=1        session<=10        subject=DAP007,DAP014
 * Columns: subject, session, trial, stimulus, choice, reward, answer and any
 * column kept by name, without regard to case, blanks, _ . and -.  Comparisons:
 * = != < <= > >=; after = and != several values may stand, separated by commas.
 * A value may be a range, 1..10, 5.. or ..-.25, with its ends in it; names of animals and
 * sessions may be patterns with * and ?.  A number for session counts the animal's
 * sessions from 1; any other word is a session's name.  choice and answer may be left and
 * right.  Where a kept column is empty no comparison holds but that with `missing`. */
#ifndef DELTAW_DATA_FILTER_H
#define DELTAW_DATA_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"
#include "deltaw/data/cohort.h"

/* keep: the trials the condition holds for; else the others.  The report, the
 * truth and the kept columns go along; the chain says what was done.  Refuses a
 * condition it cannot read (err->column: byte in `condition`, from 1) and one
 * that leaves no trial. */
bool cohort_filter(const struct cohort *cohort, const char *condition, bool keep,
                   struct cohort **out, struct err *err);
/* Trials first .. last of every animal, counted from 1; last 0: to the end. */
bool cohort_trials(const struct cohort *cohort, size_t first, size_t last, struct cohort **out,
                   struct err *err);
/* The first most[a] trials of each animal a; 0: it is left out.  most [n_animals] */
bool cohort_heads(const struct cohort *cohort, const size_t *most, struct cohort **out,
                  struct err *err);

/* Either of them. */
struct cohort_step {
    char *condition; /* NULL: trials first .. last */
    bool keep;
    size_t first, last;
};
bool cohort_take_step(const struct cohort *cohort, const struct cohort_step *step,
                      struct cohort **out, struct err *err);

#endif
