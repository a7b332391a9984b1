/* Which column of a file plays which part. */
#ifndef DATA_SCHEMA_H
#define DATA_SCHEMA_H

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
    long column[ROLE_N]; /* -1: none */
    bool *used;          /* [n_columns] */
    bool native;         /* written by deltaw, or named the same */
    bool ibl;            /* contrastLeft, contrastRight, feedbackType */
};

/* Column names that are the same but for case, blanks, _ . and - */
bool schema_same_name(const char *a, const char *b);
const char *schema_role_name(enum role role); /* "subject" ... */

/* Columns the user named come first, then a column that bears the role's own
 * name, then one under a name known from the field; two of those are an error
 * with the remedy.  NAME=none leaves out what a log can do without. */
bool schema_match(const struct log_source *source, const struct load_options *options,
                  struct schema *schema, struct err *err);
/* "subject=mouse_id  stimulus=contrast_right-contrast_left  ..." */
void schema_describe(const struct schema *schema, const struct log_source *source,
                     enum load_contrast contrast, struct strbuf *out);
void schema_free(struct schema *schema);

#endif
