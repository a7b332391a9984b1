/* A fit's worker: runs one rollout after the other and takes an optimiser step
 * after each.  Shared by fit.c (the main thread's side) and trainer.c. */
#ifndef LEARN_TRAINER_H
#define LEARN_TRAINER_H

#include <stdatomic.h>

#include "deltaw/learn/fit.h"

struct fit {
    char *name;
    struct fit_settings settings;
    struct cohort *cohort; /* NULL: opened from a file */
    struct model *start;   /* from init=, until the worker has taken it over */
    const struct wake *wake;
    pthread_t thread;
    bool threaded;
    atomic_bool stop; /* polled in the rollout */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool pause;                /* wanted */
    struct fit_status status;  /* published */
    struct model *model;       /* published */
};

struct trainer;

/* Everything the worker needs, before its thread starts; train [n_animals]. */
struct trainer *trainer_new(struct fit *fit, const struct rule *rule, const bool *train);
void trainer_free(struct trainer *t);
/* The model at the start, so that views have one from the first moment on. */
struct model *trainer_model(struct trainer *t);
/* The thread; frees its argument. */
void *trainer_run(void *trainer);

#endif
