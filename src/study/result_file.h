/* Files of results as JSON lines: in the first what one program was told to do, then a line
 * for each run that it has done.  A line is written by one call to the end of the file, so
 * that whoever is killed leaves whole lines and at most one torn one, which is dropped by
 * the next program that goes on.  Private to study. */
#ifndef STUDY_RESULT_FILE_H
#define STUDY_RESULT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"

struct json_t;

struct result_file {
    int fd;
    char *path;
};

/* Compact, with all digits; consumes the object. */
void result_line(struct json_t *object, struct strbuf *out);
/* All that is in a file, whoever writes to it; of one without a plan only its beginning. */
bool result_file_read(const char *path, struct strbuf *text, struct err *err);
/* Makes the file or takes over what is in it; refuses one that another program writes to.
 * *fresh: it holds no line yet but perhaps the torn first one, which is gone. */
struct result_file *result_file_open(const char *path, struct strbuf *text, bool *fresh,
                                     struct err *err);
/* The plan of the first line, which take() reads into `plan`; *at: where the next begins.  verb:
 * whose results they would be. */
bool result_plan(const char *path, const char *verb, const struct strbuf *text,
                 bool (*take)(const struct json_t *line, void *plan), void *plan, size_t *at,
                 struct err *err);
/* Lines from *at on, each of which take() puts into `results`; *at is moved to the end of the
 * last whole one.  False, and err: one is no run of the plan. */
bool result_runs(const char *path, const struct strbuf *text, size_t *at,
                 bool (*take)(const struct json_t *line, void *results), void *results,
                 struct err *err);
bool result_file_append(struct result_file *file, const struct strbuf *lines, struct err *err);
/* What is behind this byte is dropped. */
bool result_file_cut(struct result_file *file, size_t at, struct err *err);
void result_file_close(struct result_file *file); /* NULL is fine */
/* Plans as JSON texts, ours first.  Else err names the first part that differs. */
bool result_plans_same(const char *a, const char *b, struct err *err);

#endif
