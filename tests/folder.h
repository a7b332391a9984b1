/* A folder of a test's own: names of files in it, written and read whole. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "tap.h"

static char folder[] = "/tmp/deltaw-test-XXXXXX";

TAP_USED static void folder_begin(void)
{
    if (!mkdtemp(folder)) {
        perror(folder);
        exit(1);
    }
}

TAP_USED static void folder_end(void)
{
    char *command = mem_printf("rm -rf %s", folder);
    tap_ok(system(command) == 0, "cleaned up");
    free(command);
}

/* Good until the eighth call after it. */
TAP_USED static const char *file(const char *name)
{
    static char path[8][300];
    static unsigned turn;
    char *p = path[turn++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

TAP_USED static void spit(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        tap_ok(false, "cannot write %s", path);
}

TAP_USED static void spit_text(const char *path, const char *text)
{
    spit(path, text, strlen(text));
}

/* A file's bytes, and a 0 after them; of none that can be read, no bytes. */
TAP_USED static size_t slurp(const char *path, char **bytes)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0, capacity = 0;
    *bytes = mem_new(1, 1);
    for (size_t got = 1; f && got > 0; n += got) {
        *bytes = mem_reserve(*bytes, &capacity, n + 65537, 1);
        got = fread(*bytes + n, 1, 65536, f);
    }
    if (f)
        fclose(f);
    (*bytes)[n] = '\0';
    return n;
}

#endif
