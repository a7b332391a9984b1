#include "crossing.h"

#include <stdlib.h>

#include "deltaw/base/mem.h"

const char crossing_name[] = "cv";

struct crossing_job {
    struct job job;
    const struct crossing *of;
    size_t run;
    struct cv_result result;
    bool ok, taken;
};

struct crossing {
    struct series series;
    struct cv *cv; /* the session's */
    struct cohort *cohort;
    struct cv_file *file; /* NULL: none */
    size_t n, n_taken;
    struct crossing_job *jobs; /* [n] */
    size_t from, to;
    const char **names; /* [n_animals] of the cohort */
    size_t lost;        /* runs that were stopped */
    struct err trouble; /* of the file */
};

/* --- runs ------------------------------------------------------------------- */

static void run_job(struct job *job)
{
    struct crossing_job *j = job->data;
    const struct crossing *c = j->of;
    struct cv_run run = cv_run_at(c->cv, j->run);
    j->ok = cv_run(&c->cv->plan, &run, c->cohort, job, &j->result, NULL);
}

/* The file first: what is shown as done is kept. */
static void take(struct session *session, struct crossing *c, struct crossing_job *j)
{
    j->taken = true;
    c->n_taken++;
    if (!j->ok) {
        c->lost++;
        return;
    }
    cv_put(c->cv, j->run, &j->result, c->names);
    session->cv_changes++;
    if (c->file && c->trouble.code == ERR_NONE)
        cv_file_append(c->file, c->cv, j->run, &c->trouble);
}

static void stop(struct series *series)
{
    struct crossing *c = (struct crossing *)series;
    for (size_t i = 0; i < c->n; i++)
        if (!c->jobs[i].taken)
            job_stop(&c->jobs[i].job);
}

static void collect(struct session *session, struct series *series)
{
    struct crossing *c = (struct crossing *)series;
    for (size_t i = 0; i < c->n && c->n_taken < c->n; i++)
        if (!c->jobs[i].taken && job_done(&c->jobs[i].job))
            take(session, c, &c->jobs[i]);
    if (c->trouble.code != ERR_NONE)
        stop(series);
}

static bool over(const struct series *series)
{
    const struct crossing *c = (const struct crossing *)series;
    return c->n_taken == c->n;
}

static void progress(const struct session *session, const struct series *series,
                     struct job_progress *out)
{
    const struct crossing *c = (const struct crossing *)series;
    job_group_progress(session->jobs, &series->group, out);
    out->n = c->to - c->from;
    out->done = 0; /* jobs that were stopped are done as well, but not their runs */
    for (size_t i = c->from; i < c->to; i++)
        out->done += c->cv->results[i].done;
}

/* "cv done: 140 runs, 2 failed" */
static bool ended(const struct series *series, struct strbuf *out)
{
    const struct crossing *c = (const struct crossing *)series;
    size_t n = c->to - c->from, failed = 0;
    for (size_t i = c->from; i < c->to; i++)
        failed += c->cv->results[i].failed != NULL;
    if (c->trouble.code != ERR_NONE) {
        strbuf_printf(out, "%s stopped: %s", crossing_name, c->trouble.message);
        return false;
    }
    if (c->lost)
        strbuf_printf(out, "%s stopped: %zu of %zu runs are done", crossing_name, n - c->lost, n);
    else
        strbuf_printf(out, "%s done: %zu run%s", crossing_name, n, n == 1 ? "" : "s");
    if (failed)
        strbuf_printf(out, ", %zu failed", failed);
    return true;
}

static void result(struct session *session, const struct series *series, struct output *out)
{
    (void)series;
    crossing_result(session, out);
}

static void release(struct session *session, struct series *series)
{
    struct crossing *c = (struct crossing *)series;
    stop(series);
    for (size_t i = 0; i < c->n; i++) {
        if (!c->jobs[i].taken) {
            job_recall(&c->jobs[i].job);
            take(session, c, &c->jobs[i]);
        }
        cv_result_clear(&c->jobs[i].result);
    }
    cv_file_close(c->file);
    cohort_drop(c->cohort);
    free(c->jobs), free(c->names), free(c);
}

static const struct series_ops crossing_ops = {
    .collect = collect,
    .over = over,
    .progress = progress,
    .stop = stop,
    .ended = ended,
    .result = result,
    .free = release,
};

/* --- starting --------------------------------------------------------------- */

void crossing_show(struct session *session, struct cv *cv)
{
    cv_free(session->cv);
    session->cv = cv;
    session->cv_changes++;
}

static void take_jobs(struct crossing *c)
{
    c->jobs = mem_new(c->to - c->from, sizeof *c->jobs);
    for (size_t i = c->from; i < c->to; i++)
        if (!c->cv->results[i].done)
            c->jobs[c->n++] = (struct crossing_job){.of = c, .run = i};
    c->names = mem_new(c->cohort->n_animals, sizeof *c->names);
    for (size_t a = 0; a < c->cohort->n_animals; a++)
        c->names[a] = c->cohort->animals[a].name;
}

bool crossing_start(struct session *session, const struct cohort *cohort, struct cv_file *file,
                    size_t from, size_t to, size_t *sent, struct err *err)
{
    struct crossing *c = mem_new(1, sizeof *c);
    *c = (struct crossing){
        .cv = session->cv, .cohort = cohort_hold(cohort), .file = file, .from = from, .to = to};
    bool good = true;
    take_jobs(c);
    *sent = c->n;
    series_add(session, &c->series, &crossing_ops, crossing_name);
    for (size_t i = 0; i < c->n; i++) {
        struct crossing_job *j = &c->jobs[i];
        j->job = (struct job){
            .run = run_job, .data = j, .lane = JOB_FIT, .priority = -1, .group = &c->series.group};
        good = good && job_send(session->jobs, &j->job, err);
        j->taken = !good;
        c->n_taken += !good;
    }
    c->series.told = c->n == 0; /* there is nothing to tell */
    return good;
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
