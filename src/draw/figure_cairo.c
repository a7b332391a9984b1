#include "figure_cairo.h"

#include <config.h>

#include "deltaw/base/library.h"

#define CAIRO_SYMBOL(name) {"cairo_" #name, offsetof(struct cairo_library, name)},

static const struct library_symbol symbols[] = {CAIRO_FUNCTIONS(CAIRO_SYMBOL)};

bool figure_cairo_load(struct cairo_library *lib, struct err *err)
{
    return library_load(CAIRO_SONAME, "libcairo2", symbols, sizeof symbols / sizeof *symbols, lib,
                        err);
}
