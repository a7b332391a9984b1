/* A model's posterior on a cohort. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/inputs.h"
#include "deltaw/learn/model.h"
#include "deltaw/learn/randomwalk.h"
#include "ensemble_inside.h"
#include "gp_data.h"
#include "gp_path.h"

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

/* A cohort as the posterior sees it. */
struct seen {
    struct trials *trials;
    bool *fitted;
    double *w0;
    struct gp_data data;
};

static struct seen see(const struct model *model, const struct cohort *cohort)
{
    size_t K = model->settings.policy.n;
    struct seen s = {.trials = trials_new(cohort, &model->settings.policy),
                     .fitted = fitted_of(model, cohort),
                     .w0 = mem_new(cohort->n_animals * K, sizeof *s.w0)};
    for (size_t a = 0; a < cohort->n_animals; a++)
        model_start(model, cohort, a, s.w0 + a * K);
    s.data = gp_data_of(s.trials, s.fitted, s.w0);
    return s;
}

static void seen_free(struct seen *s)
{
    gp_data_clear(&s->data);
    trials_free(s->trials);
    free(s->fitted), free(s->w0);
}

/* Weights without a rule, and no updates. */
static void walked(const struct randomwalk_set *set, const uint8_t *keep, struct gp_value *updates,
                   struct gp_value *weights)
{
    size_t K = set->n_weights, to = 0;
    for (size_t i = 0; i < set->n_trials * K; i++) {
        double half = INTERVAL_ERRORS * set->sd[i];
        if (!keep[i / K])
            continue;
        if (weights)
            weights[to] = (struct gp_value){set->w[i], set->w[i] - half, set->w[i] + half};
        if (updates)
            updates[to] = (struct gp_value){NAN, NAN, NAN};
        to++;
    }
}

bool model_trajectory(const struct model *model, const struct cohort *cohort, bool robust,
                      const uint8_t *keep, struct gp_value *updates, struct gp_value *weights)
{
    if (model->randomwalk)
        walked(model->randomwalk, keep, updates, weights);
    if (model->ensemble)
        return ensemble_trajectory(model, cohort, keep, updates, weights);
    if (!model->gp)
        return model->randomwalk;
    struct seen seen = see(model, cohort);
    gp_trajectory(model->gp, robust ? GP_ROBUST : GP_MODEL, &seen.data, keep, updates, weights);
    seen_free(&seen);
    return true;
}

/* Where weights are a random walk only single trials are known. */
static void walked_right(const struct model *model, const struct cohort *cohort,
                         const struct expectation_request *r, struct gp_value *out)
{
    const struct policy *policy = &model->settings.policy;
    const struct randomwalk_set *set = model->randomwalk;
    for (size_t i = 0; i < r->n_sums; i++)
        out[i].mean = NAN;
    for (size_t i = 0, a = 0; i < r->n; i++) {
        size_t t = r->trial[i];
        struct gp_value *v = &out[r->sum[i]];
        double x[POLICY_MAX], z = 0, half = INTERVAL_ERRORS * set->logit_sd[t];
        while (t >= cohort->animals[a].first + cohort->animals[a].count)
            a++;
        inputs_policy_of(policy, cohort, &cohort->animals[a], t, x);
        for (size_t k = 0; k < policy->n; k++)
            z += x[k] * set->w[t * policy->n + k];
        *v = (struct gp_value){r->factor[i] * policy_sigmoid(z),
                               r->factor[i] * policy_sigmoid(z - half),
                               r->factor[i] * policy_sigmoid(z + half)};
    }
}

static bool single(const struct expectation_request *r)
{
    size_t *n = mem_new(r->n_sums, sizeof *n), most = 0;
    for (size_t i = 0; i < r->n; i++)
        most = ++n[r->sum[i]] > most ? n[r->sum[i]] : most;
    free(n);
    return most <= 1;
}

bool model_expectation(const struct model *model, const struct cohort *cohort,
                       const struct expectation_request *request, struct gp_value *out)
{
    if (model->randomwalk && single(request)) {
        walked_right(model, cohort, request, out);
        return true;
    }
    if (model->ensemble)
        return ensemble_expectation(model, cohort, request, out);
    if (!model->gp)
        return false;
    struct seen seen = see(model, cohort);
    gp_expectation(model->gp, GP_MODEL, &seen.data, request, out);
    seen_free(&seen);
    return true;
}
