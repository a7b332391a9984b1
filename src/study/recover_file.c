/* Results of `recover` as JSON lines, see result_file.h. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "recover_inside.h"
#include "result_file.h"

const char *const recover_measures[] = {
    [RECOVER_RMSE] = "rmse",         [RECOVER_NULL] = "null_rmse", [RECOVER_R2] = "r2",
    [RECOVER_R2_BIAS] = "r2_bias",   [RECOVER_TRAIN] = "train",    [RECOVER_HELDOUT] = "heldout",
    [RECOVER_EVIDENCE] = "evidence",
};

static void plan_line(const struct recover *r, struct strbuf *out)
{
    json_t *o = json_object();
    json_object_set_new(o, "plan", json_loads(r->plan.text, 0, NULL));
    result_line(o, out);
}

static void run_line(const struct recover *r, size_t run, struct strbuf *out)
{
    const struct recover_at at = recover_at(&r->plan, run);
    const struct recover_result *result = &r->results[run];
    json_t *o = json_object();
    json_object_set_new(o, "setting", json_string(r->plan.cases[at.which].setting));
    json_object_set_new(o, "case", json_string(r->plan.cases[at.which].name));
    json_object_set_new(o, "rule", json_string(r->plan.rules[at.rule].words));
    json_object_set_new(o, "seed", json_integer((json_int_t)r->plan.seeds[at.seed]));
    if (result->failed)
        json_object_set_new(o, "failed", json_string(result->failed));
    if (result->fit)
        json_object_set_new(o, "fit", json_string(result->fit));
    for (size_t i = 0; i < RECOVER_MEASURES; i++)
        json_object_set_new(o, recover_measures[i],
                            isfinite(result->value[i]) ? json_real(result->value[i]) : json_null());
    result_line(o, out);
}

bool recover_file_append(struct result_file *file, const struct recover *r, size_t run,
                         struct err *err)
{
    struct strbuf text = {0};
    run_line(r, run, &text);
    bool good = result_file_append(file, &text, err);
    strbuf_free(&text);
    return good;
}

bool recover_write(const struct recover *r, const char *path, struct err *err)
{
    struct strbuf text = {0};
    plan_line(r, &text);
    for (size_t i = 0; i < r->n_runs; i++)
        if (r->results[i].done)
            run_line(r, i, &text);
    bool good = outfile_write(path, strbuf_text(&text), text.len, err);
    strbuf_free(&text);
    return good;
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
    for (size_t i = 0; json_is_integer(seed) && i < r->n_runs; i++) {
        const struct recover_at at = recover_at(&r->plan, i);
        if (is(o, "setting", r->plan.cases[at.which].setting) &&
            is(o, "case", r->plan.cases[at.which].name) &&
            is(o, "rule", r->plan.rules[at.rule].words) &&
            r->plan.seeds[at.seed] == (uint64_t)json_integer_value(seed))
            return i;
    }
    return r->n_runs;
}

static bool take_run(const json_t *o, void *data)
{
    struct recover *r = data;
    size_t run = run_of(r, o);
    if (run < r->n_runs) {
        const char *failed = json_string_value(json_object_get(o, "failed"));
        const char *fit = json_string_value(json_object_get(o, "fit"));
        struct recover_result result = {.failed = failed ? mem_text(failed) : NULL,
                                        .fit = fit ? mem_text(fit) : NULL};
        for (size_t i = 0; i < RECOVER_MEASURES; i++) {
            const json_t *value = json_object_get(o, recover_measures[i]);
            result.value[i] = json_is_number(value) ? json_number_value(value) : NAN;
        }
        recover_put(r, run, &result);
    }
    return run < r->n_runs;
}

static bool take_plan(const json_t *o, void *plan)
{
    return recover_plan_read(o, plan);
}

bool recover_read(const char *path, struct recover **out, struct err *err)
{
    struct strbuf text = {0};
    struct recover_plan plan = {0};
    struct recover *r = NULL;
    size_t at = 0;
    bool good = result_file_read(path, &text, err) &&
                result_plan(path, "recover", &text, take_plan, &plan, &at, err);
    if (good) {
        r = recover_new(&plan);
        good = result_runs(path, &text, &at, take_run, r, err);
    }
    recover_plan_free(&plan);
    strbuf_free(&text);
    if (good)
        *out = r;
    else
        recover_free(r);
    return good;
}

bool recover_is(const char *path)
{
    struct strbuf text = {0};
    struct recover_plan plan = {0};
    size_t at;
    bool is = result_file_read(path, &text, NULL) &&
              result_plan(path, "recover", &text, take_plan, &plan, &at, NULL);
    recover_plan_free(&plan);
    strbuf_free(&text);
    return is;
}

/* --- going on ---------------------------------------------------------------- */

static bool resume(struct result_file *file, const struct strbuf *text, struct recover *r,
                   struct err *err)
{
    struct recover_plan plan = {0};
    size_t at;
    bool good = result_plan(file->path, "recover", text, take_plan, &plan, &at, err);
    if (good && !result_plans_same(r->plan.text, plan.text, err)) {
        err_prefix(err, "%s", file->path);
        good = false;
    }
    recover_plan_free(&plan);
    return good && result_runs(file->path, text, &at, take_run, r, err) &&
           (at == text->len || result_file_cut(file, at, err));
}

static bool begin(struct result_file *file, const struct recover *r, struct err *err)
{
    struct strbuf text = {0};
    plan_line(r, &text);
    bool good = result_file_append(file, &text, err);
    strbuf_free(&text);
    return good;
}

struct result_file *recover_file_open(const char *path, struct recover *r, struct err *err)
{
    struct strbuf text = {0};
    bool fresh;
    struct result_file *file = result_file_open(path, &text, &fresh, err);
    bool good = file && (fresh ? begin(file, r, err) : resume(file, &text, r, err));
    strbuf_free(&text);
    if (good)
        return file;
    result_file_close(file);
    return NULL;
}

void recover_file_close(struct result_file *file)
{
    result_file_close(file);
}

bool recover_join(struct recover *to, const struct recover *from, struct err *err)
{
    if (!result_plans_same(to->plan.text, from->plan.text, err))
        return false;
    for (size_t i = 0; i < from->n_runs; i++) {
        const struct recover_result *result = &from->results[i];
        if (!result->done || to->results[i].done)
            continue;
        struct recover_result copy = *result;
        copy.failed = result->failed ? mem_text(result->failed) : NULL;
        copy.fit = result->fit ? mem_text(result->fit) : NULL;
        recover_put(to, i, &copy);
    }
    return true;
}
