/* Fits: a model being trained in the background, or one that came from a file.
 *
 * The worker publishes {status, model snapshot} under a mutex and sends `wake`; it is read
 * only through the functions below.  All functions here are called from the main thread. */
#ifndef DELTAW_LEARN_FIT_H
#define DELTAW_LEARN_FIT_H

#include "deltaw/base/jobs.h"
#include "deltaw/learn/model.h"

enum fit_state {
    FIT_RUNNING,
    FIT_PAUSED,
    FIT_DONE,
    FIT_STOPPED,
    FIT_FAILED,
    FIT_OPENED,
    FIT_QUEUED, /* has not begun, or waits to go on */
};

struct fit_status {
    enum fit_state state;
    int epoch, epochs;
    double train, held_out; /* newest losses, NaN: none */
    double seconds;         /* worked so far */
    double seconds_per_epoch;
    double seconds_left; /* NaN: unknown */
    char reason[256];    /* FIT_FAILED: why, and what was kept */
};

struct fit;

/* optimizer=fast: passes that end about where 1000 epochs of Adam do; fewer the larger
 * the cohort, of which holdout= is not counted. */
int fit_minibatch_epochs(const struct fit_settings *settings, const struct cohort *cohort);

/* A job of the lane of fits, which begins when one of its places is free: until then it
 * costs its settings.  Holds the cohort; copies the settings.  group (NULL: none): it is
 * one of those, and waits behind fits of no group. */
struct fit *fit_start(const struct fit_settings *settings, const struct cohort *cohort,
                      const char *name, struct jobs *jobs, struct job_group *group,
                      struct err *err);
/* The whole fit now (pool=each: those of all animals, one after the other), in the thread of
 * a job of the caller's, whose stop, pause and share of threads hold for it.  Only choices with
 * scored [n_trials] are fitted; NULL: all.  Weights pass through the others.  NULL: it failed, or
 * was stopped (ERR_INTERRUPTED). */
struct model *fit_within(const struct fit_settings *settings, const struct cohort *cohort,
                         const uint8_t *scored, struct job *job, struct err *err);
/* pool=each: the cohort of one animal, to be fitted by these settings; NULL: it is held out, or
 * has no two trials.  The caller drops it. */
struct cohort *fit_alone(const struct fit_settings *settings, const struct cohort *cohort,
                         size_t animal);
struct fit_settings fit_alone_settings(const struct fit_settings *settings);
/* Such fits as one model. */
struct model *fit_together(const char *name, const struct cohort *cohort, size_t n,
                           struct model *const *members, struct err *err);
/* init=: the epoch of the file that the fit goes on from as if it had not stopped, -1: none.
 * Or why it begins anew from the file's parameters, NULL: it does not.  It goes on when
 * the file has the optimiser's state, and all settings but epochs= and the cohort are
 * those of the file.  The steps of optimizer=fast go by epochs=, which is the file's then too. */
int fit_went_on(const struct fit *fit);
const char *fit_began_anew(const struct fit *fit);
/* A fit that is over from the start: an opened file.  Takes the reference. */
struct fit *fit_opened(struct model *model);

/* An ensemble, there from the start: the job is its losses on the cohort that its members
 * were fitted to (NULL: unknown, and so are they).  Takes the reference. */
struct fit *fit_ensemble(struct model *ensemble, const struct cohort *cohort, struct jobs *jobs,
                         struct err *err);

const char *fit_name(const struct fit *fit);
const char *fit_state_name(enum fit_state state);
struct fit_status fit_status(struct fit *fit);
bool fit_active(struct fit *fit); /* queued, running or paused */
bool fit_paused(struct fit *fit); /* or is to be, once the epoch under way is through */
const struct rule *fit_rule(const struct fit *fit);
const struct job_group *fit_group(const struct fit *fit); /* NULL: none */
/* The newest snapshot, as a new reference; NULL: it has never begun. */
struct model *fit_model(struct fit *fit);
/* The cohort it is fitted to, NULL for an opened one; not a new reference. */
const struct cohort *fit_cohort(const struct fit *fit);
void fit_pause(struct fit *fit);
void fit_resume(struct fit *fit);
void fit_stop(struct fit *fit); /* keeps what was reached; returns at once */
/* Those that are queued first, that none of them begins in the place of one that ends. */
void fits_stop(struct fit *const *fits, size_t n);
/* What a fit that is over need not keep, since a sweep gives it again: the weights its
 * animals passed through.  Nothing where it is not over. */
void fit_slim(struct fit *fit);
void fit_close(struct fit *fit); /* stops, joins, frees */

/* Mean loss of `model` on a cohort, nats per scored trial; losses [n_animals]
 * sums and n_scored [n_animals] per animal, either may be NULL. */
double model_loss(const struct model *model, const struct cohort *cohort, double *losses,
                  size_t *n_scored);

/* `check gradient`: every tensor of `rule` against central differences in
 * double precision on a small cohort made from `seed`. */
struct gradient_row {
    char tensor[40];
    size_t size;
    double norm;    /* of the analytic gradient */
    double error;   /* largest |analytic - numeric| / largest |analytic| in the tensor */
    size_t n_signs; /* entries whose signs disagree and that are not tiny */
    size_t n_kinks; /* entries left out since a ReLU switches within the step */
    bool passed;
};
/* rows [RULE_MAX_TENSORS + 1]; false and err ERR_CHECK when one fails. */
bool fit_check_gradient(const struct rule *rule, const struct rule_shape *shape, uint64_t seed,
                        struct gradient_row *rows, size_t *n_rows, struct err *err);

#endif
