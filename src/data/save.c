/* Writing a cohort as a native log. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/data/load.h"
#include "deltaw/data/npz.h"
#include "gz.h"
#include "truthfile.h"

enum { BLOCK = 64 * 1024 };

struct writer {
    struct outfile out;
    struct gz_out *gz; /* NULL: plain */
    struct strbuf text, packed;
    bool failed;
};

static void put(struct writer *w, const struct strbuf *bytes)
{
    if (bytes->len && fwrite(bytes->text, 1, bytes->len, w->out.file) != bytes->len)
        w->failed = true;
}

static void pass_on(struct writer *w)
{
    if (w->gz) {
        gz_out_write(w->gz, strbuf_text(&w->text), w->text.len, &w->packed);
        put(w, &w->packed);
        strbuf_reset(&w->packed);
    } else {
        put(w, &w->text);
    }
    strbuf_reset(&w->text);
}

static void write_header(struct writer *w, const struct cohort *c)
{
    strbuf_puts(&w->text, "subject,session,trial,stimulus,choice,reward,answer");
    if (cohort_gaps(c))
        strbuf_puts(&w->text, ",after_gap");
    for (size_t i = 0; i < c->n_columns; i++) {
        strbuf_putc(&w->text, ',');
        strbuf_csv_text(&w->text, c->columns[i].name);
    }
    strbuf_putc(&w->text, '\n');
}

static void write_float(struct strbuf *out, float value)
{
    char number[NUMBER_SIZE];
    if (value == 0 || value == 1)
        strbuf_putc(out, value == 0 ? '0' : '1');
    else if (!isnan(value))
        strbuf_puts(out, number_float(number, value));
}

static void write_trial(struct writer *w, const struct cohort *c, size_t t, bool gaps)
{
    char number[NUMBER_SIZE];
    strbuf_csv_text(&w->text, c->session_names[c->session[t]]);
    int n = snprintf(number, sizeof number, ",%d,", c->trial[t]);
    strbuf_add(&w->text, number, (size_t)n);
    write_float(&w->text, c->stimulus[t]);
    char choice[3] = {',', (char)('0' + c->choice[t]), ','};
    strbuf_add(&w->text, choice, 3);
    write_float(&w->text, c->reward[t]);
    char answer[2] = {',', (char)('0' + c->answer[t])};
    strbuf_add(&w->text, answer, 2);
    if (gaps)
        strbuf_puts(&w->text, c->gap[t] ? ",1" : ",0");
    for (size_t i = 0; i < c->n_columns; i++) {
        strbuf_putc(&w->text, ',');
        write_float(&w->text, c->columns[i].values[t]);
    }
    strbuf_putc(&w->text, '\n');
}

static void write_log(struct writer *w, const struct cohort *c)
{
    bool gaps = cohort_gaps(c) > 0;
    write_header(w, c);
    for (size_t a = 0; a < c->n_animals && !w->failed; a++) {
        struct strbuf name = {0};
        strbuf_csv_text(&name, c->animals[a].name);
        strbuf_putc(&name, ',');
        size_t end = c->animals[a].first + c->animals[a].count;
        for (size_t t = c->animals[a].first; t < end && !w->failed; t++) {
            strbuf_add(&w->text, name.text, name.len);
            write_trial(w, c, t, gaps);
            if (w->text.len >= BLOCK) {
                pass_on(w);
                w->failed = w->failed || job_unwanted();
            }
        }
        strbuf_free(&name);
    }
    pass_on(w);
}

/* Everything into the temporary file. */
static bool write_whole(const struct cohort *c, const char *path, struct outfile *out,
                        struct err *err)
{
    struct writer w = {0};
    size_t n = strlen(path);
    if (!outfile_open(&w.out, path, err))
        return false;
    if (n > 3 && strcmp(path + n - 3, ".gz") == 0)
        w.gz = gz_out_new();
    write_log(&w, c);
    if (w.gz) {
        gz_out_finish(w.gz, &w.packed);
        put(&w, &w.packed);
    }
    strbuf_free(&w.text);
    strbuf_free(&w.packed);
    if (w.failed || fflush(w.out.file) != 0) {
        if (job_unwanted())
            err_set(err, ERR_INTERRUPTED, "%s: interrupted", path);
        err_system(err, ERR_FAILED, path);
        outfile_abandon(&w.out);
        return false;
    }
    *out = w.out;
    return true;
}

/* A side file makes sense only beside a regular file. */
static bool takes_side_file(const char *path)
{
    struct stat st;
    char *real = path_expand(path);
    bool takes = stat(real, &st) != 0 || S_ISREG(st.st_mode);
    free(real);
    return takes;
}

/* What an earlier simulation left beside this path is not the truth of these data. */
static void remove_stale(const struct cohort *c, const char *side, const char *path)
{
    char *real = path_expand(path), *beside = path_expand(side), *note = NULL;
    char *truth = truth_file_read(real, c->digest, &note);
    if (!truth && note && strstr(note, "belongs to other data"))
        unlink(beside);
    free(truth);
    free(note);
    free(real);
    free(beside);
}

static void add_floats(struct npz *npz, const char *name, const float *from, size_t n,
                       double *values)
{
    for (size_t t = 0; t < n; t++)
        values[t] = (double)from[t];
    npz_add(npz, name, NPZ_FLOAT32, 1, &n, values);
}

static void add_small(struct npz *npz, const char *name, const uint8_t *from, size_t n,
                      double *values)
{
    for (size_t t = 0; t < n; t++)
        values[t] = from[t];
    npz_add(npz, name, NPZ_INT64, 1, &n, values);
}

/* As arrays of one length, under the names and in the order of a native log. */
static bool write_npz(const struct cohort *c, const char *path, struct outfile *out,
                      struct err *err)
{
    enum { COLUMNS = 7, TEXT = 2 * 40 }; /* two are of texts */
    struct npz npz = {0};
    size_t n = c->n_trials;
    double bytes = 2 * sizeof(double) * (double)(COLUMNS + c->n_columns) + TEXT;
    if (!mem_room((double)n * bytes, path, err))
        return false;
    const char **texts = mem_new(n, sizeof *texts);
    double *values = mem_new(n, sizeof *values);
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 0; i < c->animals[a].count; i++)
            texts[c->animals[a].first + i] = c->animals[a].name;
    npz_add_texts(&npz, "subject", n, texts);
    for (size_t t = 0; t < n; t++)
        texts[t] = c->session_names[c->session[t]];
    npz_add_texts(&npz, "session", n, texts);
    for (size_t t = 0; t < n; t++)
        values[t] = c->trial[t];
    npz_add(&npz, "trial", NPZ_INT64, 1, &n, values);
    add_floats(&npz, "stimulus", c->stimulus, n, values);
    add_small(&npz, "choice", c->choice, n, values);
    add_floats(&npz, "reward", c->reward, n, values);
    add_small(&npz, "answer", c->answer, n, values);
    if (cohort_gaps(c))
        add_small(&npz, "after_gap", c->gap, n, values);
    for (size_t i = 0; i < c->n_columns; i++)
        add_floats(&npz, c->columns[i].name, c->columns[i].values, n, values);
    bool fine = npz_write_open(path, &npz, out, err);
    npz_free(&npz);
    free(texts);
    free(values);
    return fine;
}

/* The text of the truth beside it, with those that are there, so that whichever data are
 * in place when the program is killed have theirs. */
static bool write_truths(const struct cohort *c, const char *side, bool others, struct err *err)
{
    struct strbuf text = {0};
    char *real = path_expand(side);
    truth_text(c->truth, c->digest, others ? real : NULL, &text);
    bool fine = outfile_write(side, text.text, text.len, err);
    strbuf_free(&text);
    free(real);
    return fine;
}

/* Nobody else puts data and truth in place in this folder meanwhile, if that can be had. */
static int lock_folder(const char *path)
{
    enum { PATIENCE = 5 };
    char *folder = path_folder(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        infile_lock(fd, PATIENCE);
    free(folder);
    return fd;
}

/* First the truth, which goes with the old data and the new, then the data. */
static bool put_in_place(const struct cohort *c, const char *path, struct outfile *log,
                         struct err *err)
{
    char *side = truth_path(path);
    bool regular = takes_side_file(path), with_truth = c->truth && regular;
    int lock = regular ? lock_folder(log->path) : -1;
    bool fine = !with_truth || write_truths(c, side, true, err);
    if (!fine)
        outfile_abandon(log);
    fine = fine && outfile_commit(log, err);
    if (fine && with_truth)
        write_truths(c, side, false, NULL);
    else if (fine && regular)
        remove_stale(c, side, path);
    if (lock >= 0)
        close(lock);
    free(side);
    return fine;
}

bool cohort_save(const struct cohort *cohort, const char *path, struct err *err)
{
    size_t n = strlen(path);
    struct outfile log;
    bool npz = n > 4 && strcmp(path + n - 4, ".npz") == 0;
    return (npz ? write_npz(cohort, path, &log, err) : write_whole(cohort, path, &log, err)) &&
           put_in_place(cohort, path, &log, err);
}
