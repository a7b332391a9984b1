/* Comparing two models on the same trials: the difference of their log-likelihoods per
 * trial in each animal, and whether its mean over animals is above zero.  Animals, not
 * trials, are the sample, so n is the number of animals. */
#ifndef DELTAW_STUDY_PAIRED_H
#define DELTAW_STUDY_PAIRED_H

#include <stddef.h>
#include <stdint.h>

struct paired {
    size_t n;           /* animals: those with a finite difference */
    double difference;  /* mean */
    double low, high;   /* 95 %: percentiles of the means of 10,000 samples of animals drawn
                          * with replacement (Efron 1979, Ann Stat 7:1); NaN below 2 animals */
    double t;           /* mean / (standard deviation / sqrt(n)) */
    double p_one_sided; /* Student's t: that the mean is not above zero */
    double p_two_sided;
    double p_wilcoxon;  /* signed ranks, two-sided, differences of 0 left out, ties at mean
                          * ranks; exact over all signs up to 100 animals, else normal
                          * (Wilcoxon 1945, Biometrics Bull 1:80) */
    double p_holm;      /* p_two_sided corrected for all comparisons, paired_holm */
    size_t wins;        /* animals above zero */
    double n_effective; /* (sum d)^2 / sum d^2: n where all animals differ alike, 1 where one
                         * makes up the mean */
};

/* d [n]; NaN is left out. */
void paired_compute(size_t n, const double *d, uint64_t seed, struct paired *out);
/* Sets p_holm of n comparisons made together (Holm 1979, Scand J Stat 6:65). */
void paired_holm(size_t n, struct paired *comparisons);

#endif
