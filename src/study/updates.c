#include "deltaw/study/updates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/gp.h"
#include "truth.h"

enum { FIRST = 3, MOST_EACH = 5 }; /* columns before the weights; of a weight */

/* Where trial t of the cohort is in the whole log. */
static size_t place_of(const struct cohort *cohort, const struct cohort *whole, size_t t)
{
    return whole == cohort ? t : cohort->place[t];
}

/* Of rules without a posterior w alone is known; an update is what takes it to the next
 * trial of the history. */
static void sweep_updates(const struct model *model, const struct cohort *cohort,
                          const struct cohort *whole, struct gp_value *dw, struct gp_value *w)
{
    size_t K = model->settings.policy.n;
    float *visited = mem_new(whole->n_trials * K, sizeof *visited);
    model_sweep(model, whole, visited);
    for (size_t a = 0, t = 0; a < cohort->n_animals; a++) {
        const struct animal *recorded =
            &whole->animals[cohort_animal(whole, cohort->animals[a].name)];
        for (size_t end = t + cohort->animals[a].count; t < end; t++) {
            size_t i = place_of(cohort, whole, t);
            const float *now = visited + i * K;
            bool last = i + 1 == recorded->first + recorded->count;
            for (size_t k = 0; k < K; k++) {
                w[t * K + k] = (struct gp_value){(double)now[k], NAN, NAN};
                double mean = last ? NAN : (double)now[K + k] - (double)now[k];
                dw[t * K + k] = (struct gp_value){mean, NAN, NAN};
            }
        }
    }
    free(visited);
}

/* Means and intervals of all trials. */
static void take_updates(const struct model *model, const struct cohort *cohort,
                         const struct cohort *whole, bool robust, struct gp_value *dw,
                         struct gp_value *w)
{
    uint8_t *keep = mem_new(whole->n_trials, 1);
    for (size_t t = 0; t < cohort->n_trials; t++)
        keep[place_of(cohort, whole, t)] = 1;
    if (!model_trajectory(model, whole, robust, keep, dw, w))
        sweep_updates(model, cohort, whole, dw, w);
    free(keep);
}

static void add_columns(const struct policy *policy, bool truth, struct table *out)
{
    static const char *const forms[MOST_EACH] = {"%s", "dw_%s", "dw_%s_low", "dw_%s_high",
                                                 "true_dw_%s"};
    table_columns(out, "subject|session", COLUMN_TEXT, 0);
    table_column(out, "trial", COLUMN_COUNT, 0);
    for (size_t k = 0; k < policy->n; k++)
        for (size_t i = 0; i < (truth ? MOST_EACH : MOST_EACH - 1); i++) {
            char name[POLICY_NAME + 16];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(name, sizeof name, forms[i], policy->weight[k]);
#pragma GCC diagnostic pop
            table_column(out, name, COLUMN_NUMBER, 5);
        }
}

bool updates_table(const struct model *model, const struct cohort *cohort, bool robust,
                   struct table *out, struct err *err)
{
    const struct policy *policy = &model->settings.policy;
    size_t K = policy->n;
    const float *true_w[POLICY_MAX];
    if (!model_has_rule(model, err))
        return false;
    if (model->rule->no_weights)
        return err_set(err, ERR_FAILED, "%s has no weights, hence no updates", model->name);
    if (robust && !model->gp)
        return err_set(err, ERR_FAILED,
                       "%s has no posterior, hence no intervals by the sandwich; leave "
                       "interval= out",
                       model->name);
    const struct cohort *whole = model_whole_log(model, cohort);
    bool truth = truth_columns(whole, policy, true_w, NULL);
    size_t each = truth ? MOST_EACH : MOST_EACH - 1;
    struct gp_value *dw = mem_new(cohort->n_trials * K, sizeof *dw);
    struct gp_value *w = mem_new(cohort->n_trials * K, sizeof *w);
    take_updates(model, cohort, whole, robust, dw, w);
    add_columns(policy, truth, out);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            size_t i = place_of(cohort, whole, t);
            const char *session = cohort->session_names[cohort->session[t]];
            table_add(out, 2, (const char *[]){animal->name, session}, 1,
                      (double[]){cohort->trial[t]});
            for (size_t k = 0; k < K; k++) {
                const struct gp_value *v = &dw[t * K + k];
                size_t at = FIRST + k * each;
                table_number(out, at, w[t * K + k].mean);
                table_number(out, at + 1, v->mean);
                table_number(out, at + 2, v->low);
                table_number(out, at + 3, v->high);
                if (truth) /* after the last trial of a history there is none */
                    table_number(out, at + 4,
                                 isnan(v->mean) ? NAN
                                                : (double)true_w[k][i + 1] - (double)true_w[k][i]);
            }
        }
    }
    free(dw), free(w);
    return true;
}

bool updates_coverage(const struct model *model, const struct cohort *part, bool robust,
                      size_t most, double *coverage)
{
    const struct cohort *cohort = model_whole_log(model, part);
    const struct policy *policy = &model->settings.policy;
    size_t K = policy->n, step = cohort->n_trials / most + 1, n = 0;
    const float *true_w[POLICY_MAX];
    if ((robust && !model->gp) || !truth_columns(cohort, policy, true_w, NULL))
        return false;
    uint8_t *keep = mem_new(cohort->n_trials, 1);
    for (size_t t = step / 2; t < cohort->n_trials; t += step)
        keep[t] = 1;
    for (size_t a = 0; a < cohort->n_animals; a++) /* no update after the last */
        keep[cohort->animals[a].first + cohort->animals[a].count - 1] = 0;
    struct gp_value *dw = mem_new((cohort->n_trials / step + 1) * K, sizeof *dw), *v = dw;
    bool good = model_trajectory(model, cohort, robust, keep, dw, NULL);
    for (size_t k = 0; k < K; k++)
        coverage[k] = 0;
    for (size_t t = 0; t < cohort->n_trials && good; t++) {
        if (!keep[t])
            continue;
        for (size_t k = 0; k < K; k++, v++) {
            double truth = (double)true_w[k][t + 1] - (double)true_w[k][t];
            double room = 1e-6 * fmax(1, fabs((double)true_w[k][t])); /* of single precision */
            coverage[k] += truth >= v->low - room && truth <= v->high + room;
        }
        n++;
    }
    for (size_t k = 0; k < K; k++)
        coverage[k] = n ? coverage[k] / (double)n : NAN;
    free(keep), free(dw);
    return good && n > 0;
}
