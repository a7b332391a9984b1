/* What all studies have: parts, files of results, joining; see study.h. */
#include "deltaw/study/study.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/strbuf.h"

struct study_file {
    int fd;
    char *path;
};

void study_free(struct study *study)
{
    if (study)
        study->kind->free(study);
}

void study_part(const struct study *study, size_t i, size_t n, size_t *from, size_t *to)
{
    *from = study->n_runs * (i - 1) / n;
    *to = study->n_runs * i / n;
}

/* --- lines ------------------------------------------------------------------- */

/* Compact, with all digits; consumes the object. */
static void put_line(json_t *object, struct strbuf *out)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(17));
    strbuf_puts(out, text ? text : "{}");
    strbuf_putc(out, '\n');
    free(text);
    json_decref(object);
}

static void put_plan(const struct study *study, struct strbuf *out)
{
    json_t *o = json_object();
    study->kind->write_plan(study, o);
    put_line(o, out);
}

static void put_run(const struct study *study, size_t run, struct strbuf *out)
{
    json_t *o = json_object();
    study->kind->write_run(study, run, o);
    put_line(o, out);
}

/* The plan of the first line; *at: where the next begins.  NULL: it has none of the kind. */
static struct study *take_plan(const struct study_kind *kind, const struct strbuf *text, size_t *at)
{
    static const struct study_kind *const kinds[] = {&cv_kind, &recover_kind};
    const char *all = strbuf_text(text), *end = memchr(all, '\n', text->len);
    json_t *o = end ? json_loadb(all, (size_t)(end - all), 0, NULL) : NULL;
    struct study *study = NULL;
    for (size_t i = 0; o && !study && i < sizeof kinds / sizeof *kinds; i++)
        if (!kind || kind == kinds[i])
            study = kinds[i]->read_plan(o);
    json_decref(o);
    *at = end ? (size_t)(end - all) + 1 : 0;
    return study;
}

static struct study *need_plan(const char *path, const struct study_kind *kind,
                               const struct strbuf *text, size_t *at, struct err *err)
{
    struct study *study = take_plan(kind, text, at);
    if (!study)
        err_set(err, ERR_DATA,
                "%s: holds no results%s%s; its first line is no plan; give another "
                "file=",
                path, kind ? " of " : "", kind ? kind->name : "");
    return study;
}

/* Lines from *at on; *at is moved to the end of the last whole one. */
static bool take_runs(const char *path, const struct strbuf *text, size_t *at, struct study *study,
                      struct err *err)
{
    const char *all = strbuf_text(text), *end;
    for (size_t line = 2; (end = memchr(all + *at, '\n', text->len - *at)); line++) {
        size_t n = (size_t)(end - all) - *at;
        json_t *o = json_loadb(all + *at, n, 0, NULL);
        bool good = o && study->kind->read_run(study, o);
        json_decref(o);
        if (!good)
            return err_set(err, ERR_DATA, "%s:%zu: this is no run of the plan in the first line",
                           path, line);
        *at += n + 1;
    }
    return true;
}

/* --- joining ----------------------------------------------------------------- */

static bool join(struct study *to, const struct study *from, struct err *err)
{
    for (size_t i = 0; i < from->n_runs; i++) {
        if (from->kind->state(from, i) == STUDY_TO_DO)
            continue;
        if (to->kind->state(to, i) == STUDY_TO_DO) {
            json_t *o = json_object();
            from->kind->write_run(from, i, o);
            to->kind->read_run(to, o);
            json_decref(o);
        } else if (!to->kind->agree(to, from, i, err))
            return false;
    }
    return true;
}

bool study_join(struct study *to, const struct study *from, struct err *err)
{
    return to->kind->same(to, from, err) && join(to, from, err);
}

struct study *study_copy(const struct study *study)
{
    struct strbuf text = {0};
    size_t at;
    put_plan(study, &text);
    struct study *copy = take_plan(study->kind, &text, &at);
    join(copy, study, NULL);
    strbuf_free(&text);
    return copy;
}

/* --- whole files ------------------------------------------------------------- */

static const char plan_begins[] = "{\"plan\"";

static bool begins_well(const struct strbuf *text)
{
    size_t n = sizeof plan_begins - 1;
    return strncmp(strbuf_text(text), plan_begins, text->len < n ? text->len : n) == 0;
}

/* Of a file that holds something else, however large, the beginning is enough. */
static bool read_all(int fd, const char *path, struct strbuf *text, struct err *err)
{
    char bytes[65536];
    struct stat st;
    ssize_t n;
    double size = fstat(fd, &st) == 0 ? (double)st.st_size : 0;
    while ((n = read(fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)) {
        bool first = text->len == 0;
        strbuf_add(text, bytes, n > 0 ? (size_t)n : 0);
        if (!begins_well(text))
            return true;
        if (first && !mem_room(3 * size, path, err)) /* it grows by doubling */
            return false;
    }
    return n == 0 || err_system(err, ERR_FAILED, path);
}

bool study_read(const char *path, const struct study_kind *kind, struct study **out,
                struct err *err)
{
    struct strbuf text = {0};
    size_t at = 0;
    int fd = infile_open(path, O_RDONLY, err);
    struct study *study =
        fd >= 0 && read_all(fd, path, &text, err) ? need_plan(path, kind, &text, &at, err) : NULL;
    bool good = study && take_runs(path, &text, &at, study, err);
    if (fd >= 0)
        close(fd);
    strbuf_free(&text);
    if (good)
        *out = study;
    else
        study_free(study);
    return good;
}

bool study_write(const struct study *study, const char *path, struct err *err)
{
    struct strbuf text = {0};
    put_plan(study, &text);
    for (size_t i = 0; i < study->n_runs; i++)
        if (study->kind->state(study, i) != STUDY_TO_DO)
            put_run(study, i, &text);
    bool good = outfile_write(path, strbuf_text(&text), text.len, err);
    strbuf_free(&text);
    return good;
}

/* --- going on ---------------------------------------------------------------- */

static bool append(struct study_file *file, const struct strbuf *lines, struct err *err)
{
    if (outfile_append(file->fd, strbuf_text(lines), lines->len))
        return true;
    return err_set(err, ERR_FAILED, "%s: cannot be written: %s", file->path, strerror(errno));
}

static bool cut(struct study_file *file, size_t at, struct err *err)
{
    return ftruncate(file->fd, (off_t)at) == 0 || err_system(err, ERR_FAILED, file->path);
}

static bool begin(struct study_file *file, const struct study *study, struct err *err)
{
    struct strbuf text = {0};
    put_plan(study, &text);
    bool good = cut(file, 0, err) && append(file, &text, err);
    strbuf_free(&text);
    return good;
}

/* A line without its end is dropped: whoever wrote it was killed. */
static bool resume(struct study_file *file, const struct strbuf *text, struct study *study,
                   struct err *err)
{
    size_t at;
    struct study *there = need_plan(file->path, study->kind, text, &at, err);
    bool good = there != NULL;
    if (good && !study->kind->same(study, there, err)) {
        err_prefix(err, "%s", file->path);
        good = false;
    }
    study_free(there);
    return good && take_runs(file->path, text, &at, study, err) &&
           (at == text->len || cut(file, at, err));
}

/* Nothing but a torn first line: nothing was done yet. */
static bool is_fresh(const struct strbuf *text)
{
    return !memchr(strbuf_text(text), '\n', text->len) &&
           (text->len == 0 || (text->len >= sizeof plan_begins - 1 && begins_well(text)));
}

struct study_file *study_open(const char *path, struct study *study, struct err *err)
{
    struct study_file *file = mem_new(1, sizeof *file);
    struct strbuf text = {0};
    file->path = mem_text(path);
    file->fd = infile_open(path, O_RDWR | O_CREAT | O_APPEND, err);
    bool good = file->fd >= 0;
    if (good && flock(file->fd, LOCK_EX | LOCK_NB) != 0)
        good = err_set(
            err, ERR_FAILED,
            "%s: another program writes to it; wait for that one, or give another file=", path);
    good = good && read_all(file->fd, path, &text, err) &&
           (is_fresh(&text) ? begin(file, study, err) : resume(file, &text, study, err));
    strbuf_free(&text);
    if (good)
        return file;
    study_close(file);
    return NULL;
}

bool study_append(struct study_file *file, const struct study *study, size_t run, struct err *err)
{
    struct strbuf text = {0};
    put_run(study, run, &text);
    bool good = append(file, &text, err);
    strbuf_free(&text);
    return good;
}

void study_close(struct study_file *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    free(file->path);
    free(file);
}

/* --- the same? -------------------------------------------------------------- */

/* "seeds=[99,41]", as much as a message takes. */
static void say_part(const char *key, const json_t *value, char *buf, size_t n)
{
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    snprintf(buf, n, "%s=%.*s", key, 80, text ? text : "none");
    free(text);
}

static bool differ(const json_t *x, const json_t *y, struct err *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)x, key, value)
    {
        char mine[128], other[128];
        const json_t *its = json_object_get(y, key);
        if (json_equal(value, its))
            continue;
        say_part(key, value, mine, sizeof mine);
        say_part(key, its, other, sizeof other);
        return err_set(err, ERR_DATA,
                       "it is of another plan: %s there, %s here; give another file=", other, mine);
    }
    return true;
}

bool study_texts_same(const char *a, const char *b, struct err *err)
{
    json_t *x = json_loads(a, 0, NULL), *y = json_loads(b, 0, NULL);
    bool same = differ(x, y, err);
    json_decref(x);
    json_decref(y);
    return same;
}
