/* What the commands load and watch share. */
#ifndef SHELL_LOADING_H
#define SHELL_LOADING_H

#include <sys/stat.h>

#include "deltaw/data/load.h"
#include "state.h"

extern const struct option_row loading_table[];

struct load {
    struct args args; /* what `options` points into */
    char **paths;
    char *said; /* the words again, as options.said */
    struct load_options options;
    struct cohort *cohort; /* what was read */
    struct stat seen;      /* of watch: the file before that */
};

/* From the words of a command and the schema in use (session NULL: none); NULL with an error
 * when one makes no sense. */
struct load *loading_new(const struct session *session, const struct args *args, struct err *err);
/* It went well: its options are those of the last load. */
void loading_remember(struct session *session, const struct load *load);
void loading_release(void *load);
char *loading_label(const struct load *load,
                    const char *verb); /* "loading mice.csv"; caller frees */
/* What was understood and what was odd, in at most five lines, and as fields. */
void loading_tell(const struct cohort *cohort, struct output *out);

#endif
