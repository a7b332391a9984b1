/* pool=each: a fit for every animal alone, and all of them as one model. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/data/filter.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/fit.h"
#include "trainer.h"

static bool named(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == n && strncmp(at, name, n) == 0)
            return true;
    return false;
}

struct cohort *fit_alone(const struct fit_settings *settings, const struct cohort *cohort,
                         size_t animal)
{
    const struct animal *who = &cohort->animals[animal];
    size_t *most = mem_new(cohort->n_animals, sizeof *most);
    struct cohort *alone = NULL;
    most[animal] = who->count;
    if (who->count > 1 && !named(settings->holdout, who->name))
        cohort_heads(cohort, most, &alone, NULL);
    free(most);
    return alone;
}

struct fit_settings fit_alone_settings(const struct fit_settings *settings)
{
    struct fit_settings own = fit_settings_copy(settings);
    own.pool = POOL_ALL;
    free(own.holdout);
    own.holdout = NULL;
    return own;
}

struct model *fit_together(const char *name, const struct cohort *cohort, size_t n,
                           struct model *const *members, struct err *err)
{
    struct ensemble_of of = {cohort->n_animals, mem_new(cohort->n_animals, sizeof(char *)),
                             cohort->digest, cohort->name, cohort->chain};
    for (size_t a = 0; a < cohort->n_animals; a++)
        of.animals[a] = cohort->animals[a].name;
    struct model *model = ensemble_of_animals(name, n, members, &of, err);
    free(of.animals);
    return model;
}

/* Are choices of the animal to be fitted? */
static bool any_scored(const struct animal *who, const uint8_t *scored)
{
    for (size_t t = who->first + 1; scored && t < who->first + who->count; t++)
        if (scored[t])
            return true;
    return !scored;
}

struct task {
    const struct fit_settings *settings; /* of all of it */
    struct fit_settings own;             /* of one */
    const struct cohort *cohort;
    const uint8_t *scored;
    struct job *job;
};

/* False: it failed or was stopped; *out NULL: there is nothing to fit. */
static bool fit_animal(const struct task *t, size_t a, struct model **out, struct err *err)
{
    const struct animal *who = &t->cohort->animals[a];
    struct cohort *alone = any_scored(who, t->scored) ? fit_alone(t->settings, t->cohort, a) : NULL;
    *out = NULL;
    if (!alone)
        return true;
    *out = fit_within(&t->own, alone, t->scored ? t->scored + who->first : NULL, t->job, err);
    cohort_drop(alone);
    return *out;
}

struct model *fit_each(const struct fit_settings *settings, const struct cohort *cohort,
                       const uint8_t *scored, struct job *job, struct err *err)
{
    struct task t = {settings, fit_alone_settings(settings), cohort, scored, job};
    struct model **members = mem_new(cohort->n_animals, sizeof(struct model *)), *all = NULL;
    size_t n = 0;
    bool good = true;
    for (size_t a = 0; good && a < cohort->n_animals; a++) {
        good = fit_animal(&t, a, &members[n], err);
        n += members[n] != NULL;
    }
    if (good)
        all = fit_together(settings->rule, cohort, n, members, err);
    for (size_t i = 0; i < n; i++)
        model_drop(members[i]);
    free(members);
    fit_settings_free(&t.own);
    return all;
}
