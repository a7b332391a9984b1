/* A study: many runs by one plan, each of which fits and then scores or measures.  A
 * cross-validation is one, and a table of recovery.  What all of them have is here: parts of
 * their runs, files of their results, results that are joined.
 *
 * Files are JSON lines: in the first the plan, then a line for each run that is done.  A line
 * is written by one call to the end of the file, so that whoever is killed leaves whole lines
 * and at most one torn one, which is dropped by the next program that goes on. */
#ifndef DELTAW_STUDY_STUDY_H
#define DELTAW_STUDY_STUDY_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"

struct cohort;
struct job;
struct json_t;

/* Each begins with a struct study. */
struct study {
    const struct study_kind *kind;
    size_t n_runs, n_done;
};

enum study_state { STUDY_TO_DO, STUDY_DONE, STUDY_FAILED }; /* failed: done, and told why */

/* What one kind does in its own way. */
struct study_kind {
    const char *name;   /* of its verb: "cv" */
    size_t result_size; /* of what a run leaves, all zero at first */
    /* In the thread of `job`.  False: it was stopped.  cohort: what the plan is of, NULL for
     * one that simulates its own. */
    bool (*run)(const struct study *study, const struct cohort *cohort, size_t run, struct job *job,
                void *result);
    /* Takes the result over. */
    void (*put)(struct study *study, const struct cohort *cohort, size_t run, void *result);
    void (*clear)(void *result);
    enum study_state (*state)(const struct study *study, size_t run);
    void (*free)(struct study *study);

    void (*write_plan)(const struct study *study, struct json_t *line);
    struct study *(*read_plan)(const struct json_t *line); /* NULL: it is none of this kind */
    /* Do they go together: the same plan, data and version?  Else err names what differs. */
    bool (*same)(const struct study *ours, const struct study *other, struct err *err);
    void (*write_run)(const struct study *study, size_t run, struct json_t *line);
    bool (*read_run)(struct study *study, const struct json_t *line); /* false: of another plan */
    /* Of a run that is done in both, by two programs: are the results the same? */
    bool (*agree)(const struct study *a, const struct study *b, size_t run, struct err *err);
};

extern const struct study_kind cv_kind, recover_kind;

void study_free(struct study *study); /* NULL is fine */
/* Of part i of n, from 1: runs [*from, *to). */
void study_part(const struct study *study, size_t i, size_t n, size_t *from, size_t *to);
/* The results of `from` that `to` lacks.  Refuses other plans, and results of one run that
 * differ. */
bool study_join(struct study *to, const struct study *from, struct err *err);
/* Another with the same results, for another thread; it cannot be run. */
struct study *study_copy(const struct study *study);

/* --- files ------------------------------------------------------------------- */

struct study_file;
/* Makes the file, or takes over the runs that are in it: those become results.  Refuses one of
 * another plan or other data, and one that another program writes to. */
struct study_file *study_open(const char *path, struct study *study, struct err *err);
/* One line, written whole. */
bool study_append(struct study_file *file, const struct study *study, size_t run, struct err *err);
void study_close(struct study_file *file); /* NULL is fine */
/* What is in a file, whoever writes to it.  kind: which it must be of, NULL: any. */
bool study_read(const char *path, const struct study_kind *kind, struct study **out,
                struct err *err);
/* All results in the order of runs, the file whole or not at all. */
bool study_write(const struct study *study, const char *path, struct err *err);
/* Plans as JSON texts, ours first.  Else err names the first part that differs. */
bool study_texts_same(const char *ours, const char *other, struct err *err);

#endif
