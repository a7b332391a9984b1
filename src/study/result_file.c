#include "result_file.h"

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

void result_line(json_t *object, struct strbuf *out)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(17));
    strbuf_puts(out, text ? text : "{}");
    strbuf_putc(out, '\n');
    free(text);
    json_decref(object);
}

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

bool result_file_read(const char *path, struct strbuf *text, struct err *err)
{
    int fd = infile_open(path, O_RDONLY, err);
    bool good = fd >= 0 && read_all(fd, path, text, err);
    if (fd >= 0)
        close(fd);
    return good;
}

struct result_file *result_file_open(const char *path, struct strbuf *text, bool *fresh,
                                     struct err *err)
{
    struct result_file *file = mem_new(1, sizeof *file);
    file->path = mem_text(path);
    file->fd = infile_open(path, O_RDWR | O_CREAT | O_APPEND, err);
    bool good = file->fd >= 0;
    if (good && flock(file->fd, LOCK_EX | LOCK_NB) != 0)
        good = err_set(
            err, ERR_FAILED,
            "%s: another program writes to it; wait for that one, or give another file=", path);
    good = good && read_all(file->fd, path, text, err);
    /* nothing but a torn first line: nothing was done yet */
    *fresh = good && !memchr(strbuf_text(text), '\n', text->len) &&
             (text->len == 0 || (text->len >= sizeof plan_begins - 1 && begins_well(text)));
    good = good && (!*fresh || result_file_cut(file, 0, err));
    if (good)
        return file;
    result_file_close(file);
    return NULL;
}

bool result_plan(const char *path, const char *verb, const struct strbuf *text,
                 bool (*take)(const struct json_t *line, void *plan), void *plan, size_t *at,
                 struct err *err)
{
    const char *all = strbuf_text(text), *end = memchr(all, '\n', text->len);
    json_t *o = end ? json_loadb(all, (size_t)(end - all), 0, NULL) : NULL;
    bool good = o && take(o, plan);
    json_decref(o);
    *at = end ? (size_t)(end - all) + 1 : 0;
    return good || err_set(err, ERR_DATA,
                           "%s: holds no results of %s; its first line is no plan; give another "
                           "file=",
                           path, verb);
}

bool result_runs(const char *path, const struct strbuf *text, size_t *at,
                 bool (*take)(const struct json_t *line, void *results), void *results,
                 struct err *err)
{
    const char *all = strbuf_text(text), *end;
    for (size_t line = 2; (end = memchr(all + *at, '\n', text->len - *at)); line++) {
        size_t n = (size_t)(end - all) - *at;
        json_t *o = json_loadb(all + *at, n, 0, NULL);
        bool good = o && take(o, results);
        json_decref(o);
        if (!good)
            return err_set(err, ERR_DATA, "%s:%zu: this is no run of the plan in the first line",
                           path, line);
        *at += n + 1;
    }
    return true;
}

bool result_file_append(struct result_file *file, const struct strbuf *lines, struct err *err)
{
    if (outfile_append(file->fd, strbuf_text(lines), lines->len))
        return true;
    return err_set(err, ERR_FAILED, "%s: cannot be written: %s", file->path, strerror(errno));
}

bool result_file_cut(struct result_file *file, size_t at, struct err *err)
{
    return ftruncate(file->fd, (off_t)at) == 0 || err_system(err, ERR_FAILED, file->path);
}

void result_file_close(struct result_file *file)
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

bool result_plans_same(const char *a, const char *b, struct err *err)
{
    json_t *x = json_loads(a, 0, NULL), *y = json_loads(b, 0, NULL);
    bool same = differ(x, y, err);
    json_decref(x);
    json_decref(y);
    return same;
}
