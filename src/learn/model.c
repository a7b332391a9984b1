/* Models as values: references, and what one can be asked. */
#include "deltaw/learn/model.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/covariance.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/gains.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/inputs.h"
#include "deltaw/learn/randomwalk.h"
#include "deltaw/learn/snapshots.h"
#include "checkpoint.h"
#include "ensemble_inside.h"
#include "start.h"

struct model *model_hold(const struct model *model)
{
    struct model *m = (struct model *)model;
    __atomic_add_fetch(&m->references, 1, __ATOMIC_RELAXED);
    return m;
}

struct visited *visited_hold(const struct visited *visited)
{
    struct visited *l = (struct visited *)visited;
    __atomic_add_fetch(&l->references, 1, __ATOMIC_RELAXED);
    return l;
}

void visited_drop(struct visited *visited)
{
    if (!visited || __atomic_sub_fetch(&visited->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    free(visited->w);
    free(visited);
}

void model_drop(struct model *m)
{
    if (!m || __atomic_sub_fetch(&m->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t a = 0; a < m->n_animals; a++)
        free(m->animals[a]);
    fit_settings_free(&m->settings);
    visited_drop(m->visited);
    snapshots_free(m->snapshots);
    checkpoint_free(m->checkpoint);
    gains_free(m->gains);
    gp_drop(m->gp);
    ensemble_drop(m->ensemble);
    randomwalk_set_drop(m->randomwalk);
    free(m->name), free(m->theta), free(m->errors), free(m->covariance);
    free(m->animals), free(m->held_out), free(m->w0), free(m->history), free(m->cohort_name),
        free(m->cohort_chain);
    free(m);
}

static char *text_or_none(const char *text)
{
    return text ? mem_text(text) : NULL;
}

/* With nothing of what belongs to its parameters. */
static struct model *copy_of_rest(const struct model *of)
{
    struct model *m = mem_new(1, sizeof *m);
    memcpy(m, of, offsetof(struct model, references)); /* which other threads count */
    m->references = 1;
    m->name = text_or_none(of->name);
    m->settings = fit_settings_copy(&of->settings);
    m->animals = mem_new(of->n_animals, sizeof *m->animals);
    for (size_t a = 0; a < of->n_animals; a++)
        m->animals[a] = mem_text(of->animals[a]);
    m->held_out = mem_copy(of->held_out, of->n_animals, sizeof *m->held_out);
    m->w0 = mem_copy(of->w0, of->n_animals * of->settings.shape.n_weights, sizeof *m->w0);
    m->gains = gains_copy(of->gains);
    m->history = mem_copy(of->history, of->n_history, sizeof *m->history);
    m->cohort_name = text_or_none(of->cohort_name);
    m->cohort_chain = text_or_none(of->cohort_chain);
    m->theta = m->errors = m->covariance = NULL;
    m->gp = NULL;
    m->randomwalk = NULL;
    m->ensemble = NULL;
    m->checkpoint = NULL;
    m->visited = NULL;
    m->snapshots = NULL;
    return m;
}

struct model *model_copy(const struct model *of)
{
    struct model *m = copy_of_rest(of);
    size_t n = of->tensors.size;
    m->theta = mem_copy(of->theta, n, sizeof *of->theta);
    m->errors = of->errors ? mem_copy(of->errors, n, sizeof *of->errors) : NULL;
    m->covariance = covariance_copy(of->covariance, n);
    m->gp = gp_hold(of->gp);
    m->randomwalk = randomwalk_set_hold(of->randomwalk);
    m->ensemble = ensemble_hold(of->ensemble);
    m->checkpoint = checkpoint_copy(of->checkpoint);
    return m;
}

struct model *model_copy_at(const struct model *of, double *theta)
{
    struct model *m = copy_of_rest(of);
    m->theta = theta;
    return m;
}

void model_animals(struct model *m, size_t n)
{
    for (size_t a = 0; a < m->n_animals; a++)
        free(m->animals[a]);
    free(m->animals), free(m->held_out), free(m->w0);
    gains_free(m->gains);
    m->gains = NULL;
    m->n_animals = n;
    m->animals = mem_new(n, sizeof *m->animals);
    m->held_out = mem_new(n, sizeof *m->held_out);
    m->w0 = mem_new(n * m->settings.shape.n_weights, sizeof *m->w0);
}

struct model model_at(const struct model *model, double *theta)
{
    return (struct model){.name = model->name,
                          .rule = model->rule,
                          .settings = model->settings,
                          .tensors = model->tensors,
                          .theta = theta};
}

bool model_has_rule(const struct model *model, struct err *err)
{
    const char *name = model->name ? model->name : model->rule->name;
    return !model->rule->no_updates ||
           err_set(err, ERR_FAILED,
                   "%s has no rule: it reads each animal's weights off the choices and does not "
                   "say what changes them; `fit gp` or `fit reinforce-base` does",
                   name);
}

bool model_knows(const struct model *model, const struct cohort *cohort)
{
    return model->cohort_digest == cohort->digest &&
           (!model->column_digest ||
            model->column_digest == policy_digest(&model->settings.policy, cohort));
}

/* Weights that were read off choices are of these choices. */
static bool knows_trials(const struct model *model, const struct cohort *cohort, struct err *err)
{
    if (!model->rule->no_updates)
        return true;
    if (!model->randomwalk)
        return err_set(err, ERR_FAILED, "%s has no weights: its fit has not come to an end",
                       model->name);
    return model_knows(model, cohort) ||
           err_set(err, ERR_FAILED,
                   "%s has no rule: it knows the weights on the trials of its fit, not those of "
                   "%s; `fit randomwalk` to them, or `fit gp` for a rule",
                   model->name, cohort->name);
}

bool model_meets(const struct model *model, const struct cohort *cohort, struct err *err)
{
    struct err why = {0};
    if (!knows_trials(model, cohort, err))
        return false;
    return policy_check(&model->settings.policy, cohort, &why) ||
           err_set(err, why.code, "%s cannot look at %s: %s", model->name, cohort->name,
                   why.message);
}

size_t model_parameters(const struct model *model)
{
    size_t n = settings_fitted(&model->settings, &model->tensors);
    for (size_t i = 0; model->ensemble && i < model->ensemble->n; i++)
        n += model_parameters(model->ensemble->member[i]);
    return n;
}

bool model_on_plateau(const struct model *model)
{
    if (model->ensemble)
        return ensemble_on_plateau(model->ensemble) > 0;
    return model->textbook > 0 && model->n_history > 0 &&
           model->history[model->n_history - 1].train > model->textbook;
}

double model_lapse(const struct model *model)
{
    const struct share *lapse = &model->settings.shape.lapse;
    return lapse->fitted ? model->theta[model->tensors.size - 1] : lapse->value;
}

void model_start(const struct model *model, const struct cohort *cohort, size_t animal, double *w0)
{
    size_t k = model->settings.policy.n;
    for (size_t a = 0; cohort->digest == model->cohort_digest && a < model->n_animals; a++)
        if (strcmp(model->animals[a], cohort->animals[animal].name) == 0) {
            memcpy(w0, model->w0 + a * k, k * sizeof *w0);
            return;
        }
    start_weights(&model->settings, cohort, animal, w0);
}
