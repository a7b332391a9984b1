/* Jobs of one command that are reported as one: the runs of a cross-validation.  To verbs
 * and tiles a series is a group of jobs with a name, as fits are by group=. */
#ifndef SHELL_SERIES_H
#define SHELL_SERIES_H

#include "state.h"

struct series {
    const struct series_ops *ops;
    struct job_group group; /* its name is owned */
    bool told;              /* its end has been reported */
};

/* Each begins with a struct series. */
struct series_ops {
    /* Main thread, often: takes over what jobs have done. */
    void (*collect)(struct session *session, struct series *series);
    bool (*over)(const struct series *series);
    void (*progress)(const struct session *session, const struct series *series,
                     struct job_progress *out);
    void (*stop)(struct series *series); /* what is done is kept */
    /* "cv done: 140 runs, 2 failed"; false: it counts as a failure. */
    bool (*ended)(const struct series *series, struct strbuf *out);
    /* Its outcome, for whoever waited. */
    void (*result)(struct session *session, const struct series *series, struct output *out);
    /* Waits for jobs that run.  Frees it but for the name. */
    void (*free)(struct session *session, struct series *series);
};

/* Takes it over.  The name is copied. */
void series_add(struct session *session, struct series *series, const struct series_ops *ops,
                const char *name);
struct series *series_find(const struct session *session, const char *name); /* NULL: none */
struct series *series_of(const struct session *session, const struct job_group *group);
bool series_over(const struct series *series);
bool series_busy(const struct session *session); /* is any not over? */
void series_collect(struct session *session);
/* Drops those that are over and reported, or all. */
void series_reap(struct session *session, bool all);
/* Those named by the arguments (all of them for "all", or without arguments when none
 * else could be meant) are asked to stop; how many were.  The answer has them as `series`. */
extern const struct column series_stop_columns[];
size_t series_stop(struct session *session, const struct args *args, struct output *out);

#endif
