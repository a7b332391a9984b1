/* Cross-validations as a kind of study: what its lines hold. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "cv_inside.h"

/* --- writing --------------------------------------------------------------- */

static void write_plan(const struct study *study, json_t *o)
{
    const struct cv_plan *plan = &((const struct cv *)study)->plan;
    char digest[32];
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)plan->digest);
    json_object_set_new(o, "plan", json_loads(plan->text, 0, NULL));
    json_object_set_new(o, "digest", json_string(digest));
    json_object_set_new(o, "cohort", json_string(plan->cohort));
}

static void write_run(const struct study *study, size_t run, json_t *o)
{
    const struct cv *cv = (const struct cv *)study;
    const struct cv_run at = cv_run_at(cv, run);
    const struct cv_result *r = &cv->results[run];
    const struct cv_size *size = &cv->plan.sizes[at.size];
    json_t *animals = json_array();
    json_object_set_new(o, "rule", json_string(cv->plan.rules[at.rule].words));
    json_object_set_new(o, "seed", json_integer((json_int_t)cv->plan.seeds[at.seed]));
    json_object_set_new(o, "fold", json_integer((json_int_t)at.fold + 1));
    if (size->animals)
        json_object_set_new(o, "train_animals", json_integer((json_int_t)size->animals));
    if (size->trials)
        json_object_set_new(o, "train_trials", json_integer((json_int_t)size->trials));
    if (r->failed)
        json_object_set_new(o, "failed", json_string(r->failed));
    json_object_set_new(o, "engine", json_string(r->engine));
    for (size_t i = 0; i < r->n; i++) {
        const struct cv_score *s = &r->scores[i];
        json_t *one = json_object();
        json_object_set_new(one, "animal", json_string(cv->animals[s->animal]));
        json_object_set_new(one, "loglik",
                            isfinite(s->loglik) ? json_real(s->loglik) : json_null());
        json_object_set_new(one, "trials", json_integer((json_int_t)s->trials));
        json_array_append_new(animals, one);
    }
    json_object_set_new(o, "animals", animals);
}

/* --- reading --------------------------------------------------------------- */

/* Which run of the plan a line is of; n_runs: of none. */
static size_t run_of(const struct cv *cv, const json_t *o)
{
    const char *rule = json_string_value(json_object_get(o, "rule"));
    json_int_t seed = json_integer_value(json_object_get(o, "seed"));
    json_int_t fold = json_integer_value(json_object_get(o, "fold"));
    json_int_t animals = json_integer_value(json_object_get(o, "train_animals"));
    json_int_t trials = json_integer_value(json_object_get(o, "train_trials"));
    for (size_t i = 0; rule && i < cv->study.n_runs; i++) {
        struct cv_run at = cv_run_at(cv, i);
        const struct cv_size *size = &cv->plan.sizes[at.size];
        if (strcmp(cv->plan.rules[at.rule].words, rule) == 0 &&
            cv->plan.seeds[at.seed] == (uint64_t)seed && (json_int_t)at.fold + 1 == fold &&
            size->animals == (size_t)animals && size->trials == (size_t)trials)
            return i;
    }
    return cv->study.n_runs;
}

/* names [n] are the line's own. */
static void read_scores(const json_t *animals, struct cv_result *r, const char **names)
{
    size_t n = json_array_size(animals);
    r->scores = mem_new(n, sizeof *r->scores);
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(animals, i), *loglik = json_object_get(one, "loglik");
        const char *name = json_string_value(json_object_get(one, "animal"));
        json_int_t trials = json_integer_value(json_object_get(one, "trials"));
        if (!name || trials < 1)
            continue;
        names[r->n] = name;
        r->scores[r->n] = (struct cv_score){
            r->n, json_is_number(loglik) ? json_number_value(loglik) : NAN, (size_t)trials};
        r->n++;
    }
}

static bool read_run(struct study *study, const json_t *o)
{
    struct cv *cv = (struct cv *)study;
    const json_t *animals = json_object_get(o, "animals");
    const char *failed = json_string_value(json_object_get(o, "failed"));
    const char *engine = json_string_value(json_object_get(o, "engine"));
    size_t run = run_of(cv, o);
    bool good = run < cv->study.n_runs && json_is_array(animals);
    if (good) {
        struct cv_result r = {.failed = failed ? mem_text(failed) : NULL};
        const char **names = mem_new(json_array_size(animals), sizeof *names);
        snprintf(r.engine, sizeof r.engine, "%s", engine ? engine : "");
        read_scores(animals, &r, names);
        cv_put(cv, run, &r, names);
        free(names);
    }
    return good;
}

static struct study *read_plan(const json_t *o)
{
    struct cv_plan plan;
    bool good = cv_plan_read(o, &plan);
    struct cv *cv = good ? cv_new(&plan) : NULL;
    cv_plan_free(&plan);
    return cv ? &cv->study : NULL;
}

/* --- the rest ----------------------------------------------------------------- */

static bool same(const struct study *ours, const struct study *other, struct err *err)
{
    return cv_plan_same(&((const struct cv *)ours)->plan, &((const struct cv *)other)->plan, err);
}

static bool run(const struct study *study, const struct cohort *cohort, size_t i, struct job *job,
                void *result)
{
    const struct cv *cv = (const struct cv *)study;
    struct cv_run at = cv_run_at(cv, i);
    return cv_run(&cv->plan, &at, cohort, job, result, NULL);
}

static void put(struct study *study, const struct cohort *cohort, size_t i, void *result)
{
    const char **names = mem_new(cohort->n_animals, sizeof *names);
    for (size_t a = 0; a < cohort->n_animals; a++)
        names[a] = cohort->animals[a].name;
    cv_put((struct cv *)study, i, result, names);
    free(names);
}

static void clear(void *result)
{
    cv_result_clear(result);
}

static enum study_state state(const struct study *study, size_t i)
{
    const struct cv_result *r = &((const struct cv *)study)->results[i];
    return r->failed ? STUDY_FAILED : r->done ? STUDY_DONE : STUDY_TO_DO;
}

static void release(struct study *study)
{
    cv_free((struct cv *)study);
}

const struct study_kind cv_kind = {
    .name = "cv",
    .result_size = sizeof(struct cv_result),
    .run = run,
    .put = put,
    .clear = clear,
    .state = state,
    .free = release,
    .write_plan = write_plan,
    .read_plan = read_plan,
    .same = same,
    .write_run = write_run,
    .read_run = read_run,
    .agree = cv_agree,
};
