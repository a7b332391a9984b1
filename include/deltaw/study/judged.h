/* How a model predicts the choices of each animal: trial by trial, not only their sum. */
#ifndef DELTAW_STUDY_JUDGED_H
#define DELTAW_STUDY_JUDGED_H

#include "deltaw/learn/model.h"

enum { JUDGED_STRETCHES = 20 };

/* A model that understands an animal never scores this far below chance: nats per trial. */
static const double judged_far_below = .25;

struct judged {
    size_t n; /* scored trials */
    /* log-likelihood, nats, and scored trials of as many stretches of its history, equally long */
    double sum[JUDGED_STRETCHES];
    size_t trials[JUDGED_STRETCHES];
    size_t correct[JUDGED_STRETCHES]; /* choices that had P > 1/2 */
};

/* out [n_animals].  As in model_loss, an animal's first trial is not scored, and of a part
 * of a log animals are followed from their first trials. */
void judged_compute(const struct model *model, const struct cohort *cohort, struct judged *out);

/* Leaves only the second half of the stretches. */
void judged_second(struct judged *judged);
size_t judged_correct(const struct judged *judged); /* of all its trials */

/* Half the width of the 95 % interval of a minus b per trial of one animal: Student's, of
 * the means of stretches, which are nearly independent (batch means, Law 1977,
 * Nav Res Log 24:667).  NaN: too few trials. */
double judged_margin(const struct judged *a, const struct judged *b);

/* How many equal weights would leave as much to chance: (sum w)^2 / sum w^2 (Kish 1965,
 * Survey Sampling).  NaN: all are 0. */
double judged_effective(size_t n, const double *weights);

#endif
