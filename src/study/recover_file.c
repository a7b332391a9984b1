/* Recoveries as a kind of study: what its lines hold. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "recover_inside.h"

static const double AGREE = 1e-6; /* of a value, or of its share above 1 */

static const char *const measures[] = {
    [RECOVER_RMSE] = "rmse",         [RECOVER_NULL] = "null_rmse", [RECOVER_R2] = "r2",
    [RECOVER_R2_BIAS] = "r2_bias",   [RECOVER_TRAIN] = "train",    [RECOVER_HELDOUT] = "heldout",
    [RECOVER_EVIDENCE] = "evidence",
};

static void write_plan(const struct study *study, json_t *o)
{
    json_object_set_new(o, "plan", json_loads(((const struct recover *)study)->plan.text, 0, NULL));
}

static void write_run(const struct study *study, size_t run, json_t *o)
{
    const struct recover *r = (const struct recover *)study;
    const struct recover_at at = recover_at(&r->plan, run);
    const struct recover_result *result = &r->results[run];
    json_object_set_new(o, "setting", json_string(r->plan.cases[at.which].setting));
    json_object_set_new(o, "case", json_string(r->plan.cases[at.which].name));
    json_object_set_new(o, "rule", json_string(r->plan.rules[at.rule].words));
    json_object_set_new(o, "seed", json_integer((json_int_t)r->plan.seeds[at.seed]));
    if (result->failed)
        json_object_set_new(o, "failed", json_string(result->failed));
    if (result->fit)
        json_object_set_new(o, "fit", json_string(result->fit));
    for (size_t i = 0; i < RECOVER_MEASURES; i++)
        json_object_set_new(o, measures[i],
                            isfinite(result->value[i]) ? json_real(result->value[i]) : json_null());
}

/* --- reading ----------------------------------------------------------------- */

static bool is(const json_t *o, const char *key, const char *value)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text && strcmp(text, value) == 0;
}

/* Which run of the plan a line is of; n_runs: of none. */
static size_t run_of(const struct recover *r, const json_t *o)
{
    const json_t *seed = json_object_get(o, "seed");
    for (size_t i = 0; json_is_integer(seed) && i < r->study.n_runs; i++) {
        const struct recover_at at = recover_at(&r->plan, i);
        if (is(o, "setting", r->plan.cases[at.which].setting) &&
            is(o, "case", r->plan.cases[at.which].name) &&
            is(o, "rule", r->plan.rules[at.rule].words) &&
            r->plan.seeds[at.seed] == (uint64_t)json_integer_value(seed))
            return i;
    }
    return r->study.n_runs;
}

static bool read_run(struct study *study, const json_t *o)
{
    struct recover *r = (struct recover *)study;
    size_t run = run_of(r, o);
    if (run < r->study.n_runs) {
        const char *failed = json_string_value(json_object_get(o, "failed"));
        const char *fit = json_string_value(json_object_get(o, "fit"));
        struct recover_result result = {.failed = failed ? mem_text(failed) : NULL,
                                        .fit = fit ? mem_text(fit) : NULL};
        for (size_t i = 0; i < RECOVER_MEASURES; i++) {
            const json_t *value = json_object_get(o, measures[i]);
            result.value[i] = json_is_number(value) ? json_number_value(value) : NAN;
        }
        recover_put(r, run, &result);
    }
    return run < r->study.n_runs;
}

static struct study *read_plan(const json_t *o)
{
    struct recover_plan plan;
    bool good = recover_plan_read(o, &plan);
    struct recover *r = good ? recover_new(&plan) : NULL;
    recover_plan_free(&plan);
    return r ? &r->study : NULL;
}

/* --- the rest ----------------------------------------------------------------- */

static bool same(const struct study *ours, const struct study *other, struct err *err)
{
    return study_texts_same(((const struct recover *)ours)->plan.text,
                            ((const struct recover *)other)->plan.text, err);
}

/* Two programs on the same run: another instruction set may round otherwise. */
static bool agree(const struct study *ours, const struct study *other, size_t run, struct err *err)
{
    const struct recover *a = (const struct recover *)ours, *b = (const struct recover *)other;
    const struct recover_result *x = &a->results[run], *y = &b->results[run];
    const struct recover_at at = recover_at(&a->plan, run);
    bool same = !x->failed == !y->failed;
    for (size_t i = 0; same && i < RECOVER_MEASURES; i++) {
        double far = fabs(x->value[i] - y->value[i]);
        same =
            isnan(x->value[i]) == isnan(y->value[i]) && !(far > AGREE * fmax(1, fabs(x->value[i])));
    }
    return same || err_set(err, ERR_DATA,
                           "two results of one run differ: %s, %s, seed %llu; one of the files is "
                           "not what its plan says",
                           a->plan.cases[at.which].name, a->plan.rules[at.rule].words,
                           (unsigned long long)a->plan.seeds[at.seed]);
}

static bool run(const struct study *study, const struct cohort *none, size_t i, struct job *job,
                void *result)
{
    (void)none;
    return recover_run(&((const struct recover *)study)->plan, i, job, result);
}

static void put(struct study *study, const struct cohort *none, size_t i, void *result)
{
    (void)none;
    recover_put((struct recover *)study, i, result);
}

static void clear(void *result)
{
    recover_result_clear(result);
}

static enum study_state state(const struct study *study, size_t i)
{
    const struct recover_result *r = &((const struct recover *)study)->results[i];
    return r->failed ? STUDY_FAILED : r->done ? STUDY_DONE : STUDY_TO_DO;
}

static void release(struct study *study)
{
    recover_free((struct recover *)study);
}

const struct study_kind recover_kind = {
    .name = "recover",
    .result_size = sizeof(struct recover_result),
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
    .agree = agree,
};
