/* Pairs of models on the open cohort, or of rules of a file of cv, as `compare` looks at them. */
#ifndef SHELL_COMPARING_H
#define SHELL_COMPARING_H

#include "deltaw/study/comparison.h"
#include "deltaw/study/cv.h"
#include "scores.h"

struct comparing_pair {
    size_t a, b; /* among the names */
    struct paired paired;
};

struct compare {
    struct scores scores;
    struct cv *cv; /* NULL: models */
    size_t size;   /* of the cv: the one with most data */
    uint64_t seed;
    bool held_out; /* only animals that no model was trained on */
    size_t n_names;
    const char **names; /* [n_names] of what is compared */
    char *against;      /* one of them, or "best"; NULL: every pair */
    size_t n;           /* pairs */
    struct comparing_pair *pair;
    bool *counts;             /* [n_animals] takes part */
    struct comparison *found; /* for the session */
};

/* False: `against` is none of the names. */
bool comparing_check(const struct compare *c, struct err *err);
/* Fills n, pair and found, of what is filled in so far. */
void comparing_pairs(struct compare *c);
/* Animals that a pair is compared without, as one of the two has no score on them. */
size_t comparing_lost(const struct compare *c, size_t i, size_t j);
/* The log evidence, nats; NaN: of models without one, and of results in a file. */
double comparing_evidence(const struct compare *c, size_t i);

/* Are names so long that the table has their numbers, from 1, which are to be explained? */
bool comparing_numbered(const struct compare *c);

extern const struct column comparing_columns[];
/* A row per pair; a row per animal with a column per name. */
void comparing_table(const struct compare *c, struct table *out);
void comparing_animals(const struct compare *c, struct table *out);

#endif
