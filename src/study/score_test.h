/* Score tests of the residuals of a model.  Private to study. */
#ifndef STUDY_SCORE_TEST_H
#define STUDY_SCORE_TEST_H

#include "deltaw/learn/model.h"

/* Of every trial of the cohort, [n]; those that are not scored have slope and variance 0. */
struct residuals {
    const struct model *model;
    const struct cohort *cohort;
    size_t n, n_scored, n_weights;
    float *w;         /* [n][K] before the trial */
    double *x;        /* [n][K] features */
    double *p;        /* P(right) */
    double *residual; /* choice - p */
    double *variance; /* p (1 - p) */
    double *slope;    /* d log P(choice) / d logit = residual x slope */
};
void residuals_compute(const struct model *model, const struct cohort *cohort,
                       struct residuals *out);
void residuals_free(struct residuals *residuals);

/* Directions in which the logit may move: a column of n numbers each, known before the choice
 * of the trial. */
struct directions {
    size_t n, trials;
    float **column; /* [n] owned */
};
float *directions_add(struct directions *directions, size_t trials);
void directions_free(struct directions *directions);

/* What the fitted parameters move, to be projected out. */
struct score_base {
    const struct residuals *residuals;
    const struct directions *fitted;
    double *root;  /* [m][m] Cholesky root of their information, 0 in rows of dependent ones */
    double *score; /* [m] */
};
void score_base_new(const struct residuals *residuals, const struct directions *fitted,
                    struct score_base *out);
void score_base_free(struct score_base *base);

struct score_result {
    size_t df;
    double chi2;
    double z;    /* as a one-sided standard normal deviation */
    double step; /* of a single direction: how far the logit is to move along it */
};
void score_test(const struct score_base *base, const struct directions *tested,
                struct score_result *out);
/* The deviation that a chi-square of df corresponds to (Wilson & Hilferty 1931, PNAS
 * 17:684). */
double score_deviation(double chi2, double df);

#endif
