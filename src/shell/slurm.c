/* DESIGN.  One job beside the session watches over the array: it writes what the parts need,
 * submits them, and every second reads their files, what is new in which is shown.  A part that is
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

#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/data/load.h"
#include "slurm_inside.h"

enum { TRIES = 5, POLL_MS = 1000 };

struct array {
    struct series series;
    struct job job;
    const struct studying *of;
    struct cohort *cohort;            /* NULL: it needs none */
    struct study *before;             /* what was done before; a copy */
    struct study_file *file;          /* of the results, held open; NULL: only a script is made */
    _Atomic(struct study *) gathered; /* by the job, for the session; NULL: nothing new */
    char *path, *folder, *line;       /* results; FILE.parts; the command of a part up to shard= */
    char *partition, *time;
    size_t n, n_runs; /* parts; runs of the plan */
    bool finished;
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
    strbuf_printf(&s, "#!/bin/sh\n#SBATCH --job-name=deltaw-%s\n#SBATCH --array=1-%zu\n",
                  a->of->kind->name, a->n);
    strbuf_puts(&s, "#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=1\n");
    strbuf_printf(&s, "#SBATCH --output=\"%s/part-%%a.log\"\n", a->folder);
    if (a->partition)
        strbuf_printf(&s, "#SBATCH --partition=%s\n", a->partition);
    if (a->time)
        strbuf_printf(&s, "#SBATCH --time=%s\n", a->time);
    strbuf_puts(&s, "i=${SLURM_ARRAY_TASK_ID:-${1:?which part}}\nexec ");
    put_program(&s);
    strbuf_puts(&s, " --no-rc -q --threads 1 <<END\n");
    if (a->cohort) {
        strbuf_puts(&s, "load ");
        put_word(data, &s);
        strbuf_puts(&s, " missing_reward=half as=");
        put_word(a->cohort->name, &s);
        strbuf_putc(&s, '\n');
    }
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
    bool good = (!a->cohort || cohort_save(a->cohort, data, err)) && write_script(a, err);
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

/* What was done before, and what the parts have done since; NULL: one is of another plan. */
static struct study *gather(const struct array *a, struct err *err)
{
    struct study *all = study_copy(a->before), *part = NULL;
    bool good = true;
    for (size_t i = 0; good && i < a->n; i++, study_free(part)) {
        char *path = part_path(a, i);
        part = NULL;
        if (access(path, R_OK) == 0 && study_read(path, all->kind, &part, NULL) &&
            !study_join(all, part, err)) {
            err_prefix(err, "%s", path);
            good = false;
        }
        free(path);
    }
    if (good)
        return all;
    study_free(all);
    return NULL;
}

/* missing [n]: parts that are not through; *left: how many. */
static bool look(struct array *a, bool *missing, size_t *left, struct err *err)
{
    struct study *all = gather(a, err);
    *left = 0;
    for (size_t i = 0; all && i < a->n; i++) {
        size_t from, to;
        study_part(all, i + 1, a->n, &from, &to);
        missing[i] = false;
        for (size_t run = from; run < to; run++)
            missing[i] = missing[i] || all->kind->state(all, run) == STUDY_TO_DO;
        *left += missing[i];
    }
    if (!all)
        return false;
    atomic_store(&a->done, all->n_done);
    study_free(atomic_exchange(&a->gathered, all));
    return true;
}

/* Which parts are in the queue, [n]; false: Slurm did not answer. */
static bool ask_queue(const struct array *a, bool *queued)
{
    bool known = true;
    memset(queued, 0, a->n * sizeof *queued);
    for (size_t i = 0; i < a->n_arrays; i++)
        known = slurm_squeue(a->arrays[i], queued, a->n) && known;
    return known;
}

/* Those that are missing and not in the queue, "3,7". */
static void lost_parts(size_t n, const bool *missing, const bool *queued, struct strbuf *out)
{
    for (size_t i = 0; i < n; i++)
        if (missing[i] && !queued[i])
            strbuf_printf(out, "%s%zu", out->len ? "," : "", i + 1);
}

static bool submit_again(struct array *a, const char *parts, size_t tries, struct err *err)
{
    if (tries < TRIES)
        return submit(a, parts, err);
    return err_set(err, ERR_FAILED,
                   "parts %s end without a result, however often they are submitted; see the .log "
                   "files in %s",
                   parts, a->folder);
}

/* The queue is asked first: a part that has left it has its results by then, or is lost. */
static bool watch(struct array *a, struct err *err)
{
    bool *missing = mem_new(a->n, sizeof *missing), *queued = mem_new(a->n, sizeof *queued);
    size_t before = 0, tries = 0, left = 1;
    bool good = true;
    while (good && left && !atomic_load(&a->job.stop)) {
        struct strbuf lost = {0};
        bool known = ask_queue(a, queued);
        good = look(a, missing, &left, err);
        tries = atomic_load(&a->done) > before ? 0 : tries;
        before = atomic_load(&a->done);
        if (good && known)
            lost_parts(a->n, missing, queued, &lost);
        if (lost.len)
            good = submit_again(a, strbuf_text(&lost), tries++, err);
        strbuf_free(&lost);
        for (int ms = 0; good && left && ms < POLL_MS && !atomic_load(&a->job.stop); ms += 50)
            poll(NULL, 0, 50);
    }
    free(missing), free(queued);
    return good && (left == 0 || err_set(err, ERR_INTERRUPTED, "interrupted"));
}

static bool merge(const struct array *a, struct err *err)
{
    struct study *all = gather(a, err);
    bool good = all && study_write(all, a->path, err);
    study_free(all);
    return good;
}

static void run_array(struct job *job)
{
    struct array *a = job->data;
    read_arrays(a);
    a->ok = prepare(a, &a->err) && (!a->file || (watch(a, &a->err) && merge(a, &a->err)));
    if (!a->ok)
        err_prefix(&a->err, "%s", a->of->kind->name);
    bool over = a->ok && a->file; /* parts that Slurm has queued again are not wanted any more */
    for (size_t i = 0; i < a->n_arrays && (over || atomic_load(&a->cancel)); i++)
        slurm_scancel(a->arrays[i]);
}

/* --- as a series --------------------------------------------------------------- */

static void collect(struct session *session, struct series *series)
{
    struct array *a = (struct array *)series;
    a->finished = a->finished || job_done(&a->job);
    struct study *gathered = atomic_exchange(&a->gathered, NULL);
    if (gathered && gathered->n_done > session->studies[a->of->which].study->n_done)
        studying_take(session, a->of, gathered);
    else
        study_free(gathered);
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
    const char *name = a->of->kind->name;
    /* no error: it was stopped before it began */
    bool stopped = !a->ok && (a->err.code == ERR_INTERRUPTED || a->err.code == ERR_NONE);
    if (a->ok && a->file)
        strbuf_printf(out, "%s done: %zu fits in %zu parts, merged into %s", name, a->n_runs, a->n,
                      a->path);
    else if (a->ok)
        strbuf_printf(out, "%s: %s/array.sh is written; `sbatch` it, then merge %s/part-*.jsonl",
                      name, a->folder, a->folder);
    else if (stopped)
        strbuf_printf(out, "%s stopped: %zu of %zu fits are done, in %s; the same command goes on",
                      name, atomic_load(&a->done), a->n_runs, a->folder);
    else
        strbuf_puts(out, a->err.message);
    return a->ok || stopped;
}

static void result(struct session *session, const struct series *series, struct output *out)
{
    const struct array *a = (const struct array *)series;
    if (a->ok && a->file)
        a->of->show(session, out);
}

/* The parts go on without us. */
static void release(struct session *session, struct series *series)
{
    struct array *a = (struct array *)series;
    (void)session;
    job_recall(&a->job);
    for (size_t i = 0; i < a->n_arrays; i++)
        free(a->arrays[i]);
    study_free(atomic_load(&a->gathered));
    study_free(a->before);
    study_close(a->file);
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
static char *part_line(const char *verb, const struct args *args)
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
    strbuf_puts(&line, verb);
    args_words(&theirs, &line);
    args_free(&theirs);
    return strbuf_take(&line);
}

/* From the root: parts run elsewhere. */
static char *whole_path(const char *path)
{
    char here[PATH_MAX];
    return path[0] == '/' ? mem_text(path)
                          : mem_printf("%s/%s", getcwd(here, sizeof here) ? here : ".", path);
}

static char *text_of(const struct studying *of, const struct args *args, const char *name)
{
    const char *text = args_text(args, of->options, name);
    return text ? mem_text(text) : NULL;
}

bool slurm_start(struct session *session, const struct studying *of, const struct cohort *cohort,
                 const struct args *args, const char *path, struct study_file *file,
                 struct output *out, struct err *err)
{
    struct array *a = mem_new(1, sizeof *a);
    size_t per = (size_t)args_integer(args, of->options, "per");
    a->of = of;
    a->cohort = cohort ? cohort_hold(cohort) : NULL;
    a->before = study_copy(session->studies[of->which].study);
    a->file = file;
    a->path = whole_path(path);
    a->folder = mem_printf("%s.parts", a->path);
    a->line = part_line(of->kind->name, args);
    a->partition = text_of(of, args, "partition");
    a->time = text_of(of, args, "time");
    a->n_runs = a->before->n_runs;
    a->n = (a->n_runs + per - 1) / per;
    a->job = (struct job){.run = run_array, .data = a, .lane = JOB_TASK};
    series_add(session, &a->series, &array_ops, of->kind->name);
    if (!job_send(session->jobs, &a->job, err)) {
        a->finished = a->series.told = true;
        return false;
    }
    output_say(out, "%s %s: %zu fits in %zu parts of Slurm's, in %s", of->kind->name,
               file ? "is submitted" : "is written", a->n_runs, a->n, a->folder);
    output_field_number(out, "runs", (double)a->n_runs);
    output_field_number(out, "parts", (double)a->n);
    output_field_text(out, "file", a->path);
    return true;
}
