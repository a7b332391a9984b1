/* Files that come with the program: samples/ of the source tree, which `make
 * install` puts into pkgdatadir. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "state.h"

#ifndef PKGDATADIR
#define PKGDATADIR "/usr/local/share/deltaw"
#endif

enum { PATH_MOST = 4096, PARENTS = 3 };

static bool is_there(const char *path)
{
    return access(path, R_OK) == 0;
}

/* Drops the last part; false: none is left. */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return false;
    *slash = '\0';
    return true;
}

/* FOLDER/PATH if it exists and, for a source tree, FOLDER is one. */
static char *within(const char *folder, const char *path, const char *name, bool source)
{
    char *mark = mem_printf("%s/src/shell/verbs.def", folder);
    char *full = mem_printf("%s/%s%s", folder, path, name);
    bool good = (!source || is_there(mark)) && is_there(full);
    free(mark);
    if (good)
        return full;
    free(full);
    return NULL;
}

/* Run from a build in or below the source tree, that tree's; run from where it
 * was moved to with its data, those; else where it was to be installed. */
char *shipped_path(const char *name)
{
    char here[PATH_MOST];
    ssize_t n = readlink("/proc/self/exe", here, sizeof here - 1);
    here[n > 0 ? n : 0] = '\0';
    char *found = NULL, *up = mem_text(here);
    for (int i = 0; i < PARENTS && !found && go_up(up); i++)
        found = within(up, "samples/", name, true);
    free(up);
    if (!found && go_up(here) && go_up(here))
        found = within(here, "share/deltaw/", name, false);
    return found ? found : within(PKGDATADIR, "", name, false);
}
