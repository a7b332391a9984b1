/* The accuracy view: what accuracy.c (options, computing, drawing, keys) and
 * accuracy_words.c share. */
#ifndef DELTAW_VIEW_ACCURACY_H
#define DELTAW_VIEW_ACCURACY_H

#include "deltaw/study/behaviour.h"
#include "deltaw/view/view.h"
#include "pace.h"
#include "source.h"

struct accuracy_state {
    long bin; /* 0: chosen here */
    char *asked, *model;
    /* of the newest job */
    const struct cohort *wanted_cohort; /* only compared */
    size_t wanted_bin;
    struct source wanted;
    bool expects, stale;
    /* of the picture */
    long animal; /* -1: none singled out */
    struct cohort *cohort;
    struct learning_curve curve; /* of cohort */
    double *x;                   /* [n_bins] trials at the middle of the bins */
    struct source source;        /* the expectation's model, if any */
    struct pace pace;
    double *expected, *low, *high; /* [n_bins], NULL: none; 90 % interval of expected */
};

void accuracy_describe(const void *state, struct strbuf *out);
void accuracy_table(const void *state, struct table *out);
void accuracy_fields(const void *state, struct strbuf *object);
extern const struct answer_row accuracy_answer[];

#endif
