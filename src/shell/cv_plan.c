#include "cv_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "fitting.h"
#include "plan_words.h"
#include "studying.h"

const struct option_row cv_options[] = {
    {"folds", OPTION_INTEGER, 2, 1000, NULL, "5", "parts that are left out in turn"},
    {"seeds", OPTION_TEXT, 0, 0, NULL, "99,41,42,43",
     "each divides the data anew and begins networks anew"},
    {"by", OPTION_WORD, 0, 0, "animal|session", "animal",
     "what is left out: whole animals, or sessions of each"},
    {"future", OPTION_INTEGER, 1, 1e7, NULL, NULL,
     "fit the first trials of all animals and score so many after those (no folds)"},
    {"animals", OPTION_TEXT, 0, 0, NULL, NULL,
     "fit so many animals, 10,30,100: scores against the size of the data"},
    {"trials", OPTION_TEXT, 0, 0, NULL, NULL, "fit so many trials of each, likewise"},
    STUDYING_OPTIONS,
    {"row", OPTION_RULE, 0, 0, NULL, NULL, "where the cursor of the tile is, alone"},
    {0},
};

/* --- sizes ------------------------------------------------------------------- */

/* Every number of animals with every number of trials; 0: all. */
static bool take_sizes(const struct args *args, struct cv_plan *plan, struct err *err)
{
    uint64_t *animals, *trials, all = 0;
    size_t n_animals, n_trials;
    if (!plan_words_list("cv", args, cv_options, "animals", 1, &animals, &n_animals, err))
        return false;
    bool good = plan_words_list("cv", args, cv_options, "trials", 2, &trials, &n_trials, err);
    size_t na = n_animals ? n_animals : 1, nt = n_trials ? n_trials : 1;
    plan->sizes = mem_new(na * nt, sizeof *plan->sizes);
    for (size_t i = 0; good && i < na; i++)
        for (size_t j = 0; j < nt; j++)
            plan->sizes[plan->n_sizes++] = (struct cv_size){(size_t)(n_animals ? animals : &all)[i],
                                                            (size_t)(n_trials ? trials : &all)[j]};
    free(animals), free(trials);
    return good;
}

/* --- rules ------------------------------------------------------------------- */

static bool take_rules(const struct session *session, const struct args *args,
                       const struct cohort *cohort, struct cv_plan *plan, struct err *err)
{
    bool good = true;
    plan->rules = mem_new(args_positional(args), sizeof *plan->rules);
    for (size_t i = 0; good && i < args->n; i++)
        if (!args->items[i].name)
            good = plan_words_rule(session, "cv", &args->items[i], cohort, plan->rules,
                                   plan->n_rules++, err);
    return good;
}

/* --- the plan ---------------------------------------------------------------- */

static bool take_by(const struct args *args, struct cv_plan *plan, struct err *err)
{
    bool future = args_given(args, "future");
    bool session = strcmp(args_text(args, cv_options, "by"), "session") == 0;
    const char *other = args_given(args, "folds") ? "folds" : args_given(args, "by") ? "by" : NULL;
    if (future && other)
        return err_at(err, ERR_USAGE, args_column(args, other),
                      "cv: future= leaves out what comes last, so there is no %s=; leave one out",
                      other);
    const char *size = args_given(args, "animals")  ? "animals"
                       : args_given(args, "trials") ? "trials"
                                                    : NULL;
    if (session && size)
        return err_at(err, ERR_USAGE, args_column(args, size),
                      "cv: by=session fits all that it does not score, so there is no %s=", size);
    plan->by = future ? CV_FUTURE : session ? CV_SESSION : CV_ANIMAL;
    plan->folds = future ? 1 : (size_t)args_integer(args, cv_options, "folds");
    plan->future = future ? (size_t)args_integer(args, cv_options, "future") : 0;
    return true;
}

struct study *cv_plan_ask(const struct session *session, const struct args *args,
                          const struct cohort *cohort, struct err *err)
{
    struct cv_plan plan = {.cohort = mem_text(cohort->name)};
    struct err why = {0};
    bool good =
        take_by(args, &plan, err) &&
        plan_words_list("cv", args, cv_options, "seeds", 0, &plan.seeds, &plan.n_seeds, err) &&
        take_sizes(args, &plan, err) && take_rules(session, args, cohort, &plan, err);
    if (good && !cv_plan_check(&plan, cohort, &why))
        good = err_set(err, why.code, "cv: %s", why.message);
    if (!good) {
        cv_plan_free(&plan);
        return NULL;
    }
    plan.digest = cv_plan_digest(&plan, cohort);
    cv_plan_write(&plan);
    return &cv_new(&plan)->study;
}
