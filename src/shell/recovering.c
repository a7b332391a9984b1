#include "recovering.h"

#include <stdlib.h>

#include "deltaw/base/mem.h"

const char recovering_name[] = "recover";

struct recovering {
    struct recover *results;  /* the session's */
    struct result_file *file; /* NULL: none */
};

static bool run(const void *study, size_t i, struct job *job, void *result)
{
    const struct recovering *r = study;
    return recover_run(&r->results->plan, i, job, result);
}

static void take(struct session *session, void *study, size_t i, void *result)
{
    const struct recovering *r = study;
    (void)session;
    recover_put(r->results, i, result);
}

static bool append(void *study, size_t i, struct err *err)
{
    const struct recovering *r = study;
    return !r->file || recover_file_append(r->file, r->results, i, err);
}

static bool done(const void *study, size_t i)
{
    return ((const struct recovering *)study)->results->results[i].done;
}

static bool failed(const void *study, size_t i)
{
    return ((const struct recovering *)study)->results->results[i].failed != NULL;
}

static void clear(void *result)
{
    recover_result_clear(result);
}

static void release(void *study)
{
    struct recovering *r = study;
    recover_file_close(r->file);
    free(r);
}

static const struct runs_ops recovering_ops = {
    .name = recovering_name,
    .result_size = sizeof(struct recover_result),
    .run = run,
    .take = take,
    .append = append,
    .done = done,
    .failed = failed,
    .clear = clear,
    .show = recovering_result,
    .release = release,
};

void recovering_show(struct session *session, struct recover *r)
{
    recover_free(session->recover);
    session->recover = r;
}

bool recovering_start(struct session *session, struct result_file *file, size_t from, size_t to,
                      size_t *sent, struct err *err)
{
    struct recovering *r = mem_new(1, sizeof *r);
    *r = (struct recovering){session->recover, file};
    return runs_start(session, &recovering_ops, r, from, to, sent, err);
}

/* --- what came of it ----------------------------------------------------------- */

static void say_failed(const struct recover *r, struct output *out)
{
    for (size_t i = 0; i < r->n_runs; i++)
        if (r->results[i].failed) {
            output_note(out, "a fit failed: %s", r->results[i].failed);
            return;
        }
}

static void show_confusion(const struct recover *r, struct output *out)
{
    struct table matrix = {0}, rows = {0};
    recover_matrix(r, &matrix);
    recover_confusion(r, &rows);
    if (out->mode != OUTPUT_CSV) /* which has the rows */
        output_table(out, "matrix", &matrix);
    output_data(out, "confusion", &rows);
    output_say(out, "share of seeds on which the rule of a column is chosen");
    table_free(&matrix), table_free(&rows);
}

static void show_settings(const struct recover *r, struct output *out)
{
    struct table rows = {0};
    size_t below, of;
    recover_table(r, &rows);
    output_table(out, "recovery", &rows);
    recover_below(r, &below, &of);
    if (of > 0)
        output_say(out, "%zu of %zu errors are below those published", below, of);
    output_field_number(out, "below", (double)below);
    output_field_number(out, "compared", (double)of);
    table_free(&rows);
}

void recovering_result(struct session *session, struct output *out)
{
    const struct recover *r = session->recover;
    (r->plan.confusion ? show_confusion : show_settings)(r, out);
    if (r->n_done < r->n_runs)
        output_say(out, "%zu of %zu fits are done", r->n_done, r->n_runs);
    output_field_number(out, "fits_done", (double)r->n_done);
    output_field_number(out, "fits", (double)r->n_runs);
    say_failed(r, out);
}
