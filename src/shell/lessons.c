/* Lessons: scripts N-name.dw of a folder.  Their first comment lines describe them:
 *   # lesson: What a learning rule is
 *   # minutes: 6 */
#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "state.h"

/* The text after "# KEY:" in the comment lines at the beginning; NULL: there is none.
 * Caller frees. */
static char *heading(const char *text, const char *key)
{
    size_t n = strlen(key);
    for (; *text == '#'; text += strcspn(text, "\n"), text += *text == '\n') {
        const char *at = text + 1 + strspn(text + 1, " \t");
        if (strncmp(at, key, n) != 0 || at[n] != ':')
            continue;
        at += n + 1;
        at += strspn(at, " \t");
        size_t length = strcspn(at, "\r\n");
        return mem_text_n(at, length);
    }
    return NULL;
}

/* A command of a script, all its lines: does it begin with this verb? */
static bool is_verb(const char *at, const char *verb)
{
    size_t n = strlen(verb);
    at += strspn(at, " \t");
    return strncmp(at, verb, n) == 0 && strchr(" \t\r\n", at[n]);
}

/* Where the command that begins here ends: after its last line. */
static char *command_end(char *at)
{
    for (;;) {
        char *end = at + strcspn(at, "\n");
        bool on = end > at && end[-1] == '\\';
        at = end + (*end != 0);
        if (!on || !*at)
            return at;
    }
}

int lesson_skip(char *text, int steps)
{
    int passed = 0;
    for (char *at = text, *end; *at && passed < steps; at = end) {
        end = command_end(at);
        bool pause = is_verb(at, "pause-for-enter");
        bool silent = pause || is_verb(at, "say");
        for (char *c = at; silent && c < end; c++)
            *c = *c == '\n' ? '\n' : ' ';
        passed += pause;
    }
    return passed;
}

static int leading_number(const char *name)
{
    return isdigit((unsigned char)name[0]) ? atoi(name) : -1;
}

static bool is_script(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && n > 3 && strcmp(name + n - 3, ".dw") == 0;
}

static bool lesson_read(struct lesson *lesson, const char *folder, const char *file,
                        struct err *err)
{
    double minutes;
    char *path = mem_printf("%s/%s", folder, file);
    char *text = script_read(path, err);
    if (!text) {
        free(path);
        return false;
    }
    char *title = heading(text, "lesson"), *length = heading(text, "minutes");
    *lesson = (struct lesson){
        .number = leading_number(file),
        .minutes = length && number_parse(length, &minutes) && minutes >= 0 ? minutes : NAN,
        .name = mem_text_n(file, strlen(file) - 3),
        .title = title ? title : mem_text(""),
        .path = path,
    };
    free(length);
    free(text);
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct lesson *one = a, *other = b;
    unsigned m = (unsigned)one->number, n = (unsigned)other->number; /* -1: last */
    return m != n ? (m > n) - (m < n) : strcmp(one->name, other->name);
}

static bool lessons_of(const char *folder, struct lessons *out, struct err *err)
{
    DIR *files = opendir(folder);
    if (!files)
        return err_system(err, ERR_FAILED, folder);
    bool good = true;
    for (struct dirent *file; good && (file = readdir(files));) {
        if (!is_script(file->d_name))
            continue;
        out->items = mem_resize(out->items, out->n + 1, sizeof *out->items);
        good = lesson_read(&out->items[out->n], folder, file->d_name, err);
        out->n += good;
    }
    closedir(files);
    if (out->n > 0)
        qsort(out->items, out->n, sizeof *out->items, by_number);
    return good;
}

bool lessons_find(struct lessons *out, struct err *err)
{
    *out = (struct lessons){0};
    const char *asked = getenv("DELTAW_LESSONS");
    char *folder = asked && *asked ? path_expand(asked) : shipped_path("lessons");
    bool good = folder ? lessons_of(folder, out, err)
                       : err_set(err, ERR_FAILED,
                                 "lesson: the lessons are not installed; `lesson "
                                 "FILE` runs one, DELTAW_LESSONS names a folder of them");
    if (good && out->n == 0)
        good = err_set(err, ERR_FAILED, "lesson: no scripts N-name.dw are in %s", folder);
    if (!good)
        lessons_free(out);
    free(folder);
    return good;
}

void lessons_free(struct lessons *lessons)
{
    for (size_t i = 0; i < lessons->n; i++) {
        free(lessons->items[i].name);
        free(lessons->items[i].title);
        free(lessons->items[i].path);
    }
    free(lessons->items);
    *lessons = (struct lessons){0};
}
