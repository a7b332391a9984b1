/* Results of cross-validations as JSON lines, see result_file.h. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "cv_inside.h"
#include "result_file.h"

struct cv_file {
    struct result_file *lines;
};

/* --- writing --------------------------------------------------------------- */

static void plan_line(const struct cv *cv, struct strbuf *out)
{
    json_t *o = json_object();
    char digest[32];
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)cv->plan.digest);
    json_object_set_new(o, "plan", json_loads(cv->plan.text, 0, NULL));
    json_object_set_new(o, "digest", json_string(digest));
    json_object_set_new(o, "cohort", json_string(cv->plan.cohort));
    result_line(o, out);
}

static void run_line(const struct cv *cv, size_t run, struct strbuf *out)
{
    const struct cv_run at = cv_run_at(cv, run);
    const struct cv_result *r = &cv->results[run];
    const struct cv_size *size = &cv->plan.sizes[at.size];
    json_t *o = json_object(), *animals = json_array();
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
    result_line(o, out);
}

bool cv_file_append(struct cv_file *file, const struct cv *cv, size_t run, struct err *err)
{
    struct strbuf text = {0};
    run_line(cv, run, &text);
    bool good = result_file_append(file->lines, &text, err);
    strbuf_free(&text);
    return good;
}

bool cv_write(const struct cv *cv, const char *path, struct err *err)
{
    struct strbuf text = {0};
    plan_line(cv, &text);
    for (size_t i = 0; i < cv->n_runs; i++)
        if (cv->results[i].done)
            run_line(cv, i, &text);
    bool good = outfile_write(path, strbuf_text(&text), text.len, err);
    strbuf_free(&text);
    return good;
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
    for (size_t i = 0; rule && i < cv->n_runs; i++) {
        struct cv_run at = cv_run_at(cv, i);
        const struct cv_size *size = &cv->plan.sizes[at.size];
        if (strcmp(cv->plan.rules[at.rule].words, rule) == 0 &&
            cv->plan.seeds[at.seed] == (uint64_t)seed && (json_int_t)at.fold + 1 == fold &&
            size->animals == (size_t)animals && size->trials == (size_t)trials)
            return i;
    }
    return cv->n_runs;
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

static bool take_run(const json_t *o, void *data)
{
    struct cv *cv = data;
    const json_t *animals = json_object_get(o, "animals");
    const char *failed = json_string_value(json_object_get(o, "failed"));
    const char *engine = json_string_value(json_object_get(o, "engine"));
    size_t run = run_of(cv, o);
    bool good = run < cv->n_runs && json_is_array(animals);
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

static bool take_plan(const json_t *o, void *plan)
{
    return cv_plan_read(o, plan);
}

bool cv_read(const char *path, struct cv **out, struct err *err)
{
    struct strbuf text = {0};
    struct cv_plan plan = {0};
    struct cv *cv = NULL;
    size_t at = 0;
    bool good = result_file_read(path, &text, err) &&
                result_plan(path, "cv", &text, take_plan, &plan, &at, err);
    if (good) {
        cv = cv_new(&plan);
        good = result_runs(path, &text, &at, take_run, cv, err);
    }
    cv_plan_free(&plan);
    strbuf_free(&text);
    if (good)
        *out = cv;
    else
        cv_free(cv);
    return good;
}

/* --- going on -------------------------------------------------------------- */

/* A line without its end is dropped: whoever wrote it was killed. */
static bool resume(struct cv_file *file, const struct strbuf *text, struct cv *cv, struct err *err)
{
    struct cv_plan plan = {0};
    size_t at;
    const char *path = file->lines->path;
    bool good = result_plan(path, "cv", text, take_plan, &plan, &at, err);
    if (good && !cv_plan_same(&cv->plan, &plan, err)) {
        err_prefix(err, "%s", path);
        good = false;
    }
    cv_plan_free(&plan);
    if (!good || !result_runs(path, text, &at, take_run, cv, err))
        return false;
    return at == text->len || result_file_cut(file->lines, at, err);
}

static bool begin(struct cv_file *file, const struct cv *cv, struct err *err)
{
    struct strbuf text = {0};
    plan_line(cv, &text);
    bool good = result_file_append(file->lines, &text, err);
    strbuf_free(&text);
    return good;
}

struct cv_file *cv_file_open(const char *path, struct cv *cv, struct err *err)
{
    struct cv_file *file = mem_new(1, sizeof *file);
    struct strbuf text = {0};
    bool fresh;
    file->lines = result_file_open(path, &text, &fresh, err);
    bool good = file->lines && (fresh ? begin(file, cv, err) : resume(file, &text, cv, err));
    strbuf_free(&text);
    if (good)
        return file;
    cv_file_close(file);
    return NULL;
}

void cv_file_close(struct cv_file *file)
{
    if (!file)
        return;
    result_file_close(file->lines);
    free(file);
}
