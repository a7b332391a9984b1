/* Ensembles: several models as one.  P(right) is the mean over members, each of which
 * rolls weights of its own; weights and updates are means over members, each of which has
 * followed its own trajectory (averages of a bootstrap: Breiman 1996, Machine Learning 24:123).
 *
 * Where every member was fitted to a sample of animals drawn with replacement, from a seed
 * of its own, the members tell how far another cohort and another start would have led:
 * 90 % intervals are mean +- t quantile of n - 1 degrees of freedom x standard deviation
 * over members (Efron 1979, Ann Stat 7:1; why the seed must change too, and how often
 * such intervals hold the truth, is in doc/science).  Members that differ in their seeds
 * alone show a spread: no interval.
 *
 * pool=each: every member was fitted to one animal alone, and is asked about that animal
 * alone; of animals that no member was fitted to all are asked.  Updates are means over
 * members, and their spread is that over animals. */
#ifndef DELTAW_LEARN_ENSEMBLE_H
#define DELTAW_LEARN_ENSEMBLE_H

#include "deltaw/learn/model.h"

enum { ENSEMBLE_MOST = 100, ENSEMBLE_LEAST = 4, ENSEMBLE_ANIMALS = 10000 };

struct ensemble {
    size_t n;
    struct model **member;   /* [n] references; never ensembles */
    size_t left_out;         /* that were fitted with them and stayed on the plateau */
    enum interval_kind kind; /* INTERVAL_BOOTSTRAP or INTERVAL_SPREAD */
    bool each;               /* member i knows its one animal */
    struct rule rule;        /* of the model: flags as members have them */
    /* private */
    struct ensemble_memory *memory;
    int references; /* atomic */
};

/* Takes references of its own.  Members have the same policy, cohort and held-out animals
 * and are at least 2; else an error that names the first that differs. */
struct model *ensemble_new(const char *name, size_t n, struct model *const *members,
                           struct err *err);
/* One of pool=each: of models that were fitted to one animal each.  Animals of `of` that have
 * no member are held out. */
struct ensemble_of {
    size_t n;
    char **animals; /* [n] names */
    uint64_t digest;
    const char *cohort, *chain; /* as in struct model; NULL: unknown */
};
struct model *ensemble_of_animals(const char *name, size_t n, struct model *const *members,
                                  const struct ensemble_of *of, struct err *err);
/* Which member an animal is asked of; n: all of them. */
size_t ensemble_asked(const struct ensemble *ensemble, const char *animal);
/* Which of the models fitted for an ensemble are to be its members: where some are still on
 * the plateau (see model_on_plateau) those that are not, if they are ENSEMBLE_LEAST or more
 * and at least half; else all.  Members go to the front, in their order; returns how many. */
size_t ensemble_trained(size_t n, struct model **models);
/* The same with these losses of it on its cohort; the epoch of its history is n. */
struct model *ensemble_scored(const struct model *model, double train, double held_out);
/* P(right) of a trial, the mean over members.  The first call for a cohort sweeps all of
 * it.  Any thread. */
double ensemble_right(const struct model *model, const struct cohort *cohort, size_t trial);
/* Members that are still on the plateau, see model_on_plateau. */
size_t ensemble_on_plateau(const struct ensemble *ensemble);

struct ensemble *ensemble_hold(struct ensemble *ensemble); /* NULL is fine */
void ensemble_drop(struct ensemble *ensemble);             /* NULL is fine */

#endif
