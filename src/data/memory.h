/* A log whose columns are in memory: what formats that are read at once share. */
#ifndef DATA_MEMORY_H
#define DATA_MEMORY_H

#include "source.h"

struct memory_column {
    double *values;
    char **texts; /* one of the two */
    size_t n;
};

/* An empty one in source->state. */
void memory_new(struct log_source *source);
/* Columns are taken over: values and texts are freed with the source. */
void memory_numbers(struct log_source *source, const char *name, size_t n, double *values);
void memory_texts(struct log_source *source, const char *name, size_t n, char **texts);
/* Once all columns are there: rows are as many as columns of that length are most, or
 * as many as those called `key` has (NULL: none); other columns are left out, with a
 * remark. */
bool memory_finish(struct log_source *source, const char *key, struct err *err);
const struct memory_column *memory_columns(const struct log_source *source); /* [n_columns] */
size_t memory_rows(const struct log_source *source);
enum log_got memory_next(struct log_source *source, struct err *err);
void memory_close(struct log_source *source);

#endif
