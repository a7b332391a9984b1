/* The rows of one or several logs as written, column by column, before they are put in
 * order and their codes are understood. */
#ifndef DATA_ROWS_H
#define DATA_ROWS_H

#include "codes.h"
#include "names.h"
#include "schema.h"

struct row {
    uint32_t session;
    uint32_t line;
    int32_t trial;
    float stimulus;                 /* NaN: not recorded */
    uint8_t choice, reward, answer; /* enum code */
    bool gap;                       /* a log of our own says so: see cohort.gap */
};

/* One session of one animal in one file. */
struct log_session {
    uint32_t subject, file;
    size_t count;         /* rows */
    float most;           /* of its stimuli, without sign */
    uint32_t tell, agree; /* trials whose reward tells a side; on which it is the stimulus' */
    char *date;           /* NULL: no such column */
    char *session;        /* as written, "" without a column */
    char *name;           /* for the cohort */
};

/* A column kept by name. */
struct extra {
    char *name;
    bool text;     /* something was no number: left out */
    bool any;      /* something was a number */
    float *values; /* [n], NaN behind */
    size_t n, capacity;
};

struct log_file {
    char *path; /* ~ expanded */
    const struct log_format *format;
    size_t first, count; /* its rows */
    bool has_trial, has_date, has_session, has_answer, no_stimulus;
    bool choice_from_answer, reward_from_answer;
    bool told; /* the user said what the choice's values mean */
    enum code_habit habit;
    char *choice;     /* column of the choice, or of the answer it is taken from */
    size_t n_swapped; /* negative right contrasts, read as left ones */
    size_t n_words;   /* stimuli left and right as words */
    size_t n_blank;   /* rows with nothing of a trial in them */
    char *mapping;
};

struct rows {
    size_t n, capacity;
    struct row *row;
    size_t n_files;
    struct log_file *files; /* [n_files] */
    struct names subjects;
    size_t n_sessions, session_capacity;
    struct log_session *sessions;
    struct names session_names; /* "subject number NUL name", so that none occurs twice */
    size_t n_extras, extra_capacity;
    struct extra *extras;
    struct names extra_names; /* their numbers by name */
    struct strbuf odd;        /* what was strange, a sentence a line */
};

/* Sets "FILE:12: MESSAGE" of a row; returns false. */
bool rows_refuse(const struct rows *rows, const struct row *row, struct err *err,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
/* All files of the options.  On failure the caller frees what is there. */
bool rows_read(struct rows *rows, const struct load_options *options, struct err *err);
/* Where nearly every trial would be a session, as its date has a time: by the day. */
void rows_join_days(struct rows *rows);
void rows_free(struct rows *rows);

#endif
