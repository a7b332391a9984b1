/* A fit's worker: evaluates losses and gradients and hands them to an optimiser, which
 * takes the steps.  Shared by fit.c (the main thread's side) and trainer.c. */
#ifndef LEARN_TRAINER_H
#define LEARN_TRAINER_H

#include <stdatomic.h>

#include "checkpoint.h"
#include "deltaw/learn/fit.h"

struct fit {
    char *name;
    struct fit_settings settings;
    struct cohort *cohort; /* NULL: opened from a file */
    struct model *start;   /* from init=; NULL: none */
    bool goes_on;          /* it goes on where that one stopped */
    char anew[80];         /* else why it does not: "rate= is another" */
    const struct rule *rule;
    const struct wake *wake;
    struct job job, *at;     /* at: the job it is done in, its own or a caller's */
    const uint8_t *scored;   /* [n_trials] of the cohort; NULL: all */
    bool quiet;              /* nothing is shown until it is over */
    struct trainer *trainer; /* of one that begins at once; NULL: the job makes it */

    pthread_mutex_t lock;
    struct fit_status status;    /* published */
    struct model *model;         /* published; NULL: not begun */
    struct snapshots *snapshots; /* NULL: none yet */
    size_t snapshot_bytes;       /* that they may take */
};

/* The worker's own; nobody else reads it. */
struct trainer {
    struct fit *fit;
    const struct rule *rule;
    const struct rule_shape *shape; /* of the settings */
    struct tensors tensors;
    struct trials *trials;
    struct rollout *rollout;
    int threads;
    size_t n_animals, n_weights; /* animals of the cohort, then those drawn again */
    size_t n_own;                /* of the cohort */
    bool *train;                 /* [n_animals] */
    bool *held_out;              /* [n_animals] scored apart; bootstrap= leaves some that are
                                  * neither */
    double *theta;               /* [n_all]: parameters, then trained w0 of all animals, gains */
    size_t n_all;
    double *best;        /* [n_all] what is kept: theta at the last good epoch */
    double *gradient;    /* [n_all] */
    double *w0;          /* [n_animals][K] start weights when they are not trained */
    double *starts;      /* [n_animals][rule_starts] where there are gains, else NULL */
    struct gains *gains; /* as in struct model; NULL: not known yet */
    double *errors;      /* [tensors.size] standard errors, NULL: none */
    double *covariance;  /* as in struct model */
    struct gp *gp;       /* as in struct model */
    struct randomwalk_set *randomwalk; /* likewise */
    bool train_w0;
    double n_train, n_heldout; /* scored trials */
    size_t n_history, history_room;
    size_t n_kept; /* of the history, to where `best` is from */
    struct epoch_loss *history;
    struct visited *visited;
    double before, published, visited_at; /* before: seconds of work that it goes on from */
    struct checkpoint *checkpoint;        /* of `best`; NULL: none */
    bool again;                 /* the next evaluation repeats the newest of the history */
    double textbook, distilled; /* as in struct model */
    struct err why;             /* of fit_posterior and fit_randomwalk */
    bool finished;              /* the optimiser reached its end */
};

/* Is there the memory that the fit will take?  Else ERR_FAILED with what would take less. */
bool trainer_check_memory(const struct fit_settings *settings, const struct rule *rule,
                          const struct cohort *cohort, const bool *train, struct err *err);
/* In the thread of its job: there may have been more when it was asked for, and other fits have
 * begun since.  Makes t->rollout; one fit after the other, that each sees what is left.  False:
 * t->why says so. */
bool trainer_take_memory(struct trainer *t);
/* Everything the worker needs; train [n_animals]. */
struct trainer *trainer_new(struct fit *fit, const struct rule *rule, const bool *train);
void trainer_free(struct trainer *t);
/* The model at the start, so that views have one from the first moment on. */
struct model *trainer_model(struct trainer *t);
/* In the thread of its job; frees its argument. */
void trainer_run(struct trainer *t);

/* For the optimisers. */

/* Waits while paused; false: stop. */
bool trainer_may_go_on(struct trainer *t);
/* One rollout at theta: adds to the history as this epoch, fills gradient [n_all]
 * of the mean training loss; the last one always with the weights passed through.
 * False when stopped half-way. */
bool trainer_evaluate(struct trainer *t, int epoch, bool gradient, bool last);
/* Threads for the next pass; 0: all. */
int trainer_threads(const struct trainer *t);
double trainer_worked(const struct trainer *t); /* seconds, also of what it goes on from */
/* Adds an animal's value to the sum of those that are trained on, or that are held out. */
void trainer_add_scored(const struct trainer *t, size_t animal, double value, double *train,
                        double *held_out);
/* Start weights and gains at theta, [n_animals][rule_starts]. */
const double *trainer_w0(const struct trainer *t);
/* Moves parameters that have bounds back within them after a step. */
void trainer_bound(struct trainer *t);
/* batch=: how many there are; the gradient of one of them, at theta. */
size_t trainer_batches(const struct trainer *t);
bool trainer_batch(struct trainer *t, size_t batch);
/* Adds the gradient of ridge= at theta; trainer_evaluate and trainer_batch have done so. */
void trainer_penalty(const struct trainer *t, double *gradient);
/* For what needs no rollout: room for the weights passed through, [n_trials][K] of zeros;
 * and an epoch with its losses, which is what is kept. */
float *trainer_visited(struct trainer *t, int epoch);
void trainer_tell(struct trainer *t, int epoch, double train);
/* An epoch that is no better than what is kept, and is told with its losses. */
void trainer_repeat(struct trainer *t, int epoch);
/* NULL, or what is wrong with the epoch just evaluated. */
const char *trainer_trouble(const struct trainer *t, bool gradient);
/* theta is what is kept from now on; it is shown when it is time.  Before it the optimiser
 * takes a checkpoint. */
void trainer_keep(struct trainer *t);
/* The first epoch of the fit: 0, or what it goes on from, which is evaluated again. */
int trainer_first(const struct trainer *t);

/* bootstrap.c: as many training animals as there are, with replacement.  Those drawn again
 * come after the cohort's, and those not drawn are rolled but not trained on.  Sets n_animals,
 * train and held_out; returns which animal each is, the caller frees. */
size_t *trainer_draw(struct trainer *t, const bool *train);
/* Those of a cohort of n, and those that are drawn again. */
size_t trainer_animals(const struct fit_settings *settings, size_t n, const bool *train);
/* Entries of theta. */
size_t trainer_size(const struct fit_settings *settings, size_t tensors, size_t n_animals);

/* snapshots.c: theta is the state after the newest epoch of the history. */
void trainer_snapshot(struct trainer *t);

/* The optimisers: until done, stopped (NULL) or in trouble (why).  fit_adam and
 * fit_minibatch (optimizer=fast, many small steps a pass) are for networks; fit_mle, for
 * rules of a few parameters, is a bounded quasi-Newton search from several starts, with
 * standard errors. */
const char *fit_adam(struct trainer *t);
const char *fit_minibatch(struct trainer *t);
/* Passes of fast where epochs= does not say; train [n_animals]. */
int minibatch_epochs(const struct fit_settings *settings, const struct cohort *cohort,
                     const bool *train);
const char *fit_mle(struct trainer *t);
/* fit_gp.c: rules with a posterior. */
const char *fit_posterior(struct trainer *t);
/* fit_randomwalk.c: weights without a rule, each animal by itself. */
const char *fit_randomwalk(struct trainer *t);

/* fit_each.c: what fit_within does for pool=each. */
struct model *fit_each(const struct fit_settings *settings, const struct cohort *cohort,
                       const uint8_t *scored, struct job *job, struct err *err);

#endif
