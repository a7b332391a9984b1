/* Pictures against golden files in tests/golden.  UPDATE_GOLDEN=1 in the
 * environment writes them anew; look at the difference before it is kept. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/strbuf.h"
#include "tap.h"

TAP_USED static char *golden_read(const char *path)
{
    struct strbuf text = {0};
    char segment[4096];
    size_t n;
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    while ((n = fread(segment, 1, sizeof segment, file)) > 0)
        strbuf_add(&text, segment, n);
    fclose(file);
    return strbuf_take(&text);
}

TAP_USED static void golden_check(const char *name, const char *got)
{
    const char *top = getenv("srcdir"), *update = getenv("UPDATE_GOLDEN");
    char *path = mem_printf("%s/tests/golden/%s.txt", top ? top : ".", name);
    if (update && *update) {
        struct err err = {0};
        tap_ok(outfile_write(path, got, strlen(got), &err), "%s written %s", name, err.message);
    } else {
        char *want = golden_read(path);
        tap_is_text(got, want, "%s is as in its golden file", name);
        free(want);
    }
    free(path);
}

/* Escapes made visible, so that a difference can be read. */
TAP_USED static void golden_add(struct strbuf *out, const char *text)
{
    for (; *text; text++)
        if (*text == '\033')
            strbuf_puts(out, "\\e");
        else
            strbuf_putc(out, *text);
}

#endif
