#include "truthfile.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/mem.h"

enum { LARGEST = 4 * 1024 * 1024, DEPTH = 64 };

char *truth_path(const char *path)
{
    return mem_printf("%s.truth.json", path);
}

void truth_text(const char *truth, uint64_t digest, struct strbuf *out)
{
    strbuf_printf(out, "{\"deltaw_truth\": 1, \"digest\": \"%016" PRIx64 "\", \"truth\": %s}\n",
                  digest, truth);
}

static const char *blanks(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

/* Behind the JSON string that begins at p, NULL when it is none. */
static const char *skip_text(const char *p)
{
    if (*p++ != '"')
        return NULL;
    while (*p && *p != '"') {
        if (*p == '\\' && p[1])
            p++;
        p++;
    }
    return *p ? p + 1 : NULL;
}

/* Behind the JSON value at p, NULL when it is none.  Only its extent matters
 * here: whoever reads the truth takes it apart. */
static const char *skip_value(const char *p, int depth)
{
    p = blanks(p);
    if (*p == '"')
        return skip_text(p);
    if (*p != '{' && *p != '[') {
        size_t n = strspn(p, "+-.0123456789abcdefghijklmnopqrstuvwxyzE");
        return n ? p + n : NULL;
    }
    char close = *p == '{' ? '}' : ']';
    p = blanks(p + 1);
    if (*p == close)
        return p + 1;
    while (depth < DEPTH) {
        if (close == '}') {
            p = skip_text(blanks(p));
            p = p ? blanks(p) : NULL;
            if (!p || *p++ != ':')
                return NULL;
        }
        p = skip_value(p, depth + 1);
        if (!p)
            return NULL;
        p = blanks(p);
        if (*p == close)
            return p + 1;
        if (*p++ != ',')
            return NULL;
    }
    return NULL;
}

/* The value of a key of the outermost object: [*from, *to). */
static bool find_key(const char *text, const char *key, const char **from, const char **to)
{
    const char *p = blanks(text);
    bool found = false;
    if (*p++ != '{')
        return false;
    for (;;) {
        const char *name = blanks(p), *end = skip_text(name);
        if (!end)
            return false;
        p = blanks(end);
        if (*p++ != ':')
            return false;
        const char *value = blanks(p);
        p = skip_value(value, 0);
        if (!p)
            return false;
        if ((size_t)(end - name) == strlen(key) + 2 && memcmp(name + 1, key, strlen(key)) == 0) {
            *from = value;
            *to = p;
            found = true;
        }
        p = blanks(p);
        if (*p == '}')
            return found && *blanks(p + 1) == '\0';
        if (*p++ != ',')
            return false;
    }
}

/* NULL: not there, or no regular file; *large: too large to be one of ours. */
static char *slurp(const char *path, bool *large)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *text = NULL;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *large = st.st_size > LARGEST;
        size_t size = *large ? 0 : (size_t)st.st_size, n = 0;
        text = mem_new(size + 1, 1);
        for (ssize_t got; n < size && (got = read(fd, text + n, size - n)) > 0;)
            n += (size_t)got;
    }
    close(fd);
    return text;
}

char *truth_file_read(const char *path, uint64_t digest, char **note)
{
    char *side = truth_path(path), expected[24];
    bool large = false;
    char *text = slurp(side, &large), *truth = NULL;
    const char *from, *to, *dfrom, *dto;
    *note = NULL;
    snprintf(expected, sizeof expected, "\"%016" PRIx64 "\"", digest);
    if (!text) {
        free(side);
        return NULL;
    }
    if (large || !find_key(text, "digest", &dfrom, &dto) || !find_key(text, "truth", &from, &to) ||
        *from != '{')
        *note = mem_printf("%s is damaged: no truth taken from it", side);
    else if ((size_t)(dto - dfrom) != strlen(expected) ||
             memcmp(dfrom, expected, strlen(expected)) != 0)
        *note = mem_printf("%s belongs to other data: no truth taken from it", side);
    else
        truth = mem_text_n(from, (size_t)(to - from));
    free(text);
    free(side);
    return truth;
}
