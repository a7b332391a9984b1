#include "statefile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"

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
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *path = NULL;
    if (state && state[0] == '/') /* a relative one is to be ignored, says XDG */
        path = mem_printf("%s/deltaw/%s", state, name);
    else if (home && home[0] == '/')
        path = mem_printf("%s/.local/state/deltaw/%s", home, name);
    if (path && !make_folders(path)) {
        free(path);
        path = NULL;
    }
    return path;
}
