/* A cohort: the trials of several animals, one after another, as columns. Immutable once
 * made and reference-counted, so that fits can keep reading it while the session loads
 * another.  Trials without a choice are never in it; what was dropped and why is in
 * `report`.
 *
 * Sides: choice 0 = left, 1 = right; stimulus negative = left, positive = right. */
#ifndef DELTAW_DATA_COHORT_H
#define DELTAW_DATA_COHORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"

struct animal {
    char *name;
    size_t first, count; /* its trials: [first, first + count) */
    size_t n_sessions;
};

/* Any further numeric column of the log, kept by name. */
struct cohort_column {
    char *name;
    float *values; /* [n_trials], NaN where the log was empty */
};

struct load_report {
    size_t n_rows;       /* data rows read */
    size_t n_no_choice;  /* dropped: no-go, or choice empty */
    size_t n_no_reward;  /* reward unknown: dropped, or kept at one half */
    bool reward_half;    /* true: kept at one half */
    char *mapping;       /* "subject=mouse_id  stimulus=contrast_right-contrast_left ..." */
    char *sides;         /* "choice 1 = right, 2 = left" */
    char *notes;         /* oddities, a sentence a line; "" for none */
    bool answer_unknown; /* no correct side is known: `answer` is what was rewarded */
};

/* Trials from `first` on, to that of the next stretch, were rows of this file. */
struct cohort_stretch {
    size_t first;
    uint32_t file; /* index into files */
};

struct cohort {
    char *name;   /* short, for headers: "mice.csv.gz" */
    char *source; /* the path(s) or the command it came from */
    char *chain;  /* what was left out since: "keep session<=2; trials 1..500"; "" for nothing */
    size_t n_animals, n_trials;
    struct animal *animals; /* [n_animals] */
    /* columns, [n_trials] */
    float *stimulus;
    uint8_t *choice;
    float *reward;    /* 0, 1, or 0.5 where unknown and kept */
    uint8_t *answer;  /* correct side z: 0 left, 1 right */
    int32_t *session; /* index into session_names */
    int32_t *trial;   /* number in the log, else 1, 2, ... within the session */
    uint8_t *gap;     /* 1: trials before this one were left out, so its past is not known */
    uint32_t *row;    /* its line or row in the file, 0: of none; NULL: no trial is of a file */
    size_t n_files, n_stretches;
    char **files;                     /* [n_files] */
    struct cohort_stretch *stretches; /* [n_stretches] in order; none: of no file */
    size_t n_session_names;
    char **session_names;
    size_t n_columns;
    struct cohort_column *columns; /* [n_columns] */
    char *truth;                   /* JSON text of the simulation's settings, NULL for real data */
    struct load_report report;
    struct cohort *unrewarded; /* trials left out as their reward is unknown; NULL: none */
    size_t *unrewarded_at;     /* [unrewarded->n_trials] so many of all trials are before it */
    uint64_t digest;           /* of everything a fit sees: FNV-1a over the columns */
    /* Of a part of a log: the log, and where the part's trials are in it, [n_trials]; NULL:
     * it is no part. */
    struct cohort *whole;
    uint32_t *place;
    struct cohort_memo *memo; /* see memo.h */
    int references;           /* atomic; use cohort_hold / cohort_drop */
};

/* day_t of doc/science, the model: the first trial of each session but the animal's first. */
bool cohort_day(const struct cohort *cohort, const struct animal *animal, size_t trial);
/* Up to `most` trials before this one that an animal's past holds: back to its first trial
 * or to a gap. */
size_t cohort_past(const struct cohort *cohort, const struct animal *animal, size_t trial,
                   size_t most);
/* How many trials come after a gap. */
size_t cohort_gaps(const struct cohort *cohort);
/* The file that the trial was read from, NULL: none. */
const char *cohort_file(const struct cohort *cohort, size_t trial);
/* The trial's line or row there; 0: it is of none. */
uint32_t cohort_row(const struct cohort *cohort, size_t trial);
/* "FILE:ROW" of the trial, as `load` names rows; "" of no file. */
void cohort_place(const struct cohort *cohort, size_t trial, struct strbuf *out);
/* Index of the animal with this name, or -1. */
long cohort_animal(const struct cohort *cohort, const char *name);
/* A digest carried on over the name and the values of a column. */
uint64_t cohort_digest_column(uint64_t digest, const struct cohort_column *column, size_t n_trials);
const struct cohort_column *cohort_column(const struct cohort *cohort, const char *name);

struct cohort *cohort_hold(const struct cohort *cohort); /* a new reference */
void cohort_drop(struct cohort *cohort);                 /* NULL is fine */

/* Building one: trials of an animal must come together and in order. */
struct cohort_builder;
struct cohort_trial {
    float stimulus, reward;
    uint8_t choice, answer;
    bool gap; /* means nothing on an animal's first trial */
    int32_t trial;
    uint32_t row;
};
/* The trial as it is there, for another cohort; extra [n_columns]: what its columns are. */
struct cohort_trial cohort_trial_at(const struct cohort *cohort, size_t trial, float *extra);
struct cohort_builder *cohort_builder_new(void);
void cohort_builder_columns(struct cohort_builder *b, size_t n, const char *const *names);
void cohort_builder_animal(struct cohort_builder *b, const char *name);
void cohort_builder_session(struct cohort_builder *b, const char *name);
void cohort_builder_file(struct cohort_builder *b, const char *path); /* of the trials to come */
/* extra: [n columns] or NULL */
void cohort_builder_trial(struct cohort_builder *b, const struct cohort_trial *trial,
                          const float *extra);
/* Consumes the builder.  Computes the digest. */
struct cohort *cohort_builder_finish(struct cohort_builder *b, const char *name,
                                     const char *source);
void cohort_builder_free(struct cohort_builder *b);

#endif
