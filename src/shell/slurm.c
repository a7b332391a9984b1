/* DESIGN.  One job beside the session watches over the array: it writes what the parts need,
 * submits them, and every other second reads how far their files have come.  A part that is
 * neither through nor in Slurm's queue is submitted again, up to TRIES times in a row without
 * a new result.  Numbers of arrays are kept in FILE.parts/arrays, so that the same command,
 * given later or elsewhere, finds the parts that are still at work and does not submit them
 * twice. */
#include "slurm.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crossing.h"
#include "cv_plan.h"
#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/data/load.h"
#include "slurm_inside.h"

enum { TRIES = 5, POLL_MS = 1000 };

struct array {
    struct series series;
    struct job job;
    struct cohort *cohort;
    char *path, *folder, *line; /* results; FILE.parts; the command of a part up to shard= */
    char *partition, *time;
    size_t n, n_runs; /* parts; runs of the plan */
    bool submit, finished;
    atomic_size_t done; /* runs */
    atomic_bool cancel; /* by `stop` */
    size_t n_arrays;
    char **arrays; /* their numbers */
    bool ok;
    struct err err;
};

static char *in_folder(const struct array *a, const char *name)
{
    return mem_printf("%s/%s", a->folder, name);
}

static char *part_path(const struct array *a, size_t i)
{
    return mem_printf("%s/part-%zu.jsonl", a->folder, i + 1);
}

/* --- what the parts need ------------------------------------------------------ */

/* Within a here document. */
static void put_plain(const char *text, struct strbuf *out)
{
    for (; *text; text++) {
        if (strchr("\\$`", *text))
            strbuf_putc(out, '\\');
        strbuf_putc(out, *text);
    }
}

static void put_word(const char *word, struct strbuf *out)
{
    struct strbuf text = {0};
    args_word(word, &text);
    put_plain(strbuf_text(&text), out);
    strbuf_free(&text);
}

static void put_program(struct strbuf *out)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    strbuf_putc(out, '\'');
    for (const char *c = n > 0 ? path : "deltaw"; *c; c++)
        strbuf_puts(out, *c == '\'' ? "'\\''" : (char[]){*c, '\0'});
    strbuf_putc(out, '\'');
}

static bool write_script(const struct array *a, struct err *err)
{
    struct strbuf s = {0};
    char *data = in_folder(a, "data.csv.gz"), *script = in_folder(a, "array.sh");
    strbuf_printf(&s, "#!/bin/sh\n#SBATCH --job-name=deltaw-cv\n#SBATCH --array=1-%zu\n", a->n);
    strbuf_puts(&s, "#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=1\n");
    strbuf_printf(&s, "#SBATCH --output=\"%s/part-%%a.log\"\n", a->folder);
    if (a->partition)
        strbuf_printf(&s, "#SBATCH --partition=%s\n", a->partition);
    if (a->time)
        strbuf_printf(&s, "#SBATCH --time=%s\n", a->time);
    strbuf_puts(&s, "i=${SLURM_ARRAY_TASK_ID:-${1:?which part}}\nexec ");
    put_program(&s);
    strbuf_puts(&s, " --no-rc -q --threads 1 <<END\nload ");
    put_word(data, &s);
    strbuf_puts(&s, " missing_reward=half as=");
    put_word(a->cohort->name, &s);
    strbuf_putc(&s, '\n');
    put_plain(a->line, &s);
    strbuf_printf(&s, " shard=$i/%zu file=", a->n);
    put_word(a->folder, &s);
    strbuf_puts(&s, "/part-$i.jsonl\nwait\nEND\n");
    bool good = outfile_write(script, strbuf_text(&s), s.len, err);
    strbuf_free(&s);
    free(data), free(script);
    return good;
}

static bool prepare(const struct array *a, struct err *err)
{
    if (mkdir(a->folder, 0777) != 0 && errno != EEXIST)
        return err_system(err, ERR_FAILED, a->folder);
    char *data = in_folder(a, "data.csv.gz");
    bool good = cohort_save(a->cohort, data, err) && write_script(a, err);
    free(data);
    return good;
}

/* --- watching over them -------------------------------------------------------- */

static void read_arrays(struct array *a)
{
    enum { MOST = 1 << 20 };
    size_t n;
    char *path = in_folder(a, "arrays"), *text = infile_text(path, MOST, &n, NULL), *rest = text;
    for (char *number; (number = strsep(&rest, " \t\n"));)
        if (*number) {
            a->arrays = mem_resize(a->arrays, a->n_arrays + 1, sizeof *a->arrays);
            a->arrays[a->n_arrays++] = mem_text(number);
        }
    free(text);
    free(path);
}

static bool keep_arrays(const struct array *a, struct err *err)
{
    char *path = in_folder(a, "arrays");
    struct strbuf text = {0};
    for (size_t i = 0; i < a->n_arrays; i++)
        strbuf_printf(&text, "%s\n", a->arrays[i]);
    bool good = outfile_write(path, strbuf_text(&text), text.len, err);
    strbuf_free(&text);
    free(path);
    return good;
}

static bool submit(struct array *a, const char *parts, struct err *err)
{
    char *script = in_folder(a, "array.sh"), *number = NULL;
    bool good = slurm_sbatch(script, parts, &number, err);
    free(script);
    if (!good)
        return false;
    a->arrays = mem_resize(a->arrays, a->n_arrays + 1, sizeof *a->arrays);
    a->arrays[a->n_arrays++] = number;
    return keep_arrays(a, err);
}

/* Runs of a part that are done; *of: that it has. */
static size_t part_done(const struct array *a, size_t i, size_t *of)
{
    char *path = part_path(a, i);
    struct cv *cv = NULL;
    size_t from = a->n_runs * i / a->n, to = a->n_runs * (i + 1) / a->n, done = 0;
    *of = to - from;
    if (access(path, R_OK) == 0 && cv_read(path, &cv, NULL) && cv->n_runs == a->n_runs)
        for (size_t run = from; run < to; run++)
            done += cv->results[run].done;
    cv_free(cv);
    free(path);
    return done;
}

/* missing [n]: parts that are not through; how many. */
static size_t look(struct array *a, bool *missing)
{
    size_t done = 0, n = 0;
    for (size_t i = 0; i < a->n; i++) {
        size_t of, here = part_done(a, i, &of);
        missing[i] = here < of;
        n += missing[i];
        done += here;
    }
    atomic_store(&a->done, done);
    return n;
}

/* Those that are missing and not in the queue, "3,7"; false: Slurm did not answer. */
static bool lost_parts(const struct array *a, const bool *missing, struct strbuf *out)
{
    bool *queued = mem_new(a->n, sizeof *queued), known = true;
    for (size_t i = 0; i < a->n_arrays; i++)
        known = slurm_squeue(a->arrays[i], queued, a->n) && known;
    for (size_t i = 0; i < a->n; i++)
        if (missing[i] && !queued[i])
            strbuf_printf(out, "%s%zu", out->len ? "," : "", i + 1);
    free(queued);
    return known;
}

static bool watch(struct array *a, struct err *err)
{
    bool *missing = mem_new(a->n, sizeof *missing), good = true;
    size_t before = 0, tries = 0;
    while (good && !atomic_load(&a->job.stop)) {
        struct strbuf lost = {0};
        if (look(a, missing) == 0)
            break;
        bool known = lost_parts(a, missing, &lost);
        if (known && look(a, missing) == 0) /* they may have ended since */
            lost.len = 0;
        tries = atomic_load(&a->done) > before ? 0 : tries;
        before = atomic_load(&a->done);
        if (known && lost.len && tries++ == TRIES)
            good = err_set(err, ERR_FAILED,
                           "cv: parts %s end without a result, however often they are submitted; "
                           "see the .log files in %s",
                           strbuf_text(&lost), a->folder);
        else if (known && lost.len)
            good = submit(a, strbuf_text(&lost), err);
        strbuf_free(&lost);
        for (int ms = 0; good && ms < POLL_MS && !atomic_load(&a->job.stop); ms += 50)
            poll(NULL, 0, 50);
    }
    free(missing);
    return good && (!atomic_load(&a->job.stop) || err_set(err, ERR_INTERRUPTED, "interrupted"));
}

static bool merge(const struct array *a, struct err *err)
{
    struct cv *all = NULL;
    bool good = true;
    for (size_t i = 0; good && i < a->n; i++) {
        char *path = part_path(a, i);
        struct cv *cv = NULL;
        good = cv_read(path, &cv, err) && (!all || cv_join(all, cv, err));
        if (all || !good)
            cv_free(cv);
        else
            all = cv;
        free(path);
    }
    good = good && cv_write(all, a->path, err);
    cv_free(all);
    return good;
}

static void run_array(struct job *job)
{
    struct array *a = job->data;
    read_arrays(a);
    a->ok = prepare(a, &a->err) && (!a->submit || (watch(a, &a->err) && merge(a, &a->err)));
    for (size_t i = 0; i < a->n_arrays && atomic_load(&a->cancel); i++)
        slurm_scancel(a->arrays[i]);
}

/* --- as a series --------------------------------------------------------------- */

static void collect(struct session *session, struct series *series)
{
    struct array *a = (struct array *)series;
    struct cv *cv;
    if (a->finished || !job_done(&a->job))
        return;
    a->finished = true;
    if (a->ok && a->submit && cv_read(a->path, &cv, NULL))
        crossing_show(session, cv);
}

static bool over(const struct series *series)
{
    return ((const struct array *)series)->finished;
}

static void progress(const struct session *session, const struct series *series,
                     struct job_progress *out)
{
    const struct array *a = (const struct array *)series;
    (void)session;
    size_t done = atomic_load(&a->done);
    *out = (struct job_progress){.n = a->n_runs, .done = done, .seconds_left = NAN};
    out->running = a->finished || done == a->n_runs ? 0 : 1;
}

static void stop(struct series *series)
{
    struct array *a = (struct array *)series;
    atomic_store(&a->cancel, true);
    job_stop(&a->job);
}

static bool ended(const struct series *series, struct strbuf *out)
{
    const struct array *a = (const struct array *)series;
    if (a->ok && a->submit)
        strbuf_printf(out, "cv done: %zu fits in %zu parts, merged into %s", a->n_runs, a->n,
                      a->path);
    else if (a->ok)
        strbuf_printf(out, "cv: %s/array.sh is written; `sbatch` it, then merge %s/part-*.jsonl",
                      a->folder, a->folder);
    else if (a->err.code == ERR_INTERRUPTED)
        strbuf_printf(out, "cv stopped: %zu of %zu fits are done, in %s; the same command goes on",
                      atomic_load(&a->done), a->n_runs, a->folder);
    else
        strbuf_puts(out, a->err.message);
    return a->ok || a->err.code == ERR_INTERRUPTED;
}

static void result(struct session *session, const struct series *series, struct output *out)
{
    const struct array *a = (const struct array *)series;
    if (a->ok && a->submit)
        crossing_result(session, out);
}

/* The parts go on without us. */
static void release(struct session *session, struct series *series)
{
    struct array *a = (struct array *)series;
    (void)session;
    job_recall(&a->job);
    for (size_t i = 0; i < a->n_arrays; i++)
        free(a->arrays[i]);
    cohort_drop(a->cohort);
    free(a->path), free(a->folder), free(a->line), free(a->partition), free(a->time);
    free(a->arrays), free(a);
}

static const struct series_ops array_ops = {
    .collect = collect,
    .over = over,
    .progress = progress,
    .stop = stop,
    .ended = ended,
    .result = result,
    .free = release,
};

/* --- starting ------------------------------------------------------------------- */

/* The command of a part, but for shard= and file=. */
static char *part_line(const struct args *args)
{
    static const char *const not_theirs[] = {"submit", "partition", "time", "per", "file", NULL};
    struct args theirs = {0};
    struct strbuf line = {0};
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        size_t k = 0;
        while (arg->name && not_theirs[k] && strcmp(not_theirs[k], arg->name) != 0)
            k++;
        if (!arg->name || !not_theirs[k])
            args_set(&theirs, arg->name, arg->value, 0);
    }
    strbuf_puts(&line, "cv");
    args_words(&theirs, &line);
    args_free(&theirs);
    return strbuf_take(&line);
}

bool slurm_start(struct session *session, const struct cohort *cohort,
                 const struct slurm_request *r, struct output *out, struct err *err)
{
    struct array *a = mem_new(1, sizeof *a);
    char *absolute = r->path[0] == '/' ? mem_text(r->path) : NULL;
    if (!absolute) {
        char here[PATH_MAX];
        absolute = mem_printf("%s/%s", getcwd(here, sizeof here) ? here : ".", r->path);
    }
    a->cohort = cohort_hold(cohort);
    a->path = absolute;
    a->folder = mem_printf("%s.parts", absolute);
    a->line = part_line(r->args);
    a->partition = r->partition ? mem_text(r->partition) : NULL;
    a->time = r->time ? mem_text(r->time) : NULL;
    a->n_runs = session->cv->n_runs;
    a->n = (a->n_runs + r->per - 1) / r->per;
    a->submit = r->submit;
    a->job = (struct job){.run = run_array, .data = a, .lane = JOB_TASK};
    series_add(session, &a->series, &array_ops, crossing_name);
    if (!job_send(session->jobs, &a->job, err)) {
        a->finished = a->series.told = true;
        return false;
    }
    output_say(out, "cv %s: %zu fits in %zu parts of Slurm's, in %s",
               r->submit ? "is submitted" : "is written", a->n_runs, a->n, a->folder);
    output_field_number(out, "runs", (double)a->n_runs);
    output_field_number(out, "parts", (double)a->n);
    output_field_text(out, "file", a->path);
    return true;
}
