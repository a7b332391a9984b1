/* What may be typed next: complete.c, complete_files.c, complete_conditions.c and
 * complete_variables.c, for each other and hints.c. */
#ifndef SHELL_COMPLETE_H
#define SHELL_COMPLETE_H

#include "state.h"

enum complete_effort { COMPLETE_ALL, COMPLETE_FAST }; /* fast: no look into folders */

/* `word` as it is; out->from counts bytes of the word that is completed, without
 * its quotes, until complete_line is done. */
void complete_add(struct completion *out, const char *word, const char *meaning, bool open);
void complete_add_if(struct completion *out, const char *prefix, const char *word,
                     const char *meaning, bool open);
/* listed: names already used, "A,B"; NULL: there can be only one. */
void complete_animals(const struct session *session, struct completion *out, const char *prefix,
                      const char *listed);
void complete_columns(const struct session *session, struct completion *out, const char *prefix,
                      bool open);
bool complete_is_column(const struct session *session, const char *word);
void complete_condition(const struct session *session, const struct words *words,
                        struct completion *out);
/* Folders, and files that end in one of ".csv|.npz" (NULL: in anything; also
 * when none does). */
void complete_files(const char *prefix, const char *endings, struct completion *out);
/* Variables of the policy that the line is about, or only its weights, that are not in
 * the list yet. */
void complete_variables(const struct session *session, const struct words *words, bool weights,
                        const char *prefix, struct completion *out);
/* The same as "name=", for those a row stands for. */
void complete_standing(const struct session *session, const struct words *words,
                       const struct option_row *options, const struct option_row *row,
                       const char *prefix, struct completion *out);
void complete_line(struct session *session, const char *line, size_t point,
                   enum complete_effort effort, struct completion *out);
/* Is `name=` one of the words before the last? */
bool complete_words_name(const struct words *words, const char *name);

#endif
