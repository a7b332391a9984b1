/* One run of a cross-validation: which trials it fits, which it scores, and doing it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/data/filter.h"
#include "deltaw/learn/engine.h"
#include "cv_inside.h"

/* --- who is left out -------------------------------------------------------- */

void cv_fold_animals(size_t n_animals, size_t folds, uint64_t seed, size_t *fold, size_t *order)
{
    struct rng rng = rng_stream(seed, RNG_FOLDS, 0, 0);
    rng_order(&rng, n_animals, order);
    for (size_t i = 0; i < n_animals; i++)
        fold[order[i]] = i % folds;
}

/* Sessions of one animal, dealt out in random order from a fold that differs between
 * animals, so that folds are of like size. */
static void score_sessions(const struct cohort *cohort, size_t a, size_t folds, uint64_t seed,
                           size_t fold, uint8_t *scored)
{
    const struct animal *animal = &cohort->animals[a];
    size_t n = animal->n_sessions, session = 0;
    size_t *order = mem_new(n, sizeof *order), *in = mem_new(n, sizeof *in);
    struct rng rng = rng_stream(seed, RNG_FOLDS, (uint32_t)a + 1, 0);
    rng_order(&rng, n, order);
    for (size_t i = 0; i < n; i++)
        in[order[i]] = (i + a) % folds;
    for (size_t t = animal->first; t < animal->first + animal->count; t++) {
        session += cohort_day(cohort, animal, t);
        scored[t] = in[session] == fold;
    }
    free(order), free(in);
}

/* How many trials of an animal a run by future fits. */
static size_t fitted_before(const struct cv_plan *plan, size_t size, const struct animal *animal)
{
    size_t asked = plan->sizes[size].trials;
    size_t most = animal->count > plan->future ? animal->count - plan->future : 0;
    return asked == 0 ? most : asked < animal->count ? asked : animal->count;
}

void cv_scored(const struct cv_plan *plan, const struct cv_run *run, const struct cohort *cohort,
               uint8_t *scored)
{
    size_t n = cohort->n_animals, *fold = mem_new(n, sizeof *fold), *order;
    uint64_t seed = plan->seeds[run->seed];
    order = mem_new(n, sizeof *order);
    cv_fold_animals(n, plan->folds, seed, fold, order);
    memset(scored, 0, cohort->n_trials);
    for (size_t a = 0; a < n; a++) {
        const struct animal *animal = &cohort->animals[a];
        size_t before = fitted_before(plan, run->size, animal), rest = animal->count - before;
        if (plan->by == CV_SESSION)
            score_sessions(cohort, a, plan->folds, seed, run->fold, scored);
        else if (plan->by == CV_ANIMAL && fold[a] == run->fold)
            memset(scored + animal->first, 1, animal->count);
        else if (plan->by == CV_FUTURE && before > 0)
            memset(scored + animal->first + before, 1, rest < plan->future ? rest : plan->future);
    }
    free(fold), free(order);
}

/* How many trials of each animal are fitted, most [n_animals]: of so many animals, in the
 * order of the seed, as are asked for. */
static void choose_fitted(const struct cv_plan *plan, const struct cv_run *run,
                          const struct cohort *cohort, size_t *most)
{
    size_t n = cohort->n_animals, *fold = mem_new(n, sizeof *fold), *order, taken = 0;
    const struct cv_size *size = &plan->sizes[run->size];
    order = mem_new(n, sizeof *order);
    cv_fold_animals(n, plan->folds, plan->seeds[run->seed], fold, order);
    for (size_t i = 0; i < n; i++) {
        size_t a = order[i];
        bool open = (plan->by != CV_ANIMAL || fold[a] != run->fold) &&
                    (size->animals == 0 || taken < size->animals);
        size_t trials = plan->by == CV_FUTURE ? fitted_before(plan, run->size, &cohort->animals[a])
                        : size->trials        ? size->trials
                                              : cohort->animals[a].count;
        most[a] = open ? trials : 0;
        taken += most[a] > 0;
    }
    free(fold), free(order);
}

/* --- doing it --------------------------------------------------------------- */

static struct cohort *fitted_part(const struct cv_plan *plan, const struct cv_run *run,
                                  const struct cohort *cohort, struct err *err)
{
    size_t *most = mem_new(cohort->n_animals, sizeof *most);
    struct cohort *part = NULL;
    if (plan->by == CV_SESSION)
        part = cohort_hold(cohort);
    else {
        choose_fitted(plan, run, cohort, most);
        cohort_heads(cohort, most, &part, err);
    }
    free(most);
    return part;
}

/* Of an animal that was fitted the start weights of the fit, of others as w0= says. */
static double *start_of(const struct model *model, const struct cohort *cohort)
{
    size_t k = model->settings.policy.n;
    double *w0 = mem_new(cohort->n_animals * k, sizeof *w0);
    for (size_t a = 0; a < cohort->n_animals; a++)
        model_start(model, cohort, a, w0 + a * k);
    for (size_t i = 0; i < model->n_animals; i++) {
        long a = cohort_animal(cohort, model->animals[i]);
        if (a >= 0)
            memcpy(w0 + (size_t)a * k, model->w0 + i * k, k * sizeof *w0);
    }
    return w0;
}

static void score_run(const struct model *model, const struct cohort *cohort, const uint8_t *scored,
                      struct cv_result *out)
{
    size_t n = cohort->n_animals, *n_scored = mem_new(n, sizeof *n_scored);
    double *loss = mem_new(n, sizeof *loss), *w0 = start_of(model, cohort);
    model_score(model, cohort, w0, scored, loss, n_scored);
    out->scores = mem_new(n, sizeof *out->scores);
    for (size_t a = 0; a < n; a++)
        if (n_scored[a] > 0)
            out->scores[out->n++] =
                (struct cv_score){a, isfinite(loss[a]) ? -loss[a] : NAN, n_scored[a]};
    snprintf(out->engine, sizeof out->engine, "%s", model->engine);
    free(n_scored), free(loss), free(w0);
}

/* What the run fits, and with which settings. */
static struct model *fit_run(const struct cv_plan *plan, const struct cv_run *run,
                             const struct cohort *cohort, const uint8_t *scored, struct job *job,
                             struct err *err)
{
    const struct cv_rule *rule = &plan->rules[run->rule];
    struct cohort *part = fitted_part(plan, run, cohort, err);
    struct model *model = NULL;
    if (!part)
        return NULL;
    struct fit_settings s = fit_settings_copy(&rule->settings);
    uint8_t *fitted = plan->by == CV_SESSION ? mem_new(part->n_trials, 1) : NULL;
    for (size_t t = 0; fitted && t < part->n_trials; t++)
        fitted[t] = !scored[t];
    s.seed = plan->seeds[run->seed];
    if (s.optimizer == OPTIMIZER_FAST && !rule->epochs_asked)
        s.epochs = fit_minibatch_epochs(&s, part);
    model = fit_within(&s, part, fitted, job, err);
    fit_settings_free(&s);
    free(fitted);
    cohort_drop(part);
    return model;
}

bool cv_run(const struct cv_plan *plan, const struct cv_run *run, const struct cohort *cohort,
            struct job *job, struct cv_result *out, struct err *err)
{
    uint8_t *scored = mem_new(cohort->n_trials, 1);
    struct err why = {0};
    *out = (struct cv_result){0};
    cv_scored(plan, run, cohort, scored);
    struct model *model = fit_run(plan, run, cohort, scored, job, &why);
    if (model)
        score_run(model, cohort, scored, out);
    else if (why.code != ERR_INTERRUPTED)
        out->failed = mem_text(why.message);
    model_drop(model);
    free(scored);
    return model || out->failed || err_set(err, ERR_INTERRUPTED, "interrupted");
}

/* --- can it be done? --------------------------------------------------------- */

static bool check_folds(const struct cv_plan *p, const struct cohort *cohort, struct err *err)
{
    size_t most = 0;
    for (size_t a = 0; a < cohort->n_animals; a++)
        most = cohort->animals[a].n_sessions > most ? cohort->animals[a].n_sessions : most;
    if (p->by == CV_ANIMAL && (cohort->n_animals < p->folds || cohort->n_animals < 2))
        return err_set(err, ERR_FAILED,
                       "%zu folds of %zu animal%s: there can be as many folds as animals; give "
                       "another folds=, or by=session",
                       p->folds, cohort->n_animals, cohort->n_animals == 1 ? "" : "s");
    if (p->by == CV_SESSION && most < p->folds)
        return err_set(
            err, ERR_FAILED,
            "%zu folds of sessions, and no animal has more than %zu; give another folds=", p->folds,
            most);
    return true;
}

/* Trials that a run scores and those that it fits, of its first seed and fold. */
static bool check_size(const struct cv_plan *p, size_t size, const struct cohort *cohort,
                       struct err *err)
{
    size_t n = 0, animals = 0, *most = mem_new(cohort->n_animals, sizeof *most);
    const struct cv_run run = {.size = size};
    uint8_t *scored = mem_new(cohort->n_trials, 1);
    cv_scored(p, &run, cohort, scored);
    choose_fitted(p, &run, cohort, most);
    for (size_t t = 0; t < cohort->n_trials; t++)
        n += scored[t];
    for (size_t a = 0; a < cohort->n_animals; a++)
        animals += most[a] > 1;
    free(scored), free(most);
    if (n == 0)
        return err_set(err, ERR_FAILED,
                       "no animal has trials to be scored after those that are fitted; give a "
                       "smaller trials= or future=");
    if (animals == 0 || animals < p->sizes[size].animals)
        return err_set(err, ERR_FAILED,
                       "animals=%zu: only %zu are left to be fitted when a fold is left out",
                       p->sizes[size].animals, animals);
    return true;
}

bool cv_plan_check(const struct cv_plan *plan, const struct cohort *cohort, struct err *err)
{
    bool good = check_folds(plan, cohort, err);
    for (size_t i = 0; good && i < plan->n_sizes; i++)
        good = check_size(plan, i, cohort, err);
    return good;
}
