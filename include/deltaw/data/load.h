/* Reading logs: CSV, plain or gzip, native or any columns by mapping.
 *
 * Column names match without regard to case, blanks, underscores, dots, dashes.
 * Rows of an animal may be spread over the file and over several files; they
 * are put together in order of (date, session) if dates are there and written
 * year first, else of appearance, and within a session by trial number when each
 * number is there once, else in file order.  What was decided is told in
 * report.mapping and report.sides. */
#ifndef DELTAW_DATA_LOAD_H
#define DELTAW_DATA_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"
#include "deltaw/data/cohort.h"

/* TANH5: doc/science, coding of stimuli; auto: so for files as the IBL keeps them, else
 * raw. */
enum load_contrast { LOAD_CONTRAST_AUTO, LOAD_CONTRAST_RAW, LOAD_CONTRAST_TANH5 };
enum load_scale { LOAD_SCALE_NONE, LOAD_SCALE_LOG2 };
enum load_dates { LOAD_DATES_AUTO, LOAD_DATES_YMD, LOAD_DATES_DMY, LOAD_DATES_MDY };
enum load_missing { LOAD_MISSING_DROP, LOAD_MISSING_HALF };
/* DROP: a trial that is left out never happened.  GAP: the next one has no past that is
 * known (cohort.gap). */
enum load_missed { LOAD_MISSED_DROP, LOAD_MISSED_GAP };

struct load_options {
    size_t n_paths;
    const char *const *paths;
    const char *format; /* a row of formats.def; NULL or "auto": by the file's first bytes */
    enum load_contrast contrast;
    enum load_missing missing_reward;
    enum load_missed missed;
    /* Column names chosen by the user, NULL: found by known names; "none" leaves out what
     * a log can do without.  stimulus, choice, reward and answer may go on with what values
     * mean: "COLUMN:VALUE=MEANING,..."; see code_map_read in src/data/codes.h. */
    const char *subject, *session, *trial, *date, *stimulus, *left, *right, *choice, *reward,
        *answer;
    /* The stimulus as used: (s - center) / divide, or log2(s / center); 0: not said. */
    enum load_scale scale;
    double center, divide;
    bool flip_stimulus, flip_choice;
    enum load_dates dates; /* which of year, month and day is first */
    bool strict;           /* a session of an archive that cannot be read refuses the load */
    bool growing;          /* a last line of text without its end is being written: no row yet */
    bool keep_copies;      /* sessions found twice are taken twice */
    const char *names;     /* "{subject}_{date}_{session}.csv": parts of files' names */
    /* Text files. */
    bool no_header;      /* columns are named 1, 2, ... */
    size_t skip;         /* lines before the header */
    const char *comment; /* lines that begin with this are not rows; NULL: #, before the header */
    char separator;      /* 0: found; ' ': runs of blanks */
    char decimal, thousands; /* 0: point, none */
    const char *name;        /* as=NAME; NULL: the file's name */
    const char *said; /* files and options as they were typed, for messages; NULL: no one typed */
    const atomic_bool *cancel; /* may be NULL; polled; gives ERR_INTERRUPTED */
    atomic_int *permille;      /* may be NULL; progress 0 .. 1000 */
};

/* The kinds of files, for options: "auto|csv", and the endings of their names. */
extern const char source_formats[], source_endings[];

/* All or nothing: on failure *out is untouched and err names file:line. */
bool cohort_load(const struct load_options *options, struct cohort **out, struct err *err);

/* Native log (.csv, or gzip when the name ends in .gz), written atomically;
 * columns subject,session,trial,stimulus,choice,reward,answer, after_gap (0 or 1) where
 * there are gaps, and the extra ones by name.  The truth of a simulated cohort goes to
 * PATH.truth.json, which cohort_load reads back when it is there. */
bool cohort_save(const struct cohort *cohort, const char *path, struct err *err);

#endif
