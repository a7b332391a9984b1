#include "truthfile.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"

enum { LARGEST = 4 * 1024 * 1024 };

char *truth_path(const char *path)
{
    return mem_printf("%s.truth.json", path);
}

void truth_text(const char *truth, uint64_t digest, struct strbuf *out)
{
    strbuf_printf(out, "{\"deltaw_truth\": 1, \"digest\": \"%016" PRIx64 "\", \"truth\": %s}\n",
                  digest, truth);
}

/* NULL: not there, or no regular file; *large: too large to be one of ours. */
static char *slurp(const char *path, bool *large)
{
    size_t n;
    struct err err = {0};
    char *text = infile_text(path, LARGEST, &n, &err);
    *large = !text && n > LARGEST;
    return text ? text : *large ? mem_text("") : NULL;
}

/* The truth as compact JSON; NULL with *note when the text is no side file, or that of
 * other data. */
static char *take_truth(const char *text, uint64_t digest, const char *side, char **note)
{
    char expected[17];
    json_t *file = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const json_t *truth = json_object_get(file, "truth");
    const char *found = json_string_value(json_object_get(file, "digest"));
    char *out = NULL;
    snprintf(expected, sizeof expected, "%016" PRIx64, digest);
    if (!json_is_object(truth) || !found)
        *note = mem_printf("%s is damaged: no truth taken from it", side);
    else if (strcmp(found, expected) != 0)
        *note = mem_printf("%s belongs to other data: no truth taken from it", side);
    else
        out = json_dumps(truth, JSON_REAL_PRECISION(17));
    json_decref(file);
    return out;
}

char *truth_file_read(const char *path, uint64_t digest, char **note)
{
    char *side = truth_path(path), *truth = NULL;
    bool large = false;
    char *text = slurp(side, &large);
    *note = NULL;
    if (text)
        truth = take_truth(text, digest, side, note);
    free(text);
    free(side);
    return truth;
}
