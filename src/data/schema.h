/* Which column of a file plays which part. */
#ifndef DATA_SCHEMA_H
#define DATA_SCHEMA_H

#include "codes.h"
#include "source.h"

enum role {
    ROLE_SUBJECT,
    ROLE_SESSION,
    ROLE_TRIAL,
    ROLE_STIMULUS,
    ROLE_CHOICE,
    ROLE_REWARD,
    ROLE_ANSWER,
    ROLE_DATE,
    ROLE_LEFT,
    ROLE_RIGHT,
    ROLE_N,
    ROLE_NATIVE = ROLE_DATE /* how many roles a log written by deltaw has */
};

struct schema {
    long column[ROLE_N];         /* -1: none */
    char *constant[ROLE_N];      /* of the file as a whole, from its name; NULL: none */
    struct code_map map[ROLE_N]; /* what the user says its values mean */
    long also[ROLE_N]; /* a column of another known name, not taken beside one's own; -1: none */
    long gap;          /* column of gaps in a log of our own; -1: none */
    bool *used;        /* [n_columns] */
    bool native;       /* deltaw's own names */
    bool no_stimulus;  /* stimulus=none: 0 on every trial */
    bool choice_from_answer; /* no such column: from the answer and the reward */
    bool reward_from_answer; /* ... from choice and answer */
    enum code_habit habit;
};

/* Column names that are the same but for case, blanks, _ . and - */
bool schema_same_name(const char *a, const char *b);
const char *schema_role_name(enum role role); /* "subject" ... */
extern const char schema_gap_name[];

/* Columns the user named come first, then a column that bears the role's own
 * name, then one under a name known from the field; two of those are an error
 * with the remedy.  NAME=none leaves out what a log can do without. */
bool schema_match(const struct log_source *source, const struct load_options *options,
                  struct schema *schema, struct err *err);
/* "subject=mouse_id  stimulus=contrast_right-contrast_left  ..." */
void schema_describe(const struct schema *schema, const struct log_source *source,
                     const struct load_options *options, struct strbuf *out);
void schema_free(struct schema *schema);

/* Messages: the columns as a list, cut when it gets long; what was taken so far and what
 * to type for the role that lacks. */
void schema_list(const struct log_source *source, struct strbuf *out);
bool schema_refuse_lacking(const struct log_source *source, const struct load_options *options,
                           const struct schema *schema, enum role role, const char *of,
                           struct err *err);

#endif
