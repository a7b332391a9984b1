/* Commands: a file in src/shell/commands and one row in src/shell/verbs.def each.  Help,
 * completion, the man page and the example tests read the rows. */
#ifndef DELTAW_SHELL_COMMAND_H
#define DELTAW_SHELL_COMMAND_H

#include "deltaw/base/answer.h"
#include "deltaw/base/option.h"
#include "deltaw/shell/output.h"
#include "deltaw/shell/session.h"

enum command_group { GROUP_DATA, GROUP_FIT, GROUP_LOOK, GROUP_JUDGE, GROUP_KEEP, GROUP_ELSE };

struct command {
    const char *name;
    enum command_group group;
    const char *arguments; /* "FILE..." */
    const char *summary;   /* one line, no full stop */
    const char *detail;    /* paragraphs for `help VERB` */
    const char *examples;  /* one a line; each runs in the tests after the example preamble */
    const struct option_row *options; /* NULL: none */
    enum option_type positional_type; /* for completion */
    size_t positional_min, positional_max;
    const char *first_words;           /* "data|gradient": what else may come first, for
                                        * completion; NULL: nothing */
    const char *(*first_at)(size_t i); /* the same by number, NULL after the last; NULL: none */
    enum option_type following_type;   /* from the second word on; used with positional_max > 1 */
    const char *endings; /* of the files it names, ".csv|.npz", for completion; NULL: any */
    /* Does the option go with the first word?  For completion; NULL: all do. */
    bool (*takes)(const char *word, const char *option);
    /* Called before the options are checked, for what their rows would not say well; NULL. */
    bool (*understood)(const struct args *args, struct err *err);
    const struct answer_row *answer; /* keys of its JSON besides those that all have; may be
                                      * NULL for verbs of views, which the view tells of */
    bool raw;                        /* NAME=VALUE is no option: every word is positional */
    bool writes;                     /* a file, which `quit` lets it finish */
    size_t trial_bytes;              /* that its work takes for each trial of the cohort, about;
                                      * it is refused where there is no room; 0: little */
    bool unlogged;                   /* not part of a replayable log */
    bool narrates;                   /* a script's narration, which is not echoed */
    bool at_once; /* a key may run it, like the verbs of views, while another is being
                    * waited for: it changes only what is shown */
    bool (*run)(struct session *session, const struct args *args, struct output *out,
                struct err *err);
};

const struct command *command_find(const char *name);
const struct command *command_at(size_t i); /* NULL after the last */
/* The options of a command; verbs of views take those of their view. */
const struct option_row *command_options(const struct command *command); /* NULL: none */
extern const struct answer_row answer_none[]; /* of verbs that answer with text only */
/* Keys of its answer, for the verbs of views those of the view. */
const struct answer_row *command_answer(const struct command *command);
size_t command_positional(const struct command *command);
const char *command_group_name(enum command_group group); /* "Data" */

#endif
