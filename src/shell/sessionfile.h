/* Sessions as files: an .npz whose first array, deltaw_session, is JSON text with what was
 * open (how the trials came, by the file's path and the cohort's digest, the filters, names of
 * models, views with their options, layout), and whose others are the models' own under
 * model<i>.NAME.  It holds arguments, no commands: what is read is checked against the tables
 * of load, simulate, set, layout and the views, and can do what these can. */
#ifndef SHELL_SESSIONFILE_H
#define SHELL_SESSIONFILE_H

#include "state.h"

typedef struct json_t json_t; /* of jansson */

#define SESSIONFILE_FIRST "deltaw_session"
enum { SESSIONFILE_MODELS = 1000, SESSIONFILE_FILTERS = 10000 };

/* Everything that is written; owns it, so that any thread can write it. */
struct kept_session {
    json_t *o;
    size_t n_models;
    struct model **models; /* [n_models] */
    size_t n_queued;       /* fits that are no models yet, and not in it */
};

/* Of what is open now.  False: the trials cannot be had again, as they came through a pipe or
 * from a model that is gone; with `partly` they are left out instead. */
bool sessionfile_take(struct session *session, bool partly, struct kept_session *out,
                      struct err *err);
bool sessionfile_write(const struct kept_session *kept, const char *path, struct err *err);
void sessionfile_free(struct kept_session *kept);

/* "mice.csv.gz (2 filters) and 3 models: a, b, c" */
void sessionfile_words(const json_t *o, struct strbuf *out);
/* The JSON of a file; NULL: it is no session. */
json_t *sessionfile_head(const char *path, struct err *err);

/* Words of a command: {"words": [...], "options": {...}}. */
bool sessionfile_read_args(const json_t *o, struct args *out);

#endif
