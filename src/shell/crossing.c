#include "crossing.h"

#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "runs.h"

const char crossing_name[] = "cv";

struct crossing {
    struct cv *cv; /* the session's */
    struct cohort *cohort;
    struct cv_file *file; /* NULL: none */
    const char **names;   /* [n_animals] of the cohort */
};

static bool run(const void *study, size_t i, struct job *job, void *result)
{
    const struct crossing *c = study;
    struct cv_run run = cv_run_at(c->cv, i);
    return cv_run(&c->cv->plan, &run, c->cohort, job, result, NULL);
}

static void take(struct session *session, void *study, size_t run, void *result)
{
    const struct crossing *c = study;
    cv_put(c->cv, run, result, c->names);
    session->cv_changes++;
}

static bool append(void *study, size_t run, struct err *err)
{
    const struct crossing *c = study;
    return !c->file || cv_file_append(c->file, c->cv, run, err);
}

static bool done(const void *study, size_t run)
{
    return ((const struct crossing *)study)->cv->results[run].done;
}

static bool failed(const void *study, size_t run)
{
    return ((const struct crossing *)study)->cv->results[run].failed != NULL;
}

static void clear(void *result)
{
    cv_result_clear(result);
}

static void release(void *study)
{
    struct crossing *c = study;
    cv_file_close(c->file);
    cohort_drop(c->cohort);
    free(c->names), free(c);
}

static const struct runs_ops crossing_ops = {
    .name = crossing_name,
    .result_size = sizeof(struct cv_result),
    .run = run,
    .take = take,
    .append = append,
    .done = done,
    .failed = failed,
    .clear = clear,
    .show = crossing_result,
    .release = release,
};

/* --- starting --------------------------------------------------------------- */

void crossing_show(struct session *session, struct cv *cv)
{
    cv_free(session->cv);
    session->cv = cv;
    session->cv_changes++;
}

bool crossing_start(struct session *session, const struct cohort *cohort, struct cv_file *file,
                    size_t from, size_t to, size_t *sent, struct err *err)
{
    struct crossing *c = mem_new(1, sizeof *c);
    *c = (struct crossing){.cv = session->cv, .cohort = cohort_hold(cohort), .file = file};
    c->names = mem_new(cohort->n_animals, sizeof *c->names);
    for (size_t a = 0; a < cohort->n_animals; a++)
        c->names[a] = cohort->animals[a].name;
    return runs_start(session, &crossing_ops, c, from, to, sent, err);
}

void crossing_result(struct session *session, struct output *out)
{
    struct table table = {0};
    struct err err = {0};
    bool sweep = session->cv->plan.n_sizes > 1, text = out->mode == OUTPUT_TEXT;
    if (text && !look_show(session, crossing_name, out, &err))
        output_note(out, "%s", err.message);
    if (text && !sweep) /* the picture is the table */
        return;
    cv_table(session->cv, &table);
    output_table(out, "rows", &table);
    table_free(&table);
}
