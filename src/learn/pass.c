/* One forward pass of a model over animals' logs, from their first trials. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/fit.h"
#include "deltaw/learn/gains.h"
#include "deltaw/learn/inputs.h"
#include "deltaw/learn/randomwalk.h"
#include "ensemble_inside.h"
#include "rollout.h"

const struct cohort *model_whole_log(const struct model *model, const struct cohort *cohort)
{
    bool own = !cohort->whole || cohort->digest == model->cohort_digest;
    return own ? cohort : cohort->whole;
}

/* Start weights with each animal's gain beside them; NULL: there are no gains. */
static double *with_gains(const struct model *model, const struct cohort *whole, const double *w0)
{
    size_t k = model->settings.policy.n, width = rule_starts(&model->settings.shape);
    if (width == k)
        return NULL;
    double *starts = mem_new(whole->n_animals * width, sizeof *starts);
    for (size_t a = 0; a < whole->n_animals; a++) {
        memcpy(starts + a * width, w0 + a * k, k * sizeof *w0);
        starts[a * width + k] = model_gain(model, whole->animals[a].name);
    }
    return starts;
}

/* Over logs that are as long as need be; results are in the order of `whole`. */
static void pass(const struct model *model, const struct cohort *whole, const double *w0,
                 const uint8_t *scored, float *visited, double *losses, size_t *n_scored)
{
    struct trials *trials = trials_new(whole, &model->settings.policy);
    trials_score(trials, scored);
    for (size_t a = 0; a < whole->n_animals && scored; a++) {
        const uint8_t *from = scored + trials->first[a];
        while (trials->count[a] > 1 && !from[trials->count[a] - 1])
            trials->count[a]--;
    }
    struct rollout *r =
        rollout_new(&(struct rollout_setup){.engine = engine_of(model->rule),
                                            .rule = model->rule,
                                            .shape = &model->settings.shape,
                                            .trials = trials,
                                            .truncation = model->settings.truncation,
                                            .threads = 1});
    struct rollout_result result;
    double *starts = with_gains(model, whole, w0);
    rollout_run(r,
                &(struct rollout_task){
                    .theta = model->theta, .w0 = starts ? starts : w0, .visited = visited},
                &result);
    free(starts);
    if (losses)
        memcpy(losses, result.loss, whole->n_animals * sizeof *losses);
    if (n_scored)
        memcpy(n_scored, result.n_scored, whole->n_animals * sizeof *n_scored);
    rollout_free(r);
    trials_free(trials);
}

static double *starts_of(const struct model *model, const struct cohort *whole)
{
    size_t k = model->settings.policy.n;
    double *w0 = mem_new(whole->n_animals * k, sizeof *w0);
    for (size_t a = 0; a < whole->n_animals; a++)
        model_start(model, whole, a, w0 + a * k);
    return w0;
}

void model_score(const struct model *model, const struct cohort *cohort, const double *w0,
                 const uint8_t *scored, double *losses, size_t *n_scored)
{
    if (model->ensemble) {
        ensemble_score(model, cohort, w0, scored, losses, n_scored);
        return;
    }
    double *own = w0 ? NULL : starts_of(model, cohort);
    pass(model, cohort, w0 ? w0 : own, scored, NULL, losses, n_scored);
    free(own);
}

void model_follow(const struct model *model, const struct cohort *cohort, const double *w0,
                  float *w)
{
    pass(model, cohort, w0, NULL, w, NULL, NULL);
}

/* The trials of a part, marked among those of the whole. */
static uint8_t *marks_of(const struct cohort *part)
{
    uint8_t *marks = mem_new(part->whole->n_trials, sizeof *marks);
    for (size_t t = 0; t < part->n_trials; t++)
        marks[part->place[t]] = 1;
    return marks;
}

/* A part of a log: animals are followed from their first trials in it, and what is
 * not in the part is passed through. */
static void part_pass(const struct model *model, const struct cohort *part, float *visited,
                      double *losses, size_t *n_scored)
{
    const struct cohort *whole = part->whole;
    size_t k = model->settings.policy.n, n = whole->n_animals;
    uint8_t *marks = marks_of(part);
    double *w0 = starts_of(model, whole), *loss = mem_new(n, sizeof *loss);
    size_t *scored = mem_new(n, sizeof *scored);
    float *w = visited ? mem_new(whole->n_trials * k, sizeof *w) : NULL;
    pass(model, whole, w0, marks, w, loss, scored);
    for (size_t a = 0; a < part->n_animals; a++) {
        size_t from = (size_t)cohort_animal(whole, part->animals[a].name);
        if (losses)
            losses[a] = loss[from];
        if (n_scored)
            n_scored[a] = scored[from];
    }
    for (size_t t = 0; t < part->n_trials && visited; t++)
        memcpy(visited + t * k, w + part->place[t] * k, k * sizeof *visited);
    free(marks), free(w0), free(loss), free(scored), free(w);
}

static void model_pass(const struct model *model, const struct cohort *cohort, float *visited,
                       double *losses, size_t *n_scored)
{
    if (model_whole_log(model, cohort) != cohort) {
        part_pass(model, cohort, visited, losses, n_scored);
        return;
    }
    double *w0 = starts_of(model, cohort);
    pass(model, cohort, w0, NULL, visited, losses, n_scored);
    free(w0);
}

void model_sweep(const struct model *model, const struct cohort *cohort, float *w)
{
    if (model->ensemble) {
        ensemble_sweep(model->ensemble, cohort, w);
        return;
    }
    if (model->rule->no_updates) {
        for (size_t i = 0; i < cohort->n_trials * model->settings.policy.n; i++)
            w[i] = model->randomwalk ? (float)model->randomwalk->w[i] : 0;
        return;
    }
    model_pass(model, cohort, w, NULL, NULL);
}

/* Of weights that were read off choices. */
static void walked_losses(const struct model *model, const struct cohort *cohort, double *losses,
                          size_t *n_scored)
{
    const struct policy *policy = &model->settings.policy;
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        losses[a] = 0;
        n_scored[a] = animal->count > 1 ? animal->count - 1 : 0;
        for (size_t t = animal->first + 1; t < animal->first + animal->count; t++) {
            double x[POLICY_MAX], z = 0;
            inputs_policy_of(policy, cohort, animal, t, x);
            for (size_t k = 0; k < policy->n; k++)
                z += x[k] * model->randomwalk->w[t * policy->n + k];
            losses[a] -= log(policy_sigmoid(cohort->choice[t] ? z : -z));
        }
    }
}

double model_loss(const struct model *model, const struct cohort *cohort, double *losses,
                  size_t *n_scored)
{
    double *loss = losses ? losses : mem_new(cohort->n_animals, sizeof *loss), sum = 0;
    size_t *n = n_scored ? n_scored : mem_new(cohort->n_animals, sizeof *n), all = 0;
    if (model->ensemble)
        ensemble_losses(model, cohort, loss, n);
    else if (model->rule->no_updates)
        walked_losses(model, cohort, loss, n);
    else
        model_pass(model, cohort, NULL, loss, n);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        sum += loss[a];
        all += n[a];
    }
    if (!losses)
        free(loss);
    if (!n_scored)
        free(n);
    return all ? sum / (double)all : 0;
}
