/* The parts of gp.h that its files share: sums over a cohort, modes, the grid. */
#ifndef LEARN_GP_INSIDE_H
#define LEARN_GP_INSIDE_H

#include "deltaw/base/team.h"

#include "blas.h"
#include "gp_roll.h"

/* --- shapes (gp_shape.c) */

/* Fills in `at` and the counts; the fields above `at` and fit_* are the caller's.  smooth:
 * which weights have a remainder; basis NULL: none. */
void gp_shape_set(struct gp_shape *shape, unsigned terms);
/* theta's remainder over plain kernels: mix [GP_CELLS][K][wide]. */
void gp_mix(const struct gp_shape *shape, const double *theta, double *mix);
/* The same for all of a point: what rolls it. */
struct gp_shape gp_point_shape(const struct gp *gp, const struct gp_point *point);

/* --- inducing points (gp_basis.c) */

/* From visited inputs: w [n_trials][K] of the fitted animals; scales: length scales of the
 * inputs, then of the weights. */
struct gp_basis *gp_basis_new(const struct gp_data *data, const float *w, const double *scales,
                              size_t n);
struct gp_basis *gp_basis_hold(struct gp_basis *basis);
void gp_basis_drop(struct gp_basis *basis); /* NULL is fine */

/* --- sums over animals (gp_sum.c) */

/* The fitted animals, in blocks that follow from the data alone, so that sums are the same
 * for any number of threads. */
enum { GP_MOST_BLOCKS = 32 };
struct gp_cohort {
    const struct gp_data *data;
    size_t n;                /* fitted animals */
    size_t *animal;          /* [n] */
    size_t n_blocks, *block; /* [n_blocks + 1] where in `animal` a block begins */
    size_t n_scored;
    double x_size[GP_WEIGHTS]; /* largest |x_k| */
};
void gp_cohort_set(struct gp_cohort *cohort, const struct gp_data *data);
void gp_cohort_clear(struct gp_cohort *cohort);
/* Trials of an animal that are in the likelihood. */
size_t gp_data_scored(const struct gp_data *data, size_t animal);

/* Where the log-likelihood is summed up, with its derivatives. */
struct gp_sums {
    size_t n, k; /* shared parameters; those of an animal's own, gp_own */
    double log_likelihood;
    double *gradient; /* [n] */
    double *fisher;   /* [n][n] lower triangle */
    double *score;    /* [fitted animals][n + k] gradient of each */
    double *own;      /* [fitted animals][k][n + k] lower rows of its Fisher information */
};
void gp_sums_set(struct gp_sums *sums, const struct gp_shape *shape, size_t n_animals);
void gp_sums_clear(struct gp_sums *sums);
/* Of a shape whose weights all have a remainder (or none has), for one of the same terms where
 * some of them have none. */
void gp_sums_take(const struct gp_sums *from, const struct gp_shape *whole,
                  const struct gp_shape *shape, size_t n_animals, struct gp_sums *to);

/* theta [n], w0 [fitted animals][gp_starts].  derivatives: all of the sums, else the
 * log-likelihood alone.  team NULL: on this thread. */
void gp_sum(const struct gp_cohort *cohort, const struct gp_shape *shape, const double *theta,
            const double *w0, bool derivatives, struct team *team, struct gp_sums *sums);
/* w [n_trials][K] of the fitted animals, 0 of others. */
void gp_trajectories(const struct gp_cohort *cohort, const struct gp_shape *shape,
                     const double *theta, const double *w0, float *w);

/* --- the mode (gp_mode.c) */

struct gp_prior {
    double *precision;            /* [n] */
    double *mean;                 /* [n] */
    double own_precision[GP_OWN]; /* of an animal's own */
};

struct gp_mode {
    size_t starts, from;  /* gp_starts, gp_own_from */
    double *theta, *w0;   /* [n], [fitted animals][starts]; in: where to start, out: the mode */
    struct gp_sums sums;  /* at it */
    bool summed;          /* they are known: in, those of the start */
    bool quick;           /* its last step need not be summed anew */
    double log_posterior; /* log-likelihood + log prior, up to constants */
    double log_evidence;
    double *factor; /* [n][n] lower: of the posterior precision, start weights out */
    double *own;    /* [fitted animals][k][n]: M_aa^-1 M_as where start weights are estimated */
    double *own_covariance; /* [fitted animals][k][k]: M_aa^-1 */
    int steps;
};
/* Room for a mode of this shape; all zero. */
void gp_mode_set(struct gp_mode *mode, const struct gp_shape *shape, size_t n_animals);
void gp_mode_clear(struct gp_mode *mode);

/* Told of each step; false: stop. */
typedef bool (*gp_told)(void *context, const struct gp_mode *mode);

/* From mode->theta, mode->w0 to the next mode of the posterior.  A quick one is as by a normal
 * posterior where that is within .05 nats: of its sums the log-likelihood and the gradient are the
 * mode's, all else is from just before.  False: stopped, or no finite log-likelihood at the
 * start. */
bool gp_mode_find(const struct gp_cohort *cohort, const struct gp_shape *shape,
                  const struct gp_prior *prior, struct team *team, gp_told told, void *context,
                  struct gp_mode *mode);
/* What follows of sums at a point: factor, own, log_posterior, log_evidence; extra: damping
 * of the diagonal.  False: not positive. */
bool gp_mode_factor(const struct gp_cohort *cohort, const struct gp_prior *prior, double damping,
                    struct gp_mode *mode);

/* The evidence of its mode, were the posterior normal about a point with sums; factors it.
 * -INFINITY: not positive. */
double gp_mode_promise(const struct gp_cohort *cohort, const struct gp_prior *prior,
                       struct gp_mode *mode);
/* The evidence of a plane through a point with sums, were the posterior normal on it: `normal` [n]
 * is orthogonal to it, of size 1 by the inverse of the precision at the mode.  -INFINITY: not
 * positive. */
double gp_mode_across(const struct gp_cohort *cohort, const struct gp_prior *prior,
                      const double *normal, struct gp_mode *mode);
/* See struct gp. */
void gp_mode_scatter(const struct gp_cohort *cohort, const struct gp_prior *prior,
                     const struct gp_mode *mode, double *scatter, double *z);

/* Covariance of the shared parameters by the sandwich over animals, at a factored mode
 * with sums: (M^-1) (B + Lambda) (M^-1), B the scatter of the animals' scores (White 1982);
 * start weights are profiled out.  out [n][n] */
void gp_mode_robust(const struct gp_cohort *cohort, const struct gp_prior *prior,
                    const struct gp_mode *mode, double *out);

/* --- the grid (gp_grid.c) */

#define GP_ABSENT     .001 /* prior of a term that is not there over its wide one */
#define GP_LAPSE      .02  /* mean of its prior, and first guess */
#define GP_LEAST_GAIN .01  /* spread of gains where none is found */

/* A term's small prior over its wide one. */
static inline double gp_small(enum gp_term term, bool gains)
{
    return term < GP_FORGETTING && !gains ? .2 : .1;
}

/* Terms, the sizes of their priors, and decays: a rule without remainder. */
struct gp_variant {
    unsigned terms;
    struct gp_sizes sizes;
    size_t n_decays;
    double decay[GP_DECAYS], average;
    double log_prior;
    struct gp_shape shape;
    struct gp_mode mode;
    bool found;
};

/* Do they differ in the sizes of priors alone? */
static inline bool gp_one_family(const struct gp_variant *a, const struct gp_variant *b)
{
    return a->n_decays == b->n_decays && a->average == b->average;
}

struct gp_search {
    struct gp_cohort cohort;
    struct gp_options options;
    const struct gp_watch *watch;
    struct team *team;
    double w0_sd[GP_WEIGHTS], gain_sd;
    size_t n_variants; /* [0] has all terms but traces */
    struct gp_variant *variant;
    struct gp *out;
};

/* Prior of a shape's parameters; sigma [K]. */
void gp_prior_set(const struct gp_search *s, const struct gp_shape *shape, struct gp_sizes sizes,
                  const double *sigma, struct gp_prior *prior);
void gp_prior_clear(struct gp_prior *prior);
bool gp_go_on(const struct gp_search *s);
/* Precisions of an animal's own parameters. */
void gp_own_precision(const struct gp_shape *shape, const double *w0_sd, double gain_sd,
                      double *precision);
/* gp_textbook.c: the best mode of all starts. */
void gp_find_full(struct gp_search *s, struct gp_variant *variant);
/* The mode of a variant of the same shape, with the sums that are known there. */
void gp_mode_at(const struct gp_search *s, const struct gp_variant *from, struct gp_mode *mode);
/* gp_spread.c: s->gain_sd and what is said of it in out; full is at its mode then. */
void gp_gain_spread(struct gp_search *s, struct gp_variant *full);
/* The modes of all variants that may count.  False: stopped. */
bool gp_textbooks(struct gp_search *s);
/* Fills in what is said of the textbook mode in out: scatter and missing memory. */
void gp_misfit(struct gp_search *s, const struct gp_variant *full);
/* Fills out->points and what follows of them; false: stopped. */
bool gp_grid(struct gp_search *s);
/* gp_basis.c: of a length scale in natural units, about a variant's trajectories. */
struct gp_basis *gp_basis_of(const struct gp_search *s, const struct gp_variant *m, double scale);
/* gp_skew.c: mean, covariances and evidence of points at their modes where posteriors are skewed;
 * without a remainder, and of rules whose animals have nothing for themselves. */
void gp_skew(const struct gp_search *s, struct gp_point **point, size_t n);
/* Takes what a point keeps of a mode. */
struct gp_point gp_point_of(const struct gp_search *s, const struct gp_variant *variant,
                            const struct gp_shape *shape, const struct gp_prior *prior,
                            const struct gp_mode *mode);
void gp_point_clear(struct gp_point *point);

/* --- small linear algebra (gp_algebra.c) */

/* b [n] or [rows][n]: L b' = b for each row, and L' b' = b. */
void gp_solve_lower(size_t n, const double *l, double *b);
void gp_solve_upper(size_t n, const double *l, double *b);
/* Lower Cholesky factor [n][n] -> the inverse of the matrix, whole. */
void gp_invert_factor(size_t n, double *l);
double gp_log_determinant(size_t n, const double *l); /* of L L' */

#endif
