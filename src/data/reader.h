/* Reading one file: shared by the files that take its rows apart. */
#ifndef DATA_READER_H
#define DATA_READER_H

#include "deltaw/base/number.h"
#include "rows.h"
#include "source.h"

struct reader {
    struct rows *rows;
    struct log_file *file;
    const struct input *input;
    bool several; /* there are other files */
    const struct load_options *options;
    struct log_source source;
    struct schema schema;
    struct log_cell constant[ROLE_N]; /* of schema.constant */
    long *extra;                      /* [n_columns] index into rows->extras, -1: not kept */
    struct names keys;                /* sessions of this file */
    size_t first_session;             /* of this file */
    enum role key_roles[3];           /* that tell the sessions of this file apart */
    size_t n_key_roles;
    struct strbuf key; /* the cells of these, in the row before */
    uint32_t session;  /* its session */
    uint64_t bytes_before, bytes_all;
    bool quick;                       /* the stimulus is a plain number */
    char number[ROLE_N][NUMBER_SIZE]; /* numbers as texts */
};

/* "FILE:LINE: WHAT 'VALUE' WHY"; returns false. */
bool log_reader_refuse(const struct reader *r, struct err *err, const char *what, const char *value,
                       const char *why);
/* The cell of a role in the row read last; an empty one without a column. */
const struct log_cell *log_reader_cell(const struct reader *r, enum role role);
/* The same as text; a number is written out, and good until the next row. */
const char *log_reader_text(struct reader *r, enum role role);
const char *log_reader_column(const struct reader *r, enum role role); /* its column's name */

/* Parts of a row: values.c */
bool log_reader_trial(struct reader *r, struct row *row, struct err *err);
bool log_reader_stimulus(struct reader *r, float *stimulus, struct err *err);
bool log_reader_codes(struct reader *r, struct row *row, struct err *err);
bool log_reader_is_quick(const struct reader *r);
bool log_reader_blank(struct reader *r); /* this row has nothing of a trial */

/* Columns kept by name: extras.c */
void log_reader_plan_extras(struct reader *r);
bool log_reader_keep_extras(struct reader *r, size_t row, struct err *err);

#endif
