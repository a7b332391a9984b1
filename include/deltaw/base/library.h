/* Shared libraries that few logs or commands need, loaded when one does: linked to the program
 * they would take most of the time that it takes to start.  A user lists its functions once,
 *     #define FUNCTIONS(F) F(Mat_Open) F(Mat_Close)
 *     struct matio { FUNCTIONS(LIBRARY_MEMBER) };
 *     static const struct library_symbol symbols[] = {FUNCTIONS(MATIO_SYMBOL)};
 * and calls them as members of the struct. */
#ifndef DELTAW_BASE_LIBRARY_H
#define DELTAW_BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"

#define LIBRARY_MEMBER(name) __typeof__(name) *name;

struct library_symbol {
    const char *name;
    size_t offset; /* of the pointer in the struct */
};

/* Fills the n pointers of `functions`.  soname is that which configure found; package
 * names what to install where the library is not there any more. */
bool library_load(const char *soname, const char *package, const struct library_symbol *symbols,
                  size_t n, void *functions, struct err *err);
/* A variable of a library that has been loaded, NULL without. */
const void *library_variable(const char *soname, const char *name);

#endif
