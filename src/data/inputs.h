/* What `load` is given - files, folders, patterns, archives, - for standard input - as a
 * list of logs to read. */
#ifndef DATA_INPUTS_H
#define DATA_INPUTS_H

#include <stdint.h>

#include "deltaw/base/strbuf.h"
#include "deltaw/data/load.h"

enum input_part { INPUT_SUBJECT, INPUT_SESSION, INPUT_DATE, INPUT_PARTS };

struct input {
    char *path;              /* to open; "-" is standard input */
    char *member;            /* of that archive; NULL: it is no archive */
    char *name;              /* for messages and reports */
    char *format;            /* NULL: by its bytes */
    char *part[INPUT_PARTS]; /* known from where the file stands; NULL: not known */
    bool ibl;                /* kept as the IBL keeps its data */
    size_t n_files;          /* arrays of a session in files of their own */
    char **files;            /* [n_files] */
    uint64_t size;           /* bytes, 0: not known */
};

struct inputs {
    size_t n, capacity;
    struct input *input;
    struct strbuf odd; /* what was strange, a sentence a line */
};

bool log_inputs_find(struct inputs *inputs, const struct load_options *options, struct err *err);
struct input *log_inputs_add(struct inputs *inputs, const char *path, const char *name);
void log_inputs_free(struct inputs *inputs);

/* alf_find.c: takes from the files of a folder, sorted, those of sessions as the IBL keeps
 * them; how many sessions. */
size_t alf_find(struct inputs *inputs, size_t n, char *const *files);
/* Is this file's name that of such a session's table or array? */
bool alf_is_file(const char *path);

#endif
