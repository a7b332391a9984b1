#include "deltaw/shell/statefile.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"

/* NULL: there is no such place.  XDG says that a relative one is to be ignored. */
static char *xdg_path(const char *variable, const char *usual, const char *name)
{
    const char *folder = getenv(variable), *home = getenv("HOME");
    if (folder && folder[0] == '/')
        return mem_printf("%s/deltaw/%s", folder, name);
    return home && home[0] == '/' ? mem_printf("%s/%s/deltaw/%s", home, usual, name) : NULL;
}

static bool make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
    char *last = strrchr(path, '/');
    *last = 0;
    bool there = path_is_folder(path);
    *last = '/';
    return there;
}

char *statefile_path(const char *name)
{
    char *path = xdg_path("XDG_STATE_HOME", ".local/state", name);
    if (path && !make_folders(path)) {
        free(path);
        path = NULL;
    }
    return path;
}

char *statefile_config_path(const char *name)
{
    return xdg_path("XDG_CONFIG_HOME", ".config", name);
}

/* --- models that were kept --------------------------------------------------------- */

static int newest_first(const void *a, const void *b)
{
    const struct timespec x = ((const struct kept *)a)->at, y = ((const struct kept *)b)->at;
    if (x.tv_sec != y.tv_sec)
        return x.tv_sec < y.tv_sec ? 1 : -1;
    return (x.tv_nsec < y.tv_nsec) - (x.tv_nsec > y.tv_nsec);
}

struct kept *statefile_kept_list(const char *folder, size_t *n)
{
    struct kept *list = NULL;
    size_t room = 0;
    DIR *opened = opendir(folder);
    *n = 0;
    for (struct dirent *entry; opened && (entry = readdir(opened));) {
        const char *end = strrchr(entry->d_name, '.');
        struct stat status;
        if (!end || strcmp(end, ".npz") != 0)
            continue;
        char *path = mem_printf("%s%s", folder, entry->d_name);
        if (lstat(path, &status) == 0 && S_ISREG(status.st_mode)) {
            list = mem_reserve(list, &room, *n + 1, sizeof *list);
            list[(*n)++] = (struct kept){path, status.st_mtim};
        } else {
            free(path);
        }
    }
    if (opened)
        closedir(opened);
    if (*n)
        qsort(list, *n, sizeof *list, newest_first);
    return list;
}

void statefile_kept_free(struct kept *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].path);
    free(list);
}

size_t statefile_kept_newest(const struct kept *list, size_t n)
{
    enum {
        SECONDS = 60
    }; /* a session writes all of its models at its end; numbers of
                            * processes come again */
    size_t same = n > 0;
    const char *process = n ? strrchr(list[0].path, '-') : NULL;
    while (process && same < n && list[0].at.tv_sec - list[same].at.tv_sec < SECONDS) {
        const char *other = strrchr(list[same].path, '-');
        if (!other || strcmp(process, other) != 0)
            break;
        same++;
    }
    return same;
}

size_t statefile_kept_stem(const char *name)
{
    static const char digits[] = "0123456789";
    static const size_t lengths[] = {0, 6, 8}; /* from the end: process, time, date */
    size_t end = strlen(name);
    for (size_t i = 0; i < 3; i++) {
        size_t from = end;
        while (from > 0 && strchr(digits, name[from - 1]))
            from--;
        if (from < 2 || name[from - 1] != '-' || from == end ||
            (lengths[i] && end - from != lengths[i]))
            return strlen(name);
        end = from - 1;
    }
    return end;
}
