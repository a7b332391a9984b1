/* What `compare` found, as it is kept for the picture of it: for each pair the difference of
 * every animal. */
#ifndef DELTAW_STUDY_COMPARISON_H
#define DELTAW_STUDY_COMPARISON_H

#include "deltaw/base/table.h"
#include "deltaw/study/paired.h"

struct compared {
    char *animal;
    double difference; /* a minus b, nats per scored trial */
    double low, high;  /* 95 % over stretches of its trials; NaN: not known */
};

struct comparison_pair {
    char *a, *b;
    struct paired paired;
    size_t n;                 /* animals with a difference */
    struct compared *animals; /* [n], the least first */
};

struct comparison {
    size_t n;
    struct comparison_pair *pairs; /* [n] */
};

struct comparison *comparison_new(size_t n_pairs);
/* One of its pairs.  animals [n], d [n] (NaN: left out), margin [n] half an interval or NULL. */
void comparison_set(struct comparison *c, size_t pair, const char *a, const char *b,
                    const struct paired *paired, size_t n, const char *const *animals,
                    const double *d, const double *margin);
void comparison_free(struct comparison *c); /* NULL is fine */

/* A row per animal of a pair. */
extern const struct column comparison_columns[];
void comparison_table(const struct comparison_pair *pair, struct table *out);

#endif
