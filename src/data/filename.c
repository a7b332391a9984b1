#include "filename.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"

enum { PIECES = 16 };

struct piece {
    const char *text; /* of the pattern, what must stand before the part */
    size_t n;
    int role; /* of the part behind it; ROLE_N: none kept, -1: the end */
};

char *filename_stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = mem_text(slash ? slash + 1 : path);
    static const char packed[] = ".gz|.xz|.zst|.bz2";
    const char *const ends[] = {packed, source_endings};
    for (size_t i = 0; i < 2; i++) {
        for (const char *p = ends[i]; *p; p += strcspn(p, "|"), p += *p == '|') {
            size_t n = strlen(name), k = strcspn(p, "|");
            if (k > 0 && n > k && strncasecmp(name + n - k, p, k) == 0)
                name[n - k] = '\0';
        }
    }
    char *clean = utf8_visible(name, strlen(name), "");
    free(name);
    return clean;
}

static int role_of(const char *text, size_t n)
{
    static const enum role roles[] = {ROLE_SUBJECT, ROLE_SESSION, ROLE_DATE};
    if (n == 0)
        return ROLE_N;
    for (size_t i = 0; i < 3; i++)
        if (strlen(schema_role_name(roles[i])) == n &&
            strncasecmp(schema_role_name(roles[i]), text, n) == 0)
            return (int)roles[i];
    return -1;
}

/* How many pieces; 0: it is no pattern. */
static size_t take_apart(const char *pattern, struct piece pieces[PIECES])
{
    size_t n = 0;
    for (const char *p = pattern; n < PIECES;) {
        const char *open = strchr(p, '{'), *close = open ? strchr(open, '}') : NULL;
        struct piece *piece = &pieces[n++];
        *piece = (struct piece){p, open ? (size_t)(open - p) : strlen(p), -1};
        if (!open)
            return n > 1 ? n : 0;
        piece->role = close ? role_of(open + 1, (size_t)(close - open) - 1) : -1;
        if (piece->role < 0)
            return 0;
        p = close + 1;
    }
    return 0;
}

/* Each part is as short as what follows allows; the last piece stands at the end. */
static bool match(const struct piece *pieces, size_t n, const char *text, char *constant[ROLE_N])
{
    if (strncasecmp(text, pieces[0].text, pieces[0].n) != 0)
        return false;
    text += pieces[0].n;
    for (size_t i = 0; i + 1 < n; i++) {
        const struct piece *next = &pieces[i + 1];
        bool last = i + 2 == n;
        const char *end = NULL;
        if (last && strlen(text) >= next->n)
            end = text + strlen(text) - next->n;
        for (const char *p = text; !last && *p && !end; p++)
            if (p > text && strncasecmp(p, next->text, next->n) == 0)
                end = p;
        if (!end || end == text || strncasecmp(end, next->text, next->n) != 0)
            return false;
        if (pieces[i].role != ROLE_N) {
            free(constant[pieces[i].role]);
            constant[pieces[i].role] = mem_text_n(text, (size_t)(end - text));
        }
        text = end + next->n;
    }
    return true;
}

bool filename_take(const char *pattern, const char *path, char *constant[ROLE_N], struct err *err)
{
    struct piece pieces[PIECES];
    size_t n = take_apart(pattern, pieces), slashes = 0;
    if (n == 0)
        return err_set(err, ERR_USAGE,
                       "names='%.80s' is not a pattern; write the file's name with {subject}, "
                       "{session}, {date} and {} in it, as in names='{subject}_{date}.csv'",
                       pattern);
    for (const char *p = pattern; *p; p++)
        slashes += *p == '/';
    const char *from = path + strlen(path);
    for (; from > path; from--)
        if (from[-1] == '/' && slashes-- == 0)
            break;
    if (match(pieces, n, from, constant))
        return true;
    return err_set(err, ERR_DATA, "%.300s: the name does not fit names='%.80s'", path, pattern);
}
