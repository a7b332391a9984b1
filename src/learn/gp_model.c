/* A model's posterior on a cohort. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/model.h"
#include "ensemble_inside.h"
#include "gp_data.h"

/* Who was fitted, where it is the cohort of the fit: their start weights are the
 * posterior's. */
static bool *fitted_of(const struct model *model, const struct cohort *cohort)
{
    bool *fitted = mem_new(cohort->n_animals, sizeof *fitted);
    bool same = cohort->digest == model->cohort_digest && cohort->n_animals == model->n_animals;
    for (size_t a = 0; a < cohort->n_animals && same; a++)
        fitted[a] = !model->held_out[a];
    return fitted;
}

bool model_trajectory(const struct model *model, const struct cohort *cohort, const uint8_t *keep,
                      struct gp_value *updates, struct gp_value *weights)
{
    size_t K = model->settings.policy.n;
    if (model->ensemble)
        return ensemble_trajectory(model, cohort, keep, updates, weights);
    if (!model->gp)
        return false;
    struct trials *trials = trials_new(cohort, &model->settings.policy);
    bool *fitted = fitted_of(model, cohort);
    double *w0 = mem_new(cohort->n_animals * K, sizeof *w0);
    for (size_t a = 0; a < cohort->n_animals; a++)
        model_start(model, cohort, a, w0 + a * K);
    struct gp_data data = gp_data_of(trials, fitted, w0);
    gp_trajectory(model->gp, GP_MODEL, &data, keep, updates, weights);
    gp_data_clear(&data);
    trials_free(trials);
    free(fitted), free(w0);
    return true;
}
