#include "deltaw/base/library.h"

#include <dlfcn.h>
#include <string.h>

/* It stays loaded: closing would gain nothing, and some cannot be loaded twice. */
static void *open_library(const char *soname)
{
    return dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

bool library_load(const char *soname, const char *package, const struct library_symbol *symbols,
                  size_t n, void *functions, struct err *err)
{
    void *library = open_library(soname);
    if (!library)
        return err_set(err, ERR_FAILED, "%s cannot be loaded; on Debian: apt-get install %s",
                       soname, package);
    bool fine = true;
    for (size_t i = 0; i < n && fine; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        memcpy((char *)functions + symbols[i].offset, &symbol, sizeof symbol);
        fine = symbol || err_set(err, ERR_FAILED,
                                 "%s has no %s: it is not the version that "
                                 "deltaw was built for",
                                 soname, symbols[i].name);
    }
    dlclose(library);
    return fine;
}

const void *library_variable(const char *soname, const char *name)
{
    void *library = open_library(soname);
    const void *variable = library ? dlsym(library, name) : NULL;
    if (library)
        dlclose(library);
    return variable;
}
