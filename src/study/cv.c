/* Plans of cross-validations, and what has been done of them. */
#include "deltaw/study/cv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "cv_inside.h"

static const double AGREE = 1e-6; /* nats per trial */

void cv_plan_free(struct cv_plan *plan)
{
    for (size_t i = 0; i < plan->n_rules; i++) {
        free(plan->rules[i].words);
        fit_settings_free(&plan->rules[i].settings);
    }
    free(plan->rules), free(plan->seeds), free(plan->sizes);
    free(plan->cohort), free(plan->text);
    *plan = (struct cv_plan){0};
}

struct cv *cv_new(struct cv_plan *plan)
{
    struct cv *cv = mem_new(1, sizeof *cv);
    cv->study.kind = &cv_kind;
    cv->plan = *plan;
    *plan = (struct cv_plan){0};
    cv->study.n_runs = cv->plan.n_rules * cv->plan.n_sizes * cv->plan.folds * cv->plan.n_seeds;
    cv->results = mem_new(cv->study.n_runs, sizeof *cv->results);
    return cv;
}

void cv_result_clear(struct cv_result *result)
{
    free(result->failed);
    free(result->scores);
    *result = (struct cv_result){0};
}

void cv_free(struct cv *cv)
{
    if (!cv)
        return;
    for (size_t i = 0; i < cv->study.n_runs; i++)
        cv_result_clear(&cv->results[i]);
    for (size_t a = 0; a < cv->n_animals; a++)
        free(cv->animals[a]);
    free(cv->animals), free(cv->results);
    cv_plan_free(&cv->plan);
    free(cv);
}

struct cv_run cv_run_at(const struct cv *cv, size_t run)
{
    const struct cv_plan *p = &cv->plan;
    size_t size = run / p->n_rules, fold = size / p->n_sizes;
    return (struct cv_run){.rule = run % p->n_rules,
                           .size = size % p->n_sizes,
                           .fold = fold % p->folds,
                           .seed = fold / p->folds};
}

/* Index of the animal among those that have a score. */
static size_t animal_of(struct cv *cv, const char *name)
{
    size_t a = 0;
    while (a < cv->n_animals && strcmp(cv->animals[a], name) != 0)
        a++;
    if (a == cv->n_animals) {
        cv->animals = mem_resize(cv->animals, ++cv->n_animals, sizeof *cv->animals);
        cv->animals[a] = mem_text(name);
    }
    return a;
}

void cv_put(struct cv *cv, size_t run, struct cv_result *result, const char *const *names)
{
    for (size_t i = 0; i < result->n; i++)
        result->scores[i].animal = animal_of(cv, names[result->scores[i].animal]);
    cv->study.n_done += !cv->results[run].done;
    cv_result_clear(&cv->results[run]);
    cv->results[run] = *result;
    cv->results[run].done = true;
    *result = (struct cv_result){0};
}

/* Two programs on the same run: another instruction set may round otherwise. */
bool cv_agree(const struct study *ours, const struct study *other, size_t run, struct err *err)
{
    const struct cv *a = (const struct cv *)ours, *b = (const struct cv *)other;
    const struct cv_result *x = &a->results[run], *y = &b->results[run];
    bool same = x->n == y->n && !x->failed == !y->failed;
    for (size_t i = 0; same && i < x->n; i++) {
        const struct cv_score *s = &x->scores[i], *t = &y->scores[i];
        double far = fabs(s->loglik - t->loglik) / (double)s->trials;
        same = s->trials == t->trials && !isnan(s->loglik) == !isnan(t->loglik) &&
               strcmp(a->animals[s->animal], b->animals[t->animal]) == 0 && !(far > AGREE);
    }
    struct cv_run at = cv_run_at(a, run);
    return same || err_set(err, ERR_DATA,
                           "two results of one run differ: %s, seed %llu, fold %zu; one of the "
                           "files is not what its plan says",
                           a->plan.rules[at.rule].words, (unsigned long long)a->plan.seeds[at.seed],
                           at.fold + 1);
}
