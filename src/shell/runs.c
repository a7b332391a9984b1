#include "runs.h"

#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/bias.h"
#include "deltaw/study/comparison.h"
#include "deltaw/study/loop.h"

struct runs_job {
    struct job job;
    const struct runs *of;
    size_t run;
    void *result;
    bool ok, taken;
};

struct runs {
    struct series series;
    const struct studying *of;
    struct study *study;     /* the session's */
    struct cohort *cohort;   /* NULL: it needs none */
    struct study_file *file; /* NULL: none */
    size_t n, n_taken;
    struct runs_job *jobs; /* [n] */
    size_t from, to;
    size_t lost;        /* runs that were stopped */
    struct err trouble; /* of the file */
};

static void run_job(struct job *job)
{
    struct runs_job *j = job->data;
    const struct runs *r = j->of;
    j->ok = r->study->kind->run(r->study, r->cohort, j->run, job, j->result);
}

static void take(struct session *session, struct runs *r, struct runs_job *j)
{
    j->taken = true;
    r->n_taken++;
    if (!j->ok) {
        r->lost++;
        return;
    }
    r->study->kind->put(r->study, r->cohort, j->run, j->result);
    session->studies[r->of->which].changes++;
    if (r->file && r->trouble.code == ERR_NONE)
        study_append(r->file, r->study, j->run, &r->trouble);
}

static void stop(struct series *series)
{
    struct runs *r = (struct runs *)series;
    for (size_t i = r->n; i-- > 0;) /* those that wait first, that none of them begins */
        if (!r->jobs[i].taken)
            job_stop(&r->jobs[i].job);
}

static void collect(struct session *session, struct series *series)
{
    struct runs *r = (struct runs *)series;
    for (size_t i = 0; i < r->n && r->n_taken < r->n; i++)
        if (!r->jobs[i].taken && job_done(&r->jobs[i].job))
            take(session, r, &r->jobs[i]);
    if (r->trouble.code != ERR_NONE)
        stop(series);
}

static size_t count(const struct runs *r, enum study_state least)
{
    size_t n = 0;
    for (size_t i = r->from; i < r->to; i++)
        n += r->study->kind->state(r->study, i) >= least;
    return n;
}

static bool over(const struct series *series)
{
    const struct runs *r = (const struct runs *)series;
    return r->n_taken == r->n;
}

static void progress(const struct session *session, const struct series *series,
                     struct job_progress *out)
{
    const struct runs *r = (const struct runs *)series;
    job_group_progress(session->jobs, &series->group, out);
    out->n = r->to - r->from;
    out->done = count(r, STUDY_DONE); /* jobs that were stopped are done as well, not their runs */
}

/* "cv done: 140 runs, 2 failed" */
static bool ended(const struct series *series, struct strbuf *out)
{
    const struct runs *r = (const struct runs *)series;
    const char *name = r->study->kind->name;
    size_t n = r->to - r->from, failed = count(r, STUDY_FAILED);
    if (r->trouble.code != ERR_NONE) {
        strbuf_printf(out, "%s stopped: %s", name, r->trouble.message);
        return false;
    }
    if (r->lost)
        strbuf_printf(out, "%s stopped: %zu of %zu runs are done", name, n - r->lost, n);
    else
        strbuf_printf(out, "%s done: %zu run%s", name, n, n == 1 ? "" : "s");
    if (failed)
        strbuf_printf(out, ", %zu failed", failed);
    return true;
}

static void result(struct session *session, const struct series *series, struct output *out)
{
    ((const struct runs *)series)->of->show(session, out);
}

static void release(struct session *session, struct series *series)
{
    struct runs *r = (struct runs *)series;
    stop(series);
    for (size_t i = 0; i < r->n; i++) {
        if (!r->jobs[i].taken) {
            job_recall(&r->jobs[i].job);
            take(session, r, &r->jobs[i]);
        }
        r->study->kind->clear(r->jobs[i].result);
        free(r->jobs[i].result);
    }
    study_close(r->file);
    cohort_drop(r->cohort);
    free(r->jobs), free(r);
}

static const struct series_ops runs_series = {
    .collect = collect,
    .over = over,
    .progress = progress,
    .stop = stop,
    .ended = ended,
    .result = result,
    .free = release,
};

static void make_jobs(struct runs *r)
{
    r->jobs = mem_new(r->to - r->from, sizeof *r->jobs);
    for (size_t i = r->from; i < r->to; i++)
        if (r->study->kind->state(r->study, i) == STUDY_TO_DO)
            r->jobs[r->n++] = (struct runs_job){
                .of = r, .run = i, .result = mem_new(1, r->study->kind->result_size)};
}

bool runs_start(struct session *session, const struct studying *of, const struct cohort *cohort,
                struct study_file *file, size_t from, size_t to, size_t *sent, struct err *err)
{
    struct runs *r = mem_new(1, sizeof *r);
    *r = (struct runs){.of = of,
                       .study = session->studies[of->which].study,
                       .cohort = cohort ? cohort_hold(cohort) : NULL,
                       .file = file,
                       .from = from,
                       .to = to};
    bool good = true;
    make_jobs(r);
    *sent = r->n;
    series_add(session, &r->series, &runs_series, of->kind->name);
    for (size_t i = 0; i < r->n; i++) {
        struct runs_job *j = &r->jobs[i];
        j->job = (struct job){
            .run = run_job, .data = j, .lane = JOB_FIT, .priority = -1, .group = &r->series.group};
        good = good && job_send(session->jobs, &j->job, err);
        j->taken = !good;
        r->n_taken += !good;
    }
    r->series.told = r->n == 0; /* there is nothing to tell */
    return good;
}

void session_drop_results(struct session *session)
{
    bias_free(session->bias);
    comparison_free(session->comparison);
    for (size_t i = 0; i < STUDIES; i++)
        study_free(session->studies[i].study);
    loop_free(session->loop);
}
