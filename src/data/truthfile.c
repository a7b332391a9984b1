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

/* NULL: not there, or no regular file; *large: too large to be one of ours. */
static char *slurp(const char *path, bool *large)
{
    size_t n;
    struct err err = {0};
    char *text = infile_text(path, LARGEST, &n, &err);
    *large = !text && n > LARGEST;
    return text ? text : *large ? mem_text("") : NULL;
}

/* The part of a side file, or of its others, that has this digest; NULL: there is none. */
static const json_t *part_of(const json_t *file, const char *digest)
{
    const json_t *others = json_object_get(file, "others");
    for (size_t i = 0; i <= json_array_size(others); i++) {
        const json_t *part = i ? json_array_get(others, i - 1) : file;
        const char *found = json_string_value(json_object_get(part, "digest"));
        if (found && strcmp(found, digest) == 0 && json_is_object(json_object_get(part, "truth")))
            return part;
    }
    return NULL;
}

static void add_part(const json_t *part, const char *digest, size_t *n, struct strbuf *out)
{
    enum { MOST = 4 };
    const char *is = json_string_value(json_object_get(part, "digest"));
    char *truth = json_dumps(json_object_get(part, "truth"), JSON_REAL_PRECISION(17));
    if (truth && is && strcmp(is, digest) != 0 && *n < MOST) {
        strbuf_puts(out, *n ? ", {\"digest\": " : ", \"others\": [{\"digest\": ");
        strbuf_json_text(out, is);
        strbuf_printf(out, ", \"truth\": %s}", truth);
        ++*n;
    }
    free(truth);
}

static void add_others(const char *side, const char *digest, struct strbuf *out)
{
    bool large;
    char *text = slurp(side, &large);
    json_t *file = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    const json_t *others = json_object_get(file, "others");
    size_t n = 0;
    add_part(file, digest, &n, out);
    for (size_t i = 0; i < json_array_size(others); i++)
        add_part(json_array_get(others, i), digest, &n, out);
    if (n)
        strbuf_puts(out, "]");
    json_decref(file);
    free(text);
}

enum { DIGEST = 17 };

static void digest_text(char out[DIGEST], uint64_t digest)
{
    snprintf(out, DIGEST, "%016" PRIx64, digest);
}

void truth_text(const char *truth, uint64_t digest, const char *side, struct strbuf *out)
{
    char name[DIGEST];
    digest_text(name, digest);
    strbuf_printf(out, "{\"deltaw_truth\": 1, \"digest\": \"%s\", \"truth\": %s", name, truth);
    if (side)
        add_others(side, name, out);
    strbuf_puts(out, "}\n");
}

/* The truth as compact JSON; NULL with *note when the text is no side file, or that of
 * other data. */
static char *take_truth(const char *text, uint64_t digest, const char *side, char **note)
{
    char expected[DIGEST], *out = NULL;
    json_t *file = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    digest_text(expected, digest);
    const json_t *part = part_of(file, expected);
    if (part)
        out = json_dumps(json_object_get(part, "truth"), JSON_REAL_PRECISION(17));
    else if (json_is_object(json_object_get(file, "truth")) &&
             json_is_string(json_object_get(file, "digest")))
        *note = mem_printf("%s belongs to other data: no truth taken from it", side);
    else
        *note = mem_printf("%s is damaged: no truth taken from it", side);
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
