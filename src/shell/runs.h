/* Runs of a study in the background, each a job: those of a cross-validation, of a table of
 * recovery.  To verbs and tiles they are one series. */
#ifndef SHELL_RUNS_H
#define SHELL_RUNS_H

#include "series.h"

/* What a study is to its runs; `study` is what runs_start was given. */
struct runs_ops {
    const char *name;   /* of the series, "cv" */
    size_t result_size; /* of what a run leaves, all zero at first */
    /* In the thread of the job.  False: it was stopped. */
    bool (*run)(const void *study, size_t run, struct job *job, void *result);
    /* Main thread, of a run that was not stopped: takes the result over. */
    void (*take)(struct session *session, void *study, size_t run, void *result);
    bool (*append)(void *study, size_t run, struct err *err); /* to its file, if it has one */
    bool (*done)(const void *study, size_t run);
    bool (*failed)(const void *study, size_t run);
    void (*clear)(void *result);
    void (*show)(struct session *session, struct output *out); /* what came of it */
    void (*release)(void *study);
};

/* Those of the runs [from, to) that are not done are sent; *sent: how many.  Takes the study
 * over, also where it fails. */
bool runs_start(struct session *session, const struct runs_ops *ops, void *study, size_t from,
                size_t to, size_t *sent, struct err *err);

#endif
