/* A cohort as gp.h takes it.  Private to learn. */
#ifndef LEARN_GP_DATA_H
#define LEARN_GP_DATA_H

#include "deltaw/learn/engine.h"
#include "deltaw/learn/fit.h"
#include "deltaw/learn/gp.h"

/* Views of trials and start weights, which must outlive it; train [n_animals]: who is
 * fitted, NULL: all.  Free what it owns with gp_data_clear. */
struct gp_data gp_data_of(const struct trials *trials, const bool *train, const double *w0);
void gp_data_clear(struct gp_data *data);
/* What a fit's settings say. */
struct gp_options gp_options_of(const struct fit_settings *settings);

/* As in struct rule. */
bool gp_interval(const struct model *model, const struct interval_request *request, double *mean,
                 double *lower, double *upper);

/* The gradient of gp_fit's likelihood against central differences, by kinds of parameters:
 * the rows of fit_check_gradient. */
bool gp_check_gradient(const struct rule_shape *shape, const struct trials *trials, uint64_t seed,
                       struct gradient_row *rows, size_t *n_rows, struct err *err);

#endif
